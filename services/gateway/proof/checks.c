/* From the verification of a credential, and what the installation knows of it, to the list of
 * checks that a page shows. */
#include "services/gateway/proof/checks.h"

#include "libshared/blobs.h"
#include "libshared/decision.h"
#include "services/gateway/proof/log_proof.h"
#include "services/issuance/documents/jws.h"
#include "services/issuance/documents/verify.h"

#include <string.h>

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

/* ---- names ---- */

static json_t *credential_json(struct bytes credential, struct arena *arena, const char **kid_r)
{
	struct jws jws;
	json_t *json;

	*kid_r = NULL;
	if (!is_compact_jws(credential))
		return json_loadb((const char *)credential.data, credential.len,
				  JSON_REJECT_DUPLICATES, NULL);
	if (!jws_read(credential, arena, &jws))
		return NULL;
	if (jws_says(&jws, "kid") != NULL)
		*kid_r = arena_text(arena, bytes_of_text(jws_says(&jws, "kid")));
	json = json_incref(jws.payload);
	jws_finish(&jws);
	return json;
}

static const char *did_of(const json_t *json, const char *kid, struct arena *arena)
{
	const json_t *proof = json_object_get(json, "proof");
	const json_t *issuer = json_object_get(json, "issuer");
	const char *method, *end;

	if (json_is_array(proof))
		proof = json_array_get(proof, 0);
	method = kid != NULL ? kid : text_of(proof, "verificationMethod");
	if (method[0] == '\0')
		method = json_is_object(issuer)   ? text_of(issuer, "id")
			 : json_is_string(issuer) ? json_string_value(issuer)
						  : "";
	end = strchr(method, '#');
	return arena_text(arena,
			  (struct bytes){(const uint8_t *)method,
					 end != NULL ? (size_t)(end - method) : strlen(method)});
}

/* "https://HOST/issuers/x/status/7": 7. */
static uint32_t number_at_end(const char *url)
{
	const char *at = strrchr(url, '/');
	uint32_t number = 0;

	if (at == NULL || at[1] == '\0' || strlen(at + 1) > 9)
		return 0;
	for (at++; *at != '\0'; at++) {
		if (*at < '0' || *at > '9')
			return 0;
		number = number * 10 + (uint32_t)(*at - '0');
	}
	return number;
}

bool proof_names_read(struct bytes credential, struct arena *arena, struct proof_names *names_r)
{
	const char *kid;
	AUTO(json_decrefp) json_t *json = credential_json(credential, arena, &kid);
	const json_t *status = json_object_get(json, "credentialStatus");

	if (!json_is_object(json))
		return false;
	names_r->id = arena_text(arena, bytes_of_text(text_of(json, "id")));
	names_r->did = did_of(json, kid, arena);
	names_r->status_list =
		arena_text(arena, bytes_of_text(text_of(status, "statusListCredential")));
	names_r->list = number_at_end(names_r->status_list);
	return true;
}

/* ---- the list ---- */

struct checking {
	const struct proof_input *in;
	struct arena *arena;
	json_t *document; /* the credential; NULL: none that can be read */
	json_t *list;
	bool failed, unsure;
};

static void say(struct checking *c, const char *check, const char *outcome, const char *detail)
{
	json_array_append_new(c->list, json_pack("{s:s, s:s, s:s}", "check", check, "outcome",
						 outcome, "detail", detail));
	c->failed |= strcmp(outcome, "fail") == 0;
}

static const struct verify_check *check_of(const struct verification *v, const char *name)
{
	size_t i = 0;

	while (i < VERIFY_CHECKS - 1 && strcmp(v->checks[i].name, name) != 0)
		i++;
	ENSURE(strcmp(v->checks[i].name, name) == 0); /* names are ours */
	return &v->checks[i];
}

