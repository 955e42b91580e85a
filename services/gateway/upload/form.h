/*
 * A form with a file in it, as it comes (multipart/form-data, RFC 7578): the file's bytes are
 *handed on and never held.
 *
 *	form_begin(&f, content_type)
 *	while (in.len > 0) {
 *		switch (form_next(&f, &in, &part)) ...
 *
 * Each call takes from in what it has looked at, and says at most one thing. What it says is
 * borrowed until the next call: a field whole, bytes of a file as they stand in in (or, where what
 * looked like a boundary was none, from the form's own memory: at most FORM_HELD bytes more than it
 * took).
 */
#ifndef CAIRN_GATEWAY_FORM_H
#define CAIRN_GATEWAY_FORM_H

#include "libshared/bytes.h"

#define FORM_BOUNDARY_MAX 70 /* RFC 2046 */
#define FORM_HELD ((size_t)FORM_BOUNDARY_MAX + 4)
#define FORM_HEAD_MAX ((size_t)1024)
#define FORM_VALUE_MAX ((size_t)4096)
#define FORM_PARTS_MAX 32
#define FORM_NAME_MAX ((size_t)64)
#define FORM_TYPE_MAX ((size_t)127)

enum form_said {
	FORM_MORE,  /* nothing yet */
	FORM_FIELD, /* name and value */
	FORM_FILE,  /* a file begins: name, type, and whether the browser sent one at all */
	FORM_BYTES, /* of the file */
	FORM_FILE_END,
	FORM_END,
	FORM_BAD /* it is no such form, or beyond the bounds */
};

enum form_state {
	FORM_IN_HEAD,
	FORM_IN_VALUE,
	FORM_IN_FILE,
	FORM_BEHIND_DELIMITER,
	FORM_DONE,
	FORM_FAILED
};

struct form {
	enum form_state state;
	char delimiter[FORM_HELD + 1]; /* "\r\n--BOUNDARY" */
	size_t delimiter_len, matched; /* so much of it has just been seen */
	uint64_t taken;                /* of the whole body */
	char head[FORM_HEAD_MAX + 1];
	size_t head_len;
	char value[FORM_VALUE_MAX + 1];
	size_t value_len;
	char name[FORM_NAME_MAX + 1], type[FORM_TYPE_MAX + 1];
	bool named; /* the browser sent a file: it has a name */
	char after[2];
	size_t after_len;
	unsigned n_parts;
};

/* False: it is no such form. */
bool form_begin(struct form *f, const char *content_type);
enum form_said form_next(struct form *f, struct bytes *in, struct bytes *part_r);
/* How many bytes a file that has just begun has, when nothing comes behind it in a body of so many.
 * 0: the body has no room for one. */
uint64_t form_file_bytes(const struct form *f, uint64_t body_bytes);

#endif
