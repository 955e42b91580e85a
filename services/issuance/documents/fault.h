/*
 * Why a badge may not be signed, or a document not be read as a credential.
 *
 * A correct signature is useless where deployed verifiers canonicalise the document otherwise
 * than the standard says, so such documents are refused before a key is asked for. Whoever is
 * told of a problem gets its kind, a sentence for people, and the place in the document.
 */
#ifndef CAIRN_ISSUANCE_FAULT_H
#define CAIRN_ISSUANCE_FAULT_H

#include "libshared/base.h"

enum badge_fault {
	BADGE_SOUND,
	/* text */
	BADGE_CONTROL, /* a control character that is not a line feed */
	BADGE_UTF8,
	BADGE_LINE_ORDER, /* code point and UTF-16 order of the lines differ */
	BADGE_NUMBER,
	BADGE_IRI,
	/* the record a badge is made from */
	BADGE_MISSING,
	BADGE_CODE,
	BADGE_WORD,
	BADGE_TWIN,
	BADGE_LEVEL,
	BADGE_TIME,
	/* the document */
	BADGE_TERM,
	BADGE_CLASS,
	BADGE_CONTEXT,
	BADGE_SHAPE,
	BADGE_DEPTH,
	BADGE_AMBIGUOUS,
	/* the key */
	BADGE_KEY,
	BADGE_FAULTS /* how many there are */
};

#define BADGE_WHERE_LEN 160

struct badge_problem {
	enum badge_fault fault;
	char where[BADGE_WHERE_LEN]; /* "credentialSubject.result[2].value"; "" where none fits */
};

/* A whole sentence, fit to follow "credential held: ". */
const char *badge_fault_sentence(enum badge_fault fault);

/* What forbids this text in a badge, whatever stands around it: BADGE_CONTROL, BADGE_UTF8 or
 * BADGE_SOUND. Whether the lines of a whole badge keep their order is known only when it is
 * made; badge_template_new() tells it for the part that the catalogue fixes. */
enum badge_fault badge_text_fault(const char *text);

/* Whether text is an absolute IRI that every canonicaliser prints alike: a scheme, a colon and
 * printable ASCII without space < > " { } | \ ^ `. */
bool is_badge_iri(const char *text);

/* Records the first problem; later ones are dropped. Always false, so that a check can end
 * with return badge_refuse(...). */
bool badge_refuse(struct badge_problem *problem, enum badge_fault fault, const char *where);

#endif
