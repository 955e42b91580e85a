/* How far two readers agree, from published counts, without an installation. */
#include "services/ctl/commands.h"

#include "services/assessment/agreement.h"

#include <jansson.h>

#define COUNTS_MAX ((size_t)64 << 10)
#define COUNT_MAX 1000000000000 /* so that sums of products stay exact enough */

static bool read_row(struct ctl *c, const json_t *row, unsigned k, struct agreement_counts *r)
{
	for (unsigned l = 0; l < r->q; l++) {
		const json_t *n = json_array_get(row, l);

		if (json_array_size(row) != r->q || !json_is_integer(n) ||
		    json_integer_value(n) < 0 || json_integer_value(n) > COUNT_MAX) {
			ctl_fault(c, CTL_REFUSED,
				  "counts[%u]: as many whole numbers from 0 to %lld as there are "
				  "rows are expected",
				  k, (long long)COUNT_MAX);
			return false;
		}
		r->n[k][l] = (uint64_t)json_integer_value(n);
	}
	return true;
}

static bool read_counts(struct ctl *c, const json_t *json, struct agreement_counts *r)
{
	const json_t *counts = json_object_get(json, "counts");
	size_t q = json_array_size(counts);

	if (q < 1 || q > AGREEMENT_LEVELS_MAX) {
		ctl_fault(c, CTL_REFUSED, "counts: a square table of 1 to %d levels is expected",
			  AGREEMENT_LEVELS_MAX);
		return false;
	}
	*r = (struct agreement_counts){.q = (unsigned)q};
	for (unsigned k = 0; k < r->q; k++)
		if (!read_row(c, json_array_get(counts, k), k, r))
			return false;
	return true;
}

static void tell_agreement(struct ctl *c, const struct agreement *a)
{
	json_t *intervals = json_object();

	for (unsigned kind = 0; kind < AGREEMENT_KINDS; kind++) {
		const struct agreement_figure *f = &a->figures[kind];
		const char *name = agreement_name(kind);

		tell(c, name, f->is_defined ? json_real(f->value) : json_null());
		json_object_set_new(intervals, name,
				    f->has_interval ? json_pack("[f, f]", f->low, f->high)
						    : json_null());
		if (!f->is_defined)
			say(c, "%-16s undefined\n", name);
		else if (!f->has_interval)
			say(c, "%-16s %7.4f\n", name, f->value);
		else
			say(c, "%-16s %7.4f  (%.4f to %.4f)\n", name, f->value, f->low, f->high);
	}
	tell_count(c, "n", a->n);
	tell(c, "intervals", intervals);
}

static int tell_of_counts(struct ctl *c)
{
	struct bytes text = given_file(c, "counts", COUNTS_MAX);
	struct agreement_counts counts;
	struct agreement agreement;
	json_error_t error;
	json_t *json;

	if (ctl_failed(c))
		return ctl_exit_code(c);
	json = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		return (int)ctl_fault(c, CTL_LOCAL, "%s: line %d, column %d: %s",
				      given(c, "counts"), error.line, error.column, error.text);
	if (read_counts(c, json, &counts)) {
		agreement_of(&counts, &agreement);
		tell_agreement(c, &agreement);
	}
	json_decref(json);
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"assess", "agreement", "tell how far two readers agree, by a table of counts",
	 PARAMS(OWN_OPTION("counts", "FILE", "{\"counts\": [[...]]}: first reader's levels down",
			   P_FILE, MUST)),
	 .run = tell_of_counts},
};

const struct command_list agreement_commands = {rows, ARRAY_LEN(rows)};
