/* Whether the settings of an Ed-Fi sink can be right. */
#include "services/notification/edfi_check.h"

#include "services/notification/edfi_map.h"

#include <ctype.h>
#include <string.h>

#define URL_MAX 1000
#define NAMESPACE_MAX 200 /* of 255, so that "/NameDescriptor" fits behind it */
#define SECRET_MAX 500

static bool is_printable(const char *text, size_t most)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++)
		if (text[n] <= ' ' || text[n] > '~')
			return false;
	return n > 0 && n <= most;
}

static bool is_url(const char *text)
{
	bool scheme = strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0;

	return scheme && is_printable(text, URL_MAX) && strpbrk(text, "@?#{}\"<>\\") == NULL;
}

/* "uri://cairn.sea.example.gov", without what separates it from a name. */
static bool is_namespace(const char *text)
{
	size_t len = strlen(text);

	return strncmp(text, "uri://", 6) == 0 && len > 6 && isalnum((unsigned char)text[6]) &&
	       is_printable(text, NAMESPACE_MAX) && strpbrk(text, "#\"'<>\\") == NULL &&
	       text[len - 1] != '/';
}

static bool is_state(const char *text)
{
	return strlen(text) == 2 && isupper((unsigned char)text[0]) &&
	       isupper((unsigned char)text[1]);
}

static bool is_code(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && text[0] != ' ' && text[len - 1] != ' ' &&
	       text[edfi_cut(text, EDFI_CODE_MAX)] == '\0' && strpbrk(text, "#/<>\"") == NULL;
}

/* A whole URI of a SourceSystemDescriptor. */
static bool is_source(const char *text)
{
	const char *name = strstr(text, "/SourceSystemDescriptor#");

	return strncmp(text, "uri://", 6) == 0 && name != NULL &&
	       is_code(name + strlen("/SourceSystemDescriptor#")) && strlen(text) <= 306;
}

static bool is_standard(const char *text)
{
	return strcmp(text, "5.2") == 0 || strcmp(text, "6.0") == 0 || strcmp(text, "6.1") == 0;
}

static const char *check_profile(const Notification__EdfiProfile *p)
{
	if (!is_standard(p->data_standard))
		return "data_standard: 5.2, 6.0 or 6.1 is expected: what the API speaks";
	if (!is_namespace(p->namespace_))
		return "namespace: uri://HOST is expected, as the API's vendor has it as its "
		       "prefix, without a slash at the end";
	if (p->descriptor_namespace[0] != '\0' && !is_namespace(p->descriptor_namespace))
		return "descriptor_namespace: uri://HOST is expected, or nothing for the namespace";
	if (p->credential_type[0] != '\0' && !is_code(p->credential_type))
		return "credential_type: a code of at most 50 characters, without the namespace "
		       "before it";
	if (p->person_source[0] != '\0' && !is_source(p->person_source))
		return "person_source: uri://HOST/SourceSystemDescriptor#CODE is expected, or "
		       "nothing to name no person";
	return NULL;
}

const char *edfi_check(const Notification__Sink *sink, const Notification__SinkPrivate *secret,
		       struct arena *arena)
{
	(void)arena;
	if (!is_url(sink->url))
		return "url: https://HOST/... of the API's root document is expected, without "
		       "name, password or query";
	if (!is_state(sink->state))
		return "state: two capital letters are expected: Ed-Fi keeps credentials by the "
		       "state that they are issued in";
	if (sink->edfi == NULL)
		return "edfi: data_standard and namespace are expected";
	if (secret != NULL &&
	    (!is_printable(secret->client_id, SECRET_MAX) || strchr(secret->client_id, ':') ||
	     !is_printable(secret->client_secret, SECRET_MAX)))
		return "client_id and client_secret: the key and secret of the API's vendor are "
		       "expected";
	return check_profile(sink->edfi);
}
