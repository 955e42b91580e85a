/*
 * A channel takes letters away: into a folder (spool.c) or to a mail server (smtp.c).
 *
 *	c->ops->send(c, &parcel)            takes a copy and acts; never blocks on the network
 *	while (c->ops->done(c, now, &d))    works on what is on its way; tells once what became of
 *	                                    each letter
 *
 * A letter may leave twice (after a crash in between), under the same Message-ID; never none while
 * it is said to be delivered.
 */
#ifndef CAIRN_NOTIFICATION_CHANNEL_H
#define CAIRN_NOTIFICATION_CHANNEL_H

#include "services/notification/settings.h"

#include "libshared/id.h"
#include "proto/notification.pb-c.h"

#include <zmq.h>

/* The most that may be on its way at once, each needs up to two descriptors: notices, and one to
 * the contact of a sink. */
#define NOTICE_SLOTS 16
#define OWNER_SLOT NOTICE_SLOTS
#define CHANNEL_SLOTS (NOTICE_SLOTS + 1)

struct parcel {
	unsigned slot; /* the caller's, free until done() gives it back */
	struct id notice;
	const char *from, *to; /* bare addresses */
	struct bytes content;
};

struct delivery {
	unsigned slot;
	Notification__Outcome outcome; /* DELIVERED, TEMPORARY, PERMANENT or BOUNCED */
	uint32_t code;                 /* the server's reply; 0: none came */
};

struct channel;

struct channel_ops {
	const char *word; /* in events: shorter than 8 */
	void (*send)(struct channel *c, const struct parcel *parcel, int64_t now_us);
	bool (*done)(struct channel *c, int64_t now_us, struct delivery *delivery_r);
	/* As in libshared/daemon.h. NULL: it waits for nothing. */
	unsigned (*items)(struct channel *c, zmq_pollitem_t *items, unsigned most);
	int64_t (*next_us)(const struct channel *c);
	/* Removes what it still holds of a letter that left. NULL: nothing. 0, or -1: logged. */
	int (*forget)(struct channel *c, struct bytes notice);
	void (*close)(struct channel **c);
};

/* The first member of every channel. */
struct channel {
	const struct channel_ops *ops;
};

/* Files DIR/NOTICE.eml, each written aside, synced and renamed. NULL: logged. */
struct channel *spool_open(const char *dir);
/* The server of the settings. NULL: logged which setting is wrong. */
struct channel *smtp_open(const struct notification_config *config);

#endif
