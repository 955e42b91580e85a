/* A roster's import: shown first, then done, person by person. Broken off anywhere it is begun
 * again with the same form and goes on: each command is known again, and says nothing new. */
#include "services/gateway/routes/office.h"
#include "services/gateway/routes/office_roster.h"
#include "services/gateway/routes/staged.h"

#include "services/gateway/proof/lookup.h"
#include "services/gateway/proof/multipart.h"
#include "services/gateway/render/words.h"

#include <inttypes.h>
#include <string.h>

#define AT_ONCE 200 /* people of one comparison */
#define PORTIONS 8  /* comparisons of one step */
#define ORDERS 30   /* commands of one step */
#define ROWS_SHOWN 100

struct import {
	struct roster roster;
	struct id district, id;
	const char *system, *state, *district_name;
	json_t *orgs, *plan;    /* of their own: forget_import() */
	size_t at;              /* people compared, or commands sent */
	int64_t known, counted; /* in the roster before; told as missing */
	struct {
		size_t done, elsewhere, refused;
	} n;
};

static void forget_import(struct request *r)
{
	struct import *m = r->own;

	json_decref(m->orgs);
	json_decref(m->plan);
}

static struct import *import_begin(struct request *r)
{
	struct import *m = arena_zalloc(r->arena, sizeof *m);

	m->orgs = json_array();
	r->own = m;
	r->forget = forget_import;
	return m;
}

