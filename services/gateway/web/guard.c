/*
 * What could be read in two ways by two servers is read by neither: requests whose framing or host
 * is ambiguous are refused (RFC 9112, 6.3 and 3.2), whatever the library made of them.
 */
#include "services/gateway/web/exchange.h"

#include <string.h>
#include <strings.h>

struct counted {
	unsigned lengths, encodings, hosts;
	bool length_is_number, encoding_is_chunked;
};

static bool is_number(const char *text)
{
	return text[0] != '\0' && strlen(text) <= 18 && strspn(text, "0123456789") == strlen(text);
}

static enum MHD_Result count(void *counted, enum MHD_ValueKind kind, const char *key,
			     const char *value)
{
	struct counted *c = counted;

	(void)kind;
	if (value == NULL)
		value = "";
	if (strcasecmp(key, "Content-Length") == 0) {
		c->lengths++;
		c->length_is_number = is_number(value);
	} else if (strcasecmp(key, "Transfer-Encoding") == 0) {
		c->encodings++;
		c->encoding_is_chunked = strcasecmp(value, "chunked") == 0;
	} else if (strcasecmp(key, "Host") == 0) {
		c->hosts += value[0] != '\0' ? 1 : 2;
	}
	return MHD_YES;
}

const char *guard_fault(struct MHD_Connection *connection)
{
	struct counted c = {0};

	MHD_get_connection_values(connection, MHD_HEADER_KIND, count, &c);
	if (c.hosts != 1)
		return "exactly one Host is expected";
	if (c.lengths > 1 || (c.lengths == 1 && !c.length_is_number))
		return "one Content-Length that is a number is expected";
	if (c.encodings > 1 || (c.encodings == 1 && !c.encoding_is_chunked))
		return "no Transfer-Encoding but one chunked is understood";
	if (c.encodings == 1 && c.lengths == 1)
		return "Content-Length and Transfer-Encoding together have two meanings";
	return NULL;
}
