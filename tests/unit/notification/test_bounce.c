/* Mail that comes back: the address is left alone until it is another one. */
#include "libshared/check.h"
#include "services/notification/mail/address.h"
#include "services/notification/mail/deliver.h"
#include "services/notification/notification.h"
#include "services/notification/tables_mail.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static struct notice row_of(struct bytes notice)
{
	struct notice row;

	ENSURE(notice_get(kit_view(&kit), notice, &row));
	return row;
}

static const char *why_of(struct bytes notice)
{
	return why_get(kit_view(&kit), notice, kit.arena);
}

/* What the daemon does with a notice that is due, up to the mail server, which says that. */
static void when_sent(struct bytes notice, Notification__Outcome said, uint32_t code)
{
	struct writing writing = {.caps = &kit.caps, .from = {"", "no-reply@cairn.example"}};
	Notification__RecordAttempt record = NOTIFICATION__RECORD_ATTEMPT__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	static char channel[] = "smtp";
	struct letter letter;
	struct notice row;
	enum letter_ready ready;

	when_begun(&kit, notice);
	ENSURE(kit.got.status == CAIRN__STATUS__OK);
	row = row_of(notice);
	writing.view = kit_view(&kit);
	ready = letter_write(&writing, notice, &row, kit.arena, &letter);
	record.notice = pb_of_bytes(notice);
	record.attempt = row.attempts;
	record.channel = channel;
	record.outcome = ready == LETTER_BAD_ADDRESS ? NOTIFICATION__OUTCOME__BAD_ADDRESS : said;
	record.code = ready == LETTER_BAD_ADDRESS ? 0 : code;
	record.address = pb_of_id(&letter.address);
	command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_ATTEMPT;
	command.record_attempt = &record;
	ENSURE(kit_send_as(&kit, kit_id(&kit), ROLE_SELF, BYTES_NONE, &command.base) ==
	       CAIRN__STATUS__OK);
}

static struct bytes given_another_notice(const char *name)
{
	given_enrolled(&kit, kit_name("enrollment", name), ANA);
	return the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
}

static struct bytes given_bounced(void)
{
	struct bytes notice;

	given_ana(&kit);
	notice = given_another_notice("first");
	when_sent(notice, NOTIFICATION__OUTCOME__BOUNCED, 550);
	return notice;
}