static bool system_ok(const char *system)
{
	size_t len = system == NULL ? 0 : strspn(system, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return len > 0 && len <= SYSTEM_MAX && system[len] == '\0';
}

/* ---- the preview ---- */

static void add_skipped(const struct roster *roster, json_t *page)
{
	static const char *const names[N_ROSTER_SKIPS] = {
		[SKIP_NOT_STAFF] = "not_staff",
		[SKIP_DELETED] = "deleted",
		[SKIP_NO_IDENTIFIER] = "no_identifier",
		[SKIP_NO_EMAIL] = "no_email",
		[SKIP_NO_NAME] = "no_name",
	};
	json_t *skipped = json_object();

	for (size_t i = 0; i < N_ROSTER_SKIPS; i++)
		json_object_set_new(skipped, names[i],
				    json_integer((json_int_t)roster->skipped[i]));
	json_object_set_new(page, "skipped", skipped);
	json_object_set_new(page, "merged", json_integer((json_int_t)roster->merged));
}

/* What changes, the first rows of it. */
static json_t *changes_of(struct request *r, const json_t *plan)
{
	json_t *rows = json_array(), *p;
	size_t i;

	json_array_foreach(json_object_get(plan, "people"), i, p)
	{
		const char *state = json_text(p, "state");

		if (strcmp(state, "SAME") == 0 || json_array_size(rows) == ROWS_SHOWN)
			continue;
		json_array_append_new(
			rows, json_pack("{s:s, s:s, s:s, s:s, s:s}", "identifier",
					json_text(p, "identifier"), "name", json_text(p, "name"),
					"school", json_text(p, "school_name"), "state", state,
					"state_text",
					word(r, arena_printf(r->arena, "roster.%s", state))));
	}
	return rows;
}

static size_t in_roster(const json_t *plan)
{
	json_t *p;
	size_t i, n = 0;

	json_array_foreach(json_object_get(plan, "people"), i, p) n +=
		json_is_true(json_object_get(p, "in_roster"));
	return n;
}

static void add_counts(struct import *m, json_t *page)
{
	static const char *const states[][2] = {
		{"NEW", "new"},     {"SAME", "same"},           {"MOVED", "moved"},
		{"KNOWN", "known"}, {"ELSEWHERE", "elsewhere"}, {"ERASED", "erased"},
	};
	json_t *counts = json_object();
	size_t here = in_roster(m->plan);
	int64_t missing = m->known > (int64_t)here ? m->known - (int64_t)here : 0;

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		json_object_set_new(counts, states[i][1],
				    json_integer((json_int_t)plan_count(m->plan, states[i][0])));
	json_object_set_new(counts, "missing", json_integer(missing));
	json_object_set_new(counts, "people", json_integer((json_int_t)m->roster.n_people));
	json_object_set_new(page, "counts", counts);
	/* More than half of all gone is a wrong file more often than not. */
	json_object_set_new(page, "many_missing", json_boolean(missing * 2 > m->known));
}

static void show_preview(struct request *r)
{
	struct import *m = r->own;
	char key[STAGED_KEY_TEXT + 1];
	json_t *page;
	struct id id;

	ENSURE(id_of_text(json_text(m->plan, "import"), &id));
	staged_sweep(r);
	if (staged_put(r, &id, m->plan, key) != 0) {
		reply_problem(r, 503, "unavailable", "The roster cannot be kept now. Try again.");
		return;
	}
	page = office_page(r, "roster.preview_title", &m->district);
	add_counts(m, page);
	add_skipped(&m->roster, page);
	json_object_set_new(page, "district_name", json_string(m->district_name));
	json_object_set_new(page, "system", json_string(m->system));
	json_object_set_new(page, "changes", changes_of(r, m->plan));
	json_object_set(page, "new_schools", json_object_get(m->plan, "schools"));
	json_object_set_new(page, "import", json_string(json_text(m->plan, "import")));
	json_object_set_new(page, "key", json_string(key));
	reply_page(r, 200, "office_roster_preview", page);
}

static void compare_next(struct request *r);

static void compared(struct request *r)
{
	struct import *m = r->own;
	size_t n = json_array_size(json_object_get(m->plan, "people")), slot = 0;

	for (; slot < PORTIONS && (slot == 0 || m->at < n); slot++) {
		if (refused(r, (unsigned)slot))
			return;
		m->known = json_number(answer(r, (unsigned)slot), "known");
		plan_note(m->plan, m->at, json_object_get(answer(r, (unsigned)slot), "matches"));
		m->at += AT_ONCE;
	}
	if (m->at < n)
		compare_next(r);
	else
		show_preview(r);
}

static void compare_next(struct request *r)
{
	struct import *m = r->own;
	size_t n = json_array_size(json_object_get(m->plan, "people")), at = m->at;

	for (size_t slot = 0; slot < PORTIONS && (slot == 0 || at < n); slot++, at += AT_ONCE)
		ask(r, TO_ENROLLMENT, "compare_roster",
		    json_pack("{s:s, s:s, s:o}", "district", office_id_text(r, &m->district),
			      "system", m->system, "people", plan_keys(m->plan, at, AT_ONCE)));
	then(r, compared);
}

static void ask_schools(struct request *r, const char *after);

static void schools_came(struct request *r)
{
	struct import *m = r->own;
	const json_t *of;

	if (office_refused(r, 0))
		return;
	of = json_object_get(answer(r, 0), "of");
	if (strcmp(json_text(of, "kind"), "DISTRICT") != 0) {
		office_not_found(r);
		return;
	}
	json_array_extend(m->orgs, json_object_get(answer(r, 0), "orgs"));
	m->state = arena_printf(r->arena, "%s", json_text(of, "state"));
	m->district_name = arena_printf(r->arena, "%s", json_text(of, "name"));
	if (*json_text(answer(r, 0), "next") != '\0') {
		ask_schools(r, arena_printf(r->arena, "%s", json_text(answer(r, 0), "next")));
		return;
	}
	m->plan = plan_make(r, &m->roster, &m->district, m->system, m->orgs);
	json_object_set_new(m->plan, "state", json_string(m->state));
	compare_next(r);
}

static void ask_schools(struct request *r, const char *after)
{
	struct import *m = r->own;

	ask(r, TO_ENROLLMENT, "list_orgs",
	    json_pack("{s:s, s:s*, s:i}", "parent", office_id_text(r, &m->district), "after", after,
		      "limit", 200));
	then(r, schools_came);
}

/* A field beside the files; "" when there is none. */
static const char *form_text(struct request *r, const char *name)
{
	const char *text = query_text(r, name);
	struct bytes field;

	if (text == NULL && multipart_find(r->raw, header(r, "Content-Type"), name, &field) &&
	    field.len <= 100)
		text = arena_text(r->arena, field);
	return text != NULL ? text : "";
}

/* The district stands in the form, which office_district() does not read. */
static bool district_of_form(struct request *r, struct id *district_r)
{
	const char *text = form_text(r, "district");
	struct id id = ID_NONE;

	if (*text != '\0' && !id_of_text(text, &id)) {
		office_not_found(r);
		return false;
	}
	*district_r = office_is_bound(r) ? r->person->org : id;
	if (id_is_none(district_r) ||
	    (office_is_bound(r) && !id_is_none(&id) && !id_equal(&id, district_r))) {
		office_not_found(r);
		return false;
	}
	return true;
}

void preview_roster(struct request *r)
{
	struct import *m = import_begin(r);

	m->system = form_text(r, "system");
	if (!district_of_form(r, &m->district))
		return;
	if (!system_ok(m->system)) {
		problem_at(r, "/system", "1 to 20 of a-z, 0-9, - and _");
		reply_problem(r, 422, "bad_value",
			      "Say which system the roster comes from, in a word as powerschool.");
		return;
	}
	if (plan_read(r, &m->roster))
		ask_schools(r, NULL);
}

/* ---- doing it ---- */

static void show_done(struct request *r)
{
	struct import *m = r->own;
	json_t *value = json_pack("{s:I, s:I, s:I, s:I}", "people", (json_int_t)m->n.done,
				  "elsewhere", (json_int_t)m->n.elsewhere, "refused",
				  (json_int_t)m->n.refused, "missing", (json_int_t)m->counted);

	staged_drop(r, &m->id);
	reply_done(r, 200, value,
		   "/office/roster?district=%s&system=%s&done=%zu&missing=%" PRId64 "&refused=%zu",
		   office_id_text(r, &m->district), m->system, m->n.done, m->counted,
		   m->n.elsewhere + m->n.refused);
}

static void close_next(struct request *r, const char *after);

static void closed(struct request *r)
{
	struct import *m = r->own;
	const char *next;

	if (refused(r, 0))
		return;
	m->counted += json_number(answer(r, 0), "missed");
	next = json_text(answer(r, 0), "next");
	if (*next != '\0')
		close_next(r, arena_printf(r->arena, "%s", next));
	else
		show_done(r);
}

static void close_next(struct request *r, const char *after)
{
	struct import *m = r->own;

	order(r, TO_ENROLLMENT, "close_roster", &m->id,
	      json_pack("{s:s, s:s, s:s, s:s*}", "import", office_id_text(r, &m->id), "district",
			office_id_text(r, &m->district), "system", m->system, "after", after));
	then(r, closed);
}

/* A rule's refusal is of that one person; what may be asked again stops here, and the form goes on
 * from there. */
static bool note_outcome(struct request *r, unsigned slot)
{
	struct import *m = r->own;

	switch (status_of(r, slot)) {
	case CAIRN__STATUS__OK:
		m->n.done++;
		return true;
	case CAIRN__STATUS__REJECTED:
	case CAIRN__STATUS__INVALID:
		if (strcmp(reason_of(r, slot), "ELSEWHERE") == 0)
			m->n.elsewhere++;
		else
			m->n.refused++;
		return true;
	default:
		return !refused(r, slot);
	}
}

static void people_next(struct request *r);

static void people_noted(struct request *r)
{
	struct import *m = r->own;
	size_t n = json_array_size(json_object_get(m->plan, "people"));
	size_t sent = MIN((size_t)ORDERS, n - m->at);

	for (size_t slot = 0; slot < sent; slot++)
		if (!note_outcome(r, (unsigned)slot))
			return;
	m->at += sent;
	if (m->at < n)
		people_next(r);
	else
		close_next(r, NULL);
}

static void order_person(struct request *r, struct import *m, const json_t *p)
{
	json_t *person =
		json_pack("{s:O, s:O, s:O}", "handle", json_object_get(p, "handle"), "name",
			  json_object_get(p, "name"), "email", json_object_get(p, "email"));
	struct id educator;

	ENSURE(id_of_text(json_text(p, "educator"), &educator));
	order(r, TO_ENROLLMENT, "note_roster_person", &educator,
	      json_pack("{s:s, s:s, s:s, s:O, s:O, s:o, s:O*, s:s}", "import",
			office_id_text(r, &m->id), "district", office_id_text(r, &m->district),
			"system", m->system, "identifier", json_object_get(p, "identifier"),
			"educator", json_object_get(p, "educator"), "person", person, "school",
			json_object_get(p, "school"), "language", "en"));
}

static void people_next(struct request *r)
{
	struct import *m = r->own;
	const json_t *people = json_object_get(m->plan, "people");

	for (size_t i = 0; i < ORDERS && m->at + i < json_array_size(people); i++)
		order_person(r, m, json_array_get(people, m->at + i));
	then(r, people_noted);
}

/* A school that is registered already was so by the same import. */
static void schools_next(struct request *r)
{
	struct import *m = r->own;
	const json_t *schools = json_object_get(m->plan, "schools");
	size_t n = 0;

	for (; n < ORDERS && m->at < json_array_size(schools); n++, m->at++) {
		const json_t *school = json_array_get(schools, m->at);
		struct id id;

		ENSURE(id_of_text(json_text(school, "org"), &id));
		order(r, TO_ENROLLMENT, "register_org", &id,
		      json_pack("{s:O, s:s, s:O, s:s, s:s}", "org", json_object_get(school, "org"),
				"kind", "SCHOOL", "name", json_object_get(school, "name"), "parent",
				office_id_text(r, &m->district), "state",
				json_text(m->plan, "state")));
	}
	if (n > 0) {
		then(r, schools_next);
		return;
	}
	m->at = 0;
	if (json_array_size(json_object_get(m->plan, "people")) > 0)
		people_next(r);
	else
		close_next(r, NULL);
}

void apply_roster(struct request *r)
{
	struct import *m = import_begin(r);
	const char *import = body_text(r, "import");

	if (!office_district(r, &m->district))
		return;
	if (import != NULL && id_of_text(import, &m->id))
		m->plan = staged_get(r, &m->id, body_text(r, "key"));
	if (m->plan == NULL) {
		reply_problem(r, 409, "roster_gone",
			      "This preview has been applied, or is older than a day. Send the "
			      "roster again.");
		return;
	}
	if (strcmp(json_text(m->plan, "district"), office_id_text(r, &m->district)) != 0 ||
	    strcmp(json_text(m->plan, "account"), office_id_text(r, &r->person->account)) != 0) {
		office_not_found(r);
		return;
	}
	m->system = json_text(m->plan, "system");
	schools_next(r);
}
