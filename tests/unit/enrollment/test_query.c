/* Questions: what each one is answered, to whom, and what it leaves in the log. */
#include "libshared/seal.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_catalogue(&kit);
	given_orgs(&kit);
	given_educator(&kit, ANA, "ana");
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- the catalogue ---- */

static Cairn__Status get_entry(struct bytes entry, uint32_t version)
{
	Enrollment__GetEntry ask = ENROLLMENT__GET_ENTRY__INIT;

	ask.entry = pb_of_bytes(entry);
	ask.version = version;
	return ASK(&kit, NOBODY, GET_ENTRY, get_entry, &ask);
}

START_TEST(any_version_of_an_entry_can_be_read_unchanged)
{
	Enrollment__Entry *next = an_entry(&kit);
	const Enrollment__EntryAnswer *a;
	char *hash;

	next->version = 2;
	next->title = text_of(&kit, "Phonemic Awareness");
	ck_assert_int_eq(get_entry(LIT_101, 1), OK);
	hash = got_answer(&kit)->entry->hash;
	ck_assert_int_eq(publish_entry(&kit, next), OK);
	ck_assert_int_eq(get_entry(LIT_101, 1), OK);
	a = got_answer(&kit)->entry;
	ck_assert_str_eq(a->hash, hash);
	ck_assert_str_eq(a->entry->title, "Phonemic Awareness Routines");
	ck_assert_uint_eq(a->newest, 2);
	ck_assert(bytes_equal(message_pack(&a->entry->base, kit.arena),
			      message_pack(&kit_entry()->base, kit.arena)));
	ck_assert_int_eq(get_entry(LIT_101, 0), OK);
	ck_assert_str_eq(got_answer(&kit)->entry->entry->title, "Phonemic Awareness");
	ck_assert_int_eq(get_entry(LIT_101, 3), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(get_entry(LIT_102, 0), CAIRN__STATUS__INVALID);
}
END_TEST

START_TEST(a_retired_entry_says_until_when_it_can_be_finished)
{
	ck_assert_int_eq(retire_entry(&kit, LIT_101, BYTES_NONE), OK);
	ck_assert_int_eq(get_entry(LIT_101, 0), OK);
	ck_assert(got_answer(&kit)->entry->retired);
	ck_assert_int_eq(got_answer(&kit)->entry->finish_by_us, KIT_EPOCH_US + 365 * US_PER_DAY);
}
END_TEST

START_TEST(documents_are_the_newest_of_each)
{
	Enrollment__GetDocuments ask = ENROLLMENT__GET_DOCUMENTS__INIT;
	Enrollment__Policy *policy = copy_of(&kit, &kit_policy()->base);
	const Enrollment__DocumentsAnswer *a;

	policy->version = 2;
	policy->daily_cap = 9;
	ck_assert_int_eq(publish_policy(&kit, policy), OK);
	ck_assert_int_eq(ASK(&kit, NOBODY, GET_DOCUMENTS, get_documents, &ask), OK);
	a = got_answer(&kit)->documents;
	ck_assert_uint_eq(a->policy->daily_cap, 9);
	ck_assert_str_eq(a->calendar->time_zone, "America/Chicago");
	ck_assert_uint_eq(a->media->n_kinds, 3);
	ck_assert_uint_eq(a->n_profiles, 3);
	ck_assert_uint_eq(a->n_issuers, 1);
	ck_assert_str_eq(a->issuers[0]->code, "larkspur-rsa");
	ck_assert_uint_eq(a->n_stacks, 0);
}
END_TEST

/* ---- enrollments ---- */

static Cairn__Status list(struct bytes actor, struct bytes educator, struct bytes after,
			  uint32_t limit)
{
	Enrollment__ListEnrollments ask = ENROLLMENT__LIST_ENROLLMENTS__INIT;

	ask.educator = pb_of_bytes(educator);
	ask.after = pb_of_bytes(after);
	ask.limit = limit;
	return ASK(&kit, actor, LIST_ENROLLMENTS, list_enrollments, &ask);
}

START_TEST(an_enrollment_tells_its_state_and_what_it_stands_on)
{
	struct bytes id = given_enrolled(&kit, ANA);
	const Enrollment__EnrollmentAnswer *a = enrollment_now(&kit, id);

	ck_assert(bytes_equal(bytes_of_pb(a->educator), ANA));
	ck_assert(bytes_equal(bytes_of_pb(a->entry), LIT_101));
	ck_assert_str_eq(a->code, "LIT-101");
	ck_assert_int_eq(a->enrolled_us, KIT_EPOCH_US);
	ck_assert_int_eq(a->lapses_us, KIT_EPOCH_US + 730 * US_PER_DAY);
	ck_assert_uint_eq(a->credential.len, 0);
	ck_assert_uint_eq(a->submission.len, 0);
}
END_TEST

START_TEST(enrollments_are_listed_page_by_page_in_order_of_time)
{
	struct bytes ids[5];
	const Enrollment__EnrollmentList *a;

	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		ids[i] = given_enrolled(&kit, ANA);
		ck_assert_int_eq(withdraw(&kit, ANA, ids[i]), OK);
		kit_advance(&kit, US_PER_HOUR);
	}
	ck_assert_int_eq(list(NOBODY, ANA, BYTES_NONE, 2), OK);
	a = got_answer(&kit)->enrollments;
	ck_assert_uint_eq(a->n_enrollments, 2);
	ck_assert(bytes_equal(bytes_of_pb(a->enrollments[0]->enrollment), ids[0]));
	ck_assert_int_eq(list(NOBODY, ANA, bytes_of_pb(a->next), 3), OK);
	a = got_answer(&kit)->enrollments;
	ck_assert_uint_eq(a->n_enrollments, 3);
	ck_assert(bytes_equal(bytes_of_pb(a->enrollments[2]->enrollment), ids[4]));
	ck_assert_uint_eq(a->next.len, 0);
	ck_assert_int_eq(list(NOBODY, ANA, bytes_of_text("x"), 3), CAIRN__STATUS__INVALID);
}
END_TEST

