/* Rosters: who is registered, moved, taken for somebody known, or missing. */
#include "services/enrollment/roster.h"
#include "tests/unit/enrollment/given.h"

static struct kit kit;

#define OTHER_DISTRICT kit_name("org", "hill district")
#define STATE(name) ENROLLMENT__ROSTER_STATE__ROSTER_##name

static void setup(void)
{
	kit_open(&kit, &enrollment_service);
	given_catalogue(&kit);
	given_orgs(&kit);
	ENSURE(register_org(&kit, OTHER_DISTRICT, ENROLLMENT__ORG_KIND__DISTRICT, BYTES_NONE) ==
	       OK);
}

static void teardown(void)
{
	kit_close(&kit);
}

static Enrollment__NoteRosterPerson *person(struct bytes import, const char *identifier)
{
	Enrollment__NoteRosterPerson *ask = arena_alloc(kit.arena, sizeof *ask);

	enrollment__note_roster_person__init(ask);
	ask->import = pb_of_bytes(import);
	ask->district = pb_of_bytes(DISTRICT);
	ask->system = text_of(&kit, "sis");
	ask->identifier = text_of(&kit, identifier);
	ask->educator = pb_of_bytes(kit_id(&kit));
	ask->person =
		registration(&kit, ANA, arena_printf(kit.arena, "sis.%s", identifier))->person;
	ask->school = pb_of_bytes(SCHOOL);
	ask->language = text_of(&kit, "en");
	return ask;
}

static Cairn__Status note(Enrollment__NoteRosterPerson *ask)
{
	return SEND_OP(&kit, NOTE_ROSTER_PERSON, note_roster_person, ask);
}

static Enrollment__RosterState noted(Enrollment__NoteRosterPerson *ask)
{
	ck_assert_int_eq(note(ask), OK);
	return got_answer(&kit)->roster_person->state;
}

static uint32_t close_import(struct bytes import)
{
	Enrollment__CloseRoster ask = ENROLLMENT__CLOSE_ROSTER__INIT;

	ask.import = pb_of_bytes(import);
	ask.district = pb_of_bytes(DISTRICT);
	ask.system = text_of(&kit, "sis");
	ck_assert_int_eq(SEND_OP(&kit, CLOSE_ROSTER, close_roster, &ask), OK);
	return got_answer(&kit)->roster_closed->missed;
}

static const Enrollment__RosterList *list(uint32_t missed_least)
{
	Enrollment__ListRoster ask = ENROLLMENT__LIST_ROSTER__INIT;

	ask.district = pb_of_bytes(DISTRICT);
	ask.system = text_of(&kit, "sis");
	ask.missed_least = missed_least;
	ck_assert_int_eq(ASK(&kit, NOBODY, LIST_ROSTER, list_roster, &ask), OK);
	return got_answer(&kit)->roster;
}

static struct educator_row educator(ProtobufCBinaryData id)
{
	struct educator_row row;

	ENSURE(educator_get(kit_view(&kit), bytes_of_pb(id), &row));
	return row;
}

START_TEST(who_is_new_is_registered_at_the_school)
{
	Enrollment__NoteRosterPerson *ask = person(kit_id(&kit), "77");
	struct educator_row row;

	ck_assert_int_eq(noted(ask), STATE(NEW));
	row = educator(ask->educator);
	ck_assert(bytes_equal(bytes_of_id(&row.school), SCHOOL));
	ck_assert(bytes_equal(bytes_of_id(&row.district), DISTRICT));
}
END_TEST

START_TEST(the_same_import_again_changes_nothing)
{
	struct bytes import = kit_id(&kit);
	struct record record;

	ck_assert_int_eq(noted(person(import, "77")), STATE(NEW));
	while (kit_next_event(&kit, &record) != NULL)
		;
	ck_assert_int_eq(noted(person(import, "77")), STATE(SAME));
	ck_assert_ptr_null(kit_next_event(&kit, &record));
	ck_assert_uint_eq(list(0)->known, 1);
}
END_TEST

START_TEST(who_is_at_another_place_now_is_moved)
{
	Enrollment__NoteRosterPerson *first = person(kit_id(&kit), "77"), *again;
	struct educator_row row;

	ck_assert_int_eq(noted(first), STATE(NEW));
	again = person(kit_id(&kit), "77");
	again->school = (ProtobufCBinaryData){0};
	ck_assert_int_eq(noted(again), STATE(MOVED));
	row = educator(first->educator);
	ck_assert(id_is_none(&row.school));
}
END_TEST

