/*
 * Inside web/: an exchange is a request with how it is carried. Nobody else includes this.
 *
 *	HEAD     the head is being looked at: guard, route, person; a streamed body's first steps
 *	BODY     the body is coming
 *	STEPS    the body is whole: steps run, services are asked
 *	REPLIED  the reply is made: it leaves when the connection goes on
 *
 * A connection is suspended whenever its exchange waits for anything but the network.
 */
#ifndef CAIRN_GATEWAY_EXCHANGE_H
#define CAIRN_GATEWAY_EXCHANGE_H

#include "services/gateway/web/route.h"
#include "services/gateway/web/server.h"

#include <microhttpd.h>

#define HEADERS_MAX 24
#define PROBLEMS_MAX 50
#define KEPT_MAX 64

enum phase { PHASE_HEAD, PHASE_BODY, PHASE_STEPS, PHASE_REPLIED };

struct asked {
	enum to to;
	Cairn__Status status; /* STATUS_UNSPECIFIED: not answered yet, or in no time */
	bool is_command;
	uint32_t reason, retry_ms;
	const char *text;    /* in the arena; "" when there is none */
	json_t *body;        /* the member of Answer */
	bool is_packed;      /* the answer stays as it came */
	bool is_lasting;     /* its object is shared with others who asked the same */
	struct bytes packed; /* on the heap */
	const ProtobufCMessageDescriptor *answer;
};

struct exchange {
	struct request request;
	struct server *server;
	struct MHD_Connection *connection;
	struct exchange *next, **prev; /* all of them */
	uint64_t serial;               /* counter << 20 | place in the server's table */
	enum phase phase;
	bool suspended, wants_wake;
	int64_t began_us; /* monotonic */

	const char *params[PARAMS_MAX];

	/* the body, while it comes */
	uint8_t *body;
	size_t body_len, body_room;
	uint64_t body_expected; /* Content-Length, or UINT64_MAX: chunked */

	/* what is asked */
	struct asked asked[ASKED_MAX], read[ASKED_MAX]; /* by this step; and by the one before */
	unsigned n_asked, n_read, n_waiting;
	unsigned n_own_replies; /* that are to be taken in the next turn */
	step_fn *step;          /* after all is answered */
	int64_t wake_us;        /* monotonic; 0: none */
	step_fn *at_wake;
	struct id intention;
	unsigned n_orders;
	json_t *kept[KEPT_MAX];
	unsigned n_kept;

	/* precondition.c: what If-Match speaks of, and the change's own while that is read */
	const char *guarded_place;   /* its address; NULL: no If-Match */
	const struct route *guarded; /* NULL: nothing is being read */
	const char *guarded_params[PARAMS_MAX];
	unsigned guarded_headers;
	bool guarded_wants_json, guarded_fits;

	/* the reply */
	struct MHD_Response *response;
	unsigned status;
	bool queued;
	struct {
		const char *name, *value;
	} headers[HEADERS_MAX];
	unsigned n_headers;
	const char *cache;
	bool tagged; /* an ETag is among the headers */
	json_t *problems;
	stream_fn *stream;
};

struct exchange *exchange_of(const struct request *r);

/* guard.c: NULL: sound; else why it is refused (400). */
const char *guard_fault(struct MHD_Connection *connection);

/* problem.c: whether the request is for the Open Badges API, which has a form of its own for what
 * goes wrong. */
bool speaks_imsx(const struct request *r);

/* head.c: who asks, for which route, and whether they may. Replies, or lets the body come. */
void head_read(struct exchange *x);
/* Whether the form that has come is of a page of ours, where only itself can tell. False: replied.
 */
bool head_allows_body(struct exchange *x);

/* body.c: how much a route takes at most; and fills r->body or r->raw of what has come. False: a
 * problem was replied. */
size_t body_most(const struct route *route);
bool body_read(struct exchange *x);

/* taken.c: whether r->body is what the route takes. False: a problem was replied. */
bool body_is_taken(struct request *r);

/* ask.c */
struct asking;
struct asking *asking_open(struct web *web, const char *peers_file); /* NULL: logged */
void asking_close(struct asking **a);
unsigned asking_items(struct asking *a, zmq_pollitem_t *items, unsigned room);
int64_t asking_next_us(const struct asking *a, int64_t mono_us); /* monotonic */
/* Gives the answers that have come to their exchanges. */
void asking_turn(struct server *s);
/* Releases what an answer holds. */
void asked_forget(struct asked *asked);
/* One more thing is waited for, and one less: the last one lets the exchange go on. */
void exchange_awaits(struct exchange *x);
void exchange_answered(struct exchange *x);
/* Runs steps of x until it waits for something or has replied. */
void exchange_go_on(struct exchange *x);

/* intention.c: from which the ids of the request's commands are derived. */
struct id intention_of(struct request *r);

/* precondition.c: puts the reading of what is changed before the change, where If-Match was sent;
 * or replies. And is told what was read. True: it is no reply, the change goes on. */
void precondition_begin(struct exchange *x);
bool precondition_read(struct exchange *x, unsigned status, const char *tag);

/* http.c */
struct server {
	struct web *web;
	struct asking *asking;
	struct engine *engine; /* of this turn; NULL outside */
	struct MHD_Daemon *mhd;
	int epoll_fd, listen_fd;
	struct exchange *exchanges;
	struct exchange **places;
	unsigned n_places, next_place;
	uint64_t n_begun;
	bool has_replies; /* of our own engine, in some exchange */
	struct server_counts counts;
};
struct exchange *server_exchange(const struct server *s, uint64_t serial); /* NULL: gone */
void exchange_suspend(struct exchange *x);
void exchange_resume(struct exchange *x);

#endif
