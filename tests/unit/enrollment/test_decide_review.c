/* Publishing under a quality standard: what is refused, who may review, and when the next one is.
 */
#include "libshared/calendar.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_documents(&kit);
}

static Enrollment__QualityStandard *a_standard(void)
{
	return copy_of(&kit, &kit_quality_standard()->base);
}

static Enrollment__Review *a_review(void)
{
	return copy_of(&kit, &kit_review_of(kit_entry(), kit.arena)->base);
}

static void setup_standard(void)
{
	setup();
	ck_assert_int_eq(publish_standard(&kit, a_standard()), OK);
}

static void setup_published(void)
{
	setup_standard();
	ck_assert_int_eq(record_review(&kit, a_review()), OK);
	ck_assert_int_eq(publish_entry(&kit, an_entry(&kit)), OK);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- the gate ---- */

START_TEST(without_a_standard_an_entry_is_published_as_ever)
{
	ck_assert_int_eq(publish_entry(&kit, an_entry(&kit)), OK);
	ck_refused(record_review(&kit, a_review()), STANDARD_MISSING);
}
END_TEST

START_TEST(what_was_published_before_the_standard_stands)
{
	ck_assert_int_eq(publish_entry(&kit, an_entry(&kit)), OK);
	ck_assert_int_eq(publish_standard(&kit, a_standard()), OK);
	ck_assert_int_eq(publish_entry(&kit, an_entry(&kit)), OK);
}
END_TEST

START_TEST(without_a_review_nothing_new_is_published_and_the_text_names_what_is_unmet)
{
	ck_refused(publish_entry(&kit, an_entry(&kit)), REVIEW_MISSING);
	ck_assert_str_eq(kit.got.text,
			 "LIT-101 version 1: no review of this content is recorded by version 1 of "
			 "the quality standard; mandatory and unmet: 1.2 Evidence comes from "
			 "practice (no finding of a reviewer)");
}
END_TEST

START_TEST(a_review_by_the_standard_publishes)
{
	ck_assert_int_eq(record_review(&kit, a_review()), OK);
	ck_assert_int_eq(publish_entry(&kit, an_entry(&kit)), OK);
}
END_TEST

START_TEST(a_review_of_other_content_is_none_of_this)
{
	Enrollment__Entry *entry = an_entry(&kit);

	ck_assert_int_eq(record_review(&kit, a_review()), OK);
	entry->title = text_of(&kit, "Changed after the review");
	ck_refused(publish_entry(&kit, entry), REVIEW_MISSING);
}
END_TEST

START_TEST(a_mandatory_component_that_the_reviewer_finds_unmet_refuses)
{
	Enrollment__Review *review = a_review();

	review->findings[0]->met = ENROLLMENT__MET__UNMET;
	review->findings[0]->note = text_of(&kit, "plan_only");
	ck_assert_int_eq(record_review(&kit, review), OK);
	ck_refused(publish_entry(&kit, an_entry(&kit)), COMPONENT_UNMET);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "1.2 Evidence comes from practice (plan_only)"));
}
END_TEST

/* Whatever the reviewer says: a check is a fact of the entry. */
START_TEST(a_mandatory_component_that_code_finds_unmet_refuses)
{
	Enrollment__QualityStandard *standard = a_standard();
	Enrollment__Review *review = a_review();

	standard->version = review->standard_version = 2;
	standard->standards[0]->components[0]->bound = 4;
	ck_assert_int_eq(publish_standard(&kit, standard), OK);
	ck_assert_int_eq(record_review(&kit, review), OK);
	ck_refused(publish_entry(&kit, an_entry(&kit)), COMPONENT_UNMET);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "1.1 More than one source of evidence (3 kinds "
						   "of evidence, 4 are the least)"));
}
END_TEST

START_TEST(a_review_by_an_older_standard_is_asked_for_anew)
{
	Enrollment__QualityStandard *standard = a_standard();

	ck_assert_int_eq(record_review(&kit, a_review()), OK);
	standard->version = 2;
	ck_assert_int_eq(publish_standard(&kit, standard), OK);
	ck_refused(publish_entry(&kit, an_entry(&kit)), REVIEW_MISSING);
}
END_TEST

