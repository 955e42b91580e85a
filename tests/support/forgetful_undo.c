/* Putting back what a killed daemon had written and not synced. */
#include "tests/support/forgetful.h"

#include "libshared/base.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct undo {
	struct forget_entry entry;
	uint8_t *before;
	bool synced;
};

struct undo_list {
	struct undo *items;
	size_t n, room;
};

static void mark_synced(struct undo_list *list, const char *path)
{
	for (size_t i = list->n; i-- > 0;)
		if (strcmp(list->items[i].entry.path, path) == 0) {
			if (list->items[i].synced)
				return;
			list->items[i].synced = true;
		}
}

/* False: the journal ends within the entry. The kill came while it was written, so the write that
 * it goes before was never made. */
static bool add(struct undo_list *list, const struct forget_entry *e, FILE *f)
{
	struct undo *u;

	if (list->n == list->room) {
		list->room = MAX(2 * list->room, (size_t)256);
		list->items = realloc(list->items, list->room * sizeof *list->items);
		ENSURE(list->items != NULL);
	}
	u = &list->items[list->n++];
	*u = (struct undo){.entry = *e, .before = malloc(e->len + 1)};
	ENSURE(u->before != NULL);
	if (fread(u->before, 1, e->len, f) == e->len)
		return true;
	free(u->before);
	list->n--;
	return false;
}

static bool put_back(const struct undo *u)
{
	int fd = open(u->entry.path, O_WRONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return false;
	ENSURE(fstat(fd, &st) == 0);
	if (u->entry.len > 0)
		ENSURE(pwrite(fd, u->before, u->entry.len, (off_t)u->entry.offset) ==
		       (ssize_t)u->entry.len);
	/* What lay beyond the old end was never there; a later write, undone before, may have shown
	 * it. */
	if (u->entry.offset + u->entry.written == (uint64_t)st.st_size &&
	    u->entry.size_before < (uint64_t)st.st_size)
		ENSURE(ftruncate(fd, (off_t)MAX(u->entry.size_before,
						u->entry.offset + u->entry.len)) == 0);
	close(fd);
	return true;
}

unsigned forget_unsynced(const char *journal, uint64_t seed)
{
	FILE *f = fopen(journal, "re");
	struct undo_list list = {0};
	struct forget_entry e;
	unsigned undone = 0;

	if (f == NULL)
		return 0;
	while (fread(&e, sizeof e, 1, f) == 1) {
		if (e.kind == FORGET_SYNC)
			mark_synced(&list, e.path);
		else if (!add(&list, &e, f))
			break;
	}
	fclose(f);
	for (size_t i = list.n; i-- > 0;) {
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		if (!list.items[i].synced && seed >> 63)
			undone += put_back(&list.items[i]);
	}
	for (size_t i = 0; i < list.n; i++)
		free(list.items[i].before);
	free(list.items);
	unlink(journal);
	return undone;
}
