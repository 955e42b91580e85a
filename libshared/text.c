/* UTF-8 text: whether it is clean, and how many words a reader would count in it. */
#include "libshared/check.h"

#include <string.h>

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

/* Eight characters from 0x20 to 0x7e, which most text is made of. */
static bool eight_plain(const uint8_t *at)
{
	uint64_t x, del;

	memcpy(&x, at, sizeof x);
	del = x ^ (ONES * 0x7f);
	/* A top bit: beyond ASCII; a borrow into it: below 0x20; the same of del: a 0x7f. */
	return ((x | (x - ONES * 0x20) | (del - ONES)) & TOPS) == 0;
}

/* Length of the character that starts at; 0: none does. */
static size_t char_at(const uint8_t *at, size_t left, uint32_t *code_r)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	uint32_t code = len == 1 ? at[0] : at[0] & (0x7fu >> len);

	if (len == 0 || at[0] > 0xf4 || len > left)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*code_r = code;
	return len;
}

static bool is_control(uint32_t code)
{
	return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0);
}

bool text_is_clean(const char *text, size_t len)
{
	const uint8_t *at = (const uint8_t *)text;

	while (len > 0) {
		uint32_t code;
		size_t n = 8;

		if (len < 8 || !eight_plain(at)) {
			n = char_at(at, len, &code);
			if (n == 0 || is_control(code))
				return false;
		}
		at += n;
		len -= n;
	}
	return true;
}

static bool is_white(uint32_t code)
{
	return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xa0 ||
	       code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
	       code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

/* Beyond ASCII everything counts but the blocks of punctuation, arrows and pictures. */
static bool is_letter_or_digit(uint32_t code)
{
	if (code < 0x80)
		return (code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
		       (code >= 'a' && code <= 'z');
	if (code < 0xc0)
		return code == 0xaa || code == 0xb5 || code == 0xba;
	return code != 0xd7 && code != 0xf7 && !(code >= 0x2000 && code <= 0x206f) &&
	       !(code >= 0x2190 && code <= 0x2bff) && !(code >= 0x2e00 && code <= 0x2e7f) &&
	       !(code >= 0x3001 && code <= 0x3003) && !(code >= 0x3008 && code <= 0x3020) &&
	       code != 0xfe0f && !(code >= 0x1f000 && code <= 0x1faff);
}

uint32_t count_words(struct bytes text)
{
	uint32_t n_words = 0;
	bool counted = false; /* the run that is being read */

	for (size_t i = 0, n; i < text.len; i += n) {
		uint32_t code;

		n = char_at(text.data + i, text.len - i, &code);
		if (n == 0) {
			n = 1; /* a byte that is no text separates nothing and counts for nothing */
			continue;
		}
		if (is_white(code)) {
			counted = false;
		} else if (!counted && is_letter_or_digit(code)) {
			counted = true;
			n_words++;
		}
	}
	return n_words;
}
