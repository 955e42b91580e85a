/* Routes without HTTP. */
#include "tests/support/route_kit.h"

#include "libshared/json.h"
#include "services/gateway/render/words.h"
#include "tests/support/route_service.h"
#include "tests/support/tree.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 8

/* What request.h leaves to its owner. */
struct exchange {
	struct route_kit *rk;
	json_t *params, *sent; /* headers sent, names in lower case */
	json_t *answers[SLOTS];
	Cairn__Status statuses[SLOTS];
	unsigned n_asked;
	json_t *read[SLOTS];
	Cairn__Status read_statuses[SLOTS];
	json_t *kept;
	step_fn *next;
	bool replied;
};

static struct route_kit *kit_of(const struct request *r)
{
	return r->exchange->rk;
}

/* ---- what was sent ---- */

const char *param(const struct request *r, const char *name)
{
	const char *text = json_string_value(json_object_get(r->exchange->params, name));

	ENSURE(text != NULL);
	return text;
}

bool param_id(struct request *r, const char *name, struct id *id_r)
{
	if (id_of_text(param(r, name), id_r))
		return true;
	reply_problem(r, 404, "not_found", "no id");
	return false;
}

const char *query_text(const struct request *r, const char *name)
{
	return json_string_value(json_object_get(r->query, name));
}

int64_t query_number(const struct request *r, const char *name, int64_t least, int64_t most,
		     int64_t otherwise)
{
	const char *text = query_text(r, name);
	int64_t number = text != NULL ? strtoll(text, NULL, 10) : otherwise;

	return number < least || number > most ? otherwise : number;
}

