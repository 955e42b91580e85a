/* The follow protocol in bytes: batches by hand, all else by protobuf-c. */
#include "libshared/follow_wire.h"

#include "libshared/check.h"

#include <string.h>

/* Tags of follow.proto and public.proto: field number and wire type. */
#define TAG(field, type) ((uint32_t)(field) << 3 | (type))
enum wire_type { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5 };

#define MESSAGE_BATCH TAG(3, LENGTH)
#define BATCH_SESSION TAG(1, VARINT)
#define BATCH_AFTER TAG(2, VARINT)
#define BATCH_THROUGH TAG(3, VARINT)
#define BATCH_HEAD TAG(4, VARINT)
#define BATCH_EPOCH TAG(5, VARINT)
#define BATCH_CHAIN TAG(6, LENGTH)
#define BATCH_SEQS TAG(7, LENGTH)
#define BATCH_ENDS TAG(8, LENGTH)
#define BATCH_RECORD TAG(9, LENGTH)
#define BATCH_KEY TAG(10, LENGTH)
#define KEY_SUBJECT TAG(1, LENGTH)
#define KEY_KEY TAG(2, LENGTH)
#define EVENT_TYPE TAG(4, LENGTH)
#define EVENT_ATTRIBUTE TAG(5, LENGTH)
#define ATTRIBUTE_KEY TAG(1, LENGTH)
#define ATTRIBUTE_VALUE TAG(2, LENGTH)
#define VALUE_STRING TAG(3, LENGTH)

#define VARINT_MAX 10

static const struct limits FOLLOW_LIMITS = {
	.string_bytes = 256, .bytes_bytes = 64, .n_elements = 256, .unknown_fields = true};

/* ---- writing ---- */

