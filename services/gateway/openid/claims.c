/* Claims, by names and values that a site chooses. */
#include "services/gateway/openid/claims.h"

#include <string.h>

#define CLAIM_MOST 250 /* bytes of a text that is used */
#define VALUES_MOST 200
#define DEPTH_MOST 8

static const char *const role_words[CLAIM_ROLES_MAX] = {"teacher", "assessor", "lead",
							"issuer",  "district", "agency",
							"coach",   "auditor",  "operator"};

unsigned claim_role(const char *word, size_t len)
{
	for (unsigned i = 0; i < CLAIM_ROLES_MAX; i++)
		if (strlen(role_words[i]) == len && memcmp(role_words[i], word, len) == 0)
			return i + 1;
	return 0;
}

const json_t *claim_at(const json_t *claims, const char *name)
{
	const json_t *at = json_object_get(claims, name);

	if (at != NULL || name[0] == '\0')
		return at;
	at = claims;
	for (unsigned depth = 0; depth < DEPTH_MOST && at != NULL; depth++) {
		size_t len = strcspn(name, ".");

		at = json_object_getn(at, name, len);
		if (name[len] == '\0')
			return at;
		name += len + 1;
	}
	return NULL;
}

/* One text, or the first of several. */
static const char *text_of(const json_t *claim)
{
	const char *text;

	if (json_is_array(claim))
		claim = json_array_get(claim, 0);
	text = json_string_value(claim);
	return text != NULL && strlen(text) <= CLAIM_MOST ? text : "";
}

/* ---- maps: "VALUE=meaning,VALUE=meaning" ---- */

/* The next pair of a map; NULL: no more. */
static const char *pair_next(const char *at, struct bytes *value_r, struct bytes *meaning_r)
{
	size_t len, value;

	at += strspn(at, ", ");
	if (*at == '\0')
		return NULL;
	len = strcspn(at, ",");
	value = len;
	/* The last sign parts them: a value may be a name with signs of its own. */
	for (size_t i = 0; i < len; i++)
		if (at[i] == '=')
			value = i;
	*value_r = (struct bytes){(const uint8_t *)at, value};
	*meaning_r = value == len
			     ? BYTES_NONE
			     : (struct bytes){(const uint8_t *)at + value + 1, len - value - 1};
	return at + len;
}

/* What the map says of a value; len 0: nothing. */
static struct bytes meaning_of(const char *map, const char *text)
{
	struct bytes value, meaning;

	for (const char *at = map; (at = pair_next(at, &value, &meaning)) != NULL;)
		if (bytes_equal(value, bytes_of_text(text)))
			return meaning;
	return BYTES_NONE;
}

static uint32_t role_of(const struct openid_config *config, const json_t *claim)
{
	const char *text = json_string_value(claim);
	struct bytes meaning = text != NULL ? meaning_of(config->roles, text) : BYTES_NONE;
	unsigned role = claim_role((const char *)meaning.data, meaning.len);

	return role == 0 ? 0 : 1u << (role - 1);
}

static uint32_t roles_of(const struct openid_config *config, const json_t *claim)
{
	uint32_t roles = role_of(config, claim);

	for (size_t i = 0; i < MIN(json_array_size(claim), (size_t)VALUES_MOST); i++)
		roles |= role_of(config, json_array_get(claim, i));
	return roles;
}

static struct id org_of(const struct openid_config *config, const json_t *claims, const char *name)
{
	const char *text = text_of(claim_at(claims, name));
	struct bytes meaning = meaning_of(config->orgs, text);
	char mapped[ID_TEXT_LEN + 1] = "";
	struct id id;

	if (meaning.len == ID_TEXT_LEN) {
		memcpy(mapped, meaning.data, meaning.len);
		text = mapped;
	}
	return id_of_text(text, &id) ? id : ID_NONE;
}

/* An address that the provider itself has not seen answered may be anybody's. */
static const char *email_of(const struct openid_config *config, const json_t *claims)
{
	if (json_is_false(json_object_get(claims, "email_verified")))
		return "";
	return text_of(claim_at(claims, config->email_claim));
}

struct vouched claims_read(const struct openid_config *config, const json_t *claims)
{
	return (struct vouched){
		.subject = text_of(json_object_get(claims, "sub")),
		.session = text_of(json_object_get(claims, "sid")),
		.email = email_of(config, claims),
		.staff = text_of(claim_at(claims, config->staff_claim)),
		.name = text_of(claim_at(claims, config->name_claim)),
		.district = org_of(config, claims, config->district_claim),
		.school = org_of(config, claims, config->school_claim),
		.roles = roles_of(config, claim_at(claims, config->role_claim)),
	};
}

/* ---- the settings ---- */

bool openid_on_this_machine(const char *issuer)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};

	if (strncmp(issuer, "http://", 7) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		size_t len = strlen(hosts[i]);

		if (strncmp(issuer + 7, hosts[i], len) == 0 &&
		    strchr(":/", issuer[7 + len]) != NULL) /* or its end */
			return true;
	}
	return false;
}

/* An operator is named by hand only: a slip at the provider must not open everything. */
static bool roles_are_known(const char *map)
{
	struct bytes value, meaning;

	for (const char *at = map; (at = pair_next(at, &value, &meaning)) != NULL;) {
		unsigned role = claim_role((const char *)meaning.data, meaning.len);

		if (value.len == 0 || role == 0 || role == CLAIM_ROLES_MAX)
			return false;
	}
	return true;
}

static bool orgs_are_ids(const char *map)
{
	struct bytes value, meaning;
	struct id id;

	for (const char *at = map; (at = pair_next(at, &value, &meaning)) != NULL;) {
		char text[ID_TEXT_LEN + 1] = "";

		if (value.len == 0 || meaning.len != ID_TEXT_LEN)
			return false;
		memcpy(text, meaning.data, meaning.len);
		if (!id_of_text(text, &id))
			return false;
	}
	return true;
}

const char *openid_config_fault(const struct openid_config *c)
{
	if (c->issuer[0] == '\0')
		return NULL;
	if (strncmp(c->issuer, "https://", 8) != 0 && !openid_on_this_machine(c->issuer))
		return "openid_issuer: https:// is expected; http:// only for this machine";
	if (c->client[0] == '\0')
		return "openid_client: the name under which the provider knows this installation";
	if ((c->secret_file[0] == '\0') == (c->key_file[0] == '\0'))
		return "openid_secret_file: give it or openid_key_file, and not both";
	if (!roles_are_known(c->roles))
		return "openid_roles: VALUE=role,... with roles teacher, assessor, lead, issuer, "
		       "district, agency, coach, auditor";
	if (!orgs_are_ids(c->orgs))
		return "openid_orgs: VALUE=id,... with ids of districts and schools";
	return NULL;
}
