/* The daemon cairn-told: in the place of cairn-assessment, it releases the decisions that it is
 * told. Those who follow it cannot tell. */
#include "libshared/check.h"
#include "libshared/daemon.h"

#include "proto/assessment.pb-c.h"
#include "tests/support/told.pb-c.h"

static const char *const told_tables[] = {"unused"};

static uint32_t command_roles(uint32_t kind)
{
	return kind == TOLD__COMMAND__BODY_TELL ? ROLE_OPERATOR : 0;
}

static uint32_t query_roles(uint32_t kind)
{
	(void)kind;
	return 0;
}

static bool tell(struct bytes packed, struct decision *d)
{
	struct message_fault fault;
	const Assessment__Event *event = (const Assessment__Event *)(void *)message_unpack(
		&assessment__event__descriptor, packed, &EVENT_LIMITS, d->arena, &fault);

	if (event == NULL || event->body_case != ASSESSMENT__EVENT__BODY_DECISION_RELEASED)
		return false;
	emit_about(d, bytes_of_pb(event->decision_released->submission), &event->base);
	return true;
}

static enum verdict decide(const struct view *view, const ProtobufCMessage *command,
			   struct decision *d)
{
	const Told__Tell *ask = ((const Told__Command *)(const void *)command)->tell;

	(void)view;
	for (size_t i = 0; i < ask->n_events; i++)
		if (!tell(bytes_of_pb(ask->events[i]), d))
			return refuse(d, TOLD__REASON__NO_EVENT);
	return ACCEPTED;
}

static void apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record)
{
	(void)txn, (void)event, (void)record;
}

static const struct service told_service = {
	.name = "assessment",
	.schema = 1,
	.tables_layout = 1,
	.tables = told_tables,
	.n_tables = ARRAY_LEN(told_tables),
	.command = &told__command__descriptor,
	.event = &assessment__event__descriptor,
	.query = &told__query__descriptor,
	.answer = &told__answer__descriptor,
	.reason = &told__reason__descriptor,
	.command_roles = command_roles,
	.query_roles = query_roles,
	.decide = decide,
	.apply = apply,
};

int main(int argc, char **argv)
{
	return service_main(argc, argv, &told_service);
}
