/* Rows of links by which holders show credentials. */
#include "services/issuance/tables_share.h"

#define TIME_LEN 8

static bool time_get(const struct view *v, unsigned table, struct bytes key, int64_t *at_us_r)
{
	struct bytes val;

	if (!view_get(v, table, key, &val))
		return false;
	ENSURE(val.len == TIME_LEN);
	*at_us_r = (int64_t)get_u64_le(val.data);
	return true;
}

static void time_put(struct txn *t, unsigned table, struct bytes key, int64_t at_us)
{
	uint8_t val[TIME_LEN];

	put_u64_le(val, (uint64_t)at_us);
	txn_put(t, table, key, BYTES_OF(val));
}

static struct bytes of_key(struct key *k, struct bytes educator, struct bytes share)
{
	key_add(k, educator);
	return key_add(k, share);
}

enum share_state share_state(const struct share *share, int64_t now_us)
{
	if (share->withdrawn_us != 0)
		return SHARE_WITHDRAWN;
	return share->made->until_us <= now_us ? SHARE_OVER : SHARE_OPEN;
}

bool share_get(const struct view *v, struct bytes share, struct arena *arena, struct share *share_r)
{
	struct key key = {0};
	struct bytes raw;

	if (!is_id(share) || !view_get(v, SHARE, share, &raw))
		return false;
	*share_r = (struct share){.made = event_of_row(raw, arena)->credential_shared};
	(void)time_get(v, SHARE_GONE, share, &share_r->withdrawn_us);
	return time_get(v, SHARE_OF, of_key(&key, bytes_of_pb(share_r->made->educator), share),
			&share_r->shared_us);
}

bool share_next(const struct view *v, struct bytes educator, struct bytes after,
		struct arena *arena, struct share *share_r)
{
	struct key from = {0};
	struct scan scan;
	struct bytes key, val;
	bool found;

	key_add(&from, educator);
	if (after.len > 0) {
		key_add(&from, after);
		key_add(&from, (struct bytes){(const uint8_t *)"", 1});
	}
	scan = scan_first(v, SHARE_OF, educator, key_bytes(&from));
	found = scan_next(&scan, &key, &val) &&
		share_get(v, (struct bytes){key.data + ID_LEN, ID_LEN}, arena, share_r);
	scan_end(&scan);
	return found;
}

void share_put(struct txn *t, const Issuance__CredentialShared *made, int64_t at_us,
	       struct bytes raw)
{
	struct key key = {0};

	txn_put(t, SHARE, bytes_of_pb(made->share), raw);
	time_put(t, SHARE_OF, of_key(&key, bytes_of_pb(made->educator), bytes_of_pb(made->share)),
		 at_us);
}

void share_withdraw(struct txn *t, struct bytes share, int64_t at_us)
{
	time_put(t, SHARE_GONE, share, at_us);
}
