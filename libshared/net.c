/* The table of socket kinds, and messages of one or two frames through libzmq. */
#include "libshared/net.h"

#include "libshared/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SOCKETS_MAX 1000 /* libzmq's own bound is 1023 */
#define IPC_PATH_MAX 107
#define ENDPOINT_SIZE 256
#define ZAP_DOMAIN "cairn"
/* ZMQ_ZAP_ENFORCE_DOMAIN: behind the draft macro in zmq.h, honoured by the library. */
#define ENFORCE_DOMAIN 93

struct net_socket {
	void *zmq;
	enum net_kind kind;
	unsigned n_endpoints;
	char endpoints[NET_ENDPOINTS][ENDPOINT_SIZE];
};

struct net {
	void *context;
	struct net_socket *sockets[SOCKETS_MAX];
};

struct option {
	int name, value;
};

static const struct option common[] = {
	{ZMQ_LINGER, 0},
	{ZMQ_HANDSHAKE_IVL, 3000},
	{ZMQ_HEARTBEAT_IVL, 5000},
	{ZMQ_HEARTBEAT_TIMEOUT, 15000},
	{ZMQ_HEARTBEAT_TTL, 15000},
	{ZMQ_TCP_KEEPALIVE, 1},
	{ZMQ_TCP_KEEPALIVE_IDLE, 60},
	{ZMQ_TCP_KEEPALIVE_INTVL, 10},
	{ZMQ_TCP_KEEPALIVE_CNT, 3},
};

static const struct option of_servers[] = {
	{ZMQ_ROUTER_MANDATORY, 1},
	{ZMQ_ROUTER_HANDOVER, 0},
	{ZMQ_BACKLOG, 1024},
};

static const struct option of_clients[] = {
	{ZMQ_IMMEDIATE, 1},
	{ZMQ_RECONNECT_IVL, 100},
	{ZMQ_RECONNECT_IVL_MAX, 5000},
};

enum side { INSIDE, SERVER, CLIENT };

static const struct row {
	const char *name;
	int type;
	enum side side;
	size_t max_message;
	int receive_hwm, send_hwm; /* messages per peer; 0: no bound here */
} rows[] = {
	[NET_ZAP] = {"zap", ZMQ_REP, INSIDE, 4096, 1000, 1000},
	[NET_COMMANDS] = {"commands", ZMQ_ROUTER, SERVER, NET_COMMAND_MAX, 1024, 4096},
	[NET_LOG] = {"log", ZMQ_ROUTER, SERVER, NET_FOLLOW_MAX, 1024, 0},
	[NET_CLIENT] = {"client", ZMQ_DEALER, CLIENT, 2 * NET_COMMAND_MAX, 4096, 4096},
	[NET_FOLLOWER] = {"follower", ZMQ_DEALER, CLIENT, NET_BATCH_MAX, 0, 1024},
	[NET_WATCH] = {"watch", ZMQ_PAIR, CLIENT, 4096, 1000, 1000},
};

struct net *net_open(int io_threads)
{
	struct net *n = calloc(1, sizeof *n);

	ENSURE(n != NULL);
	n->context = zmq_ctx_new();
	if (n->context == NULL || zmq_ctx_set(n->context, ZMQ_IO_THREADS, io_threads) != 0) {
		log_error("net_not_opened", "error=\"%s\"", zmq_strerror(errno));
		net_close(&n);
	}
	return n;
}

void net_close(struct net **n)
{
	if (*n == NULL)
		return;
	for (unsigned i = 0; i < SOCKETS_MAX; i++)
		net_socket_close(*n, &(*n)->sockets[i]);
	if ((*n)->context != NULL)
		while (zmq_ctx_term((*n)->context) != 0 && errno == EINTR)
			;
	free(*n);
	*n = NULL;
}

