/* The renewal ledger: what is posted and reversed with what causes it, and what it all comes to. */
#include "libshared/check.h"
#include "proto/public.pb-c.h"
#include "services/issuance/ledger.h"
#include "services/issuance/tables_ledger.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define TERM_FROM "2024-01-01"
#define TERM_TO "2028-12-31"

static struct kit kit;
static struct bytes ana;
static const struct policy_given tennessee = {"TN", "2020-01-01", "1", 1, ""};

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

static const Issuance__LedgerPosted *next_posted(void)
{
	const Issuance__Event *event = issuance_next(&kit, ISSUANCE__EVENT__BODY_LEDGER_POSTED);

	return event != NULL ? event->ledger_posted : NULL;
}

static struct bytes given_tennessee(void)
{
	issuance_given_policy(&kit, &tennessee);
	return issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
}

static const Issuance__LedgerAnswer *ledger_at(struct bytes license, int64_t at_us)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetLedger get = ISSUANCE__GET_LEDGER__INIT;

	get.license = pb_of_bytes(license);
	get.at_us = at_us;
	query.body_case = ISSUANCE__QUERY__BODY_GET_LEDGER;
	query.get_ledger = &get;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->ledger;
}

static const Issuance__EvaluationAnswer *evaluation_in(struct bytes license, char *state)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__Evaluate evaluate = ISSUANCE__EVALUATE__INIT;

	evaluate.license = pb_of_bytes(license);
	evaluate.state = state;
	query.body_case = ISSUANCE__QUERY__BODY_EVALUATE;
	query.evaluate = &evaluate;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->evaluation;
}

/* ---- posting ---- */

/* DOMAIN 4.6: none, `credential.issued` and a linked license, `posted`. */
START_TEST(a_credential_is_posted_to_the_license_in_the_same_commit)
{
	struct bytes license = given_tennessee();
	const Issuance__CredentialIssued *issued;
	const Issuance__LedgerPosted *posted;

	issuance_released(&kit, ana, true);
	issued = issuance_next_issued(&kit);
	posted = next_posted();
	ck_assert_ptr_nonnull(posted);
	ck_assert(bytes_equal(bytes_of_pb(posted->credential), bytes_of_pb(issued->credential)));
	ck_assert_int_eq(posted->hundredths, kit_entry()->clock_hours * HUNDREDTHS);
	ck_assert_str_eq(posted->decided_on, "2026-01-06");
	ck_assert_int_eq(ledger_at(license, 0)->balance, posted->hundredths);
	ck_assert_uint_eq(view_count(kit_view(&kit), PUBLIC), 2);
}
END_TEST

START_TEST(without_a_policy_or_a_term_nothing_is_posted)
{
	struct bytes license = issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);

	issuance_given_license(&kit, ana);
	issuance_released(&kit, ana, true);
	ck_assert_ptr_null(next_posted());
	ck_assert_int_eq(ledger_at(license, 0)->balance, 0);
}
END_TEST

/* DOMAIN 5.5 "late posting": decided in the term, posted when the license is linked. */
START_TEST(what_was_issued_before_is_posted_when_the_license_is_linked)
{
	issuance_given_policy(&kit, &tennessee);
	issuance_released(&kit, ana, true);
	ck_assert_ptr_null(next_posted());
	kit_advance(&kit, 400 * US_PER_DAY);
	issuance_given_term(&kit, ana, "TN", TERM_FROM, "2026-01-31");
	ck_assert_ptr_nonnull(next_posted());
	ck_assert_ptr_null(next_posted());
}
END_TEST

START_TEST(what_was_issued_before_is_posted_when_the_policy_is_published)
{
	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_released(&kit, ana, true);
	issuance_given_policy(&kit, &tennessee);
	ck_assert_ptr_null(next_posted());
	kit_advance(&kit, US_PER_S);
	ck_assert_ptr_nonnull(next_posted());
	ck_assert_ptr_null(next_posted());
}
END_TEST

