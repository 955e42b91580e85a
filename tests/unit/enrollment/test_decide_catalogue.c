/* What may be published, that it then never changes, and when it is retired. */
#include "libshared/blobs.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
}

static void setup_catalogue(void)
{
	setup();
	given_catalogue(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- versions ---- */

START_TEST(a_version_published_twice_with_the_same_content_changes_nothing)
{
	events_since(&kit);
	ck_assert_int_eq(publish_entry(&kit, an_entry(&kit)), OK);
	ck_assert_int_eq(publish_policy(&kit, copy_of(&kit, &kit_policy()->base)), OK);
	ck_assert_int_eq(publish_media(&kit, copy_of(&kit, &kit_media()->base)), OK);
	ck_assert_int_eq(publish_calendar(&kit, copy_of(&kit, &kit_calendar()->base)), OK);
	ck_assert_int_eq(publish_issuer(&kit, copy_of(&kit, &kit_issuer()->base)), OK);
	ck_assert_int_eq(publish_profile(&kit, copy_of(&kit, &kit_profile("launch")->base)), OK);
	ck_assert_uint_eq(events_since(&kit), 0);
}
END_TEST

START_TEST(a_published_version_never_changes)
{
	Enrollment__Entry *entry = an_entry(&kit);

	entry->title = text_of(&kit, "Another title");
	ck_refused(publish_entry(&kit, entry), VERSION_EXISTS);
	ck_assert_str_eq(kit.got.text,
			 "version 1 is published with other content; a change is version 2");
}
END_TEST

START_TEST(a_version_is_never_skipped)
{
	Enrollment__Entry *entry = an_entry(&kit);

	entry->version = 3;
	ck_refused(publish_entry(&kit, entry), VERSION_NOT_NEXT);
	entry->version = 2;
	ck_assert_int_eq(publish_entry(&kit, entry), OK);
}
END_TEST

START_TEST(the_first_version_known_here_may_have_any_number_but_zero)
{
	Enrollment__Entry *entry = another_entry(&kit, "LIT-102", "lit-102");

	entry->version = 0;
	ck_refused(publish_entry(&kit, entry), BAD_VALUE);
	entry->version = 7;
	ck_assert_int_eq(publish_entry(&kit, entry), OK);
	entry->version = 6;
	ck_refused(publish_entry(&kit, entry), VERSION_EXISTS);
}
END_TEST

START_TEST(every_document_has_versions_of_its_own)
{
	Enrollment__Policy *policy = copy_of(&kit, &kit_policy()->base);
	Enrollment__Media *media = copy_of(&kit, &kit_media()->base);
	Enrollment__Profile *profile = copy_of(&kit, &kit_profile("standard")->base);

	policy->version = 2;
	policy->lapse_days = 100;
	media->version = 3;
	profile->version = 2;
	ck_assert_int_eq(publish_policy(&kit, policy), OK);
	ck_refused(publish_media(&kit, media), VERSION_NOT_NEXT);
	ck_assert_int_eq(publish_profile(&kit, profile), OK);
}
END_TEST

START_TEST(an_entry_carries_the_hash_of_its_bytes)
{
	const Enrollment__EntryPublished *e = NEXT(&kit, ENTRY_PUBLISHED)->entry_published;
	uint8_t hash[SHA256_LEN];
	char text[2 * SHA256_LEN + 1];

	sha256(message_pack(&kit_entry()->base, kit.arena), hash);
	hex_of_bytes(BYTES_OF(hash), text);
	ck_assert_str_eq(e->hash, text);
}
END_TEST

START_TEST(a_command_sent_twice_publishes_once)
{
	Enrollment__PublishEntry ask = ENROLLMENT__PUBLISH_ENTRY__INIT;
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	struct bytes id = kit_id(&kit);

	ask.entry = another_entry(&kit, "LIT-102", "lit-102");
	cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY;
	cmd.publish_entry = &ask;
	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_OPERATOR, NOBODY, &cmd.base), OK);
	ck_assert_int_eq(kit_send_as(&kit, id, ROLE_OPERATOR, NOBODY, &cmd.base), OK);
	ck_assert(kit.got.repeated);
}
END_TEST

START_TEST(only_an_operator_publishes)
{
	Enrollment__PublishEntry ask = ENROLLMENT__PUBLISH_ENTRY__INIT;

	ask.entry = an_entry(&kit);
	ck_assert_int_eq(SEND(&kit, PORTAL, NOBODY, PUBLISH_ENTRY, publish_entry, &ask),
			 CAIRN__STATUS__FORBIDDEN);
}
END_TEST

/* ---- the other documents ---- */

START_TEST(entries_wait_for_policy_and_media)
{
	ck_refused(publish_entry(&kit, an_entry(&kit)), POLICY_MISSING);
	given_policy(&kit);
	ck_refused(publish_entry(&kit, an_entry(&kit)), POLICY_MISSING);
}
END_TEST