void net_socket_close(struct net *n, struct net_socket **s)
{
	struct net_socket *closing = *s;

	if (closing == NULL)
		return;
	for (unsigned i = 0; i < SOCKETS_MAX; i++)
		if (n->sockets[i] == closing)
			n->sockets[i] = NULL;
	if (closing->zmq != NULL)
		ENSURE(zmq_close(closing->zmq) == 0);
	free(closing);
	*s = NULL;
}

bool net_endpoint_check(const char *endpoint, char fault_r[200])
{
	if (strlen(endpoint) >= ENDPOINT_SIZE) {
		snprintf(fault_r, 200, "an endpoint has at most %d characters", ENDPOINT_SIZE - 1);
		return false;
	}
	if (strncmp(endpoint, "ipc://", 6) == 0) {
		if (strlen(endpoint + 6) <= IPC_PATH_MAX)
			return true;
		snprintf(fault_r, 200, "a socket's path has at most %d bytes, this has %zu",
			 IPC_PATH_MAX, strlen(endpoint + 6));
		return false;
	}
	if (strncmp(endpoint, "tcp://", 6) == 0 || strncmp(endpoint, "inproc://", 9) == 0)
		return true;
	snprintf(fault_r, 200, "an endpoint begins with ipc://, tcp:// or inproc://");
	return false;
}

static int set_int(void *zmq, int name, int value)
{
	return zmq_setsockopt(zmq, name, &value, sizeof value);
}

static int set_text(void *zmq, int name, const char *value)
{
	return zmq_setsockopt(zmq, name, value, strlen(value));
}

static int set_all(void *zmq, const struct option *options, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (set_int(zmq, options[i].name, options[i].value) != 0)
			return -1;
	return 0;
}

static int set_limits(void *zmq, const struct row *row)
{
	int64_t max = (int64_t)row->max_message;

	if (set_all(zmq, common, ARRAY_LEN(common)) != 0 ||
	    set_int(zmq, ZMQ_RCVHWM, row->receive_hwm) != 0 ||
	    set_int(zmq, ZMQ_SNDHWM, row->send_hwm) != 0 ||
	    zmq_setsockopt(zmq, ZMQ_MAXMSGSIZE, &max, sizeof max) != 0)
		return -1;
	if (row->side == SERVER)
		return set_all(zmq, of_servers, ARRAY_LEN(of_servers));
	return row->side == CLIENT ? set_all(zmq, of_clients, ARRAY_LEN(of_clients)) : 0;
}

/* Without the enforced domain libzmq lets every key in. */
static int set_server_keys(void *zmq, const struct curve_keys *keys)
{
	if (set_int(zmq, ZMQ_CURVE_SERVER, 1) != 0 ||
	    set_text(zmq, ZMQ_CURVE_SECRETKEY, keys->secret_key.s) != 0 ||
	    set_text(zmq, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN) != 0)
		return -1;
	return set_int(zmq, ENFORCE_DOMAIN, 1);
}

static int set_client_keys(void *zmq, const struct net_want *want)
{
	if (set_text(zmq, ZMQ_CURVE_SERVERKEY, want->server->s) != 0 ||
	    set_text(zmq, ZMQ_CURVE_PUBLICKEY, want->keys->public_key.s) != 0)
		return -1;
	return set_text(zmq, ZMQ_CURVE_SECRETKEY, want->keys->secret_key.s);
}

static int set_keys(void *zmq, const struct row *row, const struct net_want *want)
{
	if (want->keys == NULL)
		return 0;
	return row->side == SERVER ? set_server_keys(zmq, want->keys) : set_client_keys(zmq, want);
}

