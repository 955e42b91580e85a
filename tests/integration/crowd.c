/* Load with a memory: what was acknowledged must be there, once, and so must what follows from it.
 */
#include "tests/integration/crowd.h"

#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/eventlog.h"
#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"
#include "proto/runtime.pb-c.h"
#include "tests/support/kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_US (120 * US_PER_S)

extern const struct service enrollment_service, evidence_service, assessment_service,
	issuance_service, notification_service;

static const struct service *const services[5] = {&enrollment_service, &evidence_service,
						  &assessment_service, &issuance_service,
						  &notification_service};
const char *const five_services[5] = {"enrollment", "evidence", "assessment", "issuance",
				      "notification"};
enum { IN_ENROLLMENT, IN_EVIDENCE, IN_ASSESSMENT, IN_ISSUANCE, IN_NOTIFICATION };

/* What a member does, one after the other. */
enum stage { REGISTER, ENROLL, BEGIN, ASSESSOR, STAGES };

struct member {
	struct id educator, enrollment, artifact, assessor;
	struct id commands[STAGES];
	enum stage stage;
	uint32_t seen[8]; /* events in the logs, for the check */
};

/* ---- what they send ---- */

static void submit(struct crowd *c, size_t i, struct client *client,
		   const ProtobufCMessage *message, const struct id *actor)
{
	struct member *m = &c->members[i];
	struct ask ask = {.message = message, .id = bytes_of_id(&m->commands[m->stage])};

	if (actor != NULL)
		ask.actor = bytes_of_id(actor);
	client_submit(client, &ask, clock_mono_us() + PATIENCE_US, i);
}

static void send_register(struct crowd *c, size_t i)
{
	struct member *m = &c->members[i];
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__RegisterEducator educator = ENROLLMENT__REGISTER_EDUCATOR__INIT;
	Enrollment__Person person = ENROLLMENT__PERSON__INIT;

	person.handle = arena_printf(c->arena, "educator-%zu", i);
	person.name = arena_printf(c->arena, "Educator Number %zu", i);
	person.email = arena_printf(c->arena, "educator-%zu@school.example", i);
	educator.educator = pb_of_id(&m->educator);
	educator.person = &person;
	educator.language = arena_printf(c->arena, "en");
	cmd.body_case = ENROLLMENT__COMMAND__BODY_REGISTER_EDUCATOR;
	cmd.register_educator = &educator;
	submit(c, i, c->enrollment, &cmd.base, NULL);
}

static void send_enroll(struct crowd *c, size_t i)
{
	struct member *m = &c->members[i];
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__Enroll enroll = ENROLLMENT__ENROLL__INIT;

	enroll.enrollment = pb_of_id(&m->enrollment);
	enroll.educator = pb_of_id(&m->educator);
	enroll.entry = kit_entry()->entry;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_ENROLL;
	cmd.enroll = &enroll;
	submit(c, i, c->enrollment, &cmd.base, &m->educator);
}

static void send_begin(struct crowd *c, size_t i)
{
	struct member *m = &c->members[i];
	Evidence__Command cmd = EVIDENCE__COMMAND__INIT;
	Evidence__BeginArtifact begin = EVIDENCE__BEGIN_ARTIFACT__INIT;
	uint8_t hash[32] = {1};

	begin.artifact = pb_of_id(&m->artifact);
	begin.portfolio = pb_of_id(&m->enrollment);
	begin.requirement = kit_entry()->requirements[0]->code;
	begin.media_type = kit_media()->kinds[0]->types[0];
	begin.bytes = 1000;
	begin.sha256 = pb_of_bytes(BYTES_OF(hash));
	cmd.body_case = EVIDENCE__COMMAND__BODY_BEGIN_ARTIFACT;
	cmd.begin_artifact = &begin;
	submit(c, i, c->evidence, &cmd.base, &m->educator);
}

static void send_assessor(struct crowd *c, size_t i)
{
	struct member *m = &c->members[i];
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__RegisterAssessor assessor = ASSESSMENT__REGISTER_ASSESSOR__INIT;

	assessor.assessor = pb_of_id(&m->assessor);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_REGISTER_ASSESSOR;
	cmd.register_assessor = &assessor;
	submit(c, i, c->assessment, &cmd.base, NULL);
}

static void send_stage(struct crowd *c, size_t i)
{
	static void (*const send[STAGES])(struct crowd *, size_t) = {[REGISTER] = send_register,
								     [ENROLL] = send_enroll,
								     [BEGIN] = send_begin,
								     [ASSESSOR] = send_assessor};
	struct member *m = &c->members[i];

	m->commands[m->stage] = id_make(&c->ids, clock_wall_us());
	send[m->stage](c, i);
}

