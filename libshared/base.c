/* Stopping on a broken invariant, and releasing plain memory. */
#include "libshared/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ensure_failed(const char *cond, const char *file, int line)
{
	fprintf(stderr, "level=error event=invariant_broken cond=\"%s\" at=%s:%d\n", cond, file,
		line);
	abort();
}

void free_ptr(void *pointer_to_pointer)
{
	void *p;

	memcpy(&p, pointer_to_pointer, sizeof p);
	free(p);
	p = NULL;
	memcpy(pointer_to_pointer, &p, sizeof p);
}
