/* What the settings of a sink must be, whatever its kind; then its kind is asked. */
#include "services/notification/sinks/sink_rules.h"

#include "services/notification/tables_sink.h"

#include <string.h>

#define TYPES_MAX 20 /* as many as issuance selects by */
#define TYPE_MAX 100
#define URL_MAX 1000
#define CONTACT_MAX 254
#define CREDENTIAL_MAX 500
#define RATE_MAX 1000
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool consists_of(const char *text, const char *characters, size_t most)
{
	size_t len = strlen(text);

	return len >= 1 && len <= most && strspn(text, characters) == len;
}

static bool url_is_sound(const char *url)
{
	const char *host = strstr(url, "://"), *end;

	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return false;
	host += 3;
	end = host + strcspn(host, "/?#");
	if (end == host || memchr(host, '@', (size_t)(end - host)) != NULL)
		return false;
	for (const char *at = url; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~' || *at == '#')
			return false;
	return strlen(url) <= URL_MAX;
}

static const char *types_fault(const Notification__Sink *sink)
{
	if (sink->n_types > TYPES_MAX)
		return "types: at most 20 are expected";
	for (size_t i = 0; i < sink->n_types; i++) {
		const char *star = strchr(sink->types[i], '*');

		if (!consists_of(sink->types[i], LOWER UPPER DIGITS "._*-", TYPE_MAX) ||
		    (star != NULL && star[1] != '\0'))
			return "types: expected as org.cairn.credential.issued.v1 or "
			       "org.cairn.credential.*";
	}
	return NULL;
}

static const char *private_fault(const Notification__SinkPrivate *p)
{
	const char *at = strchr(p->contact, '@');

	if (at == NULL || at == p->contact || at[1] == '\0' || strlen(p->contact) > CONTACT_MAX ||
	    strpbrk(p->contact, " \t\n\r,;<>") != NULL)
		return "contact: expected the e-mail address of whoever is told when it fails";
	if (strlen(p->client_id) > CREDENTIAL_MAX || strlen(p->client_secret) > CREDENTIAL_MAX ||
	    strpbrk(p->client_id, "\n\t") != NULL || strpbrk(p->client_secret, "\n\t") != NULL)
		return "client_id, client_secret: expected one line of at most 500 bytes";
	return NULL;
}

static const char *common_fault(const Notification__Sink *sink)
{
	if (!consists_of(sink->name, LOWER DIGITS "-", SINK_NAME_MAX) || sink->name[0] == '-')
		return "name: expected 1 to 32 of a-z, 0-9 and -";
	if (strlen(sink->state) != 2 || !consists_of(sink->state, UPPER, 2))
		return "state: expected two letters, as TN";
	if (!url_is_sound(sink->url))
		return "url: expected https://HOST/PATH of at most 1,000 bytes, without a name or "
		       "password in it";
	if (sink->rate > RATE_MAX)
		return "rate: expected at most 1,000 a second, or 0 for no limit";
	return types_fault(sink);
}

const char *sink_fault(const Notification__Sink *sink, const Notification__SinkPrivate *secret,
		       struct arena *arena)
{
	const char *fault = common_fault(sink);

	if (fault == NULL && secret != NULL)
		fault = private_fault(secret);
	if (fault != NULL)
		return fault;
	if (sink->kind == NOTIFICATION__SINK_KIND__WEBHOOK)
		return webhook_check(sink, secret, arena);
	if (sink->kind == NOTIFICATION__SINK_KIND__EDFI)
		return edfi_check(sink, secret, arena);
	return "kind: expected webhook or edfi";
}