/* A policy counts from its first day, where the state is. */
START_TEST(a_policy_of_the_future_posts_when_its_day_has_come)
{
	const struct policy_given later = {"TN", "2026-03-01", "1", 1, ""};

	issuance_given_term(&kit, ana, "TN", TERM_FROM, TERM_TO);
	issuance_released(&kit, ana, true);
	issuance_given_policy(&kit, &later);
	kit_advance(&kit, 53 * US_PER_DAY); /* February 28 */
	ck_assert_ptr_null(next_posted());
	kit_advance(&kit, US_PER_DAY);
	ck_assert_ptr_nonnull(next_posted());
}
END_TEST

START_TEST(a_credential_decided_outside_the_term_is_not_posted)
{
	issuance_given_policy(&kit, &tennessee);
	issuance_given_term(&kit, ana, "TN", "2026-01-07", TERM_TO);
	issuance_given_term(&kit, ana, "TN", "2020-01-01", "2026-01-05");
	issuance_released(&kit, ana, true);
	ck_assert_ptr_null(next_posted());
}
END_TEST

/* DOMAIN 4.6: one credit per (license term, micro-credential) under each policy. */
START_TEST(a_license_told_again_is_posted_nothing_twice)
{
	struct bytes license = given_tennessee();

	issuance_released(&kit, ana, true);
	ck_assert_ptr_nonnull(next_posted());
	/* DOMAIN 5.5 "license number typed wrong then corrected": the entries stay its own */
	issuance_given_license_again(&kit, ana, license, TERM_FROM, TERM_TO);
	ck_assert_ptr_null(next_posted());
	ck_assert_uint_eq(ledger_at(license, 0)->n_lines, 1);
	/* renewed: the next term begins without what the last one counted */
	issuance_given_license_again(&kit, ana, license, "2026-01-07", "2030-12-31");
	ck_assert_ptr_null(next_posted());
}
END_TEST

/* DOMAIN 5.5 "name change": nothing in the ledger is a name. */
START_TEST(a_changed_name_changes_no_entry)
{
	struct bytes license = given_tennessee();

	issuance_released(&kit, ana, true);
	ck_assert_ptr_nonnull(next_posted());
	issuance_given_educator(&kit, ana);
	ck_assert_ptr_null(next_posted());
	ck_assert_uint_eq(ledger_at(license, 0)->n_lines, 1);
}
END_TEST

/* DOMAIN 5.5 "two licenses in two states". */
START_TEST(two_licenses_in_two_states_are_posted_by_their_own_rules)
{
	const struct policy_given carolina = {"NC", "2020-01-01", "0.1", 1, ""};
	struct bytes license = given_tennessee();
	struct bytes other = issuance_given_term(&kit, ana, "NC", TERM_FROM, TERM_TO);
	int64_t hours = kit_entry()->clock_hours;

	issuance_given_policy(&kit, &carolina);
	issuance_released(&kit, ana, true);
	ck_assert_int_eq(ledger_at(license, 0)->balance, hours * HUNDREDTHS);
	ck_assert_int_eq(ledger_at(other, 0)->balance, hours * HUNDREDTHS / 10);
}
END_TEST

START_TEST(a_policy_that_cannot_be_evaluated_is_told_and_parks_nothing)
{
	const struct policy_given bad = {"TN", "2020-01-01", "1", 1, ",'carry_over':true"};

	const Issuance__Event *event;

	issuance_given_policy(&kit, &bad);
	event = issuance_next(&kit, ISSUANCE__EVENT__BODY_DOCUMENT_UNFIT);
	ck_assert_ptr_nonnull(event);
	ck_assert_ptr_nonnull(strstr(event->document_unfit->reason, "carry_over"));
	ck_assert_uint_eq(view_count(kit_view(&kit), TABLE_PARKED), 0);
	kit.seen_seq = 0;
	ck_assert_ptr_null(issuance_next(&kit, ISSUANCE__EVENT__BODY_RENEWAL_POLICY_NOTED));
}
END_TEST

