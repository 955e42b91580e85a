/* Tests of links by which a holder shows a credential, of what everybody may ask of an achievement,
 * and of the public stream read by pages. */
#include "libshared/check.h"
#include "libshared/follow_wire.h"
#include "libshared/seal.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables_share.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"
#include "tests/support/suite.h"

#include <string.h>

#define OK CAIRN__STATUS__OK
#define REJECTED CAIRN__STATUS__REJECTED
#define REASON(name) ISSUANCE__REASON__##name
#define ROLES (ROLE_PORTAL | ROLE_ASSERTS | ROLE_NAMES)

static struct kit kit;
static struct bytes ana, credential;

static void setup(void)
{
	kit_open(&kit, &issuance_service);
	ana = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
	issuance_given_license(&kit, ana);
	issuance_released(&kit, ana, true);
	credential = bytes_of_pb(issuance_next_issued(&kit)->credential);
}

static void teardown(void)
{
	kit_close(&kit);
}

static Cairn__Status when_shared_by(struct bytes actor, struct bytes share, int64_t for_us,
				    bool with_name)
{
	Issuance__ShareCredential ask = ISSUANCE__SHARE_CREDENTIAL__INIT;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;

	ask.share = pb_of_bytes(share);
	ask.credential = pb_of_bytes(credential);
	ask.until_us = kit.now_us + for_us;
	ask.with_name = with_name;
	command.body_case = ISSUANCE__COMMAND__BODY_SHARE_CREDENTIAL;
	command.share_credential = &ask;
	return kit_send_as(&kit, kit_id(&kit), ROLES, actor, &command.base);
}

static Cairn__Status when_withdrawn_by(struct bytes actor, struct bytes share)
{
	Issuance__WithdrawShare ask = ISSUANCE__WITHDRAW_SHARE__INIT;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;

	ask.share = pb_of_bytes(share);
	command.body_case = ISSUANCE__COMMAND__BODY_WITHDRAW_SHARE;
	command.withdraw_share = &ask;
	return kit_send_as(&kit, kit_id(&kit), ROLES, actor, &command.base);
}

/* NULL: refused. */
static const Issuance__Answer *asked(struct bytes actor, const Issuance__Query *query)
{
	return kit_ask(&kit, actor, &query->base) == OK ? (const Issuance__Answer *)kit.answer
							: NULL;
}

static const Issuance__ShareList *links(struct bytes actor)
{
	Issuance__ListShares ask = ISSUANCE__LIST_SHARES__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__Answer *a;

	ask.educator = pb_of_bytes(ana);
	query.body_case = ISSUANCE__QUERY__BODY_LIST_SHARES;
	query.list_shares = &ask;
	a = asked(actor, &query);
	return a != NULL ? a->shares : NULL;
}

static const Issuance__OpenedShare *opened(const char *token)
{
	Issuance__OpenShare ask = ISSUANCE__OPEN_SHARE__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__Answer *a;

	ask.token = (char *)(uintptr_t)token;
	query.body_case = ISSUANCE__QUERY__BODY_OPEN_SHARE;
	query.open_share = &ask;
	a = asked(BYTES_NONE, &query);
	return a != NULL ? a->opened_share : NULL;
}

/* The token of a link that was just made. */
static const char *given_link(int64_t for_us, bool with_name)
{
	struct bytes share = kit_id(&kit);

	ck_assert_int_eq(when_shared_by(ana, share, for_us, with_name), OK);
	return links(ana)->shares[links(ana)->n_shares - 1]->token;
}

START_TEST(a_link_shows_the_credential_and_no_name_unless_that_is_shared_too)
{
	const char *plain = given_link(US_PER_DAY, false), *named = given_link(US_PER_DAY, true);
	const Issuance__OpenedShare *o = opened(plain);

	ck_assert_ptr_nonnull(strstr(o->credential->document, "OpenBadgeCredential"));
	ck_assert_str_eq(o->holder, "");
	ck_assert_uint_eq(o->credential->educator.len, 0);
	ck_assert_str_ne(opened(named)->holder, "");
}
END_TEST

START_TEST(a_withdrawn_or_ended_link_shows_nothing)
{
	const char *token = given_link(US_PER_DAY, true);
	struct bytes share = bytes_of_pb(links(ana)->shares[0]->share);

	ck_assert_int_eq(when_withdrawn_by(ana, share), OK);
	ck_assert_str_eq(opened(token)->share->state, "withdrawn");
	ck_assert_ptr_null(opened(token)->credential);
	ck_assert_int_eq(when_withdrawn_by(ana, share), REJECTED);
	ck_assert_int_eq(kit.got.reason, REASON(SHARE_CLOSED));
	token = given_link(US_PER_DAY, true);
	kit.now_us += US_PER_DAY;
	ck_assert_str_eq(opened(token)->share->state, "over");
	ck_assert_ptr_null(opened(token)->credential);
	ck_assert_str_eq(opened(token)->holder, "");
}
END_TEST

START_TEST(a_guessed_token_opens_nothing)
{
	char token[65];

	snprintf(token, sizeof token, "%s", given_link(US_PER_DAY, false));
	token[63] = token[63] == '0' ? '1' : '0';
	ck_assert_ptr_null(opened(token));
	token[10] = '\0';
	ck_assert_ptr_null(opened(token));
	ck_assert_ptr_null(opened(""));
}
END_TEST