static uint8_t *put_varint(uint8_t *at, uint64_t value)
{
	while (value >= 0x80) {
		*at++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*at++ = (uint8_t)value;
	return at;
}

static size_t size_of_varint(uint64_t value)
{
	size_t n = 1;

	while (value >= 0x80) {
		value >>= 7;
		n++;
	}
	return n;
}

static uint8_t *put_number(uint8_t *at, uint32_t tag, uint64_t value)
{
	return put_varint(put_varint(at, tag), value);
}

static uint8_t *put_bytes(uint8_t *at, uint32_t tag, struct bytes b)
{
	at = put_number(at, tag, b.len);
	if (b.len > 0)
		memcpy(at, b.data, b.len);
	return at + b.len;
}

static size_t size_of_bytes(uint32_t tag, size_t len)
{
	return size_of_varint(tag) + size_of_varint(len) + len;
}

static uint8_t *put_numbers(uint8_t *at, uint32_t tag, const uint64_t *numbers, size_t n)
{
	size_t len = 0;

	if (n == 0)
		return at;
	for (size_t i = 0; i < n; i++)
		len += size_of_varint(numbers[i]);
	at = put_number(at, tag, len);
	for (size_t i = 0; i < n; i++)
		at = put_varint(at, numbers[i]);
	return at;
}

struct bytes follow_body(const struct follow_batch *b, struct arena *arena)
{
	size_t room = 128 + VARINT_MAX * (2 + b->log.n_commits + b->n_records);
	uint8_t *start, *at;

	for (size_t i = 0; i < b->n_records; i++)
		room += size_of_bytes(BATCH_RECORD, b->log.records[i].len);
	start = at = arena_alloc(arena, room);
	at = put_number(at, BATCH_AFTER, b->log.after_seq);
	at = put_number(at, BATCH_THROUGH, b->log.through_seq);
	at = put_number(at, BATCH_EPOCH, b->epoch);
	at = put_bytes(at, BATCH_CHAIN, BYTES_OF(b->log.chain));
	if (b->seqs != NULL)
		at = put_numbers(at, BATCH_SEQS, b->seqs, b->n_records);
	at = put_numbers(at, BATCH_ENDS, b->log.commit_ends, b->log.n_commits);
	for (size_t i = 0; i < b->n_records; i++)
		at = put_bytes(at, BATCH_RECORD, b->log.records[i]);
	return (struct bytes){start, (size_t)(at - start)};
}

struct bytes follow_keys(const struct subject_key *keys, size_t n, struct arena *arena)
{
	size_t room = 0;
	uint8_t *start, *at;

	for (size_t i = 0; i < n; i++)
		room += 16 + keys[i].subject.len + keys[i].key.len;
	start = at = arena_alloc(arena, room);
	for (size_t i = 0; i < n; i++) {
		at = put_number(at, BATCH_KEY,
				size_of_bytes(KEY_SUBJECT, keys[i].subject.len) +
					size_of_bytes(KEY_KEY, keys[i].key.len));
		at = put_bytes(at, KEY_SUBJECT, keys[i].subject);
		at = put_bytes(at, KEY_KEY, keys[i].key);
	}
	return (struct bytes){start, (size_t)(at - start)};
}

void follow_frame(zmq_msg_t *frame, uint32_t session, uint64_t head_seq, struct bytes body,
		  struct bytes keys)
{
	uint8_t head[2 * (1 + VARINT_MAX)], *at = head;
	size_t len;

	at = put_number(at, BATCH_SESSION, session);
	at = put_number(at, BATCH_HEAD, head_seq);
	len = (size_t)(at - head) + body.len + keys.len;
	uint8_t *out = net_frame(frame, size_of_bytes(MESSAGE_BATCH, len));
	out = put_number(out, MESSAGE_BATCH, len);
	memcpy(out, head, (size_t)(at - head));
	out += at - head;
	memcpy(out, body.data, body.len);
	if (keys.len > 0)
		memcpy(out + body.len, keys.data, keys.len);
}

/* ---- reading ---- */

struct field {
	uint32_t tag;
	uint64_t number;    /* of a VARINT */
	struct bytes bytes; /* of a LENGTH */
};

static bool take_varint(struct bytes *in, uint64_t *value_r)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < VARINT_MAX && i < in->len; i++) {
		value |= (uint64_t)(in->data[i] & 0x7f) << (7 * i);
		if (in->data[i] >= 0x80)
			continue;
		in->data += i + 1;
		in->len -= i + 1;
		*value_r = value;
		return true;
	}
	return false;
}

static bool skip(struct bytes *in, uint64_t len)
{
	if (len > in->len)
		return false;
	in->data += len;
	in->len -= (size_t)len;
	return true;
}

/* The next field of a message. False: the bytes end in the middle of one, or are none. */
static bool take_field(struct bytes *in, struct field *f)
{
	uint64_t tag, len;

	if (!take_varint(in, &tag) || tag > UINT32_MAX || tag < 8)
		return false;
	*f = (struct field){.tag = (uint32_t)tag};
	switch (tag & 7) {
	case VARINT:
		return take_varint(in, &f->number);
	case FIXED64:
		return skip(in, 8);
	case FIXED32:
		return skip(in, 4);
	case LENGTH:
		if (!take_varint(in, &len) || len > in->len)
			return false;
		f->bytes = (struct bytes){in->data, (size_t)len};
		return skip(in, len);
	default:
		return false;
	}
}

/* How many of its repeated parts a Batch has; false: not well formed. */
struct counts {
	size_t records, keys, ends, seqs;
};

static bool count_varints(struct bytes in, size_t *n)
{
	uint64_t value;

	while (in.len > 0) {
		if (!take_varint(&in, &value))
			return false;
		++*n;
	}
	return true;
}

static bool count_parts(struct bytes in, struct counts *n)
{
	struct field f;

	*n = (struct counts){0};
	while (in.len > 0) {
		if (!take_field(&in, &f))
			return false;
		n->records += f.tag == BATCH_RECORD;
		n->keys += f.tag == BATCH_KEY;
		n->ends += f.tag == TAG(8, VARINT);
		n->seqs += f.tag == TAG(7, VARINT);
		if (f.tag == BATCH_ENDS && !count_varints(f.bytes, &n->ends))
			return false;
		if (f.tag == BATCH_SEQS && !count_varints(f.bytes, &n->seqs))
			return false;
	}
	return n->records <= FOLLOW_RECORDS_MAX && n->keys <= FOLLOW_RECORDS_MAX &&
	       n->ends <= FOLLOW_RECORDS_MAX && n->seqs <= FOLLOW_RECORDS_MAX;
}

