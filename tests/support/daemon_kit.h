/*
 * Real daemons in a fresh directory: keys and peers made, started and told to be ready, asked,
 * followed, stopped or killed.
 *
 *	static struct daemon_kit kit;
 *	daemon_kit_open(&kit);                        (setup)
 *	daemon_kit_start(&kit, "enrollment", NULL);   cairn-enrollment dir=DIR; waits until ready
 *	struct client *c = daemon_kit_client(&kit, "enrollment", "cairnctl");
 *	status = daemon_kit_ask(&kit, c, &(struct ask){...}, &answer);
 *	daemon_kit_kill(&kit, "enrollment");          SIGKILL; start it again whenever
 *	daemon_kit_stop(&kit, "enrollment");          SIGTERM; it must drain and end with 0
 *	daemon_kit_close(&kit);                       (teardown) kills the rest, removes DIR
 *
 * Peers are there from the beginning, each with a key (kit_peers in daemon_kit.c): the five
 * services and shelf and copy (follow; issuance, notification and copy with names, notification
 * with delivers), gateway (portal, asserts, names), cairnctl (every role of a person), reader
 * (follow), teacher (portal), tncompass (licensure, scope TN). daemon_kit_peer() adds more; running
 * daemons hear of it by daemon_kit_reload().
 *
 * Everything waits with a limit and stops the test by ENSURE when that passes. Daemons write to
 * DIR/NAME.err; daemon_kit_close() prints those files when $CAIRN_TEST_VERBOSE is set. Binaries are
 * those of the build, or of $CAIRN_BIN_DIR.
 */
#ifndef CAIRN_TEST_DAEMON_KIT_H
#define CAIRN_TEST_DAEMON_KIT_H

#include "libshared/client.h"
#include "libshared/follower.h"
#include "tests/support/place.h"
#include "tests/support/process.h"

#define KIT_DAEMONS 8
#define KIT_WORDS 12
#define KIT_WAIT_MS 30000 /* until ready, until ended, for an answer */

struct daemon_kit {
	struct place place;
	struct net *net;
	uint64_t files; /* descriptors of daemons started from now on; 0: no limit of ours */
	struct kit_daemon {
		char name[32];
		struct process process;
	} daemons[KIT_DAEMONS];
};

void daemon_kit_open(struct daemon_kit *k);
void daemon_kit_close(struct daemon_kit *k);

/* words: more settings, NULL at the end; or NULL. Waits until it is ready. */
void daemon_kit_start(struct daemon_kit *k, const char *service, const char *const *words);
/* The same without waiting: what the daemon does at start is the test's. */
struct process *daemon_kit_spawn(struct daemon_kit *k, const char *service,
				 const char *const *words);
void daemon_kit_stop(struct daemon_kit *k, const char *service);
void daemon_kit_kill(struct daemon_kit *k, const char *service);
/* SIGHUP. */
void daemon_kit_reload(struct daemon_kit *k, const char *service);
/* NULL: it was never started. */
struct process *daemon_kit_process(struct daemon_kit *k, const char *service);

/* A key, and a line in DIR/peers. */
void daemon_kit_peer(struct daemon_kit *k, const char *name, const char *roles, const char *scope);
/* Takes the line of that peer out of DIR/peers. */
void daemon_kit_revoke(struct daemon_kit *k, const char *name);
struct curve_keys daemon_kit_keys(const struct daemon_kit *k, const char *name);
struct key_text daemon_kit_public(const struct daemon_kit *k, const char *name);
/* "ipc://DIR/run/SERVICE.s" (what: 's') or ".l"; borrowed as place_path() is. */
const char *daemon_kit_endpoint(const struct daemon_kit *k, const char *service, char what);
/* A port of loopback that nobody has: below the kernel's own, which any connection may be given,
 * and another one in each process. */
uint16_t daemon_kit_free_port(void);
/* Part of what a daemon has written to standard error is this text. */
bool daemon_kit_said(const struct daemon_kit *k, const char *service, const char *text);

/* A connection as that peer. client_close(), follower_close() before daemon_kit_close(). */
struct client *daemon_kit_client(struct daemon_kit *k, const char *service, const char *peer);
/* Waits for the answer, KIT_WAIT_MS at most. */
Cairn__Status daemon_kit_ask(struct client *c, const struct ask *ask,
			     struct client_answer *answer_r);
/* Fills in net, endpoint, stream ("SERVICE.0.log" when NULL), keys and server, and opens. */
struct follower *daemon_kit_follow(struct daemon_kit *k, const char *service, const char *peer,
				   struct follower_options options);
/* Turns one loop around the follower's socket, ms at most. */
void daemon_kit_turn(struct follower *f, int ms);

#endif
