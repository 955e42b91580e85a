/* Files for licensure systems: which rows one has, how they are written, and that it stays so. */
#include "libshared/blobs.h"
#include "libshared/seal.h"
#include "services/issuance/issuance.h"
#include "services/issuance/rules/state_layout.h"
#include "services/issuance/tables_statefile.h"
#include "tests/support/life_kit.h"
#include "tests/support/statefile_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define HEAD "change,license,name,code,points,decided,late\n"
#define ROW_OF_ANA "TN-998877,Ana Torres,lit-101,12.00,2026-01-06,no\n"
#define TOTAL(records, points) "TOTAL," records "," points "\n"
#define MONTH "2026-01"

static struct kit kit;
static struct bytes ana;

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
}

static void teardown(void)
{
	kit_close(&kit);
}

static struct bytes given_credit(const char *reporting)
{
	struct bytes license;

	statefile_given_policy(&kit, "TN", reporting, 1);
	license = issuance_given_term(&kit, ana, "TN", "2024-01-01", "2028-12-31");
	issuance_released(&kit, ana, true);
	return license;
}

static const char *next_file(struct bytes *run_r)
{
	ck_assert_int_eq(statefile_cut(&kit, "TN", MONTH, run_r), CAIRN__STATUS__OK);
	return statefile_text(&kit, *run_r, 0);
}

/* The posting of the newest credit. */
static ProtobufCBinaryData last_posted(void)
{
	const Issuance__Event *event, *last = NULL;

	kit.seen_seq = 0;
	while ((event = issuance_next(&kit, ISSUANCE__EVENT__BODY_LEDGER_POSTED)) != NULL)
		last = event;
	ENSURE(last != NULL);
	return last->ledger_posted->posting;
}

static void corrected(ProtobufCBinaryData posting, char *level)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__CorrectLedger ask = ISSUANCE__CORRECT_LEDGER__INIT;
	Issuance__CreditFacts facts = ISSUANCE__CREDIT_FACTS__INIT;

	facts.level = level;
	ask.posting = posting;
	ask.facts = &facts;
	command.body_case = ISSUANCE__COMMAND__BODY_CORRECT_LEDGER;
	command.correct_ledger = &ask;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__OK);
}

static struct bytes issued(void)
{
	kit.seen_seq = 0;
	return bytes_of_pb(issuance_next_issued(&kit)->credential);
}

static void revoked(struct bytes credential)
{
	ck_assert_int_eq(
		kit_send(&kit, BYTES_NONE,
			 life_revoke(kit.arena, credential, ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR,
				     READER_OF_REVIEW, LEAD_OF_REVIEW)),
		CAIRN__STATUS__OK);
}

/* ---- rows ---- */

static char impact[] = "impact", knowledge[] = "knowledge";
static const struct policy_given levels = {"TN",
					   "2020-01-01",
					   "1,'level_multipliers':{'knowledge':1,'impact':3},"
					   "'demo_default_level':'knowledge'",
					   1,
					   STATEFILE_CSV,
					   NULL};

static void given_levels(void)
{
	issuance_given_policy(&kit, &levels);
	issuance_given_term(&kit, ana, "TN", "2024-01-01", "2028-12-31");
	issuance_released(&kit, ana, true);
}

START_TEST(a_corrected_credit_changes_the_record_that_the_state_has)
{
	struct bytes run;

	given_levels();
	ck_assert_str_eq(next_file(&run), HEAD "A," ROW_OF_ANA TOTAL("1", "12.00"));
	corrected(last_posted(), impact);
	corrected(last_posted(), knowledge);
	corrected(last_posted(), impact);
	ck_assert_str_eq(
		next_file(&run),
		HEAD "C,TN-998877,Ana Torres,lit-101,36.00,2026-01-06,no\n" TOTAL("1", "36.00"));
	ck_assert_uint_eq(view_count(kit_view(&kit), FILE_DUE), 0);
}
END_TEST

START_TEST(what_was_corrected_before_it_was_told_is_told_once)
{
	struct bytes run;

	given_levels();
	corrected(last_posted(), impact);
	ck_assert_str_eq(
		next_file(&run),
		HEAD "A,TN-998877,Ana Torres,lit-101,36.00,2026-01-06,no\n" TOTAL("1", "36.00"));
	ck_assert_uint_eq(view_count(kit_view(&kit), FILE_DUE), 0);
}
END_TEST

