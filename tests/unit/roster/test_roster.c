/* Rosters: who is one person, who is left out, and what strangers' files may not do. */
#include "libshared/csv.h"
#include "services/gateway/roster/roster.h"
#include "tests/support/suite.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORGS                                                                                       \
	"sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"                 \
	"o1,active,,Meadow School,school,0101,d1\n"                                                \
	"o2,active,,Hill School,school,0102,d1\n"                                                  \
	"d1,active,,River District,district,01,\n"
#define USERS                                                                                      \
	"sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,"     \
	"middleName,identifier,email\n"
#define ROLES                                                                                      \
	"sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,"         \
	"orgSourcedId,userProfileSourcedId\n"

static struct arena *arena;
static struct roster roster;

static void setup(void)
{
	arena = arena_new(1 << 16);
	roster_init(&roster, arena);
}

static void teardown(void)
{
	arena_destroy(&arena);
}

static bool add(const char *text)
{
	return roster_add(&roster, bytes_of_text(text));
}

static const struct roster_person *person(const char *identifier)
{
	for (size_t i = 0; i < roster.n_people; i++)
		if (strcmp(roster.people[i].identifier, identifier) == 0)
			return &roster.people[i];
	return NULL;
}

/* ---- CSV ---- */

START_TEST(a_quoted_field_may_hold_commas_quotes_and_line_ends)
{
	struct csv csv;

	csv_open(&csv,
		 bytes_of_text("\xef\xbb\xbfname,note\r\n\"Luz, Ana\",\"says \"\"hola\"\"\n"
			       "twice\"\r\n\r\nBen,\r\n"),
		 arena);
	ck_assert(csv_next(&csv));
	ck_assert_str_eq(csv_get(&csv, "name"), "Luz, Ana");
	ck_assert_str_eq(csv_get(&csv, "note"), "says \"hola\"\ntwice");
	ck_assert(csv_next(&csv));
	ck_assert_str_eq(csv_get(&csv, "name"), "Ben");
	ck_assert_str_eq(csv_get(&csv, "note"), "");
	ck_assert_str_eq(csv_get(&csv, "absent"), "");
	ck_assert(!csv_next(&csv));
	ck_assert_ptr_null(csv.fault);
}
END_TEST

static const struct {
	const char *text, *says;
} broken[] = {
	{"", "empty"},
	{"a,b\n1,\"2\n", "does not end"},
	{"a,b\n1,2,3\n", "more fields"},
	{"a,b\n\"1\"x,2\n", "closing quote"},
	{"a,b\n1\"2,3\n", "quote stands inside"},
	{"a,b\n\xff,2\n", "UTF-8"},
	{"a,b\n\x01,2\n", "control"},
};

START_TEST(what_no_exporter_writes_is_a_fault_with_its_line)
{
	struct csv csv;

	csv_open(&csv, bytes_of_text(broken[_i].text), arena);
	while (csv_next(&csv))
		;
	ck_assert_ptr_nonnull(csv.fault);
	ck_assert_ptr_nonnull(strstr(csv.fault, broken[_i].says));
	ck_assert_uint_ge(csv.line, *broken[_i].text == '\0' ? 0 : 1);
}
END_TEST

START_TEST(a_field_beyond_its_bound_is_a_fault)
{
	char text[CSV_FIELD_MAX + 16] = "a\n";
	struct csv csv;

	memset(text + 2, 'x', CSV_FIELD_MAX + 1);
	csv_open(&csv, bytes_of_text(text), arena);
	ck_assert(!csv_next(&csv));
	ck_assert_ptr_nonnull(strstr(csv.fault, "1,024"));
}
END_TEST

/* ---- OneRoster ---- */

START_TEST(a_teacher_at_two_schools_is_one_person_with_both)
{
	ck_assert(add(ORGS) &&
		  add(USERS
		      "u2,active,,true,al,\"{LDAP:al},{staffUniqueId:77}\",Ana,Luz,,,a@m.example\n"
		      "u1,active,,true,al,{staffUniqueId:77},Ana,Luz,,,a@m.example\n") &&
		  add(ROLES "r1,active,,u1,primary,teacher,,,o1,\n"
			    "r2,active,,u2,secondary,aide,,,o2,\n"));
	ck_assert(roster_finish(&roster));
	ck_assert_uint_eq(roster.n_people, 1);
	ck_assert_uint_eq(roster.merged, 1);
	ck_assert_uint_eq(roster.people[0].roles, ROLE_OF_TEACHER | ROLE_OF_AIDE);
	ck_assert_uint_eq(roster.people[0].n_schools, 2);
	ck_assert_str_eq(roster.people[0].schools[0], "o1");
	ck_assert_str_eq(roster_org(&roster, "o2")->name, "Hill School");
}
END_TEST

