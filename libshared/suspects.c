/* The id in hand, in a mapped file. */
#include "libshared/suspects.h"
#include "libshared/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define N_SUSPECTS 63
#define CRASHES_TO_QUARANTINE 2

struct suspect {
	struct id id;
	uint64_t crashes;
};

struct page {
	struct id in_hand;
	uint64_t next; /* how many there have been; the slot to be used next, modulo */
	struct suspect suspects[N_SUSPECTS];
};

struct suspects {
	struct page *page;
};

static void note_crash(struct page *p)
{
	struct suspect *slot = NULL;

	for (size_t i = 0; i < N_SUSPECTS; i++)
		if (id_equal(&p->suspects[i].id, &p->in_hand))
			slot = &p->suspects[i];
	if (slot == NULL) {
		slot = &p->suspects[p->next++ % N_SUSPECTS];
		*slot = (struct suspect){p->in_hand, 0};
	}
	slot->crashes++;
	log_warn("crashed_in_hand", "id=%s crashes=%llu", ID_STR(bytes_of_id(&p->in_hand)),
		 (unsigned long long)slot->crashes);
	p->in_hand = ID_NONE;
}

struct suspects *suspects_open(const char *path)
{
	struct suspects *s = calloc(1, sizeof *s);
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	void *page = MAP_FAILED;

	ENSURE(s != NULL);
	if (fd >= 0 && ftruncate(fd, sizeof *s->page) == 0)
		page = mmap(NULL, sizeof *s->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		log_error("suspects_open", "path=%s error=\"%s\"", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (page == MAP_FAILED) {
		free(s);
		return NULL;
	}
	s->page = page;
	if (!id_is_none(&s->page->in_hand))
		note_crash(s->page);
	return s;
}

void suspects_close(struct suspects **s)
{
	if (*s == NULL)
		return;
	munmap((*s)->page, sizeof *(*s)->page);
	free(*s);
	*s = NULL;
}

void suspects_take(struct suspects *s, const struct id *id)
{
	s->page->in_hand = *id;
}

void suspects_put_down(struct suspects *s)
{
	s->page->in_hand = ID_NONE;
}

bool suspects_quarantined(const struct suspects *s, const struct id *id)
{
	uint64_t n =
		MIN(s->page->next, (uint64_t)N_SUSPECTS); /* mostly none: asked for every input */

	for (size_t i = 0; i < n; i++)
		if (id_equal(&s->page->suspects[i].id, id))
			return s->page->suspects[i].crashes >= CRASHES_TO_QUARANTINE;
	return false;
}