const char *header(const struct request *r, const char *name)
{
	char lower[64] = "";

	for (size_t i = 0; name[i] != '\0' && i + 1 < sizeof lower; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	return json_string_value(json_object_get(r->exchange->sent, lower));
}

/* ---- asking ---- */

unsigned ask(struct request *r, enum to to, const char *query, json_t *fields)
{
	struct exchange *x = r->exchange;
	unsigned slot = x->n_asked++;

	ENSURE(to == TO_ISSUANCE && slot < SLOTS && fields != NULL);
	x->statuses[slot] = service_asked(kit_of(r)->kit, query, fields, &x->answers[slot]);
	return slot;
}

void then(struct request *r, step_fn *next)
{
	r->exchange->next = next;
}

void then_at(struct request *r, int64_t mono_us, step_fn *next)
{
	r->web->mono_us = mono_us;
	then(r, next);
}

json_t *answer(const struct request *r, unsigned slot)
{
	return r->exchange->read[slot];
}

Cairn__Status status_of(const struct request *r, unsigned slot)
{
	return r->exchange->read_statuses[slot];
}

bool refused(struct request *r, unsigned slot)
{
	if (status_of(r, slot) == CAIRN__STATUS__OK)
		return false;
	reply_problem(r, 500, "refused", "status %d", (int)status_of(r, slot));
	return true;
}

json_t *keep(struct request *r, json_t *value)
{
	if (value != NULL)
		json_array_append_new(r->exchange->kept, value);
	return value;
}

/* ---- replying ---- */

static void reply(struct request *r, unsigned status)
{
	ENSURE(!r->exchange->replied); /* once */
	r->exchange->replied = true;
	kit_of(r)->status = status;
}

void reply_page(struct request *r, unsigned status, const char *template, json_t *page)
{
	ENSURE(page != NULL);
	reply(r, status);
	kit_of(r)->template = template;
	kit_of(r)->page = page;
}

void reply_json(struct request *r, unsigned status, json_t *value)
{
	reply_page(r, status, NULL, value);
}

void reply_bytes(struct request *r, unsigned status, const char *type, struct bytes bytes)
{
	reply(r, status);
	kit_of(r)->type = type;
	kit_of(r)->body = (struct bytes){(const uint8_t *)arena_text(r->arena, bytes), bytes.len};
}

void reply_redirect(struct request *r, unsigned status, const char *location)
{
	reply_header(r, "Location", "%s", location);
	reply(r, status);
}

void reply_problem(struct request *r, unsigned status, const char *code, const char *format, ...)
{
	(void)format;
	reply(r, status);
	kit_of(r)->problem = code;
}

void reply_header(struct request *r, const char *name, const char *format, ...)
{
	char lower[64] = "", text[2000];
	va_list args;

	for (size_t i = 0; name[i] != '\0' && i + 1 < sizeof lower; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	json_object_set_new(kit_of(r)->headers, lower, json_string(text));
}

void reply_cache(struct request *r, const char *cache_control)
{
	reply_header(r, "cache-control", "%s", cache_control);
}

/* ---- words and addresses ---- */

const char *word_of(const struct request *r, const char *subject, const char *code)
{
	const char *text = json_string_value(
		json_object_get(json_object_get(kit_of(r)->words, subject), code));

	return text != NULL ? text : code;
}

const char *word(const struct request *r, const char *key)
{
	char subject[64];

	snprintf(subject, sizeof subject, "%.*s", (int)strcspn(key, "."), key);
	return word_of(r, subject, strchr(key, '.') + 1);
}

const char *date_text(struct request *r, int64_t at_us)
{
	char text[32];

	time_text(at_us, text);
	return arena_text(r->arena, bytes_of_text(text));
}

const char *public_path(struct request *r, const char *format, ...)
{
	char text[1000];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return arena_printf(r->arena, "https://cairn.example%s", text);
}

/* ---- running ---- */

static void load_words(struct route_kit *rk, const char *subject)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	const char *name = arena_printf(arena, "services/gateway/pages/words/%s.en.json", subject);
	json_t *words = json_load_file(tree_path(name, arena), JSON_REJECT_DUPLICATES, NULL);

	ENSURE(words != NULL);
	json_object_set_new(rk->words, subject, words);
}

void route_kit_open(struct route_kit *rk, struct kit *kit, const struct route_list *list)
{
	*rk = (struct route_kit){.kit = kit, .list = list, .words = json_object()};
	load_words(rk, "verify");
	load_words(rk, "issuers");
}

static void forget(struct route_kit *rk)
{
	if (rk->request.arena != NULL)
		arena_destroy(&rk->request.arena);
	json_decref(rk->request.query);
	json_decref(rk->page);
	json_decref(rk->headers);
	rk->page = rk->headers = rk->request.query = NULL;
	rk->template = rk->type = rk->problem = NULL;
	rk->body = BYTES_NONE;
}

void route_kit_close(struct route_kit *rk)
{
	forget(rk);
	json_decref(rk->words);
}

/* Segments of path against those of a route; its params. */
static bool matches(const char *route, const char *path, json_t *params)
{
	while (*route != '\0' && *path != '\0') {
		size_t n = strcspn(route + 1, "/"), m = strcspn(path + 1, "/");

		if (route[1] == '{') {
			char name[64];

			snprintf(name, sizeof name, "%.*s", (int)n - 2, route + 2);
			json_object_set_new(params, name, json_stringn(path + 1, m));
		} else if (n != m || strncmp(route, path, n + 1) != 0) {
			return false;
		}
		route += n + 1;
		path += m + 1;
	}
	return *route == '\0' && *path == '\0';
}

static const struct route *route_of(const struct route_kit *rk, enum method method,
				    const char *path, json_t *params)
{
	for (size_t i = 0; i < rk->list->n; i++) {
		const struct route *route = &rk->list->routes[i];

		json_object_clear(params);
		if (route->method == method && matches(route->path, path, params))
			return route;
	}
	return NULL;
}

static json_t *query_of(const char *text)
{
	json_t *query = json_object();

	while (text != NULL && *text != '\0') {
		size_t n = strcspn(text, "&"), name = strcspn(text, "=");
		char key[64];

		snprintf(key, sizeof key, "%.*s", (int)name, text);
		json_object_set_new(query, key, json_stringn(text + name + 1, n - name - 1));
		text += n + (text[n] == '&');
	}
	return query;
}

/* The answers of the last step, for the next one. */
static void turn(struct exchange *x)
{
	for (unsigned i = 0; i < SLOTS; i++) {
		json_decref(x->read[i]);
		x->read[i] = x->answers[i];
		x->read_statuses[i] = x->statuses[i];
		x->answers[i] = NULL;
	}
	x->n_asked = 0;
}

static unsigned run(struct route_kit *rk, enum method method, const char *path, const char *type,
		    struct bytes body)
{
	struct exchange x = {.rk = rk,
			     .params = json_object(),
			     .sent = json_pack("{s:s}", "content-type", type),
			     .kept = json_array()};
	struct request *r = &rk->request;
	const char *question = strchr(path, '?');

	forget(rk);
	rk->headers = json_object();
	rk->status = 0;
	*r = (struct request){.web = &rk->web, .exchange = &x, .method = method, .raw = body};
	r->arena = arena_new(4096);
	r->path = arena_text(r->arena, (struct bytes){(const uint8_t *)path, strcspn(path, "?")});
	r->type = arena_text(r->arena, (struct bytes){(const uint8_t *)type, strcspn(type, ";")});
	r->query = query_of(question != NULL ? question + 1 : NULL);
	r->wants_json = rk->wants_json;
	r->person = rk->person;
	r->now_us = rk->web.now_us = rk->now_us;
	r->route = route_of(rk, method, r->path, x.params);
	ENSURE(r->route != NULL);
	x.next = r->route->first;
	while (!x.replied) {
		step_fn *step = x.next;

		turn(&x);
		x.next = NULL;
		ENSURE(step != NULL); /* a step that neither asks nor replies */
		step(r);
	}
	turn(&x);
	turn(&x);
	json_decref(x.params);
	json_decref(x.sent);
	json_decref(x.kept);
	r->exchange = NULL;
	return rk->status;
}

unsigned when_get(struct route_kit *rk, const char *path)
{
	return run(rk, GET, path, "", BYTES_NONE);
}

unsigned when_posted(struct route_kit *rk, const char *path, const char *type, struct bytes body)
{
	return run(rk, POST, path, type, body);
}

const char *replied_header(const struct route_kit *rk, const char *name)
{
	const char *text = json_string_value(json_object_get(rk->headers, name));

	return text != NULL ? text : "";
}
