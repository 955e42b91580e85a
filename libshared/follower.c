/* A follower: connects, asks, takes batches in order, acknowledges, starts anew. */
#include "libshared/follower.h"

#include "libshared/log.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_BYTES ((uint64_t)1 << 20)
#define FIRST_WAIT_US (200 * US_PER_MS)
#define LONGEST_WAIT_US (5 * US_PER_S)
#define KNOCK_US (50 * US_PER_MS) /* until the socket is connected */
#define KNOCKS_MAX 60             /* then a new connection: a refused key gets no other */
#define MESSAGES_PER_TURN 16
#define LEAVE_MS 200
#define UNDURABLE_MAX 4096

/* A batch that was taken and is not yet durable with the owner. */
struct eaten {
	uint64_t through_seq;
	uint64_t bytes;
};

struct follower {
	struct follower_options o;
	struct net_socket *socket;
	struct arena *arena;
	enum follower_state state;
	enum follower_stop stop;
	uint32_t session;
	struct position at; /* after the last batch taken */
	uint64_t head_seq;
	uint64_t durable_seq;
	int64_t heard_us, sent_us; /* 0: never in this session */
	int64_t asked_us;
	int64_t try_us;  /* WAITING: when */
	int64_t wait_us; /* how long the next wait is */
	unsigned knocks;
	uint64_t to_return; /* credit */
	struct eaten eaten[UNDURABLE_MAX];
	size_t first_eaten, n_eaten;
	struct net_message in; /* the message in hand */
	bool holds;            /* it is a batch that waits for the owner to have room */
};

struct follower *follower_open(const struct follower_options *options)
{
	struct follower *f = calloc(1, sizeof *f);

	ENSURE(f != NULL);
	f->o = *options;
	if (f->o.window_bytes == 0)
		f->o.window_bytes = WINDOW_BYTES;
	f->socket = net_socket(options->net, &(struct net_want){.kind = NET_FOLLOWER,
								.endpoints = {options->endpoint},
								.keys = options->keys,
								.server = options->server});
	f->o.keys = NULL;
	f->o.server = NULL;
	f->arena = arena_new((size_t)64 << 10);
	f->session = randombytes_random() & 0x7fffffff;
	f->wait_us = FIRST_WAIT_US;
	if (f->socket == NULL)
		follower_close(&f);
	return f;
}

static void drop_message(struct follower *f)
{
	net_release(&f->in);
	f->holds = false;
}

void follower_close(struct follower **f)
{
	if (*f == NULL)
		return;
	drop_message(*f);
	net_socket_close((*f)->o.net, &(*f)->socket);
	arena_destroy(&(*f)->arena);
	free(*f);
	*f = NULL;
}

/* ---- what the owner may ask ---- */

struct net_socket *follower_socket(const struct follower *f)
{
	return f->socket;
}

enum follower_state follower_state(const struct follower *f)
{
	return f->state;
}

enum follower_stop follower_stop(const struct follower *f)
{
	return f->stop;
}

const char *follower_stop_text(enum follower_stop stop)
{
	static const char *const texts[] = {
		[STOP_NONE] = "",
		[STOP_FORBIDDEN] = "forbidden",
		[STOP_UNKNOWN] = "unknown stream",
		[STOP_TRUNCATED] = "truncated",
		[STOP_AHEAD] = "ahead",
		[STOP_DIVERGED] = "diverged",
		[STOP_UNSUPPORTED] = "unsupported",
		[STOP_MOVED] = "moved",
		[STOP_FENCED] = "fenced",
		[STOP_BROKEN] = "broken",
		[STOP_STALLED] = "stalled",
	};

	return texts[stop];
}

const char *follower_stream(const struct follower *f)
{
	return f->o.stream;
}

uint64_t follower_head_seq(const struct follower *f)
{
	return f->head_seq;
}

int64_t follower_heard_us(const struct follower *f)
{
	return f->heard_us;
}

const struct position *follower_position(const struct follower *f)
{
	return &f->at;
}

bool follower_holds(const struct follower *f)
{
	return f->holds;
}

/* ---- changes of state ---- */

static void end_session(struct follower *f)
{
	drop_message(f);
	f->n_eaten = 0;
	f->to_return = 0;
	f->session++;
}

/* Tries again after a while, each time a longer one until something has become durable. */
static void wait_and_try(struct follower *f, int64_t mono_us)
{
	end_session(f);
	f->state = FOLLOWER_WAITING;
	f->try_us =
		mono_us + f->wait_us / 2 + (int64_t)randombytes_uniform((uint32_t)(f->wait_us / 2));
	f->wait_us = MIN(2 * f->wait_us, LONGEST_WAIT_US);
}

