/* Parts of a form, found by their boundary. */
#include "services/gateway/proof/multipart.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BOUNDARY_MAX 70 /* RFC 2046 */
#define HEAD_MAX 1024

/* "\r\n--BOUNDARY", as it stands before every part but the first. */
static bool delimiter_of(const char *content_type, char delimiter_r[BOUNDARY_MAX + 5])
{
	const char *at = content_type != NULL ? strcasestr(content_type, "boundary=") : NULL;
	size_t len;

	if (at == NULL || strncasecmp(content_type, "multipart/form-data", 19) != 0)
		return false;
	at += strlen("boundary=");
	if (*at == '"')
		at++;
	len = strcspn(at, "\";, \t");
	if (len == 0 || len > BOUNDARY_MAX)
		return false;
	snprintf(delimiter_r, BOUNDARY_MAX + 5, "\r\n--%.*s", (int)len, at);
	return true;
}

static const uint8_t *find(struct bytes in, const char *text, size_t len)
{
	return in.len >= len ? memmem(in.data, in.len, text, len) : NULL;
}

static struct bytes rest_after(struct bytes all, const uint8_t *at)
{
	return (struct bytes){at, all.len - (size_t)(at - all.data)};
}

/* Content-Disposition: form-data; name="NAME". */
static bool is_named(struct bytes head, const char *name)
{
	char wanted[80], text[HEAD_MAX + 1];

	if (head.len > HEAD_MAX)
		return false;
	memcpy(text, head.data, head.len);
	text[head.len] = '\0';
	snprintf(wanted, sizeof wanted, " name=\"%s\"", name);
	return strcasestr(text, "content-disposition:") != NULL && strstr(text, wanted) != NULL;
}

/* rest stands behind a delimiter; moves it behind the next one. False: no part is left. */
static bool next_part(struct bytes *rest, const char *delimiter, struct bytes *head_r,
		      struct bytes *content_r)
{
	const uint8_t *blank, *end;

	if (rest->len < 2 || memcmp(rest->data, "\r\n", 2) != 0)
		return false;
	blank = find(*rest, "\r\n\r\n", 4);
	if (blank == NULL)
		return false;
	*head_r = (struct bytes){rest->data, (size_t)(blank - rest->data)};
	*rest = rest_after(*rest, blank + 2); /* an empty part ends where its head does */
	end = find(*rest, delimiter, strlen(delimiter));
	if (end == NULL)
		return false;
	content_r->data = rest->data + 2;
	content_r->len = end > content_r->data ? (size_t)(end - content_r->data) : 0;
	*rest = rest_after(*rest, end + strlen(delimiter));
	return true;
}

bool multipart_find(struct bytes body, const char *content_type, const char *name,
		    struct bytes *content_r)
{
	char delimiter[BOUNDARY_MAX + 5];
	struct bytes rest = body, head, content;

	if (!delimiter_of(content_type, delimiter) || body.len < strlen(delimiter) - 2 ||
	    memcmp(body.data, delimiter + 2, strlen(delimiter) - 2) != 0)
		return false;
	rest = rest_after(body, body.data + strlen(delimiter) - 2);
	while (next_part(&rest, delimiter, &head, &content)) {
		if (content.len == 0 || !is_named(head, name))
			continue;
		*content_r = content;
		return true;
	}
	return false;
}
