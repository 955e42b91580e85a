/* Rows of lists of micro-credentials. */
#include "services/gateway/routes/listed.h"

const char *hours_text(struct request *r, const json_t *entry)
{
	const char *typical = arena_printf(r->arena, "%" PRId64, number_in(entry, "hours_typical"));

	if (number_in(entry, "hours_min") == 0 && number_in(entry, "hours_max") == 0)
		return say(r, "catalogue.hours_about", typical, NULL);
	return say(r, "catalogue.hours_range", typical,
		   arena_printf(r->arena, "%" PRId64, number_in(entry, "hours_min")),
		   arena_printf(r->arena, "%" PRId64, number_in(entry, "hours_max")), NULL);
}

const char *languages_text(struct request *r, const json_t *object)
{
	const char *text = "";
	size_t i;
	json_t *language;

	json_array_foreach(json_object_get(object, "languages"), i, language)
	{
		text = arena_printf(r->arena, "%s%s%s", text, i > 0 ? ", " : "",
				    word_of(r, "languages", json_string_value(language)));
	}
	return text;
}

json_t *listed_entry(struct request *r, const json_t *summary)
{
	json_t *row = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:s}", "entry",
		text_in(summary, "entry"), "code", text_in(summary, "code"), "name",
		text_in(summary, "title"), "competency", text_in(summary, "competency"), "topic",
		text_in(summary, "topic"), "topic_text",
		word_of(r, "topics", text_in(summary, "topic")), "grade_band",
		text_in(summary, "grade_band"), "hours_text", hours_text(r, summary), "hours_min",
		(json_int_t)number_in(summary, "hours_min"), "hours_typical",
		(json_int_t)number_in(summary, "hours_typical"), "hours_max",
		(json_int_t)number_in(summary, "hours_max"), "clock_hours",
		(json_int_t)number_in(summary, "clock_hours"), "languages",
		copy_of_list(summary, "languages"), "languages_text", languages_text(r, summary));

	ENSURE(row != NULL);
	put_number(row, "fee_cents", number_in(summary, "fee_cents"));
	put_text(row, "path",
		 arena_printf(r->arena, "/catalogue/%s", escaped(r, text_in(summary, "code"))));
	if (is_true_in(summary, "review_overdue"))
		put_true(row, "review_overdue");
	return row;
}
