/* The ZAP 1.0 handler in the loop, and the proof that it is heard. */
#include "libshared/zap.h"

#include "libshared/clock.h"
#include "libshared/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define FRAMES_MAX 8 /* version, id, domain, address, identity, mechanism, key; one more is odd */
#define SELF_TEST_US (5 * US_PER_S)

struct zap {
	struct net *net;
	struct net_socket *socket;
	struct zap_counts counts;
	int64_t logged_us; /* one line a second about refusals */
	unsigned n_tests;
	bool testing; /* a refusal is what we want */
};

enum frame { VERSION, REQUEST_ID, DOMAIN, ADDRESS, IDENTITY, MECHANISM, CREDENTIALS, N_FRAMES };

struct zap_request {
	unsigned n_frames;
	zmq_msg_t frames[FRAMES_MAX];
};

struct zap *zap_open(struct net *net)
{
	struct zap *z = calloc(1, sizeof *z);

	ENSURE(z != NULL);
	z->net = net;
	z->socket =
		net_socket(net, &(struct net_want){.kind = NET_ZAP, .endpoints = {ZAP_ENDPOINT}});
	if (z->socket == NULL)
		zap_close(&z);
	return z;
}

void zap_close(struct zap **z)
{
	if (*z == NULL)
		return;
	net_socket_close((*z)->net, &(*z)->socket);
	free(*z);
	*z = NULL;
}

struct net_socket *zap_socket(const struct zap *z)
{
	return z->socket;
}

struct zap_counts zap_counts(const struct zap *z)
{
	return z->counts;
}

/* True if a request was there. Frames beyond the known ones are counted and dropped. */
static bool receive(struct zap *z, struct zap_request *r)
{
	int more = 1;

	for (r->n_frames = 0; more;) {
		/* Past the last known frame the same place is used again. */
		zmq_msg_t *frame = &r->frames[r->n_frames];

		zmq_msg_init(frame);
		if (zmq_msg_recv(frame, net_handle(z->socket), ZMQ_DONTWAIT) < 0) {
			zmq_msg_close(frame);
			if (errno == EINTR)
				continue;
			return false;
		}
		more = zmq_msg_more(frame);
		if (r->n_frames + 1 < FRAMES_MAX)
			r->n_frames++;
		else
			zmq_msg_close(frame);
	}
	return true;
}

static struct bytes frame_of(struct zap_request *r, enum frame i)
{
	if (i >= r->n_frames)
		return BYTES_NONE;
	return (struct bytes){zmq_msg_data(&r->frames[i]), zmq_msg_size(&r->frames[i])};
}

/* The peer that asks to come in, or NULL. */
static const struct peer *peer_of_request(struct zap_request *r, const struct peers *peers)
{
	struct bytes key = frame_of(r, CREDENTIALS);

	if (r->n_frames != N_FRAMES || key.len != KEY_LEN ||
	    !bytes_equal(frame_of(r, VERSION), bytes_of_text("1.0")) ||
	    !bytes_equal(frame_of(r, MECHANISM), bytes_of_text("CURVE")))
		return NULL;
	return peer_by_key(peers, key.data);
}

static void note_refusal(struct zap *z, struct bytes address)
{
	int64_t now_us = clock_mono_us();

	if (z->testing)
		return;
	z->counts.refused++;
	if (now_us - z->logged_us < US_PER_S && z->logged_us != 0)
		return;
	z->logged_us = now_us;
	log_warn("key_refused", "address=%.*s refused=%llu", (int)MIN(address.len, (size_t)64),
		 address.len > 0 ? (const char *)address.data : "",
		 (unsigned long long)z->counts.refused);
}

static void answer_request(struct zap *z, struct zap_request *r, const struct peer *peer)
{
	struct bytes frames[] = {
		bytes_of_text("1.0"),
		frame_of(r, REQUEST_ID),
		bytes_of_text(peer != NULL ? "200" : "400"),
		bytes_of_text(peer != NULL ? "OK" : "unknown key"),
		bytes_of_text(peer != NULL ? peer->name : ""),
		BYTES_NONE,
	};

	if (net_send(z->socket, NULL, frames, ARRAY_LEN(frames)) != NET_SENT)
		log_error("zap_not_answered", "error=\"%s\"", zmq_strerror(errno));
}

void zap_turn(struct zap *z, const struct peers *peers)
{
	struct zap_request r;

	while (receive(z, &r)) {
		const struct peer *peer = peer_of_request(&r, peers);

		if (peer != NULL)
			z->counts.accepted++;
		else
			note_refusal(z, frame_of(&r, ADDRESS));
		answer_request(z, &r, peer);
		while (r.n_frames > 0)
			zmq_msg_close(&r.frames[--r.n_frames]);
	}
}

/* The next thing the stranger's socket tells of its handshake; 0: nothing yet. */
static uint16_t next_event(void *monitor)
{
	uint8_t data[6];
	uint16_t event;
	char rest[256];
	int more = 0;
	size_t size = sizeof more;

	if (zmq_recv(monitor, data, sizeof data, ZMQ_DONTWAIT) < (int)sizeof data)
		return 0;
	memcpy(&event, data, sizeof event);
	while (zmq_getsockopt(monitor, ZMQ_RCVMORE, &more, &size) == 0 && more)
		if (zmq_recv(monitor, rest, sizeof rest, ZMQ_DONTWAIT) < 0)
			break;
	return event;
}

/* Serves ZAP until the stranger knows. */
static uint16_t await_verdict(struct zap *z, const struct peers *peers, void *monitor)
{
	int64_t until_us = clock_mono_us() + SELF_TEST_US;
	zmq_pollitem_t items[] = {{net_handle(z->socket), 0, ZMQ_POLLIN, 0},
				  {monitor, 0, ZMQ_POLLIN, 0}};
	uint16_t event = 0;

	while (event == 0 && clock_mono_us() < until_us) {
		if (zmq_poll(items, ARRAY_LEN(items), 100) < 0 && errno != EINTR)
			break;
		zap_turn(z, peers);
		event = next_event(monitor);
	}
	return event;
}

/* A socket that hears what becomes of the handshakes of s. */
static struct net_socket *watch_handshake(struct zap *z, struct net_socket *s)
{
	char at[64];

	snprintf(at, sizeof at, "inproc://zap-self-test-%u", z->n_tests++);
	if (zmq_socket_monitor(net_handle(s), at,
			       ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) !=
	    0)
		return NULL;
	return net_socket(z->net, &(struct net_want){.kind = NET_WATCH, .endpoints = {at}});
}

int zap_self_test(struct zap *z, const struct peers *peers, const struct net_socket *s, unsigned i,
		  const struct key_text *server)
{
	struct curve_keys random;
	uint16_t event = 0;

	keys_random(&random);
	struct net_socket *stranger =
		net_socket(z->net, &(struct net_want){.kind = NET_CLIENT,
						      .keys = &random,
						      .server = server,
						      .endpoints = {net_endpoint(s, i)}});
	struct net_socket *watch = stranger != NULL ? watch_handshake(z, stranger) : NULL;

	z->testing = true;
	if (watch != NULL) {
		event = await_verdict(z, peers, net_handle(watch));
		zmq_socket_monitor(net_handle(stranger), NULL, 0);
	}
	z->testing = false;
	if (event != ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
		log_error("stranger_not_refused",
			  "endpoint=%s event=%#x remedy=\"this libzmq must not be used\"",
			  net_endpoint(s, i), (unsigned)event);
	net_socket_close(z->net, &watch);
	net_socket_close(z->net, &stranger);
	return event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH ? 0 : -1;
}
