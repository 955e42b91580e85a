/* Who needs a coach's meeting first, and that it was held. A coach learns the name and which
 * micro-credential it is, and of how many attempts: no evidence, no rating, no feedback. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

#define SHOWN_MAX 20
#define LOOKED_MAX 200
#define COACHES .may = MAY_COACH, .as = AS_OFFICE

struct coaching {
	json_t *rows; /* those that are this coach's */
	char next[ID_TEXT_LEN + 1];
};

/* A coach of a school or district is told of theirs only. */
static bool is_theirs(struct request *r, const json_t *row)
{
	const char *org = ID_STR(bytes_of_id(&r->person->coached));

	return id_is_none(&r->person->coached) || strcmp(text_in(row, "school"), org) == 0 ||
	       strcmp(text_in(row, "district"), org) == 0;
}

static void names_came(struct request *r)
{
	struct coaching *c = r->own;
	json_t *page = json_pack("{s:s}", "title", word(r, "reading.coaching_title"));
	json_t *list = json_array(), *row;
	size_t i;

	json_array_foreach(c->rows, i, row)
	{
		const json_t *person = json_object_get(answer(r, (unsigned)i), "person");

		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I}", "enrollment",
						      text_in(row, "enrollment"), "name",
						      text_in(person, "name"), "code",
						      text_in(row, "code"), "attempts",
						      (json_int_t)number_in(row, "attempts")));
	}
	json_object_set_new(page, "waiting", list);
	if (c->next[0] != '\0')
		put_text(page, "next", c->next);
	reply_page(r, 200, "coaching", page);
}

/* Each name that is shown is an event of its own; so few at once. */
static void waiting_came(struct request *r)
{
	struct coaching *c = arena_alloc(r->arena, sizeof *c);
	json_t *row;
	size_t i;

	if (refused(r, 0))
		return;
	*c = (struct coaching){.rows = keep(r, json_array())};
	r->own = c;
	json_array_foreach(json_object_get(answer(r, 0), "rows"), i, row)
	{
		if (!is_theirs(r, row))
			continue;
		if (json_array_size(c->rows) == SHOWN_MAX) {
			row = json_array_get(c->rows, SHOWN_MAX - 1);
			memcpy(c->next, text_in(row, "enrollment"), ID_TEXT_LEN);
			break;
		}
		json_array_append(c->rows, row);
	}
	if (c->next[0] == '\0' && strlen(text_in(answer(r, 0), "next")) == ID_TEXT_LEN)
		memcpy(c->next, text_in(answer(r, 0), "next"), ID_TEXT_LEN);
	json_array_foreach(c->rows, i, row)
	{
		ask(r, TO_ENROLLMENT, "open_names",
		    json_pack("{s:s, s:s}", "educator", text_in(row, "educator"), "purpose",
			      "coaching"));
	}
	then(r, names_came);
}

static void show_coaching(struct request *r)
{
	json_t *fields = json_pack("{s:i}", "limit", LOOKED_MAX);
	const char *after = query_text(r, "after");
	struct id id;

	if (after != NULL && id_of_text(after, &id))
		put_text(fields, "after", after);
	ask(r, TO_ASSESSMENT, "list_coaching", fields);
	then(r, waiting_came);
}

/* ---- the meeting ---- */

static void recorded(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "enrollment", param(r, "enrollment")),
			   "/coaching?done=saved");
}

static void one_came(struct request *r)
{
	const json_t *row;
	struct id enrollment;

	if (refused(r, 0) || !param_id(r, "enrollment", &enrollment))
		return;
	row = json_array_get(json_object_get(answer(r, 0), "rows"), 0);
	if (row == NULL || !is_theirs(r, row)) {
		reply_nothing_here(r);
		return;
	}
	order(r, TO_ASSESSMENT, "record_coaching", &enrollment,
	      json_pack("{s:s}", "enrollment", param(r, "enrollment")));
	then(r, recorded);
}

static void record_coaching(struct request *r)
{
	struct id enrollment;

	if (!param_id(r, "enrollment", &enrollment))
		return;
	ask(r, TO_ASSESSMENT, "list_coaching",
	    json_pack("{s:s}", "enrollment", param(r, "enrollment")));
	then(r, one_came);
}

static const struct route coaching[] = {
	{GET, "/coaching", show_coaching, COACHES, .takes = "after?text",
	 .about = "Who needs a meeting with a coach before the next attempt"},
	{POST, "/coaching/{enrollment}", record_coaching, COACHES, .hides = true, .body = BODY_FORM,
	 .about = "Record that the meeting was held"},
};

const struct route_list coaching_routes = {coaching, ARRAY_LEN(coaching)};
