/* The last mile: who follows the public stream, where it is delivered to, how far behind each is,
 * and what holds it up. */
#include "services/ctl/commands.h"
#include "services/ctl/runtime.h"
#include "services/ctl/subscribers.h"

#include "libshared/clock.h"
#include "proto/notification.pb-c.h"

#include <inttypes.h>
#include <string.h>

#define AGE_SIZE 24

struct last_mile {
	struct ctl *ctl;
	uint64_t max_lag;
	int64_t max_age_us, now_us;
	unsigned n_late;
	json_t *followers, *sinks;
};

/* "3 h 12 min": two units are enough to act on. */
static const char *age_text(int64_t us, char text_r[AGE_SIZE])
{
	int64_t s = MAX(us, (int64_t)0) / US_PER_S;

	if (s < 60)
		snprintf(text_r, AGE_SIZE, "%" PRId64 " s", s);
	else if (s < 3600)
		snprintf(text_r, AGE_SIZE, "%" PRId64 " min", s / 60);
	else if (s < 86400)
		snprintf(text_r, AGE_SIZE, "%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60);
	else
		snprintf(text_r, AGE_SIZE, "%" PRId64 " d %" PRId64 " h", s / 86400, s / 3600 % 24);
	return text_r;
}

bool subscriber_is_turned_away(const Cairn__SubscriberStatus *s)
{
	return s->failing[0] != '\0' && strcmp(s->failing, "away") != 0;
}

bool sink_has_stopped(const Notification__SinkAnswer *a)
{
	return strcmp(a->state, "new") != 0 && strcmp(a->state, "active") != 0 &&
	       strcmp(a->state, "paused") != 0;
}

/* oldest_us: 0: nothing waits. */
static bool is_beyond(const struct last_mile *m, uint64_t lag, int64_t oldest_us)
{
	if (is_given(m->ctl, "max-lag") && lag > m->max_lag)
		return true;
	return is_given(m->ctl, "max-age") && oldest_us != 0 &&
	       m->now_us - oldest_us > m->max_age_us;
}

/* ---- followers ---- */

/* Whoever comes once a night is away all day, and no worse for it: lag and age say when it is. */
static bool is_late(const struct last_mile *m, const Cairn__SubscriberStatus *s)
{
	return subscriber_is_turned_away(s) || is_beyond(m, s->lag, s->oldest_us);
}

static void tell_follower(struct last_mile *m, const Cairn__SubscriberStatus *s, bool late)
{
	json_t *one = json_of_message(&s->base);

	json_object_set_new(one, "lag", json_integer((json_int_t)s->lag));
	json_object_set_new(one, "oldest_age_us",
			    s->oldest_us != 0 ? json_integer((json_int_t)(m->now_us - s->oldest_us))
					      : json_null());
	json_object_set_new(one, "late", json_boolean(late));
	json_array_append_new(m->followers, one);
}

static void say_follower(const struct last_mile *m, const Cairn__SubscriberStatus *s, bool late)
{
	char acked[32] = "never", age[AGE_SIZE];

	if (s->acked_us != 0)
		time_text(s->acked_us, acked);
	say(m->ctl, "%s %-24s %-4s lag %-6" PRIu64, late ? "!" : " ", s->name,
	    s->scope[0] != '\0' ? s->scope : "all", s->lag);
	if (s->oldest_us != 0)
		say(m->ctl, " oldest %s,", age_text(m->now_us - s->oldest_us, age));
	say(m->ctl, " at %" PRIu64 " since %s, ", s->acked_seq, acked);
	if (s->failing[0] == '\0')
		say(m->ctl, "connected\n");
	else
		say(m->ctl, "%s for %s\n", s->failing, age_text(m->now_us - s->failing_us, age));
}

static void show_followers(struct last_mile *m, const Cairn__RuntimeStatus *status)
{
	unsigned n = 0;

	for (size_t i = 0; i < status->n_subscribers; i++) {
		const Cairn__SubscriberStatus *s = status->subscribers[i];
		bool late;

		if (strcmp(s->stream, "issuance.0.public") != 0)
			continue;
		if (n++ == 0)
			say(m->ctl, "followers of the public stream\n");
		late = is_late(m, s);
		m->n_late += late;
		tell_follower(m, s, late);
		say_follower(m, s, late);
	}
	if (n == 0)
		say(m->ctl, "nobody follows the public stream by a name\n");
}

/* ---- sinks ---- */

/* Not delivered: what it has not looked at, what waits for another try, and what waits behind that.
 */
static uint64_t sink_lag(const Notification__SinkAnswer *a)
{
	return a->lag + a->waiting + a->behind;
}

/* Whom a person has paused is late by its lag only; what stopped by itself waits for a person. */
static bool sink_is_late(const struct last_mile *m, const Notification__SinkAnswer *a)
{
	return sink_has_stopped(a) || a->dead > 0 || is_beyond(m, sink_lag(a), a->oldest_us);
}

static void tell_sink(struct last_mile *m, const Notification__SinkAnswer *a, bool late)
{
	json_t *one = json_of_message(&a->base);

	json_object_set_new(one, "not_delivered", json_integer((json_int_t)sink_lag(a)));
	json_object_set_new(one, "late", json_boolean(late));
	json_array_append_new(m->sinks, one);
}

static void say_sink(const struct last_mile *m, const Notification__SinkAnswer *a, bool late)
{
	char success[32] = "never", age[AGE_SIZE];
	const Notification__Sink *s = a->sink;

	if (a->success_us != 0)
		time_text(a->success_us, success);
	say(m->ctl, "%s %-24s %-4s lag %-6" PRIu64, late ? "!" : " ", s->name, s->state,
	    sink_lag(a));
	if (a->oldest_us != 0)
		say(m->ctl, " oldest %s,", age_text(m->now_us - a->oldest_us, age));
	say(m->ctl, " %s, %" PRIu64 " taken, last %s, %" PRIu32 " waiting, %" PRIu32 " dead, %s",
	    s->kind == NOTIFICATION__SINK_KIND__EDFI ? "Ed-Fi" : "webhook", a->taken, success,
	    a->waiting + a->behind, a->dead, a->state);
	if (a->why[0] != '\0')
		say(m->ctl, " (%s)", a->why);
	if (a->failing_us != 0)
		say(m->ctl, ", failing for %s", age_text(m->now_us - a->failing_us, age));
	say(m->ctl, "\n");
}

static void show_sinks(struct last_mile *m)
{
	const Notification__SinkList *list = (const Notification__SinkList *)ctl_ask_fields(
		m->ctl, TO_NOTIFICATION, "list_sinks", json_object());

	if (list != NULL && list->n_sinks > 0)
		say(m->ctl, "sinks\n");
	for (size_t i = 0; list != NULL && i < list->n_sinks; i++) {
		bool late = sink_is_late(m, list->sinks[i]);

		m->n_late += late;
		tell_sink(m, list->sinks[i], late);
		say_sink(m, list->sinks[i], late);
	}
}

/* ---- both ---- */

static int show_subscribers(struct ctl *c)
{
	struct last_mile m = {
		.ctl = c,
		.max_lag = given_count(c, "max-lag", 0),
		.max_age_us =
			(int64_t)MIN(given_count(c, "max-age", 0), (uint64_t)INT32_MAX) * US_PER_S,
		.now_us = clock_wall_us(),
		.followers = json_array(),
		.sinks = json_array()};
	const Cairn__RuntimeStatus *status;

	tell(c, "followers", m.followers);
	tell(c, "sinks", m.sinks);
	if (ctl_failed(c) || !ctl_connect(c))
		return ctl_exit_code(c);
	status = ask_runtime_status(c, TO_ISSUANCE);
	if (status == NULL)
		return ctl_exit_code(c);
	show_followers(&m, status);
	show_sinks(&m);
	tell_count(c, "late", m.n_late);
	if (m.n_late > 0 && (is_given(c, "max-lag") || is_given(c, "max-age")))
		ctl_fault(c, CTL_DIFFERS, "%u lag too far, or cannot go on", m.n_late);
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"subscribers", NULL, "show who hears of events, how far behind, and why",
	 PARAMS(OWN_OPTION("max-lag", "N", "exit 4 when one has more events to take", P_COUNT, MAY),
		OWN_OPTION("max-age", "SECONDS", "exit 4 when one's oldest event is older", P_COUNT,
			   MAY)),
	 .run = show_subscribers},
};

const struct command_list subscribers_commands = {rows, ARRAY_LEN(rows)};
