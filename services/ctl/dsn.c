/* A report of non-delivery: its fields, its parts, and the letter it is about. */
#include "services/ctl/dsn.h"

#include <string.h>
#include <strings.h>

#define VALUE_MAX 1000 /* of a field; what is longer is cut */
#define NAME_MAX_LEN 40
#define BOUNDARY_MAX 70 /* RFC 2046 */
#define PARTS_MOST 20
#define FIELDS_MOST 1000
#define HEX_LEN (2 * ID_LEN)

/* What is left of a message, or of a part of it. */
struct cursor {
	const char *at, *end;
};

/* A field of a header, on one line. */
struct field {
	char name[NAME_MAX_LEN + 1], value[VALUE_MAX + 1];
};

/* ---- lines and fields ---- */

/* Without its end. False: there is none. */
static bool next_line(struct cursor *c, struct bytes *line_r)
{
	const char *end;
	size_t len;

	if (c->at == c->end)
		return false;
	end = memchr(c->at, '\n', (size_t)(c->end - c->at));
	len = (size_t)((end != NULL ? end : c->end) - c->at);
	*line_r = (struct bytes){(const uint8_t *)c->at, len};
	c->at += end != NULL ? len + 1 : len;
	if (len > 0 && line_r->data[len - 1] == '\r')
		line_r->len--;
	return true;
}

static void add_text(char *to, size_t most, struct bytes text)
{
	size_t have = strlen(to);

	for (size_t i = 0; i < text.len && have < most; i++)
		to[have++] = text.data[i] < ' ' ? ' ' : (char)text.data[i];
	to[have] = '\0';
}

static bool goes_on(const struct cursor *c)
{
	return c->at < c->end && (*c->at == ' ' || *c->at == '\t');
}

/* False at the empty line, or at the end. A line that is no field ("From ..." of a mailbox) has an
 * empty name. */
static bool next_field(struct cursor *c, struct field *f)
{
	struct bytes line;
	const uint8_t *colon;

	*f = (struct field){.name = ""};
	if (!next_line(c, &line) || line.len == 0)
		return false;
	colon = memchr(line.data, ':', line.len);
	if (colon != NULL && colon - line.data <= NAME_MAX_LEN) {
		size_t len = (size_t)(colon - line.data);

		add_text(f->name, NAME_MAX_LEN, (struct bytes){line.data, len});
		add_text(f->value, VALUE_MAX, (struct bytes){colon + 1, line.len - len - 1});
	}
	while (goes_on(c) && next_line(c, &line))
		add_text(f->value, VALUE_MAX, line);
	return true;
}

static bool is_named(const struct field *f, const char *name)
{
	return strcasecmp(f->name, name) == 0;
}

static const char *past_spaces(const char *text)
{
	return text + strspn(text, " ");
}

/* ---- Content-Type ---- */

/* Whether the value is that word, whatever follows it. */
static bool is_word(const char *value, const char *type)
{
	size_t len = strlen(type);

	value = past_spaces(value);
	return strncasecmp(value, type, len) == 0 &&
	       (value[len] == '\0' || value[len] == ';' || value[len] == ' ');
}

/* What follows name=, in quotes or not. False: it is not there, or longer than most. */
static bool parameter(const char *value, const char *name, char *text_r, size_t most)
{
	size_t len = strlen(name), n;

	while ((value = strchr(value, ';')) != NULL) {
		bool quoted;

		value = past_spaces(value + 1);
		if (strncasecmp(value, name, len) != 0 || value[len] != '=')
			continue;
		quoted = value[len + 1] == '"';
		value += len + 1 + quoted;
		n = strcspn(value, quoted ? "\"" : "; ");
		if (n == 0 || n > most)
			return false;
		memcpy(text_r, value, n);
		text_r[n] = '\0';
		return true;
	}
	return false;
}

/* ---- parts ---- */

enum delimiter { NONE, BETWEEN, LAST };

static enum delimiter delimiter_of(struct bytes line, const char *boundary)
{
	size_t len = strlen(boundary);