/* ---- adjustments and balances ---- */

static Cairn__Status adjust(struct bytes license, int64_t hundredths, char *because)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AdjustLedger ask = ISSUANCE__ADJUST_LEDGER__INIT;

	ask.posting = pb_of_bytes(kit_id(&kit));
	ask.license = pb_of_bytes(license);
	ask.hundredths = hundredths;
	ask.because = because;
	command.body_case = ISSUANCE__COMMAND__BODY_ADJUST_LEDGER;
	command.adjust_ledger = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static char transcript[] = "college transcript";

/* DESIGN 8.7: the balance equals the sum of its entries at any past moment. */
START_TEST(a_balance_is_the_sum_of_the_entries_at_any_past_moment)
{
	static const int64_t amounts[] = {300, -125, 7, -7, 10000, -9999, 1, 250};
	int64_t moments[ARRAY_LEN(amounts)], sums[ARRAY_LEN(amounts)], sum = 0;
	struct bytes license = given_tennessee();

	for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
		ck_assert_int_eq(adjust(license, amounts[i], transcript), CAIRN__STATUS__OK);
		sum += amounts[i];
		moments[i] = kit.now_us;
		sums[i] = sum;
		kit_advance(&kit, 3 * US_PER_DAY);
	}
	for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
		const Issuance__LedgerAnswer *then = ledger_at(license, moments[i]);
		int64_t lines = 0;

		for (size_t j = 0; j < then->n_lines; j++)
			lines += then->lines[j]->hundredths;
		ck_assert_int_eq(then->balance, sums[i]);
		ck_assert_int_eq(lines, sums[i]);
		ck_assert_uint_eq(then->n_lines, i + 1);
	}
}
END_TEST

static char empty[] = "";

START_TEST(an_adjustment_needs_a_license_an_amount_and_words)
{
	struct bytes license = given_tennessee();

	ck_assert_int_eq(adjust(kit_id(&kit), 100, transcript), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__UNKNOWN_LICENSE);
	ck_assert_int_eq(adjust(license, 0, transcript), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_AMOUNT);
	ck_assert_int_eq(adjust(license, INT64_MAX, transcript), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_AMOUNT);
	ck_assert_int_eq(adjust(license, 100, empty), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NO_REASON_GIVEN);
	license = issuance_given_term(&kit, ana, "KS", TERM_FROM, TERM_TO);
	ck_assert_int_eq(adjust(license, 100, transcript), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__NO_POLICY);
}
END_TEST

/* ---- acknowledgement, dispute, correction ---- */

static Cairn__Status acknowledge(ProtobufCBinaryData posting)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AcknowledgeLedger ask = ISSUANCE__ACKNOWLEDGE_LEDGER__INIT;
	static char reference[] = "TNC-1";

	ask.posting = posting;
	ask.reference = reference;
	command.body_case = ISSUANCE__COMMAND__BODY_ACKNOWLEDGE_LEDGER;
	command.acknowledge_ledger = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static Cairn__Status dispute(ProtobufCBinaryData posting, uint32_t roles)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__DisputeLedger ask = ISSUANCE__DISPUTE_LEDGER__INIT;
	static char because[] = "documentation_missing";

	ask.posting = posting;
	ask.because = because;
	command.body_case = ISSUANCE__COMMAND__BODY_DISPUTE_LEDGER;
	command.dispute_ledger = &ask;
	return kit_send_as(&kit, kit_id(&kit), roles, BYTES_NONE, &command.base);
}

static Cairn__Status correct(ProtobufCBinaryData posting, char *level)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__CorrectLedger ask = ISSUANCE__CORRECT_LEDGER__INIT;
	Issuance__CreditFacts facts = ISSUANCE__CREDIT_FACTS__INIT;

	facts.level = level;
	facts.prior_approval = true;
	ask.posting = posting;
	ask.facts = &facts;
	command.body_case = ISSUANCE__COMMAND__BODY_CORRECT_LEDGER;
	command.correct_ledger = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static const Issuance__LedgerPosted *given_posted(struct bytes *license_r)
{
	*license_r = given_tennessee();
	issuance_released(&kit, ana, true);
	return next_posted();
}

