/*
 * Tables about addresses (which came back, where a letter went) and about when mail goes out.
 *
 * No address stands here: its mark is a hash under the person's own key. Two marks of one person
 * tell whether two addresses are the same one; once the key is destroyed, a mark tells nothing.
 */
#ifndef CAIRN_NOTIFICATION_TABLES_MAIL_H
#define CAIRN_NOTIFICATION_TABLES_MAIL_H

#include "services/notification/tables.h"

#include "libshared/decision.h"
#include "libshared/zone.h"

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

/* ---- when mail goes out ---- */

#define ZONE_LEN 40 /* "America/Chicago", filled with zeros; empty: the agency's */

/* No row: at any time, each notice by itself. */
struct mail_times {
	uint64_t version;
	uint16_t quiet_from, quiet_to; /* minutes of the day; equal: none */
	uint16_t digest, zero;         /* Notification__Digest */
	char zone[ZONE_LEN];
};
_Static_assert(sizeof(struct mail_times) == 56, "no padding");

/* Zeros when there is no row. */
struct mail_times mail_times_of(const struct view *v, struct bytes educator);
void mail_times_put(struct txn *t, struct bytes educator, struct mail_times *row);
/* The person's own zone, else the agency's; NULL: UTC. */
const struct zone *zone_of(const struct view *v, const struct caps *caps,
			   const struct mail_times *times, struct arena *arena);

/* The last letter that nudges, by itself or in a digest, as it left. */
struct nudged {
	uint64_t version;
	int64_t sent_us;
	uint8_t notice[ID_LEN];
};
_Static_assert(sizeof(struct nudged) == 32, "no padding");

bool nudged_get(const struct view *v, struct bytes educator, struct nudged *row_r);
void nudged_put(struct txn *t, struct bytes educator, struct nudged *row);

#define MEMBERS_MOST 40 /* of one digest; what comes then makes another one */

/* A digest is a notice of its own; its members are held until it goes. */
struct scan members_of(const struct view *v, struct bytes digest);
struct bytes member_of_key(struct bytes key);
bool gathered_in(const struct view *v, struct bytes notice, struct id *digest_r);
void member_put(struct txn *t, struct bytes digest, struct bytes notice);
void member_drop(struct txn *t, struct bytes notice);
/* The digest of the person that has not begun to leave. */
bool gathering_get(const struct view *v, struct bytes educator, struct id *digest_r);
void gathering_put(struct txn *t, struct bytes educator, struct bytes digest);
void gathering_end(struct txn *t, struct bytes educator, struct bytes digest);

#endif
