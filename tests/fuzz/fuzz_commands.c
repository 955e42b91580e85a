/* One service (CAIRN_FUZZED) behind its door: any commands, queries and events of neighbours, in
 * any order. Nothing stops it, and no rule is broken: an apply that faults is a finding, as is a
 * table that its log does not rebuild.
 *
 * The engine goes on through several inputs, so that they meet what others left. When one stops the
 * process, the file DIR/history beside the tables is one input that does the same. */
#include "tests/fuzz/fuzz.h"

#include "libshared/check.h"
#include "libshared/log.h"
#include "tests/fuzz/items.h"
#include "tests/support/kit.h"

#include <stdlib.h>
#include <string.h>

#define INPUTS_AN_ENGINE 32

extern const struct service CAIRN_FUZZED;

static struct kit kit;
static FILE *history;
static unsigned n_inputs;

/* ---- a service with a catalogue ---- */

static void publish(Enrollment__Command command)
{
	ENSURE(kit_send(&kit, BYTES_NONE, &command.base) == CAIRN__STATUS__OK);
}

static void tell(const char *id_kind, const char *id_name, Enrollment__Event event)
{
	for (unsigned i = 0; i < kit.service->n_upstreams; i++)
		if (kit.service->upstreams[i].event == event.base.descriptor)
			kit_upstream(&kit, kit.service->upstreams[i].stream,
				     kit_name(id_kind, id_name), &event.base);
}

