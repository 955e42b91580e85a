/* Links and lines that tell of a credential. */
#include "services/issuance/forms/share.h"

#include "libshared/zone.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/fault.h"

#include <stdio.h>
#include <string.h>

static bool is_web_address(const char *url)
{
	return (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0) &&
	       strpbrk(url, "'?#") == NULL && is_badge_iri(url);
}

bool share_verify_url(const struct form_facts *facts, const char *base, struct arena *a,
		      const char **url_r, struct form_problem *problem)
{
	struct didweb_place place;
	size_t len;

	if (base == NULL) {
		if (!didweb_place(facts->issuer_id, &place))
			return form_refuse(problem,
					   "the issuer's name is no did:web, so the address to "
					   "verify at must be given");
		base = arena_printf(a, "https://%s/verify", place.host);
	}
	if (!is_web_address(base))
		return form_refuse(problem, "the address to verify at begins with https:// and has "
					    "no query: https://HOST/verify");
	len = strlen(base);
	while (base[len - 1] == '/')
		len--;
	*url_r = arena_printf(a, "%.*s/%s", (int)len, base, facts->uuid);
	if (!is_web_address(*url_r))
		return form_refuse(problem, "the credential's id fits in no address");
	return true;
}

/* Percent-encoded as a query's value. */
static const char *escaped(const char *text, struct arena *a)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._~";
	char *out = arena_alloc(a, 3 * strlen(text) + 1), *at = out;

	for (; *text != '\0'; text++) {
		if (strchr(plain, *text) != NULL)
			*at++ = *text;
		else
			at += snprintf(at, 4, "%%%02X", (unsigned char)*text);
	}
	*at = '\0';
	return out;
}

const char *share_linkedin(const struct form_facts *facts, const char *verify_url, struct arena *a)
{
	struct civil from = civil_of_day(facts->valid_from_us / US_PER_DAY);
	struct civil until = civil_of_day(facts->valid_until_us / US_PER_DAY);
	const char *end = "";

	if (facts->valid_until_us != 0)
		end = arena_printf(a, "&expirationYear=%d&expirationMonth=%d", until.year,
				   until.month);
	return arena_printf(a,
			    "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME"
			    "&name=%s&organizationName=%s&issueYear=%d&issueMonth=%d%s&certUrl=%s"
			    "&certId=%s",
			    escaped(facts->title, a), escaped(facts->issuer_name, a), from.year,
			    from.month, end, escaped(verify_url, a), escaped(facts->uuid, a));
}

const char *share_resume(const struct form_facts *facts, const char *verify_url, struct arena *a)
{
	char from[FORM_DATE_LEN], until[FORM_DATE_LEN];
	const char *code = "", *hours = "", *end = "";

	form_date(facts->valid_from_us, from);
	form_date(facts->valid_until_us, until);
	if (facts->code[0] != '\0')
		code = arena_printf(a, " (%s)", facts->code);
	if (facts->credits[0] != '\0')
		hours = arena_printf(a, ", %s clock hours", facts->credits);
	if (facts->valid_until_us != 0)
		end = arena_printf(a, ", valid until %s", until);
	return arena_printf(a, "%s%s, %s%s. %s, %s%s. Verify: %s", facts->title, code,
			    facts->is_stack ? "stack of micro-credentials" : "micro-credential",
			    hours, facts->issuer_name, from, end, verify_url);
}
