/* Following a log, or the public stream, as JSON lines; writing a log's archive. */
#include "services/ctl/commands.h"
#include "services/ctl/events.h"
#include "services/ctl/files.h"
#include "services/ctl/stream.h"

#include "libshared/archive.h"
#include "libshared/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- follow ---- */

struct printing {
	struct ctl *ctl;
	const struct stream *stream;
	uint64_t after; /* records up to here are not shown */
	uint64_t n;
	struct arena *arena;
};

static enum follower_verdict print_batch(void *ctx, const struct position *before,
					 const struct position *after, const struct follow_batch *b)
{
	struct printing *p = ctx;

	(void)before;
	(void)after;
	for (size_t i = 0; i < b->n_records && !ctl_failed(p->ctl); i++) {
		uint64_t seq = b->seqs != NULL ? b->seqs[i] : b->log.after_seq + 1 + i;
		json_t *json;

		if (seq <= p->after)
			continue;
		arena_reset(p->arena);
		json = p->stream->is_public ? json_of_public(b->log.records[i], seq, p->arena)
					    : json_of_record(p->stream->service, b->log.records[i],
							     seq, p->arena);
		if (json == NULL) {
			ctl_fault(p->ctl, CTL_DIFFERS, "%s: record %" PRIu64 " is damaged",
				  p->stream->name, seq);
			return FOLLOWER_BROKEN;
		}
		say_json_line(p->ctl, json);
		p->n++;
	}
	return ctl_failed(p->ctl) ? FOLLOWER_BROKEN : FOLLOWER_SAFE;
}

static void add_type(struct ctl *c, struct stream_plan *plan, const char *name)
{
	bool whole = strncmp(name, "org.", 4) == 0;

	plan->types[plan->n_types++] =
		whole ? name : arena_printf(c->arena, "org.cairn.%s.v1", name);
}

/* Kinds of an internal log by name; types of the public stream, whole or as "credential.issued". */
static void read_filters(struct ctl *c, struct stream_plan *plan)
{
	const char *name;

	for (size_t i = 0; (name = given_nth(c, "filter", i)) != NULL; i++) {
		uint32_t kind =
			plan->stream.is_public ? 0 : kind_of_name(plan->stream.service, name);

		if (i == FILTERS_MAX) {
			ctl_fault(c, CTL_USAGE, "--filter: at most %d", FILTERS_MAX);
			return;
		}
		if (plan->stream.is_public)
			add_type(c, plan, name);
		else if (kind != 0)
			plan->kinds[plan->n_kinds++] = kind;
		else
			ctl_fault(c, CTL_USAGE, "--filter: %s has no event \"%s\"",
				  plan->stream.name, name);
	}
}

/* The names that the server lets us have begin with our own. */
static const char *subscriber_name(struct ctl *c, const char *name)
{
	size_t len = strlen(c->key);

	if (name == NULL || strcmp(name, c->key) == 0 ||
	    (strncmp(name, c->key, len) == 0 && name[len] == '.'))
		return name;
	return arena_printf(c->arena, "%s.%s", c->key, name);
}

/* Where to begin. Who may not ask for a position begins at the beginning, and skips. */
static uint64_t find_start(struct ctl *c, struct stream_plan *plan)
{
	uint64_t after = given_count(c, "after", 0);

	if (!is_given(c, "after") && plan->name != NULL)
		after = stream_acknowledged(c, &plan->stream, plan->name);
	if (after > 0 && !stream_position(c, &plan->stream, after, &plan->from))
		plan->from = (struct position){0};
	return after;
}

static int follow(struct ctl *c)
{
	AUTO(free_ptr) struct stream_plan *plan = calloc(1, sizeof *plan);
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)64 << 10);
	struct printing p = {.ctl = c, .arena = arena};

	ENSURE(plan != NULL);
	if (!stream_of_name(c, given(c, "stream"), &plan->stream))
		return ctl_exit_code(c);
	p.stream = &plan->stream;
	plan->ctx = &p;
	plan->batch = print_batch;
	plan->name = subscriber_name(c, given(c, "name"));
	plan->until_caught_up = is_given(c, "until-caught-up");
	read_filters(c, plan);
	if (ctl_failed(c) || !ctl_connect(c))
		return ctl_exit_code(c);
	p.after = find_start(c, plan);
	stream_follow(c, plan);
	return ctl_exit_code(c);
}

/* ---- archive ---- */

#define SEGMENT_BYTES ((size_t)4 << 20)
#define SEAL_AFTER_US (10 * US_PER_S)

/* Batches that will become one segment. */
struct archiving {
	struct ctl *ctl;
	const char *dir, *stream;
	struct arena *arena;
	struct position start; /* of what is collected */
	struct log_batch batch;
	size_t records_room, commits_room;
	int64_t since_us; /* the oldest of it came */
	uint64_t n_segments, sealed_seq;
};

static void *grown(struct archiving *a, const void *old, size_t have_bytes, size_t want_bytes)
{
	void *data = arena_alloc(a->arena, want_bytes);

	if (have_bytes > 0)
		memcpy(data, old, have_bytes);
	return data;
}

static void make_room(struct archiving *a, size_t n_records, size_t n_commits)
{
	struct log_batch *b = &a->batch;
	size_t have = b->through_seq - b->after_seq;

	if (have + n_records > a->records_room) {
		a->records_room = 2 * (have + n_records);
		b->records = grown(a, b->records, have * sizeof *b->records,
				   a->records_room * sizeof *b->records);
	}
	if (b->n_commits + n_commits > a->commits_room) {
		a->commits_room = 2 * (b->n_commits + n_commits);
		b->commit_ends = grown(a, b->commit_ends, b->n_commits * sizeof *b->commit_ends,
				       a->commits_room * sizeof *b->commit_ends);
	}
}

