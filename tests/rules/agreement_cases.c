/* agreement_cases: a table of counts per line of standard input ([[4,2],[1,10]]), its figures per
 * line of standard output, as JSON: null where undefined, else [value] or [value, low, high]; and
 * what may be said of it ("words", as agreement.h has the bits). */
#include "services/assessment/agreement.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static void read_counts(const json_t *json, struct agreement_counts *c_r)
{
	*c_r = (struct agreement_counts){.q = (unsigned)json_array_size(json)};
	for (unsigned k = 0; k < c_r->q; k++)
		for (unsigned l = 0; l < c_r->q; l++)
			c_r->n[k][l] = (uint64_t)json_integer_value(
				json_array_get(json_array_get(json, k), l));
}

static json_t *json_of_figure(const struct agreement_figure *f)
{
	if (!f->is_defined)
		return json_null();
	return f->has_interval ? json_pack("[f, f, f]", f->value, f->low, f->high)
			       : json_pack("[f]", f->value);
}

int main(void)
{
	static char line[1 << 16];

	while (fgets(line, sizeof line, stdin) != NULL) {
		json_t *json = json_loads(line, 0, NULL), *figures = json_object();
		struct agreement_counts counts;
		struct agreement a;

		ENSURE(json != NULL);
		read_counts(json, &counts);
		agreement_of(&counts, &a);
		for (unsigned kind = 0; kind < AGREEMENT_KINDS; kind++)
			json_object_set_new(figures, agreement_name(kind),
					    json_of_figure(&a.figures[kind]));
		json_object_set_new(figures, "words", json_integer(agreement_words(&a)));
		ENSURE(json_dumpf(figures, stdout, JSON_COMPACT) == 0 && putchar('\n') == '\n');
		json_decref(figures);
		json_decref(json);
	}
	return EXIT_SUCCESS;
}
