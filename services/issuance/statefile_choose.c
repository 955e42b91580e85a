/* Which rows the next file for a licensure system has. */
#include "services/issuance/statefile.h"

#include "libshared/calendar.h"
#include "services/issuance/tables_ledger.h"

#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 100 /* corrections of one credit */

/* A credit that a newer one, which is due, takes the place of: its reversal asks for nothing more
 * once that is written. */
struct replaced {
	struct id posting;
	bool is_written;
};

struct choice {
	const struct statefile *f;
	struct statefile_rows *rows;
	struct replaced *replaced; /* in order of posting once all are found */
	size_t n_replaced, room;
	size_t n_written; /* of them */
	int64_t last_day;
	struct arena *scratch; /* of one entry */
};

/* ---- what the state has ---- */

/* What was sent, and neither refused nor deleted since. */
static bool state_has(const struct view *view, struct bytes posting)
{
	struct file_sent sent;
	struct file_row row;

	if (!file_sent_get(view, posting, &sent) ||
	    sent.change == ISSUANCE__STATE_CHANGE__STATE_DELETE)
		return false;
	ENSURE(file_row_get(view, (struct bytes){sent.run, ID_LEN}, sent.number, &row));
	return row.answer != FILE_REFUSED;
}

static bool was_deleted(const struct view *view, struct bytes posting)
{
	struct file_sent sent;

	return file_sent_get(view, posting, &sent) &&
	       sent.change == ISSUANCE__STATE_CHANGE__STATE_DELETE;
}

/* The nearest credit in whose place this one stands that the state has; NULL: none. */
static const Issuance__LedgerPosted *origin_of(const struct choice *c,
					       const Issuance__LedgerPosted *p)
{
	const struct view *view = c->f->view;
	struct posting row;

	for (unsigned i = 0; i < CHAIN_MAX && p->corrects.len > 0; i++) {
		ENSURE(posting_get(view, bytes_of_pb(p->corrects), &row));
		p = posting_event(view, &row, c->scratch)->ledger_posted;
		if (state_has(view, bytes_of_pb(p->posting)))
			return p;
		if (was_deleted(view, bytes_of_pb(p->posting)))
			return NULL;
	}
	return NULL;
}

/* ---- rows ---- */

static void hold(struct choice *c, ProtobufCBinaryData posting, ProtobufCBinaryData license,
		 const char *because)
{
	struct statefile_rows *rows = c->rows;
	struct arena *arena = c->f->arena;
	Issuance__HeldRow *row;

	rows->held++;
	if (rows->n_held_rows == STATE_FILE_HELD_SHOWN)
		return;
	row = &rows->held_rows[rows->n_held_rows++];
	issuance__held_row__init(row);
	row->posting = pb_of_bytes(arena_copy(arena, bytes_of_pb(posting)));
	row->license = pb_of_bytes(arena_copy(arena, bytes_of_pb(license)));
	row->because = arena_text(arena, bytes_of_text(because));
}

static void count(struct statefile_rows *rows, const Issuance__StateFileRow *row,
		  int64_t hundredths)
{
	rows->added += row->change == ISSUANCE__STATE_CHANGE__STATE_ADD;
	rows->changed += row->change == ISSUANCE__STATE_CHANGE__STATE_CHANGED;
	rows->deleted += row->change == ISSUANCE__STATE_CHANGE__STATE_DELETE;
	rows->hundredths += hundredths;
}

/* False: it is held. */
static bool add(struct choice *c, const Issuance__StateFileRow *row,
		const Issuance__LedgerPosted *p)
{
	struct statefile_rows *rows = c->rows;
	const char *why = statefile_write(c->f, row, (uint32_t)rows->n + 1, &rows->text);

	if (why != NULL) {
		hold(c, p->posting, p->license, why);
		return false;
	}
	rows->rows[rows->n] = *row;
	rows->rows[rows->n].posting =
		pb_of_bytes(arena_copy(c->f->arena, bytes_of_pb(row->posting)));
	rows->n++;
	count(rows, row, p->hundredths);
	return true;
}