static size_t take_numbers(struct bytes in, uint64_t *numbers, size_t n)
{
	while (in.len > 0 && take_varint(&in, &numbers[n]))
		n++;
	return n;
}

static bool take_key(struct bytes in, struct subject_key *key)
{
	struct field f;

	*key = (struct subject_key){BYTES_NONE, BYTES_NONE};
	while (in.len > 0) {
		if (!take_field(&in, &f))
			return false;
		if (f.tag == KEY_SUBJECT)
			key->subject = f.bytes;
		if (f.tag == KEY_KEY)
			key->key = f.bytes;
	}
	return key->subject.len == ID_LEN && key->key.len == KEY_LEN;
}

/* A Batch being filled; room was counted before. */
struct filling {
	struct follow_batch *b;
	uint64_t *seqs;
	size_t n_seqs;
	bool ok;
};

static void fill_lengths(struct filling *x, const struct field *f)
{
	struct follow_batch *b = x->b;

	if (f->tag == BATCH_RECORD) {
		b->log.records[b->n_records++] = f->bytes;
		b->log.bytes += f->bytes.len;
	} else if (f->tag == BATCH_KEY) {
		x->ok = x->ok && take_key(f->bytes, &b->keys[b->n_keys++]);
	} else if (f->tag == BATCH_ENDS) {
		b->log.n_commits = take_numbers(f->bytes, b->log.commit_ends, b->log.n_commits);
	} else if (f->tag == BATCH_SEQS) {
		x->n_seqs = take_numbers(f->bytes, x->seqs, x->n_seqs);
	} else if (f->tag == BATCH_CHAIN) {
		x->ok = x->ok && f->bytes.len == CHAIN_LEN;
		memcpy(b->log.chain, f->bytes.data, MIN(f->bytes.len, (size_t)CHAIN_LEN));
	}
}

static void fill_numbers(struct filling *x, const struct field *f)
{
	struct follow_batch *b = x->b;

	if (f->tag == BATCH_SESSION)
		b->session = (uint32_t)f->number;
	else if (f->tag == BATCH_AFTER)
		b->log.after_seq = f->number;
	else if (f->tag == BATCH_THROUGH)
		b->log.through_seq = f->number;
	else if (f->tag == BATCH_HEAD)
		b->head_seq = f->number;
	else if (f->tag == BATCH_EPOCH)
		b->epoch = f->number;
	else if (f->tag == TAG(8, VARINT))
		b->log.commit_ends[b->log.n_commits++] = f->number;
	else if (f->tag == TAG(7, VARINT))
		x->seqs[x->n_seqs++] = f->number;
}

/* Each record has its seq, in order, between the batch's ends. */
static bool seqs_fit(const struct follow_batch *b, size_t n_seqs)
{
	uint64_t last = b->log.after_seq;

	if (b->log.through_seq < b->log.after_seq)
		return false;
	if (b->seqs == NULL)
		return b->n_records == b->log.through_seq - b->log.after_seq;
	for (size_t i = 0; i < n_seqs; i++) {
		if (b->seqs[i] <= last)
			return false;
		last = b->seqs[i];
	}
	return n_seqs == b->n_records && last <= b->log.through_seq;
}

bool follow_is_batch(struct bytes frame)
{
	return frame.len > 0 && frame.data[0] == MESSAGE_BATCH;
}

