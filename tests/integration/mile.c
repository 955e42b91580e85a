/* Real daemons from released decisions to issuance's public stream. */
#include "tests/integration/mile.h"

#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/engine.h"
#include "proto/assessment.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "tests/support/kit.h"
#include "tests/support/told.pb-c.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define IN_AIR 256
#define TELL 100 /* decisions in one commit */
#define PATIENCE_US (120 * US_PER_S)

extern const struct service issuance_service;

static const char *const services[] = {"enrollment", "told", "issuance", "notification"};

/* ---- asking ---- */

static void must_be_ok(const struct client_answer *answer)
{
	if (answer->status != CAIRN__STATUS__OK)
		fprintf(stderr, "status %d, reason %u: %s\n", (int)answer->status, answer->reason,
			answer->text);
	ENSURE(answer->status == CAIRN__STATUS__OK);
}

static void heard(void *ctx, uint64_t token, const struct client_answer *answer)
{
	(void)ctx, (void)token;
	must_be_ok(answer);
}

static void turn(struct client *c)
{
	zmq_pollitem_t item = {net_handle(client_socket(c)), 0, ZMQ_POLLIN, 0};

	zmq_poll(&item, 1, 20);
	client_turn(c, clock_mono_us(), heard, NULL);
}

static void submit(struct client *c, const ProtobufCMessage *message)
{
	while (client_in_air(c) >= IN_AIR)
		turn(c);
	client_submit(c, &(struct ask){.message = message}, clock_mono_us() + PATIENCE_US, 0);
}

static void finish(struct client *c)
{
	while (client_in_air(c) > 0)
		turn(c);
}

static void call(struct client *c, const ProtobufCMessage *message, const struct id *actor)
{
	struct ask ask = {.message = message};
	struct client_answer answer;

	if (actor != NULL)
		ask.actor = bytes_of_id(actor);
	daemon_kit_ask(c, &ask, &answer);
	must_be_ok(&answer);
}

/* ---- educators and their licenses ---- */

static void publish_one(void *ctx, const Enrollment__Command *command)
{
	call(((struct mile *)ctx)->enrollment, &command->base, NULL);
}

static void register_one(void *ctx, const Enrollment__Command *command)
{
	submit(((struct mile *)ctx)->enrollment, &command->base);
}

static void link_license(struct mile *m, size_t i)
{
	static char state[] = "TN", type[] = "Professional", issued[] = "2020-01-01",
		    expires[] = "2039-12-31";
	Enrollment__LinkLicense link = ENROLLMENT__LINK_LICENSE__INIT;
	Enrollment__LicenseNumber number = ENROLLMENT__LICENSE_NUMBER__INIT;
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	struct id license = id_make(&m->roster.ids, clock_wall_us());

	number.number = arena_printf(m->arena, "TN-%06zu", i);
	number.staff_id = arena_printf(m->arena, "%07zu", i);
	link.license = pb_of_id(&license);
	link.educator = pb_of_id(&m->roster.educators[i]);
	link.state = state;
	link.type = type;
	link.number = &number;
	link.issued = issued;
	link.expires = expires;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_LINK_LICENSE;
	cmd.link_license = &link;
	submit(m->enrollment, &cmd.base);
	arena_reset(m->arena);
}

/* As soon as issuance has heard of the issuer. */
static void add_key(struct mile *m)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey add = ISSUANCE__ADD_KEY__INIT;
	struct client_answer answer;

	add.issuer = kit_issuer()->issuer;
	cmd.body_case = ISSUANCE__COMMAND__BODY_ADD_KEY;
	cmd.add_key = &add;
	do
		daemon_kit_ask(m->issuance, &(struct ask){.message = &cmd.base}, &answer);
	while (answer.reason == ISSUANCE__REASON__UNKNOWN_ISSUER);
	must_be_ok(&answer);
}

/* ---- what is issued ---- */

static enum follower_verdict take_issued(void *ctx, const struct position *before,
					 const struct position *after, const struct follow_batch *b)
{
	struct mile *m = ctx;

	(void)before;
	m->at = *after;
	for (size_t i = 0; i < b->n_records; i++) {
		AUTO(arena_destroy) struct arena *arena = arena_new(1 << 14);
		struct message_fault fault;
		struct record r;
		const Issuance__Event *event;

		ENSURE(record_unpack(b->log.records[i],
				     b->seqs != NULL ? b->seqs[i] : b->log.after_seq + 1 + i, &r));
		event = (const Issuance__Event *)(void *)message_unpack(
			&issuance__event__descriptor, r.payload, &EVENT_LIMITS, arena, &fault);
		ENSURE(event != NULL && m->n_credentials < m->n);
		m->credentials[m->n_credentials++] =
			id_of_bytes(bytes_of_pb(event->credential_issued->credential));
	}
	return FOLLOWER_SAFE;
}

