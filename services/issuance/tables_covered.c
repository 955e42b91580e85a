/* Rows of passes that are covered. */
#include "services/issuance/tables_covered.h"

#include "libshared/timers.h"
#include "services/issuance/issuance.h"

static struct bytes of_key(struct key *k, const Issuance__PassCovered *covered)
{
	key_add(k, bytes_of_pb(covered->educator));
	key_add(k, bytes_of_pb(covered->entry));
	return key_add(k, bytes_of_pb(covered->decision));
}

const Issuance__PassCovered *covered_get(const struct view *v, struct bytes decision,
					 struct arena *arena)
{
	struct bytes raw;

	return view_get(v, COVERED, decision, &raw) ? event_of_row(raw, arena)->pass_covered : NULL;
}

void covered_put(struct txn *t, const Issuance__PassCovered *covered, struct bytes raw)
{
	struct key key = {0};

	txn_put(t, COVERED, bytes_of_pb(covered->decision), raw);
	txn_put(t, COVERED_OF, of_key(&key, covered), BYTES_NONE);
	timer_clear(t, bytes_of_pb(covered->decision), TIMER_COVERED);
}

void covered_drop(struct txn *t, struct bytes decision)
{
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)4 << 10);
	const Issuance__PassCovered *covered = covered_get(txn_view(t), decision, arena);
	struct key key = {0};

	if (covered == NULL)
		return;
	txn_delete(t, COVERED_OF, of_key(&key, covered));
	txn_delete(t, COVERED, decision);
	timer_clear(t, decision, TIMER_COVERED);
}

void covered_due(struct txn *t, struct bytes educator, struct bytes entry, int64_t now_us)
{
	struct bytes prefix, found, val;
	struct id decision;
	struct key key = {0};
	struct scan scan;
	bool any;

	key_add(&key, educator);
	prefix = key_add(&key, entry);
	scan = scan_first(txn_view(t), COVERED_OF, prefix, prefix);
	any = scan_next(&scan, &found, &val);
	if (any)
		decision = id_of_bytes((struct bytes){found.data + 2 * (size_t)ID_LEN, ID_LEN});
	scan_end(&scan);
	if (any)
		timer_set(t, bytes_of_id(&decision), TIMER_COVERED, now_us);
}
