/* Stacks under random histories: after every step they are what the pure evaluator makes of the
 * same facts. Seeds are fixed; CAIRN_LONG runs many more. */
#include "libshared/calendar.h"
#include "services/issuance/issuance.h"
#include "services/issuance/rules/stack_read.h"
#include "tests/support/stack_kit.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

#define STEPS 60
#define FACTS_MAX 128
#define SEEDS 12
#define SEEDS_LONG 400

struct fact {
	struct bytes credential;
	const char *code;
	int64_t day, revoked;
};

static struct kit kit;
static struct bytes ana;
static struct fact facts[FACTS_MAX];
static size_t n_facts;
static struct stack *stacks; /* nested ones first */
static size_t n_stacks;
static bool published[8];
static uint64_t state;

static const char *const codes[] = {"lit-101", "lit-102", "lit-103", "spe-314",
				    "ell-301", "ell-302", "ell-303", "ell-304",
				    "ldr-421", "ldr-422", "ldr-423", "ast-404"};

static unsigned roll(unsigned n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((state >> 33) % n);
}

static int64_t today(void)
{
	return kit.now_us / US_PER_DAY;
}

static void open_kit(void)
{
	const json_t *list = json_object_get(stack_kit_catalogue(), "stacks");
	struct reading reading;

	kit_open(&kit, &issuance_service);
	reading = (struct reading){.arena = kit.arena};
	stack_kit_open(&kit);
	ana = kit_name("educator", "ana");
	stack_kit_educator(&kit, ana);
	n_stacks = stacks_read(part_of(&reading, list, "stacks"), &stacks);
	n_facts = 0;
	memset(published, 0, sizeof published);
}

static void close_kit(void)
{
	kit_close(&kit);
}

/* ---- steps ---- */

static void step_earn(int64_t days_ago)
{
	const char *code = codes[roll(ARRAY_LEN(codes))];
	int64_t day = today() - days_ago;
	struct bytes credential = stack_kit_earn(&kit, ana, code, day);

	if (credential.len > 0 && n_facts < FACTS_MAX)
		facts[n_facts++] = (struct fact){credential, code, day, STACK_NEVER};
}

static struct fact *some_fact(void)
{
	return n_facts > 0 ? &facts[roll((unsigned)n_facts)] : NULL;
}

static void step_revoke(void)
{
	struct fact *f = some_fact();

	if (f != NULL && stack_kit_revoke(&kit, f->credential) == CAIRN__STATUS__OK)
		f->revoked = today();
}

static void step_correct(void)
{
	struct fact *f = some_fact();
	struct bytes corrected = f != NULL ? stack_kit_correct(&kit, f->credential) : BYTES_NONE;

	if (corrected.len > 0)
		f->credential = corrected;
}

static void step_reverse(void)
{
	struct fact *f = some_fact();
	struct bytes renewed = f != NULL ? stack_kit_reverse(&kit, f->credential) : BYTES_NONE;

	if (renewed.len > 0 && n_facts < FACTS_MAX)
		facts[n_facts++] = (struct fact){renewed, f->code, f->day, STACK_NEVER};
}

static void step_suspend(void)
{
	struct fact *f = some_fact();

	if (f == NULL)
		return;
	if (stack_kit_suspend(&kit, f->credential) != CAIRN__STATUS__OK)
		(void)stack_kit_reinstate(&kit, f->credential);
}

static void step_publish(void)
{
	const json_t *list = json_object_get(stack_kit_catalogue(), "stacks");
	size_t i = roll((unsigned)n_stacks);

	for (size_t j = 0; j < json_array_size(list); j++) {
		const json_t *one = json_array_get(list, j);
		const char *id = json_string_value(json_object_get(one, "id"));

		if (strcmp(id, stacks[i].id) == 0 && !published[i])
			stack_kit_publish(&kit, one);
	}
	published[i] = true;
	stack_kit_sweep(&kit);
}

/* Noon to noon: what is decided today is decided by now. */
static void step_days(void)
{
	kit_advance(&kit, (int64_t)(1 + roll(20)) * US_PER_DAY);
}

/* The evaluator knows days: what was awarded and undone on one day never was. */
static void step_revoke_on_a_day_of_its_own(void)
{
	step_days();
	step_revoke();
	step_days();
}

/* ---- the whole history ---- */

