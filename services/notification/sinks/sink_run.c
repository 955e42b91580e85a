/* One sink at work: order, window, what is next. */
#include "services/notification/sinks/sink_run.h"

#include "libshared/check.h"
#include "libshared/cloud_event.h"
#include "libshared/decision.h"

#include <stdlib.h>
#include <string.h>

#define POLL_US (5 * US_PER_S)          /* when nobody tells that there is more */
#define REPORT_US US_PER_S              /* what ended is reported so soon */
#define REPORT_EMPTY_US (60 * US_PER_S) /* events of other states passed by: not each time */
#define REPORT_EMPTY_SEQS 1000
#define URN "urn:uuid:"

/* ---- items ---- */

struct sink_item *run_item(struct sink_run *r, uint64_t seq)
{
	for (size_t i = 0; i < r->n_items; i++)
		if (r->items[i].seq == seq)
			return &r->items[i];
	return NULL;
}

static void forget_answer(struct sink_item *item)
{
	if (item->answer == NULL)
		return;
	free(item->answer->words);
	free(item->answer);
	item->answer = NULL;
}

static void forget_event(struct sink_item *item)
{
	free((void *)(uintptr_t)item->packed.data);
	item->packed = BYTES_NONE;
}

void item_drop(struct sink_run *r, struct sink_item *item)
{
	size_t i = (size_t)(item - r->items);

	forget_event(item);
	forget_answer(item);
	memmove(item, item + 1, (r->n_items - i - 1) * sizeof *item);
	r->n_items--;
}

static struct sink_item *item_add(struct sink_run *r, const struct sink_item *item)
{
	size_t at = r->n_items;

	ENSURE(r->n_items < RUN_ITEMS);
	while (at > 0 && r->items[at - 1].seq > item->seq)
		at--;
	memmove(&r->items[at + 1], &r->items[at], (r->n_items - at) * sizeof *item);
	r->n_items++;
	r->items[at] = *item;
	return &r->items[at];
}

static bool has_ended(const struct sink_item *item)
{
	return item->state == ITEM_ENDED || item->state == ITEM_REPORTED;
}

static bool is_in_hand(const struct sink_item *item)
{
	return item->state == ITEM_FETCHING || item->state == ITEM_ACTING ||
	       item->state == ITEM_TELLING;
}

void item_end(struct sink_run *r, struct sink_item *item, Notification__Delivery delivery,
	      int64_t now_us)
{
	forget_event(item);
	forget_answer(item);
	item->state = ITEM_ENDED;
	item->delivery = delivery;
	if (r->ended_us == 0)
		r->ended_us = now_us;
}

/* The ids stand in the event; our own issuance wrote it. False: they do not. */
static bool read_ids(struct sink_item *item, struct bytes packed)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct message_fault fault;
	const Cairn__CloudEvent *event = (const Cairn__CloudEvent *)message_unpack(
		&cairn__cloud_event__descriptor, packed, &EVENT_LIMITS, arena, &fault);
	const char *subject = event != NULL ? cloud_event_attribute(event, "subject") : NULL;

	return subject != NULL && strncmp(subject, URN, strlen(URN)) == 0 &&
	       id_of_text(subject + strlen(URN), &item->subject) &&
	       id_of_text(event->id, &item->event);
}

void item_fetched(struct sink_item *item, struct bytes packed)
{
	uint8_t *copy = malloc(packed.len + 1);

	ENSURE(copy != NULL && read_ids(item, packed));
	memcpy(copy, packed.data, packed.len);
	item->packed = (struct bytes){copy, packed.len};
	item->state = ITEM_READY;
}

/* ---- as the tables have it ---- */

static void load_listed(struct sink_run *r, const struct view *view)
{
	struct bytes sink = bytes_of_id(&r->sink), key, val;
	struct scan scan = sink_events_after(view, sink, 0);

	r->n_listed = 0;
	while (scan_next(&scan, &key, &val)) {
		struct sink_listed *l;
		struct sink_event row;

		if (r->n_listed == r->listed_room) {
			r->listed_room = MAX(2 * r->listed_room, (size_t)64);
			r->listed = realloc(r->listed, r->listed_room * sizeof *r->listed);
			ENSURE(r->listed != NULL);
		}
		l = &r->listed[r->n_listed];
		l->seq = sink_event_seq(key);
		if (!sink_event_get(view, sink, l->seq, &row))
			continue;
		memcpy(l->subject.b, row.subject, ID_LEN);
		l->next_us = row.next_us;
		l->state = row.state;
		r->n_listed++;
	}
}