/* The state refused the change: it still has what the first file told. */
START_TEST(a_refused_change_is_a_change_again_once_corrected)
{
	static char why[] = "too much";
	struct bytes run;

	given_levels();
	next_file(&run);
	ck_assert_int_eq(statefile_answer(&kit, run, 1, NULL), CAIRN__STATUS__OK);
	corrected(last_posted(), impact);
	next_file(&run);
	ck_assert_int_eq(statefile_answer(&kit, run, 1, why), CAIRN__STATUS__OK);
	corrected(last_posted(), knowledge);
	ck_assert_str_eq(next_file(&run), HEAD "C," ROW_OF_ANA TOTAL("1", "12.00"));
}
END_TEST

START_TEST(what_is_revoked_before_it_was_told_is_not_told)
{
	struct bytes run;

	given_credit(STATEFILE_CSV);
	revoked(issued());
	ck_assert_int_eq(statefile_cut(&kit, "TN", MONTH, &run), CAIRN__STATUS__OK);
	ck_assert_str_eq(statefile_text(&kit, run, 0), HEAD TOTAL("0", "0.00"));
	ck_assert_uint_eq(view_count(kit_view(&kit), FILE_DUE), 0);
	ck_assert_int_eq(statefile_cut(&kit, "TN", MONTH, &run), CAIRN__STATUS__REJECTED);
}
END_TEST

/* After the deletion the same item may be earned and told again. */
START_TEST(what_was_deleted_may_be_added_again)
{
	struct bytes run;

	given_credit(STATEFILE_CSV);
	next_file(&run);
	revoked(issued());
	ck_assert_str_eq(next_file(&run), HEAD "D," ROW_OF_ANA TOTAL("1", "12.00"));
	issuance_released(&kit, ana, true);
	ck_assert_str_eq(next_file(&run), HEAD "A," ROW_OF_ANA TOTAL("1", "12.00"));
}
END_TEST

START_TEST(a_record_that_cannot_be_written_is_held_back_and_told_with_its_reason)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__PreviewStateFile preview = ISSUANCE__PREVIEW_STATE_FILE__INIT;
	static char policy[] = "TN", period[] = MONTH, district[] = "district", seven[] = "7";
	Issuance__GivenValue value = ISSUANCE__GIVEN_VALUE__INIT, *values[] = {&value};
	const Issuance__StateFilePreview *a;
	static char number[] = "TN-1";
	struct bytes license = given_credit(STATEFILE_FIXED), run;

	issuance_given_license_number(&kit, ana, license, number); /* without a staff id */
	ck_assert_int_eq(statefile_cut(&kit, "TN", MONTH, &run), CAIRN__STATUS__OK);
	ck_assert_uint_eq(statefile_counts(&kit, run)->file->added, 0);
	ck_assert_uint_eq(statefile_counts(&kit, run)->file->held, 1);
	value.name = district;
	value.value = seven;
	preview.policy = policy;
	preview.period = period;
	preview.n_values = 1;
	preview.values = values;
	query.body_case = ISSUANCE__QUERY__BODY_PREVIEW_STATE_FILE;
	query.preview_state_file = &preview;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	a = ((const Issuance__Answer *)kit.answer)->state_file_preview;
	ck_assert_uint_eq(a->held, 1);
	ck_assert_str_eq(a->rows[0]->because, "staff: is missing");
	ck_assert_uint_eq(view_count(kit_view(&kit), FILE_DUE), 1);
}
END_TEST

START_TEST(a_name_with_commas_and_quotes_is_quoted)
{
	static char name[] = "Torres, \"Ana\"";
	struct bytes run;

	issuance_given_name(&kit, ana, name);
	given_credit(STATEFILE_CSV);
	ck_assert_ptr_nonnull(
		strstr(next_file(&run), "A,TN-998877,\"Torres, \"\"Ana\"\"\",lit-101,"));
}
END_TEST

/* ---- files ---- */

START_TEST(a_file_is_the_same_bytes_whatever_came_after_it)
{
	static char other[] = "Ana Diaz";
	struct bytes license = given_credit(STATEFILE_CSV), run, second;
	const char *text = next_file(&run);
	uint8_t hash[SHA256_LEN];

	sha256(bytes_of_text(text), hash);
	ck_assert(bytes_equal(bytes_of_pb(statefile_counts(&kit, run)->file->content_sha256),
			      BYTES_OF(hash)));
	issuance_given_name(&kit, ana, other);
	issuance_given_license_number(&kit, ana, license, other);
	next_file(&second);
	kit_reopen(&kit);
	ck_assert_str_eq(statefile_text(&kit, run, 0), text);
	ck_assert_str_eq(statefile_text(&kit, run, 1), text);
}
END_TEST