START_TEST(the_same_review_twice_is_recorded_once)
{
	ck_assert_int_eq(record_review(&kit, a_review()), OK);
	events_since(&kit);
	ck_assert_int_eq(record_review(&kit, a_review()), OK);
	ck_assert_uint_eq(events_since(&kit), 0);
}
END_TEST

/* ---- two people ---- */

START_TEST(nobody_reviews_what_they_wrote)
{
	Enrollment__Review *review = a_review();

	review->author = review->reviewer;
	ck_refused(record_review(&kit, review), SAME_PERSON);
}
END_TEST

START_TEST(nobody_publishes_what_they_reviewed)
{
	Enrollment__PublishEntry ask = ENROLLMENT__PUBLISH_ENTRY__INIT;

	ask.entry = an_entry(&kit);
	ck_assert_int_eq(record_review(&kit, a_review()), OK);
	ck_refused(SEND(&kit, ROLE_OPERATOR | ROLE_ASSERTS, kit_name("person", "reviewer"),
			PUBLISH_ENTRY, publish_entry, &ask),
		   SAME_PERSON);
	ck_assert_int_eq(SEND(&kit, ROLE_OPERATOR | ROLE_ASSERTS, kit_name("person", "author"),
			      PUBLISH_ENTRY, publish_entry, &ask),
			 OK);
}
END_TEST

START_TEST(who_published_a_version_does_not_review_it_later)
{
	Enrollment__PublishEntry ask = ENROLLMENT__PUBLISH_ENTRY__INIT;
	Enrollment__Review *review = a_review();

	ask.entry = an_entry(&kit);
	ck_assert_int_eq(record_review(&kit, a_review()), OK);
	ck_assert_int_eq(SEND(&kit, ROLE_OPERATOR | ROLE_ASSERTS, kit_name("person", "third"),
			      PUBLISH_ENTRY, publish_entry, &ask),
			 OK);
	review->reviewer = pb_of_bytes(kit_name("person", "third"));
	ck_refused(record_review(&kit, review), SAME_PERSON);
}
END_TEST

/* ---- what a review may say ---- */

static void of_an_unknown_component(Enrollment__Review *r)
{
	r->findings[0]->component = text_of(&kit, "9.9");
}
static void of_what_code_checks(Enrollment__Review *r)
{
	r->findings[0]->component = text_of(&kit, "1.1");
}
static void without_an_outcome(Enrollment__Review *r)
{
	r->findings[0]->met = ENROLLMENT__MET__MET_UNSPECIFIED;
}
static void not_applying_though_it_always_does(Enrollment__Review *r)
{
	r->findings[0]->met = ENROLLMENT__MET__NOT_APPLICABLE;
}
static void with_a_note_of_words(Enrollment__Review *r)
{
	r->findings[0]->note = text_of(&kit, "Ana said so");
}
static void without_a_hash(Enrollment__Review *r)
{
	r->hash = text_of(&kit, "abc");
}
static void by_another_standard(Enrollment__Review *r)
{
	r->standard_version = 2;
}
static void with_a_date_of_what_is_not_published(Enrollment__Review *r)
{
	r->review_by = text_of(&kit, "2027-01-01");
}

static const struct bad_review {
	void (*damage)(Enrollment__Review *r);
	const char *says;
} bad_reviews[] = {
	{of_an_unknown_component, "has no \"9.9\""},
	{of_what_code_checks, "code checks \"1.1\""},
	{without_an_outcome, "met, unmet or not_applicable"},
	{not_applying_though_it_always_does, "1.2 always applies"},
	{with_a_note_of_words, "findings[0].note"},
	{without_a_hash, "hash"},
	{by_another_standard, "standard_version"},
	{with_a_date_of_what_is_not_published, "review_by"},
};

START_TEST(a_review_that_says_what_it_may_not_is_refused_by_the_field)
{
	const struct bad_review *bad = &bad_reviews[_i];
	Enrollment__Review *review = a_review();

	bad->damage(review);
	ck_refused(record_review(&kit, review), BAD_VALUE);
	ck_assert_ptr_nonnull(strstr(kit.got.text, bad->says));
}
END_TEST

