/* The tables of the renewal ledger: keys and rows. */
#include "services/issuance/tables_ledger.h"

#include "libshared/calendar.h"
#include "libshared/check.h"

#include <string.h>

#define STATE_LEN 2
#define AT_LEN 8
/* Days as keys in order, for dates before 1970 too. */
#define DAY_BIAS (UINT64_C(1) << 32)

static uint64_t day_key(int64_t day)
{
	return (uint64_t)(day + (int64_t)DAY_BIAS);
}

static int64_t day_in(const char *text)
{
	int64_t day = 0;

	ENSURE(day_of_text(text, &day)); /* our own event */
	return day;
}

const Issuance__LicenseNoted *license_get(const struct view *v, struct bytes license,
					  struct arena *arena)
{
	struct bytes educator, raw;
	struct key key = {0};

	if (!view_get(v, LICENSE_OF, license, &educator))
		return NULL;
	key_add(&key, educator);
	if (!view_get(v, LICENSE, key_add(&key, license), &raw))
		return NULL;
	return event_of_row(raw, arena)->license_noted;
}

/* ---- policies ---- */

static struct bytes state_key(struct key *k, const char *state)
{
	return key_add(k, (struct bytes){(const uint8_t *)state, STATE_LEN});
}

/* The newest that is in force among the versions of one policy. */
static const Issuance__RenewalPolicyNoted *in_force(const struct policy_walk *walk,
						    struct bytes policy, struct arena *arena)
{
	const Issuance__RenewalPolicyNoted *best = NULL;
	struct bytes key, raw;
	struct key prefix = {0};
	struct scan scan;

	state_key(&prefix, walk->state);
	key_add(&prefix, policy);
	scan = scan_first(walk->view, RENEWAL_POLICY, key_bytes(&prefix), key_bytes(&prefix));
	while (scan_next(&scan, &key, &raw)) {
		const Issuance__RenewalPolicyNoted *p =
			event_of_row(raw, arena)->renewal_policy_noted;

		if (day_in(p->effective_from) <= walk->day_of(walk->ctx, p->time_zone))
			best = p;
	}
	return best;
}

/* The first policy of the state behind the one given last. */
static bool next_id(struct policy_walk *walk)
{
	struct key prefix = {0}, from = {0};
	struct bytes key, raw;
	struct scan scan;

	state_key(&prefix, walk->state);
	state_key(&from, walk->state);
	if (walk->started) {
		key_add(&from, bytes_of_id(&walk->after));
		key_add_u64(&from, UINT64_MAX);
		key_add_u64(&from, UINT64_MAX);
	}
	scan = scan_first(walk->view, RENEWAL_POLICY, key_bytes(&prefix), key_bytes(&from));
	if (!scan_next(&scan, &key, &raw))
		return false;
	walk->after = id_of_bytes((struct bytes){key.data + STATE_LEN, ID_LEN});
	walk->started = true;
	scan_end(&scan);
	return true;
}

const Issuance__RenewalPolicyNoted *policy_next(struct policy_walk *walk, struct arena *arena)
{
	const Issuance__RenewalPolicyNoted *found = NULL;

	if (strlen(walk->state) != STATE_LEN)
		return NULL;
	while (found == NULL && next_id(walk))
		found = in_force(walk, bytes_of_id(&walk->after), arena);
	return found;
}

static struct bytes version_key(struct key *k, const struct policy_key *which)
{
	state_key(k, which->state);
	key_add(k, which->policy);
	key_add_u64(k, day_key(which->from));
	return key_add_u32(k, which->version);
}

bool policy_has(const struct view *v, const struct policy_key *which)
{
	struct key key = {0};
	struct bytes raw;

	return view_get(v, RENEWAL_POLICY, version_key(&key, which), &raw);
}

