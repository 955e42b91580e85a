/* Matrices and figures of assessment: recomputed from its log alone, and compared with its tables.
 */
#include "tests/simulation/invariants_report.h"

#include "services/assessment/tables_report.h"

#include <stdlib.h>
#include <string.h>

/* A cell of a matrix, or a figure of a version: how many readings or decisions the log has for it.
 */
struct count {
	struct id entry, row; /* row: none for a figure */
	uint32_t version, at; /* at: the figure, or 10 times one level, and the other */
	uint64_t n;
};

struct recount {
	struct count *counts;
	size_t n, room;
};

static void count_one(struct recount *r, const struct count *which)
{
	for (size_t i = 0; i < r->n; i++) {
		struct count *c = &r->counts[i];

		if (id_equal(&c->entry, &which->entry) && id_equal(&c->row, &which->row) &&
		    c->version == which->version && c->at == which->at) {
			c->n++;
			return;
		}
	}
	if (r->n == r->room) {
		r->room = 2 * r->room + 64;
		r->counts = realloc(r->counts, r->room * sizeof *r->counts);
		ENSURE(r->counts != NULL);
	}
	r->counts[r->n] = *which;
	r->counts[r->n++].n = 1;
}

/* ---- what the log says ---- */

static const Assessment__Event *event_at(const struct history *h, size_t i)
{
	return (const Assessment__Event *)h->events[i].message;
}

static const Assessment__SubmissionReceived *received(const struct history *h, size_t before,
						      ProtobufCBinaryData submission)
{
	for (size_t i = before; i-- > 0;) {
		const Assessment__Event *e = event_at(h, i);

		if (e != NULL && e->body_case == ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED &&
		    bytes_equal(bytes_of_pb(e->submission_received->submission),
				bytes_of_pb(submission)))
			return e->submission_received;
	}
	return NULL; /* no earner's work */
}

static const Assessment__ReadingCompleted *first_reading(const struct history *h, size_t before,
							 ProtobufCBinaryData submission)
{
	for (size_t i = before; i-- > 0;) {
		const Assessment__Event *e = event_at(h, i);

		if (e != NULL && e->body_case == ASSESSMENT__EVENT__BODY_READING_COMPLETED &&
		    e->reading_completed->ordinal == 1 &&
		    bytes_equal(bytes_of_pb(e->reading_completed->submission),
				bytes_of_pb(submission)))
			return e->reading_completed;
	}
	return NULL;
}

/* Both readings rate the same rows. */
static uint32_t level_of(const Assessment__ReadingCompleted *c, const char *row)
{
	size_t i = 0;

	while (i < c->n_ratings && strcmp(c->ratings[i]->row, row) != 0)
		i++;
	ENSURE(i < c->n_ratings);
	return c->ratings[i]->ordinal;
}

/* The world's scales number their levels from 0. */
static void count_double_read(struct recount *r, const struct history *h, size_t at)
{
	const Assessment__ReadingCompleted *second = event_at(h, at)->reading_completed;
	const Assessment__SubmissionReceived *of = received(h, at, second->submission);
	const Assessment__ReadingCompleted *first = first_reading(h, at, second->submission);

	if (second->ordinal != 2 || of == NULL)
		return;
	ENSURE(first != NULL);
	for (size_t i = 0; i < second->n_ratings; i++) {
		struct count which = {
			.entry = id_of_bytes(bytes_of_pb(of->entry)),
			.row = id_of_name("row", second->ratings[i]->row),
			.version = of->version,
			.at = 10 * level_of(first, second->ratings[i]->row) +
			      second->ratings[i]->ordinal,
		};

		count_one(r, &which);
	}
}

static void count_decision(struct recount *r, const struct history *h, size_t at)
{
	const Assessment__DecisionMade *made = event_at(h, at)->decision_made;
	const Assessment__SubmissionReceived *of = received(h, at, made->submission);
	struct count which = {.entry = id_of_bytes(bytes_of_pb(of->entry)),
			      .version = of->version,
			      .at = FIGURE_DECIDED};

	count_one(r, &which);
	which.at = FIGURE_PASSED;
	if (made->passed)
		count_one(r, &which);
	which.at = FIGURE_FIRST;
	if (of->attempt == 1)
		count_one(r, &which);
	which.at = FIGURE_FIRST_PASSED;
	if (of->attempt == 1 && made->passed)
		count_one(r, &which);
}

/* ---- what the tables say ---- */

static void check_count(const struct view *v, const struct count *c)
{
	struct tally tally = {0};
	struct matrix matrix;
	struct key k = {0};

	key_add(&k, bytes_of_id(&c->entry));
	key_add_u32(&k, c->version);
	if (id_is_none(&c->row)) {
		ENSURE(ROW_GET(v, FIGURE, key_add_u16(&k, (uint16_t)c->at), &tally));
		ENSURE(tally.n == c->n);
		return;
	}
	ENSURE(ROW_GET(v, MATRIX, key_add(&k, bytes_of_id(&c->row)), &matrix));
	ENSURE(matrix.n[c->at / 10][c->at % 10] == c->n);
}

/* So that nothing is counted that the log does not have. */
static uint64_t reads_in_matrices(const struct view *v)
{
	struct scan scan = scan_first(v, MATRIX, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	uint64_t n = 0;

	while (scan_next(&scan, &key, &val)) {
		struct matrix matrix;

		memcpy(&matrix, val.data, sizeof matrix);
		for (unsigned k = 0; k < AGREEMENT_LEVELS_MAX; k++)
			for (unsigned l = 0; l < AGREEMENT_LEVELS_MAX; l++)
				n += matrix.n[k][l];
	}
	scan_end(&scan);
	return n;
}

unsigned check_reports(struct world *w, const struct history *assessment)
{
	const struct view *v = engine_view_begin(w->nodes[ASSESSMENT].engine);
	struct recount r = {0};
	uint64_t in_log = 0;

	for (size_t i = 0; i < assessment->n; i++) {
		const Assessment__Event *e = event_at(assessment, i);

		if (e != NULL && e->body_case == ASSESSMENT__EVENT__BODY_READING_COMPLETED)
			count_double_read(&r, assessment, i);
		if (e != NULL && e->body_case == ASSESSMENT__EVENT__BODY_DECISION_MADE &&
		    e->decision_made->supersedes.len == 0)
			count_decision(&r, assessment, i);
	}
	for (size_t i = 0; i < r.n; i++) {
		check_count(v, &r.counts[i]);
		in_log += id_is_none(&r.counts[i].row) ? 0 : r.counts[i].n;
	}
	ENSURE(reads_in_matrices(v) == in_log);
	engine_view_end(w->nodes[ASSESSMENT].engine);
	free(r.counts);
	return (unsigned)in_log;
}