static size_t earned_of(struct stack_earned *earned)
{
	for (size_t i = 0; i < n_facts; i++)
		earned[i] =
			(struct stack_earned){facts[i].code, false, facts[i].day, facts[i].revoked};
	return n_facts;
}

static const char *state_of(const struct stack_award *a)
{
	if (a->revoked != STACK_NEVER)
		return "revoked";
	return a->suspended != STACK_NEVER ? "suspended" : "issued";
}

static const char *pure_awards(void)
{
	struct stack_earned earned[FACTS_MAX];
	struct stack_record record = {earned, earned_of(earned), today()};
	struct stack_award *awards;
	size_t n = stack_awards(stacks, n_stacks, &record, kit.arena, &awards);
	const char *text = "";
	char day[11];

	for (size_t i = 0; i < n; i++) {
		text_of_day(awards[i].awarded, day);
		text = arena_printf(kit.arena, "%s%s%s %s %s", text, *text != '\0' ? ", " : "",
				    awards[i].stack, state_of(&awards[i]), day);
	}
	return text;
}

/* What is known on the day it happens: then even the past is the evaluator's. */
START_TEST(what_happened_is_what_the_evaluator_says)
{
	state = (uint64_t)_i + 1;
	stack_kit_publish_all(&kit);
	stack_kit_sweep(&kit);
	for (int i = 0; i < STEPS; i++) {
		unsigned what = roll(10);

		if (what < 5)
			step_earn(0);
		else if (what < 6)
			step_revoke_on_a_day_of_its_own();
		else if (what < 7)
			step_correct();
		else if (what < 8)
			step_suspend();
		else
			step_days();
		ck_assert_str_eq(stack_kit_awards(&kit, ana), pure_awards());
	}
}
END_TEST

/* ---- what holds now ---- */

/* One for each stack: its award that counts, or NULL. */
static const Issuance__EducatorStack *counting(const Issuance__EducatorStackList *list,
					       const char *id)
{
	const Issuance__EducatorStack *found = NULL;

	for (size_t i = 0; i < list->n_stacks; i++) {
		const Issuance__EducatorStack *e = list->stacks[i];

		if (strcmp(e->code, id) != 0 ||
		    (strcmp(e->state, "issued") != 0 && strcmp(e->state, "suspended") != 0))
			continue;
		ck_assert_ptr_null(found); /* no one holds two */
		found = e;
	}
	return found;
}

static bool holds_now(const struct stack *stack, const Issuance__EducatorStackList *list)
{
	struct stack_earned earned[FACTS_MAX + 8];
	struct stack_record record = {earned, earned_of(earned), today()};

	for (size_t i = 0; i < n_stacks; i++) {
		const Issuance__EducatorStack *e = counting(list, stacks[i].id);

		if (e != NULL)
			earned[record.n++] = (struct stack_earned){
				stacks[i].id, true, stack_kit_day(e->awarded_on), STACK_NEVER};
	}
	return stack_first_day(stack, &record) != STACK_NEVER;
}

static void assert_states(void)
{
	const Issuance__EducatorStackList *list = stack_kit_stacks(&kit, ana);

	for (size_t i = 0; i < n_stacks; i++) {
		const Issuance__EducatorStack *e = counting(list, stacks[i].id);
		bool issued = e != NULL && strcmp(e->state, "issued") == 0;

		ck_assert(published[i] || e == NULL);
		if (published[i])
			ck_assert_msg(issued == holds_now(&stacks[i], list), "%s", stacks[i].id);
	}
}

/* What is decided, published and reversed late. */
START_TEST(what_counts_is_what_holds)
{
	static void (*const steps[])(void) = {step_revoke,  step_correct, step_reverse,
					      step_suspend, step_publish, step_days};

	state = (uint64_t)_i + 1001;
	for (int i = 0; i < STEPS; i++) {
		unsigned what = roll(12);

		if (what < ARRAY_LEN(steps))
			steps[what]();
		else
			step_earn(roll(400));
		assert_states();
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("stack_random");
	TCase *tcase = tcase_create("stack_random");
	const char *is_long = getenv("CAIRN_LONG");
	int seeds = is_long != NULL && is_long[0] != '\0' ? SEEDS_LONG : SEEDS;

	tcase_add_checked_fixture(tcase, open_kit, close_kit);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, what_happened_is_what_the_evaluator_says, 0, seeds);
	tcase_add_loop_test(tcase, what_counts_is_what_holds, 0, seeds);
	suite_add_tcase(suite, tcase);
	return suite;
}
