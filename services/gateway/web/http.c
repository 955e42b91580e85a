/* The HTTP server: libmicrohttpd without a thread of its own, run from the daemon's loop. */
#include "libshared/log.h"
#include "services/gateway/web/exchange.h"
#include "services/gateway/web/listen.h"
#include "services/gateway/web/start.h"
#include "services/gateway/web/workers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Request line, headers and a piece of the body of one connection: more is answered 431. */
#define CONNECTION_BYTES ((size_t)48 << 10)
#define IDLE_S 30u /* of a connection, in a request or between two */
#define PLACE_BITS 20
#define CLOSE_TURNS 2000

/* ---- exchanges ---- */

struct exchange *exchange_of(const struct request *r)
{
	return r->exchange;
}

struct exchange *server_exchange(const struct server *s, uint64_t serial)
{
	struct exchange *x = s->places[serial & ((UINT64_C(1) << PLACE_BITS) - 1)];

	return x != NULL && x->serial == serial ? x : NULL;
}

void exchange_suspend(struct exchange *x)
{
	if (x->suspended)
		return;
	x->suspended = true;
	MHD_suspend_connection(x->connection);
}

void exchange_resume(struct exchange *x)
{
	if (!x->suspended)
		return;
	x->suspended = false;
	MHD_resume_connection(x->connection);
}

static unsigned free_place(struct server *s)
{
	while (s->places[s->next_place] != NULL)
		s->next_place = (s->next_place + 1) % s->n_places;
	return s->next_place;
}

static struct exchange *exchange_new(struct server *s, struct MHD_Connection *connection)
{
	struct exchange *x = calloc(1, sizeof *x);
	unsigned place = free_place(s);

	ENSURE(x != NULL);
	x->server = s;
	x->connection = connection;
	x->serial = ++s->n_begun << PLACE_BITS | place;
	x->began_us = s->web->mono_us;
	x->next = s->exchanges;
	x->prev = &s->exchanges;
	if (x->next != NULL)
		x->next->prev = &x->next;
	s->exchanges = s->places[place] = x;
	x->request = (struct request){
		.web = s->web,
		.exchange = x,
		.now_us = s->web->now_us,
		.arena = arena_new(4096),
		.type = "",
	};
	return x;
}

static void exchange_destroy(struct exchange *x)
{
	struct request *r = &x->request;

	if (r->forget != NULL)
		r->forget(r);
	x->server->places[x->serial & ((UINT64_C(1) << PLACE_BITS) - 1)] = NULL;
	*x->prev = x->next;
	if (x->next != NULL)
		x->next->prev = x->prev;
	for (unsigned i = 0; i < x->n_asked; i++)
		asked_forget(&x->asked[i]);
	for (unsigned i = 0; i < x->n_kept; i++)
		json_decref(x->kept[i]);
	json_decref(r->query);
	json_decref(r->body);
	json_decref(x->problems);
	if (x->response != NULL)
		MHD_destroy_response(x->response);
	free(x->body);
	arena_destroy(&r->arena);
	free(x);
}

unsigned requests_of_person(const struct request *r)
{
	unsigned n = 0;

	for (const struct exchange *x = r->exchange->server->exchanges; x != NULL; x = x->next)
		n += x->request.route == r->route && x->request.person != NULL &&
		     r->person != NULL &&
		     id_equal(&x->request.person->account, &r->person->account);
	return n;
}

/* ---- the body ---- */

static size_t keep_body(struct exchange *x, const char *data, size_t len)
{
	size_t most = body_most(x->request.route);

	if (x->body_len + len > most) {
		reply_problem(&x->request, 413, "too_large", "At most %zu bytes are taken here.",
			      most);
		return len;
	}
	if (x->body_len + len > x->body_room) {
		x->body_room = MAX(2 * x->body_room, x->body_len + len + 512);
		x->body = realloc(x->body, x->body_room);
		ENSURE(x->body != NULL);
	}
	memcpy(x->body + x->body_len, data, len);
	x->body_len += len;
	return len;
}

/* Returns how much was taken. What follows a reply is dropped. */
static size_t take_body(struct exchange *x, const char *data, size_t len)
{
	struct request *r = &x->request;
	size_t taken;

	if (x->phase == PHASE_REPLIED || r->route == NULL)
		return len;
	if (r->route->body != BODY_STREAM)
		return keep_body(x, data, len);
	taken = r->route->take(r, (struct bytes){(const uint8_t *)data, len});
	ENSURE(taken <= len);
	if (x->phase == PHASE_REPLIED)
		return len;
	if (taken < len)
		exchange_suspend(x);
	return taken;
}

