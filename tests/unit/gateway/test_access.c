/* Who may sign in and what for: each command accepted, each of its refusals, and replay at the end.
 */
#include "services/gateway/tables.h"

#include "tests/support/access_kit.h"
#include "tests/support/suite.h"

#include <string.h>

/* ---- refusals ---- */

static const struct refusal_case {
	Gateway__Reason reason;
	uint32_t roles;
	const char *text;
} refusals[] = {
	{GATEWAY__REASON__BAD_ID, CTL, "open_account login=eve"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "open_account account=@eve"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "open_account account=@eve login=e/ve"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "open_account account=@eve issuer=ftp://x subject=s1"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "open_account account=@eve issuer=https://x"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "open_account account=@eve login=eve language=fr"},
	{GATEWAY__REASON__ID_TAKEN, CTL, "open_account account=@ana login=eve"},
	{GATEWAY__REASON__LOGIN_TAKEN, CTL, "open_account account=@eve login=ANA"},
	{GATEWAY__REASON__PERSON_TAKEN, CTL,
	 "open_account account=@eve login=eve educator=@ana-educator"},
	{GATEWAY__REASON__PERSON_TAKEN, CTL,
	 "open_account account=@eve login=eve assessor=@ana-assessor"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF, "open_account account=@eve login=eve by=@ana"},
	{GATEWAY__REASON__UNKNOWN_ACCOUNT, CTL,
	 "link_identity account=@eve issuer=https://x "
	 "subject=s1"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF,
	 "link_identity account=@root issuer=https://x subject=s1 by=@ana"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "set_password account=@ana password=secret"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF,
	 "set_password account=@root password=" HASHED " by=@dean"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF,
	 "set_password account=@root password=" HASHED " by=@ana"},
	{GATEWAY__REASON__RESET_OVER, SELF,
	 "set_password account=@ana password=" HASHED " reset=@none"},
	{GATEWAY__REASON__BAD_ID, CTL, "grant_role account=@ana role=COACH"},
	{GATEWAY__REASON__ID_TAKEN, CTL, "grant_role grant=@ana-teacher account=@ana role=COACH"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "grant_role grant=@g account=@ana"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "grant_role grant=@g account=@ana role=DISTRICT"},
	{GATEWAY__REASON__BAD_VALUE, CTL,
	 "grant_role grant=@g account=@ana role=COACH until_us=+-1"},
	{GATEWAY__REASON__NOT_IDENTIFIED, CTL, "grant_role grant=@g account=@dean role=TEACHER"},
	{GATEWAY__REASON__NOT_IDENTIFIED, CTL, "grant_role grant=@g account=@dean role=LEAD"},
	{GATEWAY__REASON__ALREADY_GRANTED, CTL, "grant_role grant=@g account=@ana role=TEACHER"},
	{GATEWAY__REASON__OWN_ACCESS, SELF,
	 "grant_role grant=@g account=@root role=COACH by=@root"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF, "grant_role grant=@g account=@ana role=COACH by=@ben"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF,
	 "grant_role grant=@g account=@ana role=OPERATOR by=@dean"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF,
	 "grant_role grant=@g account=@ana role=AUDITOR by=@dean"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF, "grant_role grant=@g account=@ana role=OPERATOR"},
	{GATEWAY__REASON__UNKNOWN_GRANT, CTL, "revoke_grant grant=@none because=x"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "revoke_grant grant=@ana-teacher"},
	{GATEWAY__REASON__OWN_ACCESS, SELF, "revoke_grant grant=@root-operator because=x by=@root"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF,
	 "revoke_grant grant=@root-operator because=x by=@dean"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF, "close_account account=@root because=x by=@dean"},
	{GATEWAY__REASON__OWN_ACCESS, SELF, "close_account account=@root because=x by=@root"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "close_account account=@ana"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF,
	 "make_token token=@t account=@ana label=x scopes=admin secret=" SECRET
	 " expires_us=+60 by=@root"},
	{GATEWAY__REASON__BAD_VALUE, SELF,
	 "make_token token=@t account=@ana label=Ana! scopes=admin secret=" SECRET
	 " expires_us=+60 by=@ana"},
	{GATEWAY__REASON__BAD_VALUE, SELF,
	 "make_token token=@t account=@ana label=x scopes=everything secret=" SECRET
	 " expires_us=+60 by=@ana"},
	{GATEWAY__REASON__BAD_VALUE, SELF,
	 "make_token token=@t account=@ana label=x scopes=admin secret=" SECRET
	 " expires_us=+31708800 by=@ana"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF,
	 "make_token token=@t account=@ana label=x scopes=admin secret=" SECRET
	 " expires_us=+60 by=@ana state=TN"},
	{GATEWAY__REASON__BAD_VALUE, CTL,
	 "make_token token=@t account=@ana label=x scopes=admin secret=" SECRET
	 " expires_us=+60 state=Tenn"},
	{GATEWAY__REASON__UNKNOWN_TOKEN, SELF, "revoke_token token=@none by=@ana"},
	{GATEWAY__REASON__BAD_VALUE, SELF, "connect_client grant=@c account=@ana by=@ana"},
	{GATEWAY__REASON__BAD_VALUE, SELF, "set_profile account=@ana by=@ana"},
	{GATEWAY__REASON__UNKNOWN_CONNECTION, SELF,
	 "disconnect_client grant=@none because=asked by=@ana"},
	{GATEWAY__REASON__NOT_ALLOWED, SELF,
	 "make_reset reset=@r account=@root secret=" SECRET " expires_us=+60 by=@dean"},
	{GATEWAY__REASON__BAD_VALUE, SELF,
	 "make_reset reset=@r account=@ana secret=" SECRET " expires_us=+604801 by=@dean"},
	{GATEWAY__REASON__BAD_VALUE, SELF, "choose_language account=@ana language=de"},
	{GATEWAY__REASON__BAD_VALUE, CTL, "identify_account account=@dean"},
	{GATEWAY__REASON__PERSON_TAKEN, CTL,
	 "identify_account account=@dean educator=@ana-educator"},
	{GATEWAY__REASON__WRONG_STATE, CTL, "identify_account account=@ana educator=@other"},
	{GATEWAY__REASON__WRONG_STATE, SELF, "note_key_destroyed account=@ana"},
	{GATEWAY__REASON__UNKNOWN_ACCOUNT, SELF, "note_sign_in account=@eve means=PASSWORD"},
	{GATEWAY__REASON__BAD_VALUE, SELF, "note_refused means=PASSWORD why=WRONG"},
	{GATEWAY__REASON__UNKNOWN_ACCOUNT, SELF, "note_signed_out account=@eve"},
};

