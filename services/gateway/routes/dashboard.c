/* A teacher's own page: each enrollment with what happens next, licenses, what is one step away. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/next_step.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

#define AT_ONCE 12
#define LICENSES_SHOWN 3

struct home {
	json_t *enrollments;                              /* EnrollmentList */
	json_t *credentials;                              /* CredentialList, or NULL */
	json_t *stacks;                                   /* EducatorStackList, or NULL */
	unsigned portfolio[AT_ONCE], submission[AT_ONCE]; /* slots, from 1; 0: not asked */
	unsigned license[LICENSES_SHOWN];
};

static json_t *kept(struct request *r, json_t *value)
{
	return value != NULL ? keep(r, json_incref(value)) : NULL;
}

static void put_sealed(struct request *r, json_t *row, const json_t *submission)
{
	const json_t *sealed = json_object_get(submission, "sealed");

	if (sealed == NULL)
		return;
	put_number(row, "due_us", number_in(sealed, "due_us"));
	put_date_of(r, row, "due_us", "due_text");
	put_number(row, "recall_until_us", number_in(sealed, "recall_until_us"));
	if (number_in(sealed, "recall_until_us") > r->now_us &&
	    strcmp(text_in(submission, "state"), "sealed") == 0)
		put_moment_of(r, row, "recall_until_us", "recall_until_text");
}

static json_t *enrollment_row(struct request *r, const json_t *e, const json_t *portfolio,
			      const json_t *submission)
{
	json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "enrollment", text_in(e, "enrollment"),
				"code", text_in(e, "code"), "name", text_in(e, "title"), "state",
				text_in(e, "state"));
	const char *next = next_step(e, portfolio);

	ENSURE(row != NULL);
	put_text(row, "state_text", coded(r, "state", text_in(e, "state")));
	put_text(row, "next", next);
	put_text(row, "next_text", coded(r, "next", next));
	put_text(row, "do_text", coded(r, "do", next));
	put_true(row, arena_printf(r->arena, "next_%s", next));
	put_number(row, "items_missing", items_missing(portfolio));
	put_number(row, "answers_missing", answers_missing(portfolio));
	put_number(row, "lapses_us", number_in(e, "lapses_us"));
	put_date_of(r, row, "lapses_us", "lapses_text");
	if (*text_in(e, "submission") != '\0')
		put_text(row, "submission", text_in(e, "submission"));
	if (*text_in(e, "credential") != '\0')
		put_text(row, "credential", text_in(e, "credential"));
	if (strcmp(next, "wait") == 0 || strcmp(next, "reading") == 0)
		put_sealed(r, row, submission);
	return row;
}

static json_t *answered(const struct request *r, unsigned slot_from_1)
{
	return slot_from_1 > 0 ? answer(r, slot_from_1 - 1) : NULL;
}

static json_t *license_row(struct request *r, const json_t *ledger)
{
	json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "license", text_in(ledger, "license"),
				"state", text_in(ledger, "state"), "type", text_in(ledger, "type"),
				"expires", text_in(ledger, "expires"));

	ENSURE(row != NULL);
	put_day_of(r, row, "expires", "expires_text");
	return row;
}

static json_t *stack_rows(const json_t *stacks)
{
	json_t *list = json_array(), *stack;
	size_t i;

	json_array_foreach(json_object_get(stacks, "stacks"), i, stack)
	{
		if (strcmp(text_in(stack, "state"), "one_step_away") == 0)
			json_array_append(list, stack);
	}
	return list;
}

static void home_ready(struct request *r)
{
	struct home *home = r->own;
	json_t *page = json_pack("{s:s}", "title", word(r, "teacher.home")), *e;
	json_t *rows = json_array(), *licenses = json_array();
	size_t i;

	ENSURE(page != NULL);
	json_array_foreach(json_object_get(home->enrollments, "enrollments"), i, e)
	{
		json_array_append_new(rows, enrollment_row(r, e, answered(r, home->portfolio[i]),
							   answered(r, home->submission[i])));
	}
	for (i = 0; i < LICENSES_SHOWN; i++)
		if (answered(r, home->license[i]) != NULL)
			json_array_append_new(licenses,
					      license_row(r, answered(r, home->license[i])));
	if (json_array_size(rows) > 0)
		put_true(page, "has_enrollments");
	json_object_set_new(page, "enrollments", rows);
	json_object_set_new(page, "licenses", licenses);
	json_object_set_new(page, "stacks", stack_rows(home->stacks));
	put_number(page, "credentials",
		   (int64_t)json_array_size(json_object_get(home->credentials, "credentials")));
	if (*text_in(home->enrollments, "next") != '\0') {
		put_text(page, "next_after", text_in(home->enrollments, "next"));
		reply_header(r, "Link", "</home?after=%s>; rel=\"next\"",
			     text_in(home->enrollments, "next"));
	}
	reply_page(r, 200, "dashboard", page);
}

static void ask_work(struct request *r, struct home *home)
{
	json_t *e;
	size_t i;

	json_array_foreach(json_object_get(home->enrollments, "enrollments"), i, e)
	{
		home->portfolio[i] =
			1 + ask(r, TO_EVIDENCE, "get_portfolio",
				json_pack("{s:s}", "portfolio", text_in(e, "enrollment")));
		if (*text_in(e, "submission") != '\0')
			home->submission[i] =
				1 + ask(r, TO_EVIDENCE, "get_submission",
					json_pack("{s:s}", "submission", text_in(e, "submission")));
	}
}

static void home_listed(struct request *r)
{
	struct home *home = r->own;
	json_t *licenses;

	if (refused(r, 0))
		return;
	home->enrollments = kept(r, answer(r, 0));
	home->credentials = kept(r, answer(r, 1));
	home->stacks = kept(r, answer(r, 2));
	licenses = json_object_get(answer(r, 3), "license_ids");
	ask_work(r, home);
	for (size_t i = 0; i < LICENSES_SHOWN && i < json_array_size(licenses); i++)
		home->license[i] = 1 + ask(r, TO_ISSUANCE, "get_ledger",
					   json_pack("{s:O, s:i}", "license",
						     json_array_get(licenses, i), "limit", 1));
	then(r, home_ready);
}

static void show_home(struct request *r)
{
	struct home *home = arena_alloc(r->arena, sizeof *home);
	json_t *page = json_pack("{s:s, s:i}", "educator", own_id(r), "limit", AT_ONCE);

	*home = (struct home){0};
	r->own = home;
	if (query_text(r, "after") != NULL)
		put_text(page, "after", query_text(r, "after"));
	ask(r, TO_ENROLLMENT, "list_enrollments", page);
	ask(r, TO_ISSUANCE, "list_credentials",
	    json_pack("{s:s, s:i}", "educator", own_id(r), "limit", 50));
	ask(r, TO_ISSUANCE, "list_educator_stacks", json_pack("{s:s}", "educator", own_id(r)));
	ask(r, TO_ENROLLMENT, "get_educator", json_pack("{s:s}", "educator", own_id(r)));
	then(r, home_listed);
}

static const struct route dashboard[] = {
	{GET, "/home", show_home, READS(WORK), .takes = "after?text",
	 .about = "Your enrollments with what happens next, your licenses and stacks"},
	{GET, "/enrollments", show_home, READS(WORK), .takes = "after?text",
	 .about = "Your enrollments, each with what happens next"},
};

const struct route_list dashboard_routes = {dashboard, ARRAY_LEN(dashboard)};