START_TEST(a_period_has_one_file_unless_more_is_asked_for)
{
	struct bytes run;

	given_credit(STATEFILE_CSV);
	ck_assert_int_eq(statefile_cut_first(&kit, "TN", MONTH, &run), CAIRN__STATUS__OK);
	issuance_given_term(&kit, ana, "TN", "2024-01-01", "2028-12-31");
	ck_assert_int_eq(statefile_cut_first(&kit, "TN", MONTH, &run), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__PERIOD_CUT);
	ck_assert_int_eq(statefile_cut(&kit, "TN", MONTH, &run), CAIRN__STATUS__OK);
	ck_assert_uint_eq(statefile_counts(&kit, run)->file->number, 2);
}
END_TEST

static void erased(void)
{
	Enrollment__EducatorErased body = ENROLLMENT__EDUCATOR_ERASED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	body.educator = pb_of_bytes(ana);
	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_ERASED;
	event.educator_erased = &body;
	kit_upstream(&kit, "enrollment.0.log", ana, &event.base);
	ENSURE(keyring_destroy(kit.caps.keyring, ana) == 0);
}

START_TEST(a_file_of_an_erased_person_says_that_it_cannot_be_made_again)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetStateFile get = ISSUANCE__GET_STATE_FILE__INIT;
	struct bytes run;

	given_credit(STATEFILE_CSV);
	next_file(&run);
	erased();
	get.run = pb_of_bytes(run);
	query.body_case = ISSUANCE__QUERY__BODY_GET_STATE_FILE;
	query.get_state_file = &get;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	ck_assert_uint_eq(((const Issuance__Answer *)kit.answer)->state_file->erased, 1);
	ck_assert_uint_eq(view_count(kit_view(&kit), EDUCATOR_WAS), 0);
}
END_TEST

/* FORMATS 11: each use of what names a person is an event. */
START_TEST(reading_a_file_is_recorded)
{
	struct bytes run;

	given_credit(STATEFILE_CSV);
	next_file(&run);
	ck_assert_ptr_nonnull(issuance_next(&kit, ISSUANCE__EVENT__BODY_STATE_FILE_READ));
}
END_TEST

/* Who begins behind the first row sees all others. */
START_TEST(reading_the_rest_of_a_file_is_recorded)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetStateFile get = ISSUANCE__GET_STATE_FILE__INIT;
	struct bytes run;

	given_credit(STATEFILE_CSV);
	ck_assert_int_eq(statefile_cut(&kit, "TN", MONTH, &run), CAIRN__STATUS__OK);
	get.run = pb_of_bytes(run);
	get.after = 1;
	query.body_case = ISSUANCE__QUERY__BODY_GET_STATE_FILE;
	query.get_state_file = &get;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	ck_assert_ptr_nonnull(issuance_next(&kit, ISSUANCE__EVENT__BODY_STATE_FILE_READ));
}
END_TEST

/* ---- refusals ---- */

START_TEST(a_file_needs_a_layout_a_period_and_the_values_it_asks_for)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__CutStateFile ask = ISSUANCE__CUT_STATE_FILE__INIT;
	static char policy[] = "TN", period[] = MONTH;
	struct bytes run;

	statefile_given_policy(&kit, "TN", "", 1);
	ck_assert_int_eq(statefile_cut(&kit, "TN", MONTH, &run), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NO_LAYOUT);
	statefile_given_policy(&kit, "TN", STATEFILE_FIXED, 2);
	ck_assert_int_eq(statefile_cut(&kit, "TN", MONTH, &run), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NOTHING_DUE);
	ck_assert_int_eq(statefile_cut(&kit, "TN", "2026", &run), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_PERIOD);
	ask.run = pb_of_bytes(kit_id(&kit));
	ask.policy = policy;
	ask.period = period;
	command.body_case = ISSUANCE__COMMAND__BODY_CUT_STATE_FILE;
	command.cut_state_file = &ask;
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_VALUE);
	ask.run = pb_of_bytes(BYTES_NONE);
	ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_ID);
}
END_TEST

START_TEST(answers_name_a_file_and_stand_in_order)
{
	const struct answered_part none = {.part = 0, .first = 1, .n = 1, .hash = 1};
	const struct answered_part beyond = {.part = 1, .first = 1, .n = 5, .hash = 2};
	struct bytes run;

	given_credit(STATEFILE_CSV);
	next_file(&run);
	ck_assert_int_eq(statefile_answer(&kit, kit_id(&kit), 1, NULL), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__UNKNOWN_FILE);
	ck_assert_int_eq(statefile_answer_part(&kit, run, &none), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_VALUE);
	ck_assert_int_eq(statefile_answer_part(&kit, run, &beyond), CAIRN__STATUS__OK);
	ck_assert_uint_eq(statefile_receipt(&kit)->acknowledged, 1);
	ck_assert_uint_eq(statefile_receipt(&kit)->unknown, 4);
}
END_TEST

