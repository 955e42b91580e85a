/* Sessions of followers: asked, answered, fed by credit, and ended. */
#include "libshared/feed.h"

#include "libshared/feed_parts.h"
#include "libshared/follow_wire.h"
#include "libshared/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_US (60 * US_PER_S) /* how often a quiet subscriber is noted as seen */
#define BUSY_RETRY_MS 1000

struct feed *feed_new(struct engine *engine, const struct caps *caps, struct net_socket *socket)
{
	struct feed *f = calloc(1, sizeof *f);

	ENSURE(f != NULL);
	f->engine = engine;
	f->caps = caps;
	f->socket = socket;
	f->chunks = chunks_new(engine);
	f->pieces = pieces_new();
	f->arena = arena_new((size_t)1 << 20);
	f->scratch = arena_new((size_t)64 << 10);
	f->draft_arena = arena_new(2 * FOLLOW_BATCH_BYTES);
	f->memo.arena = arena_new((size_t)16 << 10);
	snprintf(f->log_stream, sizeof f->log_stream, "%s.0.log", engine_service(engine)->name);
	return f;
}

static void drop_gone(struct feed *f)
{
	for (struct session **at = &f->sessions; *at != NULL;) {
		struct session *s = *at;

		if (!s->gone) {
			at = &s->next;
			continue;
		}
		if (f->drafting == s)
			f->drafting = NULL;
		*at = s->next;
		free(s->types);
		free(s);
		f->counts.sessions--;
	}
}

void feed_destroy(struct feed **f)
{
	if (*f == NULL)
		return;
	for (struct session *s = (*f)->sessions; s != NULL; s = s->next)
		s->gone = true;
	drop_gone(*f);
	chunks_destroy(&(*f)->chunks);
	pieces_destroy(&(*f)->pieces);
	arena_destroy(&(*f)->arena);
	arena_destroy(&(*f)->scratch);
	arena_destroy(&(*f)->draft_arena);
	arena_destroy(&(*f)->memo.arena);
	free(*f);
	*f = NULL;
}

struct feed_counts feed_counts(const struct feed *f)
{
	struct feed_counts counts = f->counts;
	struct chunk_counts chunks = chunk_counts(f->chunks);

	counts.encoded += chunks.encoded;
	counts.reused += chunks.reused;
	return counts;
}

static const char *stream_of(const struct feed *f, const struct session *s)
{
	return s->public_stream != NULL ? s->public_stream->stream : f->log_stream;
}

bool feed_find(const struct feed *f, const char *stream, const char *name,
	       struct feed_place *place_r)
{
	for (const struct session *s = f->sessions; s != NULL; s = s->next)
		if (!s->gone && strcmp(s->name, name) == 0 &&
		    strcmp(stream_of(f, s), stream) == 0) {
			*place_r = (struct feed_place){s->acked_seq, s->heard_us};
			return true;
		}
	return false;
}

/* ---- who was turned away ---- */

/* Its place among them; FEED_TURNED_AWAY: it is none of them. */
static size_t away_at(const struct feed *f, const char *stream, const char *name)
{
	size_t i = 0;

	while (i < FEED_TURNED_AWAY &&
	       (strcmp(f->away[i].name, name) != 0 || strcmp(f->away[i].stream, stream) != 0))
		i++;
	return i;
}

const struct turned_away *feed_turned_away(const struct feed *f, size_t n)
{
	return n < FEED_TURNED_AWAY ? &f->away[n] : NULL;
}

static void turn_away(struct feed *f, const char *stream, const char *name, Cairn__RefusedCode code,
		      int64_t now_us)
{
	size_t at = away_at(f, stream, name);
	struct turned_away *a;

	if (at == FEED_TURNED_AWAY) {
		at = 0;
		for (size_t i = 1; i < FEED_TURNED_AWAY; i++)
			if (f->away[i].last_us < f->away[at].last_us)
				at = i;
		f->away[at] = (struct turned_away){.since_us = now_us};
	}
	a = &f->away[at];
	snprintf(a->stream, sizeof a->stream, "%s", stream);
	snprintf(a->name, sizeof a->name, "%s", name);
	a->code = code;
	a->last_us = now_us;
}

static void let_in(struct feed *f, const char *stream, const char *name)
{
	size_t at = away_at(f, stream, name);

	if (at < FEED_TURNED_AWAY)
		f->away[at] = (struct turned_away){.since_us = 0};
}

/* ---- answers ---- */

static void send_message(struct feed *f, const struct net_route *to, const Cairn__FollowMessage *m)
{
	struct bytes frame = follow_message_pack(m, f->arena);
	enum net_sent sent = net_send(f->socket, to, &frame, 1);

	if (sent == NET_FULL)
		log_warn("follower_queue_full", "kind=%d", (int)m->body_case);
}

