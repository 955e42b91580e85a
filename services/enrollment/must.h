/*
 * What single fields of a command must be, for all rules.
 *
 * Each answers whether the field may stay as it is. When not, the command is refused there and
 * then: the reason, and a sentence that names the field and what is allowed. So a rule is a chain:
 *
 *	if (!must_name_id(d, "issuer", issuer->issuer, issuer->code) ||
 *	    !must_text(d, "name", issuer->name, 200))
 *		return REFUSED;
 */
#ifndef CAIRN_ENROLLMENT_MUST_H
#define CAIRN_ENROLLMENT_MUST_H

#include "libshared/decision.h"

/* "levels[2].label", in the batch's arena. */
const char *field_at(struct decision *d, const char *list, size_t i, const char *field);

/* An id that a person or machine made. */
bool must_id(struct decision *d, const char *field, ProtobufCBinaryData id);
/* The id of the name: id_of_name(kind, code in lower case); and the code is one. */
bool must_name_id(struct decision *d, const char *kind, ProtobufCBinaryData id, const char *code);
/* 1 to 64 of letters, digits, dot, dash, underscore, colon. */
bool must_code(struct decision *d, const char *field, const char *code);
/* Not empty, at most max bytes, fit for a credential (signable.h). */
bool must_text(struct decision *d, const char *field, const char *text, size_t max);
/* One of the words. */
bool must_word(struct decision *d, const char *field, const char *text, const char *const *words,
	       size_t n);
/* A two-letter language, or one with a region: en, es, en-US. */
bool must_language(struct decision *d, const char *field, const char *text);
/* Two capitals: TN. */
bool must_state(struct decision *d, const char *field, const char *text);
bool must_date(struct decision *d, const char *field, const char *text, int64_t *day_r);
/* https://, of printable characters that an address may hold. */
bool must_https(struct decision *d, const char *field, const char *text);
bool must_range(struct decision *d, const char *field, uint64_t value, uint64_t least,
		uint64_t most);
/* How many elements a list has. */
bool must_count(struct decision *d, const char *field, size_t n, size_t least, size_t most);

/* A field is not as it must be, for a reason of its own: always false. */
bool refuse_field(struct decision *d, const char *field, const char *why);

#endif