/* ---- what they hear ---- */

static void heard(void *ctx, uint64_t token, const struct client_answer *answer)
{
	struct crowd *c = ctx;
	struct member *m = &c->members[token];

	ENSURE(answer->status !=
	       CAIRN__STATUS__STATUS_UNSPECIFIED); /* PATIENCE_US without an answer */
	if (answer->status == CAIRN__STATUS__REJECTED && m->stage == BEGIN &&
	    answer->reason == EVIDENCE__REASON__UNKNOWN_PORTFOLIO) {
		send_stage(c, token); /* evidence has not heard of the enrollment yet: a new try */
		return;
	}
	if (answer->status != CAIRN__STATUS__OK)
		fprintf(stderr, "stage %d: status %d reason %u: %s\n", (int)m->stage,
			(int)answer->status, answer->reason, answer->text);
	ENSURE(answer->status == CAIRN__STATUS__OK);
	c->acknowledged++;
	m->stage++;
	if (m->stage == STAGES || (c->only_enroll && m->stage == BEGIN))
		c->done++;
	else
		send_stage(c, token);
}

static void add_member(struct crowd *c)
{
	struct member *m = &c->members[c->n];
	int64_t now_us = clock_wall_us();

	*m = (struct member){.stage = REGISTER};
	m->educator = id_make(&c->ids, now_us);
	m->enrollment = id_make(&c->ids, now_us);
	m->artifact = id_make(&c->ids, now_us);
	m->assessor = id_make(&c->ids, now_us);
	send_stage(c, c->n++);
}

void crowd_turn(struct crowd *c, int ms)
{
	struct client *clients[] = {c->enrollment, c->evidence, c->assessment};
	zmq_pollitem_t items[ARRAY_LEN(clients)];

	arena_reset(c->arena);
	while (c->n - c->done < c->in_air_max && c->n < c->most && c->n < CROWD_MAX)
		add_member(c);
	for (size_t i = 0; i < ARRAY_LEN(clients); i++)
		items[i] =
			(zmq_pollitem_t){net_handle(client_socket(clients[i])), 0, ZMQ_POLLIN, 0};
	zmq_poll(items, ARRAY_LEN(items), ms);
	for (size_t i = 0; i < ARRAY_LEN(clients); i++)
		client_turn(clients[i], clock_mono_us(), heard, c);
}

/* ---- opening and ending ---- */

static void publish(struct crowd *c, const Enrollment__Command *command)
{
	struct ask ask = {.message = &command->base};
	struct client_answer answer;

	ENSURE(daemon_kit_ask(c->enrollment, &ask, &answer) == CAIRN__STATUS__OK);
}

static void publish_catalogue(struct crowd *c)
{
	static const char *const profiles[] = {"standard", "double-read", "launch"};
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;

	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		Enrollment__PublishProfile profile = ENROLLMENT__PUBLISH_PROFILE__INIT;
		Enrollment__Profile copy = *kit_profile(profiles[i]);

		profile.profile = &copy;
		cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_PROFILE;
		cmd.publish_profile = &profile;
		publish(c, &cmd);
	}
#define PUBLISH(CASE, member, TYPE, Type, part, value)                                             \
	do {                                                                                       \
		Enrollment__Publish##Type body = ENROLLMENT__PUBLISH_##TYPE##__INIT;               \
		Enrollment__##Type copy = *(value);                                                \
		body.part = &copy;                                                                 \
		cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_##CASE;                          \
		cmd.member = &body;                                                                \
		publish(c, &cmd);                                                                  \
	} while (0)
	PUBLISH(ISSUER, publish_issuer, ISSUER, Issuer, issuer, kit_issuer());
	PUBLISH(POLICY, publish_policy, POLICY, Policy, policy, kit_policy());
	PUBLISH(CALENDAR, publish_calendar, CALENDAR, Calendar, calendar, kit_calendar());
	PUBLISH(MEDIA, publish_media, MEDIA, Media, media, kit_media());
	PUBLISH(ENTRY, publish_entry, ENTRY, Entry, entry, kit_entry());
#undef PUBLISH
}

