/* A subscriber: a follower of libshared, and the events of one batch that wait to be handed over.
 */
#include "services/subscriber/cairn_subscriber.h"

#include "libshared/clock.h"
#include "libshared/follower.h"
#include "services/subscriber/event.h"
#include "services/subscriber/position_text.h"
#include "services/subscriber/words.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM "issuance.0.public"
#define TYPES_MAX 64
#define BUSY_TURN_US (100 * US_PER_MS) /* while events wait: they say nothing of the connection */
#define TEXT_MAX 768

struct cairn_subscriber {
	struct arena *kept;  /* as long as the subscriber */
	struct arena *arena; /* as long as the batch in hand */
	struct net *net;
	struct follower *follower;
	const char *endpoint;
	char **types;
	uint64_t wanted;               /* types_mark() of them */
	struct position before, taken; /* the batch in hand is between them */
	struct cairn_subscriber_event *events;
	const struct cairn_subscriber_event **list; /* of them, for those who take all */
	struct id *ids;
	size_t n_events, n_handed;
	bool stored;                      /* all that was handed over */
	uint64_t previous_seq;            /* what the next event must name as the one before */
	uint64_t skip_seq;                /* events up to here are stored already; 0: none */
	struct id skip_id;                /* of the last of them */
	uint64_t skip_wanted;             /* what was asked for when it came */
	enum cairn_subscriber_reason why; /* found here, not by the follower */
	int64_t turned_us;
	char position[CAIRN_SUBSCRIBER_POSITION_MAX];
	char text[TEXT_MAX];
};

/* ---- batches ---- */

static enum follower_verdict refuse_batch(struct cairn_subscriber *s,
					  enum cairn_subscriber_reason why)
{
	s->why = why;
	return FOLLOWER_BROKEN;
}

static void put_position(struct cairn_subscriber *s, size_t i, const struct position *after)
{
	struct place place = {.at = s->taken,
			      .done_seq = s->events[i].sequence,
			      .done = s->ids[i],
			      .wanted = s->wanted};
	char *text = arena_alloc(s->arena, CAIRN_SUBSCRIBER_POSITION_MAX);

	if (i + 1 == s->n_events)
		place = (struct place){.at = *after, .done_seq = after->seq, .wanted = s->wanted};
	text_of_place(&place, text);
	s->events[i].position = text;
	s->list[i] = &s->events[i];
}

/* Reads the events that are new to us into events: what is stored already comes again when the
 * batch it was part of was not stored whole. The last of that must come, or not be asked for any
 * more. False: why says what is wrong. */
static bool read_events(struct cairn_subscriber *s, const struct follow_batch *b)
{
	bool found =
		s->skip_seq == 0 || s->skip_seq > b->log.through_seq || s->skip_wanted != s->wanted;

	for (size_t i = 0; i < b->n_records; i++) {
		struct cairn_subscriber_event *event = &s->events[s->n_events];
		struct id *id = &s->ids[s->n_events];

		if (!event_of_record(b->log.records[i],
				     b->seqs != NULL ? b->seqs[i] : b->log.after_seq + 1 + i,
				     s->arena, event, id) ||
		    event->previous_sequence != s->previous_seq) {
			s->why = CAIRN_SUBSCRIBER_BROKEN;
			return false;
		}
		s->previous_seq = event->sequence;
		if (event->sequence == s->skip_seq)
			found = id_equal(id, &s->skip_id);
		if (event->sequence > s->skip_seq)
			s->n_events++;
	}
	if (!found)
		s->why = CAIRN_SUBSCRIBER_DIVERGED;
	return found;
}

/* Nothing of the batch is for us: the position moves all the same. */
static void pass(struct cairn_subscriber *s)
{
	struct place place = {.at = s->taken, .done_seq = s->taken.seq, .wanted = s->wanted};

	if (s->skip_seq > 0) {
		place.done_seq = s->skip_seq;
		place.done = s->skip_id;
		place.wanted = s->skip_wanted;
	}
	text_of_place(&place, s->position);
}

