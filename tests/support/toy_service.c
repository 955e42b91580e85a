/* Counters whose rules can be made to fault, crash and wait. */
#include "tests/support/toy_service.h"
#include "libshared/timers.h"

#include <stdlib.h>

enum { COUNTER = SERVICE_TABLES, FILLING };
enum { ALARM = 1, DEAD_ALARM = 2 };
enum { AWAIT_COUNTER = 1 };

static const char *const tables[] = {"s.counter", "s.filling"};

struct counter {
	uint64_t version, sum, heard, rang, noted;
};

static bool counter_get(const struct view *v, struct bytes id, struct counter *c)
{
	return ROW_GET(v, COUNTER, id, c);
}

static void emit_counter(struct decision *d, Toy__Event__BodyCase kind, ProtobufCBinaryData id,
			 uint64_t amount)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Opened opened = TOY__OPENED__INIT;
	Toy__Added added = TOY__ADDED__INIT;

	event.body_case = kind;
	opened.counter = added.counter = id;
	added.amount = amount;
	if (kind == TOY__EVENT__BODY_ADDED)
		event.added = &added;
	else
		event.opened = &opened;
	emit_about(d, bytes_of_pb(id), &event.base);
}

/* ---- decide ---- */

static enum verdict decide_open(const struct view *v, const Toy__Command *cmd, struct decision *d)
{
	struct counter c;

	if (counter_get(v, bytes_of_pb(cmd->open->counter), &c))
		return refuse(d, TOY__REASON__OPEN_ALREADY);
	emit_counter(d, TOY__EVENT__BODY_OPENED, cmd->open->counter, 0);
	brings(d, AWAIT_COUNTER, bytes_of_pb(cmd->open->counter));
	return ACCEPTED;
}

static enum verdict decide_add(const struct view *v, const Toy__Command *cmd, struct decision *d)
{
	Toy__Total total = TOY__TOTAL__INIT;
	Toy__Answer reply = TOY__ANSWER__INIT;
	struct counter c;

	if (!counter_get(v, bytes_of_pb(cmd->add->counter), &c))
		return refuse(d, TOY__REASON__NOT_OPEN);
	if (cmd->add->amount > TOY_MOST - c.sum)
		return refuse_text(d, TOY__REASON__TOO_MUCH, "amount: at most %d in all", TOY_MOST);
	emit_counter(d, TOY__EVENT__BODY_ADDED, cmd->add->counter, cmd->add->amount);
	total.sum = c.sum + cmd->add->amount;
	reply.body_case = TOY__ANSWER__BODY_TOTAL;
	reply.total = &total;
	answer(d, &reply.base);
	return ACCEPTED;
}

static enum verdict decide_break(const struct view *v, const Toy__Command *cmd, struct decision *d)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Broken broken = TOY__BROKEN__INIT;

	(void)v;
	broken.counter = cmd->break_it->counter;
	event.body_case = TOY__EVENT__BODY_BROKEN;
	event.broken = &broken;
	emit(d, &event.base);
	return ACCEPTED;
}

static enum verdict decide_crash(const struct view *v, const Toy__Command *cmd, struct decision *d)
{
	(void)v;
	(void)cmd;
	(void)d;
	_Exit(77);
}

static enum verdict decide_set_alarm(const struct view *v, const Toy__Command *cmd,
				     struct decision *d)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__AlarmSet set = TOY__ALARM_SET__INIT;

	(void)v;
	set.counter = cmd->set_alarm->counter;
	set.due_us = cmd->set_alarm->due_us;
	set.dead = cmd->set_alarm->dead;
	event.body_case = TOY__EVENT__BODY_ALARM_SET;
	event.alarm_set = &set;
	emit(d, &event.base);
	return ACCEPTED;
}

static enum verdict decide_note(const struct view *v, const Toy__Command *cmd, struct decision *d)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Noted noted = TOY__NOTED__INIT;

	(void)v;
	noted.counter = cmd->note->counter;
	event.body_case = TOY__EVENT__BODY_NOTED;
	event.noted = &noted;
	emit(d, &event.base);
	return ACCEPTED;
}

