/* A season's queue: what an assignment and a completed reading cost with 100,000 submissions
 * waiting, what the queue's forecast and the daily look take, and a reliability report over a
 * million readings: bench_assess [--quick]. */
#include "proto/evidence.pb-c.h"
#include "services/assessment/assessment.h"
#include "services/assessment/measure.h"
#include "tests/bench/bench.h"
#include "tests/support/place.h"
#include "tests/support/reading_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READERS 40
#define READINGS 2000 /* that are timed */
#define SEED UINT64_C(88172645463325252)

static struct kit kit;
static const char *const rows[] = {"lit-101.r1", "lit-101.r2", "lit-101.r3"};

/* ---- 100,000 that wait ---- */

static void seal_one(int64_t due_us)
{
	static char profile[] = "double-read";
	static char *open[ARRAY_LEN(rows)];
	Evidence__SubmissionSealed sealed = EVIDENCE__SUBMISSION_SEALED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct bytes submission = kit_id(&kit);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		open[i] = kit_entry()->rubric->criteria[i]->code;
	sealed.submission = pb_of_bytes(submission);
	sealed.portfolio = pb_of_bytes(kit_id(&kit));
	sealed.educator = pb_of_bytes(kit_id(&kit));
	sealed.entry = pb_of_bytes(LIT_101);
	sealed.version = 1;
	sealed.attempt = 1;
	sealed.rows = open;
	sealed.n_rows = ARRAY_LEN(rows);
	sealed.manifest_sha256 = pb_of_bytes(BYTES_OF(kit.caps.noise_key));
	sealed.sealed_us = kit.now_us;
	sealed.due_us = due_us;
	sealed.limit_us = due_us + 5 * US_PER_DAY;
	sealed.profile = profile;
	sealed.profile_version = 1;
	event.body_case = EVIDENCE__EVENT__BODY_SUBMISSION_SEALED;
	event.submission_sealed = &sealed;
	kit_upstream(&kit, "evidence.0.log", submission, &event.base);
}

static void given_queue(size_t n)
{
	Enrollment__Policy policy = *kit_policy();
	char name[24];

	reading_kit_open(&kit, "double-read");
	policy.version = 2;
	policy.daily_cap = 1000;
	tell_policy(&kit, &policy);
	for (unsigned i = 0; i < READERS; i++) {
		snprintf(name, sizeof name, "reader-%u", i);
		given_reader(&kit, name);
	}
	for (size_t i = 0; i < n; i++)
		seal_one(kit.now_us + 5 * US_PER_DAY + (int64_t)i);
}

struct rates {
	double assigned, completed; /* a second */
};

/* The oldest due, again and again, each opened and rated at once. */
static struct rates read_some(void)
{
	struct rates r = {0};
	char name[24];

	for (unsigned i = 0; i < READINGS; i++) {
		struct bytes reading = kit_id(&kit);
		const Assessment__Event *event;
		double from = bench_wall();

		snprintf(name, sizeof name, "reader-%u", i % READERS);
		ENSURE(when_next(&kit, name, reading) == CAIRN__STATUS__OK);
		r.assigned += bench_wall() - from;
		event = next_of_kind(&kit, ASSESSMENT__EVENT__BODY_READING_ASSIGNED);
		when_evidence_opened(&kit, bytes_of_pb(event->reading_assigned->submission),
				     reading);
		from = bench_wall();
		ENSURE(when_rated(&kit, reading, "yes yes yes") == CAIRN__STATUS__OK);
		r.completed += bench_wall() - from;
	}
	return (struct rates){READINGS / r.assigned, READINGS / r.completed};
}

static double queue_ms(void)
{
	double from = bench_wall();

	ENSURE(queue_as_operator(&kit, "")->n_outlooks == 1);
	return 1e3 * (bench_wall() - from);
}

static double look_ms(void)
{
	double from = bench_wall();

	kit_advance(&kit, US_PER_DAY);
	return 1e3 * (bench_wall() - from);
}

static void bench_queue(size_t n)
{
	struct rates few, many;
	double queue, look;

	given_queue(READINGS);
	forget_events(&kit);
	few = read_some();
	kit_close(&kit);
	given_queue(n);
	forget_events(&kit);
	many = read_some();
	queue = queue_ms();
	look = look_ms();
	bench_line(bench_text("assignments, %zu submissions waiting", n).s,
		   bench_text("%.0f /s", many.assigned).s,
		   bench_text("%.2f of those with %u", many.assigned / few.assigned, READINGS).s,
		   "one commit each, not synced: a batch shares one");
	bench_line("  completed readings", bench_text("%.0f /s", many.completed).s,
		   bench_text("%.2f of those with %u", many.completed / few.completed, READINGS).s,
		   "the same; each is counted, every second is a decision");
	bench_line("  the queue with every date", bench_text("%.0f ms", queue).s,
		   bench_text("%.2f us for each that waits", 1e3 * queue / (double)n).s,
		   "a look at each that waits");
	bench_line("  the daily look", bench_text("%.0f ms", look).s, "",
		   "the same, and every group's counts");
	kit_close(&kit);
}

