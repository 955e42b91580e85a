/*
 * cairn-issuance as a real daemon over tables that a kit filled: many credentials of one key, each
 * with an educator and a license. It is killed and started at will, and its log is read beside it.
 *
 *	populated_open(&p, n, finish);   n credentials; finish: what the kit does last, or NULL
 *	populated_start(&p);
 *	populated_ask(&p, &query.base);
 *	daemon_kit_kill(&p.daemons, "issuance"); populated_start(&p);
 *	populated_end(&p);               stops it: tables rebuilt from its log equal its own
 *	populated_close(&p);
 */
#ifndef CAIRN_INTEGRATION_POPULATED_H
#define CAIRN_INTEGRATION_POPULATED_H

#include "proto/issuance.pb-c.h"
#include "tests/support/daemon_kit.h"
#include "tests/support/stack_kit.h"

#define CREDENTIALS 2500 /* at most */

struct populated {
	struct daemon_kit daemons;
	struct client *client;
	struct arena *arena;
	size_t n;
	struct id credentials[CREDENTIALS], educators[CREDENTIALS]; /* each list sorted */
	struct id last_license; /* in the order of ids, as sweeps go */
	char key[100];          /* that signed them */
};

void populated_open(struct populated *p, size_t n, void (*finish)(struct kit *k));
void populated_close(struct populated *p);
/* Waits until it is ready. */
void populated_start(struct populated *p);
void populated_end(struct populated *p);
/* Back to what populated_open() made. The daemon does not run. */
void populated_reset(struct populated *p);

/* The answer must come, and be OK. NULL: there is no body. */
const Issuance__Answer *populated_ask(struct populated *p, const ProtobufCMessage *message);

/* Its log, whether it runs or not. */
uint64_t populated_seq(struct populated *p);
typedef void event_fn(void *ctx, const Issuance__Event *event);
void populated_each(struct populated *p, Issuance__Event__BodyCase kind, event_fn *fn, void *ctx);

#endif