START_TEST(only_the_holder_shares_lists_and_withdraws)
{
	struct bytes ben = kit_id(&kit), share;

	ck_assert_int_eq(when_shared_by(ben, kit_id(&kit), US_PER_DAY, false), REJECTED);
	ck_assert_int_eq(kit.got.reason, REASON(UNKNOWN_CREDENTIAL));
	given_link(US_PER_DAY, false);
	share = bytes_of_pb(links(ana)->shares[0]->share);
	ck_assert_int_eq(when_withdrawn_by(ben, share), REJECTED);
	ck_assert_int_eq(kit.got.reason, REASON(UNKNOWN_SHARE));
}
END_TEST

START_TEST(a_link_ends_within_years_and_there_are_not_too_many)
{
	ck_assert_int_eq(when_shared_by(ana, kit_id(&kit), 0, false), REJECTED);
	ck_assert_int_eq(kit.got.reason, REASON(SHARE_PERIOD));
	ck_assert_int_eq(when_shared_by(ana, kit_id(&kit), 10 * 366 * US_PER_DAY, false), REJECTED);
	ck_assert_int_eq(kit.got.reason, REASON(SHARE_PERIOD));
	ck_assert_int_eq(when_shared_by(ana, bytes_of_text("short"), US_PER_DAY, false), REJECTED);
	ck_assert_int_eq(kit.got.reason, REASON(BAD_ID));
	for (int i = 0; i < SHARES_OPEN_MAX; i++)
		given_link(US_PER_DAY, false);
	ck_assert_int_eq(when_shared_by(ana, kit_id(&kit), US_PER_DAY, false), REJECTED);
	ck_assert_int_eq(kit.got.reason, REASON(TOO_MANY_SHARES));
	ck_assert_int_eq(
		when_shared_by(ana, bytes_of_pb(links(ana)->shares[0]->share), US_PER_DAY, false),
		REJECTED);
	ck_assert_int_eq(kit.got.reason, REASON(ID_TAKEN));
}
END_TEST

static const Issuance__PublicPage *page(uint64_t after, uint32_t limit, const char *state,
					const char *type)
{
	Issuance__ReadPublic ask = ISSUANCE__READ_PUBLIC__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	char *types[] = {(char *)(uintptr_t)type};
	const Issuance__Answer *a;

	ask.after = after;
	ask.limit = limit;
	ask.state = (char *)(uintptr_t)state;
	ask.types = types;
	ask.n_types = type != NULL;
	query.body_case = ISSUANCE__QUERY__BODY_READ_PUBLIC;
	query.read_public = &ask;
	a = asked(BYTES_NONE, &query);
	return a != NULL ? a->public_page : NULL;
}

START_TEST(a_page_of_the_stream_has_the_events_of_a_state_as_followers_get_them)
{
	const Issuance__PublicPage *p = page(0, 0, "TN", NULL);
	struct bytes event = bytes_of_pb(p->events[0]->event);

	ck_assert_uint_ge(p->n_events, 1);
	ck_assert_str_eq(p->position, "ok");
	ck_assert_uint_eq(p->through, p->head);
	ck_assert_ptr_nonnull(memmem(event.data, event.len, "educatorLicenseId", 17));
	ck_assert_ptr_nonnull(memmem(event.data, event.len, "previoussequence", 16));
	p = page(0, 0, "OH", NULL);
	ck_assert_uint_eq(p->n_events, 0);
	ck_assert_uint_eq(p->through, p->head);
	event = bytes_of_pb(page(0, 0, "", NULL)->events[0]->event);
	ck_assert_ptr_null(memmem(event.data, event.len, "educatorLicenseId", 17));
	ck_assert_uint_eq(page(0, 0, "TN", "org.cairn.ledger.*")->n_events, 0);
	ck_assert_uint_ge(page(0, 0, "TN", "org.cairn.credential.*")->n_events, 1);
}
END_TEST

START_TEST(a_reader_who_is_ahead_of_the_stream_is_told_so)
{
	uint64_t head = page(0, 0, "", NULL)->head;

	ck_assert_str_eq(page(head, 0, "", NULL)->position, "ok");
	ck_assert_uint_eq(page(head, 0, "", NULL)->n_events, 0);
	ck_assert_str_eq(page(head + 1, 0, "", NULL)->position, "ahead");
}
END_TEST

START_TEST(an_achievement_is_told_as_its_credentials_have_it)
{
	const Issuance__CredentialAnswer *c = issuance_credential(&kit, credential);
	Issuance__GetAchievement ask = ISSUANCE__GET_ACHIEVEMENT__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__Answer *a;

	ask.entry = c->entry;
	query.body_case = ISSUANCE__QUERY__BODY_GET_ACHIEVEMENT;
	query.get_achievement = &ask;
	a = asked(BYTES_NONE, &query);
	ck_assert_uint_eq(a->achievement->newest, c->version);
	ck_assert_ptr_nonnull(strstr(a->achievement->document, "MicroCredential"));
	ck_assert_ptr_nonnull(strstr(c->document, a->achievement->document));
	ask.version = 99;
	ck_assert_ptr_null(asked(BYTES_NONE, &query));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("issuance share");
	TCase *tcase = tcase_create("share");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_link_shows_the_credential_and_no_name_unless_that_is_shared_too);
	tcase_add_test(tcase, a_withdrawn_or_ended_link_shows_nothing);
	tcase_add_test(tcase, a_guessed_token_opens_nothing);
	tcase_add_test(tcase, only_the_holder_shares_lists_and_withdraws);
	tcase_add_test(tcase, a_link_ends_within_years_and_there_are_not_too_many);
	tcase_add_test(tcase, a_page_of_the_stream_has_the_events_of_a_state_as_followers_get_them);
	tcase_add_test(tcase, a_reader_who_is_ahead_of_the_stream_is_told_so);
	tcase_add_test(tcase, an_achievement_is_told_as_its_credentials_have_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
