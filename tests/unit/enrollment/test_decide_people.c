/* Organisations, educators, licenses, relations, erasure. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/enrollment/tables.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_catalogue(&kit);
	given_orgs(&kit);
}

static void teardown(void)
{
	kit_close(&kit);
}

/* ---- organisations ---- */

START_TEST(a_school_stands_in_a_district_and_a_district_in_an_agency)
{
	struct bytes school = kit_id(&kit), agency = kit_id(&kit);

	ck_refused(register_org(&kit, school, ENROLLMENT__ORG_KIND__SCHOOL, SCHOOL), UNKNOWN_ORG);
	ck_refused(register_org(&kit, school, ENROLLMENT__ORG_KIND__SCHOOL, kit_id(&kit)),
		   UNKNOWN_ORG);
	ck_refused(register_org(&kit, agency, ENROLLMENT__ORG_KIND__AGENCY, DISTRICT), BAD_VALUE);
	ck_assert_int_eq(register_org(&kit, agency, ENROLLMENT__ORG_KIND__AGENCY, BYTES_NONE), OK);
	ck_assert_int_eq(register_org(&kit, school, ENROLLMENT__ORG_KIND__DISTRICT, agency), OK);
	ck_assert_int_eq(register_org(&kit, kit_id(&kit), ENROLLMENT__ORG_KIND__SCHOOL, BYTES_NONE),
			 OK);
}
END_TEST

START_TEST(an_org_is_registered_once)
{
	ck_refused(register_org(&kit, SCHOOL, ENROLLMENT__ORG_KIND__SCHOOL, DISTRICT), ID_TAKEN);
	ck_refused(register_org(&kit, BYTES_NONE, ENROLLMENT__ORG_KIND__SCHOOL, DISTRICT), BAD_ID);
	ck_refused(
		register_org(&kit, kit_id(&kit), ENROLLMENT__ORG_KIND__ORG_UNSPECIFIED, DISTRICT),
		BAD_VALUE);
}
END_TEST

/* ---- educators ---- */

START_TEST(a_record_of_an_educator_names_nobody_in_the_clear)
{
	const Enrollment__EducatorRegistered *e;
	struct record record;
	struct bytes text;
	const Enrollment__Event *event;

	given_educator(&kit, ANA, "ana.luz");
	do
		event = (const Enrollment__Event *)kit_next_event(&kit, &record);
	while (event->body_case != ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED);
	e = event->educator_registered;
	ck_assert_ptr_null(memmem(record.payload.data, record.payload.len, "ana", 3));
	ck_assert_ptr_null(memmem(record.payload.data, record.payload.len, "Luz", 3));
	ck_assert_ptr_null(memmem(record.payload.data, record.payload.len, "meadow", 6));
	ck_assert(unseal(&kit.caps, e->person, kit.arena, &text));
	ck_assert_ptr_nonnull(memmem(text.data, text.len, "ana.luz@meadow.example", 22));
}
END_TEST

START_TEST(a_handle_and_an_address_belong_to_one_educator_in_any_case)
{
	Enrollment__RegisterEducator *ask = registration(&kit, BEN, "ANA");

	given_educator(&kit, ANA, "ana");
	ask->person->email = text_of(&kit, "ben@meadow.example");
	ck_refused(register_educator(&kit, ask), HANDLE_TAKEN);
	ask = registration(&kit, BEN, "ben");
	ask->person->email = text_of(&kit, "Ana@Meadow.example");
	ck_refused(register_educator(&kit, ask), BAD_VALUE);
}
END_TEST

