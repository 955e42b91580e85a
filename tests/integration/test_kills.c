/* The sweeps of a policy and of a stack, and the signing of a status list, on a daemon that is
 * killed in the middle: all ends as it does without kills. */
#include "libshared/check.h"
#include "libshared/clock.h"

#include "services/issuance/documents/verify.h"
#include "tests/integration/populated.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define KILLS 6
#define LINES (2 * CREDENTIALS)

static struct populated p;

/* Of which nothing is swept yet. */
static void give_rules(struct kit *k)
{
	issuance_given_policy(
		k, &(struct policy_given){"TN", "2020-01-01", "1", .version = 1, .more = ""});
	stack_kit_publish_small(k);
}

static void setup(void)
{
	populated_open(&p, KILLS + 1, NULL);
}

static void setup_with_rules(void)
{
	populated_open(&p, CREDENTIALS, give_rules);
}

static void teardown(void)
{
	populated_close(&p);
}

/* ---- ledgers and awards, without ids and times of their own ---- */

struct outcome {
	char lines[LINES][200]; /* sorted */
	size_t n, postings, awards;
};

static char *next_line(struct outcome *o)
{
	ck_assert_uint_lt(o->n, LINES);
	return o->lines[o->n++];
}

static void note_posting(void *ctx, const Issuance__Event *event)
{
	const Issuance__LedgerPosted *l = event->ledger_posted;
	struct outcome *o = ctx;

	o->postings++;
	snprintf(next_line(o), sizeof o->lines[0], "%s gets %lld for %s in the term from %s",
		 ID_STR(bytes_of_pb(l->license)), (long long)l->hundredths,
		 ID_STR(bytes_of_pb(l->credential)), l->term_from);
}

static void note_award(void *ctx, const Issuance__Event *event)
{
	const Issuance__CredentialIssued *c = event->credential_issued;
	struct outcome *o = ctx;

	if (c->n_members == 0)
		return;
	o->awards++;
	ck_assert_uint_eq(c->n_members, 1);
	snprintf(next_line(o), sizeof o->lines[0], "%s is awarded %s of %lld for %s",
		 ID_STR(bytes_of_pb(c->educator)), ID_STR(bytes_of_pb(c->entry)),
		 (long long)(c->valid_from_us / US_PER_DAY),
		 ID_STR(bytes_of_pb(c->members[0]->credential)));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void read_outcome(struct outcome *o)
{
	memset(o, 0, sizeof *o);
	populated_each(&p, ISSUANCE__EVENT__BODY_LEDGER_POSTED, note_posting, o);
	populated_each(&p, ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED, note_award, o);
	qsort(o->lines, o->n, sizeof o->lines[0], by_text);
}

/* The last license has its credit, and the stack was evaluated for everyone. */
static bool is_swept(void)
{
	Issuance__Query stacks = ISSUANCE__QUERY__INIT, ledger = ISSUANCE__QUERY__INIT;
	Issuance__ListStacks list = ISSUANCE__LIST_STACKS__INIT;
	Issuance__GetLedger get = ISSUANCE__GET_LEDGER__INIT;
	const Issuance__StackAnswer *stack;

	stacks.body_case = ISSUANCE__QUERY__BODY_LIST_STACKS;
	stacks.list_stacks = &list;
	stack = populated_ask(&p, &stacks.base)->stacks->stacks[0];
	get.license = pb_of_id(&p.last_license);
	ledger.body_case = ISSUANCE__QUERY__BODY_GET_LEDGER;
	ledger.get_ledger = &get;
	return strcmp(stack->sweep->state, "finished") == 0 &&
	       populated_ask(&p, &ledger.base)->ledger->n_lines > 0;
}

static void wait_until_swept(void)
{
	int64_t until_us = clock_mono_us() + 4 * KIT_WAIT_MS * US_PER_MS;

	while (!is_swept())
		ck_assert(clock_mono_us() < until_us);
}

static void wait_until_logged(uint64_t seq)
{
	int64_t until_us = clock_mono_us() + 4 * KIT_WAIT_MS * US_PER_MS;

	while (populated_seq(&p) < seq)
		ck_assert(clock_mono_us() < until_us);
}

START_TEST(sweeps_that_are_killed_end_as_those_that_are_not)
{
	static struct outcome undisturbed, killed, now;
	unsigned in_ledgers = 0, in_awards = 0;
	uint64_t from = populated_seq(&p);

	populated_start(&p);
	wait_until_swept();
	populated_end(&p);
	read_outcome(&undisturbed);
	populated_reset(&p);
	for (unsigned i = 1; i <= KILLS; i++) {
		populated_start(&p);
		wait_until_logged(from + 200 + (uint64_t)(i - 1) * LINES / (KILLS + 1));
		daemon_kit_kill(&p.daemons, "issuance");
		read_outcome(&now);
		in_ledgers += now.postings > 0 && now.postings < CREDENTIALS;
		in_awards += now.awards > 0 && now.awards < CREDENTIALS;
	}
	ck_assert_uint_gt(in_ledgers, 0);
	ck_assert_uint_gt(in_awards, 0);
	populated_start(&p);
	wait_until_swept();
	populated_end(&p);
	read_outcome(&killed);
	ck_assert_uint_eq(undisturbed.n, LINES);
	ck_assert_uint_eq(killed.n, undisturbed.n);
	for (size_t i = 0; i < LINES; i++)
		ck_assert_str_eq(killed.lines[i], undisturbed.lines[i]);
}
END_TEST

/* ---- signing a status list ---- */

static const Issuance__IssuerAnswer *issuer(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetIssuer get = ISSUANCE__GET_ISSUER__INIT;

	get.issuer = kit_issuer()->issuer;
	query.body_case = ISSUANCE__QUERY__BODY_GET_ISSUER;
	query.get_issuer = &get;
	return populated_ask(&p, &query.base)->issuer;
}

/* All lists are due at once when a key of their issuer is given up. */
static void give_up_key(void)
{
	static char because[] = "stolen";
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RevokeKey revoke = ISSUANCE__REVOKE_KEY__INIT;

	revoke.issuer = kit_issuer()->issuer;
	revoke.key = issuer()->all_keys[0]->key; /* the newest */
	revoke.because = because;
	revoke.replace = true;
	command.body_case = ISSUANCE__COMMAND__BODY_REVOKE_KEY;
	command.revoke_key = &revoke;
	populated_ask(&p, &command.base);
}

static void revoke(const struct id *credential)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__Revoke ask = ISSUANCE__REVOKE__INIT;

	ask.credential = pb_of_id(credential);
	ask.reason = ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR;
	ask.by = pb_of_bytes(kit_name("person", "olga"));
	ask.second = pb_of_bytes(kit_name("person", "pavel"));
	command.body_case = ISSUANCE__COMMAND__BODY_REVOKE;
	command.revoke = &ask;
	populated_ask(&p, &command.base);
}

