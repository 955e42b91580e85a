/*
 * All that the installation holds of a teacher, as one JSON object: the same parts as the archive
 * of cairnctl, but for the files of evidence, which stand in it by their hashes. Parts are asked
 * for a few at a time, so that a long record neither fills a request's slots nor holds others up.
 */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

#define AT_ONCE 20
#define ENROLLMENTS_MAX 200
#define CREDENTIALS_MAX 200

/* One question whose answer belongs into the object. */
struct part {
	const char *group; /* member of the whole: an object by key */
	const char *key;
	enum to to;
	const char *query;
	json_t *fields;
	struct part *next;
};

struct export
{
	json_t *whole;
	struct part *first, **last;
	struct part *asked[AT_ONCE];
	unsigned n_asked;
	bool truncated;
};

static struct export *export_of(const struct request *r)
{
	return r->own;
}

/* Steals fields. */
static void want(struct request *r, const char *group, const char *key, enum to to,
		 const char *query, json_t *fields)
{
	struct export *x = export_of(r);
	struct part *part = arena_alloc(r->arena, sizeof *part);

	*part = (struct part){.group = group,
			      .key = arena_printf(r->arena, "%s", key),
			      .to = to,
			      .query = query,
			      .fields = fields};
	*x->last = part;
	x->last = &part->next;
}

static void forget(struct request *r)
{
	for (struct part *part = export_of(r)->first; part != NULL; part = part->next)
		json_decref(part->fields);
	json_decref(export_of(r)->whole);
}

/* ---- what an answer leads to ---- */

static void after_enrollments(struct request *r, const char *key, json_t *list)
{
	struct export *x = export_of(r);
	json_t *e;
	size_t i;

	(void)key;
	json_array_foreach(json_object_get(list, "enrollments"), i, e)
	{
		const char *id = text_in(e, "enrollment");
		const char *definition = arena_printf(r->arena, "%s.v%" PRId64, text_in(e, "code"),
						      number_in(e, "version"));

		want(r, "portfolios", id, TO_EVIDENCE, "get_portfolio",
		     json_pack("{s:s}", "portfolio", id));
		want(r, "consents", id, TO_EVIDENCE, "get_consents",
		     json_pack("{s:s}", "portfolio", id));
		want(r, "views", id, TO_EVIDENCE, "list_views",
		     json_pack("{s:s, s:i}", "portfolio", id, "limit", 200));
		want(r, "definitions", definition, TO_ENROLLMENT, "get_entry",
		     json_pack("{s:s, s:I}", "entry", text_in(e, "entry"), "version",
			       (json_int_t)number_in(e, "version")));
	}
	if (*text_in(list, "next") != '\0')
		x->truncated = true;
}

static void after_portfolio(struct request *r, const char *key, json_t *portfolio)
{
	json_t *id;
	size_t i;

	(void)key;
	json_array_foreach(json_object_get(portfolio, "submissions"), i, id)
	{
		const char *text = json_string_value(id);

		want(r, "submissions", text, TO_EVIDENCE, "get_submission",
		     json_pack("{s:s}", "submission", text));
	}
}

static void after_submission(struct request *r, const char *key, json_t *submission)
{
	json_t *a;
	size_t i;

	json_array_foreach(json_object_get(json_object_get(submission, "sealed"), "answers"), i, a)
	{
		want(r, "answers", arena_printf(r->arena, "%s/%s", key, text_in(a, "question")),
		     TO_EVIDENCE, "fetch_answer",
		     json_pack("{s:s, s:s}", "submission", key, "question",
			       text_in(a, "question")));
	}
	if (strcmp(text_in(submission, "state"), "decided") == 0)
		want(r, "feedback", key, TO_ASSESSMENT, "get_feedback",
		     json_pack("{s:s}", "submission", key));
}

static void after_credentials(struct request *r, const char *key, json_t *list)
{
	json_t *c;
	size_t i;

	(void)key;
	json_array_foreach(json_object_get(list, "credentials"), i, c)
	{
		const char *id = text_in(c, "credential");

		want(r, "credentials", id, TO_ISSUANCE, "get_credential",
		     json_pack("{s:s, s:b}", "credential", id, "document", 1));
	}
	if (*text_in(list, "next") != '\0')
		export_of(r)->truncated = true;
}

static void after_educator(struct request *r, const char *key, json_t *educator)
{
	json_t *id;
	size_t i;

	(void)key;
	json_array_foreach(json_object_get(educator, "license_ids"), i, id)
	{
		const char *text = json_string_value(id);

		want(r, "ledgers", text, TO_ISSUANCE, "get_ledger",
		     json_pack("{s:s, s:i}", "license", text, "limit", 200));
		want(r, "evaluations", text, TO_ISSUANCE, "evaluate",
		     json_pack("{s:s}", "license", text));
	}
}

