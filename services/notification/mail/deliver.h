/*
 * Delivering a notice: when it is tried again, and the letter that a channel takes.
 *
 * An attempt that failed for now is tried again after 1, 2, 4 ... minutes, at most 6 hours apart,
 * until 25 days after the notice was planned (or redelivered). Every attempt carries the same
 * Message-ID, made of the notice's id, so that a mailbox which gets two can tell.
 */
#ifndef CAIRN_NOTIFICATION_DELIVER_H
#define CAIRN_NOTIFICATION_DELIVER_H

#include "services/notification/mail/mime.h"
#include "services/notification/tables.h"

#include "libshared/decision.h"

#define RETRY_FOR_US (25 * US_PER_DAY)
#define UNCERTAIN_AFTER_US (600 * US_PER_S)

/* The wait after the n-th failed try of a round, n from 1. */
int64_t retry_delay_us(uint32_t tries);

/* What letters are written from, and with. */
struct writing {
	const struct view *view;
	const struct caps *caps; /* keyring and zones */
	struct mailbox from;
	const char *portal;      /* the address to sign in at; NULL: words for it */
	const char *unsubscribe; /* URL of the page that its links name; NULL: no header */
};

enum letter_ready {
	LETTER_READY,
	LETTER_ERASED,     /* there is no key to open the person with */
	LETTER_NO_ADDRESS, /* the person has none that mail can go to */
	LETTER_BAD_ADDRESS /* mail to it came back */
};

struct letter {
	const char *to;       /* the bare address */
	struct id address;    /* its mark (address.h) */
	struct bytes content; /* RFC 5322, lines end in CRLF */
};

/* The letter of a notice that is being sent. It lives in the arena, which then holds name and
 * address in the clear: it is destroyed when the channel has taken the letter, and nothing of it is
 * logged. */
enum letter_ready letter_write(const struct writing *writing, struct bytes notice,
			       const struct notice *row, struct arena *arena,
			       struct letter *letter_r);

#endif