START_TEST(a_standard_names_only_what_code_can_check_and_each_component_once)
{
	Enrollment__QualityStandard *standard = a_standard();

	standard->version = 2;
	standard->standards[0]->components[0]->check = text_of(&kit, "beauty");
	ck_refused(publish_standard(&kit, standard), BAD_VALUE);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "levels_described"));
	standard->standards[0]->components[0]->check = text_of(&kit, "aligned");
	standard->standards[1]->components[0]->code = text_of(&kit, "1.2");
	ck_refused(publish_standard(&kit, standard), BAD_VALUE);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "\"1.2\" stands there twice"));
}
END_TEST

/* ---- what the public may know ---- */

static const Enrollment__QualityAnswer *quality_now(void)
{
	Enrollment__GetQuality ask = ENROLLMENT__GET_QUALITY__INIT;

	ask.entry = pb_of_bytes(LIT_101);
	ck_assert_int_eq(ASK(&kit, NOBODY, GET_QUALITY, get_quality, &ask), OK);
	return got_answer(&kit)->quality;
}

START_TEST(anybody_sees_which_components_are_met_by_which_version)
{
	const Enrollment__QualityAnswer *a = quality_now();

	ck_assert_uint_eq(a->standard_version, 1);
	ck_assert(a->reviewed);
	ck_assert_uint_eq(a->n_components, 3);
	ck_assert_uint_eq(a->components_met, 2);
	ck_assert_uint_eq(a->mandatory_unmet, 0);
	ck_assert_str_eq(a->components[1]->code, "1.2");
	ck_assert(a->components[1]->attested);
	ck_assert_int_eq(a->components[1]->met, ENROLLMENT__MET__MET);
	ck_assert_int_eq(a->components[2]->met, ENROLLMENT__MET__UNMET);
	ck_assert_str_eq(a->review_by, "2027-06-30");
}
END_TEST

START_TEST(a_later_standard_does_not_change_what_was_found)
{
	Enrollment__QualityStandard *standard = a_standard();

	standard->version = 2;
	standard->standards[0]->components[0]->bound = 9;
	ck_assert_int_eq(publish_standard(&kit, standard), OK);
	ck_assert_uint_eq(quality_now()->standard_version, 1);
	ck_assert_uint_eq(quality_now()->mandatory_unmet, 0);
}
END_TEST

/* ---- its date ---- */

/* To the first microsecond of a day. */
static void until_day(const char *date)
{
	int64_t day;

	ck_assert(day_of_text(date, &day));
	kit_advance(&kit, day * US_PER_DAY - kit.now_us);
}

static const Enrollment__EntryAnswer *entry_now(void)
{
	Enrollment__GetEntry ask = ENROLLMENT__GET_ENTRY__INIT;

	ask.entry = pb_of_bytes(LIT_101);
	ck_assert_int_eq(ASK(&kit, NOBODY, GET_ENTRY, get_entry, &ask), OK);
	return got_answer(&kit)->entry;
}

/* 2027-06-30 is the day: it ends when July begins. */
START_TEST(the_issuer_hears_ninety_and_thirty_days_before_and_when_it_is_past)
{
	const Enrollment__ReviewNoticed *noticed;
	const Enrollment__ReviewOverdue *overdue;

	until_day("2027-04-01");
	kit_advance(&kit, 2 * US_PER_DAY);
	noticed = NEXT(&kit, REVIEW_NOTICED)->review_noticed;
	ck_assert_uint_eq(noticed->days_left, 90);
	ck_assert_str_eq(noticed->review_by, "2027-06-30");
	ck_assert(bytes_equal(bytes_of_pb(noticed->issuer), kit_name("issuer", "larkspur-rsa")));
	until_day("2027-06-02");
	noticed = NEXT(&kit, REVIEW_NOTICED)->review_noticed;
	ck_assert_uint_eq(noticed->days_left, 30);
	until_day("2027-06-30");
	kit_advance(&kit, US_PER_DAY - 1);
	ck_assert(!entry_now()->review_overdue);
	until_day("2027-07-01");
	overdue = NEXT(&kit, REVIEW_OVERDUE)->review_overdue;
	ck_assert_uint_eq(overdue->version, 1);
	ck_assert(entry_now()->review_overdue);
	ck_assert(quality_now()->review_overdue);
	kit_advance(&kit, 400 * US_PER_DAY);
	ck_assert_ptr_null(NEXT(&kit, REVIEW_OVERDUE));
}
END_TEST

