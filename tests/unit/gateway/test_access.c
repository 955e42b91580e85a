/* Who may sign in and what for: each command accepted, each of its refusals, and replay at the end.
 */
#include "services/gateway/gateway.h"
#include "services/gateway/lockout.h"
#include "services/gateway/tables.h"

#include "libshared/json.h"
#include "libshared/seal.h"
#include "tests/support/kit.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASHED                                                                                     \
	"$argon2id$v=19$m=65536,t=2,p=1$g8zZ2f8SpY94YflqmIkGuQ$"                                   \
	"7+Exe+57lvsfsDkRQlkMzEoVx/VSk4ylKF9hp5QicCU"
#define SECRET "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SELF ROLE_SELF
#define CTL (ROLE_OPERATOR | ROLE_ASSERTS | ROLE_NAMES)

static struct kit kit;

/* ---- a command as words: "grant_role grant=@g account=@ana role=TEACHER until_us=+60" ---- */

static json_t *value_of(const char *text)
{
	if (text[0] == '@')
		return json_string(ID_STR(kit_name("test", text + 1)));
	if (text[0] == '+')
		return json_integer((json_int_t)(kit.now_us + atol(text + 1) * US_PER_S));
	if (strspn(text, "0123456789") == strlen(text))
		return json_integer(atoll(text));
	return json_string(text);
}

static void add_word(json_t *fields, char *word)
{
	char *value = strchr(word, '=');

	ENSURE(value != NULL);
	*value++ = '\0';
	if (strcmp(word, "scopes") == 0)
		json_object_set_new(fields, word, json_pack("[s]", value));
	else
		json_object_set_new(fields, word, value_of(value));
}

static const ProtobufCMessage *message(const ProtobufCMessageDescriptor *type, const char *text)
{
	char *rest = arena_text(kit.arena, bytes_of_text(text)), *member = strsep(&rest, " "),
	     *word;
	json_t *fields = json_object(), *whole;
	const ProtobufCMessage *m;
	char fault[200];

	while ((word = strsep(&rest, " ")) != NULL)
		add_word(fields, word);
	whole = json_pack("{s:o}", member, fields);
	m = message_of_json(type, whole, kit.arena, fault);
	if (m == NULL)
		fprintf(stderr, "%s: %s\n", text, fault);
	ENSURE(m != NULL);
	json_decref(whole);
	return m;
}

static Cairn__Status send_by(uint32_t roles, const char *text)
{
	return kit_send_as(&kit, kit_id(&kit), roles, BYTES_NONE,
			   message(&gateway__command__descriptor, text));
}

static void given(const char *text)
{
	Cairn__Status status = send_by(CTL, text);

	if (status != CAIRN__STATUS__OK)
		fprintf(stderr, "%s: %s\n", text, kit.got.text != NULL ? kit.got.text : "");
	ENSURE(status == CAIRN__STATUS__OK);
}

static void self(const char *text)
{
	Cairn__Status status = send_by(SELF, text);

	if (status != CAIRN__STATUS__OK)
		fprintf(stderr, "%s: %s\n", text, kit.got.text != NULL ? kit.got.text : "");
	ENSURE(status == CAIRN__STATUS__OK);
}

static const Gateway__Answer *ask_for(const char *text)
{
	ck_assert_int_eq(kit_ask(&kit, BYTES_NONE, message(&gateway__query__descriptor, text)),
			 CAIRN__STATUS__OK);
	return (const Gateway__Answer *)kit.answer;
}

static struct bytes id(const char *name)
{
	return kit_name("test", name);
}

static uint32_t held(const char *account)
{
	return roles_held(kit_view(&kit), id(account), kit.now_us, NULL);
}

/* An operator, an agency's administrator, and Ana, who teaches and reads. */
static void open_kit(void)
{
	kit_open(&kit, &gateway_service);
	given("open_account account=@root login=root");
	given("grant_role grant=@root-operator account=@root role=OPERATOR");
	given("open_account account=@dean login=dean");
	given("grant_role grant=@dean-agency account=@dean role=AGENCY");
	given("open_account account=@ana login=ana educator=@ana-educator assessor=@ana-assessor");
	given("grant_role grant=@ana-teacher account=@ana role=TEACHER");
}

