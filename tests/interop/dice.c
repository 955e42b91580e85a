/* Random choices. */
#include "tests/interop/dice.h"

/* None is what a number or a truth value prints as: jsonld.js writes "true" and true in one set
 * as two lines that are alike. */
static const char *const texts[] = {
	"Completed",
	"Failed",
	"A",
	"B",
	"",
	" ",
	"Reads aloud",
	"Uses evidence to adjust instruction",
	"one\ntwo\n\nthree",
	"says \"yes\"",
	"back\\slash and / slash",
	"<b> & </b>",
	"\xc3\xa9valuation formative",
	"\xe6\x95\x99\xe5\xb8\xab",
	"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
	"\xf0\x9f\x8d\x8e apple",
	"\xf0\x9d\x84\x9e clef",
	"\xef\xac\x81 ligature",
	"\xee\x80\x80 private",
	"\xef\xbf\xbd replacement",
	"\xe2\x80\xa8 separator",
	"\xcc\x81 combining",
	"_:b0",
	"@id",
	"https://a.example/not-a-link",
	"2026-01-15T17:05:00Z",
	"1.5",
};

static const char *const wild_texts[] = {
	"tab\there", "return\r\nfeed", "\b\f", "\x01\x02\x1f", "delete\x7f", "\xc2\x85 next line",
};

static const char *const iris[] = {
	"urn:x:1",
	"urn:x:2",
	"urn:x:3",
	"https://a.example/",
	"https://a.example/path?query=1&more=2#fragment",
	"did:web:issuers.example:issuers:meadow",
	"did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
	"mailto:a@b.example",
};

/* SplitMix64. */
static uint64_t next(struct dice *d)
{
	uint64_t z = d->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

struct dice dice_of_seed(uint64_t seed)
{
	return (struct dice){seed};
}

uint64_t dice_roll(struct dice *d, uint64_t sides)
{
	return next(d) % sides;
}

bool dice_chance(struct dice *d, unsigned percent)
{
	return dice_roll(d, 100) < percent;
}

const char *dice_text(struct dice *d)
{
	return texts[dice_roll(d, ARRAY_LEN(texts))];
}

const char *dice_wild_text(struct dice *d)
{
	if (dice_chance(d, 90))
		return dice_text(d);
	return wild_texts[dice_roll(d, ARRAY_LEN(wild_texts))];
}

const char *dice_iri(struct dice *d)
{
	return iris[dice_roll(d, ARRAY_LEN(iris))];
}