START_TEST(what_may_not_be_is_refused_and_changes_nothing)
{
	const struct refusal_case *c = &refusals[_i];
	uint64_t seq = engine_durable_seq(kit.engine);

	ck_assert_msg(access_send(c->roles, c->text) == CAIRN__STATUS__REJECTED, "%s: status %d",
		      c->text, kit.got.status);
	ck_assert_msg(kit.got.reason == (uint32_t)c->reason, "%s: reason %u, %s", c->text,
		      kit.got.reason, kit.got.text);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), seq);
}
END_TEST

START_TEST(notes_are_the_daemons_own)
{
	ck_assert_int_eq(access_send(CTL, "note_sign_in account=@ana means=PASSWORD"),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(access_send(ROLE_PORTAL, "open_account account=@eve login=eve"),
			 CAIRN__STATUS__FORBIDDEN);
}
END_TEST

START_TEST(the_same_id_again_is_done_once)
{
	struct bytes command = kit_id(&kit);
	const ProtobufCMessage *m = access_message(&gateway__command__descriptor,
						   "grant_role grant=@g account=@ana role=COACH");
	uint64_t seq;

	ck_assert_int_eq(kit_send_as(&kit, command, CTL, BYTES_NONE, m), CAIRN__STATUS__OK);
	seq = engine_durable_seq(kit.engine);
	ck_assert_int_eq(kit_send_as(&kit, command, CTL, BYTES_NONE, m), CAIRN__STATUS__OK);
	ck_assert(kit.got.repeated);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), seq);
}
END_TEST

