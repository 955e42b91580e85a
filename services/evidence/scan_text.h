/*
 * Looks for what could identify a student in a text: e-mail addresses, telephone numbers, social
 * security and student numbers, dates of birth, postal addresses, and names of a roster.
 *
 * It points, and does not judge: a hit may be a school's own number, and what it does not know it
 * does not find. English and Spanish. Each shape reads a bounded stretch from where it begins and
 * nothing is tried twice, so the time grows with the text and with nothing in it.
 *
 *	scan_text(text, &asked, &found);
 *	for (size_t i = 0; i < found.n; i++) ... text.data + found.first[i].at
 */
#ifndef CAIRN_EVIDENCE_SCAN_TEXT_H
#define CAIRN_EVIDENCE_SCAN_TEXT_H

#include "libshared/bytes.h"

enum finding_kind {
	FOUND_EMAIL = 1,
	FOUND_PHONE,
	FOUND_SSN,
	FOUND_STUDENT_ID,
	FOUND_BIRTH_DATE,
	FOUND_ADDRESS,
	FOUND_NAME,
	N_FINDING_KINDS
};

struct finding {
	enum finding_kind kind;
	uint32_t at, len; /* in bytes of the text */
};

#define FINDINGS_FIRST ((size_t)16)
#define ROSTER_MAX ((size_t)500)      /* names */
#define ROSTER_NAME_MAX ((size_t)100) /* bytes of one */
#define ID_SHAPES_MAX ((size_t)16)
#define ID_SHAPE_MAX ((size_t)24)

struct scan_asked {
	/* What a student's number looks like where this is used: 9 is any digit, A any letter,
	 * everything else itself, as "S9999999". */
	char *const *id_shapes;
	size_t n_id_shapes;
	/* Names, as a roster has them. Each word of three letters and more counts, where the text
	 * writes it with a capital. */
	char *const *names;
	size_t n_names;
};

struct scan_found {
	uint32_t counts[N_FINDING_KINDS];
	uint32_t total;
	size_t n;                             /* of first */
	struct finding first[FINDINGS_FIRST]; /* in the order of the text */
};

void scan_text(struct bytes text, const struct scan_asked *asked, struct scan_found *found_r);
const char *finding_word(enum finding_kind kind); /* "email" ... */

#endif
