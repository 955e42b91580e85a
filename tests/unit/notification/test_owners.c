/* The contact of a sink hears that it has stopped: once, whatever the mail server says first. */
#include "libshared/seal.h"
#include "services/notification/notification.h"
#include "services/notification/sinks/owners.h"
#include "tests/support/sink_kit.h"
#include "tests/support/suite.h"

#include <string.h>

static struct kit kit;
static struct owners owners;
static struct id_maker ids;

/* ---- a channel that the test plays ---- */

static struct {
	struct channel channel;
	unsigned n_sent;
	struct id id;
	char to[200], content[8000];
} mailbag;

static void take_letter(struct channel *c, const struct parcel *parcel, int64_t now_us)
{
	(void)c;
	(void)now_us;
	ck_assert_uint_eq(parcel->slot, OWNER_SLOT);
	mailbag.n_sent++;
	mailbag.id = parcel->notice;
	snprintf(mailbag.to, sizeof mailbag.to, "%s", parcel->to);
	snprintf(mailbag.content, sizeof mailbag.content, "%.*s", (int)parcel->content.len,
		 (const char *)parcel->content.data);
}

static const struct channel_ops ops = {.word = "fake", .send = take_letter};

static void on_reply(void *ctx, const struct reply *reply)
{
	(void)ctx;
	owners_replied(&owners, reply);
}

static void turn(void)
{
	struct owners_means means = {
		&mailbag.channel, &kit.caps, {"Cairn", "no-reply@cairn.example"}, &ids};

	engine_view_end(kit.engine); /* of kit_view() */
	owners_turn(&owners, &means, kit.engine, kit.now_us);
	engine_run(kit.engine, kit.now_us);
	ENSURE(!engine_poll(kit.engine, on_reply, NULL));
}

static void letter_ends(Notification__Outcome outcome)
{
	owners_end(&owners, &(struct delivery){OWNER_SLOT, outcome, 250});
	turn();
	turn();
}

static void open_kit(void)
{
	memset(&mailbag, 0, sizeof mailbag);
	memset(&owners, 0, sizeof owners);
	mailbag.channel.ops = &ops;
	kit_open(&kit, &notification_service);
	given_active_sink(&kit, THE_SINK, "tncompass");
}

static void close_kit(void)
{
	kit_close(&kit);
}

static void given_stopped(Notification__Delivery delivery)
{
	ck_assert_int_eq(when_reported(&kit, THE_SINK,
				       &(struct sink_report){.through = 1,
							     SINK_ATTEMPTS({1, "a", delivery, 0})}),
			 CAIRN__STATUS__OK);
}

START_TEST(the_contact_is_told_once_why_and_what_to_do)
{
	turn();
	ck_assert_uint_eq(mailbag.n_sent, 0);
	given_stopped(NOTIFICATION__DELIVERY__GONE);
	turn();
	ck_assert_uint_eq(mailbag.n_sent, 1);
	ck_assert_str_eq(mailbag.to, THE_CONTACT);
	ck_assert_ptr_nonnull(strstr(mailbag.content, "Subject: The sink tncompass has stopped"));
	ck_assert_ptr_nonnull(strstr(mailbag.content, "HTTP 503"));
	ck_assert_ptr_nonnull(strstr(mailbag.content, "cairnctl sink resume tncompass"));
	letter_ends(NOTIFICATION__OUTCOME__DELIVERED);
	ck_assert_int_eq(sink_row_of(&kit, THE_SINK).told_us, kit.now_us);
	kit_advance(&kit, 30 * US_PER_DAY);
	turn();
	ck_assert_uint_eq(mailbag.n_sent, 1);
}
END_TEST

START_TEST(the_next_stop_is_told_again)
{
	given_stopped(NOTIFICATION__DELIVERY__GONE);
	turn();
	letter_ends(NOTIFICATION__OUTCOME__DELIVERED);
	ENSURE(when_sink_resumed(&kit, THE_SINK) == CAIRN__STATUS__OK);
	kit_advance(&kit, US_PER_HOUR);
	given_stopped(NOTIFICATION__DELIVERY__UNSETTLED);
	turn();
	ck_assert_uint_eq(mailbag.n_sent, 2);
}
END_TEST

START_TEST(a_letter_that_did_not_leave_is_tried_again_under_the_same_id)
{
	struct id first;

	given_stopped(NOTIFICATION__DELIVERY__GONE);
	turn();
	first = mailbag.id;
	letter_ends(NOTIFICATION__OUTCOME__TEMPORARY);
	ck_assert_uint_eq(mailbag.n_sent, 1);
	ck_assert_int_eq(owners_next_us(&owners, kit.now_us), kit.now_us + 60 * US_PER_S);
	kit_advance(&kit, 60 * US_PER_S);
	turn();
	ck_assert_uint_eq(mailbag.n_sent, 2);
	ck_assert(id_equal(&first, &mailbag.id));
	letter_ends(NOTIFICATION__OUTCOME__PERMANENT);
	kit_advance(&kit, 30 * US_PER_DAY);
	turn();
	ck_assert_uint_eq(mailbag.n_sent, 2);
	ck_assert_int_eq(sink_row_of(&kit, THE_SINK).told_us, 0);
}
END_TEST

START_TEST(a_letter_lost_by_a_crash_leaves_again)
{
	given_stopped(NOTIFICATION__DELIVERY__GONE);
	turn();
	kit_reopen(&kit);
	memset(&owners, 0, sizeof owners);
	turn();
	ck_assert_uint_eq(mailbag.n_sent, 2);
}
END_TEST

START_TEST(nobody_is_told_of_what_a_person_did)
{
	Notification__PauseSink m = NOTIFICATION__PAUSE_SINK__INIT;

	m.sink = pb_of_bytes(THE_SINK);
	m.why = arena_text(kit.arena, bytes_of_text("maintenance"));
	ENSURE(when_of_sink(&kit, NOTIFICATION__COMMAND__BODY_PAUSE_SINK, &m) == CAIRN__STATUS__OK);
	turn();
	ck_assert_uint_eq(mailbag.n_sent, 0);
}
END_TEST

START_TEST(a_contact_whose_key_is_gone_is_given_up)
{
	struct id slot = sink_slot(THE_SINK);

	given_stopped(NOTIFICATION__DELIVERY__GONE);
	ENSURE(keyring_destroy(kit.caps.keyring, bytes_of_id(&slot)) == 0);
	turn();
	turn();
	ck_assert_uint_eq(mailbag.n_sent, 0);
	ck_assert_int_eq(sink_row_of(&kit, THE_SINK).tell_us, INT64_MAX);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification owners");
	TCase *t = tcase_create("letters");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, the_contact_is_told_once_why_and_what_to_do);
	tcase_add_test(t, the_next_stop_is_told_again);
	tcase_add_test(t, a_letter_that_did_not_leave_is_tried_again_under_the_same_id);
	tcase_add_test(t, a_letter_lost_by_a_crash_leaves_again);
	tcase_add_test(t, nobody_is_told_of_what_a_person_did);
	tcase_add_test(t, a_contact_whose_key_is_gone_is_given_up);
	suite_add_tcase(s, t);
	return s;
}
