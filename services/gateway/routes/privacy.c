/* Who looked at one's evidence, which consents there are, how long it is kept. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

#define VIEWS 100

/* ---- who looked, consents, retention ---- */

static json_t *views_of(struct request *r, const json_t *answer)
{
	json_t *list = copy_of_list(answer, "views"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		put_moment_of(r, row, "at_us", "at_text");
		put_text(row, "role_text", coded(r, "viewer", text_in(row, "role")));
		if (*text_in(row, "reason") != '\0')
			put_text(row, "reason_text", coded(r, "look", text_in(row, "reason")));
	}
	return list;
}

static json_t *consents_of(struct request *r, const json_t *answer)
{
	json_t *list = copy_of_list(answer, "consents"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		put_text(row, "state_text", coded(r, "consent", text_in(row, "state")));
		put_text(row, "scope_text", coded(r, "scope", text_in(row, "scope")));
		put_text(row, "basis_text", coded(r, "basis", text_in(row, "basis")));
		put_text(row, "role_text", coded(r, "role", text_in(row, "given_by_role")));
		put_date_of(r, row, "recorded_us", "recorded_text");
		put_date_of(r, row, "ended_us", "ended_text");
		put_day_of(r, row, "expires", "expires_text");
		if (strcmp(text_in(row, "state"), "holds") == 0)
			put_true(row, "holds");
	}
	return list;
}

static void privacy_came(struct request *r)
{
	json_t *page;

	if (not_told(r, 0) || !is_own(r, answer(r, 0)))
		return;
	page = json_pack("{s:s, s:s, s:s, s:s}", "title", word(r, "teacher.privacy"), "enrollment",
			 param(r, "enrollment"), "code", text_in(answer(r, 0), "code"), "name",
			 text_in(answer(r, 0), "title"));
	ENSURE(page != NULL);
	json_object_set_new(page, "views", views_of(r, answer(r, 1)));
	if (json_array_size(json_object_get(page, "views")) > 0)
		put_true(page, "has_views");
	if (number_in(answer(r, 1), "next") != 0)
		put_number(page, "next_after", number_in(answer(r, 1), "next"));
	json_object_set_new(page, "consents", consents_of(r, answer(r, 2)));
	if (json_array_size(json_object_get(page, "consents")) > 0)
		put_true(page, "has_consents");
	put_text(page, "kept", text_in(answer(r, 3), "kept"));
	put_text(page, "kept_text", coded(r, "kept", text_in(answer(r, 3), "kept")));
	put_number(page, "until_us", number_in(answer(r, 3), "until_us"));
	put_date_of(r, page, "until_us", "until_text");
	reply_page(r, 200, "evidence_privacy", page);
}

static void show_privacy(struct request *r)
{
	struct id id;
	const char *text;

	if (!param_id(r, "enrollment", &id))
		return;
	text = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&id)));
	ask(r, TO_ENROLLMENT, "get_enrollment", json_pack("{s:s}", "enrollment", text));
	ask(r, TO_EVIDENCE, "list_views",
	    json_pack("{s:s, s:i, s:I}", "portfolio", text, "limit", VIEWS, "after",
		      (json_int_t)query_number(r, "after", 0, INT64_MAX, 0)));
	ask(r, TO_EVIDENCE, "get_consents", json_pack("{s:s}", "portfolio", text));
	ask(r, TO_EVIDENCE, "get_retention", json_pack("{s:s}", "portfolio", text));
	then(r, privacy_came);
}

static const struct route privacies[] = {
	{GET, "/enrollments/{enrollment}/privacy", show_privacy, READS(EVIDENCE_OF),
	 .takes = "after?count",
	 .about = "Who looked at your evidence, which consents there are, how long it is kept"},
};

const struct route_list privacy_routes = {privacies, ARRAY_LEN(privacies)};
