/* Documents as quads: each kind of value, and each refusal with its place. */
#include "tests/support/suite.h"

#include "services/issuance/documents/nquads.h"
#include "services/issuance/documents/proof.h"
#include "services/issuance/documents/terms.h"

#include <stdio.h>
#include <string.h>

#define ALL (CONTEXT_VC | CONTEXT_OB | CONTEXT_EXT)
#define OB "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
#define SDO "https://schema.org/"
#define XSD "http://www.w3.org/2001/XMLSchema#"
#define XSDS "https://www.w3.org/2001/XMLSchema#"
#define TYPE "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"

static struct arena *arena;
static struct badge_problem problem;

static void setup(void)
{
	arena = arena_new(1 << 16);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

/* The canonical text of JSON written with ' for "; "" if it is refused. */
static const char *text_of(const char *json, bool strict)
{
	struct nquads_source source = {.contexts = ALL, .strict = strict};
	char *quoted = arena_text(arena, bytes_of_text(json));
	struct rdfc_result result;
	const char *text = "";

	for (char *c = quoted; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	source.document = json_loads(quoted, JSON_DECODE_ANY, NULL);
	ck_assert_msg(source.document != NULL, "not JSON: %s", quoted);
	if (proof_canonical(&source, NULL, arena, &result, &problem))
		text = arena_text(arena, result.text);
	json_decref(source.document);
	return text;
}

#define ME "<urn:x:1> "
#define ID "'id': 'urn:x:1'"

static const struct {
	const char *json, *text;
} values[] = {
	{"{" ID ", 'name': 'a'}", ME "<" SDO "name> \"a\" .\n"},
	{"{" ID ", 'name': ['b', 'a', 'b']}",
	 ME "<" SDO "name> \"a\" .\n" ME "<" SDO "name> \"b\" .\n"},
	{"{" ID ", 'name': 'q\\\"\\\\ \\n\\r\\t\\b\\f\\u0001\\u007f\\u00e9/'}",
	 ME "<" SDO "name> \"q\\\"\\\\ \\n\\r\\t\\b\\f\\u0001\\u007F\xc3\xa9/\" .\n"},
	{"{" ID ", 'url': 'no url'}", ME "<" SDO "url> \"no url\"^^<" XSDS "anyURI> .\n"},
	{"{" ID ", 'image': 'https://a.example/i'}", ME "<" OB "image> <https://a.example/i> .\n"},
	{"{" ID ", 'image': {'id': 'urn:x:2'}}", ME "<" OB "image> <urn:x:2> .\n"},
	{"{" ID ", 'name': []}", ""},
	{"{'name': 'a'}", "_:c14n0 <" SDO "name> \"a\" .\n"},
	{"{" ID ", 'type': 'GeoCoordinates', 'latitude': 1, 'longitude': 1.5}",
	 ME TYPE " <" OB "GeoCoordinates> .\n" ME "<" SDO "latitude> \"1\"^^<" XSD "integer> .\n" ME
		 "<" SDO "longitude> \"1.5E0\"^^<" XSD "double> .\n"},
	{"{" ID ", 'type': ['IdentityObject'], 'hashed': true}",
	 ME TYPE " <" OB "IdentityObject> .\n" ME "<" OB "hashed> \"true\"^^<" XSDS "boolean> .\n"},
	{"{" ID ", 'name': false}", ME "<" SDO "name> \"false\"^^<" XSD "boolean> .\n"},
	{"{" ID ", 'type': ['urn:t:1', 'Image']}",
	 ME TYPE " <" OB "Image> .\n" ME TYPE " <urn:t:1> .\n"},
	{"{" ID ", 'type': 'ResultDescription', 'allowedValue': []}",
	 ME TYPE " <" OB "ResultDescription> .\n" ME "<" OB
		 "allowedValue> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .\n"},
	{"{" ID ", 'type': 'ResultDescription', 'allowedValue': 'A'}",
	 ME TYPE " <" OB "ResultDescription> .\n" ME "<" OB "allowedValue> _:c14n0 .\n"
		 "_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> \"A\" .\n"
		 "_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> "
		 "<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .\n"},
	/* A type's members mean something beside another type's, not inside its objects. */
	{"{" ID ", 'type': ['Image', 'Evidence'], 'caption': 'c', 'genre': 'g'}",
	 ME TYPE " <" OB "Evidence> .\n" ME TYPE " <" OB "Image> .\n" ME "<" SDO
		 "caption> \"c\" .\n" ME "<" SDO "genre> \"g\" .\n"},
	/* The same address met twice is one thing. */
	{"{" ID ", 'image': [{'id': 'urn:x:2', 'name': 'a'}, {'id': 'urn:x:2', 'name': 'a'}]}",
	 ME "<" OB "image> <urn:x:2> .\n<urn:x:2> <" SDO "name> \"a\" .\n"},
	/* Each proof is in a graph of its own. */
	{"{" ID
	 ", 'type': 'VerifiableCredential', 'proof': {'type': 'DataIntegrityProof', 'nonce': "
	 "'n'}}",
	 ME TYPE " <https://www.w3.org/2018/credentials#VerifiableCredential> .\n" ME
		 "<https://w3id.org/security#proof> _:c14n0 .\n"
		 "_:c14n1 " TYPE " <https://w3id.org/security#DataIntegrityProof> _:c14n0 .\n"
		 "_:c14n1 <https://w3id.org/security#nonce> \"n\" _:c14n0 .\n"},
};

START_TEST(a_value_becomes_the_quads_of_its_term)
{
	ck_assert_str_eq(text_of(values[_i].json, false), values[_i].text);
	ck_assert_int_eq(problem.fault, BADGE_SOUND);
}
END_TEST

static const struct {
	const char *json;
	enum badge_fault fault;
	const char *where;
} refusals[] = {
	{"{" ID ", 'colour': 'red'}", BADGE_TERM, "colour"},
	{"{" ID ", 'email': 'a@b.example'}", BADGE_TERM, "email"},
	{"{" ID ", 'type': 'Profile', 'image': {'email': 'x'}}", BADGE_TERM, "image.email"},
	{"{" ID ", 'alignment': [{}, {'type': 'Alignment', 'tag': 1}]}", BADGE_TERM,
	 "alignment[1].tag"},
	{"{" ID ", 'name': {'@value': 'a', '@language': 'en'}}", BADGE_TERM, "name.@value"},
	{"{" ID ", 'endorsementJwt': ['x']}", BADGE_TERM, "endorsementJwt"},
	{"{" ID ", 'type': 'BitstringStatusListEntry', 'statusMessage': []}", BADGE_TERM,
	 "statusMessage"},
	{"{" ID ", 'type': 'Zebra'}", BADGE_CLASS, "type"},
	{"{" ID ", 'type': ['Image', 7]}", BADGE_CLASS, "type"},
	{"{" ID ", 'type': {}}", BADGE_CLASS, "type"},
	{"{" ID ", 'name': 'a', '@context': 'https://w3id.org/security/v2'}", BADGE_CONTEXT,
	 "@context"},
	{"{" ID ", 'image': {'@context': [{'x': 'y'}]}}", BADGE_CONTEXT, "image.@context"},
	{"{'id': 'relative', 'name': 'a'}", BADGE_IRI, "id"},
	{"{'id': '_:b0', 'name': 'a'}", BADGE_IRI, "id"},
	{"{'id': 'https://a.example/a b', 'name': 'a'}", BADGE_IRI, "id"},
	{"{'id': 'https://a.example/\\u00e9', 'name': 'a'}", BADGE_IRI, "id"},
	{"{'id': ['urn:x:1'], 'name': 'a'}", BADGE_SHAPE, "id"},
	{"{" ID ", 'image': 'i.png'}", BADGE_IRI, "image"},
	{"{" ID ", 'image': ['urn:x:2', 'https://a.example/{x}']}", BADGE_IRI, "image[1]"},
	{"{" ID ", 'image': 5}", BADGE_SHAPE, "image"},
	{"{" ID ", 'name': null}", BADGE_SHAPE, "name"},
	{"{" ID ", 'name': ['a', null]}", BADGE_SHAPE, "name[1]"},
	{"{" ID ", 'name': [['a']]}", BADGE_SHAPE, "name[0]"},
	{"{" ID ", 'type': 'VerifiableCredential', 'proof': 'urn:x:2'}", BADGE_SHAPE, "proof"},
	{"{" ID ", 'type': 'DataIntegrityProof', 'proofPurpose': 'fun'}", BADGE_SHAPE,
	 "proofPurpose"},
	{"{" ID ", 'type': 'DataIntegrityProof', 'proofPurpose': {'id': 'urn:x:2'}}", BADGE_SHAPE,
	 "proofPurpose"},
	{"{" ID ", 'type': 'Achievement', 'creditsAvailable': 1e-7}", BADGE_NUMBER,
	 "creditsAvailable"},
	{"{" ID ", 'type': 'VerifiableCredential', 'proof': [{}]}", BADGE_SHAPE, "proof[0]"},
	{"{" ID ", 'type': 'VerifiableCredential', 'proof': {'id': 'urn:x:2'}}", BADGE_SHAPE,
	 "proof"},
	{"{" ID "}", BADGE_SHAPE, ""},
	{"{}", BADGE_SHAPE, ""},
	{"[]", BADGE_SHAPE, ""},
	{"'text'", BADGE_SHAPE, ""},
};

START_TEST(what_would_be_dropped_or_guessed_is_refused_with_its_place)
{
	ck_assert_str_eq(text_of(refusals[_i].json, false), "");
	ck_assert_int_eq(problem.fault, refusals[_i].fault);
	ck_assert_str_eq(problem.where, refusals[_i].where);
}
END_TEST

static const struct {
	const char *json;
	enum badge_fault fault;
} strict_refusals[] = {
	{"{" ID ", 'name': 'tab\\there'}", BADGE_CONTROL},
	{"{" ID ", 'name': 'delete\\u007f'}", BADGE_CONTROL},
	{"{" ID ", 'name': 'next line\\u0085'}", BADGE_CONTROL},
	{"{" ID ", 'url': 'no url'}", BADGE_IRI},
	{"{" ID ", 'type': 'Result', 'achievedLevel': 'yes'}", BADGE_IRI},
};

START_TEST(what_deployed_canonicalisers_disagree_on_is_refused_before_signing_only)
{
	ck_assert_str_eq(text_of(strict_refusals[_i].json, true), "");
	ck_assert_int_eq(problem.fault, strict_refusals[_i].fault);
	ck_assert_str_ne(text_of(strict_refusals[_i].json, false), "");
}
END_TEST

START_TEST(a_line_feed_may_be_signed)
{
	ck_assert_str_eq(text_of("{" ID ", 'name': 'a\\nb'}", true),
			 ME "<" SDO "name> \"a\\nb\" .\n");
}
END_TEST

START_TEST(nesting_without_end_is_refused)
{
	char json[4096] = "", *to = json;

	for (int i = 0; i < 40; i++)
		to += sprintf(to, "{'image':");
	to += sprintf(to, "'urn:x:1'");
	for (int i = 0; i < 40; i++)
		to += sprintf(to, "}");
	ck_assert_str_eq(text_of(json, false), "");
	ck_assert_int_eq(problem.fault, BADGE_DEPTH);
}
END_TEST

START_TEST(more_types_than_make_sense_are_refused)
{
	ck_assert_str_eq(text_of("{'type':['Image','Image','Image','Image','Image','Image','Image',"
				 "'Image','Image']}",
				 false),
			 "");
	ck_assert_int_eq(problem.fault, BADGE_SHAPE);
}
END_TEST

START_TEST(the_prefixes_of_the_clr_context_are_no_schemes_under_it)
{
	json_t *json = json_pack("{s:s,s:s}", "id", "cred:1", "name", "a");
	struct nquads_source source = {.document = json, .contexts = ALL};
	struct rdfc_result result;

	ck_assert(proof_canonical(&source, NULL, arena, &result, &problem));
	source.contexts |= CONTEXT_CLR;
	ck_assert(!proof_canonical(&source, NULL, arena, &result, &problem));
	ck_assert_int_eq(problem.fault, BADGE_IRI);
	json_decref(json);
}
END_TEST

/* ---- numbers ---- */

/* What jsonld.js prints: value.toExponential(15) and value.toFixed(0) of Node, shortened. */
static const struct {
	const char *json, *text;
} numbers[] = {
	{"0", "0"},
	{"-0.0", "0"},
	{"2", "2"},
	{"2.0", "2"},
	{"-7", "-7"},
	{"1.5", "1.5E0"},
	{"0.25", "2.5E-1"},
	{"0.1", "1.0E-1"},
	{"-71.0589", "-7.105889999999999E1"},
	{"9.95", "9.949999999999999E0"},
	{"999999.999", "9.99999999E5"},
	{"123.456", "1.23456E2"},
	{"0.001", "1.0E-3"},
	{"0.000001", "1.0E-6"},
	{"1.005", "1.005E0"},
	{"9007199254740991", "9007199254740991"},
	{"1e15", "1000000000000000"},
};

START_TEST(a_number_is_printed_as_javascript_does)
{
	json_t *number = json_loads(numbers[_i].json, JSON_DECODE_ANY, NULL);
	char text[NUMBER_TEXT_LEN];

	ck_assert(number_text(number, text));
	ck_assert_str_eq(text, numbers[_i].text);
	json_decref(number);
}
END_TEST

static const char *const no_numbers[] = {
	"9007199254740992",
	"-9007199254740992",
	"9223372036854775807",
	"1e16",
	"1e21",
	"1e300",
	"1e-7",
	"-0.00000099",
	"5e-324",
	"1.0000152587890625",
	"0.1234567890123456",
};

START_TEST(a_number_that_canonicalisers_print_differently_is_refused)
{
	json_t *number = json_loads(no_numbers[_i], JSON_DECODE_ANY, NULL);
	char text[NUMBER_TEXT_LEN];

	ck_assert_ptr_nonnull(number);
	ck_assert(!number_text(number, text));
	json_decref(number);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("nquads");
	TCase *tcase = tcase_create("nquads");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_value_becomes_the_quads_of_its_term, 0,
			    (int)ARRAY_LEN(values));
	tcase_add_loop_test(tcase, what_would_be_dropped_or_guessed_is_refused_with_its_place, 0,
			    (int)ARRAY_LEN(refusals));
	tcase_add_loop_test(tcase,
			    what_deployed_canonicalisers_disagree_on_is_refused_before_signing_only,
			    0, (int)ARRAY_LEN(strict_refusals));
	tcase_add_test(tcase, a_line_feed_may_be_signed);
	tcase_add_test(tcase, nesting_without_end_is_refused);
	tcase_add_test(tcase, more_types_than_make_sense_are_refused);
	tcase_add_test(tcase, the_prefixes_of_the_clr_context_are_no_schemes_under_it);
	tcase_add_loop_test(tcase, a_number_is_printed_as_javascript_does, 0,
			    (int)ARRAY_LEN(numbers));
	tcase_add_loop_test(tcase, a_number_that_canonicalisers_print_differently_is_refused, 0,
			    (int)ARRAY_LEN(no_numbers));
	suite_add_tcase(suite, tcase);
	return suite;
}
