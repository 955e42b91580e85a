/*
 * The door of every socket: ZeroMQ asks this handler, for each connection, whether the client's key
 * may come in (ZAP 1.0, RFC 27). A known key gets its peer's name as User-Id; all else is refused.
 *
 * The handler is one more socket in the loop and is made before any server socket. It answers at
 * the handshake only: what a connected peer may do is looked up for each message (peers.h).
 *
 * libzmq 4.3.4 lets every key in when no handler is heard, so a daemon that has bound its sockets
 * calls zap_self_test() and does not start unless a random key is refused at each.
 */
#ifndef CAIRN_ZAP_H
#define CAIRN_ZAP_H

#include "libshared/net.h"
#include "libshared/peers.h"

struct zap;

/* NULL: logged. */
struct zap *zap_open(struct net *net);
void zap_close(struct zap **z); /* before net_close() */
struct net_socket *zap_socket(const struct zap *z);
/* Answers what is asked now. */
void zap_turn(struct zap *z, const struct peers *peers);

struct zap_counts {
	uint64_t accepted, refused;
};
struct zap_counts zap_counts(const struct zap *z);

/* Connects to endpoint number i of s with a random key, answering ZAP meanwhile from peers. 0: the
 * key was refused; -1: logged, and the daemon must not run. */
int zap_self_test(struct zap *z, const struct peers *peers, const struct net_socket *s, unsigned i,
		  const struct key_text *server) MUST_CHECK;

#endif
