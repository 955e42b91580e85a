/* Credentials: shown, exported with what a verifier needs, verified without the net. */
#include "services/ctl/commands.h"
#include "services/ctl/files.h"
#include "services/ctl/forms.h"
#include "services/ctl/port.h"

#include "libshared/clock.h"
#include "proto/issuance.pb-c.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/jws.h"
#include "services/issuance/documents/verify.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- export ---- */

static const Issuance__IssuerAnswer *ask_issuer(struct ctl *c, ProtobufCBinaryData issuer)
{
	return (const Issuance__IssuerAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_issuer",
		json_pack("{s:s}", "issuer", ID_STR(bytes_of_pb(issuer))));
}

/* The newest of the list that the credential names. One that is not signed yet has no document;
 * what verifies the credential then is incomplete, and said to be so. */
static const Issuance__StatusListAnswer *ask_list(struct ctl *c,
						  const Issuance__CredentialAnswer *a)
{
	const Issuance__StatusListAnswer *list;

	if (a->status == NULL)
		return NULL;
	list = (const Issuance__StatusListAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_status_list",
		json_pack("{s:s, s:I}", "issuer", ID_STR(bytes_of_pb(a->issuer)), "number",
			  (json_int_t)a->status->list));
	if (list != NULL && list->document[0] != '\0')
		return list;
	if (list != NULL)
		say(c, "its status list is not signed yet: export it again in a minute\n");
	return NULL;
}

void document_write(struct ctl *c, const char *to, const char *place, const char *text)
{
	const char *path = arena_printf(c->arena, "%s/docs/%s", to, place);

	if (place[0] == '\0' || strstr(place, "..") != NULL) {
		ctl_fault(c, CTL_REFUSED,
			  "the issuer's name is no did:web, so its keys have no address");
		return;
	}
	if (dirs_make(c, dirname(arena_text(c->arena, bytes_of_text(path)))) &&
	    file_write(c, path, bytes_of_text(text)))
		say(c, "%s\n", path);
}

void issuer_export(struct ctl *c, ProtobufCBinaryData issuer, const char *to)
{
	const Issuance__IssuerAnswer *a = ask_issuer(c, issuer);

	if (a != NULL)
		document_write(c, to, a->did_path, a->did_document);
}

/* Beside it, signed as a token. Its key is in the same DID document. */
static void write_token(struct ctl *c, const char *to, const char *kind)
{
	const char *path = arena_printf(c->arena, "%s/credential.jwt", to);
	const char *name = strcasecmp(kind, "RS256") == 0   ? "RS256"
			   : strcasecmp(kind, "ES256") == 0 ? "ES256"
							    : NULL;
	const Issuance__JwtAnswer *a;

	if (name == NULL) {
		ctl_fault(c, CTL_USAGE, "--jwt: RS256 or ES256 is expected");
		return;
	}
	a = (const Issuance__JwtAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_jwt",
		json_pack("{s:s, s:s}", "credential", given(c, "credential"), "kind", name));
	if (a == NULL || !file_write(c, path, bytes_of_text(a->jwt)))
		return;
	say(c, "%s\n", path);
	tell_text(c, "jwt", path);
}

static int export_credential(struct ctl *c)
{
	const Issuance__CredentialAnswer *a = (const Issuance__CredentialAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_credential",
		json_pack("{s:s, s:b}", "credential", given(c, "credential"), "document", 1));
	const Issuance__IssuerAnswer *issuer = a != NULL ? ask_issuer(c, a->issuer) : NULL;
	const Issuance__StatusListAnswer *list = issuer != NULL ? ask_list(c, a) : NULL;
	const char *to = given(c, "to");

	if (issuer == NULL || ctl_failed(c))
		return ctl_exit_code(c);
	if (a->document[0] == '\0')
		return (int)ctl_fault(c, CTL_REFUSED,
				      "the document is no more: its holder was erased");
	if (!dirs_make(c, to) || !forms_write(c, a, issuer, to))
		return ctl_exit_code(c);
	document_write(c, to, issuer->did_path, issuer->did_document);
	if (is_given(c, "jwt"))
		write_token(c, to, given(c, "jwt"));
	if (list != NULL)
		document_write(c, to, list->place, list->document);
	endorsements_export(c, a->entry, a->version, to);
	tell_text(c, "docs", arena_printf(c->arena, "%s/docs", to));
	tell_text(c, "did_document", arena_printf(c->arena, "%s/docs/%s", to, issuer->did_path));
	if (list != NULL)
		tell_text(c, "status_list", arena_printf(c->arena, "%s/docs/%s", to, list->place));
	return ctl_exit_code(c);
}

/* ---- verify ---- */

static const char *before_hash(struct ctl *c, const char *method)
{
	return arena_text(c->arena, (struct bytes){(const uint8_t *)method, strcspn(method, "#")});
}