static enum verdict decide_fill(const struct view *v, const Toy__Command *cmd, struct decision *d)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Filled filled = TOY__FILLED__INIT;

	(void)v;
	filled.data = cmd->fill->data;
	event.body_case = TOY__EVENT__BODY_FILLED;
	event.filled = &filled;
	emit_about(d, new_id(d), &event.base);
	return ACCEPTED;
}

typedef enum verdict rule_fn(const struct view *v, const Toy__Command *cmd, struct decision *d);

static const struct rule {
	rule_fn *decide;
	uint32_t roles;
} rules[] = {
	[TOY__COMMAND__BODY_OPEN] = {decide_open, ROLE_PORTAL},
	[TOY__COMMAND__BODY_ADD] = {decide_add, ROLE_PORTAL},
	[TOY__COMMAND__BODY_BREAK_IT] = {decide_break, ROLE_PORTAL},
	[TOY__COMMAND__BODY_CRASH] = {decide_crash, ROLE_OPERATOR},
	[TOY__COMMAND__BODY_SET_ALARM] = {decide_set_alarm, ROLE_PORTAL},
	[TOY__COMMAND__BODY_NOTE] = {decide_note, ROLE_SELF},
	[TOY__COMMAND__BODY_FILL] = {decide_fill, ROLE_PORTAL},
};

static enum verdict toy_decide(const struct view *v, const ProtobufCMessage *message,
			       struct decision *d)
{
	const Toy__Command *cmd = (const Toy__Command *)message;

	return rules[cmd->body_case].decide(v, cmd, d);
}

static uint32_t toy_command_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(rules) ? rules[kind].roles : 0;
}

static enum verdict toy_decide_timer(const struct view *v, const struct timer_due *timer,
				     struct decision *d)
{
	Toy__Event event = TOY__EVENT__INIT;
	Toy__Rang rang = TOY__RANG__INIT;

	(void)v;
	if (timer->kind == DEAD_ALARM)
		return ACCEPTED;
	rang.counter = pb_of_id(&timer->entity);
	event.body_case = TOY__EVENT__BODY_RANG;
	event.rang = &rang;
	emit(d, &event.base);
	return ACCEPTED;
}

static enum verdict toy_decide_upstream(const struct view *v, const ProtobufCMessage *message,
					const struct record *record, struct decision *d)
{
	const Toy__Event *event = (const Toy__Event *)message;
	Toy__Event ours = TOY__EVENT__INIT;
	Toy__Heard heard = TOY__HEARD__INIT;
	struct counter c;

	(void)record;
	if (event->body_case == TOY__EVENT__BODY_BROKEN) { /* heard, it faults here too */
		emit(d, message);
		return ACCEPTED;
	}
	if (event->body_case != TOY__EVENT__BODY_ADDED)
		return ACCEPTED;
	if (!counter_get(v, bytes_of_pb(event->added->counter), &c))
		return await(d, AWAIT_COUNTER, bytes_of_pb(event->added->counter));
	heard.counter = event->added->counter;
	heard.amount = event->added->amount;
	ours.body_case = TOY__EVENT__BODY_HEARD;
	ours.heard = &heard;
	emit(d, &ours.base);
	return ACCEPTED;
}

/* ---- apply ---- */

/* Which field an event adds to, and how much. */
static void apply_to_counter(struct txn *t, struct bytes id, size_t field, uint64_t amount)
{
	struct counter c = {0};
	uint64_t *fields[] = {&c.sum, &c.heard, &c.rang, &c.noted};

	counter_get(txn_view(t), id, &c);
	*fields[field] += amount;
	ROW_PUT(t, COUNTER, id, &c);
}

static void apply_alarm_set(struct txn *t, const Toy__AlarmSet *set)
{
	timer_set(t, bytes_of_pb(set->counter), set->dead ? DEAD_ALARM : ALARM, set->due_us);
}

