/* The shelf and its copy: rules, changes, queries. */
#include "tests/support/shelf_service.h"

#include "libshared/check.h"
#include "libshared/daemon.h"
#include "libshared/engine.h"
#include "libshared/seal.h"
#include "libshared/timers.h"

#include "proto/public.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum shelf_table { ITEMS = SERVICE_TABLES, TEXTS, SHOWN, UNSENT };

static const char *const shelf_tables[] = {"items", "texts", "shown", "unsent"};

struct item {
	uint64_t version;
	uint64_t puts, reminded, looks, sent;
};

static bool item_get(const struct view *v, struct bytes id, struct item *item)
{
	return ROW_GET(v, ITEMS, id, item);
}

/* ---- rules ---- */

static enum verdict decide_put(const Shelf__Put *ask, struct decision *d)
{
	Shelf__Event event = SHELF__EVENT__INIT;
	Shelf__Stored stored = SHELF__STORED__INIT;

	if (!is_id(bytes_of_pb(ask->item)))
		return refuse_text(d, SHELF__REASON__BAD_ITEM, "put.item: 16 bytes are expected");
	if (ask->text[0] == '\0')
		return refuse(d, SHELF__REASON__EMPTY_TEXT);
	stored.item = ask->item;
	stored.text = ask->text;
	stored.shown = ask->shown;
	stored.ballast = ask->ballast;
	if (ask->subject.len == ID_LEN && d->caps->keyring != NULL)
		stored.secret = seal(d, bytes_of_pb(ask->subject), bytes_of_text(ask->secret));
	event.body_case = SHELF__EVENT__BODY_STORED;
	event.stored = &stored;
	emit_about(d, bytes_of_pb(ask->item), &event.base);
	return ACCEPTED;
}

static enum verdict decide_remind(const struct view *view, const Shelf__Remind *ask,
				  struct decision *d)
{
	Shelf__Event event = SHELF__EVENT__INIT;
	Shelf__ReminderSet set = SHELF__REMINDER_SET__INIT;
	struct item item;

	if (!is_id(bytes_of_pb(ask->item)))
		return refuse(d, SHELF__REASON__BAD_ITEM);
	if (!item_get(view, bytes_of_pb(ask->item), &item))
		return refuse(d, SHELF__REASON__NO_ITEM);
	set.item = ask->item;
	set.at_us = ask->at_us;
	event.body_case = SHELF__EVENT__BODY_REMINDER_SET;
	event.reminder_set = &set;
	emit_about(d, bytes_of_pb(ask->item), &event.base);
	return ACCEPTED;
}

static enum verdict decide_note_look(const Shelf__NoteLook *ask, struct decision *d)
{
	Shelf__Event event = SHELF__EVENT__INIT;
	Shelf__LookNoted noted = SHELF__LOOK_NOTED__INIT;

	noted.item = ask->item;
	event.body_case = SHELF__EVENT__BODY_LOOK_NOTED;
	event.look_noted = &noted;
	emit_about(d, bytes_of_pb(ask->item), &event.base);
	return ACCEPTED;
}

static enum verdict decide_note_sent(const Shelf__NoteSent *ask, struct decision *d)
{
	Shelf__Event event = SHELF__EVENT__INIT;
	Shelf__Sent sent = SHELF__SENT__INIT;

	sent.item = ask->item;
	event.body_case = SHELF__EVENT__BODY_SENT;
	event.sent = &sent;
	emit_about(d, bytes_of_pb(ask->item), &event.base);
	return ACCEPTED;
}

static enum verdict shelf_decide(const struct view *view, const ProtobufCMessage *command,
				 struct decision *d)
{
	const Shelf__Command *c = (const Shelf__Command *)(const void *)command;