static void tell_where(void *ctx, struct position *at_r)
{
	*at_r = ((struct mile *)ctx)->at;
}

static void await_credentials(struct mile *m, size_t n)
{
	int64_t until_us = clock_mono_us() + PATIENCE_US;

	ENSURE(n <= m->n_released);
	while (m->n_credentials < n) {
		ENSURE(clock_mono_us() < until_us);
		daemon_kit_turn(m->issued, 20);
	}
}

/* ---- opening and closing ---- */

void mile_open(struct mile *m, size_t n)
{
	*m = (struct mile){.n = n, .arena = arena_new(1 << 16)};
	m->credentials = calloc(n, sizeof *m->credentials);
	ENSURE(m->credentials != NULL);
	daemon_kit_open(&m->daemons);
	roster_open(&m->roster, (n + ROSTER_ENTRIES - 1) / ROSTER_ENTRIES, ROSTER_AS_REGISTERED);
}

static void start(struct mile *m, const char *service)
{
	daemon_kit_start(&m->daemons, service,
			 strcmp(service, "notification") == 0 ? m->words : NULL);
}

void mile_start(struct mile *m)
{
	static const uint32_t kinds[] = {ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED};

	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		start(m, services[i]);
	m->enrollment = daemon_kit_client(&m->daemons, "enrollment", "cairnctl");
	m->told = daemon_kit_client(&m->daemons, "assessment", "cairnctl");
	m->issuance = daemon_kit_client(&m->daemons, "issuance", "cairnctl");
	roster_publish(&m->roster, publish_one, m);
	roster_register(&m->roster, register_one, m);
	finish(m->enrollment);
	for (size_t i = 0; i < m->roster.n; i++)
		link_license(m, i);
	finish(m->enrollment);
	add_key(m);
	m->issued = daemon_kit_follow(&m->daemons, "issuance", "reader",
				      (struct follower_options){.ctx = m,
								.where = tell_where,
								.batch = take_issued,
								.kinds = kinds,
								.n_kinds = ARRAY_LEN(kinds)});
}

static void print_line(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s\n", line);
}

static void check_tables(struct mile *m)
{
	const char *scratch = place_path(&m->daemons.place, "scratch");

	ENSURE(mkdir(scratch, 0700) == 0);
	ENSURE(engine_verify(&issuance_service, place_path(&m->daemons.place, "issuance/db"), NULL,
			     scratch, print_line, NULL) == 0);
}

void mile_close(struct mile *m)
{
	follower_close(&m->issued);
	client_close(&m->enrollment);
	client_close(&m->told);
	client_close(&m->issuance);
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		daemon_kit_stop(&m->daemons, services[i]);
	check_tables(m);
	daemon_kit_close(&m->daemons);
	roster_close(&m->roster);
	arena_destroy(&m->arena);
	free(m->credentials);
}

/* ---- what happens ---- */

/* The i-th pass: of one educator after the other, in one micro-credential after the other. */
static struct bytes released(struct mile *m, size_t i)
{
	Assessment__DecisionReleased r = ASSESSMENT__DECISION_RELEASED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	const Enrollment__Rubric *rubric = kit_entry()->rubric;
	Assessment__RowResult rows[8], *list[8];
	static char profile[] = "standard";
	int64_t now_us = clock_wall_us();
	struct id ids[] = {id_make(&m->roster.ids, now_us), id_make(&m->roster.ids, now_us),
			   id_make(&m->roster.ids, now_us)};

	for (size_t k = 0; k < rubric->n_criteria; k++) {
		assessment__row_result__init(&rows[k]);
		rows[k].row = rubric->criteria[k]->code;
		rows[k].ordinal = rubric->pass_ordinal;
		rows[k].met = true;
		list[k] = &rows[k];
	}
	r.decision = pb_of_id(&ids[0]);
	r.submission = pb_of_id(&ids[1]);
	r.enrollment = pb_of_id(&ids[2]);
	r.educator = pb_of_id(&m->roster.educators[i % m->roster.n]);
	r.entry = pb_of_id(&m->roster.entries[i / m->roster.n]);
	r.version = kit_entry()->version;
	r.attempt = 1;
	r.passed = true;
	r.n_rows = rubric->n_criteria;
	r.rows = list;
	r.reads = 2;
	r.profile = profile;
	r.sealed_us = now_us - US_PER_DAY;
	r.decided_us = now_us;
	event.body_case = ASSESSMENT__EVENT__BODY_DECISION_RELEASED;
	event.decision_released = &r;
	return message_pack(&event.base, m->arena);
}

