/* A small cache of drawings. */
#include "services/gateway/web/drawings.h"

#include "libshared/blobs.h"
#include "services/gateway/web/workers.h"

#include <stdlib.h>
#include <string.h>

#define PLACES 128
#define BYTES_MAX ((size_t)32 << 20)

struct drawing {
	uint8_t job[SHA256_LEN]; /* hash of it */
	uint64_t token;          /* of the worker's job; 0: none is made */
	uint64_t used;           /* counts up; 0: the place is free */
	bool failed;
	uint8_t *file; /* NULL: not made yet, or it failed */
	size_t len;
};

struct drawings {
	struct workers *workers;
	struct drawing places[PLACES];
	uint64_t clock;
	size_t bytes;
};

struct drawings *drawings_new(struct workers *workers)
{
	struct drawings *d = calloc(1, sizeof *d);

	ENSURE(d != NULL);
	d->workers = workers;
	return d;
}

static void drop(struct drawings *d, struct drawing *place)
{
	d->bytes -= place->len;
	free(place->file);
	*place = (struct drawing){0};
}

void drawings_destroy(struct drawings **d)
{
	if (*d == NULL)
		return;
	for (size_t i = 0; i < PLACES; i++)
		free((*d)->places[i].file);
	free(*d);
	*d = NULL;
}

static struct drawing *find(struct drawings *d, const uint8_t job[SHA256_LEN])
{
	for (size_t i = 0; i < PLACES; i++)
		if (d->places[i].used != 0 && memcmp(d->places[i].job, job, SHA256_LEN) == 0)
			return &d->places[i];
	return NULL;
}

/* A free place, or the one that was not asked for the longest; none that is being made. */
static struct drawing *oldest(struct drawings *d)
{
	struct drawing *found = NULL;

	for (size_t i = 0; i < PLACES; i++)
		if (d->places[i].token == 0 && (found == NULL || d->places[i].used < found->used))
			found = &d->places[i];
	return found;
}

static void make_room(struct drawings *d, size_t len)
{
	struct drawing *place;

	while (d->bytes + len > BYTES_MAX) {
		place = NULL;
		for (size_t i = 0; i < PLACES; i++)
			if (d->places[i].len > 0 &&
			    (place == NULL || d->places[i].used < place->used))
				place = &d->places[i];
		if (place == NULL)
			return;
		drop(d, place);
	}
}

static void done(const struct work_owner *owner, bool ok, struct bytes out)
{
	struct drawings *d = owner->ctx;

	for (size_t i = 0; i < PLACES; i++) {
		struct drawing *place = &d->places[i];

		if (place->token != owner->token)
			continue;
		place->token = 0;
		place->failed = !ok || out.len == 0;
		if (place->failed)
			return;
		make_room(d, out.len);
		place->file = malloc(out.len);
		ENSURE(place->file != NULL);
		memcpy(place->file, out.data, out.len);
		place->len = out.len;
		d->bytes += out.len;
		return;
	}
}

static enum drawn begin(struct drawings *d, const uint8_t hash[SHA256_LEN], struct bytes job)
{
	struct drawing *place = oldest(d);

	if (place == NULL)
		return DRAWN_BUSY;
	drop(d, place);
	memcpy(place->job, hash, SHA256_LEN);
	place->token = place->used = ++d->clock;
	if (work_submit(d->workers, WORK_DRAW, job,
			&(struct work_owner){.done = done, .ctx = d, .token = place->token}))
		return DRAWN_LATER;
	*place = (struct drawing){0};
	return DRAWN_BUSY;
}

enum drawn drawings_get(struct drawings *d, const json_t *job, struct bytes *file_r)
{
	AUTO(free_ptr) char *text = json_dumps(job, JSON_COMPACT | JSON_SORT_KEYS);
	uint8_t hash[SHA256_LEN];
	struct drawing *place;

	ENSURE(text != NULL);
	sha256(bytes_of_text(text), hash);
	place = find(d, hash);
	if (place == NULL)
		return begin(d, hash, bytes_of_text(text));
	place->used = ++d->clock;
	if (place->token != 0)
		return DRAWN_LATER;
	if (place->failed) {
		drop(d, place); /* the next one may try again */
		return DRAWN_NOT;
	}
	*file_r = (struct bytes){place->file, place->len};
	return DRAWN;
}
