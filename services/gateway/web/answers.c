/* Steps, what was answered to them, and how a service's refusal is told. */
#include "libshared/check.h"
#include "services/gateway/web/exchange.h"
#include "services/gateway/web/speech.h"

#include <string.h>

/* ---- steps ---- */

void then(struct request *r, step_fn *next)
{
	exchange_of(r)->step = next;
}

void then_at(struct request *r, int64_t mono_us, step_fn *next)
{
	struct exchange *x = exchange_of(r);

	x->at_wake = next;
	x->wake_us = mono_us;
}

/* A step reads what the one before asked; what it asks itself takes the slots anew. */
static void run_step(struct exchange *x)
{
	step_fn *step = x->step;

	x->step = NULL;
	x->n_read = x->n_asked;
	x->n_asked = 0;
	memcpy(x->read, x->asked, x->n_read * sizeof *x->read);
	step(&x->request);
	for (unsigned i = 0; i < x->n_read; i++)
		asked_forget(&x->read[i]);
	x->n_read = 0;
}

void exchange_go_on(struct exchange *x)
{
	while (x->step != NULL && x->n_waiting == 0)
		run_step(x);
	if (x->phase == PHASE_REPLIED || (x->phase != PHASE_STEPS && x->step == NULL))
		exchange_resume(x);
	/* Whoever neither replies nor waits for anything would wait for ever. */
	ENSURE(x->phase != PHASE_STEPS || x->step != NULL || x->at_wake != NULL ||
	       x->n_waiting > 0);
}

static const struct asked *slot_of(const struct request *r, unsigned slot)
{
	const struct exchange *x = exchange_of(r);

	ENSURE(slot < x->n_read);
	return &x->read[slot];
}

json_t *answer(const struct request *r, unsigned slot)
{
	return slot_of(r, slot)->body;
}

Cairn__Status status_of(const struct request *r, unsigned slot)
{
	return slot_of(r, slot)->status;
}

const char *said_of(const struct request *r, unsigned slot)
{
	return slot_of(r, slot)->text;
}

const ProtobufCMessage *answer_message(const struct request *r, unsigned slot, struct arena *arena)
{
	const struct asked *a = slot_of(r, slot);
	struct message_fault fault;

	ENSURE(a->is_packed);
	if (a->status != CAIRN__STATUS__OK || a->packed.len == 0)
		return NULL;
	return message_unpack(speeches[a->to].answer, a->packed, &EVENT_LIMITS, arena, &fault);
}

const char *reason_of(const struct request *r, unsigned slot)
{
	const struct asked *a = slot_of(r, slot);
	const ProtobufCEnumValue *v =
		protobuf_c_enum_descriptor_get_value(speeches[a->to].reason, (int)a->reason);

	return a->status == CAIRN__STATUS__REJECTED && a->reason != 0 && v != NULL ? v->name : "";
}

json_t *keep(struct request *r, json_t *value)
{
	struct exchange *x = exchange_of(r);

	ENSURE(x->n_kept < KEPT_MAX);
	return x->kept[x->n_kept++] = value;
}

/* ---- refusals ---- */

static const struct refusal {
	unsigned status;
	const char *code, *text;
} refusals[] = {
	[CAIRN__STATUS__STATUS_UNSPECIFIED] = {503, "no_answer",
					       "A service did not answer in time. Whether it was "
					       "done is not known: send the same "
					       "again with the same Idempotency-Key."},
	[CAIRN__STATUS__REJECTED] = {409, "rejected", "That is not possible now."},
	[CAIRN__STATUS__INVALID] = {400, "invalid", "Something in the request is not valid."},
	[CAIRN__STATUS__FORBIDDEN] = {403, "not_allowed", "That is not allowed."},
	[CAIRN__STATUS__CONFLICT] = {412, "changed_meanwhile",
				     "It was changed meanwhile. Read it again first."},
	[CAIRN__STATUS__ID_REUSED] = {409, "key_reused",
				      "This Idempotency-Key was used for something else."},
	[CAIRN__STATUS__ID_TOO_OLD] = {409, "key_too_old", "This Idempotency-Key is too old."},
	[CAIRN__STATUS__EXPIRED] = {503, "no_answer", "A service did not answer in time."},
	[CAIRN__STATUS__BUSY] = {503, "busy", "Too much is asked at once. Try again in a moment."},
	[CAIRN__STATUS__UNAVAILABLE] = {503, "unavailable",
					"A service is not available. Try again in a moment."},
	[CAIRN__STATUS__MOVED] = {503, "unavailable", "A service has moved."},
};

/* What does not exist and what is somebody else's look alike. */
static bool is_hidden(const char *reason)
{
	return strncmp(reason, "UNKNOWN_", 8) == 0 || strcmp(reason, "NOT_YOURS") == 0;
}

bool refused(struct request *r, unsigned slot)
{
	const struct asked *a = slot_of(r, slot);
	const char *reason = reason_of(r, slot);
	const struct refusal *refusal;

	if (a->status == CAIRN__STATUS__OK)
		return false;
	ENSURE((size_t)a->status < ARRAY_LEN(refusals));
	refusal = &refusals[a->status];
	if (refusal->status == 503)
		reply_header(r, "Retry-After", "%u", MAX(1u, a->retry_ms / 1000));
	if (is_hidden(reason) || (!a->is_command && (a->status == CAIRN__STATUS__REJECTED ||
						     a->status == CAIRN__STATUS__FORBIDDEN)))
		reply_problem(r, 404, "not_found", "There is nothing at this address.");
	else
		reply_problem(r, refusal->status, reason[0] != '\0' ? reason : refusal->code, "%s",
			      a->text[0] != '\0' ? a->text : refusal->text);
	return true;
}