/* ---- a million readings ---- */

static Assessment__ReadingCompleted *reading(struct arena *arena, const struct id *submission,
					     uint32_t ordinal, uint64_t *state)
{
	Assessment__ReadingCompleted *c = arena_alloc(arena, sizeof *c);

	assessment__reading_completed__init(c);
	c->reading = c->assessor = c->submission = pb_of_id(submission);
	c->ordinal = ordinal;
	c->ratings = arena_alloc(arena, ARRAY_LEN(rows) * sizeof *c->ratings);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		Assessment__RowRating *r = arena_alloc(arena, sizeof *r);

		*state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
		assessment__row_rating__init(r);
		r->row = kit_entry()->rubric->criteria[i]->code;
		r->ordinal = *state % 10 < 8 ? 2 : (uint32_t)(*state % 3);
		c->ratings[c->n_ratings++] = r;
	}
	return c;
}

/* As the entry was noted. */
static void put_entry(struct txn *t)
{
	Assessment__EntryNoted noted = ASSESSMENT__ENTRY_NOTED__INIT;

	noted.entry = kit_entry()->entry;
	noted.version = 1;
	noted.code = kit_entry()->code;
	noted.title = kit_entry()->title;
	noted.rubric = kit_entry()->rubric;
	entry_put(t, &noted);
}

/* So many double reads, in commits of 10,000. */
static void count_reads(struct store *s, size_t n, struct arena *arena)
{
	struct submission row = {.entry = id_of_bytes(LIT_101), .entry_version = 1};
	struct id submission = {{1}}; /* one after the other */
	struct txn *t = store_begin(s);
	uint64_t state = SEED;

	put_entry(t);
	for (size_t i = 0; i < n; i++) {
		arena_reset(arena);
		completed_put(t, reading(arena, &submission, 1, &state));
		measure_second_reading(t, &row, reading(arena, &submission, 2, &state));
		if (i % 10000 == 9999) {
			ENSURE(txn_commit(&t) == 0);
			t = store_begin(s);
		}
	}
	ENSURE(txn_commit(&t) == 0);
}

static double report_us(struct store *s, struct arena *arena, uint64_t *reads_r)
{
	Assessment__GetReport ask = ASSESSMENT__GET_REPORT__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	struct view *v = store_view(s);
	double from = bench_processor();
	enum { TIMES = 1000 };

	ask.entry = kit_entry()->entry;
	query.body_case = ASSESSMENT__QUERY__BODY_GET_REPORT;
	query.get_report = &ask;
	for (unsigned i = 0; i < TIMES; i++) {
		struct query q = {.view = v, .roles = ROLE_PORTAL, .arena = arena};

		arena_reset(arena);
		ENSURE(assessment_answer_query(&query.base, &q) == CAIRN__STATUS__OK);
	}
	from = 1e6 * (bench_processor() - from) / TIMES;
	{
		const struct edition e = {LIT_101, 1};
		struct agreement_counts counts;
		struct agreement a;

		matrix_get(v, &e, rows[0], 3, &counts);
		agreement_of(&counts, &a);
		*reads_r = 2 * a.n;
	}
	view_end(&v);
	return from;
}

static void bench_report(size_t readings)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 16);
	struct store *s;
	struct place place;
	double first, all, from;
	uint64_t reads;
	size_t held;

	place_make(&place);
	s = store_open(place_path(&place, "db"), assessment_tables, N_TABLES, (size_t)1 << 30);
	ENSURE(s != NULL);
	count_reads(s, 500, arena);
	first = report_us(s, arena, &reads);
	held = bench_anonymous(getpid());
	from = bench_wall();
	count_reads(s, readings / 2 - 500, arena);
	from = bench_wall() - from;
	all = report_us(s, arena, &reads);
	ENSURE(reads == readings);
	held = bench_anonymous(getpid()) - held;
	bench_line(
		bench_text("a reliability report over %zu readings", readings).s,
		bench_text("%.0f us", all).s,
		bench_text("%.2f of one over 1,000; held %zu kB more", all / first, held / 1024).s,
		"figures and intervals of three rows");
	bench_line("  counting them", bench_text("%.0f /s", (double)readings / from).s,
		   bench_text("%.1f s for all", from).s, "a matrix for each row, put again");
	store_close(&s);
	place_remove(&place);
}

int main(int argc, char **argv)
{
	bool quick = bench_is_quick(argc, argv);

	bench_queue(quick ? 10000 : 100000);
	bench_report(quick ? 100000 : 1000000);
	return EXIT_SUCCESS;
}
