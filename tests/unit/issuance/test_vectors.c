/* Credentials that others signed: their canonical text, hash and signature come out here too. */
#include "tests/support/suite.h"

#include "services/issuance/documents/proof.h"
#include "services/issuance/documents/terms.h"
#include "tests/support/badge_kit.h"
#include "tests/support/nquads_parse.h"
#include "tests/support/spec.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct badge_problem problem;

static void setup(void)
{
	arena = arena_new(1 << 18);
	ck_assert_int_ge(sodium_init(), 0);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static json_t *load(const char *path)
{
	char *text = spec_read(path);
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	ck_assert_msg(json != NULL, "%s is not JSON", path);
	free(text);
	return json;
}

/* Without the white space behind the last line. */
static char *load_line(const char *path)
{
	char *text = spec_read(path);

	text[strcspn(text, "\r\n")] = '\0';
	return text;
}

static struct bytes canonical_document(json_t *document)
{
	struct nquads_source source = {.document = document, .without = "proof"};
	struct rdfc_result result;

	ck_assert_msg(proof_canonical(&source, NULL, arena, &result, &problem), "%s at %s",
		      badge_fault_sentence(problem.fault), problem.where);
	return result.text;
}

static struct bytes canonical_settings(json_t *proof)
{
	struct rdfc_result result;

	ck_assert(proof_canonical_settings(proof, CONTEXT_VC, arena, &result, &problem));
	return result.text;
}

/* The canonical text of canonical text is itself: what a vector needs whose contexts are not
 * known here. */
static struct bytes canonical_text(const char *nquads)
{
	struct rdfc_options options = {DIGEST_SHA256, 1, NULL};
	struct rdfc_result result;
	struct nquads_names names;
	struct quads quads;

	quads_init(&quads, arena, 1);
	ck_assert(nquads_parse(nquads, &quads, &names));
	ck_assert_int_eq(rdfc_canonicalize(&quads, &options, &result), 0);
	return result.text;
}

static void assert_file(struct bytes text, const char *path)
{
	char *expected = spec_read(path);

	ck_assert_msg(text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0,
		      "%s differs from\n%.*s", path, (int)text.len, (const char *)text.data);
	free(expected);
}

static void assert_hex(struct bytes data, const char *expected)
{
	char hex[2 * ED25519_SIGNATURE_LEN + 1];

	ck_assert_uint_lt(2 * data.len, sizeof hex);
	hex_of_bytes(data, hex);
	ck_assert_str_eq(hex, expected);
}

static const char *member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* The signature over both texts, made with the key and compared with the proof's value. */
static void assert_signature(struct bytes settings, struct bytes document, const uint8_t secret[64],
			     const char *proof_value)
{
	uint8_t hash[PROOF_HASH_LEN], signature[64];
	char text[MULTIBASE_TEXT_LEN];

	proof_hash(settings, document, hash);
	crypto_sign_detached(signature, NULL, hash, sizeof hash, secret);
	multibase_text(BYTES_OF(signature), text);
	ck_assert_str_eq(text, proof_value);
}

/* ---- Open Badges and CLR implementation guides ---- */

struct guide {
	const char *folder, *prefix;
};

static const struct guide guides[] = {{"ob3-impl-guide", "ob"}, {"clr2-impl-guide", "clr"}};

static const char *expected(const json_t *json, const struct guide *guide, const char *name)
{
	char member_name[64];
	const json_t *value;

	snprintf(member_name, sizeof member_name, "%s-%s", guide->prefix, name);
	value = json_object_get(json, member_name);
	return json_string_value(json_is_array(value) ? json_array_get(value, 0) : value);
}

START_TEST(a_credential_of_an_implementation_guide_is_hashed_and_signed_as_there)
{
	const struct guide *guide = &guides[_i];
	char path[128];
	json_t *signed_json, *facts, *proof, *pair;
	struct bytes document, settings;
	uint8_t hash[PROOF_HASH_LEN], secret[64];

	snprintf(path, sizeof path, "vectors/%s/signed.json", guide->folder);
	signed_json = load(path);
	snprintf(path, sizeof path, "vectors/%s/expected.json", guide->folder);
	facts = load(path);
	proof = json_object_get(signed_json, "proof");
	proof = json_is_array(proof) ? json_array_get(proof, 0) : proof;
	document = canonical_document(signed_json);
	settings = canonical_settings(proof);
	snprintf(path, sizeof path, "vectors/%s/document-canon.txt", guide->folder);
	assert_file(document, path);
	snprintf(path, sizeof path, "vectors/%s/proof-canon.txt", guide->folder);
	assert_file(settings, path);
	proof_hash(settings, document, hash);
	assert_hex((struct bytes){hash, SHA256_LEN}, expected(facts, guide, "proof-hash"));
	assert_hex((struct bytes){hash + SHA256_LEN, SHA256_LEN},
		   expected(facts, guide, "document-hash"));
	assert_hex(BYTES_OF(hash), expected(facts, guide, "data"));
	snprintf(path, sizeof path, "%s-key-pair", guide->prefix);
	pair = json_object_get(facts, path);
	ck_assert(bytes_of_hex(json_string_value(json_array_get(pair, 1)), secret, 64));
	assert_signature(settings, document, secret, member(proof, "proofValue"));
	json_decref(signed_json);
	json_decref(facts);
}
END_TEST

/* ---- the W3C's vectors of the suite ---- */

static const char *const suites[] = {"vectors/vc-di-eddsa/eddsa-rdfc-2022/",
				     "vectors/vc-di-eddsa/eddsa-rdfc-2022/employ/"};

static void secret_of_vectors(uint8_t secret_r[64])
{
	json_t *pair = load("vectors/vc-di-eddsa/keyPair.json");
	uint8_t seed[32], public[32], expected_public[32];

	ck_assert(multikey_seed(member(pair, "privateKeyMultibase"), seed));
	ck_assert(multikey_public(member(pair, "publicKeyMultibase"), expected_public));
	ck_assert_int_eq(crypto_sign_seed_keypair(public, secret_r, seed), 0);
	ck_assert_mem_eq(public, expected_public, sizeof public);
	json_decref(pair);
}

START_TEST(a_vector_of_the_w3c_suite_is_hashed_and_signed_as_there)
{
	char path[128], *nquads, *line;
	struct bytes document, settings;
	uint8_t hash[PROOF_HASH_LEN], secret[64];
	json_t *config;

	snprintf(path, sizeof path, "%scanonDocDataInt.txt", suites[_i]);
	nquads = spec_read(path);
	document = canonical_text(nquads);
	assert_file(document, path);
	snprintf(path, sizeof path, "%sproofConfigDataInt.json", suites[_i]);
	config = load(path);
	/* The document's own context is not known here; the settings need the first only. */
	json_object_set_new(config, "@context", json_string(CONTEXT_VC_URL));
	settings = canonical_settings(config);
	snprintf(path, sizeof path, "%sproofCanonDataInt.txt", suites[_i]);
	assert_file(settings, path);
	proof_hash(settings, document, hash);
	snprintf(path, sizeof path, "%scombinedHashDataInt.txt", suites[_i]);
	line = load_line(path);
	assert_hex(BYTES_OF(hash), line);
	free(line);
	snprintf(path, sizeof path, "%ssigBTC58DataInt.txt", suites[_i]);
	line = load_line(path);
	secret_of_vectors(secret);
	assert_signature(settings, document, secret, line);
	free(line);
	free(nquads);
	json_decref(config);
}
END_TEST

START_TEST(a_document_under_an_unknown_context_is_refused)
{
	json_t *document = load("vectors/vc-di-eddsa/unsigned.json");
	struct nquads_source source = {.document = document};
	struct rdfc_result result;

	ck_assert(!proof_canonical(&source, NULL, arena, &result, &problem));
	ck_assert_int_eq(problem.fault, BADGE_CONTEXT);
	json_decref(document);
}
END_TEST

/* ---- the sample ---- */

START_TEST(the_sample_is_hashed_and_its_signature_verifies)
{
	json_t *signed_json, *proof;
	struct bytes document, settings;
	uint8_t hash[PROOF_HASH_LEN], signature[64], public[32];
	const char *method;
	char *hex;

	signed_json = load("sample/teacher-microcredential.json");
	proof = json_array_get(json_object_get(signed_json, "proof"), 0);
	document = canonical_document(signed_json);
	settings = canonical_settings(proof);
	assert_file(document, "sample/document.nq");
	assert_file(settings, "sample/proof-0.nq");
	proof_hash(settings, document, hash);
	hex = load_line("sample/hashdata-0.hex");
	assert_hex(BYTES_OF(hash), hex);
	free(hex);
	ck_assert(multibase_bytes(member(proof, "proofValue"), signature, sizeof signature));
	method = member(proof, "verificationMethod");
	ck_assert(multikey_public(strchr(method, '#') + 1, public));
	ck_assert_int_eq(crypto_sign_verify_detached(signature, hash, sizeof hash, public), 0);
	json_decref(signed_json);
}
END_TEST

START_TEST(the_samples_key_makes_its_signature_again)
{
	json_t *signed_json, *proof;
	struct badge_kit_key key;

	signed_json = load("sample/teacher-microcredential.json");
	proof = json_array_get(json_object_get(signed_json, "proof"), 0);
	badge_kit_key("ob3 interop test key 1 - not a secret", &key);
	assert_signature(canonical_settings(proof), canonical_document(signed_json), key.secret,
			 member(proof, "proofValue"));
	json_decref(signed_json);
}
END_TEST

/* Documents beside which their canonical text lies. */
static const char *const pairs[][2] = {
	{"sample/status-list.json", "sample/status-list.nq"},
	{"vectors/1edtech-validator/simple.json", "vectors/1edtech-validator/simple.nq"},
	{"vectors/1edtech-validator/complete.json", "vectors/1edtech-validator/complete.nq"},
	{"vectors/1edtech-validator/simple-did-key-method.json",
	 "vectors/1edtech-validator/simple-did-key-method.nq"},
	{"vectors/1edtech-validator/simple-did-web-method.json",
	 "vectors/1edtech-validator/simple-did-web-method.nq"},
	{"vectors/1edtech-validator/endorsement-valid.json",
	 "vectors/1edtech-validator/endorsement-valid.nq"},
	{"vectors/1edtech-validator/bit-string-list/credential-status-revoked.json",
	 "vectors/1edtech-validator/bit-string-list/credential-status-revoked.nq"},
	{"vectors/1edtech-validator/bit-string-list/testlist",
	 "vectors/1edtech-validator/bit-string-list/testlist.nq"},
};

START_TEST(a_document_that_others_verified_has_the_same_canonical_text)
{
	json_t *document;

	document = load(pairs[_i][0]);
	assert_file(canonical_document(document), pairs[_i][1]);
	json_decref(document);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("vectors");
	TCase *tcase = tcase_create("vectors");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, setup, teardown);
	if (!spec_present())
		return suite;
	tcase_add_loop_test(tcase,
			    a_credential_of_an_implementation_guide_is_hashed_and_signed_as_there,
			    0, (int)ARRAY_LEN(guides));
	tcase_add_loop_test(tcase, a_vector_of_the_w3c_suite_is_hashed_and_signed_as_there, 0,
			    (int)ARRAY_LEN(suites));
	tcase_add_test(tcase, a_document_under_an_unknown_context_is_refused);
	tcase_add_test(tcase, the_sample_is_hashed_and_its_signature_verifies);
	tcase_add_test(tcase, the_samples_key_makes_its_signature_again);
	tcase_add_loop_test(tcase, a_document_that_others_verified_has_the_same_canonical_text, 0,
			    (int)ARRAY_LEN(pairs));
	return suite;
}
