/* Rows of a rubric as a form. */
#include "services/gateway/routes/rating_form.h"

#include "libshared/check.h"
#include "services/gateway/render/words.h"

#include <stdlib.h>
#include <string.h>

/* ---- what was sent ---- */

static json_t *value_of(json_t *values, const char *row)
{
	json_t *value = json_object_get(values, row);

	if (value == NULL) {
		value = json_object();
		json_object_set_new(values, row, value);
	}
	return value;
}

static void take_field(json_t *values, const char *name, const json_t *sent_value)
{
	static const char *const fields[] = {"level", "confidence", "feedback"};
	const char *text = json_string_value(sent_value);

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		size_t n = strlen(fields[i]);

		if (strncmp(name, fields[i], n) != 0 || name[n] != '-' || text == NULL)
			continue;
		if (i == 1)
			put_number(value_of(values, name + n + 1), fields[i],
				   strtol(text, NULL, 10));
		else
			put_text(value_of(values, name + n + 1), fields[i], text);
	}
}

json_t *ratings_of_list(const json_t *ratings)
{
	json_t *values = json_object(), *rating;
	size_t i;

	json_array_foreach(ratings, i, rating)
	{
		json_t *value = value_of(values, text_in(rating, "row"));

		put_text(value, "level", text_in(rating, "level"));
		put_number(value, "confidence", number_in(rating, "confidence"));
		put_text(value, "feedback", text_in(rating, "feedback"));
	}
	return values;
}

json_t *ratings_sent(const struct request *r)
{
	json_t *values, *value;
	const char *name;

	if (json_is_array(json_object_get(r->body, "ratings")))
		return ratings_of_list(json_object_get(r->body, "ratings"));
	values = json_object();
	json_object_foreach(r->body, name, value)
	{
		take_field(values, name, value);
	}
	return values;
}

/* Browsers send line breaks as two characters, of which a text of ours has one. */
static const char *with_plain_breaks(const char *text, char *out)
{
	char *at = out;

	for (; *text != '\0'; text++)
		if (*text != '\r')
			*at++ = *text;
	*at = '\0';
	return out;
}

static json_t *rating_of(const char *row, const json_t *value)
{
	const char *feedback = text_in(value, "feedback");
	char *plain = malloc(strlen(feedback) + 1);
	int64_t confidence = number_in(value, "confidence");
	json_t *rating;

	ENSURE(plain != NULL);
	rating = json_pack("{s:s, s:s, s:I, s:s}", "row", row, "level", text_in(value, "level"),
			   "confidence",
			   (json_int_t)(confidence < 0 || confidence > 5 ? 0 : confidence),
			   "feedback", with_plain_breaks(feedback, plain));
	free(plain);
	ENSURE(rating != NULL);
	return rating;
}

json_t *ratings_list(const json_t *values)
{
	json_t *list = json_array(), *value;
	const char *row;

	json_object_foreach((json_t *)(uintptr_t)values, row, value)
	{
		json_array_append_new(list, rating_of(row, value));
	}
	return list;
}

/* ---- what is wrong with it ---- */

static void add_wrong(struct request *r, json_t *wrong, const char *row, const char *field,
		      const char *text)
{
	put_text(wrong, field, text);
	problem_at(r, arena_printf(r->arena, "/%s-%s", field, row), text);
}

static json_t *wrong_of_row(struct request *r, const struct rating_form *form, const char *row,
			    const json_t *value)
{
	const json_t *level = find_in(form->levels, "code", text_in(value, "level"));
	const char *feedback = text_in(value, "feedback");
	int64_t words = count_words(bytes_of_text(feedback));
	json_t *wrong = json_object();

	if (level == NULL)
		add_wrong(r, wrong, row, "level", word(r, "reading.wrong_level"));
	if (number_in(value, "confidence") < 1 || number_in(value, "confidence") > 5)
		add_wrong(r, wrong, row, "confidence", word(r, "reading.wrong_confidence"));
	if (level != NULL && number_in(level, "ordinal") < form->pass_ordinal &&
	    words < form->words_min)
		add_wrong(r, wrong, row, "feedback",
			  say(r, "reading.wrong_feedback",
			      arena_printf(r->arena, "%" PRId64, form->words_min),
			      arena_printf(r->arena, "%" PRId64, words), NULL));
	if (strlen(feedback) > 20000)
		add_wrong(r, wrong, row, "feedback", word(r, "reading.wrong_length"));
	return wrong;
}

