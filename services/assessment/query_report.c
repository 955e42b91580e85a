/* The reliability report of a micro-credential, from its counts alone, and its promise. */
#include "services/assessment/outlook.h"
#include "services/assessment/query_parts.h"
#include "services/assessment/tables_report.h"

/* Below it, passes and times would tell of persons. */
#define DECISIONS_MIN 10

/* ---- a row ---- */

static void add_counts(struct query *q, const Enrollment__Rubric *rubric,
		       const struct agreement_counts *counts, Assessment__RowReport *r)
{
	r->counts = arena_zalloc(q->arena, (counts->q + 1) * sizeof *r->counts);
	for (unsigned k = 0; k < counts->q; k++) {
		Assessment__LevelCounts *level =
			MADE(q, Assessment__LevelCounts, ASSESSMENT__LEVEL_COUNTS__INIT);

		level->level = k < rubric->n_levels ? rubric->levels[k]->code : copy_text(q, "");
		level->n_second = counts->q;
		level->second = arena_alloc(q->arena, counts->q * sizeof *level->second);
		for (unsigned l = 0; l < counts->q; l++)
			level->second[l] = counts->n[k][l];
		r->counts[r->n_counts++] = level;
	}
}

static void add_figures(struct query *q, const struct agreement *a, Assessment__RowReport *r)
{
	r->figures = arena_zalloc(q->arena, AGREEMENT_KINDS * sizeof *r->figures);
	for (unsigned kind = 0; kind < AGREEMENT_KINDS; kind++) {
		const struct agreement_figure *figure = &a->figures[kind];
		Assessment__AgreementFigure *f =
			MADE(q, Assessment__AgreementFigure, ASSESSMENT__AGREEMENT_FIGURE__INIT);

		f->name = copy_text(q, agreement_name(kind));
		f->is_defined = figure->is_defined;
		f->value = figure->value;
		f->has_interval = figure->has_interval;
		f->low = figure->low;
		f->high = figure->high;
		r->figures[r->n_figures++] = f;
	}
}

static void add_verdicts(struct query *q, unsigned words, Assessment__RowReport *r)
{
	static const struct {
		unsigned word;
		const char *text;
	} verdicts[] = {
		{ROW_HEALTHY, "healthy"},
		{ROW_RELIABLE, "reliable"},
		{ROW_TENTATIVE, "tentative"},
		{ROW_UNDER_REVIEW, "under_review"},
	};

	r->verdicts = arena_zalloc(q->arena, ARRAY_LEN(verdicts) * sizeof *r->verdicts);
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++)
		if (words & verdicts[i].word)
			r->verdicts[r->n_verdicts++] = copy_text(q, verdicts[i].text);
}

static Assessment__RowReport *row_report(struct query *q, const struct edition *e,
					 const Enrollment__Rubric *rubric,
					 const Enrollment__Criterion *row)
{
	Assessment__RowReport *r = MADE(q, Assessment__RowReport, ASSESSMENT__ROW_REPORT__INIT);
	struct agreement_counts counts;
	struct agreement agreement;

	matrix_get(q->view, e, row->code, (unsigned)rubric->n_levels, &counts);
	agreement_of(&counts, &agreement);
	r->row = row->code;
	r->title = row->title;
	r->reads = agreement.n;
	r->is_read_twice = row_review_get(q->view, e, row->code);
	r->is_published = agreement.n >= AGREEMENT_READS_MIN;
	if (!r->is_published)
		return r;
	add_counts(q, rubric, &counts, r);
	add_figures(q, &agreement, r);
	add_verdicts(q, agreement_words(&agreement), r);
	return r;
}

/* ---- decisions ---- */

static void add_read_twice(struct query *q, const struct edition *e,
			   Assessment__ReportAnswer *reply)
{
	static const unsigned whys = FIGURE_WAIT - FIGURE_READ_TWICE;

	reply->read_twice = arena_zalloc(q->arena, whys * sizeof *reply->read_twice);
	for (unsigned why = 1; why < whys; why++) {
		uint64_t n = figure_get(q->view, e, FIGURE_READ_TWICE + why);
		Assessment__ReadTwice *twice;

		if (n == 0)
			continue;
		twice = MADE(q, Assessment__ReadTwice, ASSESSMENT__READ_TWICE__INIT);
		twice->why = copy_text(q, second_word(why));
		twice->decisions = n;
		reply->read_twice[reply->n_read_twice++] = twice;
	}
}

static void add_waits(struct query *q, const struct edition *e, Assessment__ReportAnswer *reply)
{
	static const uint32_t percents[] = {50, 90, 95, 99};
	struct waits *waits = arena_alloc(q->arena, sizeof *waits);

	figures_waits(q->view, e, waits);
	reply->clock = copy_text(q, "running");
	reply->waits = arena_zalloc(q->arena, ARRAY_LEN(percents) * sizeof *reply->waits);
	for (size_t i = 0; i < ARRAY_LEN(percents); i++) {
		Assessment__WaitPercentile *p =
			MADE(q, Assessment__WaitPercentile, ASSESSMENT__WAIT_PERCENTILE__INIT);

		p->percent = percents[i];
		p->minutes = waits_percentile(waits, percents[i]);
		reply->waits[reply->n_waits++] = p;
	}
}

static void add_decisions(struct query *q, const struct edition *e, Assessment__ReportAnswer *reply)
{
	reply->decided = figure_get(q->view, e, FIGURE_DECIDED);
	reply->decided_needed = DECISIONS_MIN;
	if (reply->decided < DECISIONS_MIN)
		return;
	reply->passed = figure_get(q->view, e, FIGURE_PASSED);
	reply->first = figure_get(q->view, e, FIGURE_FIRST);
	reply->first_passed = figure_get(q->view, e, FIGURE_FIRST_PASSED);
	add_read_twice(q, e, reply);
	add_waits(q, e, reply);
}

Cairn__Status ask_report(const Assessment__Query *query, struct query *q)
{
	const Assessment__GetReport *ask = query->get_report;
	Assessment__ReportAnswer reply = ASSESSMENT__REPORT_ANSWER__INIT;
	Assessment__Answer body = ASSESSMENT__ANSWER__INIT;
	const Assessment__EntryNoted *entry;
	struct edition e;
	struct wait soon;

	if (!is_id(bytes_of_pb(ask->entry)))
		return query_refuse(q, CAIRN__STATUS__INVALID, "entry: 16 bytes are needed");
	entry = entry_get(q->view, bytes_of_pb(ask->entry), ask->version, q->arena);
	if (entry == NULL)
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "no such version of a micro-credential has been published");
	e = (struct edition){bytes_of_pb(ask->entry), entry->version};
	reply.code = entry->code;
	reply.title = entry->title;
	reply.version = entry->version;
	reply.newest = entry_get(q->view, e.entry, 0, q->arena)->version;
	reply.reads_needed = AGREEMENT_READS_MIN;
	reply.rows = arena_zalloc(q->arena, (entry->rubric->n_criteria + 1) * sizeof *reply.rows);
	for (size_t i = 0; i < entry->rubric->n_criteria; i++)
		reply.rows[reply.n_rows++] =
			row_report(q, &e, entry->rubric, entry->rubric->criteria[i]);
	add_decisions(q, &e, &reply);
	soon = outlook_soon(q->view, q->arena, e.entry, q->now_us);
	reply.sealed_now_us = told_us(soon.expected_us);
	reply.sealed_now_95_us = told_us(soon.late_us);
	body.body_case = ASSESSMENT__ANSWER__BODY_REPORT;
	body.report = &reply;
	return query_answer(q, &body.base);
}