static uint32_t held(const char *account)
{
	return roles_held(kit_view(&kit), access_id(account), kit.now_us, NULL);
}

/* ---- roles ---- */

START_TEST(a_role_is_held_from_its_grant_until_its_end)
{
	access_self("grant_role grant=@g account=@ana role=COACH until_us=+3600 by=@dean");
	ck_assert_uint_eq(held("ana"),
			  ROLE_BIT(GATEWAY__ROLE__TEACHER) | ROLE_BIT(GATEWAY__ROLE__COACH));
	kit_advance(&kit, US_PER_HOUR);
	ck_assert_uint_eq(held("ana"), ROLE_BIT(GATEWAY__ROLE__TEACHER));
	/* One that is over may be given anew. */
	access_self("grant_role grant=@g2 account=@ana role=COACH by=@dean");
	access_self("revoke_grant grant=@g2 because=moved by=@dean");
	ck_assert_uint_eq(held("ana"), ROLE_BIT(GATEWAY__ROLE__TEACHER));
	ck_assert_int_eq(access_send(SELF, "revoke_grant grant=@g2 because=again by=@dean"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ALREADY_REVOKED);
}
END_TEST

START_TEST(who_coaches_here_and_administrates_there_does_each_in_its_own)
{
	struct orgs orgs;

	access_given("grant_role grant=@a account=@ana role=COACH org=@school");
	access_given("grant_role grant=@b account=@ana role=DISTRICT org=@district");
	roles_held(kit_view(&kit), access_id("ana"), kit.now_us, &orgs);
	ck_assert(bytes_equal(bytes_of_id(&orgs.coached), access_id("school")));
	ck_assert(bytes_equal(bytes_of_id(&orgs.administrated), access_id("district")));
}
END_TEST

START_TEST(who_lost_a_role_gives_none_any_more)
{
	access_self("revoke_grant grant=@dean-agency because=left by=@root");
	ck_assert_int_eq(access_send(SELF, "grant_role grant=@g account=@ana role=COACH by=@dean"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__NOT_ALLOWED);
}
END_TEST

START_TEST(a_peer_cannot_speak_for_somebody_in_the_message)
{
	const Gateway__Answer *a;

	access_given("grant_role grant=@g account=@ana role=COACH by=@dean");
	a = access_ask("list_access what=role_granted limit=1");
	ck_assert_uint_eq(a->access->entries[0]->by.len, 0);
}
END_TEST

/* ---- what is sealed ---- */

static bool log_holds(const char *text)
{
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)1 << 16);
	struct log_batch batch;

	ENSURE(engine_read(kit.engine, 0, (size_t)1 << 20, arena, &batch) == 0);
	for (size_t i = 0; i < batch.through_seq - batch.after_seq; i++)
		if (memmem(batch.records[i].data, batch.records[i].len, text, strlen(text)) != NULL)
			return true;
	return false;
}

START_TEST(neither_login_nor_hash_stands_in_the_log)
{
	struct bytes text;

	access_given("open_account account=@eve login=evelyn.w@school.example");
	access_given("set_password account=@eve password=" HASHED);
	ck_assert(!log_holds("evelyn"));
	ck_assert(!log_holds("argon2id"));
	ck_assert(sealed_get(kit_view(&kit), PASSWORD, access_id("eve"), &kit.caps, kit.arena,
			     &text));
	ck_assert(bytes_equal(text, bytes_of_text(HASHED)));
	ck_assert_str_eq(access_ask("get_account login=Evelyn.W@school.example")->account->login,
			 "evelyn.w@school.example");
}
END_TEST

START_TEST(a_closed_account_is_found_by_nothing_and_its_login_is_free)
{
	struct bytes text;

	access_given("link_identity account=@ana issuer=https://idp.example subject=a1");
	access_given("set_password account=@ana password=" HASHED);
	access_self("close_account account=@ana because=left by=@dean");
	ck_assert(!sealed_get(kit_view(&kit), PASSWORD, access_id("ana"), &kit.caps, kit.arena,
			      &text));
	ck_assert_int_eq(access_send(CTL, "set_password account=@ana password=" HASHED),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ACCOUNT_CLOSED);
	access_given("open_account account=@ana2 login=ana educator=@ana-educator");
	access_given("link_identity account=@ana2 issuer=https://idp.example subject=a1");
	access_self("note_key_destroyed account=@ana");
	ck_assert(!to_forget(kit_view(&kit), access_id("ana")));
}
END_TEST