void mile_release(struct mile *m, size_t n)
{
	ENSURE(m->n_released + n <= m->n);
	while (n > 0) {
		ProtobufCBinaryData events[TELL];
		Told__Command cmd = TOLD__COMMAND__INIT;
		Told__Tell tell = TOLD__TELL__INIT;

		for (; tell.n_events < MIN(n, (size_t)TELL); tell.n_events++)
			events[tell.n_events] =
				pb_of_bytes(released(m, m->n_released + tell.n_events));
		tell.events = events;
		cmd.body_case = TOLD__COMMAND__BODY_TELL;
		cmd.tell = &tell;
		submit(m->told, &cmd.base);
		arena_reset(m->arena);
		m->n_released += tell.n_events;
		n -= tell.n_events;
	}
	finish(m->told);
}

void mile_revoke(struct mile *m, size_t n)
{
	struct id by = id_of_name("person", "olga"), second = id_of_name("person", "pavel");

	await_credentials(m, m->n_touched + n);
	for (size_t i = 0; i < n; i++) {
		Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
		Issuance__Revoke revoke = ISSUANCE__REVOKE__INIT;

		revoke.credential = pb_of_id(&m->credentials[m->n_touched++]);
		revoke.reason = ISSUANCE__LIFE_REASON__DUPLICATE;
		revoke.by = pb_of_id(&by);
		revoke.second = pb_of_id(&second);
		cmd.body_case = ISSUANCE__COMMAND__BODY_REVOKE;
		cmd.revoke = &revoke;
		call(m->issuance, &cmd.base, &by);
	}
}

void mile_shake(struct mile *m)
{
	struct id by = id_of_name("person", "olga");
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__Suspend suspend = ISSUANCE__SUSPEND__INIT;
	Issuance__Reinstate reinstate = ISSUANCE__REINSTATE__INIT;

	await_credentials(m, m->n_touched + 1);
	suspend.credential = reinstate.credential = pb_of_id(&m->credentials[m->n_touched++]);
	suspend.reason = ISSUANCE__LIFE_REASON__UNDER_REVIEW;
	cmd.body_case = ISSUANCE__COMMAND__BODY_SUSPEND;
	cmd.suspend = &suspend;
	call(m->issuance, &cmd.base, &by);
	cmd.body_case = ISSUANCE__COMMAND__BODY_REINSTATE;
	cmd.reinstate = &reinstate;
	call(m->issuance, &cmd.base, &by);
}

void mile_kill(struct mile *m, const char *service)
{
	daemon_kit_kill(&m->daemons, service);
	start(m, service);
}

void mile_burst(struct mile *m, size_t n)
{
	daemon_kit_kill(&m->daemons, "issuance");
	mile_release(m, n);
	start(m, "issuance");
}

void mile_settle(struct mile *m)
{
	await_credentials(m, m->n_released);
}

/* ---- the stream as it stands there ---- */

static bool write_row(const struct view *v, uint64_t seq, FILE *out)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 12);
	struct key key = {0};
	const Issuance__PublicRow *row;
	struct message_fault fault;
	struct bytes val;

	if (!view_get(v, issuance_service.public_stream->table, key_add_u64(&key, seq), &val))
		return false;
	ENSURE(val.len > CHAIN_LEN);
	row = (const Issuance__PublicRow *)(void *)message_unpack(
		&issuance__public_row__descriptor,
		(struct bytes){val.data + CHAIN_LEN, val.len - CHAIN_LEN}, &EVENT_LIMITS, arena,
		&fault);
	ENSURE(row != NULL);
	fprintf(out, "%" PRIu64 "|%s|", seq, ID_STR(bytes_of_pb(row->id)));
	fprintf(out, "%s|urn:uuid:%s\n", row->type, ID_STR(bytes_of_pb(row->credential)));
	return true;
}

void mile_write_stream(struct mile *m, const char *path)
{
	struct store *s = store_open_reading(place_path(&m->daemons.place, "issuance/db"),
					     issuance_service.tables, issuance_service.n_tables);
	struct view *v = store_view(s);
	FILE *out = fopen(path, "we");
	uint64_t seq = 1;

	ENSURE(out != NULL);
	while (write_row(v, seq, out))
		seq++;
	ENSURE(fclose(out) == 0);
	view_end(&v);
	store_close(&s);
}
