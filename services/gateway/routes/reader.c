/* What the pages of assessors share. */
#include "services/gateway/routes/reader.h"

#include "libshared/check.h"

#include <string.h>

#define CODE_MAX 64

const char *own_assessor(struct request *r)
{
	ENSURE(r->person != NULL);
	return arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&r->person->assessor)));
}

const char *entry_of_code(struct request *r, const char *code)
{
	char lower[CODE_MAX + 1];
	size_t n = strlen(code);
	struct id id;

	if (n == 0 || n > CODE_MAX)
		return NULL;
	for (size_t i = 0; i <= n; i++)
		lower[i] = (char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] + 32 : code[i]);
	id = id_of_name("entry", lower);
	return arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&id)));
}