/* The service hears of the document, or, where it owns the catalogue, is told to publish it. */
#define PUBLISH(NAME, Name, name, code, value)                                                     \
	do {                                                                                       \
		Enrollment__Publish##Name ask = ENROLLMENT__PUBLISH_##NAME##__INIT;                \
		Enrollment__##Name##Published told = ENROLLMENT__##NAME##_PUBLISHED__INIT;         \
		Enrollment__Command command = ENROLLMENT__COMMAND__INIT;                           \
		Enrollment__Event event = ENROLLMENT__EVENT__INIT;                                 \
                                                                                                   \
		memcpy(&ask.name, &(const Enrollment__##Name *){value}, sizeof ask.name);          \
		told.name = ask.name;                                                              \
		command.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_##NAME;                      \
		command.publish_##name = &ask;                                                     \
		event.body_case = ENROLLMENT__EVENT__BODY_##NAME##_PUBLISHED;                      \
		event.name##_published = &told;                                                    \
		if (kit.service->command == &enrollment__command__descriptor)                      \
			publish(command);                                                          \
		else                                                                               \
			tell(#name, code, event);                                                  \
	} while (false)

static void publish_catalogue(void)
{
	static const char *const profiles[] = {"standard", "double-read", "launch"};

	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		PUBLISH(PROFILE, Profile, profile, profiles[i], kit_profile(profiles[i]));
	PUBLISH(POLICY, Policy, policy, "policy", kit_policy());
	PUBLISH(CALENDAR, Calendar, calendar, "calendar", kit_calendar());
	PUBLISH(MEDIA, Media, media, "media", kit_media());
	PUBLISH(ISSUER, Issuer, issuer, "larkspur-rsa", kit_issuer());
	PUBLISH(ENTRY, Entry, entry, "lit-101", kit_entry());
}

static void open_service(void)
{
	char path[100];

	log_start("fuzz", LOG_NONE);
	kit_open(&kit, &CAIRN_FUZZED);
	publish_catalogue();
	snprintf(path, sizeof path, "%s/history", kit.dir);
	history = fopen(path, "we");
	ENSURE(history != NULL);
}

static void close_service(void)
{
	if (history == NULL)
		return;
	ENSURE(fclose(history) == 0);
	history = NULL;
	kit_close(&kit);
}

/* ---- what comes back ---- */

static void check_reply(void *ctx, const struct reply *reply)
{
	struct message_fault fault;

	(void)ctx;
	ENSURE(reply->status != CAIRN__STATUS__UNAVAILABLE);
	if (reply->text != NULL)
		ENSURE(text_is_clean(reply->text, strlen(reply->text)));
	if (reply->answer.len > 0)
		ENSURE(message_unpack(kit.service->answer, reply->answer, &EVENT_LIMITS, kit.arena,
				      &fault) != NULL);
}

static void run_batch(void)
{
	struct engine_stats stats;

	engine_run(kit.engine, kit.now_us);
	ENSURE(!engine_poll(kit.engine, check_reply, NULL));
	stats = engine_stats(kit.engine);
	ENSURE(stats.reruns == 0 && stats.quarantined == 0);
}

/* ---- what happens to it ---- */

static uint32_t roles_of(uint8_t who)
{
	static const uint32_t roles[] = {
		ROLE_PORTAL | ROLE_OPERATOR | ROLE_ASSERTS | ROLE_NAMES | ROLE_FOLLOW,
		ROLE_PORTAL | ROLE_ASSERTS,
		ROLE_OPERATOR,
		[ITEM_SELF] = ROLE_SELF | ROLE_ASSERTS,
	};

	return roles[who % ARRAY_LEN(roles)];
}

static struct id person_of(uint8_t who)
{
	static const char *const fields[] = {"", "educator", "assessor", "stranger"};
	const char *field = fields[(who >> 2) % ARRAY_LEN(fields)];

	return field[0] != '\0' ? fuzz_item_id(field) : ID_NONE;
}

struct asked {
	struct id id, actor;
	Cairn__Head head;
	struct request request;
};

static void make_request(const struct item *item, uint32_t base, struct asked *a)
{
	uint32_t kind = item->kind;

	a->id = id_of_bytes(kit_id(&kit));
	a->actor = person_of(item->who);
	a->head = (Cairn__Head)CAIRN__HEAD__INIT;
	a->head.wire = 1;
	a->head.kind = base + kind + (kind >= ITEM_RUNTIME ? RUNTIME_BASE - ITEM_RUNTIME : 0);
	a->head.id = pb_of_id(&a->id);
	a->head.actor = pb_of_id(&a->actor);
	a->request = (struct request){.head = &a->head,
				      .body = item->body,
				      .principal = 42,
				      .roles = roles_of(item->who)};
}

static void send_command(const struct item *item)
{
	struct asked a;

	make_request(item, 0, &a);
	if (a.head.kind == RUNTIME_BASE + CAIRN__RUNTIME_COMMAND__BODY_REJOIN)
		return; /* the kit would not know where to go on */
	if (!engine_submit(kit.engine, &a.request, kit.now_us)) {
		run_batch();
		ENSURE(engine_submit(kit.engine, &a.request, kit.now_us));
	}
	if (!(item->who & ITEM_COLLECT))
		run_batch();
}

static void ask(const struct item *item)
{
	struct reply reply;
	struct asked a;
	bool held;

	make_request(item, QUERY_BASE, &a);
	engine_query(kit.engine, &a.request, kit.now_us, kit.arena, &reply, &held);
	check_reply(NULL, &reply);
	if (held)
		run_batch();
}

static struct id entity_of(uint8_t who)
{
	static const char *const fields[] = {"enrollment", "submission", "reading",  "educator",
					     "assessor",   "entry",      "decision", "credential"};

	return fuzz_item_id(fields[(who >> 2) % ARRAY_LEN(fields)]);
}

/* A damaged event may be refused, which parks it; the door of neighbours' records stalls at bytes
 * that are no event at all, which fuzz_envelope.c and tests of the engine look at. */
static void hear(const struct item *item)
{
	const struct upstream *upstream;
	struct id entity = entity_of(item->who);
	struct message_fault fault;
	ProtobufCMessage *event;

	if (kit.service->n_upstreams == 0)
		return; /* the gateway follows nobody */
	upstream = &kit.service->upstreams[item->who % kit.service->n_upstreams];
	event = message_unpack(upstream->event, item->body, &EVENT_LIMITS, kit.arena, &fault);
	run_batch();
	if (event != NULL)
		kit_upstream(&kit, upstream->stream, bytes_of_id(&entity), event);
	run_batch();
}

/* Up to 255 times an hour, a day, 16 days. */
static void pass_time(const struct item *item)
{
	static const int64_t units_us[] = {US_PER_HOUR, US_PER_DAY, 16 * US_PER_DAY};

	run_batch();
	kit_advance(&kit, item->kind * units_us[item->who % ARRAY_LEN(units_us)]);
	run_batch();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const happen[N_ITEM_WHATS])(const struct item *) = {
		[ITEM_COMMAND] = send_command,
		[ITEM_QUERY] = ask,
		[ITEM_EVENT] = hear,
		[ITEM_TIME] = pass_time,
	};
	struct bytes list = {data, size};
	struct item item;

	if (n_inputs == 0)
		ENSURE(atexit(close_service) == 0);
	if (n_inputs++ % INPUTS_AN_ENGINE == 0)
		open_service();
	while (fuzz_item_next(&list, &item)) {
		fuzz_item_write(history, &item);
		ENSURE(fflush(history) == 0);
		happen[item.what](&item);
	}
	run_batch();
	if (n_inputs % INPUTS_AN_ENGINE == 0)
		close_service();
	return 0;
}
