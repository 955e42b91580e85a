/*
 * A peer that sends what it likes to a daemon's command socket: frames by hand, replies as heads.
 *
 *	struct net_socket *s = raw_client(&kit, "shelf", "teacher");
 *	reply = raw_ask(s, raw_head(kind, id, arena), body, arena);
 *
 * Sockets are closed with the kit.
 */
#ifndef CAIRN_TEST_RAW_PEER_H
#define CAIRN_TEST_RAW_PEER_H

#include "tests/support/daemon_kit.h"

/* A connection with these keys to that endpoint of the service. */
struct net_socket *raw_peer(struct daemon_kit *k, const char *service,
			    const struct curve_keys *keys, const char *endpoint);
/* The same as a peer of the kit, to the command socket. */
struct net_socket *raw_client(struct daemon_kit *k, const char *service, const char *peer);

/* True if it could be handed to a connection within ms. */
bool raw_send(struct net_socket *s, const struct bytes *frames, unsigned n, int ms);
/* The next reply's head, in the arena; NULL: none came within ms. */
const Cairn__ReplyHead *raw_receive(struct net_socket *s, int ms, struct arena *arena);
/* A packed Head. */
struct bytes raw_head(uint32_t kind, struct bytes id, struct arena *arena);
/* Sends both frames and waits for the reply; none is a fault of the test (ENSURE). */
const Cairn__ReplyHead *raw_ask(struct net_socket *s, struct bytes head, struct bytes body,
				struct arena *arena);

#endif