static void stop(struct follower *f, enum follower_stop why)
{
	log_error("follower_stopped", "stream=%s seq=%" PRIu64 " why=\"%s\"", f->o.stream,
		  f->at.seq, follower_stop_text(why));
	end_session(f);
	f->state = FOLLOWER_STOPPED;
	f->stop = why;
}

void follower_lost(struct follower *f, int64_t mono_us)
{
	wait_and_try(f, mono_us);
}

void follower_restart(struct follower *f)
{
	end_session(f);
	f->state = FOLLOWER_WAITING;
	f->stop = STOP_NONE;
	f->try_us = 0;
}

static enum net_sent send_message(struct follower *f, const Cairn__FollowMessage *m,
				  int64_t mono_us)
{
	struct bytes frame = follow_message_pack(m, f->arena);
	enum net_sent sent = net_send(f->socket, NULL, &frame, 1);

	if (sent == NET_SENT)
		f->sent_us = mono_us;
	return sent;
}

static void knock_again(struct follower *f, int64_t mono_us)
{
	f->try_us = mono_us + KNOCK_US;
	if (++f->knocks < KNOCKS_MAX)
		return;
	f->knocks = 0;
	if (net_reconnect(f->socket) != 0)
		log_warn("follower_not_reconnected", "stream=%s", f->o.stream);
}

static void send_follow(struct follower *f, int64_t mono_us)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Follow follow = CAIRN__FOLLOW__INIT;
	Cairn__Position at;
	char *texts[64];

	f->o.where(f->o.ctx, &f->at);
	f->durable_seq = f->at.seq;
	wire_of_position(&f->at, &at);
	follow.session = f->session;
	follow.at = &at;
	follow.credit_bytes = f->o.window_bytes;
	follow.wire_max = 1;
	follow.stream = arena_text(f->arena, bytes_of_text(f->o.stream));
	follow.name = arena_text(f->arena, bytes_of_text(f->o.name != NULL ? f->o.name : ""));
	follow.n_kinds = f->o.n_kinds;
	follow.kinds = arena_alloc(f->arena, f->o.n_kinds * sizeof *follow.kinds);
	for (size_t i = 0; i < f->o.n_kinds; i++)
		follow.kinds[i] = f->o.kinds[i];
	follow.n_types = MIN(f->o.n_types, ARRAY_LEN(texts));
	for (size_t i = 0; i < follow.n_types; i++)
		texts[i] = arena_text(f->arena, bytes_of_text(f->o.types[i]));
	follow.types = texts;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_FOLLOW;
	m.follow = &follow;
	if (send_message(f, &m, mono_us) != NET_SENT) {
		knock_again(f, mono_us);
		return;
	}
	f->knocks = 0;
	f->state = FOLLOWER_ASKED;
	f->asked_us = mono_us;
	f->heard_us = 0;
}

/* Nothing was heard for too long: the connection may be dead at the other end only. */
static void start_over(struct follower *f, int64_t mono_us)
{
	log_info("follower_unheard", "stream=%s seq=%" PRIu64, f->o.stream, f->at.seq);
	if (net_reconnect(f->socket) != 0)
		log_warn("follower_not_reconnected", "stream=%s", f->o.stream);
	wait_and_try(f, mono_us);
}

/* ---- credit ---- */

static void send_credit(struct follower *f, int64_t mono_us)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Credit credit = CAIRN__CREDIT__INIT;

	credit.session = f->session;
	credit.bytes = f->to_return;
	credit.applied_seq = f->durable_seq;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_CREDIT;
	m.credit = &credit;
	if (send_message(f, &m, mono_us) == NET_SENT)
		f->to_return = 0;
}

static void send_beat(struct follower *f, int64_t mono_us)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Beat beat = CAIRN__BEAT__INIT;

	beat.session = f->session;
	beat.seq = f->durable_seq;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_BEAT;
	m.beat = &beat;
	send_message(f, &m, mono_us);
}

static void note_eaten(struct follower *f, uint64_t through_seq, uint64_t bytes)
{
	struct eaten *last = &f->eaten[(f->first_eaten + f->n_eaten - 1) % UNDURABLE_MAX];

	if (f->n_eaten == UNDURABLE_MAX) {
		last->through_seq = through_seq;
		last->bytes += bytes;
		return;
	}
	f->eaten[(f->first_eaten + f->n_eaten++) % UNDURABLE_MAX] =
		(struct eaten){through_seq, bytes};
}

