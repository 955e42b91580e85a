/*
 * The last mile as real daemons: cairn-issuance between cairn-enrollment, which knows the educators
 * and their licenses of Tennessee, and cairn-told, which releases decisions in the place of
 * cairn-assessment; cairn-notification beside them. Each may be killed and started at any moment.
 *
 *	mile_open(&m, 2000);            places for so many credentials
 *	mile_release(&m, 50);           so many more decisions are released
 *	mile_revoke(&m, 10);            as soon as that many more credentials are known
 *	mile_kill(&m, "issuance");      and starts it again
 *	mile_settle(&m);                until issuance has issued all, and notification heard of it
 *	mile_write_stream(&m, path);    issuance's own public stream
 *	mile_close(&m);                 stops all; issuance's tables are rebuilt and compared
 */
#ifndef CAIRN_INTEGRATION_MILE_H
#define CAIRN_INTEGRATION_MILE_H

#include "tests/bench/roster.h"
#include "tests/support/daemon_kit.h"

struct mile {
	struct daemon_kit daemons;
	const char *words[KIT_WORDS]; /* settings of notification; NULL at the end */
	struct client *enrollment, *told, *issuance;
	struct arena *arena; /* for what is being sent */
	struct roster roster;
	size_t n, n_released;
	struct follower *issued; /* issuance's log */
	struct position at;
	struct id *credentials; /* in the order in which they were issued */
	size_t n_credentials, n_touched;
};

/* Without daemons: peers (daemon_kit_peer) and words may still be added. */
void mile_open(struct mile *m, size_t n);
void mile_start(struct mile *m);
void mile_close(struct mile *m);

void mile_release(struct mile *m, size_t n);
void mile_revoke(struct mile *m, size_t n);
/* The next credential is suspended and reinstated. */
void mile_shake(struct mile *m);
void mile_kill(struct mile *m, const char *service);
/* As many more decisions are released while issuance is down: it issues them in few commits. */
void mile_burst(struct mile *m, size_t n);
void mile_settle(struct mile *m);
/* "SEQUENCE|ID|TYPE|SUBJECT", a line each. Issuance may run. */
void mile_write_stream(struct mile *m, const char *path);

#endif