START_TEST(the_primary_role_gives_the_first_school)
{
	ck_assert(add(ORGS) && add(USERS "u1,active,,true,al,,Ana,Luz,,77,a@m.example\n") &&
		  add(ROLES "r1,active,,u1,secondary,teacher,,,o1,\n"
			    "r2,active,,u1,primary,teacher,,,o2,\n"
			    "r3,active,,u1,secondary,districtAdministrator,,,d1,\n"));
	ck_assert(roster_finish(&roster));
	ck_assert_uint_eq(person("77")->n_schools, 2);
	ck_assert_str_eq(person("77")->schools[0], "o2");
	ck_assert_uint_eq(person("77")->roles, ROLE_OF_TEACHER | ROLE_OF_DISTRICT_ADMINISTRATOR);
}
END_TEST

START_TEST(who_is_no_staff_or_cannot_be_told_apart_is_counted_and_left_out)
{
	ck_assert(add(USERS "s,active,,true,s,,Kid,One,,1,k@m.example\n"
			    "d,tobedeleted,,true,d,,Old,One,,2,o@m.example\n"
			    "f,active,,false,f,,Off,One,,3,f@m.example\n"
			    "n,active,,true,n,,No,Number,,,n@m.example\n"
			    "b,active,,true,b,,Bad,Number,,4 4,n@m.example\n"
			    "m,active,,true,m,,No,Mail,,5,\n"
			    "x,active,,true,x,,,,,6,x@m.example\n") &&
		  add(ROLES "1,active,,s,primary,student,,,o1,\n"
			    "2,active,,d,primary,teacher,,,o1,\n"
			    "3,active,,f,primary,teacher,,,o1,\n"
			    "4,active,,n,primary,teacher,,,o1,\n"
			    "5,active,,b,primary,teacher,,,o1,\n"
			    "6,active,,m,primary,teacher,,,o1,\n"
			    "7,active,,x,primary,teacher,,,o1,\n"));
	ck_assert(roster_finish(&roster));
	ck_assert_uint_eq(roster.n_people, 0);
	ck_assert_uint_eq(roster.skipped[SKIP_NOT_STAFF], 1);
	ck_assert_uint_eq(roster.skipped[SKIP_DELETED], 2);
	ck_assert_uint_eq(roster.skipped[SKIP_NO_IDENTIFIER], 2);
	ck_assert_uint_eq(roster.skipped[SKIP_NO_EMAIL], 1);
	ck_assert_uint_eq(roster.skipped[SKIP_NO_NAME], 1);
}
END_TEST

START_TEST(the_order_of_files_and_rows_changes_nothing)
{
	struct roster other;

	ck_assert(add(USERS "u1,active,,true,a,,Ana,Luz,,77,a@m.example\n"
			    "u2,active,,true,b,,Ben,Oak,,78,b@m.example\n") &&
		  add(ROLES "r1,active,,u1,primary,teacher,,,o1,\n"
			    "r2,active,,u2,primary,teacher,,,o2,\n") &&
		  add(ORGS) && roster_finish(&roster));
	roster_init(&other, arena);
	ck_assert(
		roster_add(&other, bytes_of_text(ORGS)) &&
		roster_add(&other, bytes_of_text(ROLES "r2,active,,u2,primary,teacher,,,o2,\n"
						       "r1,active,,u1,primary,teacher,,,o1,\n")) &&
		roster_add(&other,
			   bytes_of_text(USERS "u2,active,,true,b,,Ben,Oak,,78,b@m.example\n"
					       "u1,active,,true,a,,Ana,Luz,,77,a@m.example\n")) &&
		roster_finish(&other));
	ck_assert_uint_eq(other.n_people, roster.n_people);
	for (size_t i = 0; i < other.n_people; i++) {
		ck_assert_str_eq(other.people[i].identifier, roster.people[i].identifier);
		ck_assert_str_eq(other.people[i].schools[0], roster.people[i].schools[0]);
	}
}
END_TEST