static enum follower_verdict collect(void *ctx, const struct position *before,
				     const struct position *after, const struct follow_batch *b)
{
	struct archiving *a = ctx;
	size_t n = b->log.through_seq - b->log.after_seq;

	if (b->seqs != NULL || b->n_records != n) {
		ctl_fault(a->ctl, CTL_STOPPED,
			  "%s: some of its records are private, so it has no "
			  "archive but its backups",
			  a->stream);
		return FOLLOWER_BROKEN;
	}
	if (a->batch.n_commits == 0) {
		a->start = *before;
		a->batch = (struct log_batch){.after_seq = before->seq, .through_seq = before->seq};
		a->records_room = a->commits_room = 0;
		a->since_us = clock_mono_us();
	}
	make_room(a, n, b->log.n_commits);
	for (size_t i = 0; i < n; i++)
		a->batch.records[a->batch.through_seq - a->batch.after_seq + i] =
			arena_copy(a->arena, b->log.records[i]);
	for (size_t i = 0; i < b->log.n_commits; i++)
		a->batch.commit_ends[a->batch.n_commits++] = b->log.commit_ends[i];
	a->batch.bytes += b->log.bytes;
	a->batch.through_seq = after->seq;
	memcpy(a->batch.chain, after->chain, CHAIN_LEN);
	return FOLLOWER_TAKEN;
}

static uint64_t seal_when_due(void *ctx, bool at_end)
{
	struct archiving *a = ctx;
	uint64_t through = a->batch.through_seq;

	if (a->batch.n_commits == 0 || (!at_end && a->batch.bytes < SEGMENT_BYTES &&
					clock_mono_us() - a->since_us < SEAL_AFTER_US))
		return 0;
	if (archive_seal(a->dir, a->stream, &a->start, &a->batch) != 0) {
		ctl_fault(a->ctl, CTL_LOCAL, "%s: a segment of %s cannot be written (see above)",
			  a->dir, a->stream);
		return 0;
	}
	a->n_segments++;
	a->sealed_seq = through;
	say(a->ctl, "%s: sealed through %" PRIu64 "\n", a->stream, through);
	a->batch.n_commits = 0;
	a->batch.bytes = 0;
	arena_reset(a->arena);
	return through;
}

/* Where the archive ends; at the log's beginning when it is empty, which only a log that has
 * forgotten nothing still knows. */
static void find_end(struct ctl *c, const struct archiving *a, struct stream_plan *plan)
{
	if (archive_end(a->dir, a->stream, &plan->from) != 0)
		ctl_fault(
			c, CTL_DIFFERS,
			"%s: the archive's last segment is damaged (see above); move it away, and "
			"the archive goes on before it",
			a->dir);
	else if (plan->from.seq == 0 && ctl_connect(c) &&
		 !stream_position(c, &plan->stream, 0, &plan->from))
		ctl_fault(c, CTL_UNREACHABLE,
			  "%s cannot be asked for the beginning of its log, or has forgotten it; "
			  "is it "
			  "up? deploy/up --dir %s starts it",
			  service_name(plan->stream.service), c->dir);
}

static int archive(struct ctl *c)
{
	AUTO(free_ptr) struct stream_plan *plan = calloc(1, sizeof *plan);
	AUTO(arena_destroy) struct arena *arena = arena_new(2 * SEGMENT_BYTES);
	struct archiving a = {.ctl = c, .dir = given(c, "to"), .arena = arena};

	ENSURE(plan != NULL);
	if (!stream_of_name(c, given(c, "stream"), &plan->stream))
		return ctl_exit_code(c);
	if (plan->stream.is_public)
		return (int)ctl_fault(c, CTL_USAGE,
				      "the public stream is made of issuance's log: archive that");
	if (!dirs_make(c, a.dir))
		return ctl_exit_code(c);
	a.stream = plan->stream.name;
	find_end(c, &a, plan);
	a.sealed_seq = plan->from.seq;
	plan->ctx = &a;
	plan->batch = collect;
	plan->turn = seal_when_due;
	plan->window_bytes = 2 * SEGMENT_BYTES;
	plan->name = subscriber_name(c, is_given(c, "name") ? given(c, "name") : "archive");
	plan->until_caught_up = is_given(c, "until-caught-up");
	if (!ctl_failed(c))
		stream_follow(c, plan);
	tell_text(c, "stream", a.stream);
	tell_count(c, "segments", a.n_segments);
	tell_count(c, "through_seq", a.sealed_seq);
	return ctl_exit_code(c);
}

#define STREAM OWN_WORD("stream", "STREAM", "a service's name, or public", P_TEXT, MUST)

static const struct command rows[] = {
	{"follow", NULL, "print events of a log or the public stream as JSON",
	 PARAMS(STREAM, OWN_OPTION("after", "N", "begin after this sequence", P_COUNT, MAY),
		OWN_OPTION("filter", "KIND", "only this kind of event", P_TEXT, ANY_NUMBER),
		OWN_OPTION("name", "NAME",
			   "as this subscriber: the log waits for it, and it goes on where it was",
			   P_TEXT, MAY),
		OWN_FLAG("until-caught-up", "end when all that is there now has come")),
	 .run = follow},
	{"archive", NULL, "write a log's second copy, and go on with it",
	 PARAMS(STREAM, OWN_OPTION("to", "DIR", "where its segments are", P_TEXT, MUST),
		OWN_OPTION("name", "NAME", "as this subscriber (default: archive)", P_TEXT, MAY),
		OWN_FLAG("until-caught-up", "end when all that is there now is sealed")),
	 .run = archive},
};

const struct command_list follow_commands = {rows, ARRAY_LEN(rows)};