START_TEST(a_command_without_its_body_is_refused)
{
	Enrollment__PublishEntry entry = ENROLLMENT__PUBLISH_ENTRY__INIT;
	Enrollment__PublishStack stack = ENROLLMENT__PUBLISH_STACK__INIT;
	Enrollment__PublishPolicy policy = ENROLLMENT__PUBLISH_POLICY__INIT;

	ck_refused(SEND_OP(&kit, PUBLISH_ENTRY, publish_entry, &entry), MISSING_FIELD);
	ck_refused(SEND_OP(&kit, PUBLISH_STACK, publish_stack, &stack), MISSING_FIELD);
	ck_refused(SEND_OP(&kit, PUBLISH_POLICY, publish_policy, &policy), MISSING_FIELD);
}
END_TEST

START_TEST(a_policy_with_a_number_of_zero_is_refused_by_the_name_of_the_number)
{
	static const size_t numbers[] = {
		offsetof(Enrollment__Policy, lease_hours),
		offsetof(Enrollment__Policy, daily_cap),
		offsetof(Enrollment__Policy, finish_days),
		offsetof(Enrollment__Policy, recall_hours),
		offsetof(Enrollment__Policy, kept_row_months),
		offsetof(Enrollment__Policy, feedback_words_min),
		offsetof(Enrollment__Policy, borderline_confidence_below),
		offsetof(Enrollment__Policy, appeal_business_days),
		offsetof(Enrollment__Policy, artifacts_max),
		offsetof(Enrollment__Policy, abandon_days),
		offsetof(Enrollment__Policy, no_reader_minutes),
	};
	static const char *const names[] = {
		"lease_hours",       "daily_cap",
		"finish_days",       "recall_hours",
		"kept_row_months",   "feedback_words_min",
		"borderline_conf",   "appeal_business_days",
		"artifacts_max",     "abandon_days",
		"no_reader_minutes",
	};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		Enrollment__Policy *policy = copy_of(&kit, &kit_policy()->base);

		memset((uint8_t *)policy + numbers[i], 0, sizeof(uint32_t));
		ck_refused(publish_policy(&kit, policy), BAD_VALUE);
		ck_assert_ptr_nonnull(strstr(kit.got.text, names[i]));
	}
}
END_TEST

START_TEST(a_policy_of_an_older_cairnctl_without_later_numbers_is_taken)
{
	Enrollment__Policy *policy = copy_of(&kit, &kit_policy()->base);

	policy->fairness_gap_permille = 0;
	policy->surge_late_permille = 0;
	ck_assert_int_eq(publish_policy(&kit, policy), OK);
}
END_TEST

START_TEST(lapse_notices_fall_and_come_before_the_lapse)
{
	static const uint32_t bad[][2] = {{7, 30}, {30, 30}, {730, 7}, {30, 0}};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		Enrollment__Policy *policy = copy_of(&kit, &kit_policy()->base);

		policy->lapse_notice_days[0] = bad[i][0];
		policy->lapse_notice_days[1] = bad[i][1];
		ck_refused(publish_policy(&kit, policy), BAD_VALUE);
		ck_assert_ptr_nonnull(strstr(kit.got.text, "lapse_notice_days"));
	}
}
END_TEST

START_TEST(a_calendar_needs_a_zone_and_dates)
{
	Enrollment__Calendar *calendar = copy_of(&kit, &kit_calendar()->base);

	calendar->time_zone = text_of(&kit, "America/Nowhere");
	ck_refused(publish_calendar(&kit, calendar), BAD_VALUE);
	calendar->time_zone = text_of(&kit, "America/Chicago");
	calendar->holidays[1]->date = text_of(&kit, "2026-13-01");
	ck_refused(publish_calendar(&kit, calendar), BAD_VALUE);
	calendar->n_holidays = 0;
	ck_refused(publish_calendar(&kit, calendar), MISSING_FIELD);
}
END_TEST

START_TEST(media_list_each_kind_once_with_types)
{
	Enrollment__Media *media = copy_of(&kit, &kit_media()->base);

	media->kinds[1]->kind = media->kinds[0]->kind;
	ck_refused(publish_media(&kit, media), BAD_VALUE);
	media = copy_of(&kit, &kit_media()->base);
	media->kinds[0]->types[0] = text_of(&kit, "PDF");
	ck_refused(publish_media(&kit, media), BAD_VALUE);
	media = copy_of(&kit, &kit_media()->base);
	media->kinds[2]->bytes_max = 0;
	ck_refused(publish_media(&kit, media), BAD_VALUE);
	media->kinds[2]->n_types = 0;
	ck_refused(publish_media(&kit, media), MISSING_FIELD);
}
END_TEST

