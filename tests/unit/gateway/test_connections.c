/* Programs that somebody has let in, and the profile that they may read. */
#include "services/gateway/tables.h"

#include "libshared/json.h"
#include "tests/support/access_kit.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

/* ---- clients ---- */

static Cairn__Status let_in(const char *grant, const char *by, const char *scope)
{
	json_t *fields = json_pack("{s:s, s:s, s:s, s:[s], s:{s:s, s:s, s:s, s:[s]}}", "grant",
				   ID_STR(access_id(grant)), "account", ID_STR(access_id("ana")),
				   "by", ID_STR(access_id(by)), "scopes", scope, "client", "client",
				   ID_STR(access_id("wallet")), "name", "A Wallet", "secret",
				   SECRET, "redirect_uris", "https://wallet.example/back");
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
		access_ask("list_connections account=@ana")->connections->connections[0]->name,
		"A Wallet");
}
END_TEST

START_TEST(a_connection_is_ended_once_and_by_nobody_else)
{
	struct connection row;

	ck_assert_int_eq(let_in("c", "ana", READS), CAIRN__STATUS__OK);
	ck_assert_int_eq(access_send(SELF, "disconnect_client grant=@c because=asked by=@root"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__UNKNOWN_CONNECTION);
	ck_assert_int_eq(access_send(SELF, "disconnect_client grant=@c because=whim by=@ana"),
			 CAIRN__STATUS__REJECTED);
	access_self("disconnect_client grant=@c because=reused");
	ck_assert(connection_get(kit_view(&kit), access_id("c"), &row));
	ck_assert_int_ne(row.ended_us, 0);
	ck_assert_int_eq(access_send(SELF, "disconnect_client grant=@c because=asked by=@ana"),
			 CAIRN__STATUS__REJECTED);
	ck_assert_uint_eq(kit.got.reason, GATEWAY__REASON__ALREADY_REVOKED);
	ck_assert_str_eq(
		access_ask("list_connections account=@ana")->connections->connections[0]->state,
		"ended");
}
END_TEST

START_TEST(an_operator_ends_anybodys_connection_and_a_portal_does_not)
{
	ck_assert_int_eq(let_in("c", "ana", READS), CAIRN__STATUS__OK);
	ck_assert_int_eq(access_send(ROLE_PORTAL | ROLE_ASSERTS, "disconnect_client grant=@c"),
			 CAIRN__STATUS__FORBIDDEN);
	access_given("disconnect_client grant=@c");
	ck_assert_str_eq(
		access_ask("list_connections account=@ana")->connections->connections[0]->state,
		"ended");
	ck_assert_int_eq(access_send(CTL, "disconnect_client grant=@c"), CAIRN__STATUS__REJECTED);
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
	access_self("disconnect_client grant=@c7 because=asked by=@ana");
	ck_assert_int_eq(let_in("more", "ana", READS), CAIRN__STATUS__OK);
}
END_TEST

START_TEST(a_profile_is_its_owners_and_gone_with_the_account)
{
	json_t *whole = json_pack("{s:{s:s, s:s, s:{s:s}}}", "set_profile", "account",
				  ID_STR(access_id("ana")), "by", ID_STR(access_id("ana")),
				  "profile", "description", "Reads.");
	char fault[200];
	struct bytes val;
	const ProtobufCMessage *m =
		message_of_json(&gateway__command__descriptor, whole, kit.arena, fault);

	ENSURE(m != NULL);
	json_decref(whole);
	ck_assert_int_eq(kit_send_as(&kit, kit_id(&kit), SELF, BYTES_NONE, m), CAIRN__STATUS__OK);
	ck_assert(view_get(kit_view(&kit), PROFILE, access_id("ana"), &val));
	ck_assert_ptr_null(memmem(val.data, val.len, "Reads.", 6));
	access_self("close_account account=@ana because=left by=@root");
	ck_assert(!view_get(kit_view(&kit), PROFILE, access_id("ana"), &val));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("gateway connections");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, access_kit_open, access_kit_close);
	tcase_add_test(t, a_client_is_connected_by_whom_it_speaks_for_and_with_scopes_of_its_own);
	tcase_add_test(t, a_connection_is_ended_once_and_by_nobody_else);
	tcase_add_test(t, an_operator_ends_anybodys_connection_and_a_portal_does_not);
	tcase_add_test(t, an_account_connects_at_most_fifty_clients_at_once);
	tcase_add_test(t, a_profile_is_its_owners_and_gone_with_the_account);
	suite_add_tcase(s, t);
	return s;
}