START_TEST(what_is_overdue_can_be_enrolled_in_all_the_same)
{
	until_day("2027-07-02");
	given_educator(&kit, ANA, "ana");
	given_enrolled(&kit, ANA);
	ck_assert(entry_now()->review_overdue);
}
END_TEST

START_TEST(a_review_moves_the_date)
{
	Enrollment__Review *review = a_review();

	until_day("2027-07-02");
	review->review_by = text_of(&kit, "2028-02-29");
	ck_assert_int_eq(record_review(&kit, review), OK);
	ck_assert(!entry_now()->review_overdue);
	ck_assert_str_eq(entry_now()->review_by, "2028-02-29");
	until_day("2027-12-02");
	ck_assert_uint_eq(NEXT(&kit, REVIEW_NOTICED)->review_noticed->days_left, 90);
	until_day("2028-03-01");
	ck_assert(entry_now()->review_overdue);
}
END_TEST

START_TEST(a_review_that_finds_it_wanting_moves_no_date)
{
	Enrollment__Review *review = a_review();

	review->review_by = text_of(&kit, "2028-02-29");
	review->findings[0]->met = ENROLLMENT__MET__UNMET;
	ck_assert_int_eq(record_review(&kit, review), OK);
	ck_assert_str_eq(entry_now()->review_by, "2027-06-30");
	ck_assert_uint_eq(quality_now()->mandatory_unmet, 1);
}
END_TEST

START_TEST(the_next_review_is_a_day_to_come_within_the_standards_months)
{
	Enrollment__Review *review = a_review();

	review->review_by = text_of(&kit, "2026-01-06");
	ck_refused(record_review(&kit, review), BAD_VALUE);
	review->review_by = text_of(&kit, "2030-01-06");
	ck_refused(record_review(&kit, review), BAD_VALUE);
	ck_assert_ptr_nonnull(strstr(kit.got.text, "within 36 months"));
}
END_TEST

START_TEST(only_the_newest_version_as_it_is_published_is_reviewed_again)
{
	Enrollment__Review *review = a_review();

	review->hash[0] = review->hash[0] == 'a' ? 'b' : 'a';
	ck_refused(record_review(&kit, review), BAD_VALUE);
}
END_TEST

START_TEST(the_notices_are_the_policys)
{
	Enrollment__Policy *policy = copy_of(&kit, &kit_policy()->base);
	Enrollment__Review *review = a_review();

	policy->version = 2;
	policy->review_notice_days = (uint32_t[]){10};
	policy->n_review_notice_days = 1;
	ck_assert_int_eq(publish_policy(&kit, policy), OK);
	review->review_by = text_of(&kit, "2026-12-31");
	ck_assert_int_eq(record_review(&kit, review), OK);
	until_day("2026-12-22");
	ck_assert_uint_eq(NEXT(&kit, REVIEW_NOTICED)->review_noticed->days_left, 10);
}
END_TEST

START_TEST(a_retired_entry_is_reviewed_no_more_until_the_retirement_is_withdrawn)
{
	ck_assert_int_eq(retire_entry(&kit, LIT_101, BYTES_NONE), OK);
	kit_advance(&kit, 300 * US_PER_DAY);
	ck_assert_int_eq(withdraw_retirement(&kit, LIT_101), OK);
	until_day("2027-07-02");
	ck_assert(entry_now()->review_overdue);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, BYTES_NONE), OK);
	ck_assert(!entry_now()->review_overdue);
}
END_TEST

