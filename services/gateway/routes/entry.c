/* A micro-credential: what it takes, its rubric, who speaks for it, what it counts for. */
#include "services/gateway/routes/listed.h"
#include "services/gateway/routes/preview.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define CODE_MAX 60

enum { ENTRY, DOCUMENTS, ENDORSEMENTS }; /* slots */

/* ---- the rubric ---- */

static json_t *criterion_row(const json_t *criterion, const json_t *rubric)
{
	const json_t *levels = json_object_get(rubric, "levels");
	const json_t *texts = json_object_get(criterion, "descriptions");
	json_t *cells = json_array(), *level;
	size_t i;

	json_array_foreach(levels, i, level)
	{
		const char *text = json_string_value(json_array_get(texts, i));

		json_array_append_new(cells,
				      json_pack("{s:s, s:s, s:b}", "label", text_in(level, "label"),
						"text", text != NULL ? text : "", "passes",
						number_in(level, "ordinal") >=
							number_in(rubric, "pass_ordinal")));
	}
	return json_pack("{s:s, s:s, s:o}", "code", text_in(criterion, "code"), "name",
			 text_in(criterion, "title"), "cells", cells);
}

static json_t *rubric_object(const json_t *entry)
{
	const json_t *rubric = json_object_get(entry, "rubric");
	json_t *rows = json_array(), *criterion;
	size_t i;

	json_array_foreach(json_object_get(rubric, "criteria"), i, criterion)
	{
		json_array_append_new(rows, criterion_row(criterion, rubric));
	}
	return json_pack("{s:o, s:o}", "levels", copy_of_list(rubric, "levels"), "rows", rows);
}

/* ---- what there is to do ---- */

static json_t *question_object(struct request *r, const json_t *question)
{
	return json_pack("{s:s, s:s}", "prompt", text_in(question, "prompt"), "words_text",
			 say(r, "entry.words",
			     arena_printf(r->arena, "%" PRId64, number_in(question, "words_min")),
			     arena_printf(r->arena, "%" PRId64, number_in(question, "words_max")),
			     NULL));
}

static json_t *question_objects(struct request *r, const json_t *entry)
{
	json_t *list = json_array(), *question;
	size_t i;

	json_array_foreach(json_object_get(entry, "questions"), i, question)
	{
		json_array_append_new(list, question_object(r, question));
	}
	if (json_is_object(json_object_get(entry, "reflection")))
		json_array_append_new(list,
				      question_object(r, json_object_get(entry, "reflection")));
	return list;
}

static json_t *requirement_objects(struct request *r, const json_t *entry)
{
	json_t *list = copy_of_list(entry, "requirements"), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		put_text(one, "kind_text", word_of(r, "kinds", text_in(one, "kind")));
		put_text(one, "name", text_in(one, "title"));
		json_object_del(one, "title");
		if (is_true_in(one, "consent_required"))
			put_text(one, "students_text", word(r, "entry.consent"));
		else if (is_true_in(one, "student_data"))
			put_text(one, "students_text", word(r, "entry.student_data"));
	}
	return list;
}

static json_t *resource_objects(struct request *r, const json_t *entry)
{
	json_t *list = copy_of_list(entry, "resources"), *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		put_text(one, "name", text_in(one, "title"));
		json_object_del(one, "title");
		put_text(one, "type_text", word_of(r, "kinds", text_in(one, "type")));
		put_text(one, "minutes_text",
			 count_text(r, "entry.minutes", number_in(one, "minutes")));
		put_text(one, "languages_text", languages_text(r, one));
		/* Only what a browser follows as a page. */
		if (strncmp(text_in(one, "url"), "https://", 8) != 0)
			json_object_del(one, "url");
	}
	return list;
}

/* ---- what it counts for ---- */

static json_t *states_of(const json_t *policies, const char *chosen)
{
	json_t *states = json_array(), *policy;
	size_t i;

	json_array_foreach(policies, i, policy)
	{
		const char *state = text_in(policy, "state");

		if (*state != '\0' && find_in(states, "code", state) == NULL)
			json_array_append_new(states,
					      json_pack("{s:s, s:b}", "code", state, "chosen",
							strcasecmp(state, chosen) == 0));
	}
	return states;
}

/* The policies come as the catalogue's JSON. */
static json_t *policies_read(const json_t *documents)
{
	json_t *policies = json_array(), *text;
	size_t i;

	json_array_foreach(json_object_get(documents, "renewal_policies"), i, text)
	{
		json_t *policy = json_loads(json_string_value(text), 0, NULL);

		if (policy != NULL)
			json_array_append_new(policies, policy);
	}
	return policies;
}

/* Read once for each answer that is another one. Borrowed until the next call. */
static const json_t *policies_of(json_t *documents)
{
	static json_t *of, *policies;

	if (of == documents && of != NULL)
		return policies;
	json_decref(of);
	json_decref(policies);
	of = json_incref(documents);
	policies = policies_read(documents);
	return policies;
}

static void put_counts(struct request *r, json_t *page, const json_t *entry)
{
	const char *state = query_text(r, "state") != NULL ? query_text(r, "state") : "";
	const json_t *policies = policies_of(answer(r, DOCUMENTS));
	json_t *policy, *counts = json_array();
	size_t i;

	json_array_foreach(policies, i, policy)
	{
		json_t *one = strcasecmp(text_in(policy, "state"), state) == 0
				      ? counts_for(r, entry, policy)
				      : NULL;

		if (one != NULL)
			json_array_append_new(counts, one);
	}
	json_object_set_new(page, "states", states_of(policies, state));
	if (*state != '\0') {
		put_text(page, "state", state);
		if (json_array_size(counts) == 0)
			put_true(page, "state_unknown");
	}
	json_object_set_new(page, "counts", counts);
}

