/* What assessment says of itself to everybody: how reliable its decisions are, and how fair. */
#include "services/ctl/commands.h"

#include "libshared/calendar.h"
#include "proto/assessment.pb-c.h"

#include <inttypes.h>

/* ---- a row ---- */

static json_t *json_of_counts(const Assessment__RowReport *r)
{
	json_t *counts = json_array();

	for (size_t k = 0; k < r->n_counts; k++) {
		json_t *row = json_array();

		for (size_t l = 0; l < r->counts[k]->n_second; l++)
			json_array_append_new(row,
					      json_integer((json_int_t)r->counts[k]->second[l]));
		json_array_append_new(counts, row);
	}
	return counts;
}

static json_t *json_of_levels(const Assessment__RowReport *r)
{
	json_t *levels = json_array();

	for (size_t k = 0; k < r->n_counts; k++)
		json_array_append_new(levels, json_string(r->counts[k]->level));
	return levels;
}

/* The names and the shape of `assess agreement`, so that its counts can be given to it. */
static json_t *json_of_row(const Assessment__RowReport *r)
{
	json_t *row = json_pack("{s:s, s:s, s:I, s:b, s:b}", "row", r->row, "title", r->title, "n",
				(json_int_t)r->reads, "published", r->is_published, "read_twice",
				r->is_read_twice);
	json_t *intervals, *verdicts;

	if (!r->is_published)
		return row;
	intervals = json_object();
	verdicts = json_array();
	json_object_set_new(row, "levels", json_of_levels(r));
	json_object_set_new(row, "counts", json_of_counts(r));
	for (size_t i = 0; i < r->n_figures; i++) {
		const Assessment__AgreementFigure *f = r->figures[i];

		json_object_set_new(row, f->name,
				    f->is_defined ? json_real(f->value) : json_null());
		json_object_set_new(intervals, f->name,
				    f->has_interval ? json_pack("[f, f]", f->low, f->high)
						    : json_null());
	}
	json_object_set_new(row, "intervals", intervals);
	for (size_t i = 0; i < r->n_verdicts; i++)
		json_array_append_new(verdicts, json_string(r->verdicts[i]));
	json_object_set_new(row, "verdicts", verdicts);
	return row;
}

static void say_figures(struct ctl *c, const Assessment__RowReport *r)
{
	for (size_t i = 0; i < r->n_figures; i++) {
		const Assessment__AgreementFigure *f = r->figures[i];

		if (!f->is_defined)
			say(c, "  %-16s undefined\n", f->name);
		else if (!f->has_interval)
			say(c, "  %-16s %7.4f\n", f->name, f->value);
		else
			say(c, "  %-16s %7.4f  (%.4f to %.4f)\n", f->name, f->value, f->low,
			    f->high);
	}
}

static void say_row(struct ctl *c, const Assessment__RowReport *r, uint32_t needed)
{
	say(c, "\n%s  %s\n", r->row, r->title);
	if (!r->is_published) {
		say(c, "  %" PRIu64 " double reads; %" PRIu32 " are needed to say more\n", r->reads,
		    needed);
		return;
	}
	say(c, "  %" PRIu64 " double reads:", r->reads);
	for (size_t i = 0; i < r->n_verdicts; i++)
		say(c, " %s", r->verdicts[i]);
	say(c, "%s\n  first reader down, second across\n", r->n_verdicts == 0 ? " no verdict" : "");
	for (size_t k = 0; k < r->n_counts; k++) {
		say(c, "  %-16s", r->counts[k]->level);
		for (size_t l = 0; l < r->counts[k]->n_second; l++)
			say(c, " %6" PRIu64, r->counts[k]->second[l]);
		say(c, "\n");
	}
	say_figures(c, r);
	if (r->is_read_twice)
		say(c, "  under review: every submission is read twice\n");
}

/* ---- decisions ---- */