json_t *ratings_wrong(struct request *r, const struct rating_form *form, const json_t *values)
{
	json_t *all = json_object(), *criterion;
	size_t i;

	json_array_foreach(form->criteria, i, criterion)
	{
		const char *row = text_in(criterion, "code");
		json_t *wrong = wrong_of_row(r, form, row, json_object_get(values, row));

		if (json_object_size(wrong) > 0)
			json_object_set(all, row, wrong);
		json_decref(wrong);
	}
	if (json_object_size(all) > 0)
		return all;
	json_decref(all);
	return NULL;
}

/* ---- the form ---- */

const char *level_label(const json_t *levels, const char *code)
{
	const json_t *level = find_in(levels, "code", code);

	return level != NULL ? text_in(level, "label") : code;
}

static json_t *levels_of(struct request *r, const struct rating_form *form, size_t number,
			 const json_t *criterion, const json_t *value)
{
	json_t *list = json_array(), *level;
	size_t i;

	json_array_foreach(form->levels, i, level)
	{
		const char *about = json_string_value(
			json_array_get(json_object_get(criterion, "descriptions"), i));
		json_t *one = json_pack("{s:s, s:s, s:s, s:s}", "code", text_in(level, "code"),
					"label", text_in(level, "label"), "id",
					arena_printf(r->arena, "level-%zu-%zu", number, i + 1),
					"description", about != NULL ? about : "");

		ENSURE(one != NULL);
		if (strcmp(text_in(level, "code"), text_in(value, "level")) == 0)
			put_true(one, "is_checked");
		if (number_in(level, "ordinal") >= form->pass_ordinal)
			put_true(one, "is_pass");
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *confidences_of(struct request *r, size_t number, const json_t *value)
{
	json_t *list = json_array();

	for (int64_t n = 1; n <= 5; n++) {
		json_t *one = json_pack(
			"{s:I, s:s, s:s}", "value", (json_int_t)n, "id",
			arena_printf(r->arena, "confidence-%zu-%" PRId64, number, n), "text",
			word(r, arena_printf(r->arena, "reading.confidence_%" PRId64, n)));

		ENSURE(one != NULL);
		if (number_in(value, "confidence") == n)
			put_true(one, "is_checked");
		json_array_append_new(list, one);
	}
	return list;
}

static void put_wrong(json_t *row, const json_t *wrong)
{
	static const char *const fields[][2] = {{"level", "wrong_level"},
						{"confidence", "wrong_confidence"},
						{"feedback", "wrong_feedback"}};

	if (wrong == NULL)
		return;
	put_true(row, "is_wrong");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (*text_in(wrong, fields[i][0]) != '\0')
			put_text(row, fields[i][1], text_in(wrong, fields[i][0]));
}

static json_t *row_of(struct request *r, const struct rating_form *form, size_t number,
		      const json_t *criterion, const json_t *value)
{
	const char *feedback = text_in(value, "feedback");
	json_t *row = json_pack(
		"{s:s, s:I, s:s, s:s, s:o, s:o, s:I, s:I, s:s}", "row", text_in(criterion, "code"),
		"number", (json_int_t)number, "name", text_in(criterion, "title"), "part",
		text_in(criterion, "part"), "levels", levels_of(r, form, number, criterion, value),
		"confidences", confidences_of(r, number, value), "words_min",
		(json_int_t)form->words_min, "words",
		(json_int_t)count_words(bytes_of_text(feedback)), "feedback", feedback);

	ENSURE(row != NULL);
	put_text(row, "words_text",
		 say(r, "reading.words_asked", arena_printf(r->arena, "%" PRId64, form->words_min),
		     NULL));
	put_text(row, "words_now",
		 say(r, "reading.words_now",
		     arena_printf(r->arena, "%" PRId64, number_in(row, "words")), NULL));
	return row;
}

json_t *rating_rows(struct request *r, const struct rating_form *form, const json_t *values,
		    const json_t *wrong)
{
	json_t *list = json_array(), *criterion;
	size_t i;

	json_array_foreach(form->criteria, i, criterion)
	{
		const char *code = text_in(criterion, "code");
		json_t *row = row_of(r, form, i + 1, criterion, json_object_get(values, code));

		put_wrong(row, json_object_get(wrong, code));
		json_array_append_new(list, row);
	}
	return list;
}