/* ---- who speaks for it ---- */

static json_t *endorsement_objects(struct request *r)
{
	json_t *list = json_array(), *one;
	size_t i;

	if (status_of(r, ENDORSEMENTS) != CAIRN__STATUS__OK)
		return list;
	json_array_foreach(json_object_get(answer(r, ENDORSEMENTS), "endorsements"), i, one)
	{
		const json_t *e = json_object_get(one, "endorsement");

		if (strcmp(text_in(one, "state"), "active") != 0)
			continue;
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name",
						      text_in(e, "issuer_name"), "comment",
						      text_in(e, "comment"), "date_text",
						      date_text(r, number_in(e, "signed_us"))));
	}
	return list;
}

/* ---- the page ---- */

static void put_lists(struct request *r, json_t *page, const json_t *entry)
{
	json_object_set_new(page, "rubric", rubric_object(entry));
	json_object_set_new(page, "questions", question_objects(r, entry));
	json_object_set_new(page, "requirements", requirement_objects(r, entry));
	json_object_set_new(page, "resources", resource_objects(r, entry));
	json_object_set_new(page, "alignments", copy_of_list(entry, "alignments"));
	json_object_set_new(page, "endorsements", endorsement_objects(r));
	put_counts(r, page, entry);
}

static void put_life(struct request *r, json_t *page, const json_t *came)
{
	const json_t *issuer = find_in(json_object_get(answer(r, DOCUMENTS), "issuers"), "issuer",
				       text_in(json_object_get(came, "entry"), "issuer"));

	put_text(page, "issuer_name", text_in(issuer, "name"));
	put_day_of(r, page, "review_by", "review_by_text");
	if (is_true_in(came, "retired")) {
		put_true(page, "retired");
		put_text(page, "finish_by_text", date_text(r, number_in(came, "finish_by_us")));
		put_text(page, "superseded_by_code", text_in(came, "superseded_by_code"));
		put_text(page, "superseded_by_title", text_in(came, "superseded_by_title"));
	}
	if (!is_true_in(came, "retired") && r->person != NULL &&
	    (r->person->may & MAY_TEACHER) != 0)
		put_true(page, "may_enroll");
}

static json_t *entry_page(struct request *r, const json_t *came)
{
	static const char *const texts[] = {"code", "description", "key_method", "review_by"};
	const json_t *entry = json_object_get(came, "entry");
	json_t *page = listed_entry(r, entry);

	put_text(page, "title", text_in(entry, "title"));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		put_text(page, texts[i], text_in(entry, texts[i]));
	put_number(page, "version", number_in(entry, "version"));
	json_object_set_new(page, "renewal_categories", copy_of_list(entry, "renewal_categories"));
	put_text(page, "fee_text",
		 number_in(entry, "fee_cents") == 0
			 ? word(r, "entry.free")
			 : arena_printf(r->arena, "$%s",
					units_text(r, number_in(entry, "fee_cents"))));
	if (number_in(entry, "valid_months") > 0)
		put_text(page, "valid_text",
			 count_text(r, "entry.valid", number_in(entry, "valid_months")));
	put_life(r, page, came);
	put_lists(r, page, entry);
	json_object_set_new(
		page, "og",
		preview_of(r, text_in(entry, "title"), text_in(entry, "description"),
			   arena_printf(r->arena, "/catalogue/%s", text_in(entry, "code"))));
	return page;
}

static void entry_came(struct request *r)
{
	/* The id is made here: what is not valid about it is that nothing has it. */
	if (status_of(r, ENTRY) == CAIRN__STATUS__INVALID) {
		reply_nothing_here(r);
		return;
	}
	if (refused(r, ENTRY) || refused(r, DOCUMENTS))
		return;
	if (r->person == NULL)
		reply_cache(r, "public, max-age=60");
	reply_page(r, 200, "entry", entry_page(r, answer(r, ENTRY)));
}

static void show_entry(struct request *r)
{
	const char *code = param(r, "code");
	char name[CODE_MAX + 1];
	size_t len = strlen(code);
	struct id id;

	if (len > CODE_MAX) {
		reply_nothing_here(r);
		return;
	}
	for (size_t i = 0; i <= len; i++)
		name[i] = (char)tolower((unsigned char)code[i]);
	id = id_of_name("entry", name);
	ask(r, TO_ENROLLMENT, "get_entry", json_pack("{s:s}", "entry", ID_STR(bytes_of_id(&id))));
	ask(r, TO_ENROLLMENT, "get_documents", json_object());
	ask(r, TO_ISSUANCE, "list_endorsements",
	    json_pack("{s:s}", "entry", ID_STR(bytes_of_id(&id))));
	then(r, entry_came);
}

static const struct route entries[] = {
	{GET, "/catalogue/{code}", show_entry, .may = MAY_ANYONE, .scope = "catalog:read",
	 .about = "A micro-credential with its rubric, and what it counts for in a state",
	 .takes = "state?text"},
};
const struct route_list entry_routes = {entries, ARRAY_LEN(entries)};