START_TEST(the_role_column_of_1_1_is_understood)
{
	ck_assert(add("sourcedId,status,orgSourcedIds,role,identifier,givenName,familyName,email\n"
		      "u1,active,\"o1,o2\",teacher,77,Ana,Luz,a@m.example\n") &&
		  roster_finish(&roster));
	ck_assert_uint_eq(person("77")->n_schools, 2);
}
END_TEST

START_TEST(files_without_people_are_refused)
{
	ck_assert(add(ORGS) && !roster_finish(&roster));
	ck_assert_ptr_nonnull(strstr(roster.fault, "users.csv"));
}
END_TEST

START_TEST(a_fault_names_file_and_line_and_repeats_nothing)
{
	ck_assert(!add(USERS "u1,active,,true,a,,Ana,Luz,,77,a@m.example\n"
			     "u2,active,,true,\"secret\n"));
	ck_assert_ptr_nonnull(strstr(roster.fault, "users.csv, line 3"));
	ck_assert_ptr_null(strstr(roster.fault, "secret"));
}
END_TEST

START_TEST(one_source_id_for_two_users_is_refused)
{
	ck_assert(add(USERS "u1,active,,true,a,,Ana,Luz,,77,a@m.example\n"
			    "u1,active,,true,b,,Ben,Oak,,78,b@m.example\n") &&
		  !roster_finish(&roster));
}
END_TEST

/* ---- Ed-Fi ---- */

#define STAFFS                                                                                     \
	"\"staffs\":[{\"staffUniqueId\":\"77\",\"firstName\":\"Ana\",\"lastSurname\":\"Luz\","     \
	"\"electronicMails\":[{\"electronicMailAddress\":\"home@m.example\","                      \
	"\"electronicMailTypeDescriptor\":\"uri://ed-fi.org/X#Home\"},"                            \
	"{\"electronicMailAddress\":\"a@m.example\","                                              \
	"\"electronicMailTypeDescriptor\":\"uri://ed-fi.org/X#Work\"}]}]"
#define PLACED(school, more)                                                                       \
	"{\"staffReference\":{\"staffUniqueId\":\"77\"},\"educationOrganizationReference\":"       \
	"{\"educationOrganizationId\":" school "},\"staffClassificationDescriptor\":"              \
	"\"uri://ed-fi.org/"                                                                       \
	"StaffClassificationDescriptor#Teacher\",\"beginDate\":\"2025-08-01\"" more "}"

START_TEST(staff_of_ed_fi_are_placed_where_they_are_assigned_now)
{
	ck_assert(
		add("{" STAFFS ",\"staffEducationOrganizationAssignmentAssociations\":[" PLACED(
			"101", "") "," PLACED("102",
					      ",\"endDate\":\"2026-06-30\"") "],\"schools\":[{"
									     "\"schoolId\":101,"
									     "\"nameOfInstitution\""
									     ":\"Meadow\"}]}") &&
		roster_finish(&roster));
	ck_assert_str_eq(person("77")->email, "a@m.example");
	ck_assert_uint_eq(person("77")->n_schools, 1);
	ck_assert_str_eq(roster_org(&roster, person("77")->schools[0])->name, "Meadow");
}
END_TEST

START_TEST(lists_as_the_api_answers_them_are_taken_one_by_one)
{
	ck_assert(add("[{\"staffUniqueId\":\"77\",\"firstName\":\"Ana\",\"lastSurname\":\"Luz\","
		      "\"electronicMails\":[{\"electronicMailAddress\":\"a@m.example\"}]}]") &&
		  add("[" PLACED("101", "") "]") && roster_finish(&roster));
	ck_assert_uint_eq(roster.n_people, 1);
}
END_TEST

static const char *const no_edfi[] = {
	"{", "[1]", "{\"staffs\":1}", "{\"staffs\":[{\"a\":1,\"a\":2}]}", "{\"other\":[]}", "[]",
};

START_TEST(json_that_is_no_roster_is_refused_with_a_sentence)
{
	ck_assert(!add(no_edfi[_i]) || !roster_finish(&roster));
	ck_assert(roster.fault[0] != '\0');
}
END_TEST

/* ---- zip ---- */