/* The did that the proof says its key belongs to, or else the issuer's. */
static const char *did_of_json(struct ctl *c, const json_t *json)
{
	const json_t *proof = json_object_get(json, "proof");
	const json_t *issuer = json_object_get(json, "issuer");
	const char *method, *did = NULL;

	if (json_is_array(proof))
		proof = json_array_get(proof, 0);
	method = json_string_value(json_object_get(proof, "verificationMethod"));
	if (method != NULL)
		did = before_hash(c, method);
	if (json_is_object(issuer))
		issuer = json_object_get(issuer, "id");
	if (did == NULL && json_is_string(issuer))
		did = arena_text(c->arena, bytes_of_text(json_string_value(issuer)));
	return did;
}

/* The credential, and what the token says of its key: NULL where none has signed it. */
static json_t *json_of(struct ctl *c, struct bytes text, const char **kid_r)
{
	struct jws jws;
	json_t *json;

	*kid_r = NULL;
	if (!is_compact_jws(text))
		return json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	if (!jws_read(text, c->arena, &jws))
		return NULL;
	if (jws_says(&jws, "kid") != NULL)
		*kid_r = arena_text(c->arena, bytes_of_text(jws_says(&jws, "kid")));
	json = json_incref(jws.payload);
	jws_finish(&jws);
	return json;
}

const char *credential_did(struct ctl *c, struct bytes text)
{
	const char *kid, *did;
	json_t *json = json_of(c, text, &kid);

	did = kid != NULL ? before_hash(c, kid) : did_of_json(c, json);
	json_decref(json);
	return did;
}

const char *credential_did_path(struct ctl *c, struct bytes credential, const char *docs)
{
	const char *did = credential_did(c, credential);
	struct didweb_place place;

	if (did == NULL || !didweb_place(did, &place)) {
		ctl_fault(c, CTL_DIFFERS, "no credential of a did:web issuer: %s",
			  did != NULL ? did : "it names neither key nor issuer");
		return NULL;
	}
	return arena_printf(c->arena, "%s/%s%s", docs, place.host, place.path);
}

/* The list that the credential names, where docs has it. */
static void read_list(struct ctl *c, const char *docs, struct verify_input *input)
{
	const char *kid;
	json_t *json = json_of(c, input->credential, &kid);
	const char *url = json_string_value(
		json_object_get(json_object_get(json, "credentialStatus"), "statusListCredential"));
	const char *path = NULL;
	struct stat st;

	if (url != NULL && strncmp(url, "https://", 8) == 0 && strstr(url, "..") == NULL)
		path = arena_printf(c->arena, "%s/%s", docs, url + 8);
	json_decref(json);
	if (path != NULL && stat(path, &st) == 0)
		(void)file_read(c, path, VERIFY_MAX_BYTES, &input->status_list);
}

static void tell_checks(struct ctl *c, const struct verification *v)
{
	static const char *const outcomes[] = {[VERIFY_PASSED] = "passed",
					       [VERIFY_FAILED] = "FAILED",
					       [VERIFY_NOT_MADE] = "not made"};
	json_t *checks = json_array();

	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		const struct verify_check *check = &v->checks[i];

		say(c, "%-10s %-9s %s\n", check->name, outcomes[check->outcome], check->text);
		json_array_append_new(checks,
				      json_pack("{s:s, s:s, s:s}", "check", check->name, "outcome",
						outcomes[check->outcome], "text", check->text));
	}
	tell(c, "checks", checks);
	tell(c, "verified", json_boolean(v->verified));
	say(c, "%s\n", v->verified ? "verified" : "NOT verified");
}

struct kit_paths {
	const char *credential, *docs;
};

void credential_check(struct ctl *c, struct verify_input *input, const char *docs)
{
	AUTO(free_ptr) struct verification *v = calloc(1, sizeof *v);
	const char *did = credential_did_path(c, input->credential, docs);

	ENSURE(v != NULL);
	if (did == NULL || (input->did_document.len == 0 &&
			    !file_read(c, did, VERIFY_MAX_BYTES, &input->did_document)))
		return;
	read_list(c, docs, input);
	if (ctl_failed(c))
		return;
	if (is_compact_jws(input->credential))
		token_verify(input, v);
	else
		credential_verify(input, v);
	tell_checks(c, v);
	if (!v->verified)
		ctl_fault(c, CTL_DIFFERS, "%s: not verified", given(c, "path"));
}

static struct kit_paths kit_paths(struct ctl *c)
{
	const char *path = given(c, "path"), *docs = given(c, "docs");
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return (struct kit_paths){arena_printf(c->arena, "%s/credential.json", path),
					  docs != NULL ? docs
						       : arena_printf(c->arena, "%s/docs", path)};
	if (docs == NULL)
		docs = arena_printf(c->arena, "%s/docs",
				    dirname(arena_text(c->arena, bytes_of_text(path))));
	return (struct kit_paths){path, docs};
}

int verify_credential(struct ctl *c)
{
	struct kit_paths kit = kit_paths(c);
	struct verify_input input = {.now_us = clock_wall_us()};
	uint8_t hash[32];

	if (is_given(c, "sha256") && !bytes_of_hex(given(c, "sha256"), hash, sizeof hash))
		return (int)ctl_fault(c, CTL_USAGE, "--sha256: 64 hex digits are expected");
	if (is_given(c, "sha256"))
		input.expected_sha256 = BYTES_OF(hash);
	if (is_given(c, "at") && !time_of_text(given(c, "at"), &input.now_us))
		return (int)ctl_fault(c, CTL_USAGE,
				      "--at: a time like 2027-06-30T12:00:00Z is expected");
	if (file_read(c, kit.credential, VERIFY_MAX_BYTES, &input.credential))
		credential_check(c, &input, kit.docs);
	return ctl_exit_code(c);
}

