/*
 * When mail goes to Ana, for tests: the times she chooses, and notices that come due.
 *
 *	given_digest(&kit, NOTIFICATION__DIGEST__DAILY);
 *	notice = given_notice(&kit, "one");
 *	when_due(&kit, notice);
 */
#ifndef CAIRN_TEST_TIMES_KIT_H
#define CAIRN_TEST_TIMES_KIT_H

#include "services/notification/tables.h"
#include "tests/support/notice_kit.h"

struct notice notice_row(struct kit *k, struct bytes notice);

/* ---- choosing: from and to are minutes of the day ---- */
Notification__SetMailTimes times_to_set(struct kit *k, uint32_t from, uint32_t to, const char *zone,
					Notification__Digest digest);
Cairn__Status when_times_set(struct kit *k, struct bytes actor, Notification__SetMailTimes *ask);
void given_times(struct kit *k, uint32_t from, uint32_t to, const char *zone,
		 Notification__Digest digest);
void given_digest(struct kit *k, Notification__Digest digest);

/* Ana enrolled: the notice of it. */
struct bytes given_notice(struct kit *k, const char *name);
/* What the daemon does when the notice is due: the clock goes on until then. */
void when_due(struct kit *k, struct bytes notice);
/* By the mail server. */
void when_taken(struct kit *k, struct bytes notice);

#endif
