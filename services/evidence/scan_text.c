/* What could identify a student in a text: one pass, a table of shapes. */
#include "services/evidence/scan_text.h"

#include "services/evidence/words.h"

#include <stdlib.h>
#include <string.h>

#define CUE_BYTES ((size_t)32) /* how far before a number the word may stand that explains it */
#define SENTENCE_BYTES ((size_t)90) /* of an address */
#define ROSTER_WORDS_MAX (4 * ROSTER_MAX)

/* Words that explain the number after them. */
enum cue { CUE_PHONE, CUE_SSN, CUE_STUDENT, CUE_ID, CUE_BIRTH, N_CUES };

struct scan {
	struct bytes text;
	const struct scan_asked *asked;
	char (*roster)[WORD_MAX + 1]; /* folded, sorted */
	size_t n_roster;
	struct word word;        /* the one that begins where it is looked, if one does */
	size_t cue_ends[N_CUES]; /* of the last such word; 0: none yet */
};

static uint8_t byte_at(const struct scan *s, size_t at)
{
	return at < s->text.len ? s->text.data[at] : 0;
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_ascii_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- words before it ---- */

static const char *const cue_words[] = {
	[CUE_PHONE] =
		" tel phone call text cell mobile fax telefono celular llame llamar whatsapp ",
	[CUE_SSN] = " ssn social seguro ",
	[CUE_STUDENT] =
		" student estudiante alumno alumna matricula lasid sasid studentid expediente ",
	[CUE_ID] =
		" id ids sid number no num numero code matricula lasid sasid studentid expediente ",
	[CUE_BIRTH] =
		" born birth birthday birthdate dob nacio nacido nacida nacimiento cumpleanos ",
};

static void note_cues(struct scan *s)
{
	char spaced[WORD_MAX + 3];

	if (s->word.len < 2 || s->word.digits)
		return;
	spaced[0] = ' ';
	memcpy(spaced + 1, s->word.folded, s->word.len);
	memcpy(spaced + 1 + s->word.len, " ", 2);
	for (unsigned cue = 0; cue < N_CUES; cue++)
		if (strstr(cue_words[cue], spaced) != NULL)
			s->cue_ends[cue] = s->word.end;
}

/* One of the words ended at most CUE_BYTES before. */
static bool has_cue(const struct scan *s, size_t at, enum cue cue)
{
	return s->cue_ends[cue] > 0 && at - s->cue_ends[cue] <= CUE_BYTES;
}

/* ---- e-mail: dot-atoms of RFC 5321 4.1.2, letters beyond ASCII by RFC 6531 ---- */

/* How many bytes of a local part stand there. */
static size_t local_at(const struct scan *s, size_t at)
{
	uint8_t c = byte_at(s, at);

	return c != 0 && strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL ? 1 : letter_at(s->text, at);
}

static bool local_before(const struct scan *s, size_t at)
{
	return letter_before(s->text, at) > 0 || (at > 0 && local_at(s, at - 1) > 0);
}

static size_t find_email(const struct scan *s, size_t at)
{
	size_t i = at, label, step, dots = 0;

	if (local_before(s, at))
		return 0;
	while (i - at < 65 && (step = local_at(s, i)) > 0)
		i += step;
	if (i == at || byte_at(s, i) != '@')
		return 0;
	for (label = ++i; i - at < 320; i += MAX(step, (size_t)1)) {
		step = letter_at(s->text, i);
		if (step > 0 || (byte_at(s, i) == '-' && i > label))
			continue;
		if (byte_at(s, i) != '.' || i == label || letter_at(s->text, i + 1) == 0)
			break;
		dots++;
		label = i + 1;
	}
	return dots > 0 && i - label >= 2 ? i - at : 0;
}

/* ---- numbers ---- */

/* n digits, then anything but a digit. */
static bool has_digits(const struct scan *s, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_digit(byte_at(s, at + i)))
			return false;
	return true;
}

static bool ends_number(const struct scan *s, size_t at)
{
	return letter_at(s->text, at) == 0 &&
	       !(byte_at(s, at) == '-' && is_digit(byte_at(s, at + 1)));
}

static bool begins_number(const struct scan *s, size_t at)
{
	uint8_t before = at > 0 ? s->text.data[at - 1] : ' ';

	return letter_before(s->text, at) == 0 &&
	       !(strchr("-./,", before) != NULL && at > 1 && is_digit(s->text.data[at - 2]));
}

static size_t gap(const struct scan *s, size_t at) /* 0 or 1 separators of a telephone number */
{
	uint8_t c = byte_at(s, at);

	return c == ' ' || c == '-' || c == '.' ? 1 : 0;
}

