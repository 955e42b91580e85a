/* The table of commands: it is sound, and argv is read by it. */
#include "services/ctl/commands.h"

#include "libshared/service.h"
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/gateway.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"
#include "tests/support/ctl_run.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

static struct place place;
static struct ctl_run run;

static void setup(void)
{
	place_make(&place);
}

static void teardown(void)
{
	place_remove(&place);
}

#define RUN(...) ctl_run(&run, ctl_main, &place, __VA_ARGS__, NULL)

/* ---- the rows ---- */

static const struct command *row_at(size_t n)
{
	for (size_t l = 0; l < n_command_lists; l++) {
		if (n < command_lists[l]->n)
			return &command_lists[l]->commands[n];
		n -= command_lists[l]->n;
	}
	return NULL;
}

static const char *name_of(const struct command *row)
{
	static char name[80];

	snprintf(name, sizeof name, "%s %s", row->group, row->verb != NULL ? row->verb : "");
	return name;
}

static bool same_place(const struct command *a, const struct command *b)
{
	if (strcmp(a->group, b->group) != 0)
		return false;
	return a->verb == NULL || b->verb == NULL || strcmp(a->verb, b->verb) == 0;
}

START_TEST(no_two_commands_stand_at_one_place)
{
	const struct command *a, *b;

	for (size_t i = 0; (a = row_at(i)) != NULL; i++)
		for (size_t j = i + 1; (b = row_at(j)) != NULL; j++)
			ck_assert_msg(!same_place(a, b), "%s", name_of(a));
}
END_TEST

START_TEST(each_command_runs_sends_or_asks)
{
	const struct command *row;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		int n = (row->sends != NULL) + (row->asks != NULL);

		ck_assert_msg(n == 1 || (n == 0 && row->run != NULL), "%s", name_of(row));
		ck_assert_msg(strlen(row->help) > 5 && strlen(row->help) <= 53, "%s", name_of(row));
	}
}
END_TEST

START_TEST(no_param_is_named_twice_or_like_one_for_all)
{
	static const char *const global[] = {"dir",      "json", "as",       "id",  "timeout",
					     "endpoint", "key",  "progress", "help"};
	const struct command *row;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++)
		for (const struct param *p = row->params; p != NULL && p->name != NULL; p++) {
			for (const struct param *q = p + 1; q->name != NULL; q++)
				ck_assert_msg(strcmp(p->name, q->name) != 0, "%s --%s",
					      name_of(row), p->name);
			for (size_t g = 0; g < ARRAY_LEN(global); g++)
				ck_assert_msg(p->is_word || strcmp(p->name, global[g]) != 0,
					      "%s --%s", name_of(row), p->name);
		}
}
END_TEST

START_TEST(words_that_may_be_many_or_missing_come_last)
{
	const struct command *row;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		bool open_end = false;

		for (const struct param *p = row->params; p != NULL && p->name != NULL; p++) {
			if (!p->is_word)
				continue;
			ck_assert_msg(!open_end, "%s", name_of(row));
			open_end = p->need != MUST;
		}
	}
}
END_TEST

/* ---- rows against the messages ---- */

static const ProtobufCMessageDescriptor *outer_of(const struct command *row)
{
	static const ProtobufCMessageDescriptor *const commands[N_SERVICES] = {
		&enrollment__command__descriptor,   &evidence__command__descriptor,
		&assessment__command__descriptor,   &issuance__command__descriptor,
		&notification__command__descriptor, &gateway__command__descriptor};
	static const ProtobufCMessageDescriptor *const queries[N_SERVICES] = {
		&enrollment__query__descriptor,   &evidence__query__descriptor,
		&assessment__query__descriptor,   &issuance__query__descriptor,
		&notification__query__descriptor, &gateway__query__descriptor};

	return row->sends != NULL ? commands[row->to] : queries[row->to];
}

static const ProtobufCMessageDescriptor *message_of(const struct command *row)
{
	const char *member = row->sends != NULL ? row->sends : row->asks;
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(outer_of(row), member);

	ck_assert_msg(field != NULL, "%s: no message %s", name_of(row), member);
	return field->descriptor;
}

static const ProtobufCFieldDescriptor *field_of(const ProtobufCMessageDescriptor *message,
						const struct param *p)
{
	char name[64];

	snprintf(name, sizeof name, "%s", p->field != NULL ? p->field : p->name);
	for (char *at = name; *at != '\0'; at++)
		*at = *at == '-' ? '_' : *at;
	return protobuf_c_message_descriptor_get_field_by_name(message, name);
}