static struct bytes zipped(const char *const (*files)[2], size_t n)
{
	size_t room = 1 << 20, used = 0;
	uint8_t *out = arena_alloc(arena, room);
	struct archive *zip = archive_write_new();

	archive_write_set_format_zip(zip);
	ck_assert_int_eq(archive_write_open_memory(zip, out, room, &used), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *entry = archive_entry_new();
		size_t len = strlen(files[i][1]);

		archive_entry_set_pathname(entry, files[i][0]);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, (la_int64_t)len);
		ck_assert_int_eq(archive_write_header(zip, entry), ARCHIVE_OK);
		archive_write_data(zip, files[i][1], len);
		archive_entry_free(entry);
	}
	archive_write_close(zip);
	archive_write_free(zip);
	return (struct bytes){out, used};
}

static const char *const bundle[][2] = {
	{"manifest.csv", "propertyName,value\nmanifest.version,1.0\n"},
	{"orgs.csv", ORGS},
	{"users.csv", USERS "u1,active,,true,a,,Ana,Luz,,77,a@m.example\n"},
	{"roles.csv", ROLES "r1,active,,u1,primary,teacher,,,o1,\n"},
	{"classes.csv", "sourcedId,title\nc1,Reading\n"},
	{"read.me", "not a table"},
};

START_TEST(a_bundle_is_read_whole)
{
	ck_assert(roster_add(&roster, zipped(bundle, ARRAY_LEN(bundle))));
	ck_assert(roster_finish(&roster));
	ck_assert_uint_eq(roster.n_people, 1);
	ck_assert_uint_eq(roster.n_orgs, 3);
}
END_TEST

START_TEST(a_bundle_cut_anywhere_is_refused_or_lacks_nothing_it_says)
{
	struct bytes whole = zipped(bundle, ARRAY_LEN(bundle));

	for (size_t len = 4; len < whole.len; len += 1 + whole.len / 150) {
		struct roster r;

		roster_init(&r, arena);
		if (!roster_add(&r, (struct bytes){whole.data, len}))
			ck_assert(r.fault[0] != '\0');
	}
}
END_TEST

START_TEST(a_bundle_that_unpacks_beyond_the_bound_is_refused)
{
	size_t len = ROSTER_FILE_MAX + 100;
	char *text = malloc(len + 1);
	const char *const bomb[][2] = {{"users.csv", text}};

	memset(text, '\n', len);
	text[len] = '\0';
	ck_assert(!roster_add(&roster, zipped(bomb, 1)));
	ck_assert_ptr_nonnull(strstr(roster.fault, "16 MiB"));
	free(text);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("roster");
	TCase *tc = tcase_create("roster");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_quoted_field_may_hold_commas_quotes_and_line_ends);
	tcase_add_loop_test(tc, what_no_exporter_writes_is_a_fault_with_its_line, 0,
			    ARRAY_LEN(broken));
	tcase_add_test(tc, a_field_beyond_its_bound_is_a_fault);
	tcase_add_test(tc, a_teacher_at_two_schools_is_one_person_with_both);
	tcase_add_test(tc, the_primary_role_gives_the_first_school);
	tcase_add_test(tc, who_is_no_staff_or_cannot_be_told_apart_is_counted_and_left_out);
	tcase_add_test(tc, the_order_of_files_and_rows_changes_nothing);
	tcase_add_test(tc, the_role_column_of_1_1_is_understood);
	tcase_add_test(tc, files_without_people_are_refused);
	tcase_add_test(tc, a_fault_names_file_and_line_and_repeats_nothing);
	tcase_add_test(tc, one_source_id_for_two_users_is_refused);
	tcase_add_test(tc, staff_of_ed_fi_are_placed_where_they_are_assigned_now);
	tcase_add_test(tc, lists_as_the_api_answers_them_are_taken_one_by_one);
	tcase_add_loop_test(tc, json_that_is_no_roster_is_refused_with_a_sentence, 0,
			    ARRAY_LEN(no_edfi));
	tcase_add_test(tc, a_bundle_is_read_whole);
	tcase_add_test(tc, a_bundle_cut_anywhere_is_refused_or_lacks_nothing_it_says);
	tcase_add_test(tc, a_bundle_that_unpacks_beyond_the_bound_is_refused);
	suite_add_tcase(suite, tc);
	return suite;
}