/* Of whole: one decimal. */
static double percent_of(uint64_t part, uint64_t whole)
{
	return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

static void say_decisions(struct ctl *c, const Assessment__ReportAnswer *a)
{
	say(c, "%s version %" PRIu32 ": %s\n", a->code, a->version, a->title);
	if (a->newest > a->version)
		say(c,
		    "version %" PRIu32 " is the newest: of this one only enrollments that have it "
		    "still seal,\nand a row under review stays so until readers agree on what "
		    "they seal\n",
		    a->newest);
	say(c, "%" PRIu64 " decisions", a->decided);
	if (a->n_waits == 0) {
		say(c, "; %" PRIu32 " are needed to say more\n", a->decided_needed);
		return;
	}
	say(c,
	    "; passed at first attempt %.1f %%, at any attempt %.1f %% of %" PRIu64
	    " enrollments\nfrom seal to decision, without pauses:",
	    percent_of(a->first_passed, a->first), percent_of(a->passed, a->first), a->first);
	for (size_t i = 0; i < a->n_waits; i++)
		say(c, "%s %" PRIu32 " %% within %.1f days", i > 0 ? "," : "", a->waits[i]->percent,
		    (double)a->waits[i]->minutes / 1440);
	say(c, "\nread twice:");
	for (size_t i = 0; i < a->n_read_twice; i++)
		say(c, "%s %s %.1f %%", i > 0 ? "," : "", a->read_twice[i]->why,
		    percent_of(a->read_twice[i]->decisions, a->decided));
	say(c, "%s\n", a->n_read_twice == 0 ? " none" : "");
}

static void tell_decisions(struct ctl *c, const Assessment__ReportAnswer *a)
{
	json_t *twice = json_object(), *waits = json_object();
	char percent[16];

	tell_text(c, "code", a->code);
	tell_text(c, "title", a->title);
	tell_count(c, "version", a->version);
	tell_count(c, "newest_version", a->newest);
	tell_count(c, "double_reads_needed", a->reads_needed);
	tell_count(c, "decisions", a->decided);
	tell_count(c, "decisions_needed", a->decided_needed);
	for (size_t i = 0; i < a->n_read_twice; i++)
		json_object_set_new(twice, a->read_twice[i]->why,
				    json_integer((json_int_t)a->read_twice[i]->decisions));
	for (size_t i = 0; i < a->n_waits; i++) {
		snprintf(percent, sizeof percent, "%" PRIu32, a->waits[i]->percent);
		json_object_set_new(waits, percent, json_integer((json_int_t)a->waits[i]->minutes));
	}
	if (a->n_waits > 0) {
		tell_count(c, "passed", a->passed);
		tell_count(c, "first_attempts", a->first);
		tell_count(c, "passed_at_first_attempt", a->first_passed);
		tell(c, "read_twice", json_incref(twice));
		tell(c, "minutes_to_decision", json_incref(waits));
		tell_text(c, "clock", a->clock);
	}
	json_decref(twice);
	json_decref(waits);
}

/* Null where nobody may read: no day can be named. */
static void tell_day(struct ctl *c, const char *name, int64_t at_us)
{
	char text[11];

	text_of_day(at_us / US_PER_DAY, text);
	tell(c, name, at_us > 0 ? json_string(text) : json_null());
	say(c, " %s", at_us > 0 ? text : "nobody knows");
}

static void tell_promise(struct ctl *c, const Assessment__ReportAnswer *a)
{
	say(c, "sealed today, it will be decided by");
	tell_day(c, "sealed_now", a->sealed_now_us);
	say(c, ", and with 95 %% certainty by");
	tell_day(c, "sealed_now_95", a->sealed_now_95_us);
	say(c, "\n");
}

static int report(struct ctl *c)
{
	const Assessment__ReportAnswer *a = (const Assessment__ReportAnswer *)ctl_ask_fields(
		c, TO_ASSESSMENT, "get_report", given_fields(c));
	json_t *rows;

	if (a == NULL)
		return ctl_exit_code(c);
	rows = json_array();
	say_decisions(c, a);
	tell_decisions(c, a);
	tell_promise(c, a);
	for (size_t i = 0; i < a->n_rows; i++) {
		say_row(c, a->rows[i], a->reads_needed);
		json_array_append_new(rows, json_of_row(a->rows[i]));
	}
	tell(c, "rows", rows);
	return ctl_exit_code(c);
}

/* ---- fairness ---- */

static json_t *json_of_group(const Assessment__FairnessGroup *g)
{
	json_t *group = json_pack("{s:s, s:s, s:b, s:b}", "dimension", g->dimension, "group",
				  g->group, "hidden", g->is_hidden, "gap", g->has_gap);

	if (g->is_hidden)
		return group;
	json_object_set_new(group, "decided", json_integer((json_int_t)g->decided));
	json_object_set_new(group, "passed", json_integer((json_int_t)g->passed));
	json_object_set_new(group, "minutes_half", json_integer((json_int_t)g->minutes_half));
	json_object_set_new(group, "minutes_95", json_integer((json_int_t)g->minutes_95));
	return group;
}

static void say_group(struct ctl *c, const Assessment__FairnessGroup *g)
{
	if (g->is_hidden) {
		say(c, "%-12s %-20s hidden\n", g->dimension, g->group);
		return;
	}
	say(c,
	    "%-12s %-20s %6" PRIu64 " decided, %5.1f %% passed; half within %.1f days, 95 %% "
	    "within %.1f%s\n",
	    g->dimension, g->group, g->decided, percent_of(g->passed, g->decided),
	    (double)g->minutes_half / 1440, (double)g->minutes_95 / 1440,
	    g->has_gap ? "; GAP" : "");
}

static int fairness(struct ctl *c)
{
	const Assessment__FairnessAnswer *a = (const Assessment__FairnessAnswer *)ctl_ask_fields(
		c, TO_ASSESSMENT, "get_fairness", json_object());
	json_t *groups;

	if (a == NULL)
		return ctl_exit_code(c);
	groups = json_array();
	say(c,
	    "first attempts of the last %" PRIu32 " days. A gap: %.1f points below all others, and "
	    "beyond chance\n(two proportions, 95 %%), from %" PRIu32 " decisions on either side; "
	    "then %" PRIu32 " of the group's not-yet\ndecisions are read once more. Groups below "
	    "%" PRIu32 " are hidden.\n",
	    a->window_days, a->gap_permille / 10.0, a->test_min, a->back_reads, a->cell_min);
	for (size_t i = 0; i < a->n_groups; i++) {
		say_group(c, a->groups[i]);
		json_array_append_new(groups, json_of_group(a->groups[i]));
	}
	tell_count(c, "window_days", a->window_days);
	tell_count(c, "cell_min", a->cell_min);
	tell_count(c, "test_min", a->test_min);
	tell_count(c, "gap_permille", a->gap_permille);
	tell_count(c, "back_reads", a->back_reads);
	tell(c, "groups", groups);
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"assess", "report", "tell how reliable a micro-credential's decisions are",
	 PARAMS(WORD("entry", "CODE", "of the micro-credential", P_ENTRY, MUST),
		OPTION("version", "N", "of this version (default: the newest)", P_COUNT, MAY)),
	 .run = report},
	{"assess", "fairness", "tell how often, and how soon, groups of earners pass",
	 .run = fairness},
};

const struct command_list report_commands = {rows, ARRAY_LEN(rows)};
