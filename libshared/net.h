/*
 * Sockets of libzmq, made in one function from a table of kinds: create, set every option, then
 * bind or connect. What the table fixes (limits, heartbeats, CURVE, the ZAP domain) no caller can
 * forget.
 *
 *	struct net *net = net_open(1);
 *	struct net_socket *s = net_socket(net, &(struct net_want){.kind = NET_COMMANDS, ...});
 *	while (net_receive(s, &m) == NET_GOT) { ... net_send(s, &m.route, frames, 2); ... }
 *	net_close(&net);       closes all of them: nothing else does
 *
 * Messages are one or two frames. Servers are ROUTERs: a message tells by which route it came, and
 * a reply names that route. A route dies with its connection; who a peer is comes from m.user, the
 * name that ZAP gave its key (peers.h), never from the route.
 *
 * A unix socket is open to its owner and group (0660): daemons of other users share a group.
 *
 * Nothing here blocks. One thread owns all sockets of a net.
 */
#ifndef CAIRN_NET_H
#define CAIRN_NET_H

#include "libshared/keys.h"

#include <zmq.h>

#define NET_ENDPOINTS 3 /* of one socket */
#define NET_ROUTE_MAX                                                                              \
	31 /* libzmq makes 5; a peer that sets a longer one of its own is not heard                \
	    */
#define NET_COMMAND_MAX ((size_t)1 << 20) /* bytes of a frame to the command socket */
/* Bytes of a Batch. A commit goes whole: 1,024 small inputs may have caused a signed document each.
 */
#define NET_BATCH_MAX ((size_t)64 << 20)
#define NET_FOLLOW_MAX ((size_t)16 << 10) /* bytes of a frame to the log socket */

enum net_kind {
	NET_ZAP,      /* REP inproc: decides who may connect (zap.h) */
	NET_COMMANDS, /* ROUTER: commands, queries, replies */
	NET_LOG,      /* ROUTER: the follow protocol; credit bounds what is queued */
	NET_CLIENT,   /* DEALER to a NET_COMMANDS */
	NET_FOLLOWER, /* DEALER to a NET_LOG */
	NET_WATCH     /* PAIR inproc: hears a socket's monitor (zap.c) */
};

struct net;
struct net_socket;

struct net_want {
	enum net_kind kind;
	const char *endpoints[NET_ENDPOINTS]; /* those that are not NULL; "tcp://...:*" takes a free
						 port */
	const struct curve_keys *keys; /* ours. NULL: in the clear, only for inproc and benches */
	const struct key_text *server; /* public key of the other side; NULL for servers */
};

/* NULL: logged. */
struct net *net_open(int io_threads);
void net_close(struct net **n);

/* NULL: logged. An option that libzmq refuses, a socket path of more than 107 bytes and an address
 * in use are faults. */
struct net_socket *net_socket(struct net *n, const struct net_want *want);
void net_socket_close(struct net *n, struct net_socket **s);
/* What is still queued when the socket is closed is sent for so long; else it is dropped. */
void net_linger(struct net_socket *s, int ms);
/* For zmq_poll() and for zap.c, which speaks in more frames. */
void *net_handle(const struct net_socket *s);
/* Where the socket was really bound, number i; "" when there is no such endpoint. */
const char *net_endpoint(const struct net_socket *s, unsigned i);
/* A client that hears nothing drops its connection and makes a new one. Needed also after a refused
 * key: libzmq does not try again then. 0, or -1: logged. */
int net_reconnect(struct net_socket *s) MUST_CHECK;
/* False: not an endpoint that can be bound or connected to; fault_r says why. */
bool net_endpoint_check(const char *endpoint, char fault_r[200]) MUST_CHECK;

struct net_route {
	uint8_t len; /* 0: of a client's socket, which has one peer */
	uint8_t id[NET_ROUTE_MAX];
};

struct net_message {
	struct net_route route;
	const char *user; /* peer name; NULL in the clear. Borrowed until net_release() */
	unsigned n_frames;
	struct bytes frames[2];
	zmq_msg_t msgs[2];
};

enum net_got {
	NET_NOTHING,
	NET_GOT, /* net_release() it */
	NET_ODD  /* not one or two frames, or an odd route: dropped whole */
};
enum net_got net_receive(struct net_socket *s, struct net_message *m);
void net_release(struct net_message *m);

enum net_sent {
	NET_SENT,
	NET_GONE, /* the route is no more */
	NET_FULL, /* its queue is full, or a client is not connected: try later */
	NET_FAULT /* logged */
};
/* Copies the frames. */
enum net_sent net_send(struct net_socket *s, const struct net_route *to, const struct bytes *frames,
		       unsigned n_frames);

/* One large frame, written in place: net_frame() gives its bytes, net_send_frame() takes it over,
 * whatever it returns. */
uint8_t *net_frame(zmq_msg_t *frame, size_t len);
enum net_sent net_send_frame(struct net_socket *s, const struct net_route *to, zmq_msg_t *frame);

/* True if the socket has something to receive. */
bool net_readable(const struct net_socket *s);

#endif