void feed_send_refused(struct feed *f, const struct net_route *to, uint32_t session,
		       Cairn__RefusedCode code)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Refused refused = CAIRN__REFUSED__INIT;
	struct log_head head = engine_head(f->engine);

	refused.session = session;
	refused.code = code;
	refused.first_seq = head.first_seq;
	refused.head_seq = engine_durable_seq(f->engine);
	refused.log_id = pb_of_bytes(bytes_of_id(&head.at.log_id));
	refused.epoch = head.at.epoch;
	refused.retry_ms = code == CAIRN__REFUSED_CODE__REFUSED_BUSY ? BUSY_RETRY_MS : 0;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_REFUSED;
	m.refused = &refused;
	f->counts.refused++;
	send_message(f, to, &m);
}

uint64_t feed_head_of(struct feed *f, const struct session *s)
{
	if (s->public_stream != NULL)
		return public_head(f->engine, s->public_stream);
	return engine_durable_seq(f->engine);
}

static void send_following(struct feed *f, struct session *s)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Following following = CAIRN__FOLLOWING__INIT;
	struct log_head head = engine_head(f->engine);

	following.session = s->number;
	following.log_id = pb_of_bytes(bytes_of_id(&head.at.log_id));
	following.epoch = head.at.epoch;
	following.first_seq = s->public_stream != NULL ? 1 : head.first_seq;
	following.head_seq = feed_head_of(f, s);
	following.beat_ms = (uint32_t)(FOLLOW_BEAT_US / US_PER_MS);
	following.max_batch = (uint32_t)FOLLOW_BATCH_BYTES;
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_FOLLOWING;
	m.following = &following;
	send_message(f, &s->route, &m);
}

static void send_beat(struct feed *f, struct session *s)
{
	Cairn__FollowMessage m = CAIRN__FOLLOW_MESSAGE__INIT;
	Cairn__Beat beat = CAIRN__BEAT__INIT;

	beat.session = s->number;
	beat.seq = feed_head_of(f, s);
	m.body_case = CAIRN__FOLLOW_MESSAGE__BODY_BEAT;
	m.beat = &beat;
	send_message(f, &s->route, &m);
}

/* ---- Follow ---- */

static struct session *session_of(struct feed *f, const struct net_route *route)
{
	for (struct session *s = f->sessions; s != NULL; s = s->next)
		if (!s->gone && s->route.len == route->len &&
		    memcmp(s->route.id, route->id, route->len) == 0)
			return s;
	return NULL;
}

static bool may_follow(uint32_t roles, const struct public_stream *public_stream)
{
	uint32_t wanted = public_stream != NULL ? ROLE_FOLLOW | ROLE_LICENSURE : ROLE_FOLLOW;

	return (roles & wanted) != 0;
}

/* False: no such stream here. */
static bool find_stream(const struct feed *f, const char *name,
			const struct public_stream **public_r)
{
	const struct public_stream *p = engine_service(f->engine)->public_stream;

	*public_r = NULL;
	if (strcmp(name, f->log_stream) == 0)
		return true;
	*public_r = p;
	return p != NULL && (strcmp(name, p->stream) == 0 || strcmp(name, "public") == 0);
}

static bool name_is_own(const char *name, const struct peer *peer)
{
	size_t len = strlen(peer->name);

	if (name[0] == '\0')
		return true;
	return strlen(name) < sizeof((struct session *)0)->name &&
	       strncmp(name, peer->name, len) == 0 && (name[len] == '\0' || name[len] == '.');
}

static bool too_many(const struct feed *f, const struct peer *peer)
{
	unsigned n = 0;

	for (const struct session *s = f->sessions; s != NULL; s = s->next)
		n += !s->gone && strcmp(s->peer, peer->name) == 0;
	return f->counts.sessions >= FEED_SESSIONS_MAX || n >= FEED_SESSIONS_PER_PEER;
}

/* What speaks against following from there; 0: nothing. */
static Cairn__RefusedCode check_position(struct feed *f, const struct public_stream *public_stream,
					 const struct position *at)
{
	static const Cairn__RefusedCode codes[] = {
		[FOLLOW_OK] = CAIRN__REFUSED_CODE__REFUSED_UNSPECIFIED,
		[FOLLOW_TRUNCATED] = CAIRN__REFUSED_CODE__REFUSED_TRUNCATED,
		[FOLLOW_AHEAD] = CAIRN__REFUSED_CODE__REFUSED_AHEAD,
		[FOLLOW_DIVERGED] = CAIRN__REFUSED_CODE__REFUSED_DIVERGED,
	};

	if (public_stream != NULL)
		return codes[public_check(f->engine, public_stream, at)];
	return codes[engine_check_position(f->engine, at)];
}