START_TEST(a_profile_leads_only_to_one_that_is_known)
{
	Enrollment__Profile *launch = copy_of(&kit, &kit_profile("launch")->base);

	ck_refused(publish_profile(&kit, launch), UNKNOWN_PROFILE);
	launch->then = text_of(&kit, "launch");
	ck_refused(publish_profile(&kit, launch), UNKNOWN_PROFILE);
	launch->until_decided = 0;
	ck_refused(publish_profile(&kit, launch), BAD_VALUE);
}
END_TEST

static void three_reads(Enrollment__Profile *p)
{
	p->independent_reads = 3;
}
static void share_above_one(Enrollment__Profile *p)
{
	p->second_read_permille = 1001;
}
static void strange_trigger(Enrollment__Profile *p)
{
	p->second_read_triggers[0] = text_of(&kit, "full moon");
}
static void limit_first(Enrollment__Profile *p)
{
	p->limit_business_days = p->target_business_days - 1;
}
static void no_attempts(Enrollment__Profile *p)
{
	p->attempts_before_coaching = 0;
}
static void strange_screening(Enrollment__Profile *p)
{
	p->screening = text_of(&kit, "never");
}

START_TEST(a_profile_with_a_rule_that_cannot_be_followed_is_refused)
{
	static void (*const spoil[])(Enrollment__Profile *) = {
		three_reads, share_above_one, strange_trigger,
		limit_first, no_attempts,     strange_screening,
	};

	for (size_t i = 0; i < ARRAY_LEN(spoil); i++) {
		Enrollment__Profile *profile = copy_of(&kit, &kit_profile("standard")->base);

		spoil[i](profile);
		ck_refused(publish_profile(&kit, profile), BAD_VALUE);
	}
}
END_TEST

START_TEST(an_issuer_needs_a_did_and_an_address)
{
	Enrollment__Issuer *issuer = copy_of(&kit, &kit_issuer()->base);

	issuer->did = text_of(&kit, "did:key:z6Mk");
	ck_refused(publish_issuer(&kit, issuer), BAD_VALUE);
	issuer = copy_of(&kit, &kit_issuer()->base);
	issuer->url = text_of(&kit, "larkspur.example");
	ck_refused(publish_issuer(&kit, issuer), BAD_VALUE);
	issuer = copy_of(&kit, &kit_issuer()->base);
	issuer->sponsors[0]->state = text_of(&kit, "New York");
	ck_refused(publish_issuer(&kit, issuer), BAD_VALUE);
	issuer = copy_of(&kit, &kit_issuer()->base);
	issuer->name = text_of(&kit, "");
	ck_refused(publish_issuer(&kit, issuer), MISSING_FIELD);
}
END_TEST

static Enrollment__Document *document(const char *kind, const char *code, uint32_t version)
{
	Enrollment__Document *doc = arena_alloc(kit.arena, sizeof *doc);

	enrollment__document__init(doc);
	doc->id = pb_of_bytes(kit_name(kind, code));
	doc->code = text_of(&kit, code);
	doc->version = version;
	doc->title = text_of(&kit, "A title");
	doc->json = text_of(&kit, "{\"id\":1}");
	return doc;
}

START_TEST(stacks_and_renewal_policies_are_kept_as_they_are_written)
{
	Enrollment__PublishStack stack = ENROLLMENT__PUBLISH_STACK__INIT;
	Enrollment__PublishRenewalPolicy policy = ENROLLMENT__PUBLISH_RENEWAL_POLICY__INIT;

	stack.stack = document("stack", "st-early", 2);
	policy.policy = document("renewal_policy", "tn", 1);
	ck_assert_int_eq(SEND_OP(&kit, PUBLISH_STACK, publish_stack, &stack), OK);
	ck_assert_int_eq(SEND_OP(&kit, PUBLISH_STACK, publish_stack, &stack), OK);
	ck_assert_int_eq(SEND_OP(&kit, PUBLISH_RENEWAL_POLICY, publish_renewal_policy, &policy),
			 OK);
	ck_assert_str_eq(NEXT(&kit, STACK_PUBLISHED)->stack_published->stack->json, "{\"id\":1}");
	ck_assert_ptr_nonnull(NEXT(&kit, RENEWAL_POLICY_PUBLISHED));

	policy.policy->json = text_of(&kit, "[]");
	policy.policy->version = 2;
	ck_refused(SEND_OP(&kit, PUBLISH_RENEWAL_POLICY, publish_renewal_policy, &policy),
		   BAD_VALUE);
	stack.stack->id = pb_of_bytes(kit_name("stack", "st-late"));
	ck_refused(SEND_OP(&kit, PUBLISH_STACK, publish_stack, &stack), BAD_ID);
}
END_TEST

/* ---- retiring ---- */