static Cairn__Status change_email(struct bytes educator, const char *email)
{
	Enrollment__ChangeEmail ask = ENROLLMENT__CHANGE_EMAIL__INIT;
	Enrollment__Command command = ENROLLMENT__COMMAND__INIT;

	ask.educator = pb_of_bytes(educator);
	ask.email = text_of(&kit, email);
	command.body_case = ENROLLMENT__COMMAND__BODY_CHANGE_EMAIL;
	command.change_email = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

START_TEST(an_address_changes_and_the_old_one_is_free)
{
	const Enrollment__EmailChanged *e;
	const Enrollment__Person *person;
	struct message_fault fault;
	struct bytes text;

	given_educator(&kit, ANA, "ana");
	ck_assert_int_eq(change_email(ANA, "luz@meadow.example"), OK);
	e = NEXT(&kit, EMAIL_CHANGED)->email_changed;
	ck_assert_ptr_null(
		memmem(e->person->box.data, e->person->box.len, "meadow", strlen("meadow")));
	ck_assert(unseal(&kit.caps, e->person, kit.arena, &text));
	person = (const Enrollment__Person *)message_unpack(&enrollment__person__descriptor, text,
							    &EVENT_LIMITS, kit.arena, &fault);
	ck_assert_str_eq(person->email, "luz@meadow.example");
	ck_assert_str_eq(person->handle, "ana");
	given_educator(&kit, BEN, "ben");
	ck_assert_int_eq(change_email(BEN, "ana@meadow.example"), OK);
}
END_TEST

START_TEST(an_address_that_cannot_be_or_is_taken_is_refused)
{
	given_educator(&kit, ANA, "ana");
	given_educator(&kit, BEN, "ben");
	ck_refused(change_email(ANA, "ben@meadow.example"), BAD_VALUE);
	ck_refused(change_email(ANA, "Ana@Meadow.example"), BAD_VALUE);
	ck_refused(change_email(ANA, "ana"), BAD_VALUE);
	ck_refused(change_email(ANA, ""), MISSING_FIELD);
	ck_refused(change_email(BYTES_NONE, "luz@meadow.example"), BAD_ID);
	ck_refused(change_email(kit_id(&kit), "luz@meadow.example"), UNKNOWN_EDUCATOR);
}
END_TEST

START_TEST(an_educator_is_registered_once)
{
	given_educator(&kit, ANA, "ana");
	ck_refused(register_educator(&kit, registration(&kit, ANA, "other")), ID_TAKEN);
}
END_TEST

START_TEST(the_district_of_a_school_need_not_be_said)
{
	Enrollment__RegisterEducator *ask = registration(&kit, ANA, "ana");
	const Enrollment__EducatorRegistered *e;

	ask->school = pb_of_bytes(SCHOOL);
	ck_assert_int_eq(register_educator(&kit, ask), OK);
	e = NEXT(&kit, EDUCATOR_REGISTERED)->educator_registered;
	ck_assert(bytes_equal(bytes_of_pb(e->district), DISTRICT));
}
END_TEST

START_TEST(a_school_of_another_district_is_refused)
{
	Enrollment__RegisterEducator *ask = registration(&kit, ANA, "ana");
	struct bytes other = kit_id(&kit);

	ck_assert_int_eq(register_org(&kit, other, ENROLLMENT__ORG_KIND__DISTRICT, BYTES_NONE), OK);
	ask->school = pb_of_bytes(SCHOOL);
	ask->district = pb_of_bytes(other);
	ck_refused(register_educator(&kit, ask), BAD_VALUE);
	ask->school = pb_of_bytes(DISTRICT);
	ck_refused(register_educator(&kit, ask), UNKNOWN_ORG);
}
END_TEST

static void no_person(Enrollment__RegisterEducator *ask)
{
	ask->person = NULL;
}
static void no_handle(Enrollment__RegisterEducator *ask)
{
	ask->person->handle = text_of(&kit, "");
}
static void spaced_handle(Enrollment__RegisterEducator *ask)
{
	ask->person->handle = text_of(&kit, "ana luz");
}
static void no_name(Enrollment__RegisterEducator *ask)
{
	ask->person->name = text_of(&kit, "");
}
static void no_at(Enrollment__RegisterEducator *ask)
{
	ask->person->email = text_of(&kit, "ana.meadow.example");
}
static void two_ats(Enrollment__RegisterEducator *ask)
{
	ask->person->email = text_of(&kit, "ana@meadow@example");
}
static void line_in_address(Enrollment__RegisterEducator *ask)
{
	ask->person->email = text_of(&kit, "ana@meadow.example\nBcc: x");
}
static void no_language(Enrollment__RegisterEducator *ask)
{
	ask->language = text_of(&kit, "");
}
static void no_id(Enrollment__RegisterEducator *ask)
{
	ask->educator = (ProtobufCBinaryData){0};
}

static const struct spoilt {
	void (*spoil)(Enrollment__RegisterEducator *ask);
	Enrollment__Reason reason;
} spoilt[] = {
	{no_person, REASON(MISSING_FIELD)},
	{no_handle, REASON(MISSING_FIELD)},
	{spaced_handle, REASON(BAD_VALUE)},
	{no_name, REASON(MISSING_FIELD)},
	{no_at, REASON(BAD_VALUE)},
	{two_ats, REASON(BAD_VALUE)},
	{line_in_address, REASON(BAD_VALUE)},
	{no_language, REASON(MISSING_FIELD)},
	{no_id, REASON(BAD_ID)},
};

START_TEST(a_registration_with_a_field_that_cannot_stay_is_refused)
{
	Enrollment__RegisterEducator *ask = registration(&kit, ANA, "ana");

	spoilt[_i].spoil(ask);
	ck_assert_int_eq(register_educator(&kit, ask), REJECTED);
	ck_assert_int_eq((int)kit.got.reason, (int)spoilt[_i].reason);
	ck_assert_ptr_null(strstr(kit.got.text, "meadow"));
}
END_TEST

START_TEST(a_portal_registers_only_the_person_it_speaks_for)
{
	Enrollment__RegisterEducator *ask = registration(&kit, ANA, "ana");

	ck_refused(SEND(&kit, PORTAL, BEN, REGISTER_EDUCATOR, register_educator, ask), NOT_YOURS);
	ck_assert_int_eq(SEND(&kit, PORTAL, ANA, REGISTER_EDUCATOR, register_educator, ask), OK);
}
END_TEST

START_TEST(who_moves_is_enrolled_from_the_new_school)
{
	Enrollment__MoveEducator ask = ENROLLMENT__MOVE_EDUCATOR__INIT;
	const Enrollment__Enrolled *e;

	given_educator(&kit, ANA, "ana");
	ask.educator = pb_of_bytes(ANA);
	ask.school = pb_of_bytes(SCHOOL);
	ck_refused(SEND(&kit, PORTAL, BEN, MOVE_EDUCATOR, move_educator, &ask), NOT_YOURS);
	ck_assert_int_eq(SEND(&kit, PORTAL, ANA, MOVE_EDUCATOR, move_educator, &ask), OK);
	given_enrolled(&kit, ANA);
	e = NEXT(&kit, ENROLLED)->enrolled;
	ck_assert(bytes_equal(bytes_of_pb(e->school), SCHOOL));
	ck_assert(bytes_equal(bytes_of_pb(e->district), DISTRICT));
	ask.educator = pb_of_bytes(BEN);
	ck_refused(SEND_OP(&kit, MOVE_EDUCATOR, move_educator, &ask), UNKNOWN_EDUCATOR);
}
END_TEST

static Cairn__Status rename_as(struct bytes actor, struct bytes educator, char *name)
{
	Enrollment__RenameEducator ask = ENROLLMENT__RENAME_EDUCATOR__INIT;

	ask.educator = pb_of_bytes(educator);
	ask.name = name;
	return SEND(&kit, PORTAL, actor, RENAME_EDUCATOR, rename_educator, &ask);
}

/* DOMAIN 5.5 "name change": the name alone changes, and stays sealed. */
START_TEST(a_changed_name_is_sealed_and_handle_and_address_stay)
{
	static char name[] = "Ana Luz-Diaz", empty[] = "";
	const Enrollment__EducatorRenamed *e;
	const Enrollment__Person *person;
	struct message_fault fault;
	struct bytes text;

	given_educator(&kit, ANA, "ana.luz");
	ck_refused(rename_as(BEN, ANA, name), NOT_YOURS);
	ck_refused(rename_as(BEN, BEN, name), UNKNOWN_EDUCATOR);
	ck_refused(rename_as(ANA, ANA, empty), MISSING_FIELD);
	ck_assert_int_eq(rename_as(ANA, ANA, name), OK);
	e = NEXT(&kit, EDUCATOR_RENAMED)->educator_renamed;
	ck_assert(unseal(&kit.caps, e->person, kit.arena, &text));
	person = (const Enrollment__Person *)message_unpack(&enrollment__person__descriptor, text,
							    &EVENT_LIMITS, kit.arena, &fault);
	ck_assert_str_eq(person->name, name);
	ck_assert_str_eq(person->handle, "ana.luz");
	ck_assert(bytes_equal(educator_person(kit_view(&kit), ANA), bytes_of_pb(e->person->box)));
	ck_assert_int_eq(rename_as(ANA, ANA, name), OK); /* the same name once more is nothing */
	ck_assert_ptr_null(kit_next_event(&kit, NULL));
}
END_TEST

/* ---- licenses ---- */

START_TEST(a_license_number_is_sealed_and_belongs_to_one_educator)
{
	const Enrollment__LicenseLinked *e;
	struct bytes text;

	given_educator(&kit, ANA, "ana");
	given_educator(&kit, BEN, "ben");
	ck_assert_int_eq(link_license(&kit, license_of(&kit, ANA, "000123")), OK);
	e = NEXT(&kit, LICENSE_LINKED)->license_linked;
	ck_assert(unseal(&kit.caps, e->number, kit.arena, &text));
	ck_assert_ptr_nonnull(memmem(text.data, text.len, "000123", 6));
	ck_refused(link_license(&kit, license_of(&kit, BEN, "000123")), LICENSE_TAKEN);
	ck_refused(link_license(&kit, license_of(&kit, ANA, "000123")), LICENSE_TAKEN);
}
END_TEST

START_TEST(the_same_number_in_another_state_is_another_license)
{
	Enrollment__LinkLicense *ask;

	given_educator(&kit, ANA, "ana");
	ck_assert_int_eq(link_license(&kit, license_of(&kit, ANA, "000123")), OK);
	ask = license_of(&kit, ANA, "000123");
	ask->state = text_of(&kit, "KY");
	ck_assert_int_eq(link_license(&kit, ask), OK);
	ask->number->number = text_of(&kit, "4");
	ck_refused(link_license(&kit, ask), ID_TAKEN);
}
END_TEST

START_TEST(a_license_needs_a_state_dates_in_order_and_a_number)
{
	Enrollment__LinkLicense *ask = license_of(&kit, ANA, "1");

	ck_refused(link_license(&kit, ask), UNKNOWN_EDUCATOR);
	given_educator(&kit, ANA, "ana");
	ask->expires = text_of(&kit, "2024-08-31");
	ck_refused(link_license(&kit, ask), BAD_VALUE);
	ask = license_of(&kit, ANA, "");
	ck_refused(link_license(&kit, ask), MISSING_FIELD);
	ask = license_of(&kit, ANA, "1");
	ask->state = text_of(&kit, "Tennessee");
	ck_refused(link_license(&kit, ask), BAD_VALUE);
	ask = license_of(&kit, ANA, "1");
	ask->number = NULL;
	ck_refused(link_license(&kit, ask), MISSING_FIELD);
	ask = license_of(&kit, ANA, "1");
	ck_refused(SEND(&kit, PORTAL, BEN, LINK_LICENSE, link_license, ask), NOT_YOURS);
}
END_TEST

static Cairn__Status correct_license(struct bytes actor, const Enrollment__LinkLicense *linked,
				     const char *number)
{
	Enrollment__CorrectLicense ask = ENROLLMENT__CORRECT_LICENSE__INIT;
	Enrollment__LicenseNumber n = ENROLLMENT__LICENSE_NUMBER__INIT;

	n.number = text_of(&kit, number);
	ask.license = linked->license;
	ask.educator = linked->educator;
	ask.number = &n;
	return SEND(&kit, PORTAL, actor, CORRECT_LICENSE, correct_license, &ask);
}

/* DOMAIN 5.5 "license number typed wrong then corrected". */
START_TEST(a_license_number_typed_wrong_is_corrected_under_the_same_id)
{
	const Enrollment__LicenseCorrected *e;
	Enrollment__LinkLicense *ask;
	struct bytes text;

	given_educator(&kit, ANA, "ana");
	given_educator(&kit, BEN, "ben");
	ask = license_of(&kit, ANA, "000132");
	ck_assert_int_eq(link_license(&kit, ask), OK);
	ck_assert_int_eq(link_license(&kit, license_of(&kit, BEN, "000777")), OK);
	ck_assert_int_eq(correct_license(ANA, ask, "000123"), OK);
	e = NEXT(&kit, LICENSE_CORRECTED)->license_corrected;
	ck_assert(unseal(&kit.caps, e->number, kit.arena, &text));
	ck_assert_ptr_nonnull(memmem(text.data, text.len, "000123", 6));
	/* the wrong number is free, the right one is not */
	ck_assert_int_eq(link_license(&kit, license_of(&kit, BEN, "000132")), OK);
	ck_refused(link_license(&kit, license_of(&kit, BEN, "000123")), LICENSE_TAKEN);
	ck_assert_int_eq(correct_license(ANA, ask, "000123"), OK); /* as it is */
}
END_TEST

START_TEST(a_correction_needs_a_license_of_this_educator_and_a_free_number)
{
	Enrollment__LinkLicense *ask = license_of(&kit, ANA, "1");

	ck_refused(correct_license(ANA, ask, "2"), UNKNOWN_EDUCATOR);
	given_educator(&kit, ANA, "ana");
	given_educator(&kit, BEN, "ben");
	ck_refused(correct_license(ANA, ask, "2"), UNKNOWN_LICENSE);
	ck_assert_int_eq(link_license(&kit, ask), OK);
	ck_assert_int_eq(link_license(&kit, license_of(&kit, BEN, "2")), OK);
	ck_refused(correct_license(ANA, ask, "2"), LICENSE_TAKEN);
	ck_refused(correct_license(ANA, ask, ""), MISSING_FIELD);
	ck_refused(correct_license(BEN, ask, "3"), NOT_YOURS);
	ask->educator = pb_of_bytes(BEN);
	ck_refused(correct_license(BEN, ask, "3"), UNKNOWN_LICENSE);
}
END_TEST

static Cairn__Status renew_license(struct bytes actor, ProtobufCBinaryData license,
				   const char *issued, const char *expires)
{
	Enrollment__RenewLicense ask = ENROLLMENT__RENEW_LICENSE__INIT;

	ask.license = license;
	ask.issued = text_of(&kit, issued);
	ask.expires = text_of(&kit, expires);
	return SEND(&kit, PORTAL, actor, RENEW_LICENSE, renew_license, &ask);
}

START_TEST(a_license_is_renewed_under_the_same_id)
{
	Enrollment__LinkLicense *ask = license_of(&kit, ANA, "000123");
	const Enrollment__LicenseRenewed *e;

	given_educator(&kit, ANA, "ana");
	given_educator(&kit, BEN, "ben");
	ck_refused(renew_license(ANA, ask->license, "2027-09-01", "2032-08-31"), UNKNOWN_LICENSE);
	ck_assert_int_eq(link_license(&kit, ask), OK);
	ck_assert_int_eq(renew_license(ANA, ask->license, "2028-02-29", "2032-02-29"), OK);
	e = NEXT(&kit, LICENSE_RENEWED)->license_renewed;
	ck_assert(bytes_equal(bytes_of_pb(e->educator), ANA));
	ck_assert_str_eq(e->issued, "2028-02-29");
	ck_assert_str_eq(e->expires, "2032-02-29");
	ck_refused(renew_license(BEN, ask->license, "2027-09-01", "2032-08-31"), NOT_YOURS);
	ck_refused(renew_license(ANA, ask->license, "2027-02-29", "2032-08-31"), BAD_VALUE);
	ck_refused(renew_license(ANA, ask->license, "2027-09-01", "2027-08-31"), BAD_VALUE);
	ck_refused(renew_license(ANA, ask->license, "", "2027-08-31"), MISSING_FIELD);
}
END_TEST

/* ---- relations ---- */

static Cairn__Status declare(struct bytes actor, struct bytes assessor, struct bytes educator)
{
	Enrollment__DeclareRelation ask = ENROLLMENT__DECLARE_RELATION__INIT;

	ask.assessor = pb_of_bytes(assessor);
	ask.educator = pb_of_bytes(educator);
	return SEND(&kit, PORTAL, actor, DECLARE_RELATION, declare_relation, &ask);
}

START_TEST(either_of_two_related_people_may_declare_it_and_once_is_enough)
{
	struct bytes assessor = kit_id(&kit);

	given_educator(&kit, ANA, "ana");
	ck_refused(declare(BEN, assessor, ANA), NOT_YOURS);
	ck_refused(declare(BEN, assessor, BEN), UNKNOWN_EDUCATOR);
	ck_refused(declare(ANA, BYTES_NONE, ANA), BAD_ID);
	ck_assert_int_eq(declare(assessor, assessor, ANA), OK);
	events_since(&kit);
	ck_assert_int_eq(declare(ANA, assessor, ANA), OK);
	ck_assert_uint_eq(events_since(&kit), 0);
}
END_TEST

/* ---- erasure ---- */

static Cairn__Status note_key_destroyed(uint32_t roles, struct bytes educator)
{
	Enrollment__NoteKeyDestroyed ask = ENROLLMENT__NOTE_KEY_DESTROYED__INIT;

	ask.educator = pb_of_bytes(educator);
	return SEND(&kit, roles, NOBODY, NOTE_KEY_DESTROYED, note_key_destroyed, &ask);
}

START_TEST(erasing_withdraws_what_runs_and_frees_the_names)
{
	struct bytes running, ended;

	given_educator(&kit, ANA, "ana");
	ck_assert_int_eq(link_license(&kit, license_of(&kit, ANA, "000123")), OK);
	ended = given_enrolled(&kit, ANA);
	ck_assert_int_eq(withdraw(&kit, ANA, ended), OK);
	running = given_enrolled(&kit, ANA);
	events_since(&kit);
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	ck_assert(bytes_equal(bytes_of_pb(NEXT(&kit, WITHDRAWN)->withdrawn->enrollment), running));
	ck_assert_str_eq(NEXT(&kit, EDUCATOR_ERASED)->educator_erased->because, "request");
	ck_assert_int_eq(state_of(&kit, running), ENROLLMENT__STATE__WITHDRAWN);
	given_educator(&kit, BEN, "ana");
	ck_assert_int_eq(link_license(&kit, license_of(&kit, BEN, "000123")), OK);
}
END_TEST

START_TEST(nothing_happens_to_an_erased_educator_any_more)
{
	given_educator(&kit, ANA, "ana");
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	ck_refused(erase_educator(&kit, ANA), ERASED);
	ck_refused(register_educator(&kit, registration(&kit, ANA, "ana")), ERASED);
	ck_refused(enroll(&kit, kit_id(&kit), ANA), ERASED);
	ck_refused(link_license(&kit, license_of(&kit, ANA, "1")), ERASED);
	ck_refused(erase_educator(&kit, BEN), UNKNOWN_EDUCATOR);
}
END_TEST

START_TEST(an_id_whose_key_was_destroyed_is_not_registered)
{
	ck_assert_int_eq(keyring_destroy(kit.caps.keyring, ANA), 0);
	ck_refused(register_educator(&kit, registration(&kit, ANA, "ana")), ERASED);
}
END_TEST

START_TEST(the_reason_of_an_erasure_is_a_word_not_a_story)
{
	Enrollment__EraseEducator ask = ENROLLMENT__ERASE_EDUCATOR__INIT;

	given_educator(&kit, ANA, "ana");
	ask.educator = pb_of_bytes(ANA);
	ask.because = text_of(&kit, "Ana Luz asked for it");
	ck_refused(SEND_OP(&kit, ERASE_EDUCATOR, erase_educator, &ask), BAD_VALUE);
}
END_TEST

START_TEST(only_the_daemon_itself_says_that_a_key_is_gone)
{
	given_educator(&kit, ANA, "ana");
	ck_refused(note_key_destroyed(ROLE_SELF, ANA), UNKNOWN_EDUCATOR);
	ck_assert_int_eq(erase_educator(&kit, ANA), OK);
	ck_assert_int_eq(note_key_destroyed(ROLE_OPERATOR, ANA), CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(note_key_destroyed(ROLE_SELF, ANA), OK);
	ck_assert_str_eq(NEXT(&kit, KEY_DESTROYED)->key_destroyed->holder, "enrollment");
	ck_assert_int_eq(note_key_destroyed(ROLE_SELF, ANA), OK);
	ck_assert_ptr_null(NEXT(&kit, KEY_DESTROYED));
}
END_TEST

static void add_people(Suite *suite)
{
	TCase *tc = tcase_create("people");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_school_stands_in_a_district_and_a_district_in_an_agency);
	tcase_add_test(tc, an_org_is_registered_once);
	tcase_add_test(tc, a_record_of_an_educator_names_nobody_in_the_clear);
	tcase_add_test(tc, a_handle_and_an_address_belong_to_one_educator_in_any_case);
	tcase_add_test(tc, an_address_changes_and_the_old_one_is_free);
	tcase_add_test(tc, an_address_that_cannot_be_or_is_taken_is_refused);
	tcase_add_test(tc, an_educator_is_registered_once);
	tcase_add_test(tc, the_district_of_a_school_need_not_be_said);
	tcase_add_test(tc, a_school_of_another_district_is_refused);
	tcase_add_loop_test(tc, a_registration_with_a_field_that_cannot_stay_is_refused, 0,
			    (int)ARRAY_LEN(spoilt));
	tcase_add_test(tc, a_portal_registers_only_the_person_it_speaks_for);
	tcase_add_test(tc, a_changed_name_is_sealed_and_handle_and_address_stay);
	tcase_add_test(tc, who_moves_is_enrolled_from_the_new_school);
	tcase_add_test(tc, either_of_two_related_people_may_declare_it_and_once_is_enough);
	suite_add_tcase(suite, tc);
}

static void add_licenses(Suite *suite)
{
	TCase *tc = tcase_create("licenses");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_license_number_is_sealed_and_belongs_to_one_educator);
	tcase_add_test(tc, the_same_number_in_another_state_is_another_license);
	tcase_add_test(tc, a_license_needs_a_state_dates_in_order_and_a_number);
	tcase_add_test(tc, a_license_number_typed_wrong_is_corrected_under_the_same_id);
	tcase_add_test(tc, a_correction_needs_a_license_of_this_educator_and_a_free_number);
	tcase_add_test(tc, a_license_is_renewed_under_the_same_id);
	suite_add_tcase(suite, tc);
}

static void add_erasure(Suite *suite)
{
	TCase *tc = tcase_create("erasure");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, erasing_withdraws_what_runs_and_frees_the_names);
	tcase_add_test(tc, nothing_happens_to_an_erased_educator_any_more);
	tcase_add_test(tc, an_id_whose_key_was_destroyed_is_not_registered);
	tcase_add_test(tc, the_reason_of_an_erasure_is_a_word_not_a_story);
	tcase_add_test(tc, only_the_daemon_itself_says_that_a_key_is_gone);
	suite_add_tcase(suite, tc);
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("enrollment people");

	add_people(suite);
	add_licenses(suite);
	add_erasure(suite);
	return suite;
}