static void add_gate(Suite *suite)
{
	TCase *before = tcase_create("before");
	TCase *tc = tcase_create("gate");

	tcase_add_checked_fixture(before, setup, teardown);
	tcase_add_test(before, without_a_standard_an_entry_is_published_as_ever);
	tcase_add_test(before, what_was_published_before_the_standard_stands);
	suite_add_tcase(suite, before);
	tcase_add_checked_fixture(tc, setup_standard, teardown);
	tcase_add_test(tc,
		       without_a_review_nothing_new_is_published_and_the_text_names_what_is_unmet);
	tcase_add_test(tc, a_review_by_the_standard_publishes);
	tcase_add_test(tc, a_review_of_other_content_is_none_of_this);
	tcase_add_test(tc, a_mandatory_component_that_the_reviewer_finds_unmet_refuses);
	tcase_add_test(tc, a_mandatory_component_that_code_finds_unmet_refuses);
	tcase_add_test(tc, a_review_by_an_older_standard_is_asked_for_anew);
	tcase_add_test(tc, the_same_review_twice_is_recorded_once);
	tcase_add_test(tc, nobody_reviews_what_they_wrote);
	tcase_add_test(tc, nobody_publishes_what_they_reviewed);
	tcase_add_test(tc, who_published_a_version_does_not_review_it_later);
	tcase_add_loop_test(tc, a_review_that_says_what_it_may_not_is_refused_by_the_field, 0,
			    (int)ARRAY_LEN(bad_reviews));
	tcase_add_test(tc, a_standard_names_only_what_code_can_check_and_each_component_once);
	suite_add_tcase(suite, tc);
}

static void add_published(Suite *suite)
{
	TCase *tc = tcase_create("published");

	tcase_add_checked_fixture(tc, setup_published, teardown);
	tcase_add_test(tc, anybody_sees_which_components_are_met_by_which_version);
	tcase_add_test(tc, a_later_standard_does_not_change_what_was_found);
	tcase_add_test(tc, the_issuer_hears_ninety_and_thirty_days_before_and_when_it_is_past);
	tcase_add_test(tc, what_is_overdue_can_be_enrolled_in_all_the_same);
	tcase_add_test(tc, a_review_moves_the_date);
	tcase_add_test(tc, a_review_that_finds_it_wanting_moves_no_date);
	tcase_add_test(tc, the_next_review_is_a_day_to_come_within_the_standards_months);
	tcase_add_test(tc, only_the_newest_version_as_it_is_published_is_reviewed_again);
	tcase_add_test(tc, the_notices_are_the_policys);
	tcase_add_test(tc, a_retired_entry_is_reviewed_no_more_until_the_retirement_is_withdrawn);
	suite_add_tcase(suite, tc);
}

/* ---- before it is published ---- */

static const Enrollment__QualityAnswer *checked(Enrollment__Entry *entry)
{
	Enrollment__CheckEntry ask = ENROLLMENT__CHECK_ENTRY__INIT;

	ask.entry = entry;
	ck_assert_int_eq(ASK(&kit, NOBODY, CHECK_ENTRY, check_entry, &ask), OK);
	return got_answer(&kit)->quality;
}

START_TEST(content_can_be_checked_before_anything_is_published)
{
	Enrollment__Entry *other = an_entry(&kit);

	ck_assert_uint_eq(checked(an_entry(&kit))->mandatory_unmet, 1);
	ck_assert(!got_answer(&kit)->quality->reviewed);
	ck_assert_int_eq(record_review(&kit, a_review()), OK);
	ck_assert_uint_eq(checked(an_entry(&kit))->mandatory_unmet, 0);
	ck_assert_str_eq(got_answer(&kit)->quality->hash, a_review()->hash);
	ck_assert(!got_answer(&kit)->quality->published);
	other->title = text_of(&kit, "Other content");
	ck_assert(!checked(other)->reviewed);
	ck_assert_int_eq(publish_entry(&kit, an_entry(&kit)), OK);
	ck_assert(checked(an_entry(&kit))->published);
	ck_assert(!checked(other)->published);
}
END_TEST

static void add_check(Suite *suite)
{
	TCase *tc = tcase_create("check");

	tcase_add_checked_fixture(tc, setup_standard, teardown);
	tcase_add_test(tc, content_can_be_checked_before_anything_is_published);
	suite_add_tcase(suite, tc);
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment review");

	add_gate(suite);
	add_published(suite);
	add_check(suite);
	return suite;
}