static void drop(struct choice *c, uint64_t seq)
{
	c->rows->dropped[c->rows->n_dropped++] = seq;
}

/* As it was sent: with the number and the name that it had then. */
static Issuance__StateFileRow deletion_of(const struct choice *c, const Issuance__LedgerPosted *p,
					  uint64_t entry)
{
	Issuance__StateFileRow row = ISSUANCE__STATE_FILE_ROW__INIT;
	struct file_sent sent;
	struct file_row was;

	ENSURE(file_sent_get(c->f->view, bytes_of_pb(p->posting), &sent) &&
	       file_row_get(c->f->view, (struct bytes){sent.run, ID_LEN}, sent.number, &was));
	row.posting = p->posting;
	row.change = ISSUANCE__STATE_CHANGE__STATE_DELETE;
	row.license_at = was.license_at;
	row.person_at = was.person_at;
	row.entry = entry;
	return row;
}

static Issuance__StateFileRow row_of(const struct choice *c, const Issuance__LedgerPosted *p,
				     uint64_t entry)
{
	Issuance__StateFileRow row = ISSUANCE__STATE_FILE_ROW__INIT;

	row.posting = p->posting;
	row.change = ISSUANCE__STATE_CHANGE__STATE_ADD;
	row.license_at = license_position(c->f->view, bytes_of_pb(p->license));
	row.person_at = educator_position(c->f->view, bytes_of_pb(p->educator));
	row.entry = entry;
	return row;
}

/* ---- credits ---- */

static int order_of_replaced(const void *a, const void *b)
{
	const struct replaced *x = a, *y = b;

	return memcmp(x->posting.b, y->posting.b, ID_LEN);
}

/* NULL: nothing that is due takes its place. */
static struct replaced *replaced_find(const struct choice *c, ProtobufCBinaryData posting)
{
	struct replaced wanted = {.posting = id_of_bytes(bytes_of_pb(posting))};

	return c->n_replaced == 0 ? NULL
				  : bsearch(&wanted, c->replaced, c->n_replaced, sizeof wanted,
					    order_of_replaced);
}

static void note_replaced(struct choice *c, const Issuance__LedgerPosted *origin)
{
	struct replaced *list;

	if (c->n_replaced == c->room) {
		c->room = MAX(2 * c->room, (size_t)64);
		list = arena_alloc(c->f->arena, c->room * sizeof *list);
		if (c->n_replaced > 0)
			memcpy(list, c->replaced, c->n_replaced * sizeof *list);
		c->replaced = list;
	}
	c->replaced[c->n_replaced++] =
		(struct replaced){.posting = id_of_bytes(bytes_of_pb(origin->posting))};
}

/* A change keeps the keys by which the system knows the record; else the old one goes. */
static void change(struct choice *c, const Issuance__LedgerPosted *origin,
		   const Issuance__LedgerPosted *p, uint64_t entry)
{
	Issuance__StateFileRow old = deletion_of(c, origin, entry), row = row_of(c, p, entry);
	const char *before = statefile_keys(c->f, &old), *now = statefile_keys(c->f, &row);
	bool is_same = before != NULL && now != NULL && strcmp(before, now) == 0;
	struct replaced *by = replaced_find(c, origin->posting);

	ENSURE(by != NULL); /* found before */
	if (is_same)
		row.change = ISSUANCE__STATE_CHANGE__STATE_CHANGED;
	by->is_written = (is_same || add(c, &old, origin)) && add(c, &row, p);
	c->n_written += by->is_written;
}

static void choose_origin(struct choice *c, const Issuance__LedgerPosted *p,
			  const struct posting *state)
{
	const Issuance__LedgerPosted *origin =
		state->state != POSTING_REVERSED ? origin_of(c, p) : NULL;

	if (origin != NULL)
		note_replaced(c, origin);
}

