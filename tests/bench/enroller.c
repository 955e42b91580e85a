/* Processes that enroll educators at a daemon, each as a peer of its own. */
#include "tests/bench/enroller.h"

#include "libshared/clock.h"
#include "libshared/store.h"
#include "libshared/service.h"

#include <stdio.h>

extern const struct service enrollment_service;

static struct bench_text name_of(unsigned process)
{
	return bench_text("client%u", process);
}

void enroller_open(struct enroller *e, struct daemon_kit *kit, struct roster *roster)
{
	*e = (struct enroller){.kit = kit, .roster = roster};
	for (unsigned i = 0; i < ENROLLER_PROCESSES; i++)
		daemon_kit_peer(kit, name_of(i).s, "portal", "");
}

void enroller_start(struct enroller *e)
{
	static const char *const words[] = {"inflight=4096", NULL};

	daemon_kit_start(e->kit, "enrollment", words);
}

void enroller_stop(struct enroller *e)
{
	daemon_kit_stop(e->kit, "enrollment");
}

pid_t enroller_pid(struct enroller *e)
{
	return daemon_kit_process(e->kit, "enrollment")->pid;
}

uint64_t enroller_commits(struct enroller *e)
{
	struct store *s =
		store_open_reading(place_path(&e->kit->place, "enrollment/db"),
				   enrollment_service.tables, enrollment_service.n_tables);
	struct view *v;
	uint64_t n;

	ENSURE(s != NULL);
	v = store_view(s);
	n = view_count(v, TABLE_COMMIT);
	view_end(&v);
	store_close(&s);
	return n;
}

/* ---- in a client's process ---- */

static void answered(void *ctx, uint64_t token, const struct client_answer *answer)
{
	(void)token;
	if (answer->status != CAIRN__STATUS__OK)
		fprintf(stderr, "status %d, reason %u: %s\n", (int)answer->status, answer->reason,
			answer->text);
	ENSURE(answer->status == CAIRN__STATUS__OK);
	load_answered(ctx, answer->took_us);
}

/* A connection that has been proved: a query was answered. */
static struct client *connect_client(struct enroller *e, struct net *net, unsigned process)
{
	struct curve_keys keys = daemon_kit_keys(e->kit, name_of(process).s);
	struct key_text server = daemon_kit_public(e->kit, "enrollment");
	Enrollment__Query query = ENROLLMENT__QUERY__INIT;
	Enrollment__GetEntry get = ENROLLMENT__GET_ENTRY__INIT;
	struct client_answer answer;
	struct client *c;

	c = client_open(
		&(struct client_options){.net = net,
					 .endpoint = daemon_kit_endpoint(e->kit, "enrollment", 's'),
					 .keys = &keys,
					 .server = &server,
					 .silence_us = 60 * US_PER_S});
	ENSURE(c != NULL);
	get.entry = pb_of_bytes(bytes_of_id(&e->roster->entries[0]));
	query.body_case = ENROLLMENT__QUERY__BODY_GET_ENTRY;
	query.get_entry = &get;
	ENSURE(daemon_kit_ask(c, &(struct ask){.message = &query.base}, &answer) ==
	       CAIRN__STATUS__OK);
	return c;
}

static void enroll(struct enroller *e, struct client *c, size_t i)
{
	struct roster_enrollment m;

	roster_enrollment(e->roster, i, &m);
	client_submit(c, &(struct ask){.message = &m.command.base}, clock_mono_us() + 60 * US_PER_S,
		      0);
}

static void client(const struct load *load, struct load_part *part)
{
	struct enroller *e = load->ctx;
	struct net *net = net_open(1);
	struct client *c = connect_client(e, net, part->member->number);
	zmq_pollitem_t item = {net_handle(client_socket(c)), 0, ZMQ_POLLIN, 0};

	load_ready(part);
	while (part->done < part->n) {
		/* The processes take turns in the roster. */
		for (size_t n = load_due(part, clock_mono_us()); n > 0; n--)
			enroll(e, c,
			       e->next + part->sent++ * load->processes + part->member->number);
		zmq_poll(&item, 1, part->rate > 0 ? 1 : 100);
		client_turn(c, clock_mono_us(), answered, part);
	}
	part->member->ended_us = clock_mono_us();
	client_close(&c);
	net_close(&net);
}

void enroller_run(struct enroller *e, struct load *load)
{
	load->processes = ENROLLER_PROCESSES;
	load->client = client;
	load->ctx = e;
	load_run(load);
	e->next += load->n;
}
