/* A reissue, and the sweep of a new stack, on a daemon that is killed in the middle, again and
 * again. */
#include "libshared/check.h"
#include "libshared/clock.h"

#include "tests/integration/populated.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define KILLS 4

static struct populated p;

static void setup(void)
{
	populated_open(&p, CREDENTIALS, NULL);
}

static void setup_with_stack(void)
{
	populated_open(&p, CREDENTIALS, stack_kit_publish_small);
}

static void teardown(void)
{
	populated_close(&p);
}

/* How often each of a sorted list of ids was meant. */
struct times {
	const struct id *ids;
	unsigned n[CREDENTIALS];
};

static int compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, ID_LEN);
}

static void count(struct times *t, ProtobufCBinaryData id)
{
	const struct id *at = bsearch(id.data, t->ids, CREDENTIALS, sizeof t->ids[0], compare_ids);

	ENSURE(at != NULL);
	t->n[at - t->ids]++;
}

static void assert_once_each(const struct times *t)
{
	for (size_t i = 0; i < CREDENTIALS; i++)
		ck_assert_uint_eq(t->n[i], 1);
}

/* ---- a reissue ---- */

static void revoke_and_reissue(void)
{
	static char because[] = "stolen";
	Issuance__Command revoke_command = ISSUANCE__COMMAND__INIT;
	Issuance__Command start_command = ISSUANCE__COMMAND__INIT;
	Issuance__RevokeKey revoke = ISSUANCE__REVOKE_KEY__INIT;
	Issuance__StartReissue start = ISSUANCE__START_REISSUE__INIT;

	revoke.issuer = start.issuer = kit_issuer()->issuer;
	revoke.key = start.key = p.key;
	revoke.because = because;
	revoke.replace = true;
	revoke_command.body_case = ISSUANCE__COMMAND__BODY_REVOKE_KEY;
	revoke_command.revoke_key = &revoke;
	start_command.body_case = ISSUANCE__COMMAND__BODY_START_REISSUE;
	start_command.start_reissue = &start;
	populated_ask(&p, &revoke_command.base);
	populated_ask(&p, &start_command.base);
}

static const Issuance__ReissueAnswer *progress(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListReissues list = ISSUANCE__LIST_REISSUES__INIT;
	const Issuance__Answer *answer;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_REISSUES;
	query.list_reissues = &list;
	answer = populated_ask(&p, &query.base);
	ck_assert_uint_eq(answer->reissues->n_reissues, 1);
	return answer->reissues->reissues[0];
}

static void wait_until_done(uint64_t n)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	while (progress()->done < n && strcmp(progress()->state, "running") == 0)
		ck_assert(clock_mono_us() < until_us);
}

static void count_reissued(void *ctx, const Issuance__Event *event)
{
	count(ctx, event->credential_reissued->credential);
}

START_TEST(a_reissue_that_is_killed_goes_on_and_signs_each_credential_once)
{
	static struct times times = {.ids = p.credentials};
	unsigned killed_running = 0;

	populated_start(&p);
	revoke_and_reissue();
	for (unsigned i = 1; i <= KILLS; i++) {
		wait_until_done(i * CREDENTIALS / (KILLS + 2));
		killed_running += strcmp(progress()->state, "running") == 0;
		daemon_kit_kill(&p.daemons, "issuance");
		populated_start(&p);
	}
	ck_assert_uint_gt(killed_running, 0);
	wait_until_done(CREDENTIALS);
	ck_assert_uint_eq(progress()->done, CREDENTIALS);
	ck_assert_uint_eq(progress()->skipped, 0);
	populated_end(&p);
	populated_each(&p, ISSUANCE__EVENT__BODY_CREDENTIAL_REISSUED, count_reissued, &times);
	assert_once_each(&times);
}
END_TEST

/* ---- the sweep of a stack ---- */

static const Issuance__StackSweep *sweep(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListStacks list = ISSUANCE__LIST_STACKS__INIT;
	const Issuance__Answer *answer;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_STACKS;
	query.list_stacks = &list;
	answer = populated_ask(&p, &query.base);
	ck_assert_uint_eq(answer->stacks->n_stacks, 1);
	return answer->stacks->stacks[0]->sweep;
}

static void wait_until_awarded(uint64_t n)
{
	int64_t until_us = clock_mono_us() + KIT_WAIT_MS * US_PER_MS;

	while (sweep()->awarded < n && strcmp(sweep()->state, "running") == 0)
		ck_assert(clock_mono_us() < until_us);
}

static void count_award(void *ctx, const Issuance__Event *event)
{
	if (event->credential_issued->n_members > 0)
		count(ctx, event->credential_issued->educator);
}

START_TEST(a_sweep_that_is_killed_goes_on_and_awards_each_educator_once)
{
	static struct times times = {.ids = p.educators};
	unsigned killed_running = 0;

	populated_start(&p);
	for (unsigned i = 1; i <= KILLS; i++) {
		wait_until_awarded(i * CREDENTIALS / (KILLS + 2));
		killed_running += strcmp(sweep()->state, "running") == 0;
		daemon_kit_kill(&p.daemons, "issuance");
		populated_start(&p);
	}
	ck_assert_uint_gt(killed_running, 0);
	wait_until_awarded(CREDENTIALS + 1); /* until it is over */
	ck_assert_str_eq(sweep()->state, "finished");
	ck_assert_uint_eq(sweep()->seen, CREDENTIALS);
	ck_assert_uint_eq(sweep()->awarded, CREDENTIALS);
	populated_end(&p);
	populated_each(&p, ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED, count_award, &times);
	assert_once_each(&times);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("reissue");
	TCase *tcase = tcase_create("reissue");
	TCase *swept = tcase_create("sweep");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 200);
	tcase_add_test(tcase, a_reissue_that_is_killed_goes_on_and_signs_each_credential_once);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(swept, setup_with_stack, teardown);
	tcase_set_timeout(swept, 200);
	tcase_add_test(swept, a_sweep_that_is_killed_goes_on_and_awards_each_educator_once);
	suite_add_tcase(suite, swept);
	return suite;
}