void policy_put(struct txn *t, const Issuance__RenewalPolicyNoted *p, struct bytes raw)
{
	struct policy_key which = {p->state, bytes_of_pb(p->policy), day_in(p->effective_from),
				   p->version};
	struct key key = {0};

	txn_put(t, RENEWAL_POLICY, version_key(&key, &which), raw);
}

/* ---- entries ---- */

static struct bytes slot_key(struct key *k, const struct slot *slot)
{
	key_add(k, slot->license);
	key_add(k, slot->policy);
	key_add_u64(k, day_key(slot->term_from));
	return key_add(k, slot->entry);
}

struct slot slot_of(const Issuance__LedgerPosted *p)
{
	return (struct slot){bytes_of_pb(p->license), bytes_of_pb(p->policy), day_in(p->term_from),
			     bytes_of_pb(p->entry)};
}

bool slot_get(const struct view *v, const struct slot *slot, struct id *posting_r)
{
	struct key key = {0};
	struct bytes val;

	if (!view_get(v, LEDGER_SLOT, slot_key(&key, slot), &val))
		return false;
	*posting_r = id_of_bytes(val);
	return true;
}

void slot_put(struct txn *t, const struct slot *slot, struct bytes posting)
{
	struct key key = {0};

	txn_put(t, LEDGER_SLOT, slot_key(&key, slot), posting);
}

bool posting_get(const struct view *v, struct bytes posting, struct posting *row_r)
{
	return ROW_GET(v, POSTING, posting, row_r);
}

void posting_set_state(struct txn *t, struct bytes posting, enum posting_state state)
{
	struct posting row;

	if (!posting_get(txn_view(t), posting, &row)) {
		txn_fault(t, "ledger: no such posting");
		return;
	}
	row.state = state;
	ROW_PUT(t, POSTING, posting, &row);
}

static const Issuance__Event *event_of_line(struct bytes val, struct arena *arena)
{
	ENSURE(val.len > AT_LEN);
	return event_of_row((struct bytes){val.data + AT_LEN, val.len - AT_LEN}, arena);
}

const Issuance__Event *posting_event(const struct view *v, const struct posting *row,
				     struct arena *arena)
{
	struct key key = {0};
	struct bytes val;

	key_add(&key, (struct bytes){row->license, ID_LEN});
	ENSURE(view_get(v, LEDGER, key_add_u64(&key, row->seq), &val));
	return event_of_line(val, arena);
}

bool posting_place(const struct view *v, struct bytes posting, struct posting_place *place_r)
{
	const Issuance__LedgerPosted *p;
	struct arena *arena;
	struct posting row;

	if (!posting_get(v, posting, &row) || !row.is_credit)
		return false;
	arena = arena_new(4096);
	p = posting_event(v, &row, arena)->ledger_posted;
	place_r->policy = id_of_bytes(bytes_of_pb(p->policy));
	memcpy(place_r->state, p->state, sizeof place_r->state);
	arena_destroy(&arena);
	return true;
}

void posting_reverse(struct txn *t, struct bytes posting)
{
	struct arena *arena = arena_new(4096);
	struct key key = {0};
	struct posting row;
	struct slot slot;
	struct id holds;

	if (posting_get(txn_view(t), posting, &row)) {
		slot = slot_of(posting_event(txn_view(t), &row, arena)->ledger_posted);
		if (slot_get(txn_view(t), &slot, &holds) &&
		    bytes_equal(bytes_of_id(&holds), posting))
			txn_delete(t, LEDGER_SLOT, slot_key(&key, &slot));
	}
	posting_set_state(t, posting, POSTING_REVERSED);
	arena_destroy(&arena);
}

struct scan ledger_scan(const struct view *v, struct bytes license, uint64_t after)
{
	struct key from = {0};

	key_add(&from, license);
	return scan_first(v, LEDGER, license, key_add_u64(&from, after + 1));
}

