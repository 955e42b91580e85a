/* Following one stream: where it is, where to start, and the loop around a follower. */
#include "services/ctl/stream.h"

#include "libshared/clock.h"
#include "proto/runtime.pb-c.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define TURN_US (200 * US_PER_MS)

/* ---- names ---- */

bool stream_of_name(struct ctl *c, const char *name, struct stream *stream_r)
{
	char service[32] = "", rest[32] = "";

	if (strcmp(name, "public") == 0)
		name = "issuance.0.public";
	if (sscanf(name, "%31[a-z]%31s", service, rest) < 1)
		service[0] = '\0';
	stream_r->service = service_of_name(service);
	stream_r->is_public = strcmp(rest, ".0.public") == 0;
	if (stream_r->service == N_SERVICES ||
	    (rest[0] != '\0' && strcmp(rest, ".0.log") != 0 && !stream_r->is_public)) {
		ctl_fault(c, CTL_USAGE,
			  "no stream \"%s\"; there are enrollment, evidence, assessment, issuance, "
			  "notification and public",
			  name);
		return false;
	}
	snprintf(stream_r->name, sizeof stream_r->name, "%s%s", service,
		 stream_r->is_public ? ".0.public" : ".0.log");
	return true;
}

/* ---- positions ---- */

bool stream_position(struct ctl *c, const struct stream *stream, uint64_t seq,
		     struct position *at_r)
{
	Cairn__GetPosition get = CAIRN__GET_POSITION__INIT;
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;
	const Cairn__Position *at;

	get.stream = arena_text(c->arena, bytes_of_text(stream->name));
	get.seq = seq;
	query.body_case = CAIRN__RUNTIME_QUERY__BODY_GET_POSITION;
	query.get_position = &get;
	at = (const Cairn__Position *)ctl_try(c, stream->service, &query.base, c->timeout_us);
	return at != NULL && position_of_wire(at, at_r);
}

uint64_t stream_acknowledged(struct ctl *c, const struct stream *stream, const char *name)
{
	Cairn__GetStatus get = CAIRN__GET_STATUS__INIT;
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;
	const Cairn__RuntimeStatus *status;

	query.body_case = CAIRN__RUNTIME_QUERY__BODY_GET_STATUS;
	query.get_status = &get;
	status = (const Cairn__RuntimeStatus *)ctl_try(c, stream->service, &query.base,
						       c->timeout_us);
	for (size_t i = 0; status != NULL && i < status->n_subscribers; i++)
		if (strcmp(status->subscribers[i]->name, name) == 0 &&
		    strcmp(status->subscribers[i]->stream, stream->name) == 0)
			return status->subscribers[i]->acked_seq;
	return 0;
}

/* ---- the loop ---- */

struct run {
	struct ctl *ctl;
	const struct stream_plan *plan;
	struct follower *follower;
	struct position at;
	uint64_t target; /* head when following began; UINT64_MAX: it has not */
	int64_t until_us;
	int signals;
};

static void where(void *ctx, struct position *at_r)
{
	*at_r = ((struct run *)ctx)->at;
}

static enum follower_verdict take(void *ctx, const struct position *before,
				  const struct position *after, const struct follow_batch *b)
{
	struct run *r = ctx;
	enum follower_verdict verdict = r->plan->batch(r->plan->ctx, before, after, b);

	if (!ctl_failed(r->ctl) && (verdict == FOLLOWER_TAKEN || verdict == FOLLOWER_SAFE))
		r->at = *after;
	return verdict;
}

static const char *advice(enum follower_stop stop)
{
	switch (stop) {
	case STOP_FORBIDDEN:
		return "our key's roles do not allow it";
	case STOP_TRUNCATED:
		return "what comes next is no longer kept there; begin later with --after, or read "
		       "its archive";
	case STOP_AHEAD:
		return "that log ends before what we hold: an older copy of it was restored";
	case STOP_DIVERGED:
		return "what we hold is not what stands there";
	default:
		return "see its log";
	}
}