START_TEST(who_is_known_by_the_address_is_taken_for_that_educator)
{
	Enrollment__NoteRosterPerson *ask = person(kit_id(&kit), "77");
	struct educator_row row;

	given_educator(&kit, ANA, "ana");
	ask->person->email = text_of(&kit, "ANA@meadow.example");
	ck_assert_int_eq(noted(ask), STATE(KNOWN));
	row = educator(pb_of_bytes(ANA));
	ck_assert(bytes_equal(bytes_of_id(&row.district), DISTRICT));
	ck_assert_uint_eq(list(0)->known, 1);
}
END_TEST

START_TEST(nobody_is_taken_from_another_district)
{
	Enrollment__NoteRosterPerson *ask = person(kit_id(&kit), "77");
	Enrollment__RegisterEducator *other = registration(&kit, BEN, "ben");

	other->district = pb_of_bytes(OTHER_DISTRICT);
	ck_assert_int_eq(register_educator(&kit, other), OK);
	ask->person->email = text_of(&kit, "ben@meadow.example");
	ck_refused(note(ask), ELSEWHERE);
}
END_TEST

START_TEST(who_asked_to_be_forgotten_is_not_registered_again)
{
	Enrollment__NoteRosterPerson *ask = person(kit_id(&kit), "77");

	ck_assert_int_eq(noted(ask), STATE(NEW));
	ck_assert_int_eq(erase_educator(&kit, bytes_of_pb(ask->educator)), OK);
	ck_refused(note(person(kit_id(&kit), "77")), ERASED);
}
END_TEST

START_TEST(missing_once_is_suspected_twice_inactive_and_seen_again_is_neither)
{
	struct bytes one = kit_id(&kit), two = kit_id(&kit), three = kit_id(&kit);

	ck_assert_int_eq(noted(person(kit_id(&kit), "77")), STATE(NEW));
	ck_assert_int_eq(noted(person(one, "78")), STATE(NEW));
	ck_assert_uint_eq(close_import(one), 1);
	ck_assert_uint_eq(close_import(one), 0); /* the same one counts once */
	ck_assert_uint_eq(list(1)->n_rows, 1);
	ck_assert_uint_eq(list(1)->suspected, 1);
	ck_assert_int_eq(noted(person(two, "78")), STATE(SAME));
	ck_assert_uint_eq(close_import(two), 1);
	ck_assert_uint_eq(list(2)->n_rows, 1);
	ck_assert_uint_eq(list(2)->inactive, 1);
	ck_assert_int_eq(noted(person(three, "77")), STATE(SAME));
	ck_assert_uint_eq(list(1)->n_rows, 0);
	ck_assert_uint_eq(list(0)->inactive, 0);
	ck_assert_uint_eq(list(0)->known, 2);
}
END_TEST

START_TEST(a_long_roster_is_closed_in_portions)
{
	struct bytes first = kit_id(&kit), import = kit_id(&kit);
	Enrollment__CloseRoster ask = ENROLLMENT__CLOSE_ROSTER__INIT;
	uint32_t missed = 0;
	unsigned rounds = 0;

	for (unsigned i = 0; i < 450; i++)
		ck_assert_int_eq(noted(person(first, arena_printf(kit.arena, "n%u", i))),
				 STATE(NEW));
	ask.import = pb_of_bytes(import);
	ask.district = pb_of_bytes(DISTRICT);
	ask.system = text_of(&kit, "sis");
	do {
		ck_assert_int_eq(SEND_OP(&kit, CLOSE_ROSTER, close_roster, &ask), OK);
		missed += got_answer(&kit)->roster_closed->missed;
		ask.after = got_answer(&kit)->roster_closed->next;
		rounds++;
	} while (ask.after.len > 0);
	ck_assert_uint_eq(missed, 450);
	ck_assert_uint_eq(rounds, 3);
	ck_assert_uint_eq(list(0)->suspected, 450);
}
END_TEST