START_TEST(the_licensure_system_acknowledges_or_disputes_a_credit)
{
	struct bytes license;
	const Issuance__LedgerPosted *posted = given_posted(&license);
	const Issuance__LedgerAnswer *ledger;

	ck_assert_int_eq(acknowledge(posted->posting), CAIRN__STATUS__OK);
	ledger = ledger_at(license, 0);
	ck_assert_str_eq(ledger->lines[0]->state, "acknowledged");
	ck_assert_str_eq(ledger->lines[0]->reference, "TNC-1");
	ck_assert_int_eq(dispute(posted->posting, ROLE_OPERATOR), CAIRN__STATUS__OK);
	ledger = ledger_at(license, 0);
	ck_assert_str_eq(ledger->lines[0]->state, "disputed");
	ck_assert_str_eq(ledger->lines[0]->because, "documentation_missing");
	ck_assert_int_eq(acknowledge(pb_of_bytes(kit_id(&kit))), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__UNKNOWN_POSTING);
}
END_TEST

static Cairn__Status delivered(ProtobufCBinaryData posting, const char *refused)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AcknowledgeLedger yes = ISSUANCE__ACKNOWLEDGE_LEDGER__INIT;
	Issuance__DisputeLedger no = ISSUANCE__DISPUTE_LEDGER__INIT;

	yes.posting = no.posting = posting;
	yes.state = no.state = arena_printf(kit.arena, "TN");
	yes.reference = arena_printf(kit.arena, "TNC-1");
	no.because = arena_printf(kit.arena, "%s", refused != NULL ? refused : "");
	command.body_case = refused != NULL ? ISSUANCE__COMMAND__BODY_DISPUTE_LEDGER
					    : ISSUANCE__COMMAND__BODY_ACKNOWLEDGE_LEDGER;
	if (refused != NULL)
		command.dispute_ledger = &no;
	else
		command.acknowledge_ledger = &yes;
	return kit_send_as(&kit, kit_id(&kit), ROLE_DELIVERS, BYTES_NONE, &command.base);
}

/* A teacher gets a letter of each dispute. */
START_TEST(who_delivers_twice_says_an_answer_once)
{
	struct bytes license;
	const Issuance__LedgerPosted *posted = given_posted(&license);
	uint64_t seq;

	ck_assert_int_eq(delivered(posted->posting, "lapsed"), CAIRN__STATUS__OK);
	seq = engine_durable_seq(kit.engine);
	ck_assert_int_eq(delivered(posted->posting, "lapsed"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), seq);
	ck_assert_int_eq(delivered(posted->posting, "unknown"), CAIRN__STATUS__OK);
	ck_assert_uint_gt(engine_durable_seq(kit.engine), seq);
	ck_assert_int_eq(delivered(posted->posting, NULL), CAIRN__STATUS__OK);
	seq = engine_durable_seq(kit.engine);
	ck_assert_int_eq(delivered(posted->posting, NULL), CAIRN__STATUS__OK);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), seq);
	ck_assert_int_eq(delivered(posted->posting, "unknown"), CAIRN__STATUS__OK);
	ck_assert_str_eq(ledger_at(license, 0)->lines[0]->state, "disputed");
}
END_TEST

START_TEST(a_licensure_system_speaks_only_for_its_own_state)
{
	struct bytes license;
	const Issuance__LedgerPosted *posted = given_posted(&license);

	ck_assert_int_eq(dispute(posted->posting, ROLE_LICENSURE), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__OUTSIDE_SCOPE);
}
END_TEST