static bool holds(const ProtobufCFieldDescriptor *field, enum param_kind kind)
{
	switch (kind) {
	case P_ID:
	case P_ENTRY:
	case P_ISSUER:
		return field->type == PROTOBUF_C_TYPE_BYTES;
	case P_COUNT:
		return field->type == PROTOBUF_C_TYPE_UINT32 ||
		       field->type == PROTOBUF_C_TYPE_UINT64;
	case P_TIME:
		return field->type == PROTOBUF_C_TYPE_INT64;
	case P_NAME:
		return field->type == PROTOBUF_C_TYPE_ENUM;
	case P_FLAG:
		return field->type == PROTOBUF_C_TYPE_BOOL;
	default:
		return field->type == PROTOBUF_C_TYPE_STRING;
	}
}

START_TEST(every_param_of_a_row_without_a_function_is_a_field_of_its_kind)
{
	const struct command *row;

	for (size_t i = 0; (row = row_at(i)) != NULL; i++) {
		const ProtobufCMessageDescriptor *message;

		if (row->run != NULL)
			continue;
		message = message_of(row);
		for (const struct param *p = row->params; p != NULL && p->name != NULL; p++) {
			const ProtobufCFieldDescriptor *field;
			bool many = p->need == ANY_NUMBER || p->need == AT_LEAST_ONE;

			if (p->field != NULL && p->field[0] == '\0')
				continue;
			field = field_of(message, p);
			ck_assert_msg(field != NULL && holds(field, p->kind), "%s: %s",
				      name_of(row), p->name);
			ck_assert_msg(many == (field->label == PROTOBUF_C_LABEL_REPEATED), "%s: %s",
				      name_of(row), p->name);
		}
		if (row->makes != NULL)
			ck_assert_msg(protobuf_c_message_descriptor_get_field_by_name(
					      message, row->makes) != NULL,
				      "%s makes %s", name_of(row), row->makes);
	}
}
END_TEST

/* ---- ids ---- */

START_TEST(codes_in_either_case_are_the_id_of_their_name)
{
	struct id upper, lower, expected = id_of_name("entry", "lit-101");

	ck_assert(id_of_words(P_ENTRY, "LIT-101", &upper));
	ck_assert(id_of_words(P_ENTRY, "lit-101", &lower));
	ck_assert(id_equal(&upper, &expected) && id_equal(&lower, &expected));
	ck_assert(id_of_words(P_ENTRY, "01a20eea-c110-7e2d-a37e-877386a34e9d", &upper));
	ck_assert_int_eq(upper.b[0], 0x01);
	ck_assert(!id_of_words(P_ID, "LIT-101", &upper));
	ck_assert(!id_of_words(P_ENTRY, "no code", &upper));
	ck_assert(!id_of_words(P_ENTRY, "", &upper));
}
END_TEST

START_TEST(steps_and_what_is_made_follow_from_the_intention)
{
	struct ctl a = {.intention_given = true}, b = {.intention_given = true};
	struct id made;

	ck_assert(id_of_text("01a20eea-c110-7e2d-a37e-877386a34e9d", &a.intention));
	b.intention = a.intention;
	for (int i = 0; i < 3; i++) {
		struct id x = ctl_step_id(&a), y = ctl_step_id(&b);

		ck_assert(id_equal(&x, &y) && is_timed_id(bytes_of_id(&x)));
		ck_assert_int_eq(id_equal(&x, &a.intention), i == 0);
	}
	made = ctl_made_id(&a, "educator", 0);
	ck_assert(is_timed_id(bytes_of_id(&made)));
	ck_assert_int_eq(id_time_us(bytes_of_id(&made)), id_time_us(bytes_of_id(&a.intention)));
	b.intention.b[15] ^= 1;
	ck_assert(memcmp(ctl_made_id(&b, "educator", 0).b, made.b, ID_LEN) != 0);
	ck_assert(memcmp(ctl_made_id(&a, "educator", 1).b, made.b, ID_LEN) != 0);
	ck_assert(memcmp(ctl_made_id(&a, "license", 0).b, made.b, ID_LEN) != 0);
}
END_TEST

/* ---- argv ---- */

#define UUID "01a20eea-c110-7e2d-a37e-877386a34e9d"