START_TEST(a_comparison_says_what_an_import_would_do_and_does_nothing)
{
	Enrollment__CompareRoster ask = ENROLLMENT__COMPARE_ROSTER__INIT;
	Enrollment__RosterKey keys[2], *people[2] = {&keys[0], &keys[1]};
	const Enrollment__RosterComparison *got;

	ck_assert_int_eq(noted(person(kit_id(&kit), "77")), STATE(NEW));
	for (size_t i = 0; i < 2; i++) {
		enrollment__roster_key__init(&keys[i]);
		keys[i].identifier = text_of(&kit, i == 0 ? "77" : "78");
		keys[i].email = text_of(&kit, "x@meadow.example");
	}
	ask.district = pb_of_bytes(DISTRICT);
	ask.system = text_of(&kit, "sis");
	ask.people = people;
	ask.n_people = 2;
	ck_assert_int_eq(ASK(&kit, NOBODY, COMPARE_ROSTER, compare_roster, &ask), OK);
	got = got_answer(&kit)->roster_comparison;
	ck_assert_int_eq(got->matches[0]->state, STATE(MOVED));
	ck_assert_int_eq(got->matches[1]->state, STATE(NEW));
	ck_assert_uint_eq(got->known, 1);
}
END_TEST

START_TEST(orgs_are_listed_under_what_they_stand_in)
{
	Enrollment__ListOrgs ask = ENROLLMENT__LIST_ORGS__INIT;

	ask.parent = pb_of_bytes(DISTRICT);
	ck_assert_int_eq(ASK(&kit, NOBODY, LIST_ORGS, list_orgs, &ask), OK);
	ck_assert_uint_eq(got_answer(&kit)->orgs->n_orgs, 1);
	ck_assert_str_eq(got_answer(&kit)->orgs->orgs[0]->name, "River");
	ask.parent = (ProtobufCBinaryData){0};
	ck_assert_int_eq(ASK(&kit, NOBODY, LIST_ORGS, list_orgs, &ask), OK);
	ck_assert_uint_eq(got_answer(&kit)->orgs->n_orgs, 2);
}
END_TEST

START_TEST(a_record_of_a_roster_names_nobody)
{
	struct record record;

	ck_assert_int_eq(noted(person(kit_id(&kit), "IDENT-77")), STATE(NEW));
	while (kit_next_event(&kit, &record) != NULL) {
		ck_assert_ptr_null(memmem(record.payload.data, record.payload.len, "IDENT-77", 8));
		ck_assert_ptr_null(memmem(record.payload.data, record.payload.len, "Luz", 3));
	}
}
END_TEST

static const struct {
	const char *what;
	Enrollment__Reason reason;
} refusals[] = {
	{"import", REASON(BAD_ID)},    {"district", REASON(UNKNOWN_ORG)},
	{"system", REASON(BAD_VALUE)}, {"identifier", REASON(BAD_VALUE)},
	{"educator", REASON(BAD_ID)},  {"school", REASON(UNKNOWN_ORG)},
};

START_TEST(what_is_not_sound_is_refused)
{
	Enrollment__NoteRosterPerson *ask = person(kit_id(&kit), "77");

	switch (_i) {
	case 0:
		ask->import = (ProtobufCBinaryData){0};
		break;
	case 1:
		ask->district = pb_of_bytes(SCHOOL);
		break;
	case 2:
		ask->system = text_of(&kit, "two words");
		break;
	case 3:
		ask->identifier = text_of(&kit, "7 7");
		break;
	case 4:
		ask->educator = (ProtobufCBinaryData){0};
		break;
	default:
		ask->school = pb_of_bytes(DISTRICT);
		break;
	}
	ck_assert_int_eq(note(ask), REJECTED);
	ck_assert_int_eq(kit.got.reason, refusals[_i].reason);
	ck_assert_ptr_nonnull(strstr(kit.got.text, refusals[_i].what));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("roster");
	TCase *tc = tcase_create("roster");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, who_is_new_is_registered_at_the_school);
	tcase_add_test(tc, the_same_import_again_changes_nothing);
	tcase_add_test(tc, who_is_at_another_place_now_is_moved);
	tcase_add_test(tc, who_is_known_by_the_address_is_taken_for_that_educator);
	tcase_add_test(tc, nobody_is_taken_from_another_district);
	tcase_add_test(tc, who_asked_to_be_forgotten_is_not_registered_again);
	tcase_add_test(tc, missing_once_is_suspected_twice_inactive_and_seen_again_is_neither);
	tcase_add_test(tc, a_long_roster_is_closed_in_portions);
	tcase_add_test(tc, a_comparison_says_what_an_import_would_do_and_does_nothing);
	tcase_add_test(tc, orgs_are_listed_under_what_they_stand_in);
	tcase_add_test(tc, a_record_of_a_roster_names_nobody);
	tcase_add_loop_test(tc, what_is_not_sound_is_refused, 0, ARRAY_LEN(refusals));
	suite_add_tcase(suite, tc);
	return suite;
}