/* The first of several that did not pass, else the last. */
static void say_worst(struct checking *c, const char *name, const struct verification *v,
		      const char *const parts[], size_t n)
{
	const struct verify_check *check = check_of(v, parts[0]);
	const char *outcome = "pass";

	for (size_t i = 1; i < n && check->outcome == VERIFY_PASSED; i++)
		check = check_of(v, parts[i]);
	if (check->outcome == VERIFY_FAILED)
		outcome = "fail";
	else if (check->outcome == VERIFY_NOT_MADE)
		outcome = "warn";
	say(c, name, outcome, check->text);
}

static bool holds(const json_t *value, const char *text)
{
	size_t i;
	json_t *item;

	if (json_is_string(value))
		return strcmp(json_string_value(value), text) == 0;
	json_array_foreach(value, i,
			   item) if (json_is_string(item) &&
				     strcmp(json_string_value(item), text) == 0) return true;
	return false;
}

/* What every Open Badge says of what it was given for. */
static const char *badge_fault(const json_t *document)
{
	static const char *const members[] = {"id", "name", "description"};
	const json_t *subject = json_object_get(document, "credentialSubject");
	const json_t *achievement = json_object_get(subject, "achievement");

	if (!holds(json_object_get(document, "type"), "OpenBadgeCredential") &&
	    !holds(json_object_get(document, "type"), "AchievementCredential"))
		return "It is a verifiable credential, but not an Open Badge.";
	if (!json_is_object(achievement))
		return "It does not say what it was given for.";
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (text_of(achievement, members[i])[0] == '\0')
			return "The achievement lacks its id, name or description.";
	if (!json_is_object(json_object_get(achievement, "criteria")))
		return "The achievement has no criteria.";
	return NULL;
}

static void check_schema(struct checking *c, const struct verification *v)
{
	static const char *const parts[] = {"structure"};
	const char *fault = badge_fault(c->document);

	if (check_of(v, "structure")->outcome == VERIFY_PASSED && fault != NULL)
		say(c, "schema", "warn", fault);
	else
		say_worst(c, "schema", v, parts, ARRAY_LEN(parts));
}

static void check_signer(struct checking *c, const struct verification *v)
{
	static const char *const issuer[] = {"issuer"};
	static const char *const signature[] = {"key", "hash", "signature"};

	if (c->in->issuer != NULL) {
		say_worst(c, "issuer", v, issuer, ARRAY_LEN(issuer));
		say_worst(c, "signature", v, signature, ARRAY_LEN(signature));
		return;
	}
	c->unsure = true;
	say(c, "issuer", "warn",
	    "The issuer is not one of this installation; its key list stands on the net, which is "
	    "not asked.");
	say(c, "signature", "warn",
	    "The signature was not checked: the issuer's keys are not at hand.");
}

static void check_achievement(struct checking *c)
{
	const json_t *record = c->in->record;
	const json_t *subject = json_object_get(c->document, "credentialSubject");
	const char *named = text_of(json_object_get(subject, "achievement"), "id");
	struct id entry, version;

	if (record == NULL || !id_of_text(text_of(record, "entry"), &entry)) {
		say(c, "achievement", "warn",
		    "This installation did not publish what it was given for.");
		return;
	}
	version = id_of_version(bytes_of_id(&entry),
				(uint32_t)json_integer_value(json_object_get(record, "version")));
	if (strncmp(named, "urn:uuid:", 9) == 0 &&
	    strcmp(named + 9, ID_STR(bytes_of_id(&version))) == 0)
		say(c, "achievement", "pass",
		    arena_printf(c->arena, "%s, version %d, is published here.",
				 text_of(record, "code"),
				 (int)json_integer_value(json_object_get(record, "version"))));
	else
		say(c, "achievement", "fail", "It names another achievement than its record.");
}

