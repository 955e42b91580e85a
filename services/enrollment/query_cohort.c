/* Questions about cohorts: how many do what, never who. */
#include "libshared/check.h"
#include "services/enrollment/cells.h"
#include "services/enrollment/query_parts.h"
#include "services/enrollment/tables_district.h"

#include <stdlib.h>
#include <string.h>

static Cairn__Status bad(struct query *q, const char *what)
{
	return query_refuse(q, CAIRN__STATUS__INVALID, what);
}

static Enrollment__CohortAnswer *cohort_of(struct query *q, struct bytes id,
					   const struct cohort_row *row)
{
	Enrollment__CohortAnswer *a = arena_alloc(q->arena, sizeof *a);

	enrollment__cohort_answer__init(a);
	a->cohort = kept(q, id);
	a->district = kept_id(q, &row->district);
	a->name = arena_text(q->arena, cohort_name(q->view, id));
	a->coach = kept_id(q, &row->coach);
	a->opened_us = row->opened_us;
	a->closed = row->closed != 0;
	a->members = row->members;
	a->cell_min = CELL_MIN;
	return a;
}

Cairn__Status ask_cohorts(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__ListCohorts *ask = query->list_cohorts;
	size_t limit = limit_of(ask->limit);
	Enrollment__CohortList a = ENROLLMENT__COHORT_LIST__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct cohort_row row;
	struct bytes id;
	struct scan scan;

	if (!is_id(bytes_of_pb(ask->district)) ||
	    (ask->after.len > 0 && !is_id(bytes_of_pb(ask->after))))
		return bad(q, "district, after: an id is 16 bytes");
	a.cohorts = arena_alloc(q->arena, limit * sizeof *a.cohorts);
	scan = mark_scan(q->view, COHORT_OF, bytes_of_pb(ask->district), bytes_of_pb(ask->after));
	while (mark_next(&scan, &id)) {
		if (a.n_cohorts == limit) {
			a.next = a.cohorts[limit - 1]->cohort;
			scan_end(&scan);
			break;
		}
		ENSURE(cohort_get(q->view, id, &row));
		a.cohorts[a.n_cohorts++] = cohort_of(q, id, &row);
	}
	body.body_case = ENROLLMENT__ANSWER__BODY_COHORTS;
	body.cohorts = &a;
	return query_answer(q, &body.base);
}

/* ---- progress ---- */

enum step { WORKING, SUBMITTED, DONE, N_STEPS };

struct work { /* one member's enrollment in one micro-credential */
	struct id entry;
	enum step step;
};

struct works {
	struct work *list;
	size_t n, room;
};

static void add_work(struct query *q, struct works *works, struct work one)
{
	if (works->n == works->room) {
		struct work *more;

		works->room = works->room == 0 ? 256 : works->room * 2;
		more = arena_alloc(q->arena, works->room * sizeof *more);
		if (works->n > 0)
			memcpy(more, works->list, works->n * sizeof *more);
		works->list = more;
	}
	works->list[works->n++] = one;
}

static bool counts(const struct enrollment_row *row, enum step *step_r)
{
	if (row->state == ENROLLMENT__STATE__COMPLETED)
		*step_r = DONE;
	else if (enrollment_runs(row))
		*step_r = id_is_none(&row->submission) ? WORKING : SUBMITTED;
	else
		return false;
	return true;
}

static void add_works_of(struct query *q, struct bytes educator, struct works *works)
{
	struct scan scan = mark_scan(q->view, OF_EDUCATOR, educator, BYTES_NONE);
	struct enrollment_row row;
	struct bytes id;
	enum step step;

	while (mark_next(&scan, &id))
		if (enrollment_get(q->view, id, &row) && counts(&row, &step))
			add_work(q, works, (struct work){row.entry, step});
}

/* Of those who are of the district still: a cohort follows nobody elsewhere. */
static struct works works_of(struct query *q, struct bytes cohort, const struct id *district)
{
	struct scan scan = mark_scan(q->view, MEMBER, cohort, BYTES_NONE);
	struct works works = {0};
	struct educator_row row;
	struct bytes educator;