static void toy_apply(struct txn *t, const ProtobufCMessage *message, const struct record *record)
{
	const Toy__Event *event = (const Toy__Event *)message;

	switch (event->body_case) {
	case TOY__EVENT__BODY_OPENED:
		apply_to_counter(t, bytes_of_pb(event->opened->counter), 0, 0);
		break;
	case TOY__EVENT__BODY_ADDED:
		apply_to_counter(t, bytes_of_pb(event->added->counter), 0, event->added->amount);
		break;
	case TOY__EVENT__BODY_HEARD:
		apply_to_counter(t, bytes_of_pb(event->heard->counter), 1, event->heard->amount);
		break;
	case TOY__EVENT__BODY_RANG:
		timer_clear(t, bytes_of_pb(event->rang->counter), ALARM);
		apply_to_counter(t, bytes_of_pb(event->rang->counter), 2, 1);
		break;
	case TOY__EVENT__BODY_NOTED:
		apply_to_counter(t, bytes_of_pb(event->noted->counter), 3, 1);
		break;
	case TOY__EVENT__BODY_ALARM_SET:
		apply_alarm_set(t, event->alarm_set);
		break;
	case TOY__EVENT__BODY_FILLED:
		txn_put(t, FILLING, bytes_of_id(&record->entity), bytes_of_pb(event->filled->data));
		break;
	case TOY__EVENT__BODY_BROKEN:
		txn_fault(t, "broken on purpose");
		break;
	default:
		break;
	}
}

/* ---- queries ---- */

static Cairn__Status toy_answer_query(const ProtobufCMessage *message, struct query *q)
{
	const Toy__Query *query = (const Toy__Query *)message;
	bool noted = query->body_case == TOY__QUERY__BODY_GET_NOTED;
	struct bytes id = bytes_of_pb(noted ? query->get_noted->counter : query->get->counter);
	Toy__Answer reply = TOY__ANSWER__INIT;
	Toy__Total total = TOY__TOTAL__INIT;
	struct counter c;

	if (!is_id(id) || !counter_get(q->view, id, &c))
		return query_refuse(q, CAIRN__STATUS__INVALID, "counter: not open");
	total.sum = c.sum;
	total.heard = c.heard;
	total.rang = c.rang;
	total.noted = c.noted;
	reply.body_case = TOY__ANSWER__BODY_TOTAL;
	reply.total = &total;
	if (noted) {
		Toy__Command *command = arena_alloc(q->arena, sizeof *command);
		Toy__Note *note = arena_alloc(q->arena, sizeof *note);

		toy__command__init(command);
		toy__note__init(note);
		note->counter = pb_of_bytes(arena_copy(q->arena, id));
		command->body_case = TOY__COMMAND__BODY_NOTE;
		command->note = note;
		q->note = &command->base;
		q->note_entity = id_of_bytes(id);
	}
	return query_answer(q, &reply.base);
}

static uint32_t toy_query_roles(uint32_t kind)
{
	return kind == TOY__QUERY__BODY_GET || kind == TOY__QUERY__BODY_GET_NOTED ? ANY_PEER : 0;
}

static const struct upstream upstreams[] = {
	{"up.0.log", &toy__event__descriptor, toy_decide_upstream}};

const struct service toy_service = {
	.name = "toy",
	.schema = 1,
	.tables_layout = 1,
	.tables = tables,
	.n_tables = ARRAY_LEN(tables),
	.command = &toy__command__descriptor,
	.event = &toy__event__descriptor,
	.query = &toy__query__descriptor,
	.answer = &toy__answer__descriptor,
	.command_roles = toy_command_roles,
	.query_roles = toy_query_roles,
	.decide = toy_decide,
	.apply = toy_apply,
	.answer_query = toy_answer_query,
	.decide_timer = toy_decide_timer,
	.upstreams = upstreams,
	.n_upstreams = ARRAY_LEN(upstreams),
};