	if (line.len < len + 2 || memcmp(line.data, "--", 2) != 0 ||
	    memcmp(line.data + 2, boundary, len) != 0)
		return NONE;
	if (line.len >= len + 4 && memcmp(line.data + 2 + len, "--", 2) == 0)
		return LAST;
	for (size_t i = len + 2; i < line.len; i++)
		if (line.data[i] != ' ' && line.data[i] != '\t')
			return NONE;
	return BETWEEN;
}

/* From behind one delimiter to the next one, or to the end of a report that was cut off. False:
 * there is no part any more. */
static bool next_part(struct cursor *body, const char *boundary, struct cursor *part_r)
{
	struct bytes line;

	if (body->at == body->end)
		return false;
	*part_r = (struct cursor){body->at, body->end};
	while (next_line(body, &line)) {
		enum delimiter d = delimiter_of(line, boundary);

		if (d == NONE)
			continue;
		part_r->end = (const char *)line.data;
		if (d == LAST)
			body->at = body->end;
		return true;
	}
	return true;
}

/* Past the words before the first delimiter. False: there is none. */
static bool first_delimiter(struct cursor *body, const char *boundary)
{
	struct bytes line;

	while (next_line(body, &line))
		if (delimiter_of(line, boundary) == BETWEEN)
			return true;
	return false;
}

/* ---- what is read of them ---- */

struct reading {
	struct dsn dsn;
	struct id by_address, by_message; /* the letter's notice, as each names it */
	unsigned n_recipients;
};

/* "bounces+0190...@cairn.example", wherever it stands in the value. */
static void take_address(struct reading *r, const char *value)
{
	const char *plus = strchr(value, '+');
	char hex[HEX_LEN + 1];
	struct id id;

	for (; plus != NULL; plus = strchr(plus + 1, '+')) {
		if (strlen(plus) < HEX_LEN + 2 || plus[HEX_LEN + 1] != '@')
			continue;
		memcpy(hex, plus + 1, HEX_LEN);
		hex[HEX_LEN] = '\0';
		if (id_of_text(hex, &id) && is_timed_id(bytes_of_id(&id)))
			r->by_address = id;
	}
}