static void keep_filters(struct session *s, const Cairn__Follow *ask)
{
	s->n_kinds = ask->n_kinds;
	for (size_t i = 0; i < ask->n_kinds; i++)
		s->kinds[i] = ask->kinds[i];
	for (size_t i = 0; i < ask->n_types; i++)
		s->types_len += strlen(ask->types[i]) + 1;
	if (s->types_len == 0)
		return;
	s->types = malloc(s->types_len);
	ENSURE(s->types != NULL);
	for (size_t i = 0, at = 0; i < ask->n_types; i++) {
		size_t len = strlen(ask->types[i]) + 1;

		memcpy(s->types + at, ask->types[i], len);
		at += len;
	}
}

static struct session *begin_session(struct feed *f, const Cairn__Follow *ask,
				     const struct peer *peer)
{
	struct session *s = calloc(1, sizeof *s);

	ENSURE(s != NULL);
	s->number = ask->session;
	snprintf(s->peer, sizeof s->peer, "%s", peer->name);
	snprintf(s->scope, sizeof s->scope, "%s", peer->scope);
	snprintf(s->name, sizeof s->name, "%s", ask->name);
	s->roles = peer->roles;
	s->credit = (int64_t)MIN(ask->credit_bytes, (uint64_t)FEED_CREDIT_MAX);
	keep_filters(s, ask);
	s->next = f->sessions;
	f->sessions = s;
	f->counts.sessions++;
	return s;
}

static void note_subscriber(struct feed *f, struct session *s, const struct now *now)
{
	if (s->name[0] == '\0')
		return;
	s->seen_us = now->mono_us;
	engine_note_subscriber(f->engine, stream_of(f, s), s->name, s->acked_seq, now->wall_us);
}

/* May this peer follow as it asks? 0: yes. */
static Cairn__RefusedCode judge(struct feed *f, const Cairn__Follow *ask, const struct peer *peer,
				struct position *at_r, const struct public_stream **public_r)
{
	if (!find_stream(f, ask->stream, public_r))
		return peer->roles != 0 ? CAIRN__REFUSED_CODE__REFUSED_UNKNOWN
					: CAIRN__REFUSED_CODE__REFUSED_FORBIDDEN;
	if (!may_follow(peer->roles, *public_r) || !name_is_own(ask->name, peer))
		return CAIRN__REFUSED_CODE__REFUSED_FORBIDDEN;
	if (ask->n_kinds > KINDS_MAX || (ask->n_types > 0 && *public_r == NULL) ||
	    (ask->n_kinds > 0 && *public_r != NULL) || !position_of_wire(ask->at, at_r))
		return CAIRN__REFUSED_CODE__REFUSED_UNSUPPORTED;
	if (too_many(f, peer))
		return CAIRN__REFUSED_CODE__REFUSED_BUSY;
	return check_position(f, *public_r, at_r);
}

static void tell_refusal(struct feed *f, const Cairn__Follow *ask, const struct peer *peer,
			 Cairn__RefusedCode code, const struct now *now)
{
	if (f->refusal_told_us != 0 && now->mono_us - f->refusal_told_us < US_PER_S)
		return;
	f->refusal_told_us = now->mono_us;
	log_warn("follower_refused", "peer=%s stream=%.60s seq=%" PRIu64 " code=%d", peer->name,
		 ask->stream, ask->at != NULL ? ask->at->seq : 0, (int)code);
}

/* Under its own name only: nobody makes another look broken. */
static void keep_refusal(struct feed *f, const Cairn__Follow *ask, const struct peer *peer,
			 Cairn__RefusedCode code, const struct now *now)
{
	const struct public_stream *public_stream;

	if (ask->name[0] != '\0' && name_is_own(ask->name, peer) &&
	    find_stream(f, ask->stream, &public_stream))
		turn_away(f, public_stream != NULL ? public_stream->stream : f->log_stream,
			  ask->name, code, now->wall_us);
}

static void take_follow(struct feed *f, const struct net_route *route, const Cairn__Follow *ask,
			const struct peer *peer, const struct now *now)
{
	struct session *old = session_of(f, route), *s;
	const struct public_stream *public_stream;
	struct position at;
	Cairn__RefusedCode code;

	if (old != NULL)
		old->gone = true;
	code = judge(f, ask, peer, &at, &public_stream);
	if (code != CAIRN__REFUSED_CODE__REFUSED_UNSPECIFIED) {
		tell_refusal(f, ask, peer, code, now);
		keep_refusal(f, ask, peer, code, now);
		feed_send_refused(f, route, ask->session, code);
		return;
	}
	s = begin_session(f, ask, peer);
	s->route = *route;
	s->public_stream = public_stream;
	s->at_seq = s->acked_seq = s->previous_seq = at.seq;
	s->heard_us = s->sent_us = now->mono_us;
	note_subscriber(f, s, now);
	let_in(f, stream_of(f, s), s->name);
	log_info("follower_came", "peer=%s stream=%s seq=%" PRIu64 " head=%" PRIu64, s->peer,
		 stream_of(f, s), s->at_seq, feed_head_of(f, s));
	send_following(f, s);
}

