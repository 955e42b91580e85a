/* Bytes of a record, and the chain over those of commits. */
#include "libshared/record.h"

#include <string.h>

#define SUM_AT (RECORD_HEADER - 8)

/* ---- records ---- */

/* First 8 bytes of BLAKE2b over header and payload without the sum itself. */
static void sum_of_record(const uint8_t *header, struct bytes payload, uint8_t sum_r[8])
{
	crypto_generichash_state state;
	uint8_t hash[crypto_generichash_BYTES_MIN];

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	crypto_generichash_update(&state, header, SUM_AT);
	crypto_generichash_update(&state, payload.data, payload.len);
	crypto_generichash_final(&state, hash, sizeof hash);
	memcpy(sum_r, hash, 8);
}

struct bytes record_pack(const struct record *r, struct arena *arena)
{
	uint8_t *raw = arena_alloc(arena, RECORD_HEADER + r->payload.len);

	raw[0] = RECORD_FORMAT;
	raw[1] = r->flags;
	put_u16_le(raw + 2, r->kind);
	put_u32_le(raw + 4, r->schema);
	put_u64_le(raw + 8, (uint64_t)r->at_us);
	memcpy(raw + 16, r->id.b, ID_LEN);
	memcpy(raw + 32, r->entity.b, ID_LEN);
	memcpy(raw + 48, r->cause.b, ID_LEN);
	memcpy(raw + 64, r->actor.b, ID_LEN);
	put_u64_le(raw + 80, r->principal);
	sum_of_record(raw, r->payload, raw + SUM_AT);
	if (r->payload.len > 0)
		memcpy(raw + RECORD_HEADER, r->payload.data, r->payload.len);
	return (struct bytes){raw, RECORD_HEADER + r->payload.len};
}

static struct id id_at(const uint8_t *at)
{
	return id_of_bytes((struct bytes){at, ID_LEN});
}

bool record_unpack(struct bytes raw, uint64_t seq, struct record *r)
{
	struct bytes payload = {raw.data + RECORD_HEADER, raw.len - RECORD_HEADER};
	uint8_t sum[8];

	if (raw.len < RECORD_HEADER || raw.data[0] != RECORD_FORMAT)
		return false;
	sum_of_record(raw.data, payload, sum);
	if (memcmp(sum, raw.data + SUM_AT, sizeof sum) != 0)
		return false;
	*r = (struct record){
		.seq = seq,
		.flags = raw.data[1],
		.kind = get_u16_le(raw.data + 2),
		.schema = get_u32_le(raw.data + 4),
		.at_us = (int64_t)get_u64_le(raw.data + 8),
		.id = id_at(raw.data + 16),
		.entity = id_at(raw.data + 32),
		.cause = id_at(raw.data + 48),
		.actor = id_at(raw.data + 64),
		.principal = get_u64_le(raw.data + 80),
		.payload = payload,
	};
	return true;
}

/* ---- chain ---- */

void chain_of_name(struct id log_id, uint8_t chain_r[CHAIN_LEN])
{
	crypto_generichash(chain_r, CHAIN_LEN, log_id.b, ID_LEN, NULL, 0);
}

void chain_start(crypto_generichash_state *state, const uint8_t before[CHAIN_LEN])
{
	crypto_generichash_init(state, NULL, 0, CHAIN_LEN);
	crypto_generichash_update(state, before, CHAIN_LEN);
}

void chain_end(crypto_generichash_state *state, uint64_t last_seq, uint8_t chain_r[CHAIN_LEN])
{
	uint8_t seq[8];

	put_u64_le(seq, last_seq);
	crypto_generichash_update(state, seq, sizeof seq);
	crypto_generichash_final(state, chain_r, CHAIN_LEN);
}

void chain_of_commit(const uint8_t before[CHAIN_LEN], const struct bytes *records, size_t n,
		     uint64_t last_seq, uint8_t chain_r[CHAIN_LEN])
{
	crypto_generichash_state state;

	chain_start(&state, before);
	for (size_t i = 0; i < n; i++)
		crypto_generichash_update(&state, records[i].data, records[i].len);
	chain_end(&state, last_seq, chain_r);
}

bool log_batch_follows(const struct log_batch *b, const uint8_t chain[CHAIN_LEN])
{
	uint64_t seq = b->after_seq;
	uint8_t at[CHAIN_LEN];

	memcpy(at, chain, sizeof at);
	for (size_t i = 0; i < b->n_commits; i++) {
		uint64_t end = b->commit_ends[i];

		if (end <= seq || end > b->through_seq)
			return false;
		chain_of_commit(at, b->records + (seq - b->after_seq), end - seq, end, at);
		seq = end;
	}
	return seq == b->through_seq && memcmp(at, b->chain, sizeof at) == 0;
}