/* ---- libmicrohttpd's side ---- */

static const char *const method_names[N_METHODS] = {
	[GET] = "GET",       [POST] = "POST", [PUT] = "PUT",         [PATCH] = "PATCH",
	[DELETE] = "DELETE", [HEAD] = "HEAD", [OPTIONS] = "OPTIONS",
};

static enum MHD_Result queue(struct exchange *x)
{
	if (x->queued)
		return MHD_YES;
	x->queued = true;
	x->server->counts.replied[MIN(x->status / 100, 5u)]++;
	return MHD_queue_response(x->connection, x->status, x->response);
}

static void run_whole(struct exchange *x)
{
	const struct route *route = x->request.route;

	x->phase = PHASE_STEPS;
	if (route->body == BODY_STREAM) {
		x->step = route->done;
	} else {
		if (!body_read(x) || !head_allows_body(x) || !body_is_taken(&x->request))
			return;
		x->step = route->first;
		precondition_begin(x);
	}
	exchange_go_on(x);
}

static bool steps_left(const struct exchange *x)
{
	return x->step != NULL || x->at_wake != NULL;
}

/* The head is looked at once; a streamed body's first steps may suspend there, and then this is
 * called again. */
static enum MHD_Result on_head(struct exchange *x)
{
	if (x->phase == PHASE_REPLIED)
		return queue(x);
	if (steps_left(x)) {
		exchange_suspend(x);
		return MHD_YES;
	}
	x->phase = PHASE_BODY;
	return MHD_YES;
}

static enum MHD_Result on_request(void *server, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *len, void **ctx)
{
	struct exchange *x = *ctx;

	(void)version;
	if (x == NULL) {
		*ctx = x = exchange_new(server, connection);
		x->request.path = arena_printf(x->request.arena, "%s", url);
		while (x->request.method < N_METHODS &&
		       strcmp(method, method_names[x->request.method]) != 0)
			x->request.method++;
		head_read(x);
		return on_head(x);
	}
	if (x->phase == PHASE_HEAD)
		return on_head(x);
	if (*len > 0) {
		*len -= take_body(x, data, *len);
		return MHD_YES;
	}
	if (x->phase == PHASE_BODY && !steps_left(x))
		run_whole(x);
	if (x->phase == PHASE_REPLIED)
		return queue(x);
	exchange_suspend(x);
	return MHD_YES;
}

static void on_completed(void *server, struct MHD_Connection *connection, void **ctx,
			 enum MHD_RequestTerminationCode why)
{
	(void)server, (void)connection, (void)why;
	if (*ctx != NULL)
		exchange_destroy(*ctx);
	*ctx = NULL;
}

/* As the library's own, but a %00 stays as it is: head_read() refuses it. */
static size_t unescape(void *ctx, struct MHD_Connection *connection, char *text)
{
	char *to = text;
	uint8_t byte;

	(void)ctx, (void)connection;
	for (const char *from = text; *from != '\0'; from++) {
		char digits[3] = {from[0] == '%' ? from[1] : '\0', '\0', '\0'};

		if (digits[0] != '\0')
			digits[1] = from[2];
		if (digits[1] != '\0' && bytes_of_hex(digits, &byte, 1) && byte != 0) {
			*to++ = (char)byte;
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	return (size_t)(to - text);
}

static void PRINTF_LIKE(2, 0) tell(void *ctx, const char *format, va_list args)
{
	char text[300];

	(void)ctx;
	vsnprintf(text, sizeof text, format, args);
	text[strcspn(text, "\r\n")] = '\0';
	log_debug("http", "text=\"%s\"", text);
}

/* ---- start, turn, end ---- */

static void start(struct server *s, const struct tls *tls)
{
	const struct gateway_config *c = s->web->config;
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem secure[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, tls->certificate},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, tls->key},
		{MHD_OPTION_HTTPS_PRIORITIES, 0,
		 (void *)(intptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
		{MHD_OPTION_END, 0, NULL}};

	if (tls->certificate != NULL)
		flags |= MHD_USE_TLS;
	else
		secure[0] = secure[3];
	s->mhd = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, tell, NULL,
		MHD_OPTION_LISTEN_SOCKET, s->listen_fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
		s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)c->connections,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)c->connections_per_address,
		MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_ARRAY, secure,
		MHD_OPTION_END);
}

