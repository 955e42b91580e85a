/* What may be asked of notification. */
#include "services/notification/notification.h"
#include "services/notification/tables.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>

static struct kit kit;

static void open_kit(void)
{
	notice_kit_open(&kit, &notification_service);
}

static void close_kit(void)
{
	kit_close(&kit);
}

static const Notification__NoticeAnswer *ask_notice(struct bytes notice)
{
	Notification__GetNotice ask = NOTIFICATION__GET_NOTICE__INIT;
	Notification__Query query = NOTIFICATION__QUERY__INIT;

	ask.notice = pb_of_bytes(notice);
	query.body_case = NOTIFICATION__QUERY__BODY_GET_NOTICE;
	query.get_notice = &ask;
	if (kit_ask(&kit, BYTES_NONE, &query.base) != CAIRN__STATUS__OK)
		return NULL;
	return ((const Notification__Answer *)kit.answer)->notice;
}

struct list_ask {
	const char *state;
	struct bytes educator, after;
	uint32_t limit;
};

static const Notification__NoticeList *ask_list(const struct list_ask *l)
{
	Notification__ListNotices ask = NOTIFICATION__LIST_NOTICES__INIT;
	Notification__Query query = NOTIFICATION__QUERY__INIT;

	ask.state = arena_text(kit.arena, bytes_of_text(l->state != NULL ? l->state : ""));
	ask.educator = pb_of_bytes(l->educator);
	ask.after = pb_of_bytes(l->after);
	ask.limit = l->limit;
	query.body_case = NOTIFICATION__QUERY__BODY_LIST_NOTICES;
	query.list_notices = &ask;
	if (kit_ask(&kit, BYTES_NONE, &query.base) != CAIRN__STATUS__OK)
		return NULL;
	return ((const Notification__Answer *)kit.answer)->notices;
}

START_TEST(a_notice_tells_its_state_and_why)
{
	const Notification__NoticeAnswer *a;
	struct bytes notice;

	given_submitted(&kit);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	a = ask_notice(notice);
	ck_assert_str_eq(a->state, "planned");
	ck_assert_int_eq(a->planned_us, kit.now_us);
	ck_assert_int_eq(a->next_us, kit.now_us);
	ck_assert(bytes_equal(bytes_of_pb(a->educator), ANA));
	ck_assert_int_eq(a->topic, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);

	when_begun(&kit, notice);
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__PERMANENT, 550);
	a = ask_notice(notice);
	ck_assert_str_eq(a->state, "dead");
	ck_assert_str_eq(a->why, "refused");
	ck_assert_uint_eq(a->code, 550);
	ck_assert_uint_eq(a->attempts, 1);
	ck_assert_int_eq(a->next_us, 0);
}
END_TEST

START_TEST(an_attempt_without_an_answer_is_called_uncertain)
{
	struct bytes notice;

	given_submitted(&kit);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__SUBMISSION_RECEIPT);
	when_begun(&kit, notice);
	ck_assert_str_eq(ask_notice(notice)->state, "sending");
	kit_advance(&kit, 10 * 60 * US_PER_S + 1);
	ck_assert_str_eq(ask_notice(notice)->state, "uncertain");
}
END_TEST

START_TEST(a_notice_that_is_not_there_is_said_to_be_unknown)
{
	ck_assert_ptr_null(ask_notice(kit_name("notice", "none")));
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__REJECTED);
	ck_assert_ptr_null(ask_notice(BYTES_NONE));
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__INVALID);
}
END_TEST

/* Ana has n notices, Ben one. */
static void given_notices(unsigned n)
{
	given_ana(&kit);
	given_person(&kit, BEN, &(struct notice_person){"Ben", "ben@meadow.example", "es"});
	for (unsigned i = 0; i < n; i++) {
		char name[20];

		snprintf(name, sizeof name, "%u", i);
		given_enrolled(&kit, kit_name("enrollment", name), ANA);
	}
	given_enrolled(&kit, kit_name("enrollment", "ben's"), BEN);
}

START_TEST(a_list_is_read_page_by_page_without_a_gap_or_a_double)
{
	struct list_ask ask = {.educator = ANA, .limit = 3};
	const Notification__NoticeList *list;
	struct bytes last = BYTES_NONE;
	unsigned n = 0;

	given_notices(7);
	do {
		list = ask_list(&ask);
		ck_assert_ptr_nonnull(list);
		for (size_t i = 0; i < list->n_notices; i++, n++) {
			struct bytes id = bytes_of_pb(list->notices[i]->notice);

			ck_assert(bytes_equal(bytes_of_pb(list->notices[i]->educator), ANA));
			ck_assert_int_gt(bytes_compare(id, last), 0);
			last = id;
		}
		ask.after = bytes_of_pb(list->next);
	} while (ask.after.len > 0);
	ck_assert_uint_eq(n, 7);
}
END_TEST