static bool is_address_of_report(const struct field *f)
{
	static const char *const names[] = {"To", "Delivered-To", "X-Original-To", "Envelope-To"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (is_named(f, names[i]))
			return true;
	return false;
}

/* "<0190...@cairn.example>" of the letter that came back. */
static void take_message_id(struct reading *r, const char *value)
{
	const char *open = strchr(value, '<');
	char text[ID_TEXT_LEN + 1];
	struct id id;

	if (open == NULL || strlen(open) < ID_TEXT_LEN + 2 || open[ID_TEXT_LEN + 1] != '@')
		return;
	memcpy(text, open + 1, ID_TEXT_LEN);
	text[ID_TEXT_LEN] = '\0';
	if (id_of_text(text, &id) && is_timed_id(bytes_of_id(&id)))
		r->by_message = id;
}

static void read_returned(struct reading *r, struct cursor part)
{
	struct field f;

	for (unsigned n = 0; n < FIELDS_MOST && next_field(&part, &f); n++)
		if (is_named(&f, "Message-ID"))
			take_message_id(r, f.value);
}

/* Three numbers with dots; words behind them do not count. False: it is none. */
static bool take_status(const char *value, char status_r[DSN_STATUS_LEN])
{
	size_t len, dots = 0;

	value = past_spaces(value);
	len = strspn(value, "0123456789.");
	for (size_t i = 0; i < len; i++)
		dots += value[i] == '.';
	if (len < 5 || len >= DSN_STATUS_LEN || dots != 2 || strchr("245", value[0]) == NULL ||
	    value[1] != '.' || value[len - 1] == '.' || value[2] == '.')
		return false;
	memcpy(status_r, value, len);
	status_r[len] = '\0';
	return true;
}

/* A letter of ours has one recipient; of more, the first that was given up is told. */
static void read_recipient(struct reading *r, struct cursor *part)
{
	struct dsn one = {.failed = false};
	unsigned n = 0;
	struct field f;

	for (; n < FIELDS_MOST && next_field(part, &f); n++) {
		if (is_named(&f, "Action"))
			one.failed = is_word(f.value, "failed");
		else if (is_named(&f, "Status") && !take_status(f.value, one.status))
			return;
	}
	if (n == 0 || one.status[0] == '\0' || r->dsn.failed)
		return;
	r->dsn = one;
	r->n_recipients++;
}

/* The fields of the message, then a group for each recipient, with empty lines between. */
static void read_status(struct reading *r, struct cursor part)
{
	struct field f;

	for (unsigned n = 0; n < FIELDS_MOST && next_field(&part, &f); n++)
		;
	for (unsigned n = 0; n < FIELDS_MOST && part.at < part.end; n++)
		read_recipient(r, &part);
}

static void read_part(struct reading *r, struct cursor part)
{
	char type[VALUE_MAX + 1] = "";
	struct field f;

	for (unsigned n = 0; n < FIELDS_MOST && next_field(&part, &f); n++)
		if (is_named(&f, "Content-Type"))
			memcpy(type, f.value, sizeof type);
	if (is_word(type, "message/delivery-status") ||
	    is_word(type, "message/global-delivery-status"))
		read_status(r, part);
	else if (is_word(type, "message/rfc822") || is_word(type, "text/rfc822-headers") ||
		 is_word(type, "message/global") || is_word(type, "message/global-headers"))
		read_returned(r, part);
}

/* ---- the whole ---- */

/* The header; NULL, or why it is none of a report. */
static const char *read_header(struct reading *r, struct cursor *c, char boundary_r[])
{
	char type[VALUE_MAX + 1] = "", report[40];
	struct field f;

	for (unsigned n = 0; next_field(c, &f); n++) {
		if (n == FIELDS_MOST)
			return "its header has more fields than a report has";
		if (is_named(&f, "Content-Type"))
			memcpy(type, f.value, sizeof type);
		else if (is_address_of_report(&f))
			take_address(r, f.value);
	}
	if (!is_word(type, "multipart/report") ||
	    !parameter(type, "report-type", report, sizeof report - 1) ||
	    strcasecmp(report, "delivery-status") != 0)
		return "it is no report of non-delivery: multipart/report with "
		       "report-type=delivery-status is expected";
	if (!parameter(type, "boundary", boundary_r, BOUNDARY_MAX))
		return "its Content-Type has no boundary that can be used";
	return NULL;
}

static const char *name_letter(struct reading *r)
{
	bool by_address = !id_is_none(&r->by_address), by_message = !id_is_none(&r->by_message);

	if (!by_address && !by_message)
		return "it names no letter of ours: neither the address it was sent to nor a "
		       "Message-ID that came back with it does";
	if (by_address && by_message && !id_equal(&r->by_address, &r->by_message))
		return "it names two letters: one by its address, another by the Message-ID";
	r->dsn.notice = by_address ? r->by_address : r->by_message;
	return NULL;
}

const char *dsn_read(struct bytes message, struct dsn *dsn_r)
{
	struct cursor c, part;
	struct reading r = {.n_recipients = 0};
	char boundary[BOUNDARY_MAX + 1];
	const char *fault;

	if (message.len == 0)
		return "it is empty";
	if (message.len > DSN_BYTES_MAX)
		return "it is longer than 1 MiB";
	c.at = (const char *)message.data;
	c.end = c.at + message.len;
	fault = read_header(&r, &c, boundary);
	if (fault != NULL)
		return fault;
	if (!first_delimiter(&c, boundary))
		return "it has no parts";
	for (unsigned n = 0; next_part(&c, boundary, &part); n++) {
		if (n == PARTS_MOST)
			return "it has more than 20 parts";
		read_part(&r, part);
	}
	if (r.n_recipients == 0)
		return "it holds no message/delivery-status with a Status of a recipient";
	fault = name_letter(&r);
	if (fault == NULL)
		*dsn_r = r.dsn;
	return fault;
}

bool dsn_is_bounce(const struct dsn *dsn)
{
	return dsn->failed && dsn->status[0] == '5' && strncmp(dsn->status, "5.7.", 4) != 0;
}
