/* Whole journeys per second through the five services: a teacher registers, enrolls, uploads three
 * artifacts, answers and seals; two readers open and rate; the credential is signed and followed.
 */
#include "tests/bench/bench.h"
#include "tests/bench/journey.h"
#include "tests/bench/roster.h"
#include "tests/support/daemon_kit.h"

#include "libshared/clock.h"
#include "proto/assessment.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "tests/support/kit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define READERS 48
#define TEACHERS_AT_ONCE 100
#define READER_TOKEN (UINT64_C(1) << 32)
#define PATIENCE_US (120 * US_PER_S)

static const char *const services[] = {"enrollment", "evidence", "assessment", "issuance",
				       "notification"};
#define SERVICES ARRAY_LEN(services)

struct bench {
	struct daemon_kit kit;
	struct journey_clients clients;
	struct follower *issued;
	struct position at; /* in issuance's log */
	struct teacher *teachers;
	struct reader readers[READERS];
	bool asks[READERS]; /* this reader has something in the air */
	size_t n, begun, sealed, credentials;
	size_t wanted; /* readings of what is sealed that nobody has taken yet */
	size_t commands, early;
};

/* ---- what they hear ---- */

static void must_be_ok(const struct client_answer *answer, const char *who, unsigned step)
{
	if (answer->status != CAIRN__STATUS__OK)
		fprintf(stderr, "%s, step %u: status %d, reason %u: %s\n", who, step,
			(int)answer->status, answer->reason, answer->text);
	ENSURE(answer->status == CAIRN__STATUS__OK);
}

static void teacher_heard(struct bench *b, size_t i, const struct client_answer *answer)
{
	struct teacher *t = &b->teachers[i];

	if (teacher_is_early(t, answer)) {
		b->early++;
	} else {
		must_be_ok(answer, "teacher", t->step);
		t->step++;
		b->commands++;
	}
	if (t->step < JOURNEY_STEPS) {
		teacher_say(&b->clients, t, i);
		return;
	}
	b->sealed++;
	b->wanted += 2;
}

/* A reader who found nothing asks again when there is something; one who came before evidence had
 * heard tries again at once. */
static void reader_heard(struct bench *b, size_t i, const struct client_answer *answer)
{
	struct reader *r = &b->readers[i];

	b->asks[i] = false;
	if (reader_is_early(r, answer)) {
		b->early++;
		b->wanted += r->step == 0;
	} else {
		must_be_ok(answer, "reader", r->step);
		r->step = (r->step + 1) % READER_STEPS;
		b->commands++;
	}
}

static void heard(void *ctx, uint64_t token, const struct client_answer *answer)
{
	struct bench *b = ctx;

	if (token >= READER_TOKEN)
		reader_heard(b, token - READER_TOKEN, answer);
	else
		teacher_heard(b, token, answer);
}

static enum follower_verdict take_issued(void *ctx, const struct position *before,
					 const struct position *after,
					 const struct follow_batch *batch)
{
	struct bench *b = ctx;

	(void)before;
	b->at = *after;
	b->credentials += batch->n_records;
	return FOLLOWER_SAFE;
}

static void tell_where(void *ctx, struct position *at_r)
{
	*at_r = ((struct bench *)ctx)->at;
}

/* ---- a turn ---- */

static void begin_teachers(struct bench *b)
{
	while (b->begun < b->n && b->begun - b->sealed < TEACHERS_AT_ONCE) {
		b->teachers[b->begun] = teacher_make(&b->clients, b->begun);
		teacher_say(&b->clients, &b->teachers[b->begun], b->begun);
		b->begun++;
	}
}

static void send_readers(struct bench *b)
{
	for (size_t i = 0; i < READERS; i++) {
		struct reader *r = &b->readers[i];

		if (b->asks[i] || (r->step == 0 && b->wanted == 0))
			continue;
		b->wanted -= r->step == 0;
		b->asks[i] = true;
		reader_say(&b->clients, r, READER_TOKEN + i);
	}
}

static void turn(struct bench *b)
{
	struct client *clients[] = {b->clients.enrollment, b->clients.evidence,
				    b->clients.assessment};
	zmq_pollitem_t items[ARRAY_LEN(clients) + 1];
	size_t n = 0;

	begin_teachers(b);
	send_readers(b);
	for (; n < ARRAY_LEN(clients); n++)
		items[n] =
			(zmq_pollitem_t){net_handle(client_socket(clients[n])), 0, ZMQ_POLLIN, 0};
	items[n++] = (zmq_pollitem_t){net_handle(follower_socket(b->issued)), 0, ZMQ_POLLIN, 0};
	ENSURE(zmq_poll(items, (int)n, 20) >= 0 || errno == EINTR);
	for (size_t i = 0; i < ARRAY_LEN(clients); i++)
		client_turn(clients[i], clock_mono_us(), heard, b);
	follower_turn(b->issued, clock_mono_us());
}

/* ---- opening ---- */

static void call(struct bench *b, struct client *to, const ProtobufCMessage *message)
{
	struct client_answer answer;

	(void)b;
	daemon_kit_ask(to, &(struct ask){.message = message}, &answer);
	must_be_ok(&answer, "operator", 0);
}

static void publish_one(void *ctx, const Enrollment__Command *command)
{
	struct bench *b = ctx;

	call(b, b->clients.enrollment, &command->base);
}

