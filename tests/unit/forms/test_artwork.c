/* Pictures and certificates: the same each time, readable by all, refused when a glyph is missing.
 */
#include "services/issuance/forms/artwork.h"
#include "services/issuance/forms/certificate.h"
#include "services/issuance/forms/theme.h"
#include "tests/support/forms_kit.h"
#include "tests/support/suite.h"

#include <cairo.h>
#include <string.h>

static struct arena *arena;
static struct form_facts facts;
static struct form_problem problem;

static void setup(void)
{
	arena = arena_new((size_t)1 << 20);
	problem = (struct form_problem){0};
	ck_assert(form_facts_read(forms_kit_credential("Signs & Sounds", "MicroCredential", arena),
				  arena, &facts, &problem));
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static bool contains(struct bytes b, const char *text)
{
	return memmem(b.data, b.len, text, strlen(text)) != NULL;
}

/* ---- colours ---- */

/* Known ratios, by the tables that come with WCAG 2 and its usual examples. */
START_TEST(contrast_is_as_wcag_defines_it)
{
	ck_assert_double_eq_tol(theme_contrast(0x000000, 0xFFFFFF), 21, 1e-9);
	ck_assert_double_eq_tol(theme_contrast(0xFFFFFF, 0x767676), 4.54, 0.005);
	ck_assert_double_eq_tol(theme_contrast(0xFF0000, 0xFFFFFF), 4.00, 0.005);
}
END_TEST

START_TEST(every_text_stands_out_from_its_ground)
{
	for (size_t i = 0; i < n_themes; i++) {
		ck_assert_double_ge(theme_contrast(themes[i].ink, themes[i].ground), 4.5);
		ck_assert_double_ge(theme_contrast(themes[i].label_ink, themes[i].label), 4.5);
		ck_assert_double_ge(theme_contrast(themes[i].accent, THEME_PAPER), 4.5);
		ck_assert_double_ge(theme_contrast(themes[i].ring, themes[i].ground), 3);
	}
	ck_assert_double_ge(theme_contrast(THEME_TEXT, THEME_PAPER), 4.5);
	ck_assert_double_ge(theme_contrast(THEME_QUIET, THEME_PAPER), 4.5);
}
END_TEST

/* ---- pictures ---- */

START_TEST(the_same_credential_is_the_same_bytes)
{
	struct certificate certificate = {.facts = &facts, .verify_url = "https://v.example/1"};
	struct bytes one, other;

	ck_assert(artwork_png(&facts, arena, &one, &problem));
	ck_assert(artwork_png(&facts, arena, &other, &problem));
	ck_assert(bytes_equal(one, other));
	ck_assert(artwork_svg(&facts, arena, &one, &problem));
	ck_assert(artwork_svg(&facts, arena, &other, &problem));
	ck_assert(bytes_equal(one, other));
	ck_assert(certificate_pdf(&certificate, arena, &one, &problem));
	ck_assert(certificate_pdf(&certificate, arena, &other, &problem));
	ck_assert(bytes_equal(one, other));
}
END_TEST

START_TEST(an_svg_says_its_title_and_description)
{
	struct bytes svg;

	facts.description = "Less < more.";
	ck_assert(artwork_svg(&facts, arena, &svg, &problem));
	ck_assert(contains(svg, "<title id=\"badge-title\">Signs &amp; Sounds</title>"));
	ck_assert(contains(svg, "<desc id=\"badge-desc\">Micro-credential, issued by Meadow "
				"Education Service. Less &lt; more.</desc>"));
}
END_TEST

START_TEST(a_stack_looks_other_than_a_single_one)
{
	struct bytes single, stack;

	ck_assert(artwork_svg(&facts, arena, &single, &problem));
	facts.is_stack = true;
	ck_assert(artwork_svg(&facts, arena, &stack, &problem));
	ck_assert(contains(stack, "<desc id=\"badge-desc\">Stack, issued by"));
	ck_assert(!bytes_equal(single, stack));
}
END_TEST

struct reader {
	struct bytes png;
	size_t at;
};

static cairo_status_t read_png(void *ctx, unsigned char *data, unsigned len)
{
	struct reader *r = ctx;

	if (len > r->png.len - r->at)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(data, r->png.data + r->at, len);
	r->at += len;
	return CAIRO_STATUS_SUCCESS;
}

/* Beyond the disc's radius of 292 nothing is drawn, however long the words are. */
static void nothing_outside_the_disc(struct bytes png)
{
	struct reader reader = {png, 0};
	cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_png, &reader);
	const unsigned char *pixels = cairo_image_surface_get_data(surface);
	int stride = cairo_image_surface_get_stride(surface);

	ck_assert_int_eq(cairo_image_surface_get_width(surface), ARTWORK_SIZE);
	ck_assert_int_eq(cairo_image_surface_get_height(surface), ARTWORK_SIZE);
	for (int y = 0; y < ARTWORK_SIZE; y++)
		for (int x = 0; x < ARTWORK_SIZE; x++) {
			int dx = x - ARTWORK_SIZE / 2, dy = y - ARTWORK_SIZE / 2;

			if (dx * dx + dy * dy > 295 * 295)
				ck_assert_uint_eq(pixels[y * stride + 4 * x + 3], 0);
		}
	cairo_surface_destroy(surface);
}

