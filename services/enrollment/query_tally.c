/* Enrollments and awards of a school year, by month and by school or district. */
#include "libshared/check.h"
#include "libshared/clock.h"
#include "services/enrollment/cells.h"
#include "services/enrollment/query_parts.h"
#include "services/enrollment/tables_district.h"

#include <stdlib.h>
#include <string.h>

#define MONTHS 12
#define FIRST_MONTH 6 /* July; January is 0 */
#define YEAR_LEAST 2000
#define YEAR_MOST 2200

struct tally { /* of one org in one month, and, once sorted, the year's sum in the first of them */
	struct id org;
	uint64_t counts[N_TALLIES];
};

struct year {
	uint32_t first, end; /* months that are shown: [first, end) */
	bool running;        /* end is not the year's */
	struct tally *list;
	size_t n, room;
	uint64_t months[N_TALLIES][MONTHS], sums[N_TALLIES];
};

static void add_tally(struct query *q, struct year *year, struct tally one)
{
	if (year->n == year->room) {
		struct tally *more;

		year->room = year->room == 0 ? 256 : year->room * 2;
		more = arena_alloc(q->arena, year->room * sizeof *more);
		if (year->n > 0)
			memcpy(more, year->list, year->n * sizeof *more);
		year->list = more;
	}
	year->list[year->n++] = one;
}

static int by_org(const void *a, const void *b)
{
	return memcmp(&((const struct tally *)a)->org, &((const struct tally *)b)->org, ID_LEN);
}

/* One for each org, with its sum. */
static void sum_by_org(struct year *year)
{
	size_t n = 0;

	if (year->n > 0)
		qsort(year->list, year->n, sizeof *year->list, by_org);
	for (size_t i = 0; i < year->n; i++) {
		if (n == 0 || !id_equal(&year->list[n - 1].org, &year->list[i].org)) {
			year->list[n++] = year->list[i];
			continue;
		}
		for (size_t what = 0; what < N_TALLIES; what++)
			year->list[n - 1].counts[what] += year->list[i].counts[what];
	}
	year->n = n;
}

static void read_year(struct query *q, struct bytes above, struct year *year)
{
	struct scan scan = tally_scan(q->view, above, year->first);
	struct tally_row row;
	uint32_t month;
	struct id org;

	while (tally_next(&scan, &org, &month, &row)) {
		struct tally one = {.org = org};

		if (month >= year->end) {
			scan_end(&scan);
			break;
		}
		for (size_t what = 0; what < N_TALLIES; what++) {
			one.counts[what] = row.counts[what];
			year->months[what][month - year->first] += row.counts[what];
			year->sums[what] += row.counts[what];
		}
		add_tally(q, year, one);
	}
	sum_by_org(year);
}

/* ---- what is shown ---- */

static uint64_t step_of(const struct year *year)
{
	return year->running ? CELL_MIN : 1;
}

static Enrollment__Cell *cell(struct query *q, uint64_t count, bool hidden)
{
	Enrollment__Cell *c = arena_alloc(q->arena, sizeof *c);

	enrollment__cell__init(c);
	c->is_hidden = hidden;
	c->count = hidden ? 0 : count;
	return c;
}

static void add_months(struct query *q, const struct year *year, Enrollment__TallyAnswer *a)
{
	size_t n = year->end - year->first;
	bool hidden[N_TALLIES][MONTHS];

	for (size_t what = 0; what < N_TALLIES; what++)
		cells_hide(year->months[what], hidden[what], n);
	a->months = arena_alloc(q->arena, MONTHS * sizeof *a->months);
	for (uint32_t i = 0; i < n; i++) {
		Enrollment__MonthTally *m = arena_alloc(q->arena, sizeof *m);
		uint32_t month = year->first + i;

		enrollment__month_tally__init(m);
		m->month = arena_printf(q->arena, "%04u-%02u", month / MONTHS, month % MONTHS + 1);
		m->enrolled = cell(q, year->months[TALLY_ENROLLED][i], hidden[TALLY_ENROLLED][i]);
		m->completed =
			cell(q, year->months[TALLY_COMPLETED][i], hidden[TALLY_COMPLETED][i]);
		a->months[a->n_months++] = m;
	}
}

/* Whether each org's count is hidden, of one kind of count. */
static bool *hidden_of(struct query *q, const struct year *year, enum tally_what what)
{
	uint64_t *list = arena_alloc(q->arena, (year->n + 1) * sizeof *list);
	bool *hidden = arena_alloc(q->arena, (year->n + 1) * sizeof *hidden);

	for (size_t i = 0; i < year->n; i++)
		list[i] = year->list[i].counts[what];
	cells_hide(list, hidden, year->n);
	return hidden;
}

static void add_orgs(struct query *q, const struct year *year, Enrollment__TallyAnswer *a)
{
	const bool *enrolled = hidden_of(q, year, TALLY_ENROLLED);
	const bool *completed = hidden_of(q, year, TALLY_COMPLETED);
	uint64_t step = step_of(year);

	a->orgs = arena_alloc(q->arena, (year->n + 1) * sizeof *a->orgs);
	for (size_t i = 0; i < year->n; i++) {
		const struct tally *t = &year->list[i];
		Enrollment__OrgTally *o = arena_alloc(q->arena, sizeof *o);

		enrollment__org_tally__init(o);
		o->org = kept_id(q, &t->org);
		o->name = arena_text(q->arena, org_name(q->view, bytes_of_id(&t->org)));
		o->enrolled = cell(q, t->counts[TALLY_ENROLLED] / step * step, enrolled[i]);
		o->completed = cell(q, t->counts[TALLY_COMPLETED] / step * step, completed[i]);
		a->orgs[a->n_orgs++] = o;
	}
}

static void add_sums(struct query *q, const struct year *year, Enrollment__TallyAnswer *a)
{
	a->enrolled = cell(q, year->sums[TALLY_ENROLLED], year->sums[TALLY_ENROLLED] < CELL_MIN);
	a->completed = cell(q, year->sums[TALLY_COMPLETED], year->sums[TALLY_COMPLETED] < CELL_MIN);
}

Cairn__Status ask_tallies(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__GetTallies *ask = query->get_tallies;
	struct bytes org = bytes_of_pb(ask->org);
	Enrollment__TallyAnswer a = ENROLLMENT__TALLY_ANSWER__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct year year = {0};
	uint32_t now = tally_month(q->now_us);

	if ((org.len > 0 && !is_id(org)) || ask->year < YEAR_LEAST || ask->year > YEAR_MOST)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "org: an id, or nothing; year: in which a school year begins");
	year.first = ask->year * MONTHS + FIRST_MONTH;
	year.end = year.first + MONTHS;
	year.running = now < year.end;
	if (year.running)
		year.end = now > year.first ? now : year.first;
	read_year(q, org, &year);
	a.year = ask->year;
	a.cell_min = CELL_MIN;
	a.step = (uint32_t)step_of(&year);
	add_months(q, &year, &a);
	add_orgs(q, &year, &a);
	add_sums(q, &year, &a);
	body.body_case = ENROLLMENT__ANSWER__BODY_TALLIES;
	body.tallies = &a;
	return query_answer(q, &body.base);
}
