/* What rules give back, and the ids and draws they are given: a function of input and counter. */
#include "libshared/decision.h"

#include "libshared/check.h"
#include "libshared/service.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NOISE_LEN 16

/* A rule that said no, or not yet, has done nothing. */
static void forget_results(struct decision *d)
{
	d->first = NULL;
	d->last = NULL;
	d->brought = NULL;
}

enum verdict refuse(struct decision *d, uint32_t reason)
{
	forget_results(d);
	d->reason = reason;
	d->text = NULL;
	return REFUSED;
}

enum verdict refuse_text(struct decision *d, uint32_t reason, const char *format, ...)
{
	va_list args, again;
	char *text;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	ENSURE(len >= 0);
	text = arena_alloc(d->arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	refuse(d, reason);
	d->text = text;
	return REFUSED;
}

static void add_emission(struct decision *d, struct id entity, const ProtobufCMessage *event)
{
	struct emission *e = arena_zalloc(d->arena, sizeof *e);
	uint32_t kind = body_kind(event);

	ENSURE(event->descriptor == d->event);
	ENSURE(kind > 0 && kind < RUNTIME_KIND);
	e->entity = entity;
	e->kind = (uint16_t)kind;
	e->payload = message_pack(event, d->arena);
	if (d->last == NULL)
		d->last = &d->first;
	*d->last = e;
	d->last = &e->next;
}

void emit(struct decision *d, const ProtobufCMessage *event)
{
	add_emission(d, d->entity, event);
}

void emit_about(struct decision *d, struct bytes entity, const ProtobufCMessage *event)
{
	add_emission(d, id_of_bytes(entity), event);
}

enum verdict await(struct decision *d, uint16_t kind, struct bytes id)
{
	forget_results(d);
	d->awaits_kind = kind;
	d->awaits_id = id.len == ID_LEN ? id_of_bytes(id) : ID_NONE;
	return AWAITING;
}

/* An id that is none is awaited by nobody. */
void brings(struct decision *d, uint16_t kind, struct bytes id)
{
	struct brought **last = &d->brought, *b;

	if (!is_id(id))
		return;
	b = arena_zalloc(d->arena, sizeof *b);
	b->kind = kind;
	b->id = id_of_bytes(id);
	while (*last != NULL)
		last = &(*last)->next;
	*last = b;
}

struct id id_of_version(struct bytes id, uint32_t version)
{
	char name[ID_TEXT_LEN + 16];

	snprintf(name, sizeof name, "%s/%" PRIu32, ID_STR(id), version);
	return id_of_name("version", name);
}

void answer(struct decision *d, const ProtobufCMessage *body)
{
	d->answer = message_pack(body, d->arena);
	ENSURE(d->answer.len <= ANSWER_MAX);
}

/* Never the same twice for one input, always the same when the input is decided again. */
static void noise(struct decision *d, const char *use, uint8_t noise_r[NOISE_LEN])
{
	crypto_generichash_state state;
	uint8_t counter[4];

	put_u32_le(counter, d->counter++);
	crypto_generichash_init(&state, d->caps->noise_key, sizeof d->caps->noise_key, NOISE_LEN);
	crypto_generichash_update(&state, (const uint8_t *)use, strlen(use) + 1);
	crypto_generichash_update(&state, d->input_id.b, ID_LEN);
	crypto_generichash_update(&state, counter, sizeof counter);
	crypto_generichash_final(&state, noise_r, NOISE_LEN);
}

struct bytes new_id(struct decision *d)
{
	uint8_t random[NOISE_LEN];
	struct id *id = arena_alloc(d->arena, sizeof *id);

	noise(d, "id", random);
	*id = id_shaped(d->now_us, random);
	return bytes_of_id(id);
}

uint64_t draw(struct decision *d, uint64_t n)
{
	uint64_t rest, x;
	uint8_t random[NOISE_LEN];

	ENSURE(n > 0);
	rest = (0 - n) % n; /* 2^64 mod n: the draws below it would favour small numbers */
	do {
		noise(d, "draw", random);
		x = get_u64_le(random);
	} while (x < rest);
	return x % n;
}

ProtobufCBinaryData pb_of_id(const struct id *id)
{
	if (id_is_none(id))
		return (ProtobufCBinaryData){0};
	return pb_of_bytes(bytes_of_id(id));
}

void *decision_keep(struct decision *d, const void *object, size_t size)
{
	return memcpy(arena_alloc(d->arena, size), object, size);
}