/* DOMAIN 4.6: disputed, corrected, `posted` again with link; entries are append-only. */
START_TEST(a_corrected_credit_is_reversed_and_posted_again)
{
	const struct policy_given levels = {"TN", "2020-01-01",
					    "1,'level_multipliers':{'knowledge':1,'impact':3},"
					    "'demo_default_level':'knowledge'",
					    2, ""};
	static char impact[] = "impact", wizard[] = "wizard";
	int64_t hundredths = kit_entry()->clock_hours * HUNDREDTHS;
	const Issuance__LedgerPosted *posted, *again;
	const Issuance__LedgerAnswer *ledger;
	struct bytes license;

	posted = given_posted(&license);
	issuance_given_policy(&kit, &levels);
	ck_assert_int_eq(correct(posted->posting, wizard), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__BAD_FACTS);
	ck_assert_int_eq(correct(posted->posting, impact), CAIRN__STATUS__OK);
	again = next_posted();
	ck_assert(bytes_equal(bytes_of_pb(again->corrects), bytes_of_pb(posted->posting)));
	ck_assert_int_eq(again->hundredths, 3 * hundredths);
	ledger = ledger_at(license, 0);
	ck_assert_uint_eq(ledger->n_lines, 3);
	ck_assert_str_eq(ledger->lines[0]->state, "reversed");
	ck_assert_int_eq(ledger->balance, 3 * hundredths);
	ck_assert_int_eq(correct(posted->posting, impact), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, ISSUANCE__REASON__POSTING_CLOSED);
	issuance_given_license_again(&kit, ana, license, TERM_FROM, TERM_TO);
	ck_assert_ptr_null(next_posted());
}
END_TEST

/* ---- evaluations ---- */

START_TEST(an_evaluation_tells_what_counts_and_what_is_missing)
{
	struct bytes license;
	const Issuance__EvaluationAnswer *a;
	const char *expected;
	uint32_t hours = kit_entry()->clock_hours;

	given_posted(&license);
	expected = arena_printf(kit.arena,
				"{\"units_total\":%u.0,\"units_required\":60.0,\"by_category\":{},"
				"\"requirement_met\":false,\"short_by\":%u.0,\"missing\":[],"
				"\"not_counted\":[]}",
				hours, 60 - hours);
	a = evaluation_in(license, empty);
	ck_assert_str_eq(a->json, expected);
	ck_assert_str_eq(a->deadline, TERM_TO);
	ck_assert_str_eq(a->evaluated_on, "2026-01-06");
}
END_TEST

START_TEST(an_adjustment_is_part_of_what_counts)
{
	struct bytes license;

	given_posted(&license);
	ck_assert_int_eq(adjust(license, 10000, transcript), CAIRN__STATUS__OK);
	ck_assert_ptr_nonnull(
		strstr(evaluation_in(license, empty)->json, "\"requirement_met\":true"));
	ck_assert_int_eq(evaluation_in(license, empty)->adjusted, 10000);
}
END_TEST

static const Issuance__EvaluationAnswer *evaluation_with(struct bytes license,
							 const struct bytes *planned, size_t n)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__Evaluate evaluate = ISSUANCE__EVALUATE__INIT;

	evaluate.license = pb_of_bytes(license);
	evaluate.planned = arena_alloc(kit.arena, (n + 1) * sizeof *evaluate.planned);
	while (evaluate.n_planned < n) {
		evaluate.planned[evaluate.n_planned] = pb_of_bytes(planned[evaluate.n_planned]);
		evaluate.n_planned++;
	}
	query.body_case = ISSUANCE__QUERY__BODY_EVALUATE;
	query.evaluate = &evaluate;
	if (kit_ask(&kit, BYTES_NONE, &query.base) != CAIRN__STATUS__OK)
		return NULL;
	return ((const Issuance__Answer *)kit.answer)->evaluation;
}