static void close_kit(void)
{
	kit_close(&kit);
}

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

	ck_assert_msg(send_by(c->roles, c->text) == CAIRN__STATUS__REJECTED, "%s: status %d",
		      c->text, kit.got.status);
	ck_assert_msg(kit.got.reason == (uint32_t)c->reason, "%s: reason %u, %s", c->text,
		      kit.got.reason, kit.got.text);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), seq);
}
END_TEST

START_TEST(notes_are_the_daemons_own)
{
	ck_assert_int_eq(send_by(CTL, "note_sign_in account=@ana means=PASSWORD"),
			 CAIRN__STATUS__FORBIDDEN);
	ck_assert_int_eq(send_by(ROLE_PORTAL, "open_account account=@eve login=eve"),
			 CAIRN__STATUS__FORBIDDEN);
}
END_TEST

START_TEST(the_same_id_again_is_done_once)
{
	struct bytes command = kit_id(&kit);
	const ProtobufCMessage *m = message(&gateway__command__descriptor,
					    "grant_role grant=@g account=@ana role=COACH");
	uint64_t seq;

	ck_assert_int_eq(kit_send_as(&kit, command, CTL, BYTES_NONE, m), CAIRN__STATUS__OK);
	seq = engine_durable_seq(kit.engine);
	ck_assert_int_eq(kit_send_as(&kit, command, CTL, BYTES_NONE, m), CAIRN__STATUS__OK);
	ck_assert(kit.got.repeated);
	ck_assert_uint_eq(engine_durable_seq(kit.engine), seq);
}
END_TEST

/* ---- clients ---- */

static Cairn__Status let_in(const char *grant, const char *by, const char *scope)
{
	json_t *fields = json_pack("{s:s, s:s, s:s, s:[s], s:{s:s, s:s, s:s, s:[s]}}", "grant",
				   ID_STR(id(grant)), "account", ID_STR(id("ana")), "by",
				   ID_STR(id(by)), "scopes", scope, "client", "client",
				   ID_STR(id("wallet")), "name", "A Wallet", "secret", SECRET,
				   "redirect_uris", "https://wallet.example/back");
	json_t *whole = json_pack("{s:o}", "connect_client", fields);
	char fault[200];
	const ProtobufCMessage *m =
		message_of_json(&gateway__command__descriptor, whole, kit.arena, fault);

	json_decref(whole);
	ENSURE(m != NULL);
	return kit_send_as(&kit, kit_id(&kit), SELF, BYTES_NONE, m);
}

#define READS "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly"

