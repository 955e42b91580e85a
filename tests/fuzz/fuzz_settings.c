/* The settings parser: any file and any words give sound settings or a sentence. */
#include "tests/fuzz/fuzz.h"

#include "libshared/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WORDS_MAX 8

struct settings {
	const char *listen, *dir;
	uint64_t inflight, map, beat_ms;
	bool sync;
};

#define AT(field) offsetof(struct settings, field)

static const struct setting table[] = {
	{"listen", SET_TEXT, AT(listen), NULL, NULL, NULL, "endpoint for commands"},
	{"dir", SET_TEXT, AT(dir), "", NULL, NULL, "where the tables are"},
	{"inflight", SET_COUNT, AT(inflight), "1024", "1", "65536", "unanswered commands"},
	{"map", SET_BYTES, AT(map), "16G", "64M", "1T", "room for the tables"},
	{"beat", SET_TIME_MS, AT(beat_ms), "1s", NULL, "1h", "between beats"},
	{"sync", SET_FLAG, AT(sync), "yes", NULL, NULL, "whether commits are synced"},
};

/* A file in memory; path is how it is opened by name. */
static int make_file(const uint8_t *data, size_t size, char path_r[32])
{
	int fd = memfd_create("settings", MFD_CLOEXEC);

	ENSURE(fd >= 0);
	ENSURE(write(fd, data, size) == (ssize_t)size);
	snprintf(path_r, 32, "/proc/self/fd/%d", fd);
	return fd;
}

/* Texts from the file live as long as the process; this one goes on. */
static void free_text(const char *text, const char *words, size_t words_len)
{
	bool of_words = text >= words && text < words + words_len;

	if (text != NULL && text != table[1].value && !of_words) {
		void *owned;

		memcpy(&owned, &text, sizeof owned);
		free(owned);
	}
}

static void check_settings(const struct settings *s)
{
	ENSURE(s->listen[0] != '\0');
	ENSURE(s->dir != NULL);
	ENSURE(s->inflight >= 1 && s->inflight <= 65536);
	ENSURE(s->map >= UINT64_C(64) << 20 && s->map <= UINT64_C(1) << 40);
	ENSURE(s->beat_ms <= 3600000);
}

/* Up to the first NUL the file, then words. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, '\0', size);
	size_t file_len = nul == NULL ? size : (size_t)(nul - data);
	size_t rest_len = size - file_len; /* with its first NUL */
	struct settings got = {0};
	const struct setting_table tables = {table, ARRAY_LEN(table), &got};
	char *words[WORDS_MAX], *rest = calloc(1, rest_len + 1), path[32], fault[300];
	unsigned n_words = 0;
	int fd = make_file(data, file_len, path), result;

	ENSURE(rest != NULL);
	memcpy(rest, data + file_len, rest_len);
	for (size_t at = 1; at < rest_len && n_words < WORDS_MAX; at += strlen(rest + at) + 1)
		words[n_words++] = rest + at;
	memset(fault, 'x', sizeof fault);
	result = config_load(&tables, 1, "enrollment", path, words, n_words, fault);
	ENSURE(memchr(fault, '\0', sizeof fault) != NULL);
	ENSURE((result == 0) == (fault[0] == '\0'));
	if (result == 0)
		check_settings(&got);
	free_text(got.listen, rest, rest_len + 1);
	free_text(got.dir, rest, rest_len + 1);
	free(rest);
	close(fd);
	return 0;
}