static const struct sink_listed *listed_of(const struct sink_run *r, uint64_t seq)
{
	for (size_t i = 0; i < r->n_listed; i++)
		if (r->listed[i].seq == seq)
			return &r->listed[i];
	return NULL;
}

/* A person skipped it before it was begun. */
static void drop_unlisted(struct sink_run *r)
{
	for (size_t i = r->n_items; i > 0; i--) {
		struct sink_item *item = &r->items[i - 1];

		if (item->listed && (item->state == ITEM_READY || item->state == ITEM_FETCHING) &&
		    listed_of(r, item->seq) == NULL)
			item_drop(r, item);
	}
}

bool run_load(struct sink_run *r, const struct view *view)
{
	struct bytes sink = bytes_of_id(&r->sink), subject, box;
	uint64_t version = r->row.version;
	uint32_t rewinds = r->row.rewinds;

	if (!sink_get(view, sink, &r->row))
		return false;
	if (r->row.version == version)
		return true;
	if (r->arena == NULL)
		r->arena = arena_new(2048);
	arena_reset(r->arena);
	r->settings = sink_settings(view, sink, r->arena);
	ENSURE(r->settings != NULL);
	r->private_subject = r->private_box = BYTES_NONE;
	if (sink_private_get(view, sink, &subject, &box)) {
		r->private_subject = arena_copy(r->arena, subject);
		r->private_box = arena_copy(r->arena, box);
	}
	load_listed(r, view);
	if (version == 0 || r->row.rewinds != rewinds)
		run_reset(r); /* new to us, or moved */
	drop_unlisted(r);
	if (r->row.state != SINK_PAUSED)
		return true;
	r->out_of_stream = false;
	r->poll_us = 0;
	return true;
}

void run_reset(struct sink_run *r)
{
	while (r->n_items > 0)
		item_drop(r, &r->items[r->n_items - 1]);
	r->generation++;
	r->read_through = r->row.cursor;
	r->reading = r->reporting = r->out_of_stream = false;
	r->poll_us = r->ended_us = 0;
}

void run_free(struct sink_run *r)
{
	run_reset(r);
	arena_destroy(&r->arena);
	free(r->listed);
	r->listed = NULL;
	r->n_listed = r->listed_room = 0;
	r->settings = NULL;
	r->sink = ID_NONE;
	memset(&r->row, 0, sizeof r->row);
}

/* ---- reading ---- */

static size_t n_fresh(const struct sink_run *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_items; i++)
		n += !r->items[i].listed;
	return n;
}

/* Listed, and those in hand that may come to it. */
static size_t n_waiting(const struct sink_run *r)
{
	size_t n = r->row.n_waiting;

	for (size_t i = 0; i < r->n_items; i++) {
		const struct sink_item *item = &r->items[i];

		n += !item->listed && item->state != ITEM_READY &&
		     !(has_ended(item) && (item->delivery == NOTIFICATION__DELIVERY__TAKEN ||
					   item->delivery == NOTIFICATION__DELIVERY__BEHIND));
	}
	return n;
}

bool run_wants_page(const struct sink_run *r, int64_t now_us, Issuance__ReadPublic *ask_r)
{
	if (r->row.state != SINK_ACTIVE || r->reading || r->out_of_stream ||
	    n_fresh(r) > RUN_PAGE || n_waiting(r) >= RUN_WAITING || r->row.n_behind >= RUN_BEHIND ||
	    now_us < r->poll_us)
		return false;
	ask_r->after = r->read_through;
	ask_r->limit = RUN_PAGE;
	return true;
}

void run_take_page(struct sink_run *r, const Issuance__PublicPage *page, int64_t now_us)
{
	if (strcmp(page->position, "ok") != 0) {
		r->out_of_stream = true;
		return;
	}
	for (size_t i = 0; i < page->n_events && i < RUN_PAGE; i++) {
		struct sink_item *item =
			item_add(r, &(struct sink_item){.seq = page->events[i]->seq});

		item_fetched(item, bytes_of_pb(page->events[i]->event));
	}
	r->read_through = MAX(r->read_through, page->through);
	r->head = page->head;
	r->poll_us = page->through < page->head ? now_us : now_us + POLL_US;
}

/* ---- what is next ---- */

enum turn { TURN_NOW, TURN_WAITS, TURN_BEHIND };

/* Of the items of its subject before it. */
static enum turn turn_among_items(const struct sink_run *r, const struct sink_item *item)
{
	for (const struct sink_item *o = r->items; o < item; o++) {
		if (!id_equal(&o->subject, &item->subject))
			continue;
		if (!has_ended(o))
			return TURN_WAITS;
		if (o->delivery != NOTIFICATION__DELIVERY__TAKEN)
			return TURN_BEHIND;
	}
	return TURN_NOW;
}