/* ---- answers by other ways ---- */

static Cairn__Status disputed_for(char *state, uint32_t roles)
{
	static char because[] = "documentation_missing";
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__DisputeLedger ask = ISSUANCE__DISPUTE_LEDGER__INIT;

	ask.posting = last_posted();
	ask.because = because;
	ask.state = state;
	command.body_case = ISSUANCE__COMMAND__BODY_DISPUTE_LEDGER;
	command.dispute_ledger = &ask;
	return kit_send_as(&kit, kit_id(&kit), roles, BYTES_NONE, &command.base);
}

/* Who delivers to the systems of several states names the one that answered. */
START_TEST(who_delivers_names_the_state_whose_system_spoke)
{
	static char tennessee[] = "TN", florida[] = "FL", none[] = "";

	given_credit(STATEFILE_CSV);
	ck_assert_int_eq(disputed_for(none, ROLE_DELIVERS), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__OUTSIDE_SCOPE);
	ck_assert_int_eq(disputed_for(florida, ROLE_DELIVERS), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(disputed_for(florida, ROLE_OPERATOR), CAIRN__STATUS__REJECTED);
	ck_assert_int_eq(disputed_for(tennessee, ROLE_DELIVERS), CAIRN__STATUS__OK);
}
END_TEST

/* The row knows what was answered, whichever way it came. */
START_TEST(an_answer_by_another_way_is_the_row_s_too)
{
	static char tennessee[] = "TN";
	struct bytes run;

	given_credit(STATEFILE_CSV);
	next_file(&run);
	ck_assert_int_eq(disputed_for(tennessee, ROLE_DELIVERS), CAIRN__STATUS__OK);
	ck_assert_uint_eq(statefile_counts(&kit, run)->refused, 1);
	ck_assert_uint_eq(statefile_counts(&kit, run)->unanswered, 0);
}
END_TEST

/* ---- layouts ---- */

#define LAYOUT(members) "{\"layout\":{\"name\":\"x\"," members "}}"
#define CODE "{\"name\":\"code\",\"source\":\"entry_code\"}"

static const struct {
	const char *reporting, *fault;
} wrong[] = {
	{LAYOUT("\"kind\":\"xml\",\"fields\":[" CODE "]"),
	 "reporting.layout.kind: fixed_width or csv is expected"},
	{LAYOUT("\"kind\":\"csv\""), "reporting.layout.fields: is missing"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"magic\"}]"),
	 "reporting.layout.fields[0].source: \"magic\" is none that is known"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\"}]"),
	 "reporting.layout.fields[0].source: is missing"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"value\"}]"),
	 "reporting.layout.fields[0].value: is missing"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"name\",\"value\":\"y\"}"
		"]"),
	 "reporting.layout.fields[0].value: only the source value has one"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"name\",\"width\":3}]"),
	 "reporting.layout.fields[0].width: there is no such member"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"records\"}]"),
	 "reporting.layout.fields[0].source: a total stands in a header or a trailer"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[" CODE "],\"header\":[" CODE "]"),
	 "reporting.layout.header[0].source: a header or a trailer is of no single record"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"name\",\"from\":1}]"),
	 "reporting.layout.fields[0].from: only a fixed width has positions"},
	{LAYOUT("\"kind\":\"fixed_width\",\"fields\":[" CODE "]"),
	 "reporting.layout.fields[0].from: is missing"},
	{LAYOUT("\"kind\":\"fixed_width\",\"fields\":[{\"name\":\"x\",\"source\":\"name\",\"from\":"
		"3,"
		"\"to\":2}]"),
	 "reporting.layout.fields[0].to: from 1 on, and not before from, is expected"},
	{LAYOUT("\"kind\":\"fixed_width\",\"fields\":[{\"name\":\"x\",\"source\":\"name\",\"from\":"
		"1,"
		"\"to\":9},{\"name\":\"y\",\"source\":\"unit\",\"from\":9,\"to\":9}]"),
	 "reporting.layout.fields[1].from: these positions are of x already"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"name\",\"pad\":"
		"\"zeros\"}]"),
	 "reporting.layout.fields[0].pad: zeros are of what is justified right"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"name\",\"key\":true,"
		"\"cut\":true}]"),
	 "reporting.layout.fields[0].cut: a key is never cut"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"cut_on\",\"date\":"
		"\"DDMM\"}]"),
	 "reporting.layout.fields[0].date: YYYYMMDD"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[{\"name\":\"x\",\"source\":\"unit\",\"codes\":{}}]"),
	 "reporting.layout.fields[0].codes: an object of 1 to"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[" CODE
		"],\"acknowledgement\":{\"kind\":\"csv\",\"accepted\":\"A\",\"refused\":\"A\","
		"\"days\":"
		"3,\"fields\":[{\"name\":\"r\",\"source\":\"record\"},{\"name\":\"a\",\"source\":"
		"\"result\"}]}"),
	 "reporting.layout.acknowledgement.refused: another word than accepted"},
	{LAYOUT("\"kind\":\"csv\",\"fields\":[" CODE
		"],\"acknowledgement\":{\"kind\":\"csv\",\"accepted\":\"A\",\"refused\":\"R\","
		"\"days\":"
		"3,\"fields\":[{\"name\":\"r\",\"source\":\"record\"}]}"),
	 "reporting.layout.acknowledgement.fields: one of source record and one of source result"},
};

