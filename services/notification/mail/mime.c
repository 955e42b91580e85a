/* Letters as RFC 5322 wants them: headers, encoded words, a quoted-printable body. */
#include "services/notification/mail/mime.h"

#include "libshared/zone.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define ADDRESS_MAX 254
#define LOCAL_MAX 64
#define PLAIN_HEADER_MAX 60 /* characters of text that need no folding behind any of our names */
#define WORD_BYTES 39 /* of text in one encoded word: with "Subject: " before it 76 characters */
#define QP_LINE 75    /* characters before a soft line break */

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* ---- addresses ---- */

/* Atoms of the given characters with single dots between them. */
static bool is_dotted(const char *text, size_t len, const char *allowed)
{
	bool after_dot = true;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.' ? after_dot : strchr(allowed, text[i]) == NULL)
			return false;
		after_dot = text[i] == '.';
	}
	return !after_dot;
}

bool address_is_sound(const char *address)
{
	const char *at = strchr(address, '@');

	if (at == NULL || strlen(address) > ADDRESS_MAX || at - address > LOCAL_MAX)
		return false;
	return is_dotted(address, (size_t)(at - address), ALNUM "!#$%&'*+-/=?^_`{|}~") &&
	       is_dotted(at + 1, strlen(at + 1), ALNUM "-");
}

const char *address_domain(const char *address)
{
	const char *at = strchr(address, '@');

	ENSURE(at != NULL);
	return at + 1;
}

static struct bytes trimmed(const char *text, size_t len)
{
	while (len > 0 && text[0] == ' ')
		text++, len--;
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return (struct bytes){(const uint8_t *)text, len};
}

bool mailbox_of_text(const char *text, struct arena *arena, struct mailbox *mailbox_r)
{
	const char *open = strchr(text, '<');
	size_t len = strlen(text);
	struct mailbox m;

	if (open == NULL) {
		m = (struct mailbox){"", arena_text(arena, trimmed(text, len))};
	} else {
		if (len == 0 || text[len - 1] != '>')
			return false;
		m.name = arena_text(arena, trimmed(text, (size_t)(open - text)));
		m.address = arena_text(arena, trimmed(open + 1, len - (size_t)(open - text) - 2));
	}
	if (!address_is_sound(m.address))
		return false;
	*mailbox_r = m;
	return true;
}

/* ---- headers ---- */

/* One line: whatever could end it becomes a space. */
static char *one_line(const char *text, struct arena *arena)
{
	char *line = arena_text(arena, bytes_of_text(text));

	for (char *c = line; *c != '\0'; c++)
		if ((uint8_t)*c < ' ' || *c == 0x7f)
			*c = ' ';
	return line;
}

static bool is_plain(const char *line)
{
	for (const char *c = line; *c != '\0'; c++)
		if ((uint8_t)*c >= 0x80)
			return false;
	return strlen(line) <= PLAIN_HEADER_MAX && strstr(line, "=?") == NULL;
}

/* How many of the bytes at text, at most WORD_BYTES, end with a whole character. */
static size_t word_end(const char *text, size_t len)
{
	size_t end = MIN(len, (size_t)WORD_BYTES);

	while (end < len && end > 1 && ((uint8_t)text[end] & 0xc0) == 0x80)
		end--;
	return end;
}

/* RFC 2047: words of base64, each of whole characters, one a line. */
static char *encoded_words(const char *line, struct arena *arena)
{
	char *out = arena_text(arena, BYTES_NONE);
	size_t len = strlen(line);

	while (len > 0) {
		char word[sodium_base64_ENCODED_LEN(WORD_BYTES, sodium_base64_VARIANT_ORIGINAL)];
		size_t end = word_end(line, len);

		sodium_bin2base64(word, sizeof word, (const uint8_t *)line, end,
				  sodium_base64_VARIANT_ORIGINAL);
		out = arena_printf(arena, "%s%s=?UTF-8?B?%s?=", out, out[0] != '\0' ? "\r\n " : "",
				   word);
		line += end;
		len -= end;
	}
	return out;
}

static char *header_text(const char *text, struct arena *arena)
{
	char *line = one_line(text, arena);

	return is_plain(line) ? line : encoded_words(line, arena);
}