#define CREDENTIAL WORD("credential", "CREDENTIAL", "the credential's id", P_ID, MUST)
#define BY(who, need) OWN_OPTION("by", "PERSON", who, P_ID, need)
#define REASON(codes) OPTION("reason", "CODE", codes, P_NAME, MUST)
#define REVOKES                                                                                    \
	REASON("issued-in-error, integrity-founded, appeal-by-issuer, key-compromise, duplicate, " \
	       "earner-request or legal-order")
#define ISSUANCE .to = TO_ISSUANCE

static const struct command rows[] = {
	{"credential", "show", "show a credential",
	 PARAMS(CREDENTIAL, FLAG("document", "with the signed document")), ISSUANCE,
	 .asks = "get_credential"},
	{"credential", "list", "list an educator's credentials, imported ones too",
	 PARAMS(OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OPTION("after", "CREDENTIAL", "go on after this one", P_ID, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 .run = list_credentials},
	{"credential", "export", "write a credential and what verifies it",
	 PARAMS(OWN_WORD("credential", "CREDENTIAL", "the credential's id", P_ID, MUST),
		OWN_OPTION("to", "DIR", "where to", P_TEXT, MUST), FORM_PARAMS,
		OWN_OPTION("jwt", "KIND", "RS256 or ES256: also as a token", P_TEXT, MAY)),
	 .run = export_credential},
	{"credential", "verify", "verify an exported credential, without the net",
	 PARAMS(OWN_WORD("path", "FILE|DIR", "the credential, or what export wrote", P_TEXT, MUST),
		OWN_OPTION("docs", "DIR", "its documents (default: docs beside it)", P_TEXT, MAY),
		OWN_OPTION("sha256", "HEX", "what the document must hash to", P_TEXT, MAY),
		OWN_OPTION("at", "TIME", "as of then (default: now)", P_TEXT, MAY)),
	 .run = verify_credential},
	{"credential", "held", "list credentials that may not be signed yet, and why", ISSUANCE,
	 .asks = "list_held"},
	{"credential", "issue", "try again to sign a held credential", PARAMS(CREDENTIAL), ISSUANCE,
	 .sends = "issue_held"},
	{"credential", "suspend", "let a credential not count for the time being",
	 PARAMS(CREDENTIAL, REASON("under-review, earner-request or legal-order"),
		BY("who decided it", MAY)),
	 ISSUANCE, .sends = "suspend", .actor = "by"},
	{"credential", "reinstate", "let a suspended credential count again",
	 PARAMS(CREDENTIAL, BY("who decided it", MAY)), ISSUANCE, .sends = "reinstate",
	 .actor = "by"},
	{"credential", "propose", "propose to revoke a credential",
	 PARAMS(CREDENTIAL, REVOKES, BY("who proposes it", MUST)), ISSUANCE,
	 .sends = "propose_revocation", .actor = "by"},
	{"credential", "confirm", "revoke what another person proposed to revoke",
	 PARAMS(CREDENTIAL, BY("who confirms it", MUST)), ISSUANCE, .sends = "confirm_revocation",
	 .actor = "by"},
	{"credential", "withdraw", "withdraw a proposal to revoke",
	 PARAMS(CREDENTIAL, BY("who withdraws it", MAY)), ISSUANCE, .sends = "withdraw_proposal",
	 .actor = "by"},
	{"credential", "revoke", "revoke a credential, as two persons agreed",
	 PARAMS(CREDENTIAL, REVOKES, OPTION("by", "PERSON", "who decided it", P_ID, MUST),
		OPTION("second", "PERSON", "who agreed", P_ID, MUST)),
	 ISSUANCE, .sends = "revoke", .actor = "by"},
	{"credential", "reverse", "issue a new credential in the place of a revoked one",
	 PARAMS(CREDENTIAL, BY("who decided it", MAY)), ISSUANCE, .sends = "reverse_revocation",
	 .makes = "renewed", .actor = "by"},
	{"credential", "correct", "issue a new credential in the place of a wrong one",
	 PARAMS(CREDENTIAL,
		OPTION("version", "N", "in the wording of that version (default: its own)", P_COUNT,
		       MAY),
		BY("who decided it", MAY)),
	 ISSUANCE, .sends = "correct", .makes = "corrected", .actor = "by"},
	{"credential", "history", "show what became of a credential, and who decided it",
	 PARAMS(CREDENTIAL), ISSUANCE, .asks = "get_history"},
	{"credential", "lists", "list an issuer's status lists",
	 PARAMS(OPTION("issuer", "ISSUER", "its id or code", P_ISSUER, MUST)), ISSUANCE,
	 .asks = "list_status_lists"},
};

const struct command_list credential_commands = {rows, ARRAY_LEN(rows)};