void follower_durable(struct follower *f, uint64_t seq)
{
	f->durable_seq = MAX(f->durable_seq, MIN(seq, f->at.seq));
	if (f->n_eaten > 0 && f->eaten[f->first_eaten].through_seq <= seq)
		f->wait_us = FIRST_WAIT_US;
	while (f->n_eaten > 0 && f->eaten[f->first_eaten].through_seq <= seq) {
		f->to_return += f->eaten[f->first_eaten].bytes;
		f->first_eaten = (f->first_eaten + 1) % UNDURABLE_MAX;
		f->n_eaten--;
	}
}

/* ---- messages ---- */

static void take_following(struct follower *f, const Cairn__Following *m, int64_t mono_us)
{
	if (m->session != f->session || f->state != FOLLOWER_ASKED)
		return;
	if (m->log_id.len != ID_LEN) {
		stop(f, STOP_BROKEN);
		return;
	}
	/* The log may have a new name since: that it accepts our position says it is the same. */
	f->at.log_id = id_of_bytes(bytes_of_pb(m->log_id));
	f->at.epoch = m->epoch;
	f->head_seq = m->head_seq;
	f->heard_us = mono_us;
	f->state = FOLLOWER_GOING;
	log_info("follower_going", "stream=%s seq=%" PRIu64 " head=%" PRIu64, f->o.stream,
		 f->at.seq, f->head_seq);
}

static enum follower_stop stop_of_code(uint32_t code)
{
	static const enum follower_stop stops[] = {
		[CAIRN__REFUSED_CODE__REFUSED_FORBIDDEN] = STOP_FORBIDDEN,
		[CAIRN__REFUSED_CODE__REFUSED_UNKNOWN] = STOP_UNKNOWN,
		[CAIRN__REFUSED_CODE__REFUSED_TRUNCATED] = STOP_TRUNCATED,
		[CAIRN__REFUSED_CODE__REFUSED_DIVERGED] = STOP_DIVERGED,
		[CAIRN__REFUSED_CODE__REFUSED_AHEAD] = STOP_AHEAD,
		[CAIRN__REFUSED_CODE__REFUSED_UNSUPPORTED] = STOP_UNSUPPORTED,
		[CAIRN__REFUSED_CODE__REFUSED_MOVED] = STOP_MOVED,
		[CAIRN__REFUSED_CODE__REFUSED_FENCED] = STOP_FENCED,
	};

	if (code >= ARRAY_LEN(stops) || stops[code] == STOP_NONE)
		return STOP_UNSUPPORTED;
	return stops[code];
}

static void take_refused(struct follower *f, const Cairn__Refused *m, int64_t mono_us)
{
	/* Session 0: the other could not read what we sent, or does not know us any more. */
	if (m->session != f->session && m->session != 0)
		return;
	f->head_seq = m->head_seq;
	if (m->code == CAIRN__REFUSED_CODE__REFUSED_BUSY) {
		wait_and_try(f, mono_us);
		return;
	}
	stop(f, stop_of_code(m->code));
}

/* Batches of other sessions are late ones: they count for nothing. */
static bool belongs(const struct follower *f, const struct follow_batch *b)
{
	return b->session == f->session && f->state == FOLLOWER_GOING;
}

/* At the beginning of a log that has been renamed the first chain is not known to us. */
static bool follows(const struct follower *f, const struct follow_batch *b)
{
	uint8_t start[CHAIN_LEN];

	if (b->seqs != NULL)
		return true;
	if (f->at.seq > 0)
		return log_batch_follows(&b->log, f->at.chain);
	if (b->epoch > 1)
		return true;
	chain_of_name(f->at.log_id, start);
	return log_batch_follows(&b->log, start);
}

static void note_taken(struct follower *f, const struct position *after)
{
	f->at = *after;
	note_eaten(f, after->seq, f->in.frames[0].len);
}

/* What becomes of a batch that is the next one. */
static void offer(struct follower *f, const struct follow_batch *b, int64_t mono_us)
{
	struct position after = f->at;

	after.seq = b->log.through_seq;
	after.epoch = b->epoch;
	memcpy(after.chain, b->log.chain, CHAIN_LEN);
	f->holds = false;
	switch (f->o.batch(f->o.ctx, &f->at, &after, b)) {
	case FOLLOWER_TAKEN:
		note_taken(f, &after);
		break;
	case FOLLOWER_SAFE:
		note_taken(f, &after);
		follower_durable(f, after.seq);
		break;
	case FOLLOWER_FULL:
		f->holds = true;
		break;
	case FOLLOWER_GAP:
		wait_and_try(f, mono_us);
		break;
	case FOLLOWER_BROKEN:
		stop(f, STOP_BROKEN);
		break;
	case FOLLOWER_STALLED:
		stop(f, STOP_STALLED);
		break;
	}
}