/* Binds or connects to one endpoint, and notes where that was. */
static int attach(struct net_socket *s, const char *endpoint)
{
	char *at = s->endpoints[s->n_endpoints++];
	size_t size = ENDPOINT_SIZE;
	char fault[200];

	if (!net_endpoint_check(endpoint, fault)) {
		log_error("endpoint_wrong", "endpoint=%.100s fault=\"%s\"", endpoint, fault);
		return -1;
	}
	snprintf(at, ENDPOINT_SIZE, "%s", endpoint);
	if (rows[s->kind].side == CLIENT ? zmq_connect(s->zmq, endpoint) != 0
					 : zmq_bind(s->zmq, endpoint) != 0) {
		log_error("endpoint_refused", "socket=%s endpoint=%s error=\"%s\"",
			  rows[s->kind].name, endpoint, zmq_strerror(errno));
		return -1;
	}
	if (rows[s->kind].side == CLIENT)
		return 0;
	if (strncmp(endpoint, "ipc://", 6) == 0 && chmod(endpoint + 6, 0660) != 0) {
		log_error("endpoint_not_shared", "endpoint=%s error=\"%s\"", endpoint,
			  strerror(errno));
		return -1;
	}
	return zmq_getsockopt(s->zmq, ZMQ_LAST_ENDPOINT, at, &size);
}

static int set_up(struct net *n, struct net_socket *s, const struct net_want *want)
{
	const struct row *row = &rows[s->kind];

	s->zmq = zmq_socket(n->context, row->type);
	if (s->zmq == NULL || set_limits(s->zmq, row) != 0 || set_keys(s->zmq, row, want) != 0) {
		log_error("socket_not_made", "socket=%s error=\"%s\"", row->name,
			  zmq_strerror(errno));
		return -1;
	}
	for (unsigned i = 0; i < NET_ENDPOINTS; i++)
		if (want->endpoints[i] != NULL && attach(s, want->endpoints[i]) != 0)
			return -1;
	return 0;
}

static struct net_socket **free_place(struct net *n)
{
	for (unsigned i = 0; i < SOCKETS_MAX; i++)
		if (n->sockets[i] == NULL)
			return &n->sockets[i];
	return NULL;
}

struct net_socket *net_socket(struct net *n, const struct net_want *want)
{
	struct net_socket **place = free_place(n);
	struct net_socket *s = calloc(1, sizeof *s);

	ENSURE(place != NULL && s != NULL);
	s->kind = want->kind;
	*place = s;
	if (set_up(n, s, want) != 0)
		net_socket_close(n, &s);
	return s;
}

void net_linger(struct net_socket *s, int ms)
{
	ENSURE(set_int(s->zmq, ZMQ_LINGER, ms) == 0);
}

void *net_handle(const struct net_socket *s)
{
	return s->zmq;
}

const char *net_endpoint(const struct net_socket *s, unsigned i)
{
	return i < s->n_endpoints ? s->endpoints[i] : "";
}

int net_reconnect(struct net_socket *s)
{
	for (unsigned i = 0; i < s->n_endpoints; i++) {
		if (zmq_disconnect(s->zmq, s->endpoints[i]) != 0 && errno != ENOENT) {
			log_error("not_disconnected", "endpoint=%s error=\"%s\"", s->endpoints[i],
				  zmq_strerror(errno));
			return -1;
		}
		if (zmq_connect(s->zmq, s->endpoints[i]) != 0) {
			log_error("not_connected", "endpoint=%s error=\"%s\"", s->endpoints[i],
				  zmq_strerror(errno));
			return -1;
		}
	}
	return 0;
}

/* True if a frame was there; it is initialised then. */
static bool receive_frame(struct net_socket *s, zmq_msg_t *frame)
{
	zmq_msg_init(frame);
	while (zmq_msg_recv(frame, s->zmq, ZMQ_DONTWAIT) < 0) {
		if (errno == EINTR)
			continue;
		zmq_msg_close(frame);
		return false;
	}
	return true;
}

static void drop_rest(struct net_socket *s, bool more)
{
	zmq_msg_t frame;

	while (more && receive_frame(s, &frame)) {
		more = zmq_msg_more(&frame) != 0;
		zmq_msg_close(&frame);
	}
}

/* The route frame of a ROUTER. */
static enum net_got receive_route(struct net_socket *s, struct net_route *route)
{
	zmq_msg_t frame;
	size_t len;
	bool more;

