/* Forms with files, piece by piece. */
#include "services/gateway/upload/form.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- the boundary ---- */

static bool is_boundary(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] <= ' ' || at[i] > '~')
			return false;
	return len > 0 && len <= FORM_BOUNDARY_MAX;
}

bool form_begin(struct form *f, const char *content_type)
{
	const char *at = content_type != NULL ? strcasestr(content_type, "boundary=") : NULL;
	size_t len;

	memset(f, 0, sizeof *f);
	if (at == NULL || strncasecmp(content_type, "multipart/form-data", 19) != 0)
		return false;
	at += strlen("boundary=");
	if (*at == '"')
		at++;
	len = strcspn(at, "\";, \t");
	if (!is_boundary(at, len))
		return false;
	snprintf(f->delimiter, sizeof f->delimiter, "\r\n--%.*s", (int)len, at);
	f->delimiter_len = len + 4;
	f->matched = 2; /* the first one stands at the beginning of the body */
	f->state = FORM_IN_VALUE;
	return true;
}

static enum form_said fail(struct form *f)
{
	f->state = FORM_FAILED;
	return FORM_BAD;
}

static uint8_t take_byte(struct form *f, struct bytes *in)
{
	uint8_t byte = in->data[0];

	in->data++;
	in->len--;
	f->taken++;
	return byte;
}

/* ---- heads of parts ---- */

/* The text of NAME="..." in a header line; false: it is not there or too long. */
static bool read_parameter(const char *line, const char *name, char *text_r, size_t max)
{
	const char *at = strstr(line, name);
	size_t len;

	if (at == NULL)
		return false;
	at += strlen(name);
	len = strcspn(at, "\"");
	if (at[len] != '"' || len > max)
		return false;
	snprintf(text_r, max + 1, "%.*s", (int)len, at);
	return true;
}

static bool read_line(struct form *f, const char *line)
{
	static const char disposition[] = "content-disposition: form-data",
			  type[] = "content-type:";
	char ignored[FORM_HEAD_MAX + 1];

	if (strncasecmp(line, disposition, sizeof disposition - 1) == 0) {
		if (!read_parameter(line, "; name=\"", f->name, FORM_NAME_MAX))
			return false;
		if (strstr(line, "; filename") != NULL) {
			f->state = FORM_IN_FILE;
			f->named = read_parameter(line, "; filename=\"", ignored, FORM_HEAD_MAX) &&
				   ignored[0] != '\0';
		}
	} else if (strncasecmp(line, type, sizeof type - 1) == 0) {
		line += sizeof type - 1;
		line += strspn(line, " \t");
		if (strcspn(line, "; \t") > FORM_TYPE_MAX)
			return false;
		snprintf(f->type, sizeof f->type, "%.*s", (int)strcspn(line, "; \t"), line);
	}
	return true;
}

/* The head is whole: it ends with an empty line. */
static enum form_said end_head(struct form *f)
{
	char *line = f->head, *rest;

	f->head[f->head_len - 4] = '\0';
	if (strlen(f->head) != f->head_len - 4)
		return fail(f);
	f->state = FORM_IN_VALUE;
	f->name[0] = f->type[0] = '\0';
	f->named = false;
	for (; line != NULL; line = rest) {
		rest = strstr(line, "\r\n");
		if (rest != NULL) {
			*rest = '\0';
			rest += 2;
		}
		if (!read_line(f, line))
			return fail(f);
	}
	if (f->name[0] == '\0')
		return fail(f);
	f->matched = f->value_len = 0;
	return f->state == FORM_IN_FILE ? FORM_FILE : FORM_MORE;
}

static enum form_said next_of_head(struct form *f, struct bytes *in)
{
	while (in->len > 0) {
		if (f->head_len == FORM_HEAD_MAX)
			return fail(f);
		f->head[f->head_len++] = (char)take_byte(f, in);
		if (f->head_len >= 4 && memcmp(f->head + f->head_len - 4, "\r\n\r\n", 4) == 0)
			return end_head(f);
	}
	return FORM_MORE;
}

