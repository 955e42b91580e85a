/* The table of recorded replies. */
#include "libshared/replies.h"

#include <sodium.h>
#include <string.h>

struct reply_row {
	uint64_t seq, hash, principal;
	uint32_t reason;
	uint8_t status;
	uint8_t is_text; /* what follows is the text of a refusal, else an answer */
	uint16_t len;
};
_Static_assert(sizeof(struct reply_row) == 32, "no padding");

/* SipHash: it tells requests of one peer apart, and guards nothing. */
uint64_t request_hash(uint32_t kind, struct bytes entity, struct bytes body)
{
	static const uint8_t key[crypto_shorthash_KEYBYTES] = "request hash";
	uint8_t head[4 + ID_LEN + 8] = {0}, hash[crypto_shorthash_BYTES];

	put_u32_le(head, kind);
	if (entity.len == ID_LEN)
		memcpy(head + 4, entity.data, ID_LEN);
	crypto_shorthash(head + 4 + ID_LEN, body.data, body.len, key);
	crypto_shorthash(hash, head, sizeof head, key);
	return get_u64_le(hash);
}

enum recorded reply_find(const struct view *v, const struct id *id, uint64_t hash,
			 uint64_t principal, struct arena *arena, struct reply *reply_r)
{
	struct reply_row row;
	struct bytes val, rest;

	if (!view_get(v, TABLE_DEDUPE, bytes_of_id(id), &val))
		return RECORDED_NONE;
	ENSURE(val.len >= sizeof row);
	memcpy(&row, val.data, sizeof row);
	if (row.hash != hash || row.principal != principal)
		return RECORDED_OTHER;
	rest = (struct bytes){val.data + sizeof row, row.len};
	reply_r->seq = row.seq;
	reply_r->status = (Cairn__Status)row.status;
	reply_r->reason = row.reason;
	reply_r->repeated = true;
	if (row.is_text)
		reply_r->text = arena_text(arena, rest);
	else
		reply_r->answer = arena_copy(arena, rest);
	return RECORDED_SAME;
}

/* An answer is never longer; a text is cut between two characters. */
static uint16_t recorded_len(struct bytes rest)
{
	size_t len = MIN(rest.len, (size_t)ANSWER_MAX);

	while (len < rest.len && len > 0 && (rest.data[len] & 0xc0) == 0x80)
		len--;
	return (uint16_t)len;
}

void reply_put(struct txn *t, const struct id *id, uint64_t hash, uint64_t principal,
	       const struct reply *reply)
{
	struct bytes rest = reply->text != NULL ? bytes_of_text(reply->text) : reply->answer;
	uint8_t raw[sizeof(struct reply_row) + ANSWER_MAX];
	struct reply_row row = {
		.seq = reply->seq,
		.hash = hash,
		.principal = principal,
		.reason = reply->reason,
		.status = (uint8_t)reply->status,
		.is_text = reply->text != NULL,
		.len = recorded_len(rest),
	};

	memcpy(raw, &row, sizeof row);
	if (row.len > 0)
		memcpy(raw + sizeof row, rest.data, row.len);
	txn_put(t, TABLE_DEDUPE, bytes_of_id(id), (struct bytes){raw, sizeof row + row.len});
}

void reply_prune(struct txn *t, int64_t now_us, unsigned max)
{
	struct id old[64];
	unsigned n = 0;
	struct bytes key, val;
	struct scan scan = scan_first(txn_view(t), TABLE_DEDUPE, BYTES_NONE, BYTES_NONE);

	max = MIN(max, (unsigned)ARRAY_LEN(old));
	while (n < max && scan_next(&scan, &key, &val)) {
		if (id_time_us(key) + REPLY_WINDOW_US + REPLY_AHEAD_US >= now_us)
			break;
		old[n++] = id_of_bytes(key);
	}
	scan_end(&scan);
	for (unsigned i = 0; i < n; i++)
		txn_delete(t, TABLE_DEDUPE, bytes_of_id(&old[i]));
}
