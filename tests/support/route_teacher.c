/* Routes of a teacher with answers from the test. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/web/web.h"
#include "tests/support/teacher_kit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 32
#define NOW_US 1796000000000000

struct exchange {
	json_t *answers[SLOTS], *read[SLOTS];
	Cairn__Status statuses[SLOTS], read_statuses[SLOTS];
	const char *reasons[SLOTS], *read_reasons[SLOTS];
	unsigned n_asked, n_read;
	step_fn *next;
	bool replied;
};

struct teacher_got got;
static const struct route_list *routes;
static json_t *canned, *refusals, *words, *params, *kept;
static struct exchange exchange;
static struct person ana = {.may = MAY_TEACHER};

static json_t *read_json(const char *text)
{
	char copy[8000];
	json_error_t error;
	json_t *value;

	snprintf(copy, sizeof copy, "%s", text);
	for (char *at = copy; *at != '\0'; at++)
		*at = *at == '\'' ? '"' : *at;
	value = json_loads(copy, JSON_DECODE_ANY, &error);
	ENSURE(value != NULL);
	return value;
}

/* ---- request.h ---- */

const char *param(const struct request *r, const char *name)
{
	(void)r;
	return json_string_value(json_object_get(params, name));
}

bool param_id(struct request *r, const char *name, struct id *id_r)
{
	if (id_of_text(param(r, name), id_r))
		return true;
	reply_problem(r, 404, "not_found", "none");
	return false;
}

const char *query_text(const struct request *r, const char *name)
{
	return json_string_value(json_object_get(r->query, name));
}

const char *body_text(const struct request *r, const char *name)
{
	return json_string_value(json_object_get(r->body, name));
}

int64_t query_number(const struct request *r, const char *name, int64_t least, int64_t most,
		     int64_t otherwise)
{
	const char *text = query_text(r, name);
	int64_t number = text != NULL ? strtoll(text, NULL, 10) : otherwise;

	return number < least || number > most ? otherwise : number;
}

static unsigned answered(const char *name)
{
	unsigned slot = exchange.n_asked++;
	const char *reason = json_string_value(json_object_get(refusals, name));

	ENSURE(slot < SLOTS);
	exchange.answers[slot] = reason == NULL ? json_incref(json_object_get(canned, name)) : NULL;
	exchange.reasons[slot] = reason != NULL ? reason : "";
	exchange.statuses[slot] = reason == NULL                   ? CAIRN__STATUS__OK
				  : *reason == '\0'                ? CAIRN__STATUS__FORBIDDEN
				  : strcmp(reason, "INVALID") == 0 ? CAIRN__STATUS__INVALID
								   : CAIRN__STATUS__REJECTED;
	return slot;
}

unsigned ask(struct request *r, enum to to, const char *query, json_t *fields)
{
	(void)r;
	(void)to;
	ENSURE(fields != NULL);
	json_array_append_new(got.asked, json_string(query));
	json_decref(fields);
	return answered(query);
}

unsigned order(struct request *r, enum to to, const char *command, const struct id *entity,
	       json_t *fields)
{
	(void)r;
	(void)to;
	ENSURE(fields != NULL);
	json_array_append_new(got.orders, json_pack("{s:s, s:s, s:o}", "command", command, "entity",
						    ID_STR(bytes_of_id(entity)), "fields", fields));
	return answered(command);
}

struct id made_id(const struct request *r, const char *use)
{
	(void)r;
	return id_of_name("made", use);
}

void then(struct request *r, step_fn *next)
{
	(void)r;
	exchange.next = next;
}

json_t *answer(const struct request *r, unsigned slot)
{
	(void)r;
	ENSURE(slot < exchange.n_read);
	return exchange.read[slot];
}

Cairn__Status status_of(const struct request *r, unsigned slot)
{
	(void)r;
	return exchange.read_statuses[slot];
}

const char *reason_of(const struct request *r, unsigned slot)
{
	(void)r;
	return exchange.read_reasons[slot] != NULL ? exchange.read_reasons[slot] : "";
}