static const struct list_case {
	const char *state;
	bool of_ana;
	unsigned n;
} list_cases[] = {
	{NULL, false, 4},    {NULL, true, 3},       {"planned", false, 3}, {"planned", true, 2},
	{"dead", false, 1},  {"dead", true, 1},     {"sent", false, 0},    {"cancelled", true, 0},
	{"retry", false, 0}, {"sending", false, 0},
};

START_TEST(a_list_holds_what_was_asked_for)
{
	const struct list_case *c = &list_cases[_i];
	struct list_ask ask = {.state = c->state, .educator = c->of_ana ? ANA : BYTES_NONE};
	struct bytes notice;

	given_notices(3);
	notice = the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED);
	when_begun(&kit, notice);
	when_recorded(&kit, notice, 1, NOTIFICATION__OUTCOME__PERMANENT, 550);
	ck_assert_uint_eq(ask_list(&ask)->n_notices, c->n);
}
END_TEST

START_TEST(a_list_of_what_is_no_state_is_refused)
{
	ck_assert_ptr_null(ask_list(&(struct list_ask){.state = "lost"}));
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__INVALID);
	ck_assert_ptr_null(ask_list(&(struct list_ask){.educator = bytes_of_text("ana")}));
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__INVALID);
	ck_assert_ptr_null(ask_list(&(struct list_ask){.after = bytes_of_text("ana")}));
	ck_assert_int_eq(kit.got.status, CAIRN__STATUS__INVALID);
}
END_TEST

/* The kit's peer has every role; a portal's has not. */
static Cairn__Status ask_as_portal(struct bytes actor, const ProtobufCMessage *query)
{
	struct query q = {.view = kit_view(&kit),
			  .now_us = kit.now_us,
			  .actor = id_of_bytes(actor),
			  .roles = ROLE_PORTAL | ROLE_ASSERTS,
			  .caps = &kit.caps,
			  .arena = kit.arena};

	return notification_answer_query(query, &q);
}

START_TEST(a_person_sees_the_own_notices_only)
{
	Notification__GetNotice ask = NOTIFICATION__GET_NOTICE__INIT;
	Notification__ListNotices list = NOTIFICATION__LIST_NOTICES__INIT;
	Notification__Query query = NOTIFICATION__QUERY__INIT;

	given_notices(1);
	ask.notice = pb_of_bytes(the_notice(&kit, NOTIFICATION__TOPIC__ENROLLED));
	query.body_case = NOTIFICATION__QUERY__BODY_GET_NOTICE;
	query.get_notice = &ask;
	ck_assert_int_eq(ask_as_portal(ANA, &query.base), CAIRN__STATUS__OK);
	ck_assert_int_eq(ask_as_portal(BEN, &query.base), CAIRN__STATUS__FORBIDDEN);
	query.body_case = NOTIFICATION__QUERY__BODY_LIST_NOTICES;
	query.list_notices = &list;
	ck_assert_int_eq(ask_as_portal(ANA, &query.base), CAIRN__STATUS__FORBIDDEN);
	list.educator = pb_of_bytes(ANA);
	ck_assert_int_eq(ask_as_portal(ANA, &query.base), CAIRN__STATUS__OK);
	ck_assert_int_eq(ask_as_portal(BEN, &query.base), CAIRN__STATUS__FORBIDDEN);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification query");
	TCase *t = tcase_create("query");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, a_notice_tells_its_state_and_why);
	tcase_add_test(t, an_attempt_without_an_answer_is_called_uncertain);
	tcase_add_test(t, a_notice_that_is_not_there_is_said_to_be_unknown);
	tcase_add_test(t, a_list_is_read_page_by_page_without_a_gap_or_a_double);
	tcase_add_loop_test(t, a_list_holds_what_was_asked_for, 0, ARRAY_LEN(list_cases));
	tcase_add_test(t, a_list_of_what_is_no_state_is_refused);
	tcase_add_test(t, a_person_sees_the_own_notices_only);
	suite_add_tcase(s, t);
	return s;
}
