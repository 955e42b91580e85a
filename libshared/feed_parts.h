/* A feed and its sessions: how they come and go (feed.c), and what they are sent (feed_send.c). */
#ifndef CAIRN_FEED_PARTS_H
#define CAIRN_FEED_PARTS_H

#include "libshared/feed.h"
#include "libshared/feed_chunk.h"
#include "libshared/feed_piece.h"
#include "libshared/feed_public.h"

#define KINDS_MAX 64

struct session {
	struct session *next;
	struct net_route route;
	uint32_t number;
	const struct public_stream *public_stream; /* NULL: the log */
	char peer[PEER_NAME_MAX + 1], scope[PEER_SCOPE_MAX + 1];
	char name[64]; /* of the subscriber; empty: none */
	uint32_t roles;
	uint64_t at_seq, acked_seq;
	uint64_t previous_seq; /* public: the last event sent, or where the session began */
	int64_t credit;
	uint32_t kinds[KINDS_MAX];
	size_t n_kinds;
	char *types; /* public: one after the other, each with its NUL */
	size_t types_len;
	int64_t heard_us, sent_us, seen_us;
	uint64_t drafted; /* when it had a slice last, as feed's n_drafts */
	bool gone;
};

struct feed {
	struct engine *engine;
	const struct caps *caps;
	struct net_socket *socket;
	struct chunks *chunks;
	struct pieces *pieces;
	struct arena *arena;
	struct public_memo memo; /* of memo_seq's tables */
	uint64_t memo_seq;
	struct arena *scratch, *draft_arena;
	struct session *drafting; /* whose batch the draft becomes; NULL: nobody's */
	struct public_draft draft;
	uint64_t n_drafts;
	int64_t sliced_us; /* end of the last slice */
	struct session *sessions;
	struct feed_counts counts;
	int64_t refusal_told_us; /* one line a second */
	struct turned_away away[FEED_TURNED_AWAY];
	char log_stream[64];
};

uint64_t feed_head_of(struct feed *f, const struct session *s);
void feed_send_refused(struct feed *f, const struct net_route *to, uint32_t session,
		       Cairn__RefusedCode code);
/* Batches to those who have credit; marks as gone whom none can reach. True: there is more to send
 * at once. */
bool feed_send(struct feed *f, const struct now *now);

#endif
