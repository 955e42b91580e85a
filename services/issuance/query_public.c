/* The public stream read by pages, for who cannot follow it: the same events, byte for byte; and
 * where an event stands that is known by its id. */
#include "libshared/check.h"
#include "libshared/follow_wire.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/tables.h"

#include <inttypes.h>
#include <string.h>

#define PAGE_EVENTS 100
#define PAGE_EVENTS_MAX 500
#define PAGE_BYTES ((size_t)256 << 10)
#define PAGE_ROWS 1000 /* looked at, so that a state of which little is told costs no more */
#define TYPES_MAX 20
#define FIND_ROWS 10000 /* of one millisecond, looked at for an id */

static uint64_t last_row(const struct view *v)
{
	struct bytes key, val;

	return view_last(v, PUBLIC, BYTES_NONE, &key, &val) ? get_u64_be(key.data) : 0;
}

static bool public_row(const struct view *v, uint64_t seq, struct bytes *row_r)
{
	struct key key = {0};
	struct bytes val;

	if (!view_get(v, PUBLIC, key_add_u64(&key, seq), &val) || val.len < CHAIN_LEN)
		return false;
	*row_r = (struct bytes){val.data + CHAIN_LEN, val.len - CHAIN_LEN};
	return true;
}

/* "org.cairn.credential.issued.v1" is of "org.cairn.credential.*" and of itself. */
static bool type_is(struct bytes type, const char *pattern)
{
	size_t n = strlen(pattern);

	if (n > 0 && pattern[n - 1] == '*')
		return type.len >= n - 1 && memcmp(type.data, pattern, n - 1) == 0;
	return bytes_equal(type, bytes_of_text(pattern));
}

static bool is_wanted(const Issuance__ReadPublic *ask, struct bytes event)
{
	struct bytes type = cloud_event_type(event);

	for (size_t i = 0; i < ask->n_types; i++)
		if (type_is(type, ask->types[i]))
			return true;
	return ask->n_types == 0;
}

/* With previoussequence: the event of this page before it, or where the page began. */
static bool event_of(const Issuance__ReadPublic *ask, struct query *q, uint64_t seq,
		     uint64_t previous_seq, struct bytes *event_r)
{
	struct public_ask row = {.view = q->view,
				 .caps = q->caps,
				 .arena = q->arena,
				 .scope = ask->state,
				 .seq = seq};
	struct bytes event;

	if (!public_row(q->view, seq, &row.row) || !issuance_public.render(&row, &event) ||
	    !is_wanted(ask, event))
		return false;
	*event_r = cloud_event_add(event, "previoussequence",
				   arena_printf(q->arena, "%020" PRIu64, previous_seq), q->arena);
	return true;
}

static void fill_page(const Issuance__ReadPublic *ask, struct query *q, size_t most,
		      Issuance__PublicPage *page)
{
	uint64_t last = MIN(page->head, ask->after + PAGE_ROWS), previous = ask->after;
	size_t bytes = 0;
	struct bytes event;

	page->events = arena_alloc(q->arena, most * sizeof *page->events);
	while (page->through < last && page->n_events < most && bytes < PAGE_BYTES) {
		Issuance__PublicEvent *e;

		page->through++;
		if (!event_of(ask, q, page->through, previous, &event))
			continue;
		e = arena_alloc(q->arena, sizeof *e);
		issuance__public_event__init(e);
		e->seq = previous = page->through;
		e->event = pb_of_bytes(event);
		bytes += event.len;
		page->events[page->n_events++] = e;
	}
}

static const char *position_of(const Issuance__ReadPublic *ask, const struct query *q,
			       uint64_t head)
{
	struct bytes row;

	if (ask->after > head)
		return "ahead";
	return ask->after < head && !public_row(q->view, ask->after + 1, &row) ? "truncated" : "ok";
}

Cairn__Status read_public(const Issuance__Query *query, struct query *q)
{
	const Issuance__ReadPublic *ask = query->read_public;
	size_t most = ask->limit == 0 ? PAGE_EVENTS : MIN(ask->limit, (size_t)PAGE_EVENTS_MAX);
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__PublicPage page = ISSUANCE__PUBLIC_PAGE__INIT;
	const char *position;

	if (ask->n_types > TYPES_MAX)
		return query_refuse(q, CAIRN__STATUS__INVALID, "types: at most 20 are expected");
	page.head = last_row(q->view);
	page.through = ask->after;
	position = position_of(ask, q, page.head);
	page.position = arena_text(q->arena, bytes_of_text(position));
	if (strcmp(position, "ok") == 0)
		fill_page(ask, q, most, &page);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_PUBLIC_PAGE;
	answer_message.public_page = &page;
	return query_answer(q, &answer_message.base);
}

/* ---- by its id ---- */

static uint64_t first_row(const struct view *v)
{
	struct scan scan = scan_first(v, PUBLIC, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	if (!scan_next(&scan, &key, &val))
		return 0;
	scan_end(&scan);
	return get_u64_be(key.data);
}

static struct bytes id_of_row(const struct query *q, uint64_t seq)
{
	const Issuance__PublicRow *row;
	struct message_fault fault;
	struct bytes packed;

	ENSURE(public_row(q->view, seq, &packed));
	row = (const Issuance__PublicRow *)message_unpack(&issuance__public_row__descriptor, packed,
							  &EVENT_LIMITS, q->arena, &fault);
	ENSURE(row != NULL); /* our own bytes */
	return bytes_of_pb(row->id);
}

/* The first row whose id is not from before at_us; end: there is none. An id has the time of its
 * decision, and that never falls from one to the next. */
static uint64_t first_since(const struct query *q, int64_t at_us, uint64_t first, uint64_t end)
{
	while (first < end) {
		uint64_t middle = first + (end - first) / 2;

		if (id_time_us(id_of_row(q, middle)) < at_us)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

/* Those of its own millisecond stand in no order of their ids. */
Cairn__Status find_public(const Issuance__Query *query, struct query *q)
{
	struct bytes event = bytes_of_pb(query->find_public->event);
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__PublicFound found = ISSUANCE__PUBLIC_FOUND__INIT;
	uint64_t head = last_row(q->view), from;

	if (!is_timed_id(event))
		return query_refuse(q, CAIRN__STATUS__INVALID, "event: the id of one is expected");
	from = head == 0 ? 1 : first_since(q, id_time_us(event), first_row(q->view), head + 1);
	for (uint64_t seq = from; seq <= head && found.seq == 0; seq++) {
		struct bytes id = id_of_row(q, seq);

		if (id_time_us(id) != id_time_us(event))
			break;
		if (seq - from == FIND_ROWS)
			return query_refuse(q, CAIRN__STATUS__INVALID,
					    "event: too many have its millisecond");
		if (bytes_equal(id, event))
			found.seq = seq;
	}
	answer_message.body_case = ISSUANCE__ANSWER__BODY_PUBLIC_FOUND;
	answer_message.public_found = &found;
	return query_answer(q, &answer_message.base);
}
