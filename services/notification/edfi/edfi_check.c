/* Whether the settings of an Ed-Fi sink can be right. */
#include "services/notification/edfi/edfi_map.h"
#include "services/notification/sinks/sink.h"

#include <string.h>

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

/* A query or a gap is for other addresses than that of a root document. */
static bool is_root(const char *url)
{
	return strpbrk(url, "@?{}\"<>\\") == NULL;
}

/* "uri://cairn.sea.example.gov", without what separates it from a name. */
static bool is_namespace(const char *text)
{
	size_t len = strlen(text);

	return strncmp(text, "uri://", 6) == 0 && len > 6 && strchr("/.:-_", text[6]) == NULL &&
	       is_printable(text, NAMESPACE_MAX) && strpbrk(text, "#\"'<>\\") == NULL &&
	       text[len - 1] != '/';
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
		return "data_standard: expected 5.2, 6.0 or 6.1, as the API speaks";
	if (!is_namespace(p->namespace_))
		return "namespace: expected uri://HOST, a prefix that the API lets us write under, "
		       "without a slash at its end";
	if (p->descriptor_namespace[0] != '\0' && !is_namespace(p->descriptor_namespace))
		return "descriptor_namespace: expected uri://HOST, or nothing where it is the "
		       "namespace";
	if (p->credential_type[0] != '\0' && !is_code(p->credential_type))
		return "credential_type: expected a code of at most 50 characters, without a "
		       "namespace before it";
	if (p->person_source[0] != '\0' && !is_source(p->person_source))
		return "person_source: expected uri://HOST/SourceSystemDescriptor#CODE, or nothing "
		       "to name no person";
	return NULL;
}

const char *edfi_check(const Notification__Sink *sink, const Notification__SinkPrivate *secret,
		       struct arena *arena)
{
	(void)arena;
	if (!is_root(sink->url))
		return "url: expected https://HOST/... of the API's root document, with tenant and "
		       "school year where it has them, and no query";
	if (sink->edfi == NULL)
		return "data_standard, namespace: expected of an Ed-Fi sink";
	if (secret != NULL &&
	    (!is_printable(secret->client_id, SECRET_MAX) || strchr(secret->client_id, ':') ||
	     !is_printable(secret->client_secret, SECRET_MAX)))
		return "client_id, client_secret: expected the key and secret that the API gave "
		       "for us";
	return check_profile(sink->edfi);
}