static const Issuance__StatusListAnswer *list(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetStatusList get = ISSUANCE__GET_STATUS_LIST__INIT;

	get.issuer = kit_issuer()->issuer;
	get.number = 1;
	query.body_case = ISSUANCE__QUERY__BODY_GET_STATUS_LIST;
	query.get_status_list = &get;
	return populated_ask(&p, &query.base)->status_list;
}

/* By the key that signs now. */
static bool list_is_signed(void)
{
	const Issuance__StatusListAnswer *answer = list();

	return !answer->changed && strstr(answer->document, issuer()->keys[0]) != NULL;
}

static const char *document_of(const struct id *credential)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetCredential get = ISSUANCE__GET_CREDENTIAL__INIT;

	get.credential = pb_of_id(credential);
	get.document = true;
	query.body_case = ISSUANCE__QUERY__BODY_GET_CREDENTIAL;
	query.get_credential = &get;
	return populated_ask(&p, &query.base)->credential->document;
}

/* Its own signature is of a key that was given up; its status is asked all the same. */
static enum verify_outcome status_of(const struct id *credential)
{
	struct verify_input input = {.now_us = clock_wall_us()};
	struct verification v;

	input.credential = bytes_of_text(document_of(credential));
	input.did_document = bytes_of_text(issuer()->did_document);
	input.status_list = bytes_of_text(list()->document);
	credential_verify(&input, &v);
	return v.checks[VERIFY_CHECKS - 1].outcome;
}

START_TEST(a_list_whose_signing_is_killed_is_signed_in_the_end_and_says_all)
{
	int64_t until_us = clock_mono_us() + 4 * KIT_WAIT_MS * US_PER_MS;

	for (unsigned i = 0; i < KILLS; i++) {
		populated_start(&p);
		revoke(&p.credentials[i]);
		give_up_key();
		daemon_kit_kill(&p.daemons, "issuance"); /* while it signs, most likely */
	}
	populated_start(&p);
	while (!list_is_signed())
		ck_assert(clock_mono_us() < until_us);
	ck_assert_uint_eq(list()->revoked, KILLS);
	for (unsigned i = 0; i < KILLS; i++)
		ck_assert_int_eq(status_of(&p.credentials[i]), VERIFY_FAILED);
	ck_assert_int_eq(status_of(&p.credentials[KILLS]), VERIFY_PASSED);
	populated_end(&p);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("kills");
	TCase *sweeps = tcase_create("sweeps"), *signing = tcase_create("signing");

	tcase_add_checked_fixture(sweeps, setup_with_rules, teardown);
	tcase_set_timeout(sweeps, 200);
	tcase_add_test(sweeps, sweeps_that_are_killed_end_as_those_that_are_not);
	suite_add_tcase(suite, sweeps);
	tcase_add_checked_fixture(signing, setup, teardown);
	tcase_set_timeout(signing, 200);
	tcase_add_test(signing, a_list_whose_signing_is_killed_is_signed_in_the_end_and_says_all);
	suite_add_tcase(suite, signing);
	return suite;
}