static void add_reader(struct bench *b, struct reader *r)
{
	Assessment__Command cmd = ASSESSMENT__COMMAND__INIT;
	Assessment__RegisterAssessor assessor = ASSESSMENT__REGISTER_ASSESSOR__INIT;
	Assessment__QualifyAssessor qualify = ASSESSMENT__QUALIFY_ASSESSOR__INIT;
	struct client_answer answer;

	r->assessor = id_make(&b->clients.ids, clock_wall_us());
	assessor.assessor = qualify.assessor = pb_of_id(&r->assessor);
	cmd.body_case = ASSESSMENT__COMMAND__BODY_REGISTER_ASSESSOR;
	cmd.register_assessor = &assessor;
	call(b, b->clients.assessment, &cmd.base);
	qualify.entry = kit_entry()->entry;
	qualify.until_us = clock_wall_us() + 300 * US_PER_DAY;
	cmd.body_case = ASSESSMENT__COMMAND__BODY_QUALIFY_ASSESSOR;
	cmd.qualify_assessor = &qualify;
	/* Until assessment has heard of the entry. */
	do
		daemon_kit_ask(b->clients.assessment, &(struct ask){.message = &cmd.base}, &answer);
	while (answer.reason == ASSESSMENT__REASON__UNKNOWN_ENTRY);
	must_be_ok(&answer, "operator", 1);
}

static void add_key(struct bench *b)
{
	struct client *issuance = daemon_kit_client(&b->kit, "issuance", "cairnctl");
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey add = ISSUANCE__ADD_KEY__INIT;
	struct client_answer answer;

	add.issuer = kit_issuer()->issuer;
	cmd.body_case = ISSUANCE__COMMAND__BODY_ADD_KEY;
	cmd.add_key = &add;
	do
		daemon_kit_ask(issuance, &(struct ask){.message = &cmd.base}, &answer);
	while (answer.reason == ISSUANCE__REASON__UNKNOWN_ISSUER);
	must_be_ok(&answer, "operator", 2);
	client_close(&issuance);
}

static void open_bench(struct bench *b)
{
	static const uint32_t kinds[] = {ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED};
	struct roster roster;

	daemon_kit_open(&b->kit);
	for (size_t i = 0; i < SERVICES; i++)
		daemon_kit_start(&b->kit, services[i], NULL);
	b->clients.arena = arena_new(1 << 16);
	b->clients.enrollment = daemon_kit_client(&b->kit, "enrollment", "cairnctl");
	b->clients.evidence = daemon_kit_client(&b->kit, "evidence", "cairnctl");
	b->clients.assessment = daemon_kit_client(&b->kit, "assessment", "cairnctl");
	roster_open(&roster, 1, ROSTER_AS_REGISTERED);
	roster_publish(&roster, publish_one, b);
	roster_close(&roster);
	add_key(b);
	for (size_t i = 0; i < READERS; i++)
		add_reader(b, &b->readers[i]);
	b->issued = daemon_kit_follow(&b->kit, "issuance", "reader",
				      (struct follower_options){.ctx = b,
								.where = tell_where,
								.batch = take_issued,
								.kinds = kinds,
								.n_kinds = ARRAY_LEN(kinds)});
	b->teachers = calloc(b->n, sizeof *b->teachers);
	ENSURE(b->teachers != NULL);
}

static void close_bench(struct bench *b)
{
	follower_close(&b->issued);
	client_close(&b->clients.enrollment);
	client_close(&b->clients.evidence);
	client_close(&b->clients.assessment);
	for (size_t i = 0; i < SERVICES; i++)
		daemon_kit_stop(&b->kit, services[i]);
	arena_destroy(&b->clients.arena);
	free(b->teachers);
	daemon_kit_close(&b->kit);
}

/* ---- reporting ---- */

/* "evidence 41 %, assessment 20 % ...": shares of a core of each daemon. */
static struct bench_text shares(struct bench *b, const struct busy *before)
{
	struct bench_text text = {""};
	size_t used = 0;

	for (size_t i = 0; i < SERVICES; i++) {
		struct busy spent =
			busy_since(&before[i], daemon_kit_process(&b->kit, services[i])->pid);

		used += (size_t)snprintf(text.s + used, sizeof text.s - used, "%s%s %.0f %%",
					 i > 0 ? ", " : "", services[i],
					 100 * (spent.loop + spent.others) / spent.wall);
	}
	return text;
}

int main(int argc, char **argv)
{
	struct bench b = {.n = bench_is_quick(argc, argv) ? 300 : 1000};
	struct busy before[SERVICES];
	double seconds;

	open_bench(&b);
	for (size_t i = 0; i < SERVICES; i++)
		before[i] = busy_of(daemon_kit_process(&b.kit, services[i])->pid);
	seconds = bench_wall();
	while (b.credentials < b.n) {
		ENSURE(bench_wall() - seconds < (double)PATIENCE_US / 1e6);
		turn(&b);
	}
	seconds = bench_wall() - seconds;
	bench_line("whole journeys through five services",
		   bench_text("%.1f /s", (double)b.n / seconds).s,
		   bench_text("%.0f commands/s, %zu each; %.2f came early",
			      (double)b.commands / seconds, b.commands / b.n,
			      (double)b.early / (double)b.n)
			   .s,
		   shares(&b, before).s);
	close_bench(&b);
	return EXIT_SUCCESS;
}