void crowd_open(struct crowd *c, struct daemon_kit *kit)
{
	*c = (struct crowd){
		.kit = kit, .in_air_max = 300, .most = CROWD_MAX, .arena = arena_new(1 << 20)};
	c->members = calloc(CROWD_MAX, sizeof *c->members);
	ENSURE(c->members != NULL);
	c->enrollment = daemon_kit_client(kit, "enrollment", "cairnctl");
	c->evidence = daemon_kit_client(kit, "evidence", "cairnctl");
	c->assessment = daemon_kit_client(kit, "assessment", "cairnctl");
	publish_catalogue(c);
}

void crowd_close(struct crowd *c)
{
	client_close(&c->enrollment);
	client_close(&c->evidence);
	client_close(&c->assessment);
	arena_destroy(&c->arena);
	free(c->members);
}

void crowd_finish(struct crowd *c)
{
	c->most = c->n;
	while (c->done < c->n)
		crowd_turn(c, 50);
}

/* ---- settling ---- */

static const Cairn__RuntimeStatus *status_of(struct crowd *c, const char *service)
{
	struct client *client = daemon_kit_client(c->kit, service, "cairnctl");
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;
	Cairn__GetStatus get = CAIRN__GET_STATUS__INIT;
	struct ask ask = {.message = &query.base};
	struct client_answer answer;
	struct message_fault fault;
	const Cairn__RuntimeAnswer *body;

	query.body_case = CAIRN__RUNTIME_QUERY__BODY_GET_STATUS;
	query.get_status = &get;
	ENSURE(daemon_kit_ask(client, &ask, &answer) == CAIRN__STATUS__OK);
	body = (const Cairn__RuntimeAnswer *)message_unpack(
		&cairn__runtime_answer__descriptor, answer.body, &EVENT_LIMITS, c->arena, &fault);
	ENSURE(body != NULL && body->body_case == CAIRN__RUNTIME_ANSWER__BODY_STATUS);
	client_close(&client);
	return body->status;
}

static size_t service_of_stream(const char *stream)
{
	for (size_t i = 0; i < ARRAY_LEN(five_services); i++)
		if (strncmp(stream, five_services[i], strlen(five_services[i])) == 0)
			return i;
	ensure_failed("a stream of one of the five", __FILE__, __LINE__);
}

static bool is_settled(struct crowd *c)
{
	const Cairn__RuntimeStatus *status[5];

	arena_reset(c->arena);
	for (size_t i = 0; i < 5; i++)
		status[i] = status_of(c, five_services[i]);
	for (size_t i = 0; i < 5; i++) {
		if (status[i]->parked > 0)
			return false;
		for (size_t k = 0; k < status[i]->n_upstreams; k++) {
			const Cairn__UpstreamStatus *u = status[i]->upstreams[k];

			if (u->at->seq < status[service_of_stream(u->stream)]->durable_seq)
				return false;
		}
	}
	return true;
}

void crowd_settle(struct crowd *c)
{
	int64_t until_us = clock_mono_us() + PATIENCE_US;

	while (!is_settled(c))
		ENSURE(clock_mono_us() < until_us);
}

/* ---- the check ---- */

/* Members by each of their four ids. */
struct index_row {
	struct id id;
	size_t member;
};

static int by_id(const void *a, const void *b)
{
	return memcmp(((const struct index_row *)a)->id.b, ((const struct index_row *)b)->id.b,
		      ID_LEN);
}

static struct index_row *index_members(const struct crowd *c)
{
	struct index_row *rows = calloc(4 * c->n + 1, sizeof *rows);
	size_t n = 0;

	ENSURE(rows != NULL);
	for (size_t i = 0; i < c->n; i++) {
		const struct member *m = &c->members[i];
		const struct id *ids[] = {&m->educator, &m->enrollment, &m->artifact, &m->assessor};

		for (size_t k = 0; k < ARRAY_LEN(ids); k++)
			rows[n++] = (struct index_row){*ids[k], i};
	}
	qsort(rows, n, sizeof *rows, by_id);
	return rows;
}

/* Which event of which service must be there once for each member, and the id it is found by. */
enum effect {
	REGISTERED,
	ENROLLED,
	OPENED,
	BEGUN,
	ASSESSOR_REGISTERED,
	NOTED_BY_ISSUANCE,
	NOTED_BY_NOTIFICATION,
	NOTICED
};

