/* The words of a UTF-8 text, folded. */
#include "services/evidence/words.h"

#include <string.h>

/* One character: its code point, or 0 for a byte that is no UTF-8, and how many bytes it takes. */
struct character {
	uint32_t code;
	size_t len;
};

static struct character character_at(struct bytes text, size_t at)
{
	static const struct {
		uint8_t mask, is;
		uint32_t least;
	} leads[] = {{0x80, 0, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	uint8_t first = text.data[at];

	for (size_t n = 0; n < ARRAY_LEN(leads); n++) {
		uint32_t code = first & (uint8_t)~leads[n].mask;

		if ((first & leads[n].mask) != leads[n].is || n >= text.len - at)
			continue;
		for (size_t i = 1; i <= n; i++) {
			if ((text.data[at + i] & 0xc0) != 0x80)
				return (struct character){0, 1};
			code = code << 6 | (text.data[at + i] & 0x3f);
		}
		return code < leads[n].least ? (struct character){0, 1}
					     : (struct character){code, n + 1};
	}
	return (struct character){0, 1};
}

static bool is_mark(uint32_t code) /* an accent of the letter before it */
{
	return code >= 0x300 && code <= 0x36f;
}

static bool is_digit(uint32_t code)
{
	return code >= '0' && code <= '9';
}

static bool is_letter(uint32_t code)
{
	if (code < 0x80)
		return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
	return code >= 0xc0 && code != 0xd7 && code != 0xf7 && !is_mark(code) &&
	       !(code >= 0x2000 && code <= 0x2bff) && !(code >= 0x3000 && code <= 0x303f);
}

/* U+00C0 to U+017F without their accents, capitals and small letters alike. */
static const char plain[] = "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiii"
			    "dnooooo*ouuuuytyaaaaaaccccccccddddeeeeeeeeeegggg"
			    "gggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooo"
			    "oooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static bool is_capital(uint32_t code)
{
	if (code < 0x80)
		return code >= 'A' && code <= 'Z';
	if (code <= 0xff)
		return code >= 0xc0 && code <= 0xde;
	return code <= 0x17f && code % 2 == 0; /* nearly: capitals stand before their small ones */
}

static void fold(struct word *word, struct bytes text, struct character c, size_t at)
{
	if (is_mark(c.code) || word->len + c.len > WORD_MAX)
		return;
	if (c.code >= 0xc0 && c.code <= 0x17f) {
		word->folded[word->len++] = plain[c.code - 0xc0];
	} else if (c.code < 0x80) {
		word->folded[word->len++] =
			(char)(c.code >= 'A' && c.code <= 'Z' ? c.code + ('a' - 'A') : c.code);
	} else {
		memcpy(word->folded + word->len, text.data + at, c.len);
		word->len += c.len;
	}
}

size_t letter_at(struct bytes text, size_t at)
{
	struct character c = {0, 1};

	if (at < text.len)
		c = character_at(text, at);
	return is_letter(c.code) || is_digit(c.code) || is_mark(c.code) ? c.len : 0;
}

size_t letter_before(struct bytes text, size_t at)
{
	for (size_t len = 1; len <= 4 && len <= at; len++) {
		if ((text.data[at - len] & 0xc0) != 0x80)
			return letter_at(text, at - len) == len ? len : 0;
	}
	return 0;
}

bool word_at(struct bytes text, size_t at, struct word *word_r)
{
	struct character c = {0, 1};

	if (letter_at(text, at) == 0)
		return false;
	c = character_at(text, at);
	*word_r = (struct word){.at = at, .capital = is_capital(c.code), .digits = true};
	for (; at < text.len && at - word_r->at < WORD_BYTES_MAX; at += c.len) {
		if (letter_at(text, at) == 0)
			break;
		c = character_at(text, at);
		word_r->digits = word_r->digits && is_digit(c.code);
		fold(word_r, text, c, at);
	}
	word_r->end = at;
	word_r->folded[word_r->len] = '\0';
	return true;
}

bool word_next(struct bytes text, size_t from, struct word *word_r)
{
	while (from < text.len && letter_at(text, from) == 0)
		from += character_at(text, from).len;
	return from < text.len && word_at(text, from, word_r);
}

bool word_is(const struct word *word, const char *folded)
{
	return strcmp(word->folded, folded) == 0;
}

bool word_is_of(const struct word *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (**list == word->folded[0] && word_is(word, *list))
			return true;
	return false;
}
