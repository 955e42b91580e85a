/* Ranges of bytes. */
#include "services/gateway/upload/range.h"

#include <string.h>
#include <strings.h>

#define DIGITS_MAX 18

/* Moves at behind the digits. False: none, or too many. */
static bool read_number(const char **at, uint64_t *number_r)
{
	size_t len = strspn(*at, "0123456789");

	*number_r = 0;
	for (size_t i = 0; i < len && i < DIGITS_MAX; i++)
		*number_r = 10 * *number_r + (uint64_t)((*at)[i] - '0');
	*at += len;
	return len > 0 && len <= DIGITS_MAX;
}

/* "-500": the last 500. */
static enum ranged read_suffix(const char *at, uint64_t total, struct range *range_r)
{
	uint64_t n;

	at++;
	if (!read_number(&at, &n) || *at != '\0')
		return RANGE_ALL;
	if (n == 0 || total == 0)
		return RANGE_OUTSIDE;
	*range_r = (struct range){total - MIN(n, total), total - 1};
	return RANGE_PART;
}

enum ranged range_read(const char *header, uint64_t total, struct range *range_r)
{
	const char *at = header;
	uint64_t first, last = UINT64_MAX;

	if (header == NULL || strncasecmp(header, "bytes=", 6) != 0)
		return RANGE_ALL;
	at += 6;
	if (*at == '-')
		return read_suffix(at, total, range_r);
	if (!read_number(&at, &first) || *at++ != '-')
		return RANGE_ALL;
	if (*at != '\0' && (!read_number(&at, &last) || *at != '\0' || last < first))
		return RANGE_ALL;
	if (first >= total)
		return RANGE_OUTSIDE;
	*range_r = (struct range){first, MIN(last, total - 1)};
	return RANGE_PART;
}