static void take_batch(struct follower *f, int64_t mono_us)
{
	struct follow_batch b;

	if (!follow_batch_of(f->in.frames[0], f->arena, &b)) {
		stop(f, STOP_BROKEN);
		return;
	}
	if (!belongs(f, &b))
		return;
	f->heard_us = mono_us;
	f->head_seq = b.head_seq;
	if (b.log.after_seq != f->at.seq) {
		log_warn("follower_gap", "stream=%s seq=%" PRIu64 " got=%" PRIu64, f->o.stream,
			 f->at.seq, b.log.after_seq);
		wait_and_try(f, mono_us);
		return;
	}
	if (!follows(f, &b)) {
		stop(f, STOP_DIVERGED);
		return;
	}
	offer(f, &b, mono_us);
}

static void take_other(struct follower *f, int64_t mono_us)
{
	Cairn__FollowMessage *m = follow_message_of(f->in.frames[0], f->arena);

	if (m == NULL) {
		stop(f, STOP_BROKEN);
		return;
	}
	if (m->body_case == CAIRN__FOLLOW_MESSAGE__BODY_FOLLOWING) {
		take_following(f, m->following, mono_us);
	} else if (m->body_case == CAIRN__FOLLOW_MESSAGE__BODY_REFUSED) {
		take_refused(f, m->refused, mono_us);
	} else if (m->body_case == CAIRN__FOLLOW_MESSAGE__BODY_BEAT &&
		   m->beat->session == f->session) {
		f->heard_us = mono_us;
		f->head_seq = m->beat->seq;
	}
}

/* Takes what has come, until the owner has no room or there is no more. */
static void receive(struct follower *f, int64_t mono_us)
{
	if (f->holds) {
		take_batch(f, mono_us);
		if (!f->holds)
			drop_message(f);
	}
	for (int i = 0; i < MESSAGES_PER_TURN && !f->holds; i++) {
		arena_reset(f->arena);
		enum net_got got = net_receive(f->socket, &f->in);

		if (got == NET_NOTHING)
			return;
		if (got == NET_ODD || f->state == FOLLOWER_STOPPED || f->in.n_frames != 1)
			drop_message(f);
		else if (follow_is_batch(f->in.frames[0]))
			take_batch(f, mono_us);
		else
			take_other(f, mono_us);
		if (!f->holds)
			drop_message(f);
	}
}

/* ---- time ---- */

static bool credit_is_due(const struct follower *f)
{
	return f->to_return > 0 && f->to_return >= f->o.window_bytes / 2;
}

/* When the other was last heard, or asked. */
static int64_t patient_since(const struct follower *f)
{
	return f->heard_us != 0 ? f->heard_us : f->asked_us;
}

void follower_turn(struct follower *f, int64_t mono_us)
{
	receive(f, mono_us);
	arena_reset(f->arena);
	if (f->state == FOLLOWER_WAITING && mono_us >= f->try_us)
		send_follow(f, mono_us);
	if (f->state != FOLLOWER_ASKED && f->state != FOLLOWER_GOING)
		return;
	/* A batch in hand is a sign of life that has not been read yet. */
	if (mono_us - patient_since(f) >= FOLLOW_DEAD_US && !f->holds) {
		start_over(f, mono_us);
		return;
	}
	if (f->state == FOLLOWER_GOING && credit_is_due(f))
		send_credit(f, mono_us);
	else if (f->state == FOLLOWER_GOING && mono_us - f->sent_us >= FOLLOW_BEAT_US)
		send_beat(f, mono_us);
}

int64_t follower_next_us(const struct follower *f)
{
	switch (f->state) {
	case FOLLOWER_WAITING:
		return f->try_us;
	case FOLLOWER_ASKED:
		return patient_since(f) + FOLLOW_DEAD_US;
	case FOLLOWER_GOING:
		if (credit_is_due(f))
			return 0;
		if (f->holds)
			return f->sent_us + FOLLOW_BEAT_US;
		return MIN(f->sent_us + FOLLOW_BEAT_US, patient_since(f) + FOLLOW_DEAD_US);
	default:
		return INT64_MAX;
	}
}

void follower_leave(struct follower *f)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Leave leave = CAIRN__LEAVE__INIT;

	if (f->state != FOLLOWER_GOING && f->state != FOLLOWER_ASKED)
		return;
	if (f->state == FOLLOWER_GOING)
		send_beat(f, f->sent_us); /* what is durable since the last one */
	leave.session = f->session;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_LEAVE;
	m.leave = &leave;
	if (send_message(f, &m, 0) != NET_SENT)
		log_debug("follower_left_unsaid", "stream=%s", f->o.stream);
	net_linger(f->socket, LEAVE_MS); /* so that a close that follows does not take them back */
	end_session(f);
	f->state = FOLLOWER_STOPPED;
}
