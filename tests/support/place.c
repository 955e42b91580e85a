/* Directories of tests. */
#include "tests/support/place.h"

#include "libshared/base.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void place_make(struct place *p)
{
	snprintf(p->dir, sizeof p->dir, "/tmp/cairn-test-XXXXXX");
	ENSURE(mkdtemp(p->dir) != NULL);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void place_remove(struct place *p)
{
	if (p->dir[0] != '\0')
		nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	p->dir[0] = '\0';
}

const char *place_path(const struct place *p, const char *name)
{
	static char paths[16][128];
	static unsigned next;
	char *path = paths[next++ % ARRAY_LEN(paths)];

	ENSURE(snprintf(path, sizeof paths[0], "%s/%s", p->dir, name) < (int)sizeof paths[0]);
	return path;
}

void place_write(const struct place *p, const char *name, const char *text)
{
	int fd = open(place_path(p, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ENSURE(fd >= 0);
	ENSURE(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	ENSURE(close(fd) == 0);
}