/* Whether one that is listed stands before it. One in hand was looked at among the items. */
static bool is_behind_listed(struct sink_run *r, const struct id *subject, uint64_t seq)
{
	for (size_t i = 0; i < r->n_listed && r->listed[i].seq < seq; i++)
		if (id_equal(&r->listed[i].subject, subject) &&
		    run_item(r, r->listed[i].seq) == NULL)
			return true;
	return false;
}

static enum turn turn_of(struct sink_run *r, struct sink_item *item)
{
	enum turn turn = turn_among_items(r, item);

	if (turn != TURN_NOW || item->clear_version == r->row.version)
		return turn;
	if (is_behind_listed(r, &item->subject, item->seq))
		return TURN_BEHIND;
	item->clear_version = r->row.version;
	return TURN_NOW;
}

/* It steps aside, so that others pass. One that is listed so already needs no report. */
static void step_aside(struct sink_run *r, struct sink_item *item, int64_t now_us)
{
	const struct sink_listed *l = listed_of(r, item->seq);

	if (l != NULL && l->state == SINK_EVENT_BEHIND)
		item_drop(r, item);
	else
		item_end(r, item, NOTIFICATION__DELIVERY__BEHIND, now_us);
}

/* So many wait that no fresh one is begun, but the first one that is open: those after it that
 * ended cannot be reported before it. */
static bool may_begin_fresh(const struct sink_run *r, const struct sink_item *item)
{
	if (n_waiting(r) < RUN_WAITING)
		return true;
	if (r->row.n_waiting >= RUN_WAITING)
		return false;
	for (const struct sink_item *o = r->items; o < item; o++)
		if (!o->listed && !has_ended(o))
			return false;
	return true;
}

static struct sink_item *next_ready(struct sink_run *r, int64_t now_us)
{
	for (size_t i = 0; i < r->n_items;) {
		struct sink_item *item = &r->items[i];
		size_t n_before = r->n_items;
		enum turn turn = item->state == ITEM_READY ? turn_of(r, item) : TURN_WAITS;

		if (turn == TURN_NOW && (item->listed || may_begin_fresh(r, item)))
			return item;
		if (turn == TURN_BEHIND)
			step_aside(r, item, now_us);
		i += r->n_items == n_before;
	}
	return NULL;
}

static bool an_unread_is_fetched(const struct sink_run *r)
{
	for (size_t i = 0; i < r->n_items; i++)
		if (r->items[i].state == ITEM_FETCHING && id_is_none(&r->items[i].subject))
			return true;
	return false;
}

/* Whether a listed one may be taken in hand: its time has come, and nothing of its subject is
 * before it. Those whose subject is not known are read one by one. */
static bool listed_may(struct sink_run *r, const struct sink_listed *l, int64_t now_us)
{
	if (l->state == SINK_EVENT_DEAD || run_item(r, l->seq) != NULL ||
	    (l->state == SINK_EVENT_WAITING && l->next_us > now_us))
		return false;
	if (id_is_none(&l->subject))
		return !an_unread_is_fetched(r);
	if (is_behind_listed(r, &l->subject, l->seq))
		return false;
	for (size_t i = 0; i < r->n_items && r->items[i].seq < l->seq; i++)
		if (id_equal(&r->items[i].subject, &l->subject) &&
		    !(has_ended(&r->items[i]) &&
		      r->items[i].delivery == NOTIFICATION__DELIVERY__TAKEN))
			return false;
	return true;
}

static struct sink_item *next_listed(struct sink_run *r, int64_t now_us)
{
	for (size_t i = 0; i < r->n_listed; i++) {
		const struct sink_listed *l = &r->listed[i];

		if (listed_may(r, l, now_us))
			return item_add(r, &(struct sink_item){.seq = l->seq,
							       .subject = l->subject,
							       .state = ITEM_FETCHING,
							       .listed = true});
	}
	return NULL;
}

struct sink_item *run_next(struct sink_run *r, unsigned parallel, int64_t now_us)
{
	unsigned in_hand = 0, listed = 0, all_listed = 0;
	struct sink_item *item;

	if (r->row.state != SINK_ACTIVE || now_us < r->start_us)
		return NULL;
	for (size_t i = 0; i < r->n_items; i++) {
		in_hand += is_in_hand(&r->items[i]);
		listed += !has_ended(&r->items[i]) && r->items[i].listed;
		all_listed += r->items[i].listed;
	}
	if (in_hand >= parallel)
		return NULL;
	/* Old ones first, but they leave half of the room to fresh ones. */
	if (listed < MAX(parallel / 2, 1U) && all_listed < RUN_PARALLEL_MOST &&
	    (item = next_listed(r, now_us)) != NULL)
		return item;
	return next_ready(r, now_us);
}