	switch (c->body_case) {
	case SHELF__COMMAND__BODY_PUT:
		return decide_put(c->put, d);
	case SHELF__COMMAND__BODY_REMIND:
		return decide_remind(view, c->remind, d);
	case SHELF__COMMAND__BODY_NOTE_LOOK:
		return decide_note_look(c->note_look, d);
	case SHELF__COMMAND__BODY_NOTE_SENT:
		return decide_note_sent(c->note_sent, d);
	default:
		return refuse(d, SHELF__REASON__REASON_UNSPECIFIED);
	}
}

static enum verdict shelf_decide_timer(const struct view *view, const struct timer_due *timer,
				       struct decision *d)
{
	Shelf__Event event = SHELF__EVENT__INIT;
	Shelf__Reminded reminded = SHELF__REMINDED__INIT;

	(void)view;
	reminded.item = pb_of_id(&timer->entity);
	event.body_case = SHELF__EVENT__BODY_REMINDED;
	event.reminded = &reminded;
	emit_about(d, bytes_of_id(&timer->entity), &event.base);
	return ACCEPTED;
}

/* copy: what shelf has stored is stored here. */
static enum verdict decide_shelf_event(const struct view *view, const ProtobufCMessage *event,
				       const struct record *record, struct decision *d)
{
	const Shelf__Event *e = (const Shelf__Event *)(const void *)event;

	(void)view;
	(void)record;
	if (e->body_case == SHELF__EVENT__BODY_STORED)
		emit_about(d, bytes_of_pb(e->stored->item), event);
	return ACCEPTED;
}

/* ---- changes ---- */

static void apply_stored(struct txn *txn, const Shelf__Stored *e)
{
	struct bytes id = bytes_of_pb(e->item);
	struct item item = {0};

	item_get(txn_view(txn), id, &item);
	item.puts++;
	ROW_PUT(txn, ITEMS, id, &item);
	txn_put(txn, TEXTS, id, bytes_of_text(e->text));
	txn_put(txn, UNSENT, id, BYTES_NONE);
	if (e->shown)
		public_append(txn, SHOWN, bytes_of_text(e->text));
}

static void apply_reminded(struct txn *txn, struct bytes id)
{
	struct item item = {0};

	item_get(txn_view(txn), id, &item);
	item.reminded++;
	ROW_PUT(txn, ITEMS, id, &item);
	timer_clear(txn, id, 1);
}

static void apply_look(struct txn *txn, struct bytes id)
{
	struct item item = {0};

	item_get(txn_view(txn), id, &item);
	item.looks++;
	ROW_PUT(txn, ITEMS, id, &item);
}

static void apply_sent(struct txn *txn, struct bytes id)
{
	struct item item = {0};

	item_get(txn_view(txn), id, &item);
	item.sent++;
	ROW_PUT(txn, ITEMS, id, &item);
	txn_delete(txn, UNSENT, id);
}

static void shelf_apply(struct txn *txn, const ProtobufCMessage *event, const struct record *record)
{
	const Shelf__Event *e = (const Shelf__Event *)(const void *)event;

	(void)record;
	if (e->body_case == SHELF__EVENT__BODY_STORED)
		apply_stored(txn, e->stored);
	else if (e->body_case == SHELF__EVENT__BODY_REMINDER_SET)
		timer_set(txn, bytes_of_pb(e->reminder_set->item), 1, e->reminder_set->at_us);
	else if (e->body_case == SHELF__EVENT__BODY_REMINDED)
		apply_reminded(txn, bytes_of_pb(e->reminded->item));
	else if (e->body_case == SHELF__EVENT__BODY_LOOK_NOTED)
		apply_look(txn, bytes_of_pb(e->look_noted->item));
	else if (e->body_case == SHELF__EVENT__BODY_SENT)
		apply_sent(txn, bytes_of_pb(e->sent->item));
}

/* ---- queries ---- */