/* A phrase and the address; what a phrase may not hold as it is gets encoded. */
static char *header_mailbox(const struct mailbox *m, struct arena *arena)
{
	char *name = one_line(m->name != NULL ? m->name : "", arena);

	if (trimmed(name, strlen(name)).len == 0)
		return arena_printf(arena, "%s", m->address);
	if (is_plain(name) && strspn(name, ALNUM " !#$%&'*+-/=?^_`{|}~") == strlen(name))
		return arena_printf(arena, "%s <%s>", name, m->address);
	return arena_printf(arena, "%s\r\n <%s>", encoded_words(name, arena), m->address);
}

static char *header_date(int64_t at_us, struct arena *arena)
{
	static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t day = at_us / US_PER_DAY, second = at_us % US_PER_DAY / US_PER_S;
	struct civil c = civil_of_day(day);

	return arena_printf(arena,
			    "%s, %02d %s %04d %02" PRId64 ":%02" PRId64 ":%02" PRId64 " +0000",
			    days[weekday_of_day(day)], c.day, months[c.month - 1], c.year,
			    second / 3600, second / 60 % 60, second % 60);
}

/* ---- the body ---- */

struct qp {
	char *out;
	size_t len, column;
};

static void qp_put(struct qp *qp, const char *text, size_t len)
{
	memcpy(qp->out + qp->len, text, len);
	qp->len += len;
	qp->column += len;
}

/* A unit is never split: a character as it is, or =XX. */
static void qp_unit(struct qp *qp, const char *unit, size_t len)
{
	if (qp->column + len > QP_LINE) {
		qp_put(qp, "=\r\n", 3);
		qp->column = 0;
	}
	qp_put(qp, unit, len);
}

static bool qp_as_it_is(const char *c, size_t column)
{
	if (*c == ' ' || *c == '\t')
		return c[1] != '\n' && c[1] != '\0';
	if (column == 0 && (*c == '.' || *c == 'F'))
		return false; /* what some relays mangle at the start of a line */
	return *c > ' ' && *c <= '~' && *c != '=';
}

/* Every byte takes at most 3 characters, and every 72 of those a break of 3. */
static struct bytes quoted_printable(const char *text, struct arena *arena)
{
	size_t room = strlen(text) * 4 + 16;
	struct qp qp = {.out = arena_alloc(arena, room)};
	char hex[4];

	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\n') {
			qp_put(&qp, "\r\n", 2);
			qp.column = 0;
		} else if (qp_as_it_is(c, qp.column)) {
			qp_unit(&qp, c, 1);
		} else {
			snprintf(hex, sizeof hex, "=%02X", (unsigned)(uint8_t)*c);
			qp_unit(&qp, hex, 3);
		}
	}
	if (qp.column > 0)
		qp_put(&qp, "\r\n", 2);
	ENSURE(qp.len <= room);
	return (struct bytes){(const uint8_t *)qp.out, qp.len};
}

struct bytes mail_compose(const struct mail *mail, struct arena *arena)
{
	struct bytes body = quoted_printable(mail->body, arena);
	char *unsubscribe =
		mail->unsubscribe == NULL
			? arena_text(arena, BYTES_NONE)
			: arena_printf(arena,
				       "List-Unsubscribe: <%s>\r\n"
				       "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
				       one_line(mail->unsubscribe, arena));
	char *head = arena_printf(
		arena,
		"Date: %s\r\n"
		"From: %s\r\n"
		"To: %s\r\n"
		"Subject: %s\r\n"
		"Message-ID: <%s@%s>\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"Content-Language: %s\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"%s\r\n",
		header_date(mail->date_us, arena), header_mailbox(&mail->from, arena),
		header_mailbox(&mail->to, arena), header_text(mail->subject, arena), mail->id,
		address_domain(mail->from.address), mail->language, unsubscribe);
	struct bytes headers = bytes_of_text(head);
	uint8_t *whole = arena_alloc(arena, headers.len + body.len);

	memcpy(whole, headers.data, headers.len);
	memcpy(whole + headers.len, body.data, body.len);
	return (struct bytes){whole, headers.len + body.len};
}