static const char *const long_titles[] = {
	"Planning, Teaching and Looking Back on Daily Phonemic Awareness Routines for Children "
	"Who Learn English Beside Another Language at Home",
	"Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
	"Ж",
};

START_TEST(long_titles_wrap_within_the_badge)
{
	struct bytes png;

	facts.title = long_titles[_i];
	facts.issuer_name = long_titles[_i];
	facts.code = long_titles[_i];
	ck_assert_msg(artwork_png(&facts, arena, &png, &problem), "%s", problem.text);
	nothing_outside_the_disc(png);
}
END_TEST

/* U+10FFFD is for private use: no font has it. */
START_TEST(a_character_without_a_glyph_is_refused_by_name)
{
	struct certificate certificate = {.facts = &facts, .verify_url = "https://v.example/1"};
	struct bytes out;

	facts.title = "Words \xf4\x8f\xbf\xbd";
	ck_assert(!artwork_png(&facts, arena, &out, &problem));
	ck_assert_ptr_nonnull(strstr(problem.text, "U+10FFFD"));
	ck_assert_ptr_nonnull(strstr(problem.text, "package fonts-noto"));
	ck_assert(!artwork_svg(&facts, arena, &out, &problem));
	ck_assert(!certificate_pdf(&certificate, arena, &out, &problem));
}
END_TEST

/* ---- certificates ---- */

START_TEST(a_certificate_has_its_language_and_a_text_for_its_figure)
{
	struct certificate certificate = {.facts = &facts, .verify_url = "https://v.example/(1)"};
	struct bytes pdf;

	ck_assert_msg(certificate_pdf(&certificate, arena, &pdf, &problem), "%s", problem.text);
	ck_assert(contains(pdf, "/Lang (en-US)"));
	ck_assert(contains(pdf, "/Alt (QR code of the address https://v.example/\\(1\\))"));
}
END_TEST

START_TEST(a_certificate_of_much_goes_on_over_pages)
{
	struct certificate certificate = {.facts = &facts, .verify_url = "https://v.example/1"};
	struct form_result results[60];
	struct bytes pdf;

	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		results[i] = (struct form_result){"A row of the rubric", "Reached"};
	facts.results = results;
	facts.n_results = ARRAY_LEN(results);
	ck_assert_msg(certificate_pdf(&certificate, arena, &pdf, &problem), "%s", problem.text);
	ck_assert(contains(pdf, "/Count 3"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("artwork");
	TCase *tcase = tcase_create("artwork");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, contrast_is_as_wcag_defines_it);
	tcase_add_test(tcase, every_text_stands_out_from_its_ground);
	tcase_add_test(tcase, the_same_credential_is_the_same_bytes);
	tcase_add_test(tcase, an_svg_says_its_title_and_description);
	tcase_add_test(tcase, a_stack_looks_other_than_a_single_one);
	tcase_add_loop_test(tcase, long_titles_wrap_within_the_badge, 0,
			    (int)ARRAY_LEN(long_titles));
	tcase_add_test(tcase, a_character_without_a_glyph_is_refused_by_name);
	tcase_add_test(tcase, a_certificate_has_its_language_and_a_text_for_its_figure);
	tcase_add_test(tcase, a_certificate_of_much_goes_on_over_pages);
	suite_add_tcase(suite, tcase);
	return suite;
}
