/* The checks of a credential, one after the other. */
#include "services/issuance/documents/verify_parts.h"

#include "services/issuance/documents/datetime.h"
#include "services/issuance/documents/proof.h"
#include "services/issuance/documents/status_bit.h"
#include "services/issuance/documents/terms.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ARENA_BYTES ((size_t)256 << 10)

enum verify_outcome verify_say(struct verifier *v, enum verify_outcome outcome, const char *format,
			       ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(v->text, sizeof v->text, format, args);
	va_end(args);
	for (char *c = v->text; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	return outcome;
}

const char *verify_text(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

bool verify_holds(const json_t *strings, const char *text)
{
	if (json_is_string(strings))
		return strcmp(json_string_value(strings), text) == 0;
	for (size_t i = 0; i < json_array_size(strings); i++) {
		const json_t *item = json_array_get(strings, i);

		if (json_is_string(item) && strcmp(json_string_value(item), text) == 0)
			return true;
	}
	return false;
}

json_t *verify_parse(struct bytes text)
{
	if (text.len > VERIFY_MAX_BYTES)
		return NULL;
	return json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
}

/* ---- structure ---- */

/* The proof of the suite checked here, among those the credential has; NULL if there is none. */
static json_t *proof_of(const json_t *credential)
{
	json_t *proofs = json_object_get(credential, "proof");
	const char *suite;

	if (json_is_object(proofs))
		return proofs;
	for (size_t i = 0; i < json_array_size(proofs); i++) {
		suite = verify_text(json_array_get(proofs, i), "cryptosuite");
		if (suite != NULL && strcmp(suite, "eddsa-rdfc-2022") == 0)
			return json_array_get(proofs, i);
	}
	return NULL;
}

static bool is_proof_of_suite(const json_t *proof)
{
	const char *suite = verify_text(proof, "cryptosuite");

	return verify_holds(json_object_get(proof, "type"), "DataIntegrityProof") &&
	       suite != NULL && strcmp(suite, "eddsa-rdfc-2022") == 0;
}

enum verify_outcome verify_shape(struct verifier *v)
{
	const json_t *contexts, *issuer;

	if (!json_is_object(v->credential) || !json_is_object(v->did_document))
		return verify_say(v, VERIFY_FAILED, "The %s is not a JSON object of at most 1 MiB.",
				  json_is_object(v->credential) ? "key list" : "credential");
	contexts = json_object_get(v->credential, "@context");
	if (!json_is_array(contexts) || !verify_holds(json_array_get(contexts, 0), CONTEXT_VC_URL))
		return verify_say(v, VERIFY_FAILED, "The first context is not %s.", CONTEXT_VC_URL);
	if (!verify_holds(json_object_get(v->credential, "type"), "VerifiableCredential"))
		return verify_say(v, VERIFY_FAILED, "The type is not VerifiableCredential.");
	issuer = json_object_get(v->credential, "issuer");
	v->issuer = json_is_object(issuer) ? verify_text(issuer, "id") : json_string_value(issuer);
	if (v->issuer == NULL)
		return verify_say(v, VERIFY_FAILED, "The issuer has no id.");
	if (json_object_get(v->credential, "credentialSubject") == NULL)
		return verify_say(v, VERIFY_FAILED,
				  "Nothing is said of anybody: no credentialSubject.");
	return VERIFY_PASSED;
}

static enum verify_outcome check_structure(struct verifier *v)
{
	if (verify_shape(v) != VERIFY_PASSED)
		return VERIFY_FAILED;
	v->proof = proof_of(v->credential);
	if (v->proof == NULL || !is_proof_of_suite(v->proof))
		return verify_say(v, VERIFY_FAILED,
				  "There is no DataIntegrityProof of eddsa-rdfc-2022.");
	v->method = verify_text(v->proof, "verificationMethod");
	if (v->method == NULL || verify_text(v->proof, "proofValue") == NULL)
		return verify_say(v, VERIFY_FAILED, "The proof names no key or has no value.");
	if (!verify_holds(json_object_get(v->proof, "proofPurpose"), "assertionMethod"))
		return verify_say(v, VERIFY_FAILED, "The proof's purpose is not assertionMethod.");
	return verify_say(v, VERIFY_PASSED,
			  "A verifiable credential with a proof of eddsa-rdfc-2022.");
}

/* ---- issuer and key ---- */

enum verify_outcome check_issuer(struct verifier *v)
{
	const char *listed = verify_text(v->did_document, "id"), *hash = strchr(v->method, '#');
	size_t len = hash != NULL ? (size_t)(hash - v->method) : strlen(v->method);

	if (listed == NULL || strcmp(listed, v->issuer) != 0)
		return verify_say(v, VERIFY_FAILED, "The key list is of %s, the issuer is %s.",
				  listed != NULL ? listed : "nobody", v->issuer);
	if (hash == NULL || len != strlen(v->issuer) || strncmp(v->method, v->issuer, len) != 0)
		return verify_say(v, VERIFY_FAILED, "The key %s is not one of the issuer, %s.",
				  v->method, v->issuer);
	return verify_say(v, VERIFY_PASSED, "Issued by %s, whose key list is at hand.", v->issuer);
}

static const json_t *method_find(const json_t *did_document, const char *id)
{
	const json_t *methods = json_object_get(did_document, "verificationMethod");

	for (size_t i = 0; i < json_array_size(methods); i++) {
		const json_t *method = json_array_get(methods, i);

		if (verify_holds(json_object_get(method, "id"), id))
			return method;
	}
	return NULL;
}

const json_t *verify_method(struct verifier *v)
{
	const json_t *method = method_find(v->did_document, v->method);

	if (method == NULL)
		verify_say(v, VERIFY_FAILED, "The key list does not have %s.", v->method);
	else if (!verify_holds(json_object_get(v->did_document, "assertionMethod"), v->method))
		verify_say(v, VERIFY_FAILED, "%s may not sign credentials.", v->method);
	else if (!verify_holds(json_object_get(method, "controller"), v->issuer))
		verify_say(v, VERIFY_FAILED, "%s is not controlled by the issuer.", v->method);
	else
		return method;
	return NULL;
}

static enum verify_outcome check_key(struct verifier *v)
{
	const json_t *method = verify_method(v);
	const char *key = verify_text(method, "publicKeyMultibase");

	if (method == NULL)
		return VERIFY_FAILED;
	if (!verify_holds(json_object_get(method, "type"), "Multikey") || key == NULL ||
	    !multikey_public(key, v->key))
		return verify_say(v, VERIFY_FAILED, "%s is no Ed25519 Multikey.", v->method);
	return verify_say(v, VERIFY_PASSED, "Signed with %s, which the issuer lists.", v->method);
}

/* ---- hash and signature ---- */

static enum verify_outcome check_hash(struct verifier *v)
{
	struct nquads_source source = {.document = v->credential, .without = "proof"};
	struct bytes expected = v->input->expected_sha256;
	struct badge_problem problem = {0};
	struct rdfc_result result;
	uint8_t sum[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	sha256(v->input->credential, sum);
	if (expected.len > 0 && !bytes_equal(BYTES_OF(sum), expected))
		return verify_say(v, VERIFY_FAILED,
				  "The document is not the one that was recorded.");
	if (!proof_canonical(&source, NULL, v->arena, &result, &problem))
		return verify_say(v, VERIFY_FAILED, "No canonical form: %s (at \"%s\").",
				  badge_fault_sentence(problem.fault), problem.where);
	v->canonical = result.text;
	sha256(v->canonical, sum);
	hex_of_bytes(BYTES_OF(sum), hex);
	return verify_say(v, VERIFY_PASSED, "%zu statements, SHA-256 %s.", result.n_lines, hex);
}

static unsigned contexts_of(const json_t *credential)
{
	const json_t *list = json_object_get(credential, "@context");
	unsigned contexts = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *url = json_string_value(json_array_get(list, i));

		contexts |= url != NULL ? context_of_url(url) : 0;
	}
	return contexts;
}

static enum verify_outcome check_signature(struct verifier *v)
{
	uint8_t signature[ED25519_SIGNATURE_LEN], hash[PROOF_HASH_LEN];
	struct badge_problem problem = {0};
	struct rdfc_result settings;

	if (!proof_canonical_settings(v->proof, contexts_of(v->credential), v->arena, &settings,
				      &problem))
		return verify_say(v, VERIFY_FAILED,
				  "The proof has no canonical form: %s (at \"%s\").",
				  badge_fault_sentence(problem.fault), problem.where);
	if (!multibase_bytes(verify_text(v->proof, "proofValue"), signature, sizeof signature))
		return verify_say(v, VERIFY_FAILED, "The proof's value is no Ed25519 signature.");
	proof_hash(settings.text, v->canonical, hash);
	if (crypto_sign_verify_detached(signature, hash, sizeof hash, v->key) != 0)
		return verify_say(
			v, VERIFY_FAILED,
			"The signature does not fit: the document or its proof was changed.");
	return verify_say(v, VERIFY_PASSED,
			  "The signature fits: nothing was changed since it was made.");
}

/* ---- validity and status ---- */

enum verify_outcome check_validity(struct verifier *v)
{
	const char *from = verify_text(v->credential, "validFrom");
	const char *until = verify_text(v->credential, "validUntil");
	const char *expires = verify_text(v->proof, "expires");
	int64_t from_us, until_us = INT64_MAX, expires_us = INT64_MAX;

	if (from == NULL || !datetime_parse(from, &from_us))
		return verify_say(v, VERIFY_FAILED, "validFrom is no time.");
	if (json_object_get(v->credential, "validUntil") != NULL &&
	    (until == NULL || !datetime_parse(until, &until_us)))
		return verify_say(v, VERIFY_FAILED, "validUntil is no time.");
	if (json_object_get(v->proof, "expires") != NULL &&
	    (expires == NULL || !datetime_parse(expires, &expires_us)))
		return verify_say(v, VERIFY_FAILED, "The end of the proof is no time.");
	if (v->input->now_us < from_us)
		return verify_say(v, VERIFY_FAILED, "Not valid before %s.", from);
	if (v->input->now_us >= until_us)
		return verify_say(v, VERIFY_FAILED, "Expired at %s.", until);
	if (v->input->now_us >= expires_us)
		return verify_say(v, VERIFY_FAILED, "Its proof expired at %s.", expires);
	return verify_say(v, VERIFY_PASSED, "Valid from %s%s%s.", from,
			  until != NULL ? " until " : "", until != NULL ? until : "");
}

/* The list itself is a credential of the same issuer. NULL: it is; else why it is not believed. */
static const char *list_fault(struct verifier *list, const json_t *status, const char *issuer)
{
	static check_fn *const run[] = {check_structure, check_issuer,    check_key,
					check_hash,      check_signature, check_validity};
	const json_t *subject = json_object_get(list->credential, "credentialSubject");

	for (size_t i = 0; i < ARRAY_LEN(run); i++)
		if (run[i](list) != VERIFY_PASSED)
			return list->text;
	if (!verify_holds(json_object_get(list->credential, "type"),
			  "BitstringStatusListCredential"))
		return "It is no status list.";
	if (strcmp(list->issuer, issuer) != 0)
		return "It is another issuer's.";
	if (!verify_holds(json_object_get(list->credential, "id"),
			  verify_text(status, "statusListCredential")))
		return "It is another list.";
	if (!verify_holds(json_object_get(subject, "statusPurpose"),
			  verify_text(status, "statusPurpose")) ||
	    verify_text(subject, "encodedList") == NULL)
		return "It has no bits for that purpose.";
	return NULL;
}

static enum verify_outcome check_list(struct verifier *v, const json_t *status)
{
	struct verify_input input = *v->input;
	AUTO(json_decrefp) json_t *document = verify_parse(input.status_list);
	struct verifier list = {
		.input = &input, .arena = v->arena, .did_document = v->did_document};
	const char *index = verify_text(status, "statusListIndex"), *why;
	bool revoked;

	input.credential = input.status_list;
	input.expected_sha256 = BYTES_NONE;
	list.credential = document;
	why = list_fault(&list, status, v->issuer);
	if (why != NULL)
		return verify_say(v, VERIFY_FAILED, "The status list is not to be believed: %s",
				  why);
	if (index == NULL ||
	    !status_bit(verify_text(json_object_get(document, "credentialSubject"), "encodedList"),
			index, v->arena, &revoked))
		return verify_say(v, VERIFY_FAILED, "The status list has no such place.");
	v->revoked = revoked;
	if (revoked)
		return verify_say(v, VERIFY_FAILED,
				  "It does not count: revoked or suspended, says the list of %s.",
				  verify_text(document, "validFrom"));
	return verify_say(v, VERIFY_PASSED, "The status list of %s says nothing against it.",
			  verify_text(document, "validFrom"));
}

enum verify_outcome check_status(struct verifier *v)
{
	const json_t *status = json_object_get(v->credential, "credentialStatus");
	const char *list = verify_text(status, "statusListCredential");

	if (status == NULL)
		return verify_say(v, VERIFY_PASSED, "No status list has a say in it.");
	if (v->input->status_list.len == 0)
		return verify_say(v, VERIFY_NOT_MADE, "May have been revoked: ask the list %s.",
				  list != NULL ? list : "that it names");
	if (list == NULL || verify_text(status, "statusPurpose") == NULL)
		return verify_say(v, VERIFY_FAILED, "Its status names no list or no purpose.");
	return check_list(v, status);
}

/* ---- all of them ---- */

#define PASSED(check) (1u << (check))

static const struct verify_step steps[VERIFY_CHECKS] = {
	[VERIFY_STRUCTURE] = {"structure", check_structure},
	[VERIFY_ISSUER] = {"issuer", check_issuer},
	[VERIFY_KEY] = {"key", check_key},
	[VERIFY_HASH] = {"hash", check_hash},
	[VERIFY_SIGNATURE] = {"signature", check_signature},
	[VERIFY_VALIDITY] = {"validity", check_validity},
	[VERIFY_STATUS] = {"status", check_status},
};

/* The check that each rests on. */
static const unsigned needs[VERIFY_CHECKS] = {
	[VERIFY_ISSUER] = PASSED(VERIFY_STRUCTURE),
	[VERIFY_KEY] = PASSED(VERIFY_STRUCTURE),
	[VERIFY_HASH] = PASSED(VERIFY_STRUCTURE),
	[VERIFY_SIGNATURE] = PASSED(VERIFY_KEY) | PASSED(VERIFY_HASH),
	[VERIFY_VALIDITY] = PASSED(VERIFY_STRUCTURE),
	[VERIFY_STATUS] = PASSED(VERIFY_STRUCTURE),
};

void verify_run(struct verifier *v, const struct verify_step *run, struct verification *v_r)
{
	unsigned passed = 0;

	v_r->verified = true;
	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		struct verify_check *check = &v_r->checks[i];

		check->name = run[i].name;
		if ((passed & needs[i]) == needs[i])
			check->outcome = run[i].run(v);
		else
			check->outcome = verify_say(v, VERIFY_NOT_MADE,
						    "Not checked, since what it rests on failed.");
		memcpy(check->text, v->text, sizeof check->text);
		if (check->outcome == VERIFY_PASSED)
			passed |= PASSED(i);
		v_r->verified &= check->outcome != VERIFY_FAILED;
	}
	v_r->revoked = v->revoked;
}

void credential_verify(const struct verify_input *input, struct verification *v_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(ARENA_BYTES);
	AUTO(json_decrefp) json_t *credential = verify_parse(input->credential);
	AUTO(json_decrefp) json_t *did_document = verify_parse(input->did_document);
	struct verifier v = {
		.input = input,
		.arena = arena,
		.credential = credential,
		.did_document = did_document,
	};

	verify_run(&v, steps, v_r);
}
