/* Evidence as a reader sees it. */
#include "services/gateway/routes/shown_items.h"

#include "libshared/check.h"
#include "services/gateway/render/words.h"

#include <string.h>

static const struct kind {
	const char *prefix, *member;
} kinds[] = {
	{"application/pdf", "is_pdf"}, {"image/", "is_image"}, {"audio/", "is_audio"},
	{"video/", "is_video"},        {"text/", "is_text"},   {"application/json", "is_text"},
};

static void put_kind(json_t *item, const char *media_type)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strncmp(media_type, kinds[i].prefix, strlen(kinds[i].prefix)) == 0) {
			put_true(item, kinds[i].member);
			return;
		}
	put_true(item, "is_other");
}

static const char *prompt_of(const json_t *entry, const char *question)
{
	const json_t *found = find_in(json_object_get(entry, "questions"), "code", question);

	if (found == NULL &&
	    strcmp(text_in(json_object_get(entry, "reflection"), "code"), question) == 0)
		found = json_object_get(entry, "reflection");
	return found != NULL ? text_in(found, "prompt") : "";
}

static const char *label_of(struct request *r, const json_t *item, const json_t *entry)
{
	const char *code = text_in(item, "requirement");
	const json_t *requirement = find_in(json_object_get(entry, "requirements"), "code", code);

	if (is_true_in(item, "answer"))
		return say(r, "reading.answer_label", code, NULL);
	return say(r, "reading.item_label",
		   requirement != NULL ? text_in(requirement, "title") : code,
		   arena_printf(r->arena, "%" PRId64, number_in(item, "ordinal")), NULL);
}

static json_t *shown_item(struct request *r, const char *reading, const json_t *item,
			  const json_t *entry)
{
	int64_t number = number_in(item, "item");
	bool is_answer = is_true_in(item, "answer");
	json_t *one =
		json_pack("{s:I, s:s, s:s, s:s, s:s}", "item", (json_int_t)number, "requirement",
			  text_in(item, "requirement"), "label", label_of(r, item, entry), "src",
			  arena_printf(r->arena, "/readings/%s/items/%" PRId64, reading, number),
			  "size_text", size_text(r, number_in(item, "bytes")));

	ENSURE(one != NULL);
	put_text(one, "media_type", is_answer ? "text/plain" : text_in(item, "media_type"));
	if (is_answer) {
		put_true(one, "is_answer");
		put_text(one, "prompt", prompt_of(entry, text_in(item, "requirement")));
	}
	if (is_true_in(item, "restricted"))
		put_true(one, "restricted");
	else
		put_kind(one, text_in(one, "media_type"));
	return one;
}

json_t *shown_items(struct request *r, const char *reading, const json_t *items,
		    const json_t *entry)
{
	json_t *list = json_array(), *item;
	size_t i;

	json_array_foreach(json_object_get(items, "items"), i, item)
	{
		json_array_append_new(list, shown_item(r, reading, item, entry));
	}
	return list;
}

static json_t *those_of(const json_t *criterion, const json_t *shown)
{
	json_t *list = json_array(), *item;
	size_t i;

	json_array_foreach(shown, i, item)
	{
		if (holds_text(json_object_get(criterion, "requirements"),
			       text_in(item, "requirement")))
			json_array_append_new(list, json_pack("{s:I, s:s}", "item",
							      (json_int_t)number_in(item, "item"),
							      "label", text_in(item, "label")));
	}
	return list;
}

void add_judged_by(const json_t *criteria, json_t *rows, const json_t *shown)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		const json_t *criterion = find_in(criteria, "code", text_in(row, "row"));

		json_object_set_new(row, "judged_by", those_of(criterion, shown));
	}
}
