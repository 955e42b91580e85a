/* Reading the reference data of the tests. */
#include "tests/support/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void spec_path(const char *path, char *text_r, size_t room)
{
	const char *dir = getenv("CAIRN_SPEC_DIR");

	if (dir == NULL)
		snprintf(text_r, room, "%s/../shared/spec/%s", CAIRN_SOURCE_DIR, path);
	else
		snprintf(text_r, room, "%s/%s", dir, path);
}

bool spec_has(const char *path)
{
	char full[4096];

	spec_path(path, full, sizeof full);
	return access(full, R_OK) == 0;
}

bool spec_present(void)
{
	if (spec_has("README.md"))
		return true;
	printf("SKIPPED: the tests on reference data, which is absent (set CAIRN_SPEC_DIR)\n");
	return false;
}

char *spec_read(const char *path)
{
	size_t len;

	return spec_read_bytes(path, &len);
}

char *spec_read_bytes(const char *path, size_t *len_r)
{
	char full[4096], *text;
	long size;
	FILE *file;

	spec_path(path, full, sizeof full);
	file = fopen(full, "rb");
	ENSURE(file != NULL && fseek(file, 0, SEEK_END) == 0);
	size = ftell(file);
	ENSURE(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
	text = malloc((size_t)size + 1);
	ENSURE(text != NULL && fread(text, 1, (size_t)size, file) == (size_t)size);
	text[size] = '\0';
	fclose(file);
	*len_r = (size_t)size;
	return text;
}