static Cairn__Status answer_item(struct query *q, struct bytes id)
{
	Shelf__Answer message = SHELF__ANSWER__INIT;
	Shelf__Item item = SHELF__ITEM__INIT;
	struct bytes text;
	struct item row;

	if (!is_id(id) || !item_get(q->view, id, &row) || !view_get(q->view, TEXTS, id, &text))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "no such item");
	item.text = arena_text(q->arena, text);
	item.puts = row.puts;
	item.reminded = row.reminded;
	item.looks = row.looks;
	item.sent = row.sent > 0;
	message.body_case = SHELF__ANSWER__BODY_ITEM;
	message.item = &item;
	return query_answer(q, &message.base);
}

static Cairn__Status answer_look(struct query *q, struct bytes id)
{
	Cairn__Status status = answer_item(q, id);
	Shelf__Command *command = arena_alloc(q->arena, sizeof *command);
	Shelf__NoteLook *note = arena_alloc(q->arena, sizeof *note);

	if (status != CAIRN__STATUS__OK)
		return status;
	*command = (Shelf__Command)SHELF__COMMAND__INIT;
	*note = (Shelf__NoteLook)SHELF__NOTE_LOOK__INIT;
	note->item = pb_of_bytes(id);
	command->body_case = SHELF__COMMAND__BODY_NOTE_LOOK;
	command->note_look = note;
	q->note = &command->base;
	q->note_entity = id_of_bytes(id);
	return status;
}

static Cairn__Status shelf_answer(const ProtobufCMessage *query, struct query *q)
{
	const Shelf__Query *ask = (const Shelf__Query *)(const void *)query;

	if (ask->body_case == SHELF__QUERY__BODY_LOOK)
		return answer_look(q, bytes_of_pb(ask->look->item));
	return answer_item(q, bytes_of_pb(ask->get->item));
}

static uint32_t shelf_command_roles(uint32_t kind)
{
	static const uint32_t roles[] = {
		[SHELF__COMMAND__BODY_PUT] = ROLE_PORTAL,
		[SHELF__COMMAND__BODY_REMIND] = ROLE_OPERATOR,
		[SHELF__COMMAND__BODY_NOTE_LOOK] = ROLE_SELF,
		[SHELF__COMMAND__BODY_NOTE_SENT] = ROLE_SELF,
	};

	return kind < ARRAY_LEN(roles) ? roles[kind] : 0;
}

static uint32_t shelf_query_roles(uint32_t kind)
{
	static const uint32_t roles[] = {
		[SHELF__QUERY__BODY_GET] = ROLE_PORTAL,
		[SHELF__QUERY__BODY_LOOK] = ROLE_OPERATOR,
	};

	return kind < ARRAY_LEN(roles) ? roles[kind] : 0;
}

/* ---- the public stream ---- */

/* A row is "XX text": to be seen by the scope XX, and by peers without one. */
static bool shelf_render(const struct public_ask *ask, struct bytes *event_r)
{
	Cairn__CloudEvent event = CAIRN__CLOUD_EVENT__INIT;
	struct arena *arena = ask->arena;
	size_t len = strlen(ask->scope);

	if (ask->row.len < len || memcmp(ask->row.data, ask->scope, len) != 0)
		return false;
	event.id = arena_printf(arena, "%llu", (unsigned long long)ask->seq);
	event.type =
		arena_printf(arena, "org.cairn.shelf.%s.v1", ask->seq % 2 == 0 ? "even" : "odd");
	event.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event.text_data = arena_text(arena, ask->row);
	*event_r = message_pack(&event.base, arena);
	return true;
}

/* It came to pass as many seconds after 1970 as it has letters. */
static bool shelf_happened(const struct public_ask *ask, int64_t *at_us_r)
{
	size_t len = strlen(ask->scope);

	*at_us_r = (int64_t)ask->row.len * US_PER_S;
	return ask->row.len >= len && memcmp(ask->row.data, ask->scope, len) == 0;
}

static const struct public_stream shelf_public = {"shelf.0.public", SHOWN, shelf_render,
						  shelf_happened};

/* ---- before decide, and outside ---- */