static bool effect_of(size_t service, const ProtobufCMessage *message, enum effect *effect_r,
		      struct bytes *id_r)
{
	const Enrollment__Event *enrolled = (const Enrollment__Event *)message;
	const Evidence__Event *evidence = (const Evidence__Event *)message;
	const Assessment__Event *assessment = (const Assessment__Event *)message;
	const Issuance__Event *issuance = (const Issuance__Event *)message;
	const Notification__Event *notification = (const Notification__Event *)message;

#define EFFECT(of, event, CASE, member, field, name)                                               \
	if (service == (of) && (event)->body_case == CASE) {                                       \
		*effect_r = (name);                                                                \
		*id_r = bytes_of_pb((event)->member->field);                                       \
		return true;                                                                       \
	}
	EFFECT(IN_ENROLLMENT, enrolled, ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED,
	       educator_registered, educator, REGISTERED)
	EFFECT(IN_ENROLLMENT, enrolled, ENROLLMENT__EVENT__BODY_ENROLLED, enrolled, enrollment,
	       ENROLLED)
	EFFECT(IN_EVIDENCE, evidence, EVIDENCE__EVENT__BODY_PORTFOLIO_OPENED, portfolio_opened,
	       portfolio, OPENED)
	EFFECT(IN_EVIDENCE, evidence, EVIDENCE__EVENT__BODY_ARTIFACT_BEGUN, artifact_begun,
	       artifact, BEGUN)
	EFFECT(IN_ASSESSMENT, assessment, ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED,
	       assessor_registered, assessor, ASSESSOR_REGISTERED)
	EFFECT(IN_ISSUANCE, issuance, ISSUANCE__EVENT__BODY_EDUCATOR_NOTED, educator_noted,
	       educator, NOTED_BY_ISSUANCE)
	EFFECT(IN_NOTIFICATION, notification, NOTIFICATION__EVENT__BODY_EDUCATOR_NOTED,
	       educator_noted, educator, NOTED_BY_NOTIFICATION)
	EFFECT(IN_NOTIFICATION, notification, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED,
	       notice_planned, about, NOTICED)
#undef EFFECT
	return false;
}

static void count_effects(struct crowd *c, size_t service, const struct index_row *index)
{
	const struct service *s = services[service];
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 16);
	char db[200];
	struct store *store;
	struct view *v;
	struct log_head head;

	snprintf(db, sizeof db, "%s/%s/db", c->kit->place.dir, s->name);
	store = store_open(db, s->tables, s->n_tables, 0);
	ENSURE(store != NULL && eventlog_open(store, ID_NONE, &head) == 0);
	v = store_view(store);
	for (uint64_t seq = 1; seq <= head.at.seq; seq++) {
		struct index_row key, *row;
		struct message_fault fault;
		const ProtobufCMessage *message;
		enum effect effect;
		struct bytes id;
		struct record r;

		arena_reset(arena);
		ENSURE(eventlog_get(v, seq, &r));
		message = message_unpack(s->event, r.payload, &EVENT_LIMITS, arena, &fault);
		ENSURE(message != NULL);
		if (!effect_of(service, message, &effect, &id))
			continue;
		key.id = id_of_bytes(id);
		row = bsearch(&key, index, 4 * c->n, sizeof key, by_id);
		if (row != NULL)
			c->members[row->member].seen[effect]++;
	}
	view_end(&v);
	store_close(&store);
}

static void say(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s\n", line);
}

static void verify_tables(struct crowd *c, const struct service *s)
{
	char db[200], scratch[200];

	snprintf(db, sizeof db, "%s/%s/db", c->kit->place.dir, s->name);
	snprintf(scratch, sizeof scratch, "%s/%s/verify", c->kit->place.dir, s->name);
	ENSURE(mkdir(scratch, 0700) == 0);
	ENSURE(engine_verify(s, db, NULL, scratch, say, NULL) == 0);
	ENSURE(rmdir(scratch) == 0);
}

void crowd_check(struct crowd *c)
{
	struct index_row *index = index_members(c);

	for (size_t i = 0; i < 5; i++)
		count_effects(c, i, index);
	free(index);
	for (size_t i = 0; i < c->n; i++) {
		struct member *m = &c->members[i];

		for (enum effect e = REGISTERED; e <= NOTICED; e++) {
			bool asked = !c->only_enroll || (e != BEGUN && e != ASSESSOR_REGISTERED);

			if (m->seen[e] != (asked ? 1u : 0u))
				fprintf(stderr, "member %zu: effect %d seen %u times\n", i, (int)e,
					m->seen[e]);
			ENSURE(m->seen[e] == (asked ? 1u : 0u));
			m->seen[e] = 0;
		}
	}
	for (size_t i = 0; i < 5; i++)
		verify_tables(c, services[i]);
}