	while (mark_next(&scan, &educator))
		if (educator_get(q->view, educator, &row) && row.erased == 0 &&
		    id_equal(&row.district, district))
			add_works_of(q, educator, &works);
	return works;
}

static int by_entry(const void *a, const void *b)
{
	return memcmp(&((const struct work *)a)->entry, &((const struct work *)b)->entry, ID_LEN);
}

static Enrollment__Cell *cell(struct query *q, uint64_t count, bool hidden)
{
	Enrollment__Cell *c = arena_alloc(q->arena, sizeof *c);

	enrollment__cell__init(c);
	c->is_hidden = hidden;
	c->count = hidden ? 0 : count;
	return c;
}

static const char *title_of(struct query *q, struct bytes entry)
{
	struct bytes event;

	if (!document_get(q->view, DOC_ENTRY, entry, 0, &event))
		return "";
	return document_read(event, q->arena)->entry_published->entry->title;
}

static Enrollment__CohortProgress *progress_of(struct query *q, const struct work *works, size_t n)
{
	Enrollment__CohortProgress *p = arena_alloc(q->arena, sizeof *p);
	uint64_t steps[N_STEPS] = {0};
	bool hidden[N_STEPS];
	struct bytes entry = bytes_of_id(&works[0].entry);

	for (size_t i = 0; i < n; i++)
		steps[works[i].step]++;
	cells_hide(steps, hidden, N_STEPS);
	enrollment__cohort_progress__init(p);
	p->code = arena_text(q->arena, entry_code(q->view, entry));
	p->title = arena_text(q->arena, bytes_of_text(title_of(q, entry)));
	p->working = cell(q, steps[WORKING], hidden[WORKING]);
	p->submitted = cell(q, steps[SUBMITTED], hidden[SUBMITTED]);
	p->completed = cell(q, steps[DONE], hidden[DONE]);
	return p;
}

static void add_progress(struct query *q, const struct works *works, Enrollment__CohortAnswer *a)
{
	a->progress = arena_alloc(q->arena, (works->n + 1) * sizeof *a->progress);
	for (size_t i = 0, n; i < works->n; i += n) {
		for (n = 1;
		     i + n < works->n && id_equal(&works->list[i].entry, &works->list[i + n].entry);
		     n++)
			;
		a->progress[a->n_progress++] = progress_of(q, &works->list[i], n);
	}
}

Cairn__Status ask_cohort(const Enrollment__Query *query, struct query *q)
{
	struct bytes id = bytes_of_pb(query->get_cohort->cohort);
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct cohort_row row;
	struct works works;

	if (!is_id(id) || !cohort_get(q->view, id, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "cohort: there is none of this id");
	works = works_of(q, id, &row.district);
	if (works.n > 0)
		qsort(works.list, works.n, sizeof *works.list, by_entry);
	body.body_case = ENROLLMENT__ANSWER__BODY_COHORT;
	body.cohort = cohort_of(q, id, &row);
	add_progress(q, &works, body.cohort);
	return query_answer(q, &body.base);
}

Cairn__Status ask_members(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__ListMembers *ask = query->list_members;
	struct bytes cohort = bytes_of_pb(ask->cohort), after = bytes_of_pb(ask->after), educator;
	size_t limit = limit_of(ask->limit);
	Enrollment__MemberList a = ENROLLMENT__MEMBER_LIST__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct educator_row row;
	struct scan scan;

	if (!is_id(cohort) || (after.len > 0 && !is_id(after)))
		return bad(q, "cohort, after: an id is 16 bytes");
	a.educators = arena_alloc(q->arena, limit * sizeof *a.educators);
	scan = mark_scan(q->view, MEMBER, cohort, after);
	while (mark_next(&scan, &educator)) {
		if (!educator_get(q->view, educator, &row) || row.erased != 0)
			continue;
		if (a.n_educators == limit) {
			a.next = a.educators[limit - 1];
			scan_end(&scan);
			break;
		}
		a.educators[a.n_educators++] = kept(q, educator);
	}
	body.body_case = ENROLLMENT__ANSWER__BODY_MEMBERS;
	body.members = &a;
	return query_answer(q, &body.base);
}