struct server *server_open(struct web *web, const char *peers_file)
{
	struct server *s = calloc(1, sizeof *s);
	AUTO(tls_forget) struct tls tls = {.certificate = NULL, .key = NULL};

	ENSURE(s != NULL);
	web->server = s;
	s->web = web;
	s->asking = asking_open(web, peers_file);
	s->epoll_fd = s->listen_fd = -1;
	s->n_places = (unsigned)web->config->connections + 1;
	s->places = calloc(s->n_places, sizeof *s->places);
	ENSURE(s->places != NULL);
	if (s->asking != NULL)
		s->listen_fd = listen_open(web);
	if (s->listen_fd >= 0 && tls_read(web->config, &tls) == 0)
		start(s, &tls);
	if (s->mhd == NULL) {
		log_error("http_not_started", "http=%s", web->config->http);
		server_close(&s);
		return NULL;
	}
	s->epoll_fd = MHD_get_daemon_info(s->mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
	return s;
}

/* Steps that wanted a turn at some time. */
static void wake_due(struct server *s)
{
	for (struct exchange *x = s->exchanges, *next; x != NULL; x = next) {
		step_fn *step = x->at_wake;

		next = x->next;
		if (step == NULL || x->wake_us > s->web->mono_us)
			continue;
		x->at_wake = NULL;
		x->step = step;
		exchange_go_on(x);
	}
}

unsigned server_items(struct server *s, zmq_pollitem_t *items, unsigned room)
{
	items[0] = (zmq_pollitem_t){NULL, s->epoll_fd, ZMQ_POLLIN, 0};
	return 1 + asking_items(s->asking, items + 1, room - 1);
}

void server_turn(struct server *s, struct engine *e)
{
	s->engine = e;
	/* What workers and parts have done lets requests go on, which may change accounts. */
	workers_turn(s->web->workers, s->web->mono_us);
	for (size_t i = 0; i < n_web_parts; i++)
		if (web_parts[i]->turn != NULL)
			web_parts[i]->turn(s->web);
	asking_turn(s);
	wake_due(s);
	MHD_run(s->mhd);
	s->engine = NULL;
}

struct server_counts server_counts(const struct server *s)
{
	struct server_counts counts = s->counts;

	for (const struct exchange *x = s->exchanges; x != NULL; x = x->next)
		counts.in_hand++;
	return counts;
}

int64_t server_next_us(const struct server *s)
{
	int64_t wall_less_mono = s->web->now_us - s->web->mono_us;
	int64_t next_us = asking_next_us(s->asking, s->web->mono_us);
	MHD_UNSIGNED_LONG_LONG ms;

	if (s->has_replies)
		return s->web->now_us;
	for (const struct exchange *x = s->exchanges; x != NULL; x = x->next)
		if (x->at_wake != NULL)
			next_us = MIN(next_us, x->wake_us);
	if (MHD_get_timeout(s->mhd, &ms) == MHD_YES)
		next_us = MIN(next_us, s->web->mono_us + (int64_t)MIN(ms, 60000u) * US_PER_MS);
	return next_us == INT64_MAX ? next_us : next_us + wall_less_mono;
}

/* Whoever still waits is told to come again; what was asked of services goes on there. */
static void send_away(struct server *s)
{
	for (struct exchange *x = s->exchanges; x != NULL; x = x->next) {
		x->step = x->at_wake = NULL;
		if (x->phase != PHASE_REPLIED) {
			reply_header(&x->request, "Retry-After", "5");
			reply_header(&x->request, "Connection", "close");
			reply_problem(&x->request, 503, "stopping",
				      "The server is being started anew; ask again in a moment.");
		}
		exchange_resume(x);
	}
}

void server_close(struct server **s)
{
	if (*s == NULL)
		return;
	(*s)->web->view = NULL;
	if ((*s)->mhd != NULL) {
		int listening = MHD_quiesce_daemon((*s)->mhd);

		send_away(*s);
		for (int i = 0; i < CLOSE_TURNS && (*s)->exchanges != NULL; i++)
			MHD_run_wait((*s)->mhd, 1);
		if (listening >= 0)
			close(listening);
		send_away(*s);
		MHD_stop_daemon((*s)->mhd);
	} else if ((*s)->listen_fd >= 0) {
		close((*s)->listen_fd);
	}
	asking_close(&(*s)->asking);
	free((*s)->places);
	free(*s);
	*s = NULL;
}
