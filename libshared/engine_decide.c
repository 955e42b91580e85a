/* One input in the batch's transaction: decide, append, apply, record the reply. */
#include "libshared/check.h"
#include "libshared/engine_parts.h"
#include "libshared/log.h"
#include "libshared/replies.h"

#include <sodium.h>
#include <string.h>

void decision_begin(struct engine *e, struct decision *d, int64_t now_us, struct arena *arena)
{
	*d = (struct decision){
		.now_us = now_us,
		.roles = ROLE_SELF,
		.caps = e->caps,
		.event = e->service->event,
		.arena = arena,
	};
	d->last = &d->first;
}

void apply_record(const struct service *service, struct txn *t, const struct record *r,
		  struct arena *arena)
{
	ProtobufCMessage *event;
	struct message_fault fault;

	if (r->kind >= RUNTIME_KIND)
		return;
	txn_set_seq(t, r->seq);
	event = message_unpack(service->event, r->payload, &EVENT_LIMITS, arena, &fault);
	if (event == NULL)
		txn_fault(t, fault.text);
	else
		service->apply(t, event, r);
	txn_set_seq(t, 0);
}

void write_event(struct engine *e, struct txn *t, struct record *r, struct arena *arena)
{
	eventlog_append(&e->commit, t, r, arena);
	apply_record(e->service, t, r, arena);
	e->stats.events++;
}

void decision_write(struct engine *e, struct txn *t, struct decision *d, struct id cause)
{
	for (const struct emission *m = d->first; m != NULL; m = m->next) {
		struct record r = {
			.kind = m->kind,
			.schema = e->service->schema,
			.at_us = d->now_us,
			.id = id_of_bytes(new_id(d)),
			.entity = m->entity,
			.cause = cause,
			.actor = d->actor,
			.principal = d->principal,
			.payload = m->payload,
		};

		write_event(e, t, &r, d->arena);
	}
	for (const struct brought *b = d->brought; b != NULL; b = b->next)
		release_awaiting(e, t, b, d->now_us, d->arena);
}

/* Says no for a reason that is the runtime's, not a rule's. */
static void refuse_input(struct input *in, Cairn__Status status, const char *text)
{
	in->reply.status = status;
	in->reply.text = text;
	in->reply.seq = 0;
}

static bool is_expected_version(const struct engine *e, const struct view *v,
				const struct input *in)
{
	if (in->expect == 0)
		return true;
	return e->service->version != NULL &&
	       e->service->version(v, bytes_of_id(&in->entity)) == in->expect - 1;
}

static int prepare(struct engine *e, const struct view *v, const struct input *in,
		   const struct decision *d)
{
	if (e->service->prepare == NULL)
		return 0;
	e->prepared = e->service->prepare_sync != NULL;
	return e->service->prepare(v, in->message, d);
}

static void decide_fresh_command(struct engine *e, struct txn *t, struct input *in, int64_t now_us,
				 struct arena *arena)
{
	struct decision d;

	decision_begin(e, &d, now_us, arena);
	d.input_id = in->id;
	d.entity = in->entity;
	d.actor = in->actor;
	d.principal = in->principal;
	d.roles = in->roles;
	d.scope = in->scope;
	if (!is_expected_version(e, txn_view(t), in)) {
		refuse_input(in, CAIRN__STATUS__CONFLICT,
			     "it has changed since you saw it; read it again");
		return;
	}
	if (prepare(e, txn_view(t), in, &d) != 0) {
		refuse_input(in, CAIRN__STATUS__UNAVAILABLE,
			     "it could not be stored just now; send it again with the same id");
		return;
	}
	if (e->service->decide(txn_view(t), in->message, &d) == ACCEPTED) {
		decision_write(e, t, &d, in->id);
		in->reply.status = CAIRN__STATUS__OK;
		in->reply.seq = d.first != NULL ? e->head.at.seq : 0;
		in->reply.answer = d.answer;
	} else {
		in->reply.status = CAIRN__STATUS__REJECTED;
		in->reply.reason = d.reason;
		in->reply.text = d.text;
		e->stats.refused++;
	}
	reply_put(t, &in->id, in->hash, in->principal, &in->reply);
}

void decide_command(struct engine *e, struct txn *t, struct input *in, int64_t now_us)
{
	struct arena *arena = e->flying.arena;
	uint64_t token = in->reply.token;

	in->reply = (struct reply){.token = token, .id = in->id};
	if (suspects_quarantined(e->suspects, &in->id)) {
		refuse_input(in, CAIRN__STATUS__REJECTED,
			     "quarantined: this command stopped the service twice; it has been "
			     "reported");
		e->stats.quarantined++;
		return;
	}
	switch (reply_find(txn_view(t), &in->id, in->hash, in->principal, arena, &in->reply)) {
	case RECORDED_SAME:
		e->stats.repeated++;
		return;
	case RECORDED_OTHER:
		refuse_input(in, CAIRN__STATUS__ID_REUSED,
			     "this id was used for another request; use a new id per intention");
		return;
	case RECORDED_NONE:
		break;
	}
	suspects_take(e->suspects, &in->id);
	decide_fresh_command(e, t, in, now_us, arena);
	suspects_put_down(e->suspects);
	e->stats.commands++;
}

struct id timer_input_id(const struct timer_due *timer)
{
	uint8_t text[8 + 2], noise[crypto_generichash_BYTES_MIN];

	put_u64_be(text, (uint64_t)timer->due_us);
	put_u16_be(text + 8, timer->kind);
	crypto_generichash(noise, sizeof noise, text, sizeof text, timer->entity.b, ID_LEN);
	return id_shaped(timer->due_us, noise);
}

void decide_timer(struct engine *e, struct txn *t, struct input *in, int64_t now_us)
{
	struct decision d;

	decision_begin(e, &d, now_us, e->flying.arena);
	d.input_id = timer_input_id(&in->timer);
	d.entity = in->timer.entity;
	suspects_take(e->suspects, &d.input_id);
	if (e->service->decide_timer(txn_view(t), &in->timer, &d) != ACCEPTED || d.first == NULL)
		txn_fault(t, "a due timer yields no event");
	else
		decision_write(e, t, &d, d.input_id);
	suspects_put_down(e->suspects);
	e->stats.timers_fired++;
}
