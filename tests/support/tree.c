/* Files of the source tree that tests read. */
#include "tests/support/tree.h"

#include <stdio.h>

const char *tree_path(const char *path, struct arena *arena)
{
	return arena_printf(arena, "%s/%s", CAIRN_SOURCE_DIR, path);
}

struct bytes tree_read(const char *path, struct arena *arena)
{
	uint8_t *text;
	long size;
	FILE *file;

	file = fopen(tree_path(path, arena), "rb");
	ENSURE(file != NULL && fseek(file, 0, SEEK_END) == 0);
	size = ftell(file);
	ENSURE(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
	text = arena_alloc(arena, (size_t)size + 1);
	ENSURE(fread(text, 1, (size_t)size, file) == (size_t)size);
	text[size] = '\0';
	fclose(file);
	return (struct bytes){text, (size_t)size};
}
