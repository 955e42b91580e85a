/* Rows of stacks. */
#include "services/issuance/tables_stack.h"

#include "libshared/check.h"
#include "libshared/timers.h"
#include "services/issuance/issuance.h"

#include <string.h>

static struct bytes pair_key(struct key *k, struct bytes first, struct bytes second)
{
	key_add(k, first);
	return key_add(k, second);
}

/* ---- stacks ---- */

/* All versions stand among the achievements. */
const Issuance__StackNoted *stack_get(const struct view *v, struct bytes stack, uint32_t version,
				      struct arena *arena)
{
	struct key key = {0};
	struct stack_row row;
	struct bytes raw;

	if (!stack_row_get(v, stack, &row))
		return NULL;
	key_add(&key, stack);
	if (!view_get(v, ACHIEVEMENT, key_add_u32(&key, version != 0 ? version : row.number), &raw))
		return NULL;
	return event_of_row(raw, arena)->stack_noted;
}

bool stack_row_get(const struct view *v, struct bytes stack, struct stack_row *row_r)
{
	return ROW_GET(v, STACK, stack, row_r);
}

bool is_stack(const struct view *v, struct bytes entry)
{
	struct bytes val;

	return view_get(v, STACK, entry, &val);
}

void stack_row_put(struct txn *t, struct stack_row *row)
{
	struct bytes key = BYTES_OF(row->stack);

	ROW_PUT(t, STACK, key, row);
	if (row->state == SWEEP_RUNNING)
		txn_put(t, STACK_SWEEP, key, BYTES_NONE);
	else
		txn_delete(t, STACK_SWEEP, key);
}

bool stack_sweeping(const struct view *v, struct stack_row *row_r)
{
	struct scan scan = scan_first(v, STACK_SWEEP, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	if (!scan_next(&scan, &key, &val))
		return false;
	ENSURE(stack_row_get(v, key, row_r));
	scan_end(&scan);
	return true;
}

/* What an older version mentions stays mentioned: its awards keep its rule. */
void stack_put(struct txn *t, const Issuance__StackNoted *noted, int64_t now_us, struct bytes raw)
{
	const Issuance__AchievementNoted *a = noted->achievement;
	struct bytes stack = bytes_of_pb(a->entry);
	struct stack_row row = {0};

	(void)stack_row_get(txn_view(t), stack, &row);
	achievement_put(t, stack, a->version, raw);
	for (size_t i = 0; i < noted->n_mentions; i++) {
		struct key key = {0};

		txn_put(t, STACK_MENTION, pair_key(&key, bytes_of_pb(noted->mentions[i]), stack),
			BYTES_NONE);
	}
	row = (struct stack_row){.awards = row.awards,
				 .started_us = now_us,
				 .changed_us = now_us,
				 .number = a->version,
				 .state = SWEEP_RUNNING};
	memcpy(row.stack, stack.data, ID_LEN);
	stack_row_put(t, &row);
}

bool mention_next(const struct view *v, struct bytes of, struct bytes after, struct id *stack_r)
{
	struct key from = {0};
	struct bytes key, val;
	struct scan scan;

	key_add(&from, of);
	if (after.len > 0) {
		key_add(&from, after);
		key_add(&from, (struct bytes){(const uint8_t *)"", 1});
	}
	scan = scan_first(v, STACK_MENTION, of, key_bytes(&from));
	if (!scan_next(&scan, &key, &val))
		return false;
	*stack_r = id_of_bytes((struct bytes){key.data + ID_LEN, ID_LEN});
	scan_end(&scan);
	return true;
}

bool mentions(const struct view *v, struct bytes stack, struct bytes of)
{
	struct key key = {0};
	struct bytes val;

	return view_get(v, STACK_MENTION, pair_key(&key, of, stack), &val);
}

/* ---- what an educator has ---- */

/* A persons' revocation that was reversed bars nothing any more. */
static void award_put(struct txn *t, const Issuance__CredentialIssued *c)
{
	struct bytes educator = bytes_of_pb(c->educator), stack = bytes_of_pb(c->entry);
	struct key held = {0}, barred = {0};
	struct stack_row row;

	if (!stack_row_get(txn_view(t), stack, &row)) {
		txn_fault(t, "award: no such stack");
		return;
	}
	row.awards++;
	stack_row_put(t, &row);
	txn_delete(t, STACK_HELD, pair_key(&held, educator, stack));
	txn_delete(t, STACK_BARRED, pair_key(&barred, educator, stack));
}

void earned_put(struct txn *t, const Issuance__CredentialIssued *c)
{
	struct earned row = {.decided_us = c->decided_us, .entry_version = c->version};
	struct key key = {0};

	memcpy(row.entry, c->entry.data, ID_LEN);
	ROW_PUT(t, EARNED, pair_key(&key, bytes_of_pb(c->educator), bytes_of_pb(c->credential)),
		&row);
	if (c->n_members > 0)
		award_put(t, c);
}

void earned_drop(struct txn *t, struct bytes educator, struct bytes credential)
{
	struct key key = {0};

	txn_delete(t, EARNED, pair_key(&key, educator, credential));
}

bool is_barred(const struct view *v, struct bytes educator, struct bytes stack)
{
	struct key key = {0};
	struct bytes val;

	return view_get(v, STACK_BARRED, pair_key(&key, educator, stack), &val);
}

void barred_put(struct txn *t, struct bytes educator, struct bytes stack, struct bytes credential)
{
	struct key key = {0};

	txn_put(t, STACK_BARRED, pair_key(&key, educator, stack), credential);
}

bool stack_held(const struct view *v, struct bytes educator, struct bytes stack,
		struct id *credential_r)
{
	struct key key = {0};
	struct bytes val;

	if (!view_get(v, STACK_HELD, pair_key(&key, educator, stack), &val))
		return false;
	*credential_r = id_of_bytes(val);
	return true;
}

void stack_held_put(struct txn *t, const Issuance__CredentialHeld *held)
{
	struct key key = {0};

	txn_put(t, STACK_HELD,
		pair_key(&key, bytes_of_pb(held->educator), bytes_of_pb(held->entry)),
		bytes_of_pb(held->credential));
}

const Issuance__StackMembersHeld *stack_stale(const struct view *v, struct bytes award,
					      struct arena *arena)
{
	struct bytes raw;

	return view_get(v, STACK_STALE, award, &raw) ? event_of_row(raw, arena)->stack_members_held
						     : NULL;
}

void stack_stale_put(struct txn *t, const Issuance__StackMembersHeld *held, struct bytes raw)
{
	txn_put(t, STACK_STALE, bytes_of_pb(held->credential), raw);
	timer_set(t, bytes_of_pb(held->credential), TIMER_STACK_MEMBERS, held->retry_us);
}

void stack_stale_end(struct txn *t, struct bytes award)
{
	txn_delete(t, STACK_STALE, award);
	timer_clear(t, award, TIMER_STACK_MEMBERS);
}