/* ---- reports ---- */

/* Everything up to here has ended. */
static uint64_t ended_through(const struct sink_run *r)
{
	for (size_t i = 0; i < r->n_items; i++)
		if (!r->items[i].listed && !has_ended(&r->items[i]))
			return MAX(r->items[i].seq - 1, r->row.cursor);
	return MAX(r->read_through, r->row.cursor);
}

static bool is_reported_with(const struct sink_item *item, uint64_t through)
{
	return item->state == ITEM_ENDED && (item->listed || item->seq <= through);
}

int64_t run_report_us(const struct sink_run *r)
{
	uint64_t through = ended_through(r), passed = through - r->row.cursor;
	size_t n_ended = 0, n_open = 0;

	for (size_t i = 0; i < r->n_items; i++) {
		n_ended += is_reported_with(&r->items[i], through);
		n_open += !has_ended(&r->items[i]);
	}
	if (r->reporting)
		return INT64_MAX;
	if (r->out_of_stream && r->row.state == SINK_ACTIVE)
		return 0;
	if (n_ended >= RUN_PAGE || passed >= REPORT_EMPTY_SEQS)
		return 0;
	if (n_ended > 0)
		return n_open == 0 || r->row.state != SINK_ACTIVE ? 0 : r->ended_us + REPORT_US;
	return passed > 0 ? r->reported_us + REPORT_EMPTY_US : INT64_MAX;
}

static Notification__DeliveryAttempt *attempt_of(const struct sink_item *item, struct arena *arena)
{
	Notification__DeliveryAttempt *a = arena_alloc(arena, sizeof *a);

	notification__delivery_attempt__init(a);
	a->seq = item->seq;
	if (!id_is_none(&item->event)) {
		a->event = pb_of_bytes(arena_copy(arena, bytes_of_id(&item->event)));
		a->subject = pb_of_bytes(arena_copy(arena, bytes_of_id(&item->subject)));
	}
	a->delivery = item->delivery;
	a->code = item->code;
	a->not_before_us = item->not_before_us;
	a->why = arena_text(arena, bytes_of_text(item->why));
	return a;
}

bool run_report(struct sink_run *r, int64_t now_us, struct arena *arena,
		Notification__RecordDeliveries *report_r)
{
	uint64_t through = ended_through(r);

	if (now_us < run_report_us(r))
		return false;
	notification__record_deliveries__init(report_r);
	report_r->sink = pb_of_id(&r->sink);
	report_r->after = r->row.cursor;
	report_r->through = through;
	report_r->head = MAX(r->head, through);
	report_r->attempts = arena_alloc(arena, RUN_ITEMS * sizeof *report_r->attempts);
	for (size_t i = 0; i < r->n_items; i++) {
		struct sink_item *item = &r->items[i];

		if (!is_reported_with(item, through))
			continue;
		item->state = ITEM_REPORTED;
		if (item->delivery == NOTIFICATION__DELIVERY__TAKEN && !item->listed)
			report_r->taken++;
		else
			report_r->attempts[report_r->n_attempts++] = attempt_of(item, arena);
	}
	if (r->out_of_stream) {
		report_r->stop = NOTIFICATION__SINK_STOP__OUT_OF_STREAM;
		report_r->why = arena_text(
			arena, bytes_of_text("the public stream does not have what comes next: "
					     "rewind the sink, or add it anew"));
	}
	r->reporting = true;
	r->reported_us = now_us;
	r->ended_us = 0;
	return true;
}

void run_reported(struct sink_run *r, bool ok)
{
	r->reporting = false;
	for (size_t i = r->n_items; i > 0; i--) {
		struct sink_item *item = &r->items[i - 1];

		if (item->state != ITEM_REPORTED)
			continue;
		if (ok)
			item_drop(r, item);
		else
			item_end(r, item, item->delivery, r->reported_us);
	}
}

/* ---- time ---- */

int64_t run_next_us(const struct sink_run *r, int64_t now_us)
{
	Issuance__ReadPublic ask;
	int64_t next_us = INT64_MAX;

	if (r->row.state != SINK_ACTIVE)
		return next_us;
	if (run_wants_page(r, INT64_MAX, &ask))
		next_us = MIN(next_us, MAX(r->poll_us, now_us + US_PER_MS));
	for (size_t i = 0; i < r->n_listed; i++)
		if (r->listed[i].state == SINK_EVENT_WAITING && r->listed[i].next_us > now_us)
			next_us = MIN(next_us, r->listed[i].next_us);
	if (r->start_us > now_us)
		next_us = MIN(next_us, r->start_us);
	return next_us;
}
