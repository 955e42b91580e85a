/*
 * A report of non-delivery (RFC 3464) about a letter of ours, as a mail server hands it back.
 *
 * The report is a stranger's: everything is bounded, nothing of it is kept but which of our letters
 * it names and a status of RFC 3463. The letter is named by the address the report was sent to
 * (bounces+NOTICE@...), or by the Message-ID of what comes back with it; where both stand they must
 * agree.
 */
#ifndef CAIRN_CTL_DSN_H
#define CAIRN_CTL_DSN_H

#include "libshared/arena.h"
#include "libshared/id.h"

#define DSN_BYTES_MAX ((size_t)1 << 20)
#define DSN_STATUS_LEN 12

struct dsn {
	struct id notice;
	bool failed; /* given up, for some recipient; else put off, passed on or delivered */
	char status[DSN_STATUS_LEN]; /* "5.1.1": three numbers */
};

/* NULL, or a sentence why it is no such report. */
const char *dsn_read(struct bytes message, struct dsn *dsn_r);
/* The recipient is given up for good, and not for a rule (5.7) that says nothing of the mailbox. */
bool dsn_is_bounce(const struct dsn *dsn);

#endif