/* Faults, and where the end is when it is asked for. */
static bool goes_on(struct run *r)
{
	struct follower *f = r->follower;
	struct ctl *c = r->ctl;

	if (follower_state(f) == FOLLOWER_STOPPED)
		ctl_fault(c, follower_stop(f) == STOP_FORBIDDEN ? CTL_FORBIDDEN : CTL_STOPPED,
			  "%s: %s: %s", r->plan->stream.name, follower_stop_text(follower_stop(f)),
			  advice(follower_stop(f)));
	if (r->target == UINT64_MAX && follower_state(f) == FOLLOWER_GOING)
		r->target = follower_head_seq(f);
	if (r->target == UINT64_MAX && clock_mono_us() > r->until_us)
		ctl_fault(c, CTL_UNREACHABLE,
			  "%s does not serve its log here; is it up? deploy/up --dir %s starts it",
			  service_name(r->plan->stream.service), c->dir);
	return !ctl_failed(c) &&
	       !(r->plan->until_caught_up && r->target != UINT64_MAX && r->at.seq >= r->target);
}

static void call_turn(struct run *r, bool at_end)
{
	uint64_t safe;

	if (r->plan->turn == NULL || ctl_failed(r->ctl))
		return;
	safe = r->plan->turn(r->plan->ctx, at_end);
	if (safe > 0)
		follower_durable(r->follower, safe);
}

static void turn_until_end(struct run *r)
{
	zmq_pollitem_t items[] = {{net_handle(follower_socket(r->follower)), 0, ZMQ_POLLIN, 0},
				  {NULL, r->signals, ZMQ_POLLIN, 0}};

	while (goes_on(r)) {
		int64_t wait_us = MIN(follower_next_us(r->follower) - clock_mono_us(), TURN_US);

		if (zmq_poll(items, 2, (long)(MAX(wait_us, INT64_C(0)) + 999) / 1000) < 0 &&
		    errno != EINTR)
			ctl_fault(r->ctl, CTL_LOCAL, "polling: %s", zmq_strerror(errno));
		if (items[1].revents != 0)
			return;
		follower_turn(r->follower, clock_mono_us());
		call_turn(r, false);
	}
}

/* Acknowledges what is safe, and says goodbye. Nothing is left behind when sockets close, so the
 * goodbye gets a moment to leave: when it is lost, what was not acknowledged comes again. */
static void end(struct run *r)
{
	struct timespec moment = {0, 50 * 1000 * 1000};

	call_turn(r, true);
	follower_leave(r->follower);
	nanosleep(&moment, NULL);
}

static bool open_follower(struct run *r, const struct endpoint *at)
{
	const struct stream_plan *plan = r->plan;
	struct follower_options options = {
		.net = r->ctl->net,
		.endpoint = at->log,
		.stream = plan->stream.name,
		.name = plan->name,
		.keys = r->ctl->keys,
		.server = &at->key,
		.window_bytes = plan->window_bytes,
		.kinds = plan->kinds,
		.n_kinds = plan->n_kinds,
		.types = plan->types,
		.n_types = plan->n_types,
		.ctx = r,
		.where = where,
		.batch = take,
	};

	r->follower = follower_open(&options);
	if (r->follower == NULL)
		ctl_fault(r->ctl, CTL_LOCAL, "%s cannot be connected to", at->log);
	return r->follower != NULL;
}

void stream_follow(struct ctl *c, const struct stream_plan *plan)
{
	struct run r = {.ctl = c,
			.plan = plan,
			.at = plan->from,
			.target = UINT64_MAX,
			.until_us = clock_mono_us() + c->timeout_us};
	struct endpoint *at = malloc(sizeof *at);
	sigset_t ends;

	ENSURE(at != NULL);
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	r.signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	ENSURE(r.signals >= 0);
	if (ctl_connect(c) && ctl_endpoint(c, service_name(plan->stream.service), at) &&
	    open_follower(&r, at)) {
		turn_until_end(&r);
		end(&r);
		follower_close(&r.follower);
	}
	close(r.signals);
	free(at);
}
