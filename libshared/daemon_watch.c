/* What an operator must be told of although nobody asked: once a minute while it lasts. */
#include "libshared/daemon_parts.h"
#include "libshared/log.h"
#include "libshared/parked.h"

#include <inttypes.h>
#include <sys/statvfs.h>

#define PERIOD_US (60 * US_PER_S)
#define LONG_PERIODS 60 /* what does not change in minutes is told once an hour */
#define READER_LAG_MOST 1000
#define CLOCK_BEHIND_US (5 * US_PER_S)
#define DISK_WARN_PERCENT 15
#define PARKED_LONG_US (600 * US_PER_S)
#define AWAY_LONG_US US_PER_DAY

static void watch_readers(struct daemon *d)
{
	d->reader_lag = engine_check_readers(d->engine);
	if (d->reader_lag > READER_LAG_MOST)
		log_warn("reader_lags", "transactions=%" PRIu64, d->reader_lag);
}

/* Records cannot go back in time, so their time stands still until the clock has caught up. */
static void watch_clock(const struct daemon *d)
{
	int64_t behind_us = engine_head(d->engine).at_us - d->now.wall_us;

	if (behind_us > CLOCK_BEHIND_US)
		log_error("clock_behind",
			  "by_ms=%" PRId64 " remedy=\"set the clock of this machine\"",
			  behind_us / US_PER_MS);
}

static void watch_disk(const struct daemon *d)
{
	struct statvfs fs;

	if (statvfs(d->paths.db, &fs) != 0 || fs.f_blocks == 0)
		return;
	unsigned percent = (unsigned)(fs.f_bavail * 100 / fs.f_blocks);

	if (percent < DISK_WARN_PERCENT)
		log_warn("disk_fills", "free_percent=%u dir=%s", percent, d->paths.db);
}

struct waiting {
	int64_t before_us;
	uint64_t n;
	struct parked first;
};

static void note_parked(void *ctx, const struct parked *p)
{
	struct waiting *w = ctx;

	if (p->reason == PARK_BEHIND || (p->reason == PARK_AWAITS && p->since_us > w->before_us))
		return;
	if (w->n++ == 0)
		w->first = *p;
}

static void watch_parked(struct daemon *d)
{
	struct waiting w = {.before_us = d->now.wall_us - PARKED_LONG_US};

	parked_each(engine_view_begin(d->engine), "", note_parked, &w);
	engine_view_end(d->engine);
	d->parked_stuck = w.n;
	if (w.n > 0)
		log_error("events_parked",
			  "n=%" PRIu64 " of=%s seq=%" PRIu64
			  " remedy=\"cairnctl parked shows why each one waits\"",
			  w.n, w.first.stream, w.first.seq);
}

static void watch_subscribers(struct daemon *d)
{
	struct arena *arena = arena_new(4096);
	const Cairn__RuntimeStatus *status = engine_status(d->engine, arena);

	for (size_t i = 0; i < status->n_subscribers; i++) {
		const Cairn__SubscriberStatus *s = status->subscribers[i];
		struct feed_place place;

		if (d->now.wall_us - s->seen_us > AWAY_LONG_US &&
		    !feed_find(d->feed, s->stream, s->name, &place))
			log_warn("subscriber_away",
				 "name=%s stream=%s days=%" PRId64 " acknowledged=%" PRIu64,
				 s->name, s->stream, (d->now.wall_us - s->seen_us) / US_PER_DAY,
				 s->acked_seq);
	}
	arena_destroy(&arena);
}

void watch(struct daemon *d)
{
	if (d->now.mono_us - d->watched_us < PERIOD_US)
		return;
	d->watched_us = d->now.mono_us;
	watch_readers(d);
	watch_clock(d);
	watch_disk(d);
	watch_parked(d);
	if (d->n_watched++ % LONG_PERIODS == 0)
		watch_subscribers(d);
}