START_TEST(a_client_is_connected_by_whom_it_speaks_for_and_with_scopes_of_its_own)
{
	ck_assert_int_eq(let_in("c", "root", READS), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__NOT_ALLOWED);
	ck_assert_int_eq(let_in("c", "ana", "admin"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__BAD_VALUE);
	ck_assert_int_eq(let_in("c", "ana", READS), CAIRN__STATUS__OK);
	ck_assert_int_eq(let_in("c", "ana", READS), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ID_TAKEN);
	ck_assert_str_eq(
		ask_for("list_connections account=@ana")->connections->connections[0]->name,
		"A Wallet");
}
END_TEST

START_TEST(a_connection_is_ended_once_and_by_nobody_else)
{
	struct connection row;

	ck_assert_int_eq(let_in("c", "ana", READS), CAIRN__STATUS__OK);
	ck_assert_int_eq(send_by(SELF, "disconnect_client grant=@c because=asked by=@root"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__UNKNOWN_CONNECTION);
	ck_assert_int_eq(send_by(SELF, "disconnect_client grant=@c because=whim by=@ana"),
			 CAIRN__STATUS__REJECTED);
	self("disconnect_client grant=@c because=reused");
	ck_assert(connection_get(kit_view(&kit), id("c"), &row));
	ck_assert_int_ne(row.ended_us, 0);
	ck_assert_int_eq(send_by(SELF, "disconnect_client grant=@c because=asked by=@ana"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ALREADY_REVOKED);
	ck_assert_str_eq(
		ask_for("list_connections account=@ana")->connections->connections[0]->state,
		"ended");
}
END_TEST

START_TEST(an_operator_ends_anybodys_connection_and_a_portal_does_not)
{
	ck_assert_int_eq(let_in("c", "ana", READS), CAIRN__STATUS__OK);
	ck_assert_int_eq(send_by(ROLE_PORTAL | ROLE_ASSERTS, "disconnect_client grant=@c"),
			 CAIRN__STATUS__FORBIDDEN);
	given("disconnect_client grant=@c");
	ck_assert_str_eq(
		ask_for("list_connections account=@ana")->connections->connections[0]->state,
		"ended");
	ck_assert_int_eq(send_by(CTL, "disconnect_client grant=@c"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ALREADY_REVOKED);
}
END_TEST

START_TEST(an_account_connects_at_most_fifty_clients_at_once)
{
	char grant[16];

	for (unsigned i = 0; i < 50; i++) {
		snprintf(grant, sizeof grant, "c%u", i);
		ck_assert_int_eq(let_in(grant, "ana", READS), CAIRN__STATUS__OK);
	}
	ck_assert_int_eq(let_in("more", "ana", READS), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__TOO_MANY);
	self("disconnect_client grant=@c7 because=asked by=@ana");
	ck_assert_int_eq(let_in("more", "ana", READS), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(a_profile_is_its_owners_and_gone_with_the_account)
{
	json_t *whole =
		json_pack("{s:{s:s, s:s, s:{s:s}}}", "set_profile", "account", ID_STR(id("ana")),
			  "by", ID_STR(id("ana")), "profile", "description", "Reads.");
	char fault[200];
	struct bytes val;
	const ProtobufCMessage *m =
		message_of_json(&gateway__command__descriptor, whole, kit.arena, fault);

	ENSURE(m != NULL);
	json_decref(whole);
	ck_assert_int_eq(kit_send_as(&kit, kit_id(&kit), SELF, BYTES_NONE, m), CAIRN__STATUS__OK);
	ck_assert(view_get(kit_view(&kit), PROFILE, id("ana"), &val));
	ck_assert_ptr_null(memmem(val.data, val.len, "Reads.", 6));
	self("close_account account=@ana because=left by=@root");
	ck_assert(!view_get(kit_view(&kit), PROFILE, id("ana"), &val));
}
END_TEST

/* ---- roles ---- */

START_TEST(a_role_is_held_from_its_grant_until_its_end)
{
	self("grant_role grant=@g account=@ana role=COACH until_us=+3600 by=@dean");
	ck_assert_uint_eq(held("ana"),
			  ROLE_BIT(GATEWAY__ROLE__TEACHER) | ROLE_BIT(GATEWAY__ROLE__COACH));
	kit_advance(&kit, US_PER_HOUR);
	ck_assert_uint_eq(held("ana"), ROLE_BIT(GATEWAY__ROLE__TEACHER));
	/* One that is over may be given anew. */
	self("grant_role grant=@g2 account=@ana role=COACH by=@dean");
	self("revoke_grant grant=@g2 because=moved by=@dean");
	ck_assert_uint_eq(held("ana"), ROLE_BIT(GATEWAY__ROLE__TEACHER));
	ck_assert_int_eq(send_by(SELF, "revoke_grant grant=@g2 because=again by=@dean"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ALREADY_REVOKED);
}
END_TEST

START_TEST(who_coaches_here_and_administrates_there_does_each_in_its_own)
{
	struct orgs orgs;

	given("grant_role grant=@a account=@ana role=COACH org=@school");
	given("grant_role grant=@b account=@ana role=DISTRICT org=@district");
	roles_held(kit_view(&kit), id("ana"), kit.now_us, &orgs);
	ck_assert(bytes_equal(bytes_of_id(&orgs.coached), id("school")));
	ck_assert(bytes_equal(bytes_of_id(&orgs.administrated), id("district")));
}
END_TEST

START_TEST(who_lost_a_role_gives_none_any_more)
{
	self("revoke_grant grant=@dean-agency because=left by=@root");
	ck_assert_int_eq(send_by(SELF, "grant_role grant=@g account=@ana role=COACH by=@dean"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__NOT_ALLOWED);
}
END_TEST

START_TEST(a_peer_cannot_speak_for_somebody_in_the_message)
{
	const Gateway__Answer *a;

	given("grant_role grant=@g account=@ana role=COACH by=@dean");
	a = ask_for("list_access what=role_granted limit=1");
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

	given("open_account account=@eve login=evelyn.w@school.example");
	given("set_password account=@eve password=" HASHED);
	ck_assert(!log_holds("evelyn"));
	ck_assert(!log_holds("argon2id"));
	ck_assert(sealed_get(kit_view(&kit), PASSWORD, id("eve"), &kit.caps, kit.arena, &text));
	ck_assert(bytes_equal(text, bytes_of_text(HASHED)));
	ck_assert_str_eq(ask_for("get_account login=Evelyn.W@school.example")->account->login,
			 "evelyn.w@school.example");
}
END_TEST

START_TEST(a_closed_account_is_found_by_nothing_and_its_login_is_free)
{
	struct bytes text;

	given("link_identity account=@ana issuer=https://idp.example subject=a1");
	given("set_password account=@ana password=" HASHED);
	self("close_account account=@ana because=left by=@dean");
	ck_assert(!sealed_get(kit_view(&kit), PASSWORD, id("ana"), &kit.caps, kit.arena, &text));
	ck_assert_int_eq(send_by(CTL, "set_password account=@ana password=" HASHED),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ACCOUNT_CLOSED);
	given("open_account account=@ana2 login=ana educator=@ana-educator");
	given("link_identity account=@ana2 issuer=https://idp.example subject=a1");
	self("note_key_destroyed account=@ana");
	ck_assert(!to_forget(kit_view(&kit), id("ana")));
}
END_TEST

START_TEST(an_identity_leads_to_one_account_in_its_own_case)
{
	struct id lower = identity_hash(&kit.caps, "https://idp.example", "a1", kit.arena);
	struct bytes account;

	given("open_account account=@eve issuer=https://idp.example subject=a1");
	ck_assert(account_by(kit_view(&kit), IDENTITY, bytes_of_id(&lower), &account));
	ck_assert(bytes_equal(account, id("eve")));
	ck_assert_int_eq(send_by(CTL, "link_identity account=@ana issuer=https://idp.example "
				      "subject=a1"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__IDENTITY_TAKEN);
	given("link_identity account=@ana issuer=https://idp.example subject=A1");
	ck_assert_int_eq(send_by(CTL, "set_password account=@eve password=" HASHED),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__NO_LOGIN);
}
END_TEST

START_TEST(a_link_for_a_password_works_once_and_not_after_its_time)
{
	self("make_reset reset=@r account=@ana secret=" SECRET " expires_us=+3600 by=@dean");
	self("set_password account=@ana password=" HASHED " reset=@r");
	ck_assert_int_eq(send_by(SELF, "set_password account=@ana password=" HASHED " reset=@r"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__RESET_OVER);
	self("make_reset reset=@r2 account=@ana secret=" SECRET " expires_us=+3600 by=@dean");
	kit_advance(&kit, US_PER_HOUR);
	ck_assert_int_eq(send_by(SELF, "set_password account=@ana password=" HASHED " reset=@r2"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__RESET_OVER);
}
END_TEST

/* ---- tokens ---- */

START_TEST(a_token_is_its_owners_and_holds_until_it_is_revoked)
{
	self("make_token token=@t account=@ana label=nightly scopes=admin secret=" SECRET
	     " expires_us=+3600 by=@ana");
	ck_assert_str_eq(ask_for("list_tokens account=@ana")->tokens->tokens[0]->state, "open");
	given("open_account account=@ben login=ben");
	ck_assert_int_eq(send_by(SELF, "revoke_token token=@t by=@ben"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__UNKNOWN_TOKEN);
	self("revoke_token token=@t by=@ana");
	ck_assert_str_eq(ask_for("list_tokens account=@ana")->tokens->tokens[0]->state, "revoked");
	ck_assert_int_eq(send_by(SELF, "revoke_token token=@t by=@ana"), CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ALREADY_REVOKED);
}
END_TEST

/* ---- the door ---- */

static int64_t shut_for(const char *login)
{
	struct id door = login_hash(&kit.caps, login);
	int64_t until_us = door_locked_until(kit_view(&kit), bytes_of_id(&door));

	return until_us > kit.now_us ? until_us - kit.now_us : 0;
}

static void refused_at(const char *login, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		self(arena_printf(
			kit.arena,
			"note_refused login=%s means=PASSWORD why=WRONG address=10.0.0.%u", login,
			i));
}

START_TEST(a_door_is_shut_twice_as_long_with_each_refusal)
{
	refused_at("ana", LOCK_LOGIN_FREE);
	ck_assert_int_eq(shut_for("ana"), 0);
	refused_at("ANA", 1);
	ck_assert_int_eq(shut_for("ana"), LOCK_FIRST_US);
	refused_at("ana", 1);
	ck_assert_int_eq(shut_for("ana"), 2 * LOCK_FIRST_US);
	refused_at("ana", 20);
	ck_assert_int_eq(shut_for("ana"), LOCK_MOST_US);
	/* Nobody's login is no different. */
	refused_at("nobody", LOCK_LOGIN_FREE + 1);
	ck_assert_int_eq(shut_for("nobody"), LOCK_FIRST_US);
	ck_assert_int_eq(shut_for("root"), 0);
}
END_TEST

START_TEST(who_has_a_network_is_one_address)
{
	struct id one = address_hash(&kit.caps, "2001:db8:1:2::1");
	struct id same = address_hash(&kit.caps, "2001:db8:1:2:ffff::9");
	struct id other = address_hash(&kit.caps, "2001:db8:1:3::1");
	struct id four = address_hash(&kit.caps, "192.0.2.7");
	struct id next = address_hash(&kit.caps, "192.0.2.8");

	ck_assert(id_equal(&one, &same));
	ck_assert(!id_equal(&one, &other));
	ck_assert(!id_equal(&four, &next));
}
END_TEST

START_TEST(an_address_is_shut_later_than_a_login)
{
	struct id door = address_hash(&kit.caps, "192.0.2.7");

	for (unsigned i = 0; i <= LOCK_ADDRESS_FREE; i++) {
		ck_assert_int_eq(door_locked_until(kit_view(&kit), bytes_of_id(&door)), 0);
		self(arena_printf(kit.arena,
				  "note_refused login=user%u means=PASSWORD why=WRONG "
				  "address=192.0.2.7",
				  i));
	}
	ck_assert_int_eq(door_locked_until(kit_view(&kit), bytes_of_id(&door)) - kit.now_us,
			 LOCK_FIRST_US);
}
END_TEST

START_TEST(coming_in_or_a_day_of_rest_opens_the_door)
{
	refused_at("ana", LOCK_LOGIN_FREE);
	self("note_sign_in account=@ana means=PASSWORD address=10.0.0.1");
	refused_at("ana", LOCK_LOGIN_FREE);
	ck_assert_int_eq(shut_for("ana"), 0);
	kit_advance(&kit, LOCK_FORGET_US + 1);
	refused_at("ana", 1);
	ck_assert_int_eq(shut_for("ana"), 0);
	refused_at("ana", LOCK_LOGIN_FREE + 3);
	ck_assert_int_gt(shut_for("ana"), 0);
	given("set_password account=@ana password=" HASHED);
	ck_assert_int_eq(shut_for("ana"), 0);
}
END_TEST

/* ---- the audit ---- */

START_TEST(every_event_is_an_entry_newest_first_and_in_pages)
{
	const Gateway__AccessList *list;
	uint64_t last = engine_durable_seq(kit.engine), seen = 0, before = 0;

	do {
		list = ask_for(arena_printf(kit.arena, "list_access limit=2 before=%llu",
					    (unsigned long long)before))
			       ->access;
		for (size_t i = 0; i < list->n_entries; i++, seen++)
			ck_assert_uint_eq(list->entries[i]->seq, last - seen);
		before = list->next;
	} while (before != 0);
	ck_assert_uint_eq(seen, last);
}
END_TEST

START_TEST(the_audit_is_of_one_account_or_of_one_kind_or_of_a_time)
{
	int64_t from_us = kit.now_us + US_PER_DAY;

	ck_assert_uint_eq(ask_for("list_access account=@ana")->access->n_entries, 2);
	ck_assert_uint_eq(ask_for("list_access what=role_granted")->access->n_entries, 3);
	kit_advance(&kit, US_PER_DAY);
	self("choose_language account=@ana language=es");
	ck_assert_uint_eq(
		ask_for(arena_printf(kit.arena, "list_access from_us=%lld", (long long)from_us))
			->access->n_entries,
		1);
	ck_assert_uint_eq(
		ask_for(arena_printf(kit.arena, "list_access until_us=%lld", (long long)from_us))
			->access->n_entries,
		6);
}
END_TEST

START_TEST(accounts_are_listed_by_role_and_page)
{
	const Gateway__AccountList *list = ask_for("list_accounts limit=2")->accounts;

	ck_assert_uint_eq(list->n_accounts, 2);
	ck_assert_uint_eq(list->next.len, ID_LEN);
	list = ask_for(arena_printf(kit.arena, "list_accounts after=%s",
				    ID_STR(bytes_of_pb(list->next))))
		       ->accounts;
	ck_assert_uint_eq(list->n_accounts, 1);
	list = ask_for("list_accounts role=TEACHER")->accounts;
	ck_assert_uint_eq(list->n_accounts, 1);
	ck_assert(bytes_equal(bytes_of_pb(list->accounts[0]->account), id("ana")));
}
END_TEST

static TCase *rules_case(void)
{
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_loop_test(t, what_may_not_be_is_refused_and_changes_nothing, 0,
			    ARRAY_LEN(refusals));
	tcase_add_test(t, notes_are_the_daemons_own);
	tcase_add_test(t, the_same_id_again_is_done_once);
	tcase_add_test(t, a_client_is_connected_by_whom_it_speaks_for_and_with_scopes_of_its_own);
	tcase_add_test(t, a_connection_is_ended_once_and_by_nobody_else);
	tcase_add_test(t, an_operator_ends_anybodys_connection_and_a_portal_does_not);
	tcase_add_test(t, an_account_connects_at_most_fifty_clients_at_once);
	tcase_add_test(t, a_profile_is_its_owners_and_gone_with_the_account);
	tcase_add_test(t, a_role_is_held_from_its_grant_until_its_end);
	tcase_add_test(t, who_lost_a_role_gives_none_any_more);
	tcase_add_test(t, a_peer_cannot_speak_for_somebody_in_the_message);
	tcase_add_test(t, neither_login_nor_hash_stands_in_the_log);
	tcase_add_test(t, a_closed_account_is_found_by_nothing_and_its_login_is_free);
	tcase_add_test(t, an_identity_leads_to_one_account_in_its_own_case);
	tcase_add_test(t, a_link_for_a_password_works_once_and_not_after_its_time);
	tcase_add_test(t, a_token_is_its_owners_and_holds_until_it_is_revoked);
	return t;
}

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway access");
	TCase *t = tcase_create("door");

	suite_add_tcase(s, rules_case());
	tcase_add_checked_fixture(t, open_kit, close_kit);
	tcase_add_test(t, a_door_is_shut_twice_as_long_with_each_refusal);
	tcase_add_test(t, an_address_is_shut_later_than_a_login);
	tcase_add_test(t, who_coaches_here_and_administrates_there_does_each_in_its_own);
	tcase_add_test(t, who_has_a_network_is_one_address);
	tcase_add_test(t, coming_in_or_a_day_of_rest_opens_the_door);
	tcase_add_test(t, every_event_is_an_entry_newest_first_and_in_pages);
	tcase_add_test(t, the_audit_is_of_one_account_or_of_one_kind_or_of_a_time);
	tcase_add_test(t, accounts_are_listed_by_role_and_page);
	suite_add_tcase(s, t);
	return s;
}