START_TEST(what_is_planned_counts_as_if_it_were_decided_today_and_once)
{
	struct bytes license = given_tennessee(), lit = bytes_of_pb(kit_entry()->entry);
	struct bytes planned[51] = {lit, lit, kit_name("entry", "nothing-101")};
	const char *total =
		arena_printf(kit.arena, "\"units_total\":%u.0", kit_entry()->clock_hours);

	ck_assert_ptr_nonnull(strstr(evaluation_in(license, empty)->json, "\"units_total\":0"));
	ck_assert_ptr_nonnull(strstr(evaluation_with(license, planned, 3)->json, total));
	ck_assert_ptr_nonnull(strstr(evaluation_in(license, empty)->json, "\"units_total\":0"));
	for (size_t i = 0; i < 51; i++)
		planned[i] = lit;
	ck_assert_ptr_null(evaluation_with(license, planned, 51));
}
END_TEST

START_TEST(the_same_credits_are_evaluated_for_another_state)
{
	const struct policy_given carolina = {"NC", "2020-01-01", "0.5", 1, ""};
	static char nc[] = "NC";
	struct bytes license;

	given_posted(&license);
	issuance_given_policy(&kit, &carolina);
	ck_assert_ptr_nonnull(strstr(
		evaluation_in(license, nc)->json,
		arena_printf(kit.arena, "\"units_total\":%u.0", kit_entry()->clock_hours / 2)));
}
END_TEST

/* DOMAIN 4.6: a policy change never alters past evaluations, only new ones. */
START_TEST(a_recorded_evaluation_stands_when_the_policy_changes)
{
	const struct policy_given doubled = {"TN", "2026-01-02", "2", 2, ""};
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RecordEvaluation record = ISSUANCE__RECORD_EVALUATION__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListEvaluations list = ISSUANCE__LIST_EVALUATIONS__INIT;
	const Issuance__EvaluationList *recorded;
	const char *before;
	struct bytes license;

	given_posted(&license);
	before = evaluation_in(license, empty)->json;
	record.license = pb_of_bytes(license);
	command.body_case = ISSUANCE__COMMAND__BODY_RECORD_EVALUATION;
	command.record_evaluation = &record;
	for (unsigned i = 0; i < 2; i++) {
		record.evaluation = pb_of_bytes(kit_id(&kit));
		ck_assert_int_eq(kit_send(&kit, BYTES_NONE, &command.base), CAIRN__STATUS__OK);
		issuance_given_policy(&kit, &doubled);
	}
	list.license = record.license;
	query.body_case = ISSUANCE__QUERY__BODY_LIST_EVALUATIONS;
	query.list_evaluations = &list;
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, &query.base), CAIRN__STATUS__OK);
	recorded = ((const Issuance__Answer *)kit.answer)->evaluations;
	ck_assert_uint_eq(recorded->n_evaluations, 2);
	ck_assert_str_eq(recorded->evaluations[0]->json, before);
	ck_assert_uint_eq(recorded->evaluations[0]->policy_version, 1);
	ck_assert_uint_eq(recorded->evaluations[1]->policy_version, 2);
	ck_assert_ptr_nonnull(strstr(
		recorded->evaluations[1]->json,
		arena_printf(kit.arena, "\"units_total\":%u.0", 2 * kit_entry()->clock_hours)));
	/* entries keep the units they were posted with */
	ck_assert_int_eq(ledger_at(license, 0)->balance, kit_entry()->clock_hours * HUNDREDTHS);
}
END_TEST

/* ---- the public stream ---- */

static const char *public_row(uint64_t seq, const char *scope, char **type_r)
{
	const Cairn__CloudEvent *event = issuance_public_event(&kit, seq, scope);

	if (event == NULL)
		return NULL;
	*type_r = event->type;
	return event->text_data;
}

START_TEST(a_posting_is_told_to_its_state_and_no_other)
{
	struct bytes license;
	const char *text;
	char *type;

	given_posted(&license);
	issuance_given_term(&kit, ana, "NC", TERM_FROM, TERM_TO);
	text = public_row(2, "TN", &type);
	ck_assert_str_eq(type, "org.cairn.ledger.posted.v1");
	ck_assert_ptr_nonnull(strstr(text, arena_printf(kit.arena,
							"{\"value\":\"%u.00\",\"unit\":"
							"\"hour\"}",
							kit_entry()->clock_hours)));
	ck_assert_ptr_nonnull(strstr(text, "\"educatorLicenseId\":\"TN-998877\""));
	ck_assert_ptr_null(public_row(2, "NC", &type));
	ck_assert_ptr_null(strstr(public_row(2, "", &type), "TN-998877"));
}
END_TEST

