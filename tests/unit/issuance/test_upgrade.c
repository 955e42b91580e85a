/* Issuance after a release that passed over stacks and policies: it learns them by itself. */
#include "proto/enrollment.pb-c.h"
#include "services/issuance/issuance.h"
#include "tests/support/stack_kit.h"
#include "tests/support/suite.h"

#define UP "enrollment.0.log"

static struct kit kit;
static struct bytes ana;
static struct upstream upstreams[2];
static struct service before;

static enum verdict pass_over(const struct view *view, const ProtobufCMessage *event,
			      const struct record *record, struct decision *d)
{
	for (size_t i = 0; i < ARRAY_LEN(issuance_learned); i++)
		if (issuance_learned[i].kind == body_kind(event))
			return ACCEPTED;
	return issuance_upstreams[0].decide(view, event, record, d);
}

static void setup(void)
{
	upstreams[0] = issuance_upstreams[0];
	upstreams[1] = issuance_upstreams[1];
	upstreams[0].decide = pass_over;
	before = issuance_service;
	before.upstreams = upstreams;
	before.learned = NULL;
	before.n_learned = 0;
	kit_open(&kit, &before);
	ana = kit_id(&kit);
	issuance_given_all(&kit);
	issuance_given_educator(&kit, ana);
}

static void teardown(void)
{
	kit_close(&kit);
}

static unsigned count(Issuance__Event__BodyCase kind)
{
	unsigned n = 0;

	while (issuance_next(&kit, kind) != NULL)
		n++;
	kit.seen_seq = 0;
	return n;
}

static void upgrade(void)
{
	kit.service = &issuance_service;
	kit_reopen(&kit);
	while (kit_follow(&kit, UP, UINT64_MAX))
		;
}

static void given_a_history(void)
{
	const struct policy_given tennessee = {"TN", "2020-01-01", "1", 1, "", NULL};

	stack_kit_publish_small(&kit);
	issuance_given_policy(&kit, &tennessee);
	issuance_given_term(&kit, ana, "TN", "2024-01-01", "2028-12-31");
	issuance_released(&kit, ana, true);
	ck_assert_uint_eq(count(ISSUANCE__EVENT__BODY_STACK_NOTED), 0);
	ck_assert_uint_eq(count(ISSUANCE__EVENT__BODY_LEDGER_POSTED), 0);
}

START_TEST(what_was_published_and_earned_before_counts_after_an_upgrade)
{
	given_a_history();
	upgrade();
	stack_kit_sweep(&kit);
	kit_advance(&kit, US_PER_S);
	ck_assert_str_eq(stack_kit_awards(&kit, ana), STACK_KIT_SMALL " issued 2026-01-06");
	ck_assert_uint_eq(count(ISSUANCE__EVENT__BODY_LEDGER_POSTED), 1);
}
END_TEST

/* One that was updated between releases knows some already, and was never told that it does. */
START_TEST(what_is_known_is_not_noted_again)
{
	struct service between = issuance_service;

	between.learned = NULL;
	between.n_learned = 0;
	kit.service = &between;
	kit_reopen(&kit);
	stack_kit_publish_small(&kit);
	issuance_given_policy(&kit, &(struct policy_given){"TN", "2020-01-01", "1", 1, "", NULL});
	issuance_given_term(&kit, ana, "TN", "2024-01-01", "2028-12-31");
	upgrade();
	ck_assert_uint_eq(count(ISSUANCE__EVENT__BODY_STACK_NOTED), 1);
	ck_assert_uint_eq(count(ISSUANCE__EVENT__BODY_RENEWAL_POLICY_NOTED), 1);
	ck_assert_uint_eq(count(ISSUANCE__EVENT__BODY_LICENSE_NOTED), 1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("issuance after an upgrade");
	TCase *tcase = tcase_create("upgrade");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_was_published_and_earned_before_counts_after_an_upgrade);
	tcase_add_test(tcase, what_is_known_is_not_noted_again);
	suite_add_tcase(suite, tcase);
	return suite;
}
