/*
 * One HTTP exchange, as the code that answers it sees it.
 *
 * An answer is made in steps. A step reads the request and what has been answered so far, asks
 * services for what it needs and names the step that comes after; or it replies. Between two steps
 * the connection is suspended and nothing waits. What a step keeps for a later one lives in
 * r->arena.
 *
 *	static void entry_came(struct request *r)
 *	{
 *		if (refused(r, 0))
 *			return;
 *		reply_page(r, 200, "entry", json_incref(answer(r, 0)));
 *	}
 *
 *	static void show_entry(struct request *r)
 *	{
 *		ask(r, TO_ENROLLMENT, "get_entry", json_pack("{s:s}", "entry", param(r, "code")));
 *		then(r, entry_came);
 *	}
 *
 * Every request ends in exactly one reply_*(). Messages are spoken to and read from as JSON
 * (libshared/json.h): what a page shows and what the JSON API answers are one object.
 *
 * Who is asking has been settled before the first step (route.h): r->person is somebody whom the
 * route allows, or NULL where it allows anyone.
 */
#ifndef CAIRN_GATEWAY_REQUEST_H
#define CAIRN_GATEWAY_REQUEST_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "proto/envelope.pb-c.h"
#include "services/gateway/web/person.h"

#include <jansson.h>

struct request;
struct route;
typedef void step_fn(struct request *r);

enum method { GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, N_METHODS };

/* Whom a request to a service goes to. TO_SELF is the gateway's own engine (accounts, grants). */
enum to { TO_ENROLLMENT, TO_EVIDENCE, TO_ASSESSMENT, TO_ISSUANCE, TO_NOTIFICATION, TO_SELF, N_TO };

enum language { EN, ES, N_LANGUAGES };

#define ASKED_MAX 32
#define PARAMS_MAX 4

struct web; /* the server: http.c */
struct exchange;

struct request {
	struct web *web;
	struct exchange *exchange; /* how it is carried (http.c) */
	const struct route *route;
	enum method method;
	const char *path;            /* decoded, without the query */
	const struct person *person; /* NULL: nobody has signed in */
	enum language language;
	bool wants_json; /* by Accept; problems follow it too */
	json_t *query;   /* members of the URL's query, texts */
	json_t *body; /* a form or a JSON body as an object; NULL: none. Repeated names: an array */
	struct bytes raw; /* the body as it came, where the route wants it raw */
	const char *type; /* Content-Type without parameters; "" */
	int64_t now_us;
	struct arena *arena;               /* lives until the reply has left */
	void *own;                         /* what a route keeps from step to step */
	void (*forget)(struct request *r); /* releases what own holds beside the arena, or NULL */
};

/* ---- what was sent ---- */

/* A {name} of the route's path. Never NULL for a name that the route has. */
const char *param(const struct request *r, const char *name);
/* The same as an id. False: not one; a 404 has been replied. */
bool param_id(struct request *r, const char *name, struct id *id_r);
/* A member of the URL's query, or of the form or JSON body; NULL: absent or not a text. */
const char *query_text(const struct request *r, const char *name);
const char *body_text(const struct request *r, const char *name);
/* A whole number at least and at most; otherwise, when absent or none. */
int64_t query_number(const struct request *r, const char *name, int64_t least, int64_t most,
		     int64_t otherwise);
/* A request header; NULL: absent. */
const char *header(const struct request *r, const char *name);

/* ---- asking services ---- */

/* Each takes a slot, 0, 1, ... in the order of the calls of one step; then() starts anew, so slots
 * of earlier steps are gone (keep with json_incref() what is still needed; it lives in r via
 * keep()). fields is stolen; a field that the message does not have is a bug of ours, a value that
 * it cannot take is answered INVALID. */
unsigned ask(struct request *r, enum to to, const char *query, json_t *fields);
/* A command. entity: what it is about (ID_NONE: r's person). Its id is derived from the request's
 * intention (Idempotency-Key, or the form's own), its step and its place, so the same request sent
 * again is the same command. */
unsigned order(struct request *r, enum to to, const char *command, const struct id *entity,
	       json_t *fields);
