/* Prometheus text, and the port that gives it. */
#include "libshared/clock.h"
#include "libshared/log.h"
#include "libshared/metrics.h"
#include "libshared/monitor.h"

#include "tests/support/suite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS, DEPTH, AGE, REQUESTS, TOOK };

static const char *const queues[] = {"commands", "upstream"};
static const char *const methods[] = {"enroll", "pause"};
static const char *const codes[] = {"ok", "rejected", "busy"};

static const struct metric table[] = {
	[EVENTS] = {"events_total", METRIC_COUNTER, "Events written.", {{0}}},
	[DEPTH] = {"queue_depth", METRIC_GAUGE, "Waiting.", {{"queue", queues, 2}}},
	[AGE] = {"age_seconds", METRIC_GAUGE_US, "Age.", {{0}}},
	[REQUESTS] = {"requests_total",
		      METRIC_COUNTER,
		      "Requests.",
		      {{"method", methods, 2}, {"code", codes, 3}}},
	[TOOK] = {"commit_duration_seconds", METRIC_HISTOGRAM, "Commits.", {{0}}},
};

static struct metrics *metrics;
static struct arena *arena;

static void setup(void)
{
	log_start("test", LOG_NONE);
	arena = arena_new(4096);
	metrics = metrics_new("toy", "1.2.3");
	ck_assert_uint_eq(metrics_add_table(metrics, table, ARRAY_LEN(table)), 0);
}

static void teardown(void)
{
	metrics_destroy(&metrics);
	arena_destroy(&arena);
}

static const char *text(void)
{
	return arena_text(arena, metrics_text(metrics, arena));
}

START_TEST(the_text_tells_each_series_with_its_help_and_type)
{
	metrics_count(metrics, EVENTS, 0, 41);
	metrics_count(metrics, EVENTS, 0, 1);
	metrics_set(metrics, DEPTH, metric_at(metrics, DEPTH, 1, 0), -3);
	metrics_set(metrics, AGE, 0, 1500000);
	ck_assert_ptr_nonnull(
		strstr(text(), "cairn_build_info{service=\"toy\",version=\"1.2.3\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(text(), "# HELP cairn_toy_events_total Events written.\n"
					     "# TYPE cairn_toy_events_total counter\n"
					     "cairn_toy_events_total 42\n"));
	ck_assert_ptr_nonnull(strstr(text(), "# TYPE cairn_toy_queue_depth gauge\n"
					     "cairn_toy_queue_depth{queue=\"commands\"} 0\n"
					     "cairn_toy_queue_depth{queue=\"upstream\"} -3\n"));
	ck_assert_ptr_nonnull(strstr(text(), "cairn_toy_age_seconds 1.500000\n"));
}
END_TEST

START_TEST(of_two_labels_only_what_happened_is_told)
{
	metrics_count(metrics, REQUESTS, metric_at(metrics, REQUESTS, 1, 2), 7);
	ck_assert_ptr_nonnull(
		strstr(text(), "cairn_toy_requests_total{method=\"pause\",code=\"busy\"} 7\n"));
	ck_assert_ptr_null(strstr(text(), "method=\"enroll\""));
}
END_TEST

START_TEST(a_histogram_counts_what_is_at_or_below_each_bound)
{
	metrics_observe(metrics, TOOK, 0, 500);
	metrics_observe(metrics, TOOK, 0, 501);
	metrics_observe(metrics, TOOK, 0, 20 * US_PER_S);
	ck_assert_ptr_nonnull(strstr(text(),
				     "cairn_toy_commit_duration_seconds_bucket{le=\"0.0005\"} 1\n"
				     "cairn_toy_commit_duration_seconds_bucket{le=\"0.001\"} 2\n"));
	ck_assert_ptr_nonnull(strstr(text(),
				     "cairn_toy_commit_duration_seconds_bucket{le=\"10\"} 2\n"
				     "cairn_toy_commit_duration_seconds_bucket{le=\"+Inf\"} 3\n"
				     "cairn_toy_commit_duration_seconds_sum 20.001001\n"
				     "cairn_toy_commit_duration_seconds_count 3\n"));
}
END_TEST

/* ---- the port ---- */