static void choose_credit(struct choice *c, const Issuance__LedgerPosted *p,
			  const struct posting *state, uint64_t seq)
{
	const Issuance__LedgerPosted *origin;
	Issuance__StateFileRow row;
	int64_t day = 0;

	if (state->state == POSTING_REVERSED) {
		drop(c, seq);
		return;
	}
	origin = origin_of(c, p);
	if (origin != NULL) {
		change(c, origin, p, seq);
		return;
	}
	ENSURE(day_of_text(p->decided_on, &day)); /* our own event */
	if (day > c->last_day)
		return; /* of a later period */
	row = row_of(c, p, seq);
	(void)add(c, &row, p);
}

/* ---- reversals ---- */

static void choose_reversal(struct choice *c, const Issuance__LedgerReversed *r, uint64_t seq)
{
	const struct view *view = c->f->view;
	const Issuance__LedgerPosted *p;
	Issuance__StateFileRow row;
	struct posting state;

	if (replaced_find(c, r->reverses) != NULL)
		return;
	if (!state_has(view, bytes_of_pb(r->reverses))) {
		drop(c, seq);
		return;
	}
	ENSURE(posting_get(view, bytes_of_pb(r->reverses), &state));
	p = posting_event(view, &state, c->scratch)->ledger_posted;
	row = deletion_of(c, p, seq);
	row.after_term = r->after_term;
	(void)add(c, &row, p);
}

static void drop_replaced(struct choice *c, const Issuance__LedgerReversed *r, uint64_t seq)
{
	const struct replaced *by = replaced_find(c, r->reverses);

	if (by != NULL && by->is_written)
		drop(c, seq);
}

/* ---- all of them ---- */

/* With the reversals of what was replaced. */
static bool is_full(const struct choice *c)
{
	return c->rows->n >= STATE_FILE_ROWS_MAX ||
	       c->rows->n_dropped + c->n_written >= STATE_FILE_DROPPED_MAX;
}

/* What is deleted stands before what is added: both may have the same keys. */
enum pass { ORIGINS, DELETIONS, CREDITS, REPLACED };

static void choose_one(struct choice *c, enum pass pass, const struct posting *state, uint64_t seq)
{
	const Issuance__Event *event = posting_event(c->f->view, state, c->scratch);

	if (event->body_case == ISSUANCE__EVENT__BODY_LEDGER_POSTED) {
		if (pass == ORIGINS)
			choose_origin(c, event->ledger_posted, state);
		else if (pass == CREDITS)
			choose_credit(c, event->ledger_posted, state, seq);
	} else if (pass == DELETIONS) {
		choose_reversal(c, event->ledger_reversed, seq);
	} else if (pass == REPLACED) {
		drop_replaced(c, event->ledger_reversed, seq);
	}
}

static void choose(struct choice *c, enum pass pass)
{
	const struct view *view = c->f->view;
	struct scan scan = file_due_scan(view, bytes_of_pb(c->f->noted->policy));
	struct posting state;
	struct file_due due;

	while ((pass == REPLACED || !is_full(c)) && file_due_next(&scan, &due)) {
		arena_reset(c->scratch);
		ENSURE(posting_get(view, bytes_of_id(&due.entry), &state));
		choose_one(c, pass, &state, due.seq);
		c->rows->through = MAX(c->rows->through, due.seq);
	}
	scan_end(&scan);
}

struct statefile_rows *statefile_choose(const struct statefile *f, int64_t last_day)
{
	struct statefile_rows *rows = arena_zalloc(f->arena, sizeof *rows);
	struct choice c = {.f = f, .rows = rows, .last_day = last_day, .scratch = arena_new(16384)};

	buffer_init(&rows->text, f->arena, (size_t)64 << 10);
	/* the last change may be of two rows */
	rows->rows = arena_alloc(f->arena, (STATE_FILE_ROWS_MAX + 1) * sizeof *rows->rows);
	rows->held_rows = arena_alloc(f->arena, STATE_FILE_HELD_SHOWN * sizeof *rows->held_rows);
	choose(&c, ORIGINS);
	if (c.n_replaced > 0)
		qsort(c.replaced, c.n_replaced, sizeof *c.replaced, order_of_replaced);
	choose(&c, DELETIONS);
	choose(&c, CREDITS);
	choose(&c, REPLACED);
	arena_destroy(&c.scratch);
	return rows;
}
