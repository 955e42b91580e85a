/* A Batch read by hand: any bytes are refused or are a batch that can be checked, sent on and read
 * again as the same. Any bytes at all may be a public event. */
#include "tests/fuzz/fuzz.h"

#include "libshared/follow_wire.h"

#include <string.h>

static bool same_batch(const struct follow_batch *a, const struct follow_batch *b)
{
	bool same = a->session == b->session && a->head_seq == b->head_seq &&
		    a->epoch == b->epoch && a->log.after_seq == b->log.after_seq &&
		    a->log.through_seq == b->log.through_seq && a->n_records == b->n_records &&
		    a->log.n_commits == b->log.n_commits && a->log.bytes == b->log.bytes &&
		    a->n_keys == b->n_keys && (a->seqs != NULL) == (b->seqs != NULL);

	for (size_t i = 0; same && i < a->n_records; i++)
		same = bytes_equal(a->log.records[i], b->log.records[i]) &&
		       (a->seqs == NULL || a->seqs[i] == b->seqs[i]);
	for (size_t i = 0; same && i < a->log.n_commits; i++)
		same = a->log.commit_ends[i] == b->log.commit_ends[i];
	for (size_t i = 0; same && i < a->n_keys; i++)
		same = bytes_equal(a->keys[i].key, b->keys[i].key) &&
		       bytes_equal(a->keys[i].subject, b->keys[i].subject);
	return same && memcmp(a->log.chain, b->log.chain, CHAIN_LEN) == 0;
}

/* As the follower does, and as a server would send it. */
static void use_batch(const struct follow_batch *b, struct arena *arena)
{
	uint8_t chain[CHAIN_LEN] = {0};
	struct follow_batch again;
	struct record record;
	zmq_msg_t frame;

	for (size_t i = 0; i < b->n_records; i++)
		if (record_unpack(b->log.records[i], 1 + i, &record))
			ENSURE(record.payload.len < b->log.records[i].len);
	if (b->seqs == NULL)
		(void)log_batch_follows(&b->log, chain);
	follow_frame(&frame, b->session, b->head_seq, follow_body(b, arena),
		     follow_keys(b->keys, b->n_keys, arena));
	ENSURE(follow_batch_of((struct bytes){zmq_msg_data(&frame), zmq_msg_size(&frame)}, arena,
			       &again));
	ENSURE(same_batch(b, &again));
	zmq_msg_close(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct bytes in = {data, size};
	struct follow_batch b;

	if (follow_is_batch(in) && follow_batch_of(in, arena, &b))
		use_batch(&b, arena);
	ENSURE(cloud_event_type(in).len <= size);
	return 0;
}