START_TEST(a_teacher_sees_own_enrollments_only)
{
	Enrollment__GetEnrollment ask = ENROLLMENT__GET_ENROLLMENT__INIT;
	Enrollment__Query query = ENROLLMENT__QUERY__INIT;
	struct bytes id = given_enrolled(&kit, ANA);
	struct query q = {.view = kit_view(&kit),
			  .now_us = kit.now_us,
			  .roles = PORTAL,
			  .caps = &kit.caps,
			  .arena = kit.arena};

	ask.enrollment = pb_of_bytes(id);
	query.body_case = ENROLLMENT__QUERY__BODY_GET_ENROLLMENT;
	query.get_enrollment = &ask;
	q.actor = id_of_bytes(BEN);
	ck_assert_int_eq(enrollment_answer_query(&query.base, &q), CAIRN__STATUS__FORBIDDEN);
	q.actor = id_of_bytes(ANA);
	ck_assert_int_eq(enrollment_answer_query(&query.base, &q), OK);
}
END_TEST

/* ---- people ---- */

static Cairn__Status find(const char *handle, const char *email, const char *state,
			  const char *number)
{
	Enrollment__FindEducator ask = ENROLLMENT__FIND_EDUCATOR__INIT;

	ask.handle = text_of(&kit, handle);
	ask.email = text_of(&kit, email);
	ask.license_state = text_of(&kit, state);
	ask.license_number = text_of(&kit, number);
	return ASK(&kit, NOBODY, FIND_EDUCATOR, find_educator, &ask);
}

