/* Files of the source tree that tests read. */
#include "tests/support/tree.h"

#include <stdio.h>

struct bytes tree_read(const char *path, struct arena *arena)
{
	char full[4096];
	uint8_t *text;
	long size;
	FILE *file;

	snprintf(full, sizeof full, "%s/%s", CAIRN_SOURCE_DIR, path);
	file = fopen(full, "rb");
	ENSURE(file != NULL && fseek(file, 0, SEEK_END) == 0);
	size = ftell(file);
	ENSURE(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
	text = arena_alloc(arena, (size_t)size + 1);
	ENSURE(fread(text, 1, (size_t)size, file) == (size_t)size);
	text[size] = '\0';
	fclose(file);
	return (struct bytes){text, (size_t)size};
}