static enum follower_verdict take(void *ctx, const struct position *before,
				  const struct position *after, const struct follow_batch *b)
{
	struct cairn_subscriber *s = ctx;

	(void)before; /* where() said it */
	if (s->n_handed < s->n_events)
		return FOLLOWER_FULL;
	arena_reset(s->arena);
	s->n_events = s->n_handed = 0;
	s->events = arena_alloc(s->arena, b->n_records * sizeof *s->events);
	s->list = arena_alloc(s->arena, b->n_records * sizeof(const void *));
	s->ids = arena_alloc(s->arena, b->n_records * sizeof *s->ids);
	if (!read_events(s, b)) {
		s->n_events = 0;
		return refuse_batch(s, s->why);
	}
	for (size_t i = 0; i < s->n_events; i++)
		put_position(s, i, after);
	s->before = s->taken;
	s->taken = *after;
	if (s->skip_seq <= after->seq)
		s->skip_seq = 0;
	if (s->n_events == 0)
		pass(s);
	/* With no event in it, it is stored as soon as what came before it is. */
	return s->n_events == 0 && s->stored ? FOLLOWER_SAFE : FOLLOWER_TAKEN;
}

static void where(void *ctx, struct position *at_r)
{
	struct cairn_subscriber *s = ctx;

	s->previous_seq = s->taken.seq;
	*at_r = s->taken;
}

/* ---- open and close ---- */

static bool fault(char *fault_r, const char *what, const char *expected)
{
	if (fault_r != NULL)
		snprintf(fault_r, CAIRN_SUBSCRIBER_FAULT_MAX, "%s: %s", what, expected);
	return false;
}

/* What callers of an older version do not know is zero. */
static bool read_options(const struct cairn_subscriber_options *given,
			 struct cairn_subscriber_options *o_r, char *fault_r)
{
	struct cairn_subscriber_options o = {.size = sizeof o};
	uint8_t key[KEY_LEN];
	char why[200];

	if (given == NULL || given->size < sizeof o.size || given->size > 4096)
		return fault(fault_r, "options", "begin with CAIRN_SUBSCRIBER_OPTIONS");
	memcpy(&o, given, MIN(given->size, sizeof o));
	if (o.endpoint == NULL || !net_endpoint_check(o.endpoint, why))
		return fault(fault_r, "endpoint",
			     o.endpoint == NULL ? "the address of issuance's log socket is missing"
						: why);
	if (o.server_key == NULL || !key_of_text(o.server_key, key))
		return fault(fault_r, "server_key", "40 characters of Z85 are expected");
	if (o.secret_key == NULL || !key_of_text(o.secret_key, key))
		return fault(fault_r, "secret_key", "40 characters of Z85 are expected");
	if (o.name != NULL && strlen(o.name) > 63)
		return fault(fault_r, "name", "63 characters at most are expected");
	if (o.n_types > TYPES_MAX)
		return fault(fault_r, "types", "64 at most are expected");
	*o_r = o;
	return true;
}

static bool go_on_from(struct cairn_subscriber *s, const char *text, char *fault_r)
{
	struct place place;

	if (!place_of_text(text, &place))
		return fault(fault_r, "position",
			     "what cairn_subscriber gave is expected, whole and unchanged");
	s->before = s->taken = place.at;
	if (place.done_seq > place.at.seq) {
		s->skip_seq = place.done_seq;
		s->skip_id = place.done;
		s->skip_wanted = place.wanted;
	}
	text_of_place(&place, s->position);
	return true;
}

static const char *keep(struct cairn_subscriber *s, const char *text)
{
	return text != NULL ? arena_text(s->kept, bytes_of_text(text)) : NULL;
}

static bool connect_to(struct cairn_subscriber *s, const struct cairn_subscriber_options *o,
		       char *fault_r)
{
	struct curve_keys keys = {0};
	struct key_text server = {0};

	s->endpoint = keep(s, o->endpoint);
	s->types = arena_alloc(s->kept, (o->n_types + 1) * sizeof *s->types);
	for (size_t i = 0; i < o->n_types; i++)
		s->types[i] = arena_text(s->kept, bytes_of_text(o->types[i]));
	s->wanted = types_mark(o->types, o->n_types);
	memcpy(server.s, o->server_key, KEY_TEXT_LEN);
	memcpy(keys.secret_key.s, o->secret_key, KEY_TEXT_LEN);
	s->net = zmq_curve_public(keys.public_key.s, keys.secret_key.s) == 0 ? net_open(1) : NULL;
	if (s->net != NULL)
		s->follower = follower_open(
			&(struct follower_options){.net = s->net,
						   .endpoint = s->endpoint,
						   .stream = STREAM,
						   .name = keep(s, o->name),
						   .keys = &keys,
						   .server = &server,
						   .window_bytes = o->window_bytes,
						   .types = (const char *const *)s->types,
						   .n_types = o->n_types,
						   .ctx = s,
						   .where = where,
						   .batch = take});
	sodium_memzero(&keys, sizeof keys);
	return s->follower != NULL || fault(fault_r, s->endpoint, zmq_strerror(errno));
}