/* ---- Credit, Beat, Leave ---- */

static void take_ack(struct feed *f, struct session *s, uint64_t seq, const struct now *now)
{
	bool moved = seq > s->acked_seq && seq <= s->at_seq;

	if (moved)
		s->acked_seq = seq;
	if (moved || now->mono_us - s->seen_us >= SEEN_US)
		note_subscriber(f, s, now);
}

static void take_credit(struct feed *f, struct session *s, const Cairn__Credit *credit,
			const struct now *now)
{
	int64_t more = (int64_t)MIN(credit->bytes, (uint64_t)FEED_CREDIT_MAX);

	s->credit = MIN(s->credit + more, FEED_CREDIT_MAX);
	take_ack(f, s, credit->applied_seq, now);
}

static uint32_t session_number(const Cairn__FollowMessage *m)
{
	switch (m->body_case) {
	case CAIRN__FOLLOW_MESSAGE__BODY_CREDIT:
		return m->credit->session;
	case CAIRN__FOLLOW_MESSAGE__BODY_BEAT:
		return m->beat->session;
	case CAIRN__FOLLOW_MESSAGE__BODY_LEAVE:
		return m->leave->session;
	default:
		return 0;
	}
}

/* What belongs to a session. One that is not known here has died with an older process or
 * connection: its follower is told to come again. */
static void take_in_session(struct feed *f, const struct net_route *route,
			    const Cairn__FollowMessage *m, const struct now *now)
{
	struct session *s = session_of(f, route);

	if (s == NULL || s->number != session_number(m)) {
		if (s == NULL && m->body_case != CAIRN__FOLLOW_MESSAGE__BODY_LEAVE)
			feed_send_refused(f, route, session_number(m),
					  CAIRN__REFUSED_CODE__REFUSED_BUSY);
		return;
	}
	s->heard_us = now->mono_us;
	if (m->body_case == CAIRN__FOLLOW_MESSAGE__BODY_CREDIT)
		take_credit(f, s, m->credit, now);
	else if (m->body_case == CAIRN__FOLLOW_MESSAGE__BODY_BEAT)
		take_ack(f, s, m->beat->seq, now);
	else if (m->body_case == CAIRN__FOLLOW_MESSAGE__BODY_LEAVE)
		s->gone = true;
}

void feed_take(struct feed *f, const struct net_message *m, const struct peer *peer,
	       const struct now *now)
{
	Cairn__FollowMessage *message;

	arena_reset(f->arena);
	message = m->n_frames == 1 ? follow_message_of(m->frames[0], f->arena) : NULL;
	if (peer == NULL || message == NULL) {
		feed_send_refused(f, &m->route, 0,
				  peer == NULL ? CAIRN__REFUSED_CODE__REFUSED_FORBIDDEN
					       : CAIRN__REFUSED_CODE__REFUSED_UNSUPPORTED);
		return;
	}
	if (message->body_case == CAIRN__FOLLOW_MESSAGE__BODY_FOLLOW)
		take_follow(f, &m->route, message->follow, peer, now);
	else
		take_in_session(f, &m->route, message, now);
	drop_gone(f);
}

void feed_recheck(struct feed *f, const struct peers *peers)
{
	f->drafting = NULL; /* the scope may be another */
	arena_reset(f->arena);
	for (struct session *s = f->sessions; s != NULL; s = s->next) {
		const struct peer *peer = peer_by_name(peers, s->peer);

		if (peer != NULL && may_follow(peer->roles, s->public_stream)) {
			s->roles = peer->roles;
			memcpy(s->scope, peer->scope, sizeof s->scope);
			continue;
		}
		feed_send_refused(f, &s->route, s->number, CAIRN__REFUSED_CODE__REFUSED_FORBIDDEN);
		s->gone = true;
	}
	drop_gone(f);
}

/* ---- a turn ---- */

static void keep_alive(struct feed *f, const struct now *now)
{
	arena_reset(f->arena);
	for (struct session *s = f->sessions; s != NULL; s = s->next) {
		if (now->mono_us - s->heard_us >= FOLLOW_DEAD_US) {
			log_info("follower_silent", "peer=%s stream=%s seq=%" PRIu64, s->peer,
				 stream_of(f, s), s->at_seq);
			s->gone = true;
		} else if (!s->gone && now->mono_us - s->sent_us >= FOLLOW_BEAT_US) {
			s->sent_us = now->mono_us;
			send_beat(f, s);
		}
	}
}

bool feed_turn(struct feed *f, const struct now *now)
{
	bool more = feed_send(f, now);

	keep_alive(f, now);
	drop_gone(f);
	return more;
}