START_TEST(an_identity_leads_to_one_account_in_its_own_case)
{
	struct id lower = identity_hash(&kit.caps, "https://idp.example", "a1", kit.arena);
	struct bytes account;

	access_given("open_account account=@eve issuer=https://idp.example subject=a1");
	ck_assert(account_by(kit_view(&kit), IDENTITY, bytes_of_id(&lower), &account));
	ck_assert(bytes_equal(account, access_id("eve")));
	ck_assert_int_eq(access_send(CTL, "link_identity account=@ana issuer=https://idp.example "
					  "subject=a1"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__IDENTITY_TAKEN);
	access_given("link_identity account=@ana issuer=https://idp.example subject=A1");
	ck_assert_int_eq(access_send(CTL, "set_password account=@eve password=" HASHED),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__NO_LOGIN);
}
END_TEST

START_TEST(a_link_for_a_password_works_once_and_not_after_its_time)
{
	access_self("make_reset reset=@r account=@ana secret=" SECRET " expires_us=+3600 by=@dean");
	access_self("set_password account=@ana password=" HASHED " reset=@r");
	ck_assert_int_eq(
		access_send(SELF, "set_password account=@ana password=" HASHED " reset=@r"),
		CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__RESET_OVER);
	access_self("make_reset reset=@r2 account=@ana secret=" SECRET
		    " expires_us=+3600 by=@dean");
	kit_advance(&kit, US_PER_HOUR);
	ck_assert_int_eq(
		access_send(SELF, "set_password account=@ana password=" HASHED " reset=@r2"),
		CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__RESET_OVER);
}
END_TEST

/* ---- tokens ---- */

START_TEST(a_token_is_its_owners_and_holds_until_it_is_revoked)
{
	access_self("make_token token=@t account=@ana label=nightly scopes=admin secret=" SECRET
		    " expires_us=+3600 by=@ana");
	ck_assert_str_eq(access_ask("list_tokens account=@ana")->tokens->tokens[0]->state, "open");
	access_given("open_account account=@ben login=ben");
	ck_assert_int_eq(access_send(SELF, "revoke_token token=@t by=@ben"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__UNKNOWN_TOKEN);
	access_self("revoke_token token=@t by=@ana");
	ck_assert_str_eq(access_ask("list_tokens account=@ana")->tokens->tokens[0]->state,
			 "revoked");
	ck_assert_int_eq(access_send(SELF, "revoke_token token=@t by=@ana"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ALREADY_REVOKED);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway access");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, access_kit_open, access_kit_close);
	tcase_add_loop_test(t, what_may_not_be_is_refused_and_changes_nothing, 0,
			    ARRAY_LEN(refusals));
	tcase_add_test(t, notes_are_the_daemons_own);
	tcase_add_test(t, the_same_id_again_is_done_once);
	tcase_add_test(t, a_role_is_held_from_its_grant_until_its_end);
	tcase_add_test(t, who_lost_a_role_gives_none_any_more);
	tcase_add_test(t, a_peer_cannot_speak_for_somebody_in_the_message);
	tcase_add_test(t, neither_login_nor_hash_stands_in_the_log);
	tcase_add_test(t, a_closed_account_is_found_by_nothing_and_its_login_is_free);
	tcase_add_test(t, an_identity_leads_to_one_account_in_its_own_case);
	tcase_add_test(t, a_link_for_a_password_works_once_and_not_after_its_time);
	tcase_add_test(t, a_token_is_its_owners_and_holds_until_it_is_revoked);
	tcase_add_test(t, who_coaches_here_and_administrates_there_does_each_in_its_own);
	suite_add_tcase(s, t);
	return s;
}