START_TEST(an_educator_is_found_by_handle_address_or_license_in_any_case)
{
	ck_assert_int_eq(link_license(&kit, license_of(&kit, ANA, "A-123")), OK);
	ck_assert_int_eq(find("ANA", "", "", ""), OK);
	ck_assert(bytes_equal(bytes_of_pb(got_answer(&kit)->educator->educator), ANA));
	ck_assert_uint_eq(got_answer(&kit)->educator->licenses, 1);
	ck_assert_str_eq(got_answer(&kit)->educator->language, "en");
	ck_assert_int_eq(find("", "Ana@meadow.example", "", ""), OK);
	ck_assert_int_eq(find("", "", "TN", "a-123"), OK);
	ck_assert_int_eq(find("", "", "KY", "a-123"), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(find("", "", "", ""), CAIRN__STATUS__INVALID);
}
END_TEST

static Cairn__Status open_names(struct bytes actor, struct bytes educator, const char *purpose)
{
	Enrollment__OpenNames ask = ENROLLMENT__OPEN_NAMES__INIT;

	ask.educator = pb_of_bytes(educator);
	ask.purpose = text_of(&kit, purpose);
	return ASK(&kit, actor, OPEN_NAMES, open_names, &ask);
}

START_TEST(every_opening_of_names_is_an_event_that_says_who_asked_and_why)
{
	const Enrollment__NamesAnswer *a;
	const Enrollment__NamesOpened *e;

	ck_assert_int_eq(link_license(&kit, license_of(&kit, ANA, "A-123")), OK);
	ck_assert_int_eq(open_names(BEN, ANA, "ticket:4711"), OK);
	a = got_answer(&kit)->names;
	ck_assert_str_eq(a->person->handle, "ana");
	ck_assert_str_eq(a->person->email, "ana@meadow.example");
	ck_assert_uint_eq(a->n_licenses, 1);
	ck_assert_str_eq(a->licenses[0]->number, "A-123");
	e = NEXT(&kit, NAMES_OPENED)->names_opened;
	ck_assert(bytes_equal(bytes_of_pb(e->educator), ANA));
	ck_assert(bytes_equal(bytes_of_pb(e->by), BEN));
	ck_assert_str_eq(e->purpose, "ticket:4711");
	ck_assert_uint_ne(e->peer, 0);
}
END_TEST

START_TEST(names_are_opened_for_a_purpose_in_a_word)
{
	ck_assert_int_eq(open_names(NOBODY, ANA, ""), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(open_names(NOBODY, ANA, "because Ana asked"), CAIRN__STATUS__INVALID);
	ck_assert_int_eq(open_names(NOBODY, BEN, "mail"), CAIRN__STATUS__INVALID);
	ck_assert_ptr_null(NEXT(&kit, NAMES_OPENED));
}
END_TEST

START_TEST(only_the_role_for_names_opens_them)
{
	ck_assert_uint_eq(enrollment_query_roles(ENROLLMENT__QUERY__BODY_OPEN_NAMES), ROLE_NAMES);
	ck_assert_uint_eq(enrollment_query_roles(ENROLLMENT__QUERY__BODY_GET_ERASURE + 1), 0);
	ck_assert_uint_eq(enrollment_command_roles(ENROLLMENT__COMMAND__BODY_NOTE_NAMES_OPENED),
			  ROLE_SELF);
	ck_assert_uint_eq(enrollment_command_roles(10), 0);
}
END_TEST

START_TEST(an_erased_educator_has_no_name)
{
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	ck_assert_int_eq(keyring_destroy(kit.caps.keyring, ANA), 0);
	ck_assert_int_eq(open_names(NOBODY, ANA, "mail"), OK);
	ck_assert(got_answer(&kit)->names->erased);
	ck_assert_ptr_null(got_answer(&kit)->names->person);
	ck_assert_int_eq(find("ana", "", "", ""), CAIRN__STATUS__INVALID);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment query");
	TCase *tc = tcase_create("query");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, any_version_of_an_entry_can_be_read_unchanged);
	tcase_add_test(tc, a_retired_entry_says_until_when_it_can_be_finished);
	tcase_add_test(tc, documents_are_the_newest_of_each);
	tcase_add_test(tc, an_enrollment_tells_its_state_and_what_it_stands_on);
	tcase_add_test(tc, enrollments_are_listed_page_by_page_in_order_of_time);
	tcase_add_test(tc, a_teacher_sees_own_enrollments_only);
	tcase_add_test(tc, an_educator_is_found_by_handle_address_or_license_in_any_case);
	tcase_add_test(tc, every_opening_of_names_is_an_event_that_says_who_asked_and_why);
	tcase_add_test(tc, names_are_opened_for_a_purpose_in_a_word);
	tcase_add_test(tc, only_the_role_for_names_opens_them);
	tcase_add_test(tc, an_erased_educator_has_no_name);
	suite_add_tcase(suite, tc);
	return suite;
}