/* DOMAIN 5.5 "license number typed wrong then corrected": the state has the entries under the wrong
 * number, so they are taken back and posted again; what they come to stays. */
START_TEST(a_corrected_number_is_told_from_then_on_and_the_balance_stays)
{
	static char number[] = "TN-112233";
	struct bytes license;
	const Issuance__LedgerPosted *posted = given_posted(&license), *again;
	int64_t balance = ledger_at(license, 0)->balance;
	char *type;

	issuance_given_license_number(&kit, ana, license, number);
	again = next_posted();
	ck_assert_ptr_nonnull(again);
	ck_assert(bytes_equal(bytes_of_pb(again->corrects), bytes_of_pb(posted->posting)));
	ck_assert_uint_eq(ledger_at(license, 0)->n_lines, 3);
	ck_assert_int_eq(ledger_at(license, 0)->balance, balance);
	issuance_given_license_number(&kit, ana, license, number);
	ck_assert_ptr_null(next_posted());
	ck_assert_ptr_nonnull(
		strstr(public_row(1, "TN", &type), "\"educatorLicenseId\":\"TN-112233\""));
	ck_assert_ptr_nonnull(
		strstr(public_row(2, "TN", &type), "\"educatorLicenseId\":\"TN-112233\""));
	issuance_given_license_number(&kit, ana, kit_id(&kit), number);
	ck_assert_uint_eq(view_count(kit_view(&kit), LICENSE), 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("ledger");
	TCase *tc = tcase_create("entries");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_credential_is_posted_to_the_license_in_the_same_commit);
	tcase_add_test(tc, without_a_policy_or_a_term_nothing_is_posted);
	tcase_add_test(tc, what_was_issued_before_is_posted_when_the_license_is_linked);
	tcase_add_test(tc, what_was_issued_before_is_posted_when_the_policy_is_published);
	tcase_add_test(tc, a_policy_of_the_future_posts_when_its_day_has_come);
	tcase_add_test(tc, a_credential_decided_outside_the_term_is_not_posted);
	tcase_add_test(tc, a_license_told_again_is_posted_nothing_twice);
	tcase_add_test(tc, a_changed_name_changes_no_entry);
	tcase_add_test(tc, two_licenses_in_two_states_are_posted_by_their_own_rules);
	tcase_add_test(tc, a_policy_that_cannot_be_evaluated_is_told_and_parks_nothing);
	tcase_add_test(tc, a_balance_is_the_sum_of_the_entries_at_any_past_moment);
	tcase_add_test(tc, an_adjustment_needs_a_license_an_amount_and_words);
	tcase_add_test(tc, who_delivers_twice_says_an_answer_once);
	tcase_add_test(tc, the_licensure_system_acknowledges_or_disputes_a_credit);
	tcase_add_test(tc, a_licensure_system_speaks_only_for_its_own_state);
	tcase_add_test(tc, a_corrected_credit_is_reversed_and_posted_again);
	tcase_add_test(tc, an_evaluation_tells_what_counts_and_what_is_missing);
	tcase_add_test(tc, an_adjustment_is_part_of_what_counts);
	tcase_add_test(tc, what_is_planned_counts_as_if_it_were_decided_today_and_once);
	tcase_add_test(tc, the_same_credits_are_evaluated_for_another_state);
	tcase_add_test(tc, a_recorded_evaluation_stands_when_the_policy_changes);
	tcase_add_test(tc, a_posting_is_told_to_its_state_and_no_other);
	tcase_add_test(tc, a_corrected_number_is_told_from_then_on_and_the_balance_stays);
	suite_add_tcase(suite, tc);
	return suite;
}
