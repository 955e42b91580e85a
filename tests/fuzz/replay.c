/* Runs a fuzz target over every file of a folder, in order of name. */
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

int main(int argc, char **argv)
{
	struct dirent **entries;
	int n, result = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return EXIT_FAILURE;
	}
	n = scandir(argv[1], &entries, is_input, alphasort);
	if (n <= 0) {
		fprintf(stderr, "%s: no corpus\n", argv[1]);
		return EXIT_FAILURE;
	}
	for (int i = 0; i < n; i++) {
		result |= run_file(argv[1], entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	printf("%d files\n", n);
	return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