bool refused(struct request *r, unsigned slot)
{
	const char *reason = exchange.read_reasons[slot];

	if (status_of(r, slot) == CAIRN__STATUS__OK)
		return false;
	if (*reason == '\0' || strncmp(reason, "UNKNOWN_", 8) == 0 ||
	    strcmp(reason, "NOT_YOURS") == 0)
		reply_problem(r, 404, "not_found", "none");
	else
		reply_problem(r, strcmp(reason, "INVALID") == 0 ? 400 : 409, reason, "no");
	return true;
}

json_t *keep(struct request *r, json_t *value)
{
	(void)r;
	if (value != NULL)
		json_array_append_new(kept, value);
	return value;
}

static void reply(unsigned status, json_t *page)
{
	ENSURE(!exchange.replied);
	exchange.replied = true;
	got.status = status;
	got.page = page;
}

void reply_page(struct request *r, unsigned status, const char *template, json_t *page)
{
	(void)r;
	ENSURE(page != NULL);
	got.template = template;
	reply(status, page);
}

void reply_json(struct request *r, unsigned status, json_t *value)
{
	(void)r;
	reply(status, value);
}

void reply_done(struct request *r, unsigned status, json_t *value, const char *path, ...)
{
	va_list args;

	(void)r;
	va_start(args, path);
	vsnprintf(got.location, sizeof got.location, path, args);
	va_end(args);
	reply(status, value);
}

void reply_redirect(struct request *r, unsigned status, const char *location)
{
	(void)r;
	snprintf(got.location, sizeof got.location, "%s", location);
	reply(status, NULL);
}

void reply_problem(struct request *r, unsigned status, const char *code, const char *format, ...)
{
	(void)r;
	(void)format;
	snprintf(got.problem, sizeof got.problem, "%s", code);
	reply(status, NULL);
}

void problem_at(struct request *r, const char *pointer, const char *message)
{
	(void)r;
	(void)pointer;
	(void)message;
}

void reply_header(struct request *r, const char *name, const char *format, ...)
{
	(void)r;
	(void)name;
	(void)format;
}

void reply_cache(struct request *r, const char *cache_control)
{
	(void)r;
	(void)cache_control;
}

/* ---- words.h and web.h ---- */

const char *word(const struct request *r, const char *key)
{
	const char *text = json_string_value(json_object_get(words, strchr(key, '.') + 1));

	(void)r;
	return text != NULL ? text : key;
}

const char *word_of(const struct request *r, const char *subject, const char *code)
{
	(void)r;
	(void)subject;
	return code;
}

const char *say(struct request *r, const char *key, ...)
{
	return word(r, key);
}

const char *date_text(struct request *r, int64_t at_us)
{
	return arena_printf(r->arena, "day %lld", (long long)(at_us / 86400000000));
}

const char *moment_text(struct request *r, int64_t at_us)
{
	return date_text(r, at_us);
}

const char *date_text_of(struct request *r, const char *iso_date)
{
	return arena_printf(r->arena, "%s", iso_date);
}

const char *public_path(struct request *r, const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return arena_printf(r->arena, "https://cairn.example%s", text);
}

/* ---- the kit ---- */

static void load_words(void)
{
	words = json_load_file(CAIRN_SOURCE_DIR "/services/gateway/pages/words/teacher.en.json", 0,
			       NULL);
	ENSURE(words != NULL);
}

void teacher_kit_open(const struct route_list *list)
{
	routes = list;
	canned = json_object();
	refusals = json_object();
	params = json_object();
	kept = json_array();
	got = (struct teacher_got){.orders = json_array(), .asked = json_array()};
	ENSURE(id_of_text(ANA_ID, &ana.educator));
	load_words();
}

void teacher_kit_close(void)
{
	json_decref(canned);
	json_decref(refusals);
	json_decref(params);
	json_decref(kept);
	json_decref(words);
	json_decref(got.orders);
	json_decref(got.asked);
	json_decref(got.page);
}