START_TEST(a_layout_that_cannot_be_written_by_is_a_fault_that_names_the_member)
{
	struct reading reading = {.arena = kit.arena};
	json_t *json = json_loads(wrong[_i].reporting, 0, NULL);
	struct state_layout layout;

	ck_assert_ptr_nonnull(json);
	state_layout_read(part_of(&reading, json, "reporting"), &layout);
	json_decref(json);
	ck_assert_msg(strstr(reading.fault, wrong[_i].fault) != NULL, "%s", reading.fault);
}
END_TEST

/* Past the check of cairnctl: the policy counts, and an operator is told of its layout. */
START_TEST(a_published_layout_that_is_wrong_is_told_and_stops_no_posting)
{
	const Issuance__Event *event;

	given_credit(",'reporting':{'layout':{'name':'x','kind':'csv'}}");
	kit.seen_seq = 0;
	event = issuance_next(&kit, ISSUANCE__EVENT__BODY_DOCUMENT_UNFIT);
	ck_assert_ptr_nonnull(event);
	ck_assert_str_eq(event->document_unfit->kind, "state_layout");
	ck_assert_ptr_nonnull(issuance_next(&kit, ISSUANCE__EVENT__BODY_LEDGER_POSTED));
}
END_TEST

static TCase *rows(void)
{
	TCase *cases = tcase_create("rows");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, a_corrected_credit_changes_the_record_that_the_state_has);
	tcase_add_test(cases, what_was_corrected_before_it_was_told_is_told_once);
	tcase_add_test(cases, a_refused_change_is_a_change_again_once_corrected);
	tcase_add_test(cases, what_is_revoked_before_it_was_told_is_not_told);
	tcase_add_test(cases, what_was_deleted_may_be_added_again);
	tcase_add_test(cases,
		       a_record_that_cannot_be_written_is_held_back_and_told_with_its_reason);
	tcase_add_test(cases, a_name_with_commas_and_quotes_is_quoted);
	return cases;
}

static TCase *files(void)
{
	TCase *cases = tcase_create("files");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, a_file_is_the_same_bytes_whatever_came_after_it);
	tcase_add_test(cases, a_period_has_one_file_unless_more_is_asked_for);
	tcase_add_test(cases, a_file_of_an_erased_person_says_that_it_cannot_be_made_again);
	tcase_add_test(cases, reading_a_file_is_recorded);
	tcase_add_test(cases, reading_the_rest_of_a_file_is_recorded);
	tcase_add_test(cases, a_file_needs_a_layout_a_period_and_the_values_it_asks_for);
	tcase_add_test(cases, answers_name_a_file_and_stand_in_order);
	tcase_add_test(cases, who_delivers_names_the_state_whose_system_spoke);
	tcase_add_test(cases, an_answer_by_another_way_is_the_row_s_too);
	tcase_add_loop_test(cases,
			    a_layout_that_cannot_be_written_by_is_a_fault_that_names_the_member, 0,
			    (int)ARRAY_LEN(wrong));
	tcase_add_test(cases, a_published_layout_that_is_wrong_is_told_and_stops_no_posting);
	return cases;
}

Suite *test_suite(void)
{
	Suite *suite = suite_create("state files");

	suite_add_tcase(suite, rows());
	suite_add_tcase(suite, files());
	return suite;
}