static Cairn__Status note_bounce(struct bytes notice, const char *status)
{
	Notification__NoteBounce ask = NOTIFICATION__NOTE_BOUNCE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	ask.notice = pb_of_bytes(notice);
	ask.status = arena_text(kit.arena, bytes_of_text(status));
	command.body_case = NOTIFICATION__COMMAND__BODY_NOTE_BOUNCE;
	command.note_bounce = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static Cairn__Status clear(struct bytes educator)
{
	Notification__ClearBounce ask = NOTIFICATION__CLEAR_BOUNCE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;

	ask.educator = pb_of_bytes(educator);
	command.body_case = NOTIFICATION__COMMAND__BODY_CLEAR_BOUNCE;
	command.clear_bounce = &ask;
	return kit_send(&kit, BYTES_NONE, &command.base);
}

static bool is_bounced(struct bytes educator)
{
	struct bounce row;

	return bounce_get(kit_view(&kit), educator, &row);
}

/* ---- a server refuses the address ---- */

START_TEST(a_refused_address_gets_no_further_letter)
{
	struct bytes first = given_bounced(), second;
	struct bounce row;

	ck_assert_uint_eq(row_of(first).state, NOTICE_DEAD);
	ck_assert_str_eq(why_of(first), "bounced");
	ck_assert(bounce_get(kit_view(&kit), ANA, &row));
	ck_assert_uint_eq(row.code, 550);
	ck_assert_int_eq(row.bounced_us, kit.now_us);
	second = given_another_notice("second");
	when_sent(second, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_uint_eq(row_of(second).state, NOTICE_DEAD);
	ck_assert_str_eq(why_of(second), "bad_address");
}
END_TEST

static bool contains(struct bytes in, const char *text)
{
	return memmem(in.data, in.len, text, strlen(text)) != NULL;
}

START_TEST(no_event_of_it_holds_the_address)
{
	const ProtobufCMessage *event;
	unsigned n = 0;

	given_bounced();
	kit.seen_seq = 0;
	while ((event = kit_next_event(&kit, NULL)) != NULL) {
		ck_assert(!contains(message_pack(event, kit.arena), "munoz"));
		ck_assert(!contains(message_pack(event, kit.arena), "meadow.example"));
		n++;
	}
	ck_assert_uint_gt(n, 4);
}
END_TEST

/* ---- it is good again ---- */

START_TEST(another_address_gets_letters_and_what_died_of_the_old_one)
{
	struct bytes first = given_bounced(), second;

	given_person(&kit, ANA, &(struct notice_person){ANA_NAME, "ana@new.example", "en"});
	ck_assert(!is_bounced(ANA));
	ck_assert_uint_eq(row_of(first).state, NOTICE_PLANNED);
	when_sent(first, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_uint_eq(row_of(first).state, NOTICE_SENT);
	second = given_another_notice("second");
	when_sent(second, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_uint_eq(row_of(second).state, NOTICE_SENT);
}
END_TEST

/* As enrollment tells it: with the language that was chosen here kept. */
START_TEST(an_address_changed_at_enrollment_keeps_what_the_person_chose)
{
	struct bytes first = given_bounced();
	struct educator educator;

	when_email_changed(&kit, ANA, &(struct notice_person){ANA_NAME, "ana@new.example", ""});
	ck_assert(!is_bounced(ANA));
	ck_assert(educator_get(kit_view(&kit), ANA, &educator));
	ck_assert_str_eq(educator.language, "en");
	when_sent(first, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_uint_eq(row_of(first).state, NOTICE_SENT);
	when_erased(&kit, ANA);
	when_email_changed(&kit, ANA, &(struct notice_person){ANA_NAME, "ana@third.example", ""});
	ck_assert(educator_get(kit_view(&kit), ANA, &educator));
	ck_assert_uint_eq(educator.erased, 1);
}
END_TEST

/* A roster says the same person anew each night; upper case is no other mailbox. */
START_TEST(the_same_address_told_again_stays_bad)
{
	struct bytes first = given_bounced();

	given_ana(&kit);
	given_person(&kit, ANA,
		     &(struct notice_person){"Ana M. Munoz", "Ana.Munoz@MEADOW.example", "es"});
	ck_assert(is_bounced(ANA));
	ck_assert_uint_eq(row_of(first).state, NOTICE_DEAD);
}
END_TEST

START_TEST(an_operator_clears_it)
{
	struct bytes first = given_bounced();

	ck_assert_int_eq(clear(ANA), CAIRN__STATUS__OK);
	ck_assert(!is_bounced(ANA));
	when_sent(first, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_uint_eq(row_of(first).state, NOTICE_SENT);
	ck_assert_int_eq(clear(ANA), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__NO_BOUNCE);
	ck_assert_int_eq(clear(BYTES_NONE), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__BAD_ID);
}
END_TEST

START_TEST(what_came_too_late_or_died_of_something_else_is_not_sent_again)
{
	struct bytes old = given_bounced(), refused, past;

	kit_advance(&kit, 26 * US_PER_DAY);
	when_lapse_noticed(&kit, kit_name("enrollment", "first"), kit.now_us + 2 * US_PER_DAY, 2);
	past = the_notice(&kit, NOTIFICATION__TOPIC__LAPSE_COMING);
	when_sent(past, NOTIFICATION__OUTCOME__DELIVERED, 250);
	clear(ANA);
	ck_assert_uint_eq(row_of(old).state, NOTICE_DEAD);
	ck_assert_uint_eq(row_of(past).state, NOTICE_PLANNED);
	when_sent(past, NOTIFICATION__OUTCOME__BOUNCED, 550);
	refused = given_another_notice("third");
	when_begun(&kit, refused);
	when_recorded(&kit, refused, 1, NOTIFICATION__OUTCOME__PERMANENT, 554);
	kit_advance(&kit, 2 * US_PER_DAY);
	clear(ANA);
	ck_assert_uint_eq(row_of(past).state, NOTICE_DEAD);
	ck_assert_uint_eq(row_of(refused).state, NOTICE_DEAD);
}
END_TEST

START_TEST(erasure_takes_the_mark_with_it)
{
	given_bounced();
	when_erased(&kit, ANA);
	ck_assert(!is_bounced(ANA));
}
END_TEST

/* ---- a report comes back ---- */

static struct bytes given_sent(void)
{
	struct bytes notice;

	given_ana(&kit);
	notice = given_another_notice("first");
	when_sent(notice, NOTIFICATION__OUTCOME__DELIVERED, 250);
	return notice;
}

/* Whoever got a letter can send reports about it without end. */
START_TEST(a_report_that_comes_again_writes_nothing)
{
	struct bytes first = given_sent();
	uint64_t seq;

	ck_assert_int_eq(note_bounce(first, "5.1.1"), CAIRN__STATUS__OK);
	seq = engine_durable_seq(kit.engine);
	ck_assert_int_eq(note_bounce(first, "5.1.1"), CAIRN__STATUS__OK);
	ck_assert_int_eq(note_bounce(first, "5.2.1"), CAIRN__STATUS__OK);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), seq);
	ck_assert(is_bounced(ANA));
}
END_TEST

START_TEST(a_report_marks_the_address_of_its_letter)
{
	struct bytes first = given_sent(), second;
	struct bounce row;

	ck_assert_int_eq(note_bounce(first, "5.1.1"), CAIRN__STATUS__OK);
	ck_assert(bounce_get(kit_view(&kit), ANA, &row));
	ck_assert_str_eq(row.status, "5.1.1");
	ck_assert_uint_eq(row.code, 0);
	second = given_another_notice("second");
	when_sent(second, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_str_eq(why_of(second), "bad_address");
}
END_TEST

START_TEST(a_report_about_an_address_of_before_stops_no_letter)
{
	struct bytes first = given_sent(), second;

	given_person(&kit, ANA, &(struct notice_person){ANA_NAME, "ana@new.example", "en"});
	ck_assert_int_eq(note_bounce(first, "5.1.1"), CAIRN__STATUS__OK);
	second = given_another_notice("second");
	when_sent(second, NOTIFICATION__OUTCOME__DELIVERED, 250);
	ck_assert_uint_eq(row_of(second).state, NOTICE_SENT);
}
END_TEST

static const struct report_case {
	const char *notice, *status;
	Notification__Reason reason;
} report_cases[] = {
	{"", "5.1.1", NOTIFICATION__REASON__BAD_ID},
	{"none", "5.1.1", NOTIFICATION__REASON__UNKNOWN_NOTICE},
	{"first", "4.2.2", NOTIFICATION__REASON__NO_BOUNCE},
	{"first", "2.0.0", NOTIFICATION__REASON__NO_BOUNCE},
	{"first", "5.7.1", NOTIFICATION__REASON__NO_BOUNCE},
	{"first", "5", NOTIFICATION__REASON__NO_BOUNCE},
	{"first", "", NOTIFICATION__REASON__NO_BOUNCE},
	{"first", "5.1.1 <ana@x>", NOTIFICATION__REASON__NO_BOUNCE},
	{"first", "5.1.111111111111111", NOTIFICATION__REASON__NO_BOUNCE},
	{"unsent", "5.1.1", NOTIFICATION__REASON__NO_BOUNCE},
};

START_TEST(a_report_that_counts_for_nothing_is_refused)
{
	const struct report_case *c = &report_cases[_i];
	struct bytes notice = given_sent();

	if (strcmp(c->notice, "unsent") == 0)
		notice = given_another_notice("second");
	else if (strcmp(c->notice, "first") != 0)
		notice = c->notice[0] == '\0' ? BYTES_NONE : kit_name("notice", c->notice);
	ck_assert_int_eq(note_bounce(notice, c->status), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, c->reason);
	ck_assert(!is_bounced(ANA));
}
END_TEST

START_TEST(a_report_after_the_erasure_is_refused)
{
	struct bytes notice = given_sent();

	when_erased(&kit, ANA);
	ck_assert_int_eq(note_bounce(notice, "5.1.1"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, NOTIFICATION__REASON__UNKNOWN_EDUCATOR);
}
END_TEST

/* ---- who hears of it ---- */

static const Notification__BounceList *list(struct bytes after, uint32_t limit)
{
	Notification__ListBounces ask = NOTIFICATION__LIST_BOUNCES__INIT;
	Notification__Query query = NOTIFICATION__QUERY__INIT;

	ask.after = pb_of_bytes(after);
	ask.limit = limit;
	query.body_case = NOTIFICATION__QUERY__BODY_LIST_BOUNCES;
	query.list_bounces = &ask;
	if (kit_ask(&kit, BYTES_NONE, &query.base) != CAIRN__STATUS__OK)
		return NULL;
	return ((const Notification__Answer *)kit.answer)->bounces;
}

START_TEST(operators_read_the_list_page_by_page)
{
	const Notification__BounceList *page;
	struct bytes ben, seen;

	given_bounced();
	given_person(&kit, BEN, &(struct notice_person){"Ben", "ben@meadow.example", "en"});
	given_enrolled(&kit, kit_name("enrollment", "ben's"), BEN);
	ben = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	when_sent(ben, NOTIFICATION__OUTCOME__BOUNCED, 551);
	page = list(BYTES_NONE, 1);
	ck_assert_uint_eq(page->n_bounces, 1);
	seen = bytes_of_pb(page->bounces[0]->educator);
	page = list(bytes_of_pb(page->next), 0);
	ck_assert_uint_eq(page->n_bounces, 1);
	ck_assert(!bytes_equal(seen, bytes_of_pb(page->bounces[0]->educator)));
	ck_assert_uint_eq(page->next.len, 0);
	ck_assert_ptr_null(list(bytes_of_text("no id"), 0));
}
END_TEST

START_TEST(the_person_is_told_since_when)
{
	Notification__GetPreferences ask = NOTIFICATION__GET_PREFERENCES__INIT;
	Notification__Query query = NOTIFICATION__QUERY__INIT;

	given_bounced();
	ask.educator = pb_of_bytes(ANA);
	query.body_case = NOTIFICATION__QUERY__BODY_GET_PREFERENCES;
	query.get_preferences = &ask;
	ck_assert_int_eq(kit_ask(&kit, ANA, &query.base), CAIRN__STATUS__OK);
	ck_assert_int_eq(((const Notification__Answer *)kit.answer)->preferences->bounced_us,
			 kit.now_us);
}
END_TEST

START_TEST(the_mark_of_an_address_is_the_persons_own)
{
	struct id ana, ben, again;

	given_ana(&kit);
	given_person(&kit, BEN, &(struct notice_person){"Ben", ANA_ADDRESS, "en"});
	ck_assert(address_mark(&kit.caps, ANA, ANA_ADDRESS, &ana));
	ck_assert(address_mark(&kit.caps, ANA, ANA_ADDRESS, &again));
	ck_assert(address_mark(&kit.caps, BEN, ANA_ADDRESS, &ben));
	ck_assert(id_equal(&ana, &again));
	ck_assert(!id_equal(&ana, &ben));
	ck_assert(!address_mark(&kit.caps, kit_name("educator", "none"), ANA_ADDRESS, &ana));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification bounces");
	TCase *t = tcase_create("bounces");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, a_refused_address_gets_no_further_letter);
	tcase_add_test(t, no_event_of_it_holds_the_address);
	tcase_add_test(t, another_address_gets_letters_and_what_died_of_the_old_one);
	tcase_add_test(t, an_address_changed_at_enrollment_keeps_what_the_person_chose);
	tcase_add_test(t, the_same_address_told_again_stays_bad);
	tcase_add_test(t, an_operator_clears_it);
	tcase_add_test(t, what_came_too_late_or_died_of_something_else_is_not_sent_again);
	tcase_add_test(t, erasure_takes_the_mark_with_it);
	tcase_add_test(t, a_report_that_comes_again_writes_nothing);
	tcase_add_test(t, a_report_marks_the_address_of_its_letter);
	tcase_add_test(t, a_report_about_an_address_of_before_stops_no_letter);
	tcase_add_loop_test(t, a_report_that_counts_for_nothing_is_refused, 0,
			    ARRAY_LEN(report_cases));
	tcase_add_test(t, a_report_after_the_erasure_is_refused);
	tcase_add_test(t, operators_read_the_list_page_by_page);
	tcase_add_test(t, the_person_is_told_since_when);
	tcase_add_test(t, the_mark_of_an_address_is_the_persons_own);
	suite_add_tcase(s, t);
	return s;
}