void given_answer(const char *name, const char *json)
{
	json_object_set_new(canned, name, read_json(json));
	json_object_del(refusals, name);
}

void given_refusal(const char *name, const char *reason)
{
	json_object_set_new(refusals, name, json_string(reason));
}

void given_org(const char *org)
{
	ana.org = ana.coached = ID_NONE;
	ENSURE(org == NULL || id_of_text(org, &ana.org));
	ana.coached = ana.org;
}

/* Whether the path is of the pattern; its names go into params. */
static bool matches(const char *pattern, const char *path)
{
	json_object_clear(params);
	while (*pattern != '\0' && *path != '\0') {
		if (*pattern == '{') {
			size_t name = strcspn(pattern, "}"), value = strcspn(path, "/?");
			char key[64];

			snprintf(key, sizeof key, "%.*s", (int)name - 1, pattern + 1);
			json_object_set_new(params, key, json_stringn(path, value));
			pattern += name + 1;
			path += value;
			continue;
		}
		if (*pattern++ != *path++)
			return false;
	}
	return *pattern == *path;
}

static const struct route *find(enum method method, const char *path)
{
	for (size_t i = 0; i < routes->n; i++)
		if (routes->routes[i].method == method && matches(routes->routes[i].path, path))
			return &routes->routes[i];
	return NULL;
}

static void forget_answers(void)
{
	for (unsigned i = 0; i < SLOTS; i++) {
		json_decref(exchange.read[i]);
		json_decref(exchange.answers[i]);
	}
	exchange = (struct exchange){0};
}

/* As ask.c goes on: what is read are the answers of the step before. */
static void run(struct request *r, step_fn *step)
{
	while (!exchange.replied) {
		exchange.next = NULL;
		exchange.n_read = exchange.n_asked;
		exchange.n_asked = 0;
		step(r);
		if (exchange.replied)
			break;
		step = exchange.next;
		ENSURE(step != NULL);
		for (unsigned i = 0; i < SLOTS; i++)
			json_decref(exchange.read[i]);
		memcpy(exchange.read, exchange.answers, sizeof exchange.read);
		memcpy(exchange.read_statuses, exchange.statuses, sizeof exchange.statuses);
		memcpy(exchange.read_reasons, exchange.reasons, sizeof exchange.reasons);
		memset(exchange.answers, 0, sizeof exchange.answers);
	}
}

unsigned when_teacher(enum method method, const char *path, const char *body)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 16);
	const struct route *route = find(method, path);
	struct request r = {.route = route,
			    .method = method,
			    .path = path,
			    .person = &ana,
			    .wants_json = true,
			    .query = json_object(),
			    .body = body != NULL ? read_json(body) : NULL,
			    .now_us = NOW_US,
			    .arena = arena};

	ENSURE(route != NULL);
	json_decref(got.page);
	json_array_clear(got.orders);
	json_array_clear(got.asked);
	got.page = NULL;
	got.template = NULL;
	got.problem[0] = got.location[0] = '\0';
	run(&r, route->first);
	if (r.forget != NULL)
		r.forget(&r);
	forget_answers();
	json_decref(r.query);
	json_decref(r.body);
	return got.status;
}

const char *page_text(const char *member)
{
	const char *text = json_string_value(json_object_get(got.page, member));

	return text != NULL ? text : "";
}

json_t *page_at(const char *list, size_t i)
{
	return json_array_get(json_object_get(got.page, list), i);
}

const char *page_text_at(const char *list, size_t i, const char *member)
{
	const char *text = json_string_value(json_object_get(page_at(list, i), member));

	return text != NULL ? text : "";
}

json_t *ordered_fields(const char *command)
{
	json_t *o = json_array_get(got.orders, 0);

	ENSURE(json_array_size(got.orders) == 1);
	ENSURE(strcmp(json_string_value(json_object_get(o, "command")), command) == 0);
	return json_object_get(o, "fields");
}

const char *ordered_text(const char *command, const char *name)
{
	const char *text = json_string_value(json_object_get(ordered_fields(command), name));

	return text != NULL ? text : "";
}