/* North American numbers: area and exchange begin with 2 to 9 (NANPA, ATIS-0300051). */
static size_t find_american(const struct scan *s, size_t at)
{
	size_t i = at;
	bool open = byte_at(s, i) == '(';

	i += open;
	if (!has_digits(s, i, 3) || byte_at(s, i) < '2')
		return 0;
	i += 3;
	if (open && byte_at(s, i++) != ')')
		return 0;
	i += gap(s, i);
	if (!has_digits(s, i, 3) || byte_at(s, i) < '2')
		return 0;
	i += 3;
	i += gap(s, i);
	return has_digits(s, i, 4) && ends_number(s, i + 4) ? i + 4 - at : 0;
}

/* + and 8 to 15 digits in groups (ITU-T E.164). */
static size_t find_international(const struct scan *s, size_t at)
{
	size_t i = at + 1, digits = 0, end = 0;

	for (; i - at < 26; i++) {
		uint8_t c = byte_at(s, i);

		if (is_digit(c)) {
			digits++;
			end = i + 1;
		} else if ((c != '(' && c != ')' && gap(s, i) == 0) ||
			   (gap(s, i) && gap(s, i - 1))) {
			break;
		}
	}
	return digits >= 8 && digits <= 15 ? end - at : 0;
}

static size_t find_phone(const struct scan *s, size_t at)
{
	size_t len, one;

	if (!begins_number(s, at))
		return 0;
	if (byte_at(s, at) == '+')
		return find_international(s, at);
	one = byte_at(s, at) == '1' ? 1 + gap(s, at + 1) : 0;
	len = find_american(s, at + one);
	if (len > 0)
		return one + len;
	/* Seven digits are one only where a word says so. */
	if (has_digits(s, at, 3) && byte_at(s, at + 3) == '-' && has_digits(s, at + 4, 4) &&
	    ends_number(s, at + 8) && has_cue(s, at, CUE_PHONE))
		return 8;
	return 0;
}

/* Never given: area 000, 666, 900 and above, group 00, serial 0000 (SSA POMS RM 10201.035). */
static size_t find_ssn(const struct scan *s, size_t at)
{
	uint8_t between = byte_at(s, at + 3);
	size_t sep = between == '-' || between == ' ' ? 1 : 0, len = 9 + 2 * sep;
	const uint8_t *d = s->text.data + at;

	if (!begins_number(s, at) || !has_digits(s, at, 3) || !has_digits(s, at + 3 + sep, 2) ||
	    !has_digits(s, at + 5 + 2 * sep, 4) || !ends_number(s, at + len))
		return 0;
	if (sep ? byte_at(s, at + 6) != between : !has_cue(s, at, CUE_SSN))
		return 0;
	if (memcmp(d, "000", 3) == 0 || memcmp(d, "666", 3) == 0 || d[0] == '9' ||
	    memcmp(d + 3 + sep, "00", 2) == 0 || memcmp(d + 5 + 2 * sep, "0000", 4) == 0)
		return 0;
	return len;
}

/* ---- student numbers: policy's shapes, or a word that says so (Ed-Fi StudentUniqueId) ---- */

static bool fits_shape(uint8_t c, char shape)
{
	if (shape == '9')
		return is_digit(c);
	if (shape == 'A')
		return is_ascii_letter(c);
	return c == (uint8_t)shape;
}

static size_t find_student_id(const struct scan *s, size_t at)
{
	size_t digits = 0, i = at;

	if (!begins_number(s, at))
		return 0;
	for (size_t n = 0; n < s->asked->n_id_shapes; n++) {
		const char *shape = s->asked->id_shapes[n];
		size_t len = strnlen(shape, ID_SHAPE_MAX), k = 0;

		while (k < len && fits_shape(byte_at(s, at + k), shape[k]))
			k++;
		if (len > 0 && k == len && ends_number(s, at + len))
			return len;
	}
	if (!has_cue(s, at, CUE_STUDENT) || !has_cue(s, at, CUE_ID))
		return 0;
	for (; i - at < 20 && (is_digit(byte_at(s, i)) || is_ascii_letter(byte_at(s, i))); i++)
		digits += is_digit(byte_at(s, i));
	if (digits < 4 || !ends_number(s, i))
		return 0;
	return i - at;
}

/* ---- dates of birth: a date after a word of birth (date forms of CLDR en and es) ---- */

static const char *const months[] = {
	"january",    "february",  "march",    "april",     "may",       "june",  "july",  "august",
	"september",  "october",   "november", "december",  "jan",       "feb",   "mar",   "apr",
	"jun",        "jul",       "aug",      "sep",       "sept",      "oct",   "nov",   "dec",
	"enero",      "febrero",   "marzo",    "abril",     "mayo",      "junio", "julio", "agosto",
	"septiembre", "setiembre", "octubre",  "noviembre", "diciembre", NULL};