/* Behind a delimiter a part begins, or the form is over. */
static enum form_said next_behind(struct form *f, struct bytes *in)
{
	while (in->len > 0 && f->after_len < 2)
		f->after[f->after_len++] = (char)take_byte(f, in);
	if (f->after_len < 2)
		return FORM_MORE;
	f->after_len = 0;
	if (memcmp(f->after, "--", 2) == 0) {
		f->state = FORM_DONE;
		return FORM_END;
	}
	if (memcmp(f->after, "\r\n", 2) != 0 || ++f->n_parts > FORM_PARTS_MAX)
		return fail(f);
	f->head_len = 0;
	f->state = FORM_IN_HEAD;
	return FORM_MORE;
}

/* ---- contents ---- */

/* Content up to the next delimiter or to the end of what came. A delimiter begins with a CR and has
 * no other, so whatever does not go on with it was content, and may only begin a new one itself. */
static struct bytes content_of(struct form *f, struct bytes *in)
{
	const uint8_t *start = in->data, *cr;
	size_t len;

	if (f->matched > 0) {
		while (in->len > 0 && f->matched < f->delimiter_len &&
		       in->data[0] == (uint8_t)f->delimiter[f->matched]) {
			take_byte(f, in);
			f->matched++;
		}
		if (in->len == 0 || f->matched == f->delimiter_len)
			return BYTES_NONE;
		len = f->matched;
		f->matched = 0;
		return (struct bytes){(const uint8_t *)f->delimiter, len};
	}
	cr = memchr(in->data, '\r', in->len);
	len = cr != NULL ? (size_t)(cr - start) : in->len;
	in->data += len;
	in->len -= len;
	f->taken += len;
	if (cr != NULL) {
		take_byte(f, in);
		f->matched = 1;
	}
	return (struct bytes){start, len};
}

static enum form_said end_content(struct form *f, bool is_file, struct bytes *part_r)
{
	bool is_first = f->n_parts == 0;

	f->state = FORM_BEHIND_DELIMITER;
	f->matched = 0;
	if (is_file)
		return FORM_FILE_END;
	if (is_first)
		return FORM_MORE;
	f->value[f->value_len] = '\0';
	*part_r = (struct bytes){(const uint8_t *)f->value, f->value_len};
	return FORM_FIELD;
}

static enum form_said next_of_content(struct form *f, struct bytes *in, struct bytes *part_r)
{
	bool is_file = f->state == FORM_IN_FILE;

	if (f->matched < f->delimiter_len) {
		struct bytes content = content_of(f, in);

		if (content.len > 0 && is_file) {
			*part_r = content;
			return FORM_BYTES;
		}
		/* Before the first delimiter stands nothing. */
		if (content.len > 0 &&
		    (f->n_parts == 0 || content.len > FORM_VALUE_MAX - f->value_len))
			return fail(f);
		if (content.len > 0)
			memcpy(f->value + f->value_len, content.data, content.len);
		f->value_len += content.len;
	}
	return f->matched == f->delimiter_len ? end_content(f, is_file, part_r) : FORM_MORE;
}

enum form_said form_next(struct form *f, struct bytes *in, struct bytes *part_r)
{
	*part_r = BYTES_NONE;
	switch (f->state) {
	case FORM_IN_HEAD:
		return next_of_head(f, in);
	case FORM_BEHIND_DELIMITER:
		return next_behind(f, in);
	case FORM_IN_VALUE:
	case FORM_IN_FILE:
		return next_of_content(f, in, part_r);
	case FORM_DONE: /* whatever stands behind the end is nothing */
		f->taken += in->len;
		*in = BYTES_NONE;
		return FORM_MORE;
	case FORM_FAILED:
		break;
	}
	return fail(f);
}

uint64_t form_file_bytes(const struct form *f, uint64_t body_bytes)
{
	uint64_t rest = f->delimiter_len + strlen("--\r\n");

	return body_bytes > f->taken + rest ? body_bytes - f->taken - rest : 0;
}