static int shelf_prepare(const struct view *view, const ProtobufCMessage *command,
			 const struct decision *d)
{
	const Shelf__Command *c = (const Shelf__Command *)(const void *)command;

	(void)view;
	if (c->body_case != SHELF__COMMAND__BODY_PUT || c->put->subject.len != ID_LEN ||
	    d->caps->keyring == NULL)
		return 0;
	return keyring_ensure(d->caps->keyring, bytes_of_pb(c->put->subject));
}

static int shelf_prepare_sync(const struct caps *caps)
{
	return caps->keyring == NULL ? 0 : keyring_sync(caps->keyring);
}

/* Sends an item by writing its id to a file, then says so. */
struct outside {
	FILE *out;
	struct id in_hand; /* reported, and not yet answered */
	bool busy;
	struct id_maker ids;
};

static struct outside *outside_open(const struct outside_setup *setup)
{
	struct outside *o = calloc(1, sizeof *o);
	char path[512];

	ENSURE(o != NULL);
	snprintf(path, sizeof path, "%s/sent", setup->dir);
	o->out = fopen(path, "ae");
	ENSURE(o->out != NULL);
	return o;
}

static void outside_close(struct outside **o)
{
	fclose((*o)->out);
	free(*o);
	*o = NULL;
}

static bool next_unsent(struct engine *e, struct id *id_r)
{
	const struct view *v = engine_view_begin(e);
	struct scan scan = scan_first(v, UNSENT, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	bool is_found = scan_next(&scan, &key, &val);

	if (is_found)
		*id_r = id_of_bytes(key);
	scan_end(&scan);
	engine_view_end(e);
	return is_found;
}

static void outside_turn(struct outside *o, struct engine *e, int64_t now_us)
{
	Shelf__Command command = SHELF__COMMAND__INIT;
	Shelf__NoteSent note = SHELF__NOTE_SENT__INIT;
	struct id id;

	if (o->busy || !next_unsent(e, &o->in_hand))
		return;
	fprintf(o->out, "%s\n", ID_STR(bytes_of_id(&o->in_hand)));
	fflush(o->out);
	note.item = pb_of_id(&o->in_hand);
	command.body_case = SHELF__COMMAND__BODY_NOTE_SENT;
	command.note_sent = &note;
	id = id_make(&o->ids, now_us);
	o->busy = engine_submit_own(e, OUTSIDE_TOKEN, bytes_of_id(&id), bytes_of_id(&o->in_hand),
				    &command.base);
}

static void outside_replied(struct outside *o, const struct reply *reply)
{
	(void)reply;
	o->busy = false;
}

static const struct outside_ops shelf_outside = {
	.open = outside_open,
	.close = outside_close,
	.turn = outside_turn,
	.replied = outside_replied,
};

/* ---- descriptions ---- */

#define SHELF_MESSAGES                                                                             \
	.schema = 1, .tables_layout = 1, .tables = shelf_tables,                                   \
	.n_tables = ARRAY_LEN(shelf_tables), .command = &shelf__command__descriptor,               \
	.event = &shelf__event__descriptor, .query = &shelf__query__descriptor,                    \
	.answer = &shelf__answer__descriptor, .command_roles = shelf_command_roles,                \
	.query_roles = shelf_query_roles, .decide = shelf_decide, .apply = shelf_apply,            \
	.answer_query = shelf_answer, .decide_timer = shelf_decide_timer

const struct service shelf_service = {
	.name = "shelf",
	SHELF_MESSAGES,
	.public_stream = &shelf_public,
	.prepare = shelf_prepare,
	.prepare_sync = shelf_prepare_sync,
	.outside = &shelf_outside,
};

static const struct upstream copy_upstreams[] = {
	{"shelf.0.log", &shelf__event__descriptor, decide_shelf_event},
};

const struct service copy_service = {
	.name = "copy",
	SHELF_MESSAGES,
	.upstreams = copy_upstreams,
	.n_upstreams = ARRAY_LEN(copy_upstreams),
};