/* 5/3/2014, 05-03-14, 2014-05-03. */
static size_t find_number_date(const struct scan *s, size_t at)
{
	size_t i = at, groups = 0, digits = 0;
	uint8_t between = 0;

	for (; i - at < 10; i++) {
		uint8_t c = byte_at(s, i);

		if (is_digit(c)) {
			digits++;
			continue;
		}
		if (groups == 2 || (c != '/' && c != '-' && c != '.') ||
		    !is_digit(byte_at(s, i + 1)) || (between != 0 && c != between))
			break;
		between = c;
		groups++;
	}
	return groups == 2 && digits >= 4 && letter_at(s->text, i) == 0 ? i - at : 0;
}

/* May 3, 2014; 3 May 2014; 3 de mayo de 2014: a month and a number of one or two digits, within
 * five words. */
static size_t find_word_date(const struct scan *s, size_t at)
{
	bool month = false, day = false;
	size_t from = at, end = at;
	struct word word;

	for (unsigned n = 0; n < 5 && word_next(s->text, from, &word); n++) {
		bool number = word.digits && word.len <= 4;

		if (word.end - at > SENTENCE_BYTES ||
		    !(number || word_is(&word, "de") || word_is(&word, "del") ||
		      word_is_of(&word, months)))
			break;
		month = month || word_is_of(&word, months);
		day = day || (number && word.len <= 2);
		if (number || word_is_of(&word, months))
			end = word.end;
		from = word.end;
	}
	return month && day ? end - at : 0;
}

static size_t find_birth_date(const struct scan *s, size_t at)
{
	size_t len;

	if (!has_cue(s, at, CUE_BIRTH))
		return 0;
	len = is_digit(byte_at(s, at)) ? find_number_date(s, at) : 0;
	return len > 0 ? len : find_word_date(s, at);
}

/* ---- addresses: suffixes of USPS Publication 28, appendix C1, and its Spanish street words ----
 */

static const char *const streets[] = {
	"street",  "st",  "avenue",    "ave",  "road",   "rd",  "drive",   "dr",  "lane",  "ln",
	"court",   "ct",  "boulevard", "blvd", "circle", "cir", "terrace", "ter", "trail", "trl",
	"highway", "hwy", "parkway",   "pkwy", "place",  "pl",  "way",     NULL};
static const char *const calles[] = {"calle",   "avenida",   "avda",  "av",
				     "carrera", "camino",    "paseo", "callejon",
				     "calzada", "boulevard", NULL};
static const char *const directions[] = {"n",  "s",     "e",     "w",    "ne",   "nw", "se",
					 "sw", "north", "south", "east", "west", NULL};

/* 123 N Main Street: a number, one to four words with capitals or numbers, a street. */
static size_t find_numbered_street(const struct scan *s, const struct word *number)
{
	size_t from = number->end;
	struct word word;

	for (unsigned n = 0; n < 5 && word_next(s->text, from, &word); n++) {
		/* One space or a point between: the words belong together. */
		if (word.at - from > 2 || memchr(s->text.data + from, '\n', word.at - from) != NULL)
			return 0;
		if (n > 0 && word.capital && word_is_of(&word, streets))
			return word.end - number->at;
		if (word.digits || (!word.capital && !is_digit(s->text.data[word.at]) &&
				    !word_is_of(&word, directions)))
			return 0;
		from = word.end;
	}
	return 0;
}

/* Calle 5 de Mayo #12, Avenida Juárez 123: a street, one to five words, a number. */
static size_t find_calle(const struct scan *s, const struct word *calle)
{
	size_t from = calle->end;
	struct word word;
	bool named = false;

	for (unsigned n = 0; n < 6 && word_next(s->text, from, &word); n++) {
		if (word.end - calle->at > SENTENCE_BYTES ||
		    memchr(s->text.data + from, '\n', word.at - from) != NULL)
			return 0;
		if (named && word.digits)
			return word.end - calle->at;
		if (!word.digits && !word.capital && !word_is(&word, "de") &&
		    !word_is(&word, "la") && !word_is(&word, "del") && !word_is(&word, "los") &&
		    !word_is(&word, "las") && !word_is(&word, "no") && !word_is(&word, "num"))
			return 0;
		named = named || word.capital;
		from = word.end;
	}
	return 0;
}

/* PO Box 12, P.O. Box 12, Apartado 12. */
static size_t find_box(const struct scan *s, const struct word *first)
{
	struct word box, number;

	if (word_is(first, "box") && first->capital) {
		size_t from = first->at > 6 ? first->at - 6 : 0;
		struct word before;
		bool is_post = false;

		for (; word_next((struct bytes){s->text.data, first->at}, from, &before);
		     from = before.end)
			is_post = word_is(&before, "po") || word_is(&before, "o");
		box = *first;
		if (!is_post)
			return 0;
	} else if (word_is(first, "apartado")) {
		box = *first;
	} else {
		return 0;
	}
	if (!word_next(s->text, box.end, &number) || !number.digits || number.at - box.end > 3)
		return 0;
	return number.end - first->at;
}

