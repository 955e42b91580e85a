/*
 * Sinks for tests: one of a webhook in Tennessee, and what the daemon reports of it.
 *
 *	given_sink(&kit, SINK, "tncompass");               new: not introduced yet
 *	given_active_sink(&kit, SINK, "tncompass");
 *	when_reported(&kit, SINK, &(struct sink_report){.through = 3, .taken = 3});
 */
#ifndef CAIRN_TEST_SINK_KIT_H
#define CAIRN_TEST_SINK_KIT_H

#include "services/notification/tables_sink.h"
#include "tests/support/kit.h"

#define THE_SINK kit_name("sink", "the one")
#define OTHER_SINK kit_name("sink", "the other")
#define THE_URL "https://tncompass.example/hook"
#define THE_CONTACT "duty@tncompass.example"

Notification__AddSink *sink_to_add(struct kit *k, struct bytes sink, const char *name);
void given_sink(struct kit *k, struct bytes sink, const char *name);
void given_active_sink(struct kit *k, struct bytes sink, const char *name);

struct sink_attempt {
	uint64_t seq;
	const char *subject;
	Notification__Delivery delivery;
	int64_t not_before_us;
};
struct sink_report {
	uint64_t through;
	uint32_t taken;
	const struct sink_attempt *attempts;
	size_t n_attempts;
};
#define SINK_ATTEMPTS(...)                                                                         \
	.attempts = (const struct sink_attempt[]){__VA_ARGS__},                                    \
	.n_attempts = ARRAY_LEN(((const struct sink_attempt[]){__VA_ARGS__}))
/* From where the sink stands. */
Cairn__Status when_reported(struct kit *k, struct bytes sink, const struct sink_report *report);

Cairn__Status when_of_sink(struct kit *k, Notification__Command__BodyCase kind, void *message);
Cairn__Status when_sink_resumed(struct kit *k, struct bytes sink);
Cairn__Status when_sink_removed(struct kit *k, struct bytes sink);

struct sink_row sink_row_of(struct kit *k, struct bytes sink);
/* state 0: it is not listed. */
struct sink_event sink_event_of(struct kit *k, struct bytes sink, uint64_t seq);

#endif
