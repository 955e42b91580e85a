/* Daemons killed at random under load, power lost, a neighbour away: nothing lost, nothing twice.
 */
#include "libshared/clock.h"
#include "tests/integration/crowd.h"
#include "tests/support/forgetful.h"
#include "tests/support/suite.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KILLS 20
#define KILLS_LONG 200
#define POWER_LOSSES 50
#define ABSENCE_COMMANDS 10000

static struct daemon_kit kit;
static struct crowd crowd;

static bool is_long(void)
{
	const char *value = getenv("CAIRN_LONG");

	return value != NULL && value[0] != '\0';
}

static void setup(void)
{
	ENSURE(sodium_init() >= 0);
	daemon_kit_open(&kit);
}

static void teardown(void)
{
	crowd_close(&crowd);
	daemon_kit_close(&kit);
}

static void start_all(void)
{
	for (size_t i = 0; i < 5; i++)
		daemon_kit_start(&kit, five_services[i], NULL);
	crowd_open(&crowd, &kit);
}

static void stop_all_and_check(void)
{
	crowd_finish(&crowd);
	crowd_settle(&crowd);
	for (size_t i = 0; i < 5; i++)
		daemon_kit_stop(&kit, five_services[i]);
	crowd_check(&crowd);
	fprintf(stderr, "%zu educators, %llu commands acknowledged\n", crowd.n,
		(unsigned long long)crowd.acknowledged);
}

/* A while under load, then it dies; it starts again at once. */
static void kill_one(const char *service)
{
	int64_t until_us = clock_mono_us() + (int64_t)randombytes_uniform(300) * US_PER_MS;

	while (clock_mono_us() < until_us)
		crowd_turn(&crowd, 5);
	daemon_kit_kill(&kit, service);
	daemon_kit_start(&kit, service, NULL);
}

START_TEST(kills_at_random_moments_lose_nothing_and_double_nothing)
{
	unsigned kills = is_long() ? KILLS_LONG : KILLS;

	start_all();
	for (unsigned i = 0; i < kills; i++)
		kill_one(five_services[i % 5 == 0 ? randombytes_uniform(5) : i % 5]);
	stop_all_and_check();
}
END_TEST

START_TEST(a_neighbour_that_was_away_catches_up)
{
	start_all();
	daemon_kit_stop(&kit, "evidence");
	crowd.only_enroll = true;
	crowd.most = ABSENCE_COMMANDS / 2;
	crowd.in_air_max = 800;
	while (crowd.done < crowd.most)
		crowd_turn(&crowd, 50);
	ck_assert_uint_ge(crowd.acknowledged, ABSENCE_COMMANDS);
	daemon_kit_start(&kit, "evidence", NULL);
	stop_all_and_check();
}
END_TEST

/* All five on disks that forget; one loses power, and what it had not synced. */
static void start_forgetful(const char *service)
{
	setenv("LD_PRELOAD", CAIRN_FORGETFUL, 1);
	setenv("CAIRN_FORGET", place_path(&kit.place, "forgotten"), 1);
	setenv("CAIRN_FORGET_BELOW", kit.place.dir, 1);
	daemon_kit_start(&kit, service, NULL);
	unsetenv("LD_PRELOAD");
}

START_TEST(power_losses_lose_nothing_that_was_acknowledged)
{
	unsigned undone = 0;

	start_all();
	crowd.in_air_max = 100;
	for (unsigned i = 0; i < POWER_LOSSES; i++) {
		const char *service = five_services[i % 5];
		int64_t until_us;

		daemon_kit_stop(&kit, service);
		start_forgetful(service);
		until_us = clock_mono_us() + (int64_t)(50 + randombytes_uniform(200)) * US_PER_MS;
		while (clock_mono_us() < until_us)
			crowd_turn(&crowd, 5);
		daemon_kit_kill(&kit, service);
		undone += forget_unsynced(place_path(&kit.place, "forgotten"),
					  (uint64_t)randombytes_random() << 32 |
						  randombytes_random());
		daemon_kit_start(&kit, service, NULL);
	}
	fprintf(stderr, "%u writes forgotten\n", undone);
	ck_assert_uint_gt(undone, 0);
	stop_all_and_check();
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("storms");
	TCase *tcase = tcase_create("storms");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, is_long() ? 3000 : 250);
	tcase_add_test(tcase, kills_at_random_moments_lose_nothing_and_double_nothing);
	tcase_add_test(tcase, a_neighbour_that_was_away_catches_up);
	if (is_long())
		tcase_add_test(tcase, power_losses_lose_nothing_that_was_acknowledged);
	suite_add_tcase(suite, tcase);
	return suite;
}
