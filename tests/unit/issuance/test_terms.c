/* The tables of terms: against the list they were made from, and sorted as the search needs. */
#include "tests/support/suite.h"

#include "services/issuance/documents/terms.h"
#include "tests/support/spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL (CONTEXT_VC | CONTEXT_OB | CONTEXT_EXT | CONTEXT_CLR)

/* A line of the list: context, scope, term, iri, kind, datatype, container. */
struct row {
	char *scope, *term, *iri, *kind, *datatype, *container;
};

static void assert_iri(struct node node, const char *iri, const char *term)
{
	char text[200];

	snprintf(text, sizeof text, "<%s>", iri);
	ck_assert_msg(node.len == strlen(text) && memcmp(node.text, text, node.len) == 0,
		      "%s is %.*s, expected %s", term, (int)node.len, node.text, text);
}

static enum term_kind expected_kind(const struct row *row)
{
	if (strcmp(row->container, "@graph") == 0)
		return TERM_GRAPH;
	if (strcmp(row->container, "@list") == 0)
		return TERM_LIST;
	if (strcmp(row->term, "proofPurpose") == 0)
		return TERM_VOCAB;
	if (strcmp(row->kind, "literal") == 0)
		return TERM_TYPED;
	return strcmp(row->kind, "iri") == 0 ? TERM_IRI : TERM_PLAIN;
}

static const struct term *term_in(const char *scope, const char *name)
{
	const struct class *class;

	if (strcmp(scope, "*") == 0)
		return common_term(name, ALL);
	class = class_find(scope, ALL);
	ck_assert_msg(class != NULL, "no class %s", scope);
	if (class_term(class, name) != NULL)
		return class_term(class, name);
	return common_term(name, ALL); /* repeated in the class by the context, with one meaning */
}

/* Left out on purpose (terms.h), or a prefix, which no member may be. */
static bool is_left_out(const struct row *row)
{
	if (strcmp(row->scope, "VerifiablePresentation") == 0 &&
	    strcmp(row->term, "verifiableCredential") == 0)
		return true;
	return strcmp(row->kind, "json") == 0 || strcmp(row->term, "cred") == 0 ||
	       strcmp(row->term, "obi") == 0 || strcmp(row->term, "statusMessage") == 0 ||
	       strstr(row->scope, "/statusMessage") != NULL;
}

static void assert_row(const struct row *row)
{
	const struct term *term;

	if (is_left_out(row))
		return;
	if (strcmp(row->kind, "class") == 0) {
		ck_assert_msg(class_find(row->term, ALL) != NULL, "no class %s", row->term);
		assert_iri(class_find(row->term, ALL)->iri, row->iri, row->term);
		return;
	}
	if (strcmp(row->scope, "DataIntegrityProof/proofPurpose") == 0) {
		assert_iri(purpose_iri(row->term), row->iri, row->term);
		return;
	}
	term = term_in(row->scope, row->term);
	ck_assert_msg(term != NULL, "no term %s in %s", row->term, row->scope);
	assert_iri(term->predicate, row->iri, row->term);
	ck_assert_msg(term->kind == expected_kind(row), "kind of %s", row->term);
	if (term->kind == TERM_TYPED)
		assert_iri(term->datatype, row->datatype, row->term);
}

START_TEST(every_term_of_the_contexts_means_what_the_list_says)
{
	char *text = spec_read("ob3-terms.tsv"), *rest = text, *line;
	int n = 0;

	strsep(&rest, "\n"); /* the names of the columns */
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		char *context = strsep(&line, "\t");
		struct row row = {.scope = strsep(&line, "\t")};

		row.term = strsep(&line, "\t");
		row.iri = strsep(&line, "\t");
		row.kind = strsep(&line, "\t");
		row.datatype = strsep(&line, "\t");
		row.container = strsep(&line, "\t");
		ck_assert_ptr_nonnull(row.container);
		ck_assert_ptr_nonnull(context);
		assert_row(&row);
		n++;
	}
	ck_assert_int_eq(n, 187);
	free(text);
}
END_TEST

static const char *const names[] = {
	"Achievement",
	"AchievementSubject",
	"Address",
	"Alignment",
	"BitstringStatusList",
	"BitstringStatusListEntry",
	"ClrSubject",
	"DataIntegrityProof",
	"IdentityObject",
	"Profile",
	"Result",
	"ResultDescription",
	"VerifiableCredential",
	"VerifiablePresentation",
};

START_TEST(the_terms_of_a_class_are_sorted)
{
	const struct class *class = class_find(names[_i], ALL);

	ck_assert_ptr_nonnull(class);
	for (size_t i = 1; i < class->n_terms; i++)
		ck_assert_int_lt(strcmp(class->terms[i - 1].name, class->terms[i].name), 0);
	for (size_t i = 0; i < class->n_terms; i++)
		ck_assert_ptr_eq(class_term(class, class->terms[i].name), &class->terms[i]);
}
END_TEST

START_TEST(a_class_exists_only_under_its_context)
{
	ck_assert_ptr_nonnull(class_find("Profile", CONTEXT_OB));
	ck_assert_ptr_null(class_find("Profile", CONTEXT_VC | CONTEXT_EXT | CONTEXT_CLR));
	ck_assert_ptr_null(class_find("1EdTechJsonSchemaValidator2019", CONTEXT_VC | CONTEXT_OB));
	ck_assert_ptr_null(class_find("Zebra", ALL));
	ck_assert_ptr_null(class_find("", ALL));
}
END_TEST

START_TEST(a_common_term_exists_only_under_its_context)
{
	ck_assert_ptr_nonnull(common_term("name", CONTEXT_VC));
	ck_assert_ptr_null(common_term("narrative", CONTEXT_VC));
	ck_assert_ptr_nonnull(common_term("narrative", CONTEXT_VC | CONTEXT_OB));
	ck_assert_ptr_null(common_term("email", ALL));
}
END_TEST

START_TEST(what_deployed_contexts_disagree_on_is_not_defined)
{
	ck_assert_ptr_null(common_term("endorsementJwt", ALL));
	ck_assert_ptr_null(common_term("jti", ALL));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("terms");
	TCase *tcase = tcase_create("terms");

	if (spec_present())
		tcase_add_test(tcase, every_term_of_the_contexts_means_what_the_list_says);
	tcase_add_loop_test(tcase, the_terms_of_a_class_are_sorted, 0, (int)ARRAY_LEN(names));
	tcase_add_test(tcase, a_class_exists_only_under_its_context);
	tcase_add_test(tcase, a_common_term_exists_only_under_its_context);
	tcase_add_test(tcase, what_deployed_contexts_disagree_on_is_not_defined);
	suite_add_tcase(suite, tcase);
	return suite;
}