static void check_record(struct checking *c)
{
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];
	const char *state = text_of(c->in->record, "state");

	if (c->in->record == NULL)
		return;
	sha256(c->in->credential, hash);
	hex_of_bytes(BYTES_OF(hash), hex);
	if (strcmp(state, "superseded") == 0)
		say(c, "record", "warn", "A newer credential has taken its place.");
	else if (is_compact_jws(c->in->credential) ||
		 strcmp(hex, text_of(c->in->record, "sha256")) == 0)
		say(c, "record", "pass", "This installation issued it.");
	else
		say(c, "record", "warn",
		    "This installation issued it, but this copy is not byte for byte the newest.");
}

static void check_status(struct checking *c, const struct verification *v)
{
	static const char *const parts[] = {"status"};
	const char *state = text_of(c->in->record, "state");

	if (strcmp(state, "revoked") == 0)
		say(c, "status", "fail", "It was revoked.");
	else if (strcmp(state, "suspended") == 0)
		say(c, "status", "fail", "It is suspended for the time being.");
	else
		say_worst(c, "status", v, parts, ARRAY_LEN(parts));
}

static void check_log(struct checking *c)
{
	const char *why = NULL;

	if (c->in->record == NULL)
		return;
	switch (log_proof(c->in->inclusion, text_of(c->in->record, "sha256"), c->arena, &why)) {
	case LOG_PROVED:
		say(c, "log", "pass", why);
		break;
	case LOG_PENDING:
		say(c, "log", "warn", why);
		break;
	case LOG_FAILED:
		say(c, "log", "fail", why);
		break;
	}
}

static void check_link(struct checking *c)
{
	const char *state = text_of(c->in->share, "state");

	if (c->in->share == NULL)
		return;
	if (strcmp(state, "open") == 0)
		say(c, "link", "pass", "Its holder shares it by this link.");
	else if (strcmp(state, "withdrawn") == 0)
		say(c, "link", "fail", "Its holder has withdrawn this link.");
	else
		say(c, "link", "fail", "This link is over.");
}

/* Without a key list what rests on none is checked all the same. */
static void verify(const struct proof_input *in, struct verification *v)
{
	const char *list = in->issuer != NULL ? text_of(in->issuer, "did_document") : "{}";
	struct verify_input input = {
		.credential = in->credential,
		.did_document = bytes_of_text(list),
		.status_list = in->issuer != NULL ? in->status_list : BYTES_NONE,
		.now_us = in->now_us,
	};

	if (is_compact_jws(in->credential))
		token_verify(&input, v);
	else
		credential_verify(&input, v);
}

static void check_document(struct checking *c)
{
	static const char *const expiry[] = {"validity"};
	struct verification *v = arena_zalloc(c->arena, sizeof *v);
	const char *kid;

	c->document = credential_json(c->in->credential, c->arena, &kid);
	verify(c->in, v);
	check_schema(c, v);
	check_signer(c, v);
	check_achievement(c);
	check_record(c);
	check_status(c, v);
	say_worst(c, "expiry", v, expiry, ARRAY_LEN(expiry));
	json_decref(c->document);
}

/* All that is left of it: that it was issued, and what became of it. */
static void check_erased(struct checking *c)
{
	struct verification v = {0};

	c->unsure = true;
	say(c, "record", "warn",
	    "This installation issued it; its holder's data were erased, so its text is no more.");
	snprintf(v.checks[0].text, sizeof v.checks[0].text, "Its record says nothing against it.");
	v.checks[0].name = "status";
	for (size_t i = 1; i < VERIFY_CHECKS; i++)
		v.checks[i].name = "";
	check_status(c, &v);
}

json_t *proof_checks(const struct proof_input *input, struct arena *arena)
{
	struct checking c = {.in = input, .arena = arena, .list = json_array()};

	if (input->is_erased)
		check_erased(&c);
	else
		check_document(&c);
	check_log(&c);
	check_link(&c);
	return json_pack("{s:s, s:o}", "verdict",
			 c.failed   ? "not_valid"
			 : c.unsure ? "not_known"
				    : "valid",
			 "checks", c.list);
}