bool follow_batch_of(struct bytes frame, struct arena *arena, struct follow_batch *b_r)
{
	struct follow_batch b = {.session = 0};
	struct counts n;
	struct field f;

	if (!take_field(&frame, &f) || f.tag != MESSAGE_BATCH || frame.len != 0 ||
	    !count_parts(f.bytes, &n))
		return false;
	b.log.records = arena_alloc(arena, n.records * sizeof *b.log.records);
	b.log.commit_ends = arena_alloc(arena, n.ends * sizeof *b.log.commit_ends);
	b.keys = arena_alloc(arena, n.keys * sizeof *b.keys);
	struct filling x = {&b, arena_alloc(arena, n.seqs * sizeof *x.seqs), 0, true};

	for (struct bytes in = f.bytes; in.len > 0;) {
		if (!take_field(&in, &f))
			return false;
		if ((f.tag & 7) == LENGTH)
			fill_lengths(&x, &f);
		else
			fill_numbers(&x, &f);
	}
	/* No seqs: unfiltered, unless there is nothing to number. */
	if (x.n_seqs > 0 || b.n_records == 0)
		b.seqs = x.seqs;
	*b_r = b;
	return x.ok && seqs_fit(&b, x.n_seqs);
}

Cairn__FollowMessage *follow_message_of(struct bytes frame, struct arena *arena)
{
	struct message_fault fault;
	ProtobufCMessage *m = message_unpack(&cairn__follow_message__descriptor, frame,
					     &FOLLOW_LIMITS, arena, &fault);

	return (Cairn__FollowMessage *)(void *)m;
}

struct bytes follow_message_pack(const Cairn__FollowMessage *m, struct arena *arena)
{
	return message_pack(&m->base, arena);
}

bool position_of_wire(const Cairn__Position *wire, struct position *at_r)
{
	*at_r = (struct position){.seq = 0};
	if (wire == NULL)
		return true;
	if ((wire->log_id.len != 0 && wire->log_id.len != ID_LEN) ||
	    (wire->chain.len != 0 && wire->chain.len != CHAIN_LEN))
		return false;
	if (wire->seq > 0 && (wire->log_id.len == 0 || wire->chain.len == 0))
		return false;
	at_r->log_id = id_of_bytes(bytes_of_pb(wire->log_id));
	at_r->epoch = wire->epoch;
	at_r->seq = wire->seq;
	if (wire->chain.len == CHAIN_LEN)
		memcpy(at_r->chain, wire->chain.data, CHAIN_LEN);
	return true;
}

void wire_of_position(const struct position *at, Cairn__Position *wire_r)
{
	*wire_r = (Cairn__Position)CAIRN__POSITION__INIT;
	if (!id_is_none(&at->log_id))
		wire_r->log_id = pb_of_bytes(bytes_of_id(&at->log_id));
	wire_r->epoch = at->epoch;
	wire_r->seq = at->seq;
	wire_r->chain = pb_of_bytes(BYTES_OF(at->chain));
}

/* ---- public events ---- */

struct bytes cloud_event_type(struct bytes event)
{
	struct field f;

	while (event.len > 0 && take_field(&event, &f))
		if (f.tag == EVENT_TYPE)
			return f.bytes;
	return BYTES_NONE;
}

struct bytes cloud_event_add(struct bytes event, const char *key, const char *value,
			     struct arena *arena)
{
	struct bytes k = bytes_of_text(key), v = bytes_of_text(value);
	size_t string_len = size_of_bytes(VALUE_STRING, v.len);
	size_t len =
		size_of_bytes(ATTRIBUTE_KEY, k.len) + size_of_bytes(ATTRIBUTE_VALUE, string_len);
	uint8_t *start = arena_alloc(arena, event.len + size_of_bytes(EVENT_ATTRIBUTE, len));
	uint8_t *at = start;

	memcpy(at, event.data, event.len);
	at = put_number(at + event.len, EVENT_ATTRIBUTE, len);
	at = put_bytes(at, ATTRIBUTE_KEY, k);
	at = put_number(at, ATTRIBUTE_VALUE, string_len);
	at = put_bytes(at, VALUE_STRING, v);
	return (struct bytes){start, (size_t)(at - start)};
}