struct cairn_subscriber *cairn_subscriber_open(const struct cairn_subscriber_options *options,
					       char *fault_r)
{
	struct cairn_subscriber_options o;
	struct cairn_subscriber *s;

	if (!read_options(options, &o, fault_r))
		return NULL;
	s = sodium_init() >= 0 ? calloc(1, sizeof *s) : NULL;
	if (s == NULL) {
		fault(fault_r, "libsodium or memory", "not to be had");
		return NULL;
	}
	s->kept = arena_new(4096);
	s->arena = arena_new((size_t)64 << 10);
	s->stored = true;
	if (!go_on_from(s, o.position, fault_r) || !connect_to(s, &o, fault_r))
		cairn_subscriber_close(&s);
	return s;
}

void cairn_subscriber_close(struct cairn_subscriber **s)
{
	struct cairn_subscriber *closing = *s;

	if (closing == NULL)
		return;
	if (closing->follower != NULL)
		follower_leave(closing->follower);
	follower_close(&closing->follower);
	net_close(&closing->net);
	arena_destroy(&closing->arena);
	arena_destroy(&closing->kept);
	free(closing);
	*s = NULL;
}

/* ---- the loop ---- */

static bool is_stopped(const struct cairn_subscriber *s)
{
	return s->why != CAIRN_SUBSCRIBER_GOING || follower_state(s->follower) == FOLLOWER_STOPPED;
}

/* The server knows only ends of batches: that it has lost what we hold of the next one is ours to
 * see. */
static void look_whether_ahead(struct cairn_subscriber *s)
{
	if (s->skip_seq > 0 && follower_state(s->follower) == FOLLOWER_GOING &&
	    follower_head_seq(s->follower) < s->skip_seq)
		s->why = CAIRN_SUBSCRIBER_AHEAD;
}

/* Takes in what has come until there is an event, or no more. While events wait the connection is
 * looked after only now and then. */
static void turn(struct cairn_subscriber *s)
{
	int64_t now_us = clock_mono_us();
	bool waiting = s->n_handed < s->n_events;

	if (is_stopped(s) || (waiting && now_us - s->turned_us < BUSY_TURN_US))
		return;
	s->turned_us = now_us;
	do {
		follower_turn(s->follower, now_us);
		look_whether_ahead(s);
	} while (!is_stopped(s) && s->n_handed == s->n_events &&
		 net_readable(follower_socket(s->follower)));
}

static int ms_until(int64_t until_us, int64_t now_us)
{
	int64_t ms = until_us <= now_us ? 0 : (until_us - now_us - 1) / US_PER_MS + 1;

	return (int)MIN(ms, (int64_t)INT_MAX);
}

/* Waits for something to come; false: the time is over. */
static bool wait_for_more(struct cairn_subscriber *s, int64_t until_us)
{
	zmq_pollitem_t item = {net_handle(follower_socket(s->follower)), 0, ZMQ_POLLIN, 0};
	int64_t now_us = clock_mono_us();

	if (now_us >= until_us)
		return false;
	return zmq_poll(&item, 1, ms_until(MIN(until_us, follower_next_us(s->follower)), now_us)) >=
	       0;
}

static enum cairn_subscriber_got wait_for_event(struct cairn_subscriber *s, int timeout_ms)
{
	int64_t until_us = timeout_ms < 0 ? INT64_MAX : clock_mono_us() + timeout_ms * US_PER_MS;

	do {
		turn(s);
		if (s->n_handed < s->n_events)
			return CAIRN_SUBSCRIBER_GOT;
		if (is_stopped(s))
			return CAIRN_SUBSCRIBER_STOPPED;
	} while (wait_for_more(s, until_us));
	return CAIRN_SUBSCRIBER_NOTHING;
}

static void hand_over(struct cairn_subscriber *s, size_t n)
{
	s->n_handed += n;
	s->stored = false;
	memcpy(s->position, s->events[s->n_handed - 1].position, sizeof s->position);
}

enum cairn_subscriber_got cairn_subscriber_next(struct cairn_subscriber *s, int timeout_ms,
						const struct cairn_subscriber_event **event_r)
{
	enum cairn_subscriber_got got = wait_for_event(s, timeout_ms);

	if (got == CAIRN_SUBSCRIBER_GOT) {
		*event_r = s->list[s->n_handed];
		hand_over(s, 1);
	}
	return got;
}