/* The same with a message instead of fields, for bytes: they pass through neither JSON nor r's
 * arena, which would keep every part of a large file. Not TO_SELF. The message may live on the
 * stack. */
unsigned ask_message(struct request *r, enum to to, const ProtobufCMessage *query);
unsigned order_message(struct request *r, enum to to, const ProtobufCMessage *command,
		       const struct id *entity);
/* An id of something that this request makes: the same for the same intention and use. */
struct id made_id(const struct request *r, const char *use);
/* The step that runs when all that was asked has been answered (at once, when nothing was). */
void then(struct request *r, step_fn *next);
/* The step that runs at that time although nothing is answered: for long polls. Monotonic. */
void then_at(struct request *r, int64_t mono_us, step_fn *next);

/* The member of Answer that came, borrowed and not to be changed; NULL: none came. To the linker it
 * has another name, since the rules of the same program have an answer() too
 * (libshared/decision.h). */
json_t *answer(const struct request *r, unsigned slot) __asm__("web_answer");
Cairn__Status status_of(const struct request *r, unsigned slot);
/* The Reason's name, "NOT_PUBLISHED"; "" when there is none. */
const char *reason_of(const struct request *r, unsigned slot);
/* What the service said of a refusal; "" when nothing. */
const char *said_of(const struct request *r, unsigned slot);
/* The whole Answer to ask_message() or order_message(), in that arena; NULL: none. */
const ProtobufCMessage *answer_message(const struct request *r, unsigned slot, struct arena *arena);
/* True when the slot was not answered OK: the problem that says so has been replied. */
bool refused(struct request *r, unsigned slot);
/* Released with the request. Returns value. */
json_t *keep(struct request *r, json_t *value);

/* How many requests of r's person are in hand at r's route, r among them. */
unsigned requests_of_person(const struct request *r);

/* ---- replying ---- */

/* The object as JSON, or through the template pages/TEMPLATE.html, by what the client accepts.
 * page is stolen. The layout adds what every page has (layout.h). */
void reply_page(struct request *r, unsigned status, const char *template, json_t *page);
void reply_json(struct request *r, unsigned status, json_t *value);
/* Bytes of any kind, copied. */
void reply_bytes(struct request *r, unsigned status, const char *type, struct bytes bytes);
/* No body: 204 and its like. */
void reply_empty(struct request *r, unsigned status);
/* After a change: a browser is sent on (303) to the path, a client gets value (stolen) with status.
 */
void reply_done(struct request *r, unsigned status, json_t *value, const char *path, ...)
	PRINTF_LIKE(4, 5);
/* A redirect for everyone. */
void reply_redirect(struct request *r, unsigned status, const char *location);
/* RFC 9457 for clients, a page for people. code is a stable word ("not_found"). The text says what
 * was wrong and how to mend it; it is a key of the words (words.h) when one of that name exists. */
void reply_problem(struct request *r, unsigned status, const char *code, const char *format, ...)
	PRINTF_LIKE(4, 5);
/* A member of problem+json's errors, added before reply_problem(): pointer "/hours_max". */
void problem_at(struct request *r, const char *pointer, const char *message);

/* A body that comes in pieces. next() appends up to room bytes to out and returns how many; 0: none
 * for now (stream_wake() asks again), -1: the end, -2: broken off. length -1: not known. */
typedef int64_t stream_fn(struct request *r, uint8_t *out, size_t room);
void reply_stream(struct request *r, unsigned status, const char *type, int64_t length,
		  stream_fn *next);
void stream_wake(struct request *r);

/* Adds a header to the reply that comes. Value is checked: no control characters. */
void reply_header(struct request *r, const char *name, const char *format, ...) PRINTF_LIKE(3, 4);
/* How long others may keep the reply: "public, max-age=300". Default: "no-store" for a person,
 * "no-cache" otherwise. */
void reply_cache(struct request *r, const char *cache_control);
/* True when If-None-Match names this tag: 304 has been replied. Sets ETag otherwise. Whole replies
 * get one by their content anyway; this one is for what need not be made at all. */
bool reply_fresh(struct request *r, const char *tag);

#endif
