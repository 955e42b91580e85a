/* A run from argv to exit code, and rows that need no function of their own. */
#include "services/ctl/ctl.h"

#include "libshared/clock.h"
#include "libshared/log.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

/* The first id that was given, to order and shard by. */
static struct id first_id(struct ctl *c)
{
	for (size_t i = 0; i < c->n_given; i++) {
		enum param_kind kind = c->given[i].param->kind;

		if (kind == P_ID || kind == P_ENTRY || kind == P_ISSUER)
			return given_id(c, c->given[i].param->name);
	}
	return ID_NONE;
}

static void take_actor(struct ctl *c)
{
	if (c->command->actor != NULL && id_is_none(&c->actor))
		c->actor = given_id(c, c->command->actor);
}

static void send_row(struct ctl *c)
{
	const struct command *row = c->command;
	json_t *fields = given_fields(c);
	struct id entity = first_id(c);

	if (row->makes != NULL) {
		entity = ctl_made_id(c, row->makes, 0);
		json_object_set_new(fields, row->makes, json_string(ID_STR(bytes_of_id(&entity))));
	}
	if (!ctl_send_fields(c, row->to, &entity, row->sends, fields))
		return;
	if (row->makes != NULL)
		tell_id(c, row->makes, &entity);
	if (c->done.answer != NULL)
		tell_message(c, c->done.answer);
	else if (row->makes != NULL)
		say(c, "%s: %s\n", row->makes, ID_STR(bytes_of_id(&entity)));
	say_done(c, row->to);
}

static void ask_row(struct ctl *c)
{
	const ProtobufCMessage *answer =
		ctl_ask_fields(c, c->command->to, c->command->asks, given_fields(c));

	if (answer != NULL)
		tell_message(c, answer);
}

int run_row(struct ctl *c)
{
	if (c->command->sends != NULL)
		send_row(c);
	else
		ask_row(c);
	return ctl_exit_code(c);
}

/* ---- a run ---- */

static void ctl_init(struct ctl *c)
{
	*c = (struct ctl){.dir = "/var/lib/cairn",
			  .key = "ctl",
			  .timeout_us = 15 * US_PER_S,
			  .arena = arena_new((size_t)64 << 10),
			  .doc = json_object()};
	c->intention = id_make(&c->ids, clock_wall_us());
}

static void ctl_finish(struct ctl *c)
{
	for (enum ctl_service s = 0; s < N_SERVICES; s++)
		client_close(&c->clients[s]);
	net_close(&c->net);
	peers_destroy(&c->peers);
	if (c->keys != NULL)
		keys_forget(c->keys);
	free(c->keys);
	json_decref(c->doc);
	arena_destroy(&c->arena);
}

int ctl_main(int argc, char **argv)
{
	struct ctl *c = malloc(sizeof *c);
	const struct command *command;
	int code;

	ENSURE(c != NULL && sodium_init() >= 0);
	log_start("cairnctl", LOG_WARN);
	ctl_init(c);
	command = ctl_parse(c, argc, argv);
	if (command != NULL) {
		take_actor(c);
		if (command->run != NULL)
			command->run(c);
		else
			run_row(c);
		tell_end(c);
	}
	code = ctl_exit_code(c);
	ctl_finish(c);
	free(c);
	return code;
}