static const struct {
	const char *words[8];
	const char *said;
} wrong[] = {
	{{"nothing"}, "no command \"nothing\""},
	{{"enrollment"}, "no command \"enrollment\""},
	{{"enrollment", "stop"}, "no command \"enrollment stop\""},
	{{"enrollment", "show"}, "ENROLLMENT is missing"},
	{{"enrollment", "show", "x"}, "a UUID is expected, not \"x\""},
	{{"enrollment", "show", UUID, UUID}, "unexpected word"},
	{{"enroll", "--educator", UUID}, "--code is missing"},
	{{"enroll", "--educator", UUID, "--educator", UUID}, "given twice"},
	{{"enroll", "--educator", UUID, "--code", "no code"}, "a code like LIT-101"},
	{{"catalogue", "show", "LIT-101", "--version", "one"}, "a whole number"},
	{{"assessor", "qualify", UUID, "--code", "LIT-101", "--until", "soon"}, "a date like"},
	{{"--timeout", "0", "status"}, "1 to 86400"},
	{{"--id", "9d4e0000-0000-4000-8000-000000000001", "status"}, "version 7"},
	{{"--as", "ana", "status"}, "--as: a UUID"},
	{{"--endpoint", "enrollment=tcp://x:1", "status"}, "--endpoint:"},
	{{"status", "--nonsense"}, "unrecognized option"},
	{{"follow", "weather"}, "no stream \"weather\""},
	{{"restore", "--to", "x"}, "--from BACKUP"},
	{{"assess", "rate", UUID, "--row", "r1"}, "CODE=LEVEL"},
	{{"assess", "rate", UUID, "--row", "r1=yes:6"}, "confidence is 1 to 5"},
	{{"assess", "rate", UUID, "--row", "r1=yes", "--feedback", "r2=x"}, "being one of --row"},
	{{"educator", "license", UUID, "--license", "TN:x"}, "STATE:TYPE"},
	{{"trim", "enrollment", "--through", "5"}, "--archive"},
	{{"trim", "nobody", "--through", "5"}, "no service \"nobody\""},
};