enum cairn_subscriber_got cairn_subscriber_next_batch(
	struct cairn_subscriber *s, int timeout_ms,
	const struct cairn_subscriber_event *const **events_r, size_t *n_r)
{
	enum cairn_subscriber_got got = wait_for_event(s, timeout_ms);

	if (got == CAIRN_SUBSCRIBER_GOT) {
		*events_r = s->list + s->n_handed;
		*n_r = s->n_events - s->n_handed;
		hand_over(s, *n_r);
	}
	return got;
}

void cairn_subscriber_stored(struct cairn_subscriber *s)
{
	s->stored = true;
	follower_durable(s->follower, s->n_handed == s->n_events ? s->taken.seq : s->before.seq);
}

/* ---- what is known ---- */

const char *cairn_subscriber_position(const struct cairn_subscriber *s)
{
	return s->position;
}

int cairn_subscriber_fd(const struct cairn_subscriber *s)
{
	int fd = -1;
	size_t size = sizeof fd;

	return zmq_getsockopt(net_handle(follower_socket(s->follower)), ZMQ_FD, &fd, &size) == 0
		       ? fd
		       : -1;
}

int cairn_subscriber_wait_ms(const struct cairn_subscriber *s)
{
	if (s->n_handed < s->n_events || is_stopped(s) || follower_holds(s->follower))
		return 0;
	return ms_until(follower_next_us(s->follower), clock_mono_us());
}

static enum cairn_subscriber_reason reason_of_stop(enum follower_stop stop)
{
	switch (stop) {
	case STOP_NONE:
		return CAIRN_SUBSCRIBER_GOING;
	case STOP_FORBIDDEN:
		return CAIRN_SUBSCRIBER_FORBIDDEN;
	case STOP_TRUNCATED:
		return CAIRN_SUBSCRIBER_TRUNCATED;
	case STOP_AHEAD:
		return CAIRN_SUBSCRIBER_AHEAD;
	case STOP_DIVERGED:
		return CAIRN_SUBSCRIBER_DIVERGED;
	case STOP_BROKEN:
	case STOP_STALLED:
		return CAIRN_SUBSCRIBER_BROKEN;
	default:
		return CAIRN_SUBSCRIBER_UNSUPPORTED;
	}
}

enum cairn_subscriber_reason cairn_subscriber_reason(const struct cairn_subscriber *s)
{
	/* What was found here stands before what the follower made of it. */
	return s->why != CAIRN_SUBSCRIBER_GOING ? s->why
						: reason_of_stop(follower_stop(s->follower));
}

static const char *detail_of(const struct cairn_subscriber *s)
{
	if (s->why == CAIRN_SUBSCRIBER_AHEAD)
		return follower_stop_text(STOP_AHEAD);
	if (s->why == CAIRN_SUBSCRIBER_DIVERGED)
		return follower_stop_text(STOP_DIVERGED);
	return follower_stop_text(follower_stop(s->follower));
}

void cairn_subscriber_lag(const struct cairn_subscriber *s, struct cairn_subscriber_lag *lag_r)
{
	int64_t heard_us = follower_heard_us(s->follower);
	struct cairn_subscriber_lag lag = {.sequence = MAX(s->before.seq, s->skip_seq),
					   .head = follower_head_seq(s->follower),
					   .heard_ms = -1};

	if (s->n_handed > 0)
		lag.sequence = s->events[s->n_handed - 1].sequence;
	if (s->n_handed == s->n_events)
		lag.sequence = MAX(s->taken.seq, s->skip_seq);
	if (lag.head > lag.sequence)
		lag.behind = lag.head - lag.sequence;
	if (heard_us != 0)
		lag.heard_ms = (clock_mono_us() - heard_us) / US_PER_MS;
	*lag_r = lag;
}

const char *cairn_subscriber_text(struct cairn_subscriber *s)
{
	struct cairn_subscriber_lag lag;

	cairn_subscriber_lag(s, &lag);
	words_of_situation(&(struct situation){.reason = cairn_subscriber_reason(s),
					       .endpoint = s->endpoint,
					       .detail = detail_of(s),
					       .seq = lag.sequence,
					       .head = lag.head,
					       .heard = lag.heard_ms >= 0},
			   s->text, sizeof s->text);
	return s->text;
}

const char *cairn_subscriber_version(void)
{
	return CAIRN_VERSION;
}