static const char *why_not_ready;

static struct bytes metrics_page(void *ctx, struct arena *a)
{
	(void)ctx;
	return metrics_text(metrics, a);
}

static const char *ready_page(void *ctx)
{
	(void)ctx;
	return why_not_ready;
}

static const struct monitor_pages pages = {NULL, metrics_page, ready_page};

static int connect_to(const struct monitor *m)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(monitor_port(m))};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* What the port answers to these bytes; the loop turns until it hangs up. */
static const char *ask(struct monitor *m, const char *request)
{
	static char answer[16384];
	size_t len = 0;
	int fd = connect_to(m);
	ssize_t n = send(fd, request, strlen(request), MSG_NOSIGNAL);

	for (int i = 0; i < 1000 && n != 0; i++) {
		zmq_pollitem_t items[MONITOR_ITEMS];

		zmq_poll(items, (int)monitor_items(m, items), 1);
		monitor_turn(m, clock_mono_us());
		n = recv(fd, answer + len, sizeof answer - 1 - len, MSG_DONTWAIT);
		len += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	answer[len] = '\0';
	return answer;
}

START_TEST(the_port_answers_its_three_pages_and_no_other)
{
	struct monitor *m = monitor_open(0, &pages);

	why_not_ready = NULL;
	ck_assert_ptr_nonnull(strstr(ask(m, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
				     "\r\n\r\n# HELP cairn_build_info"));
	ck_assert_ptr_nonnull(strstr(ask(m, "GET /livez HTTP/1.0\r\n\r\n"), "200 OK"));
	ck_assert_ptr_nonnull(strstr(ask(m, "GET /readyz?full HTTP/1.1\r\n\r\n"), "200 OK"));
	why_not_ready = "upstream enrollment is diverged";
	ck_assert_ptr_nonnull(strstr(ask(m, "GET /readyz HTTP/1.1\r\n\r\n"), "503 "));
	ck_assert_ptr_nonnull(strstr(ask(m, "GET /readyz HTTP/1.1\r\n\r\n"), why_not_ready));
	ck_assert_ptr_nonnull(strstr(ask(m, "GET /etc/passwd HTTP/1.1\r\n\r\n"), "404 "));
	ck_assert_ptr_nonnull(strstr(ask(m, "POST /metrics HTTP/1.1\r\n\r\n"), "405 "));
	monitor_close(&m);
}
END_TEST

START_TEST(an_endless_request_is_dropped_without_an_answer)
{
	static char request[8000];
	struct monitor *m = monitor_open(0, &pages);

	memset(request, 'a', sizeof request - 1);
	memcpy(request, "GET /metrics", 12);
	ck_assert_str_eq(ask(m, request), "");
	ck_assert_ptr_nonnull(strstr(ask(m, "GET /livez HTTP/1.1\r\n\r\n"), "200 OK"));
	monitor_close(&m);
}
END_TEST

START_TEST(idle_connections_are_few_and_dropped_in_time)
{
	struct monitor *m = monitor_open(0, &pages);
	zmq_pollitem_t items[MONITOR_ITEMS];
	int64_t now_us = clock_mono_us();
	int fds[40];

	for (unsigned i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = connect_to(m);
		monitor_turn(m, now_us);
	}
	ck_assert_uint_le(monitor_items(m, items), MONITOR_ITEMS);
	ck_assert_uint_eq(monitor_items(m, items), 17);
	monitor_turn(m, now_us + 6 * US_PER_S);
	ck_assert_uint_eq(monitor_items(m, items), 1);
	for (unsigned i = 0; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
	monitor_close(&m);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("metrics");
	TCase *tc = tcase_create("metrics");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_text_tells_each_series_with_its_help_and_type);
	tcase_add_test(tc, of_two_labels_only_what_happened_is_told);
	tcase_add_test(tc, a_histogram_counts_what_is_at_or_below_each_bound);
	tcase_add_test(tc, the_port_answers_its_three_pages_and_no_other);
	tcase_add_test(tc, an_endless_request_is_dropped_without_an_answer);
	tcase_add_test(tc, idle_connections_are_few_and_dropped_in_time);
	suite_add_tcase(suite, tc);
	return suite;
}