static const struct {
	const char *query;
	void (*after)(struct request *r, const char *key, json_t *answer);
} leads[] = {
	{"list_enrollments", after_enrollments}, {"get_portfolio", after_portfolio},
	{"get_submission", after_submission},    {"list_credentials", after_credentials},
	{"get_educator", after_educator},
};

/* ---- gathering ---- */

static void gather(struct request *r);

static void put_part(struct request *r, const struct part *part, json_t *answer)
{
	json_t *group = json_object_get(export_of(r)->whole, part->group);

	if (group == NULL) {
		group = json_object();
		json_object_set_new(export_of(r)->whole, part->group, group);
	}
	json_object_set(group, part->key, answer);
	for (size_t i = 0; i < ARRAY_LEN(leads); i++)
		if (strcmp(leads[i].query, part->query) == 0)
			leads[i].after(r, part->key, answer);
}

/* What is not there (no policy of a state, not decided yet) is left out; a service that does not
 * answer fails the whole: half an export that looks whole would be worse. */
static void parts_came(struct request *r)
{
	struct export *x = export_of(r);

	for (unsigned i = 0; i < x->n_asked; i++) {
		Cairn__Status status = status_of(r, i);

		if (answer(r, i) != NULL)
			put_part(r, x->asked[i], answer(r, i));
		else if (status != CAIRN__STATUS__REJECTED && status != CAIRN__STATUS__FORBIDDEN &&
			 status != CAIRN__STATUS__INVALID && refused(r, i))
			return;
	}
	gather(r);
}

static void finish(struct request *r)
{
	struct export *x = export_of(r);

	if (x->truncated)
		put_true(x->whole, "truncated");
	reply_header(r, "Content-Disposition", "attachment; filename=\"cairn-export.json\"");
	reply_json(r, 200, json_incref(x->whole));
}

static void gather(struct request *r)
{
	struct export *x = export_of(r);

	x->n_asked = 0;
	while (x->first != NULL && x->n_asked < AT_ONCE) {
		struct part *part = x->first;

		x->asked[x->n_asked++] = part;
		ask(r, part->to, part->query, json_incref(part->fields));
		json_decref(part->fields);
		part->fields = NULL;
		x->first = part->next;
		if (x->first == NULL)
			x->last = &x->first;
	}
	if (x->n_asked == 0) {
		finish(r);
		return;
	}
	then(r, parts_came);
}

static void give_export(struct request *r)
{
	struct export *x = arena_alloc(r->arena, sizeof *x);

	*x = (struct export){.whole = json_pack("{s:s, s:i, s:s}", "type", "cairn-educator-export",
						"format", 1, "educator", own_id(r))};
	x->last = &x->first;
	r->own = x;
	r->forget = forget;
	put_number(x->whole, "exported_us", r->now_us);
	want(r, "educator", "facts", TO_ENROLLMENT, "get_educator",
	     json_pack("{s:s}", "educator", own_id(r)));
	want(r, "educator", "goals", TO_ENROLLMENT, "list_goals",
	     json_pack("{s:s}", "educator", own_id(r)));
	want(r, "educator", "enrollments", TO_ENROLLMENT, "list_enrollments",
	     json_pack("{s:s, s:i}", "educator", own_id(r), "limit", ENROLLMENTS_MAX));
	want(r, "educator", "credentials", TO_ISSUANCE, "list_credentials",
	     json_pack("{s:s, s:i}", "educator", own_id(r), "limit", CREDENTIALS_MAX));
	want(r, "educator", "externals", TO_ISSUANCE, "list_externals",
	     json_pack("{s:s, s:i}", "educator", own_id(r), "limit", 100));
	want(r, "educator", "stacks", TO_ISSUANCE, "list_educator_stacks",
	     json_pack("{s:s}", "educator", own_id(r)));
	want(r, "educator", "preferences", TO_NOTIFICATION, "get_preferences",
	     json_pack("{s:s}", "educator", own_id(r)));
	gather(r);
}

static void show_export(struct request *r)
{
	reply_page(r, 200, "export",
		   json_pack("{s:s, s:s}", "title", word(r, "teacher.export"), "download",
			     "/export/cairn-export.json"));
}

static const struct route exports[] = {
	{GET, "/export", show_export, READS(RECORD_OF), .about = "How to take your data with you"},
	{GET, "/export/cairn-export.json", give_export, READS(RECORD_OF),
	 .about = "All that is held of you: definitions, work, decisions, credentials, ledgers"},
};

const struct route_list export_routes = {exports, ARRAY_LEN(exports)};
