/* Colours, and how far apart they are. */
#include "services/issuance/forms/theme.h"

#include "libshared/base.h"

#include <math.h>

const struct theme themes[] = {
	{0x162E51, 0xFFFFFF, 0xD9E8F6, 0x162E51, 0x73B3E7, 0x1A4480},
	{0x122E24, 0xFFFFFF, 0xDFEFE7, 0x122E24, 0x70E17B, 0x1F5B3F},
	{0x3D1B52, 0xFFFFFF, 0xEDE3F5, 0x3D1B52, 0xC3A0E8, 0x54278F},
	{0x4B1B1F, 0xFFFFFF, 0xF8E1E1, 0x4B1B1F, 0xF09EA0, 0x8B1E27},
	{0x0F3638, 0xFFFFFF, 0xD6F0F0, 0x0F3638, 0x5ABFC4, 0x0F6460},
	{0x3B2B15, 0xFFFFFF, 0xF6EBD5, 0x3B2B15, 0xE5A000, 0x7A4B10},
};
const size_t n_themes = ARRAY_LEN(themes);

/* FNV-1a: names of fields are few and short. */
const struct theme *theme_of_field(const char *field)
{
	uint32_t hash = 2166136261U;

	for (; *field != '\0'; field++)
		hash = (hash ^ (uint8_t)*field) * 16777619U;
	return &themes[hash % n_themes];
}

static double linear(uint32_t channel)
{
	double c = channel / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t colour)
{
	return 0.2126 * linear(colour >> 16 & 0xff) + 0.7152 * linear(colour >> 8 & 0xff) +
	       0.0722 * linear(colour & 0xff);
}

double theme_contrast(uint32_t a, uint32_t b)
{
	double one = luminance(a) + 0.05, other = luminance(b) + 0.05;

	return one > other ? one / other : other / one;
}
