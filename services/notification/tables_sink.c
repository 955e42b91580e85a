/* The tables of sinks: rows, and the counts that move with them. */
#include "services/notification/tables_sink.h"

#include "libshared/check.h"

#include <string.h>

static const char *const event_words[] = {
	[SINK_EVENT_WAITING] = "waiting",
	[SINK_EVENT_BEHIND] = "behind",
	[SINK_EVENT_DEAD] = "dead",
};

const char *sink_event_state_word(uint16_t state)
{
	return state >= SINK_EVENT_WAITING && state < ARRAY_LEN(event_words) ? event_words[state]
									     : "";
}

uint16_t sink_event_state_of_word(const char *word)
{
	for (uint16_t state = SINK_EVENT_WAITING; state < ARRAY_LEN(event_words); state++)
		if (strcmp(event_words[state], word) == 0)
			return state;
	return 0;
}

struct id sink_slot(struct bytes sink)
{
	return id_of_name("sink", ID_STR(sink));
}

struct id sink_secret_slot(struct bytes secret)
{
	return id_of_name("sink_secret", ID_STR(secret));
}

/* ---- sinks ---- */

bool sink_get(const struct view *v, struct bytes sink, struct sink_row *row_r)
{
	return ROW_GET(v, SINK, sink, row_r);
}

void sink_put(struct txn *t, struct bytes sink, struct sink_row *row)
{
	ROW_PUT(t, SINK, sink, row);
}

const Notification__Sink *sink_settings(const struct view *v, struct bytes sink,
					struct arena *arena)
{
	struct bytes raw;

	if (!view_get(v, SINK_SETTINGS, sink, &raw))
		return NULL;
	return (const Notification__Sink *)message_unpack_own(&notification__sink__descriptor, raw,
							      arena);
}

void sink_settings_put(struct txn *t, const Notification__Sink *sink)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);

	txn_put(t, SINK_SETTINGS, bytes_of_pb(sink->sink), message_pack(&sink->base, arena));
	txn_put(t, SINK_NAME, bytes_of_text(sink->name), bytes_of_pb(sink->sink));
}

bool sink_private_get(const struct view *v, struct bytes sink, struct bytes *subject_r,
		      struct bytes *box_r)
{
	struct bytes raw;

	if (!view_get(v, SINK_PRIVATE, sink, &raw) || raw.len < ID_LEN)
		return false;
	*subject_r = (struct bytes){raw.data, ID_LEN};
	*box_r = (struct bytes){raw.data + ID_LEN, raw.len - ID_LEN};
	return true;
}

void sink_private_put(struct txn *t, struct bytes sink, const Cairn__Sealed *sealed)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	size_t len = sealed->subject.len + sealed->box.len;
	uint8_t *raw = arena_alloc(arena, len);

	memcpy(raw, sealed->subject.data, sealed->subject.len);
	memcpy(raw + sealed->subject.len, sealed->box.data, sealed->box.len);
	txn_put(t, SINK_PRIVATE, sink, (struct bytes){raw, len});
}

bool sink_of_name(const struct view *v, const char *name, struct id *sink_r)
{
	struct bytes id, key = bytes_of_text(name);

	if (key.len == 0 || key.len > SINK_NAME_MAX || !view_get(v, SINK_NAME, key, &id))
		return false;
	*sink_r = id_of_bytes(id);
	return true;
}

bool sink_owner_is_to_be_told(const struct sink_row *row)
{
	return row->state == SINK_PAUSED && row->told_us == 0 && row->tell_us != INT64_MAX &&
	       row->stop != NOTIFICATION__SINK_STOP__BY_PERSON &&
	       row->stop != NOTIFICATION__SINK_STOP__NOT_AGREED;
}

/* ---- their events ---- */

static struct bytes event_key(struct key *k, struct bytes sink, uint64_t seq)
{
	key_add(k, sink);
	return key_add_u64(k, seq);
}

bool sink_event_get(const struct view *v, struct bytes sink, uint64_t seq, struct sink_event *row_r)
{
	struct key k = {0};

	return ROW_GET(v, SINK_EVENT, event_key(&k, sink, seq), row_r);
}

static uint32_t *count_of(struct sink_row *sink, uint16_t state)
{
	if (state == SINK_EVENT_DEAD)
		return &sink->n_dead;
	return state == SINK_EVENT_BEHIND ? &sink->n_behind : &sink->n_waiting;
}

void sink_event_set(struct txn *t, struct bytes sink, struct sink_row *of, uint64_t seq,
		    struct sink_event *row)
{
	struct sink_event before;
	struct key k = {0};
	struct bytes key = event_key(&k, sink, seq);

	if (sink_event_get(txn_view(t), sink, seq, &before))
		--*count_of(of, before.state);
	if (row == NULL) {
		txn_delete(t, SINK_EVENT, key);
		return;
	}
	++*count_of(of, row->state);
	ROW_PUT(t, SINK_EVENT, key, row);
}

struct scan sink_events_after(const struct view *v, struct bytes sink, uint64_t seq)
{
	struct key k = {0};

	return scan_first(v, SINK_EVENT, sink, event_key(&k, sink, seq + 1));
}

uint64_t sink_event_seq(struct bytes key)
{
	return get_u64_be(key.data + ID_LEN);
}

void sink_delete(struct txn *t, struct bytes sink, const char *name)
{
	struct bytes key, val;

	for (;;) {
		struct scan scan = scan_first(txn_view(t), SINK_EVENT, sink, sink);
		struct key at = {0};

		if (!scan_next(&scan, &key, &val))
			break;
		key_add(&at, key);
		scan_end(&scan);
		txn_delete(t, SINK_EVENT, key_bytes(&at));
		if (txn_fault_kind(t) != FAULT_NONE)
			return;
	}
	txn_delete(t, SINK_NAME, bytes_of_text(name));
	txn_delete(t, SINK_SETTINGS, sink);
	txn_delete(t, SINK_PRIVATE, sink);
	txn_delete(t, SINK, sink);
}