static size_t find_address(const struct scan *s, size_t at)
{
	(void)at;
	if (s->word.digits)
		return s->word.len <= 6 ? find_numbered_street(s, &s->word) : 0;
	if (s->word.capital && word_is_of(&s->word, calles))
		return find_calle(s, &s->word);
	return find_box(s, &s->word);
}

/* ---- names ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool is_particle(const struct word *word)
{
	static const char *const particles[] = {"del", "los", "las", "van", "von",
						"der", "dos", "das", NULL};

	return word->len < 3 || word_is_of(word, particles);
}

static void read_roster(struct scan *s)
{
	size_t n_names = MIN(s->asked->n_names, ROSTER_MAX);

	for (size_t i = 0; i < n_names; i++) {
		struct bytes name = {(const uint8_t *)s->asked->names[i],
				     strnlen(s->asked->names[i], ROSTER_NAME_MAX)};
		struct word word;

		for (size_t from = 0;
		     s->n_roster < ROSTER_WORDS_MAX && word_next(name, from, &word);
		     from = word.end)
			if (!is_particle(&word) && !word.digits)
				memcpy(s->roster[s->n_roster++], word.folded, sizeof word.folded);
	}
	if (s->n_roster > 0)
		qsort(s->roster, s->n_roster, sizeof *s->roster, by_text);
}

static bool is_on_roster(const struct scan *s, const struct word *word)
{
	return word->capital && s->n_roster > 0 &&
	       bsearch(word->folded, s->roster, s->n_roster, sizeof *s->roster, by_text) != NULL;
}

/* Names that stand together are one finding. */
static size_t find_name(const struct scan *s, size_t at)
{
	size_t end = 0, from = at;
	struct word word;

	if (s->n_roster == 0 || !s->word.capital)
		return 0;
	for (unsigned n = 0; n < 8 && word_next(s->text, from, &word); n++) {
		if ((n == 0 && word.at != at) || word.at - from > 1 || !is_on_roster(s, &word))
			break;
		from = end = word.end;
	}
	return end > at ? end - at : 0;
}

/* ---- the pass ---- */

/* The first that fits wins. */
static const struct shape {
	enum finding_kind kind;
	size_t (*find)(const struct scan *s, size_t at);
	bool at_signs; /* it may begin with a sign */
} shapes[] = {
	{FOUND_EMAIL, find_email, true},
	{FOUND_SSN, find_ssn, false},
	{FOUND_PHONE, find_phone, true},
	{FOUND_BIRTH_DATE, find_birth_date, false},
	{FOUND_STUDENT_ID, find_student_id, false},
	{FOUND_ADDRESS, find_address, false},
	{FOUND_NAME, find_name, false},
};

static void note(struct scan_found *found, enum finding_kind kind, size_t at, size_t len)
{
	found->counts[kind]++;
	found->total++;
	if (found->n < FINDINGS_FIRST)
		found->first[found->n++] = (struct finding){kind, (uint32_t)at, (uint32_t)len};
}

/* How far the next look is. */
static size_t look_at(struct scan *s, size_t at, struct scan_found *found)
{
	bool letter = letter_at(s->text, at) > 0;
	size_t len;

	if (letter && word_at(s->text, at, &s->word))
		note_cues(s);
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		len = letter || shapes[i].at_signs ? shapes[i].find(s, at) : 0;
		if (len > 0) {
			note(found, shapes[i].kind, at, len);
			return len;
		}
	}
	return letter ? s->word.end - at : 1; /* nothing begins in the middle of a word */
}

void scan_text(struct bytes text, const struct scan_asked *asked, struct scan_found *found_r)
{
	struct scan s = {.text = text, .asked = asked};

	*found_r = (struct scan_found){0};
	ENSURE(text.len <= UINT32_MAX);
	if (asked->n_names > 0) {
		s.roster = malloc(ROSTER_WORDS_MAX * sizeof *s.roster);
		ENSURE(s.roster != NULL);
		read_roster(&s);
	}
	for (size_t at = 0; at < text.len;)
		at += look_at(&s, at, found_r);
	free(s.roster);
}

const char *finding_word(enum finding_kind kind)
{
	static const char *const words[N_FINDING_KINDS] = {
		[FOUND_EMAIL] = "email",
		[FOUND_PHONE] = "phone",
		[FOUND_SSN] = "ssn",
		[FOUND_STUDENT_ID] = "student_id",
		[FOUND_BIRTH_DATE] = "birth_date",
		[FOUND_ADDRESS] = "address",
		[FOUND_NAME] = "name",
	};

	return words[kind];
}