START_TEST(retirement_leaves_the_policys_days_to_finish)
{
	const Enrollment__EntryRetired *e;

	ck_assert_int_eq(publish_entry(&kit, another_entry(&kit, "LIT-102", "lit-102")), OK);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	e = NEXT(&kit, ENTRY_RETIRED)->entry_retired;
	ck_assert_uint_eq(e->version, 1);
	ck_assert_int_eq(e->finish_by_us, KIT_EPOCH_US + 365 * US_PER_DAY);
}
END_TEST

START_TEST(retiring_again_changes_nothing_unless_the_successor_differs)
{
	ck_assert_int_eq(publish_entry(&kit, another_entry(&kit, "LIT-102", "lit-102")), OK);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	kit_advance(&kit, 0); /* nobody is enrolled: that is said */
	events_since(&kit);
	ck_assert_int_eq(retire_entry(&kit, LIT_101, LIT_102), OK);
	ck_assert_uint_eq(events_since(&kit), 0);
	ck_refused(retire_entry(&kit, LIT_101, BYTES_NONE), ALREADY_RETIRED);
}
END_TEST

START_TEST(a_successor_must_be_there_and_not_retired_itself)
{
	ck_refused(retire_entry(&kit, kit_name("entry", "lit-109"), BYTES_NONE), UNKNOWN_ENTRY);
	ck_refused(retire_entry(&kit, LIT_101, kit_name("entry", "lit-109")), UNKNOWN_ENTRY);
	ck_refused(retire_entry(&kit, LIT_101, LIT_101), BAD_VALUE);
	ck_refused(retire_entry(&kit, LIT_101, bytes_of_text("short")), BAD_ID);
	ck_assert_int_eq(publish_entry(&kit, another_entry(&kit, "LIT-102", "lit-102")), OK);
	ck_assert_int_eq(retire_entry(&kit, LIT_102, BYTES_NONE), OK);
	ck_refused(retire_entry(&kit, LIT_101, LIT_102), RETIRED);
}
END_TEST

START_TEST(a_retired_entry_gets_no_new_version_but_may_be_loaded_again)
{
	Enrollment__Entry *next = an_entry(&kit);

	next->version = 2;
	ck_assert_int_eq(retire_entry(&kit, LIT_101, BYTES_NONE), OK);
	ck_refused(publish_entry(&kit, next), RETIRED);
	ck_assert_int_eq(publish_entry(&kit, an_entry(&kit)), OK);
}
END_TEST

static void add_versions(Suite *suite)
{
	TCase *tc = tcase_create("versions");

	tcase_add_checked_fixture(tc, setup_catalogue, teardown);
	tcase_add_test(tc, a_version_published_twice_with_the_same_content_changes_nothing);
	tcase_add_test(tc, a_published_version_never_changes);
	tcase_add_test(tc, a_version_is_never_skipped);
	tcase_add_test(tc, the_first_version_known_here_may_have_any_number_but_zero);
	tcase_add_test(tc, every_document_has_versions_of_its_own);
	tcase_add_test(tc, an_entry_carries_the_hash_of_its_bytes);
	tcase_add_test(tc, a_command_sent_twice_publishes_once);
	tcase_add_test(tc, only_an_operator_publishes);
	tcase_add_test(tc, retirement_leaves_the_policys_days_to_finish);
	tcase_add_test(tc, retiring_again_changes_nothing_unless_the_successor_differs);
	tcase_add_test(tc, a_successor_must_be_there_and_not_retired_itself);
	tcase_add_test(tc, a_retired_entry_gets_no_new_version_but_may_be_loaded_again);
	suite_add_tcase(suite, tc);
}

static void add_documents(Suite *suite)
{
	TCase *tc = tcase_create("documents");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, entries_wait_for_policy_and_media);
	tcase_add_test(tc, a_command_without_its_body_is_refused);
	tcase_add_test(tc, a_policy_with_a_number_of_zero_is_refused_by_the_name_of_the_number);
	tcase_add_test(tc, a_policy_of_an_older_cairnctl_without_later_numbers_is_taken);
	tcase_add_test(tc, lapse_notices_fall_and_come_before_the_lapse);
	tcase_add_test(tc, a_calendar_needs_a_zone_and_dates);
	tcase_add_test(tc, media_list_each_kind_once_with_types);
	tcase_add_test(tc, a_profile_leads_only_to_one_that_is_known);
	tcase_add_test(tc, a_profile_with_a_rule_that_cannot_be_followed_is_refused);
	tcase_add_test(tc, an_issuer_needs_a_did_and_an_address);
	tcase_add_test(tc, stacks_and_renewal_policies_are_kept_as_they_are_written);
	suite_add_tcase(suite, tc);
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment catalogue");

	add_versions(suite);
	add_documents(suite);
	return suite;
}
