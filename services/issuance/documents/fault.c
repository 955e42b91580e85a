/* The reasons for not signing a badge, and the checks of single texts. */
#include "services/issuance/documents/fault.h"

#include <stdio.h>
#include <string.h>

static const char *const sentences[BADGE_FAULTS] = {
	[BADGE_SOUND] = "nothing forbids it",
	[BADGE_CONTROL] =
		"the text holds a control character, and verifiers escape those differently",
	[BADGE_UTF8] = "the text is not UTF-8",
	[BADGE_LINE_ORDER] = "its lines stand in another order where UTF-16 units are sorted",
	[BADGE_NUMBER] = "the number is outside what all verifiers print alike",
	[BADGE_IRI] = "the address is not an absolute IRI of plain characters",
	[BADGE_MISSING] = "a required member is missing",
	[BADGE_CODE] = "the code of a row or level has characters that an address cannot carry",
	[BADGE_WORD] = "the word is not one that the Open Badges schema lists here",
	[BADGE_TWIN] = "the same thing is listed twice",
	[BADGE_LEVEL] = "the result names a row or level that the achievement does not have",
	[BADGE_TIME] = "the time is outside the years 1970 to 9999, or the end is before the start",
	[BADGE_TERM] = "the member is not defined for this type",
	[BADGE_CLASS] = "the type is not defined by the contexts",
	[BADGE_CONTEXT] = "the context is not one of those known here",
	[BADGE_SHAPE] = "the value has a form that the member does not take",
	[BADGE_DEPTH] = "the document is nested too deeply",
	[BADGE_AMBIGUOUS] =
		"telling its unnamed parts from each other takes more work than verifiers do",
	[BADGE_KEY] = "the key did not sign",
};

const char *badge_fault_sentence(enum badge_fault fault)
{
	ENSURE(fault < BADGE_FAULTS);
	return sentences[fault];
}

/* The length of the well-formed UTF-8 sequence at s, 0 if there is none. A NUL ends s, so that
 * no byte behind it is read. */
static size_t utf8_len(const unsigned char *s)
{
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if (s[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0; /* overlong, surrogate, beyond U+10FFFF */
	return len;
}

enum badge_fault badge_text_fault(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	bool control = false;

	while (*s != '\0') {
		size_t len = utf8_len(s);

		if (len == 0)
			return BADGE_UTF8;
		control |= (*s < 0x20 && *s != '\n') || *s == 0x7f;
		control |= *s == 0xc2 && s[1] < 0xa0; /* U+0080 to U+009F */
		s += len;
	}
	return control ? BADGE_CONTROL : BADGE_SOUND;
}

enum { LETTER = 1, SCHEME = 2, IRI = 4 };

/* What an ASCII character may be in an IRI. */
static uint8_t iri_char(char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return LETTER | SCHEME | IRI;
	if ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')
		return SCHEME | IRI;
	switch (c) {
	case '<':
	case '>':
	case '"':
	case '{':
	case '}':
	case '|':
	case '\\':
	case '^':
	case '`':
		return 0;
	default:
		return c > ' ' && c <= '~' ? IRI : 0;
	}
}

bool is_badge_iri(const char *text)
{
	const char *s = text;

	if ((iri_char(*s) & LETTER) == 0)
		return false;
	while ((iri_char(*s) & SCHEME) != 0)
		s++;
	if (*s++ != ':' || *s == '\0')
		return false;
	while ((iri_char(*s) & IRI) != 0)
		s++;
	return *s == '\0';
}

bool badge_refuse(struct badge_problem *problem, enum badge_fault fault, const char *where)
{
	if (problem->fault == BADGE_SOUND) {
		problem->fault = fault;
		snprintf(problem->where, sizeof problem->where, "%s", where);
	}
	return false;
}
