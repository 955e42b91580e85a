/*
 * Tables about addresses: which came back, and where a letter went.
 *
 * No address stands here: its mark is a hash under the person's own key. Two marks of one person
 * tell whether two addresses are the same one; once the key is destroyed, a mark tells nothing.
 */
#ifndef CAIRN_NOTIFICATION_TABLES_MAIL_H
#define CAIRN_NOTIFICATION_TABLES_MAIL_H

#include "services/notification/tables.h"

#define STATUS_LEN 16 /* "5.1.1", filled with zeros */

/* Mail to the address came back: none goes there until the address is another one. */
struct bounce {
	uint64_t version;
	int64_t bounced_us;
	uint8_t address[ID_LEN], notice[ID_LEN]; /* its mark; the letter that came back */
	uint32_t code, zero;                     /* the server's reply; 0: a report told it */
	char status[STATUS_LEN];                 /* of the report */
};
_Static_assert(sizeof(struct bounce) == 72, "no padding");

bool bounce_get(const struct view *v, struct bytes educator, struct bounce *row_r);
void bounce_put(struct txn *t, struct bytes educator, struct bounce *row);

struct letter_sent {
	uint64_t version;
	uint8_t address[ID_LEN]; /* mark of where it went */
};
_Static_assert(sizeof(struct letter_sent) == 24, "no padding");

/* False: it did not leave, or a release before sent it. */
bool letter_sent_get(const struct view *v, struct bytes notice, struct letter_sent *row_r);
void letter_sent_put(struct txn *t, struct bytes notice, struct letter_sent *row);

#endif
