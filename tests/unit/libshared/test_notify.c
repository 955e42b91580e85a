/* What the supervisor and a test are told. */
#include "libshared/log.h"
#include "libshared/notify.h"

#include "tests/support/place.h"
#include "tests/support/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct place place;
static int supervisor;

static void setup(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	log_start("test", LOG_NONE);
	place_make(&place);
	unsetenv("WATCHDOG_USEC");
	snprintf(at.sun_path, sizeof at.sun_path, "%s/notify", place.dir);
	supervisor = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(supervisor, (const struct sockaddr *)&at, sizeof at), 0);
	setenv("NOTIFY_SOCKET", at.sun_path, 1);
}

static void teardown(void)
{
	close(supervisor);
	place_remove(&place);
}

/* The next datagram, "" when there is none. */
static const char *heard(void)
{
	static char text[512];
	ssize_t n = recv(supervisor, text, sizeof text - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

START_TEST(the_supervisor_hears_ready_reloading_and_stopping)
{
	struct notify n;

	notify_open(&n, -1);
	notify_ready(&n, "following 2 of 2");
	ck_assert_str_eq(heard(), "READY=1\nSTATUS=following 2 of 2");
	notify_reloading(&n, 123456);
	ck_assert_str_eq(heard(), "RELOADING=1\nMONOTONIC_USEC=123456");
	notify_stopping(&n);
	ck_assert_str_eq(heard(), "STOPPING=1");
	notify_watchdog(&n, 1000000);
	ck_assert_str_eq(heard(), ""); /* nobody watches */
	notify_close(&n);
}
END_TEST

START_TEST(the_watchdog_is_fed_three_times_in_its_period)
{
	struct notify n;

	setenv("WATCHDOG_USEC", "30000000", 1);
	notify_open(&n, -1);
	notify_watchdog(&n, 100 * US_PER_S);
	ck_assert_str_eq(heard(), "WATCHDOG=1");
	notify_watchdog(&n, 109 * US_PER_S);
	ck_assert_str_eq(heard(), "");
	notify_watchdog(&n, 110 * US_PER_S);
	ck_assert_str_eq(heard(), "WATCHDOG=1");
	notify_close(&n);
}
END_TEST

START_TEST(a_line_on_the_descriptor_says_ready_once)
{
	struct notify n;
	char line[16] = "";
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	unsetenv("NOTIFY_SOCKET");
	notify_open(&n, fds[1]);
	notify_ready(&n, "");
	notify_ready(&n, "");
	ck_assert_int_eq((int)read(fds[0], line, sizeof line), 6);
	ck_assert_str_eq(line, "ready\n");
	ck_assert_int_eq((int)read(fds[0], line, sizeof line), 0); /* closed */
	close(fds[0]);
	notify_close(&n);
}
END_TEST

START_TEST(an_unreachable_supervisor_does_not_stop_the_daemon)
{
	struct notify n;

	setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
	notify_open(&n, -1);
	notify_ready(&n, "");
	notify_close(&n);
	ck_assert_int_eq(n.fd, -1);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("notify");
	TCase *tc = tcase_create("notify");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_supervisor_hears_ready_reloading_and_stopping);
	tcase_add_test(tc, the_watchdog_is_fed_three_times_in_its_period);
	tcase_add_test(tc, a_line_on_the_descriptor_says_ready_once);
	tcase_add_test(tc, an_unreachable_supervisor_does_not_stop_the_daemon);
	suite_add_tcase(suite, tc);
	return suite;
}