START_TEST(a_wrong_command_line_is_told_and_ends_with_2)
{
	const char *const *w = wrong[_i].words;

	RUN(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
	ck_assert_int_eq(run.code, CTL_USAGE);
	ck_assert_msg(strstr(run.err, wrong[_i].said) != NULL, "%s", run.err);
}
END_TEST

START_TEST(help_lists_every_command_and_each_has_its_own)
{
	const struct command *row;

	RUN("--help");
	ck_assert_msg(run.code == 0, "%s", run.err);
	for (size_t i = 0; (row = row_at(i)) != NULL; i++)
		ck_assert_msg(strstr(run.out, row->help) != NULL, "%s", name_of(row));
	for (size_t i = 0; (row = row_at(i)) != NULL; i += 9) {
		if (row->verb != NULL)
			RUN(row->group, row->verb, "--help");
		else
			RUN(row->group, "--help");
		ck_assert_msg(run.code == 0, "%s", run.err);
		ck_assert_msg(strstr(run.out, row->help) != NULL, "%s", run.out);
		ck_assert_ptr_nonnull(strstr(run.out, "--json"));
	}
	RUN("enrollment", "--help");
	ck_assert_msg(run.code == 0, "%s", run.err);
	ck_assert_ptr_nonnull(strstr(run.out, "enrollment pause"));
}
END_TEST

START_TEST(without_an_installation_the_way_to_one_is_told)
{
	RUN("--dir", place_path(&place, "none"), "status", "--json");
	ck_assert_int_eq(run.code, CTL_LOCAL);
	ck_assert_ptr_nonnull(strstr(run.err, "cairnctl keys init"));
	ck_assert_ptr_nonnull(strstr(run.out, "\"exit\": 5"));
}
END_TEST

START_TEST(a_daemon_that_is_not_there_is_told_at_once)
{
	const char *dir = place_path(&place, "new");

	RUN("--dir", dir, "keys", "init");
	ck_assert_int_eq(run.code, 0);
	RUN("--dir", dir, "catalogue", "show", "LIT-101", "--json");
	ck_assert_int_eq(run.code, CTL_UNREACHABLE);
	ck_assert_ptr_nonnull(strstr(run.err, "deploy/up --dir"));
	RUN("--dir", dir, "status");
	ck_assert_int_eq(run.code, CTL_UNREACHABLE);
	ck_assert_ptr_nonnull(strstr(run.out, "issuance      not running"));
}
END_TEST

/* ---- keys and peers ---- */

START_TEST(keys_once_made_are_kept)
{
	const char *dir = place_path(&place, "new");
	struct peers *before, *after;

	RUN("keys", "init", "--dir", dir);
	ck_assert_int_eq(run.code, 0);
	before = peers_load(place_path(&place, "new/peers"));
	RUN("keys", "init", "--dir", dir);
	ck_assert_int_eq(run.code, 0);
	after = peers_load(place_path(&place, "new/peers"));
	ck_assert_uint_eq(peers_count(before), 8);
	ck_assert_uint_eq(peers_count(after), 8);
	ck_assert_mem_eq(peer_by_name(before, "ctl")->key, peer_by_name(after, "ctl")->key,
			 KEY_LEN);
	ck_assert_uint_eq(peer_by_name(after, "evidence")->roles, 1 << 4);
	peers_destroy(&before);
	peers_destroy(&after);
}
END_TEST

/* An installation from before the role; what else an operator wrote there stays. */
START_TEST(keys_made_again_give_notification_the_role_that_is_new)
{
	const char *dir = place_path(&place, "new");
	struct peers *peers;

	RUN("keys", "init", "--dir", dir);
	place_write(
		&place, "new/peers",
		"# ours\n"
		"notification 1111111111111111111111111111111111111111 roles=follow,names\n"
		"notification 2222222222222222222222222222222222222222 roles=follow,names # new\n"
		"evidence 3333333333333333333333333333333333333333\n");
	RUN("keys", "init", "--dir", dir);
	ck_assert_int_eq(run.code, 0);
	peers = peers_load(place_path(&place, "new/peers"));
	ck_assert_ptr_nonnull(peers);
	ck_assert_uint_eq(peers_count(peers), 9);
	ck_assert_uint_eq(peer_by_name(peers, "notification")->roles,
			  ROLE_FOLLOW | ROLE_NAMES | ROLE_DELIVERS);
	ck_assert_uint_eq(peer_by_name(peers, "evidence")->roles, 0);
	peers_destroy(&peers);
	RUN("peer", "list", "--dir", dir);
	ck_assert_ptr_nonnull(strstr(run.out, "roles=follow,names,delivers # new"));
}
END_TEST

START_TEST(a_peer_is_added_once_and_with_sound_roles)
{
	const char *dir = place_path(&place, "new");
	struct peers *peers;

	RUN("keys", "init", "--dir", dir);
	RUN("peer", "add", "tncompass", "--roles", "licensure", "--scope", "TN", "--dir", dir);
	ck_assert_int_eq(run.code, 0);
	RUN("peer", "add", "tncompass", "--roles", "licensure", "--dir", dir);
	ck_assert_int_eq(run.code, CTL_REFUSED);
	RUN("peer", "add", "other", "--roles", "king", "--dir", dir);
	ck_assert_int_eq(run.code, CTL_USAGE);
	RUN("peer", "add", "Other", "--roles", "follow", "--dir", dir);
	ck_assert_int_eq(run.code, CTL_USAGE);
	peers = peers_load(place_path(&place, "new/peers"));
	ck_assert_uint_eq(peers_count(peers), 9);
	ck_assert_str_eq(peer_by_name(peers, "tncompass")->scope, "TN");
	peers_destroy(&peers);
	RUN("peer", "list", "--dir", dir, "--json");
	ck_assert_int_eq(run.code, 0);
	ck_assert_ptr_nonnull(strstr(run.out, "roles=licensure scope=TN"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("table");
	TCase *cases = tcase_create("rows");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_set_timeout(cases, 60);
	tcase_add_test(cases, no_two_commands_stand_at_one_place);
	tcase_add_test(cases, each_command_runs_sends_or_asks);
	tcase_add_test(cases, no_param_is_named_twice_or_like_one_for_all);
	tcase_add_test(cases, words_that_may_be_many_or_missing_come_last);
	tcase_add_test(cases, every_param_of_a_row_without_a_function_is_a_field_of_its_kind);
	tcase_add_test(cases, codes_in_either_case_are_the_id_of_their_name);
	tcase_add_test(cases, steps_and_what_is_made_follow_from_the_intention);
	tcase_add_loop_test(cases, a_wrong_command_line_is_told_and_ends_with_2, 0,
			    (int)ARRAY_LEN(wrong));
	tcase_add_test(cases, help_lists_every_command_and_each_has_its_own);
	tcase_add_test(cases, without_an_installation_the_way_to_one_is_told);
	tcase_add_test(cases, a_daemon_that_is_not_there_is_told_at_once);
	tcase_add_test(cases, keys_once_made_are_kept);
	tcase_add_test(cases, keys_made_again_give_notification_the_role_that_is_new);
	tcase_add_test(cases, a_peer_is_added_once_and_with_sound_roles);
	suite_add_tcase(suite, cases);
	return suite;
}
