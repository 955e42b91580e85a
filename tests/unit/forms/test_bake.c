/* Credentials put into pictures and taken out again, and pictures that hold none. */
#include "services/issuance/documents/jws.h"
#include "services/issuance/forms/artwork.h"
#include "services/issuance/forms/bake.h"
#include "services/issuance/forms/facts.h"
#include "tests/support/forms_kit.h"
#include "tests/support/spec.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>

#include <string.h>
#include <zlib.h>

static struct arena *arena;
static struct bytes credential, png, svg; /* both not baked */
static struct form_problem problem;

static void setup(void)
{
	struct form_facts facts;

	arena = arena_new((size_t)1 << 20);
	problem = (struct form_problem){0};
	credential =
		forms_kit_credential("Wörter ]]> 語 \xf0\x9f\x8e\x93", "MicroCredential", arena);
	ck_assert(form_facts_read(credential, arena, &facts, &problem));
	facts.title = "Words";
	ck_assert(artwork_png(&facts, arena, &png, &problem));
	ck_assert(artwork_svg(&facts, arena, &svg, &problem));
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static bool contains(struct bytes b, const char *text)
{
	return memmem(b.data, b.len, text, strlen(text)) != NULL;
}

START_TEST(json_in_ascii_is_escaped_by_units)
{
	struct bytes text = json_ascii(
		bytes_of_text("{\"a\":\"\xc3\xb6 ]]> \xe8\xaa\x9e \xf0\x9f\x8e\x93\"}"), arena);

	ck_assert(bytes_equal(
		text, bytes_of_text("{\"a\":\"\\u00f6 ]]\\u003e \\u8a9e \\ud83c\\udf93\"}")));
}
END_TEST

START_TEST(what_was_baked_into_a_png_is_read_back)
{
	struct bytes baked, read;

	ck_assert(png_bake(png, credential, arena, &baked, &problem));
	ck_assert(form_unbake(baked, arena, &read, &problem));
	ck_assert(bytes_equal(read, json_ascii(credential, arena)));
	/* Behind the header, before the pixels. */
	ck_assert_int_eq(memcmp(baked.data + 37, "iTXtopenbadgecredential\0\0\0\0\0{", 29), 0);
}
END_TEST

START_TEST(what_was_baked_into_an_svg_is_read_back)
{
	struct bytes baked, read;

	ck_assert(svg_bake(svg, credential, arena, &baked, &problem));
	ck_assert(contains(baked, "><openbadges:credential><![CDATA[{"));
	ck_assert(form_unbake(baked, arena, &read, &problem));
	ck_assert(bytes_equal(read, json_ascii(credential, arena)));
}
END_TEST

START_TEST(a_jws_stands_in_an_attribute)
{
	struct bytes jws = bytes_of_text("eyJhIjoxfQ.eyJiIjoyfQ.c2ln-_"), baked, read;

	ck_assert(svg_bake(svg, jws, arena, &baked, &problem));
	ck_assert(contains(baked, "<openbadges:credential verify=\"eyJhIjoxfQ.eyJi"));
	ck_assert(form_unbake(baked, arena, &read, &problem));
	ck_assert(bytes_equal(read, jws));
	ck_assert(png_bake(png, jws, arena, &baked, &problem));
	ck_assert(form_unbake(baked, arena, &read, &problem));
	ck_assert(bytes_equal(read, jws));
}
END_TEST

START_TEST(json_and_jws_by_themselves_are_taken_as_they_are)
{
	struct bytes read;

	ck_assert(form_unbake(bytes_of_text(" \n{\"a\":1}\n"), arena, &read, &problem));
	ck_assert(bytes_equal(read, bytes_of_text("{\"a\":1}")));
	ck_assert(form_unbake(bytes_of_text("a.b.c\n"), arena, &read, &problem));
	ck_assert(bytes_equal(read, bytes_of_text("a.b.c")));
}
END_TEST

/* ---- hostile pictures ---- */

START_TEST(a_png_cut_anywhere_is_refused)
{
	struct bytes baked, read;

	ck_assert(png_bake(png, credential, arena, &baked, &problem));
	for (size_t len = 0; len < baked.len - 12; len += 1 + len / 40) {
		struct form_problem why = {0};

		ck_assert(!form_unbake((struct bytes){baked.data, len}, arena, &read, &why));
		ck_assert_str_ne(why.text, "");
	}
}
END_TEST

static void refused_png(struct bytes file, const char *why)
{
	struct form_problem said = {0};
	struct bytes read;

	ck_assert(!png_unbake(file, arena, &read, &said));
	ck_assert_str_eq(said.text, why);
}

static void mend_crc(uint8_t *chunk)
{
	size_t len = get_u32_be(chunk);

	put_u32_be(chunk + 8 + len, (uint32_t)crc32(0, chunk + 4, (uInt)(4 + len)));
}

START_TEST(a_png_with_a_damaged_or_second_credential_is_refused)
{
	struct bytes baked, twice, copy;
	uint8_t *chunk;

	ck_assert(png_bake(png, credential, arena, &baked, &problem));
	ck_assert(png_bake(baked, credential, arena, &twice, &problem));
	copy = arena_copy(arena, baked);
	chunk = (uint8_t *)(uintptr_t)copy.data + 33;
	refused_png(png, "the PNG holds no credential");
	refused_png(twice, "the PNG holds two credentials");
	chunk[60] ^= 1;
	refused_png(copy, "a chunk of the PNG is damaged");
	chunk[8 + 20] = 1; /* compressed */
	mend_crc(chunk);
	refused_png(copy, "the credential in the PNG is compressed");
	memcpy(chunk + 4, "tEXt", 4);
	mend_crc(chunk);
	refused_png(copy, "the credential is in no iTXt chunk");
}
END_TEST

#define SVG                                                                                        \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" "                                               \
	"xmlns:o=\"https://purl.imsglobal.org/ob/v3p0\">"
#define HELD "<o:credential><![CDATA[{}]]></o:credential>"

static const struct {
	const char *text, *why;
} no_svgs[] = {
	{SVG "</svg>", "the SVG holds no credential"},
	{SVG "<g>" HELD "</g></svg>", "the SVG holds no credential"},
	{SVG HELD HELD "</svg>", "the SVG holds two credentials"},
	{SVG "<o:credential><b/></o:credential></svg>",
	 "the credential in the SVG has elements of its own"},
	{"<html>" HELD "</html>", "not an SVG picture"},
	{"<html></html>", "not an SVG picture"},
	{"<!DOCTYPE svg [<!ENTITY a \"b\">]>" SVG HELD "</svg>",
	 "the SVG declares entities of its own"},
	{SVG HELD, "the SVG is not well-formed: no element found, line 1"},
};

START_TEST(an_svg_that_holds_not_one_credential_is_refused)
{
	struct bytes read;

	ck_assert(!form_unbake(bytes_of_text(no_svgs[_i].text), arena, &read, &problem));
	ck_assert_str_eq(problem.text, no_svgs[_i].why);
}
END_TEST

START_TEST(a_file_of_another_kind_is_refused)
{
	struct bytes read;

	ck_assert(!form_unbake(bytes_of_text("GIF89a"), arena, &read, &problem));
	ck_assert_str_eq(problem.text, "neither a PNG, an SVG, JSON nor a compact JWS");
}
END_TEST

/* ---- what others baked ---- */

#define FIXTURES "vectors/1edtech-validator/"

static const char *const others[] = {"simple-json.png", "simple-json.svg", "simple-jwt.png",
				     "simple-jwt.svg"};

START_TEST(what_others_baked_is_read)
{
	char path[128];
	char *file;
	struct bytes read;
	struct form_facts facts;
	size_t len;

	snprintf(path, sizeof path, FIXTURES "%s", others[_i]);
	file = spec_read_bytes(path, &len);
	ck_assert_msg(
		form_unbake((struct bytes){(const uint8_t *)file, len}, arena, &read, &problem),
		"%s", problem.text);
	ck_assert_int_eq(is_compact_jws(read), strstr(others[_i], "jwt") != NULL);
	ck_assert_msg(form_facts_read(read, arena, &facts, &problem), "%s", problem.text);
	ck_assert_str_eq(facts.title, "Teamwork");
	free(file);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("bake");
	TCase *tcase = tcase_create("bake");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, json_in_ascii_is_escaped_by_units);
	tcase_add_test(tcase, what_was_baked_into_a_png_is_read_back);
	tcase_add_test(tcase, what_was_baked_into_an_svg_is_read_back);
	tcase_add_test(tcase, a_jws_stands_in_an_attribute);
	tcase_add_test(tcase, json_and_jws_by_themselves_are_taken_as_they_are);
	tcase_add_test(tcase, a_png_cut_anywhere_is_refused);
	tcase_add_test(tcase, a_png_with_a_damaged_or_second_credential_is_refused);
	tcase_add_loop_test(tcase, an_svg_that_holds_not_one_credential_is_refused, 0,
			    (int)ARRAY_LEN(no_svgs));
	tcase_add_test(tcase, a_file_of_another_kind_is_refused);
	if (spec_present())
		tcase_add_loop_test(tcase, what_others_baked_is_read, 0, (int)ARRAY_LEN(others));
	suite_add_tcase(suite, tcase);
	return suite;
}