bool ledger_next(struct scan *scan, struct arena *arena, struct ledger_line *line_r)
{
	struct bytes key, val;

	if (!scan_next(scan, &key, &val))
		return false;
	line_r->seq = get_u64_be(key.data + ID_LEN);
	line_r->at_us = (int64_t)get_u64_le(val.data);
	line_r->event = event_of_line(val, arena);
	return true;
}

int64_t ledger_amount(const Issuance__Event *event)
{
	if (event->body_case == ISSUANCE__EVENT__BODY_LEDGER_POSTED)
		return event->ledger_posted->hundredths;
	if (event->body_case == ISSUANCE__EVENT__BODY_LEDGER_REVERSED)
		return event->ledger_reversed->hundredths;
	return event->ledger_adjusted->hundredths;
}

int64_t ledger_balance(const struct view *v, struct bytes license, int64_t at_us,
		       struct arena *arena)
{
	struct scan scan = ledger_scan(v, license, 0);
	struct ledger_line line;
	int64_t sum = 0;

	while (ledger_next(&scan, arena, &line))
		if (line.at_us <= at_us)
			sum += ledger_amount(line.event);
	return sum;
}

/* The last of a credential's credits for a license. False: none. */
static bool last_posting(const struct view *v, struct bytes credential, struct bytes license,
			 struct posting *row_r)
{
	struct scan scan = scan_first(v, POSTING_OF, credential, credential);
	struct bytes key, val;
	bool found = false;

	while (credential.len > 0 && scan_next(&scan, &key, &val)) {
		struct posting row;

		ENSURE(posting_get(v, (struct bytes){key.data + ID_LEN, ID_LEN}, &row));
		if (!row.is_credit || !bytes_equal((struct bytes){row.license, ID_LEN}, license) ||
		    (found && row.seq < row_r->seq))
			continue;
		*row_r = row;
		found = true;
	}
	scan_end(&scan);
	return found;
}

const Issuance__LedgerPosted *posting_last(const struct view *v, struct bytes credential,
					   struct bytes license, struct arena *arena)
{
	struct posting row;

	return last_posting(v, credential, license, &row)
		       ? posting_event(v, &row, arena)->ledger_posted
		       : NULL;
}

const Issuance__LedgerPosted *posting_of(const struct view *v, struct bytes credential,
					 struct bytes license, struct arena *arena)
{
	struct posting row;

	return last_posting(v, credential, license, &row) && row.state != POSTING_REVERSED
		       ? posting_event(v, &row, arena)->ledger_posted
		       : NULL;
}

static void put_at(struct txn *t, unsigned table, struct bytes key, int64_t at_us, struct bytes raw)
{
	struct arena *arena = arena_new(AT_LEN + raw.len);
	uint8_t *val = arena_alloc(arena, AT_LEN + raw.len);

	put_u64_le(val, (uint64_t)at_us);
	memcpy(val + AT_LEN, raw.data, raw.len);
	txn_put(t, table, key, (struct bytes){val, AT_LEN + raw.len});
	arena_destroy(&arena);
}

const Issuance__Event *posting_said(const struct view *v, struct bytes posting, struct arena *arena,
				    int64_t *at_us_r)
{
	struct bytes val;

	if (!view_get(v, POSTING_SAID, posting, &val))
		return NULL;
	*at_us_r = (int64_t)get_u64_le(val.data);
	return event_of_line(val, arena);
}

void posting_said_put(struct txn *t, struct bytes posting, int64_t at_us, struct bytes raw)
{
	put_at(t, POSTING_SAID, posting, at_us, raw);
}

void ledger_put(struct txn *t, const struct ledger_write *w)
{
	struct posting row = {
		.seq = txn_seq(t), .state = POSTING_POSTED, .is_credit = w->is_credit};
	struct key key = {0};

	key_add(&key, w->license);
	put_at(t, LEDGER, key_add_u64(&key, row.seq), w->at_us, w->raw);
	memcpy(row.license, w->license.data, ID_LEN);
	ROW_PUT(t, POSTING, w->posting, &row);
}
