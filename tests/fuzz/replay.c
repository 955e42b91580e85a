/* Runs a fuzz target over every file of some folders, in order of name. */
#include "tests/fuzz/fuzz.h"

#include "libshared/base.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* An exact copy of the file, so that a sanitizer sees a read beyond its end. */
static int run_file(const char *dir, const char *name)
{
	AUTO(free_ptr) char *path = NULL;
	AUTO(free_ptr) uint8_t *data = NULL;
	FILE *file;
	long size;

	ENSURE(asprintf(&path, "%s/%s", dir, name) >= 0);
	file = fopen(path, "rbe");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
		perror(path);
		return -1;
	}
	rewind(file);
	data = malloc(size > 0 ? (size_t)size : 1);
	ENSURE(data != NULL);
	if (fread(data, 1, (size_t)size, file) != (size_t)size) {
		perror(path);
		fclose(file);
		return -1;
	}
	fclose(file);
	/* Before it is run: the last name printed is that of a crash. */
	printf("%s, %ld bytes\n", name, size);
	fflush(stdout);
	return LLVMFuzzerTestOneInput(data, (size_t)size);
}

/* How many files; 0: none, or one could not be read. */
static int run_folder(const char *dir)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, is_input, alphasort), result = 0;

	if (n <= 0) {
		fprintf(stderr, "%s: no corpus\n", dir);
		return 0;
	}
	for (int i = 0; i < n; i++) {
		result |= run_file(dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return result == 0 ? n : 0;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: %s FOLDER ...\n", argv[0]);
		return EXIT_FAILURE;
	}
	for (int i = 1; i < argc; i++) {
		int n = run_folder(argv[i]);

		if (n == 0)
			return EXIT_FAILURE;
		printf("%s: %d files\n", argv[i], n);
	}
	return EXIT_SUCCESS;
}
