/*
 * Letters as RFC 5322 wants them: headers, a subject in RFC 2047 words, a quoted-printable UTF-8
 * body, lines that end in CRLF and are short.
 *
 * Nothing that is put into a header can start another one: control characters become spaces, and an
 * address is taken only if mailbox_is_sound() said so.
 */
#ifndef CAIRN_NOTIFICATION_MIME_H
#define CAIRN_NOTIFICATION_MIME_H

#include "libshared/arena.h"

struct mailbox {
	const char *name; /* for people, UTF-8; "" or NULL: none */
	const char *address;
};

/* "Cairn <no-reply@cairn.example>", or the bare address; the parts live in the arena. False:
 * neither. */
bool mailbox_of_text(const char *text, struct arena *arena, struct mailbox *mailbox_r) MUST_CHECK;
/* local@domain of plain ASCII, without quoting, at most 254 characters. */
bool address_is_sound(const char *address);
/* What follows the @ of a sound address. */
const char *address_domain(const char *address);

struct mail {
	struct mailbox from, to;
	const char *subject, *body; /* UTF-8, lines of the body end in \n */
	const char *language;       /* of both: "en" */
	int64_t date_us;
	const char *id;          /* left of the @ in Message-ID; the right is the domain of from */
	const char *unsubscribe; /* URL that a POST switches off at (RFC 8058), or NULL */
};

struct bytes mail_compose(const struct mail *mail, struct arena *arena);

#endif
