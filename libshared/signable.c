/* Text that may stand in a signed credential. */
#include "libshared/signable.h"

#include "libshared/check.h"

#include <string.h>

bool text_is_signable(const char *text)
{
	return text_is_clean(text, strlen(text)) && strchr(text, '\t') == NULL;
}

/* In UTF-8 the first byte tells: F0 and above is beyond U+FFFF, EE and EF are U+E000 to U+FFFF. */
unsigned text_kinds(const char *signable)
{
	unsigned kinds = 0;

	for (const char *at = signable; *at != '\0'; at++) {
		unsigned char byte = (unsigned char)*at;

		if (byte >= 0xf0)
			kinds |= TEXT_BEYOND_FFFF;
		else if (byte >= 0xee)
			kinds |= TEXT_FROM_E000;
	}
	return kinds;
}