	if (!receive_frame(s, &frame))
		return NET_NOTHING;
	len = zmq_msg_size(&frame);
	more = zmq_msg_more(&frame) != 0;
	if (len <= NET_ROUTE_MAX) {
		memcpy(route->id, zmq_msg_data(&frame), len);
		route->len = (uint8_t)len;
	}
	zmq_msg_close(&frame);
	if (len > 0 && len <= NET_ROUTE_MAX && more)
		return NET_GOT;
	drop_rest(s, more);
	return NET_ODD;
}

enum net_got net_receive(struct net_socket *s, struct net_message *m)
{
	bool more = true;

	m->n_frames = 0;
	m->route.len = 0;
	if (rows[s->kind].side == SERVER) {
		enum net_got got = receive_route(s, &m->route);

		if (got != NET_GOT)
			return got;
	}
	while (more && m->n_frames < ARRAY_LEN(m->msgs)) {
		zmq_msg_t *frame = &m->msgs[m->n_frames];

		if (!receive_frame(s, frame))
			break;
		more = zmq_msg_more(frame) != 0;
		m->frames[m->n_frames++] = (struct bytes){zmq_msg_data(frame), zmq_msg_size(frame)};
	}
	if (m->n_frames == 0)
		return NET_NOTHING;
	if (more) {
		drop_rest(s, more);
		net_release(m);
		return NET_ODD;
	}
	/* Present on the last frame only: the route frame has lost it after a poll. */
	m->user = zmq_msg_gets(&m->msgs[m->n_frames - 1], "User-Id");
	return NET_GOT;
}

void net_release(struct net_message *m)
{
	while (m->n_frames > 0)
		zmq_msg_close(&m->msgs[--m->n_frames]);
}

static enum net_sent sent_of_errno(const struct net_socket *s)
{
	if (errno == EHOSTUNREACH)
		return NET_GONE;
	if (errno == EAGAIN)
		return NET_FULL;
	log_error("send_failed", "socket=%s error=\"%s\"", rows[s->kind].name, zmq_strerror(errno));
	return NET_FAULT;
}

static enum net_sent send_route(struct net_socket *s, const struct net_route *to)
{
	if (to == NULL || to->len == 0)
		return NET_SENT;
	while (zmq_send(s->zmq, to->id, to->len, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		if (errno != EINTR)
			return sent_of_errno(s);
	return NET_SENT;
}

enum net_sent net_send(struct net_socket *s, const struct net_route *to, const struct bytes *frames,
		       unsigned n_frames)
{
	enum net_sent sent = send_route(s, to);

	for (unsigned i = 0; i < n_frames && sent == NET_SENT; i++) {
		int more = i + 1 < n_frames ? ZMQ_SNDMORE : 0;

		while (zmq_send(s->zmq, frames[i].data, frames[i].len, more | ZMQ_DONTWAIT) < 0)
			if (errno != EINTR)
				return sent_of_errno(s);
	}
	return sent;
}

uint8_t *net_frame(zmq_msg_t *frame, size_t len)
{
	ENSURE(zmq_msg_init_size(frame, len) == 0);
	return zmq_msg_data(frame);
}

enum net_sent net_send_frame(struct net_socket *s, const struct net_route *to, zmq_msg_t *frame)
{
	enum net_sent sent = send_route(s, to);

	while (sent == NET_SENT && zmq_msg_send(frame, s->zmq, ZMQ_DONTWAIT) < 0)
		if (errno != EINTR)
			sent = sent_of_errno(s);
	if (sent != NET_SENT)
		zmq_msg_close(frame);
	return sent;
}

bool net_readable(const struct net_socket *s)
{
	int events = 0;
	size_t size = sizeof events;

	if (zmq_getsockopt(s->zmq, ZMQ_EVENTS, &events, &size) != 0)
		return false;
	return (events & ZMQ_POLLIN) != 0;
}
