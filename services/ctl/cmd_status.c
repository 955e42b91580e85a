/* How an installation is: every daemon, every lag, and what waits for a person. */
#include "services/ctl/commands.h"
#include "services/ctl/reissue.h"
#include "services/ctl/stack.h"
#include "services/ctl/subscribers.h"

#include "libshared/clock.h"
#include "proto/assessment.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/runtime.pb-c.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ONE_ANSWER_US (3 * US_PER_S)
#define WAIT_ALARM_US (10 * 60 * US_PER_S) /* of a parked event that awaits something */

struct survey {
	struct ctl *ctl;
	const Cairn__RuntimeStatus *of[N_SERVICES]; /* NULL: not there */
	json_t *services, *attention;
};

static void needs_person(struct survey *s, const char *format, ...) PRINTF_LIKE(2, 3);

static void needs_person(struct survey *s, const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	json_array_append_new(s->attention, json_string(text));
}

/* ---- one daemon ---- */

static const Cairn__RuntimeStatus *ask_status(struct ctl *c, enum ctl_service to)
{
	Cairn__GetStatus get = CAIRN__GET_STATUS__INIT;
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;

	query.body_case = CAIRN__RUNTIME_QUERY__BODY_GET_STATUS;
	query.get_status = &get;
	return (const Cairn__RuntimeStatus *)ctl_try(c, to, &query.base,
						     MIN(c->timeout_us, ONE_ANSWER_US));
}

/* How many records of the other's log are not in yet; -1: not known. */
static int64_t lag_of(const struct survey *s, const Cairn__UpstreamStatus *u)
{
	char name[32] = "";
	enum ctl_service of;
	uint64_t head = u->head_seq, at = u->at != NULL ? u->at->seq : 0;

	if (sscanf(u->stream, "%31[a-z]", name) != 1)
		return -1;
	of = service_of_name(name);
	if (of != N_SERVICES && s->of[of] != NULL)
		head = s->of[of]->durable_seq;
	else if (u->heard_us == 0)
		return -1;
	return head > at ? (int64_t)(head - at) : 0;
}

static void show_upstreams(struct survey *s, const Cairn__RuntimeStatus *status, json_t *doc)
{
	json_t *list = json_array();

	for (size_t i = 0; i < status->n_upstreams; i++) {
		const Cairn__UpstreamStatus *u = status->upstreams[i];
		int64_t lag = lag_of(s, u);
		json_t *one = json_of_message(&u->base);
		char lag_text[32] = "lag unknown";

		if (lag >= 0)
			snprintf(lag_text, sizeof lag_text, "lag %" PRId64, lag);
		json_object_set_new(one, "lag", lag >= 0 ? json_integer(lag) : json_null());
		json_array_append_new(list, one);
		say(s->ctl, "    follows %-22s at %-10" PRIu64 " %s%s%s%s\n", u->stream,
		    u->at != NULL ? u->at->seq : 0, lag_text, u->connected ? "" : ", not connected",
		    u->stopped[0] != '\0' ? ", stopped: " : "", u->stopped);
		if (u->stopped[0] != '\0')
			needs_person(s,
				     "%s does not follow %s any more: %s; see cairnctl peer "
				     "rejoin --help",
				     status->service, u->stream, u->stopped);
	}
	json_object_set_new(doc, "upstreams", list);
}

static void show_subscribers(struct survey *s, const Cairn__RuntimeStatus *status)
{
	for (size_t i = 0; i < status->n_subscribers; i++) {
		const Cairn__SubscriberStatus *sub = status->subscribers[i];
		char seen[32];

		time_text(sub->seen_us, seen);
		say(s->ctl, "    subscriber %-19s %s at %" PRIu64 " lag %" PRIu64, sub->name,
		    sub->stream, sub->acked_seq, sub->lag);
		if (subscriber_is_turned_away(sub))
			needs_person(s,
				     "%s may not or cannot follow %s any more: %s; see cairnctl "
				     "subscribers",
				     sub->name, sub->stream, sub->failing);
		if (sub->failing[0] == '\0')
			say(s->ctl, ", connected\n");
		else
			say(s->ctl, ", %s, last seen %s\n", sub->failing, seen);
	}
}

static void show_service(struct survey *s, enum ctl_service to)
{
	const Cairn__RuntimeStatus *status = s->of[to];
	json_t *doc;
	char at[32];

	if (status == NULL) {
		say(s->ctl, "%-13s not running\n", service_name(to));
		json_array_append_new(s->services, json_pack("{s:s, s:b}", "service",
							     service_name(to), "running", 0));
		needs_person(s, "%s does not answer; is it up? deploy/up --dir %s starts it",
			     service_name(to), s->ctl->dir);
		return;
	}
	doc = json_of_message(&status->base);
	json_object_set_new(doc, "running", json_true());
	time_text(status->at_us, at);
	say(s->ctl, "%-13s %s  head %" PRIu64 "  last event %s  store %.1f MB%s\n",
	    service_name(to), status->version, status->durable_seq,
	    status->durable_seq > 0 ? at : "none", (double)status->store_used_bytes / 1e6,
	    status->disk_full ? "  DISK FULL" : "");
	if (status->disk_full)
		needs_person(s, "%s: its disk is full; commands are refused until there is room",
			     service_name(to));
	show_upstreams(s, status, doc);
	show_subscribers(s, status);
	json_array_append_new(s->services, doc);
}

/* ---- what waits ---- */

/* Those that await something are no alarm for ten minutes: what they name is usually on its way. */
static void show_parked(struct survey *s, enum ctl_service to)
{
	Cairn__ListParked list = CAIRN__LIST_PARKED__INIT;
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;
	const Cairn__ParkedList *parked;
	size_t n_old = 0;

	if (s->of[to] == NULL || s->of[to]->parked == 0)
		return;
	query.body_case = CAIRN__RUNTIME_QUERY__BODY_LIST_PARKED;
	query.list_parked = &list;
	parked = (const Cairn__ParkedList *)ctl_try(s->ctl, to, &query.base, ONE_ANSWER_US);
	for (size_t i = 0; parked != NULL && i < parked->n_events; i++)
		n_old += strcmp(parked->events[i]->reason, "refused") == 0 ||
			 clock_wall_us() - parked->events[i]->since_us > WAIT_ALARM_US;
	say(s->ctl, "%s has %" PRIu64 " parked events\n", service_name(to), s->of[to]->parked);
	if (n_old > 0)
		needs_person(s, "%s: %zu parked events do not move; see cairnctl parked list %s",
			     service_name(to), n_old, service_name(to));
}

/* NULL: it is not there, or does not answer. */
static const ProtobufCMessage *try_issuance(const struct survey *s, const ProtobufCMessage *query)
{
	return s->of[TO_ISSUANCE] != NULL ? ctl_try(s->ctl, TO_ISSUANCE, query, ONE_ANSWER_US)
					  : NULL;
}

static void tell_held(struct ctl *c, const Issuance__HeldList *held)
{
	json_t *all = json_of_message(&held->base), *list = json_object_get(all, "held");

	tell(c, "held", list != NULL ? json_incref(list) : json_array());
	json_decref(all);
}

static void show_held(struct survey *s)
{
	Issuance__ListHeld list = ISSUANCE__LIST_HELD__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__HeldList *held;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_HELD;
	query.list_held = &list;
	held = (const Issuance__HeldList *)try_issuance(s, &query.base);
	if (held == NULL)
		return;
	tell_held(s->ctl, held);
	for (size_t i = 0; i < held->n_held; i++)
		needs_person(s, "credential %s is held: %s",
			     ID_STR(bytes_of_pb(held->held[i]->credential)), held->held[i]->reason);
}

/* What was published past the check of cairnctl catalogue load. */
static void show_unfit(struct survey *s)
{
	Issuance__ListUnfit list = ISSUANCE__LIST_UNFIT__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__UnfitList *unfit = NULL;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_UNFIT;
	query.list_unfit = &list;
	if (s->of[TO_ISSUANCE] != NULL)
		unfit = (const Issuance__UnfitList *)ctl_try(s->ctl, TO_ISSUANCE, &query.base,
							     ONE_ANSWER_US);
	for (size_t i = 0; unfit != NULL && i < unfit->n_documents; i++) {
		const Issuance__DocumentUnfit *u = unfit->documents[i];

		needs_person(s,
			     "%s %s version %" PRIu32 " is published but cannot be evaluated: %s; "
			     "publish a version that can be",
			     u->kind, u->code, u->version, u->reason);
	}
}

/* What states refused waits for somebody to correct it. */
static void show_disputes(struct survey *s)
{
	Issuance__ListDisputes list = ISSUANCE__LIST_DISPUTES__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__DisputeList *disputes;

	list.limit = 1;
	query.body_case = ISSUANCE__QUERY__BODY_LIST_DISPUTES;
	query.list_disputes = &list;
	disputes = (const Issuance__DisputeList *)try_issuance(s, &query.base);
	if (disputes == NULL)
		return;
	tell_count(s->ctl, "disputes", disputes->all);
	if (disputes->n_disputes > 0)
		needs_person(s,
			     "states refused %" PRIu64 " credits, the oldest %" PRId64
			     " days ago; see cairnctl ledger disputes",
			     disputes->all,
			     (clock_wall_us() - disputes->disputes[0]->since_us) / US_PER_DAY);
}

/* Files that a state should have answered. */
static void show_state_files(struct survey *s)
{
	Issuance__ListStateFiles list = ISSUANCE__LIST_STATE_FILES__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__StateFileList *files;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_STATE_FILES;
	query.list_state_files = &list;
	files = (const Issuance__StateFileList *)try_issuance(s, &query.base);
	for (size_t i = 0; files != NULL && i < files->n_files; i++) {
		const Issuance__StateFileAnswerCounts *f = files->files[i];

		if (f->overdue_us != 0)
			needs_person(s,
				     "%s has not answered %" PRIu32 " records of file %" PRIu32
				     " (%s), due %" PRId64 " days ago; ask for the answer, then "
				     "cairnctl statefile import",
				     f->code, f->unanswered, f->file->number, f->file->period,
				     (clock_wall_us() - f->overdue_us) / US_PER_DAY);
	}
}

/* New stacks that are not evaluated for all educators yet. */
static void show_sweeps(struct survey *s)
{
	Issuance__ListStacks list = ISSUANCE__LIST_STACKS__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__StackList *stacks;
	json_t *told = json_array();

	query.body_case = ISSUANCE__QUERY__BODY_LIST_STACKS;
	query.list_stacks = &list;
	stacks = (const Issuance__StackList *)try_issuance(s, &query.base);
	for (size_t i = 0; stacks != NULL && i < stacks->n_stacks; i++) {
		const Issuance__StackAnswer *a = stacks->stacks[i];

		if (strcmp(a->sweep->state, "finished") == 0)
			continue;
		say_sweep(s->ctl, a);
		json_array_append_new(told, json_of_message(&a->base));
	}
	tell(s->ctl, "stack_sweeps", told);
}

/* Reissues that have not ended; one that pauses waits for a person. */
static void show_reissues(struct survey *s)
{
	Issuance__ListReissues list = ISSUANCE__LIST_REISSUES__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__ReissueList *reissues;
	json_t *told = json_array();

	query.body_case = ISSUANCE__QUERY__BODY_LIST_REISSUES;
	query.list_reissues = &list;
	reissues = (const Issuance__ReissueList *)try_issuance(s, &query.base);
	for (size_t i = 0; reissues != NULL && i < reissues->n_reissues; i++) {
		const Issuance__ReissueAnswer *r = reissues->reissues[i];

		if (strcmp(r->state, "finished") == 0)
			continue;
		say_reissue(s->ctl, r);
		json_array_append_new(told, json_of_message(&r->base));
		if (strcmp(r->state, "paused") == 0)
			needs_person(s,
				     "the reissue of key %s is paused; cairnctl keys reissue "
				     "--resume lets it go on",
				     r->key);
	}
	tell(s->ctl, "reissues", told);
}

/* Sinks that stopped by themselves; what they have not taken waits. */
static void show_sinks(struct survey *s)
{
	Notification__ListSinks list = NOTIFICATION__LIST_SINKS__INIT;
	Notification__Query query = NOTIFICATION__QUERY__INIT;
	const Notification__SinkList *sinks = NULL;

	query.body_case = NOTIFICATION__QUERY__BODY_LIST_SINKS;
	query.list_sinks = &list;
	if (s->of[TO_NOTIFICATION] != NULL)
		sinks = (const Notification__SinkList *)ctl_try(s->ctl, TO_NOTIFICATION,
								&query.base, ONE_ANSWER_US);
	for (size_t i = 0; sinks != NULL && i < sinks->n_sinks; i++)
		if (sink_has_stopped(sinks->sinks[i]))
			needs_person(s, "sink %s has stopped: %s%s%s; see cairnctl sink show",
				     sinks->sinks[i]->sink->name, sinks->sinks[i]->state,
				     sinks->sinks[i]->why[0] != '\0' ? ", " : "",
				     sinks->sinks[i]->why);
}

static void show_queue(struct survey *s)
{
	Assessment__GetQueue get = ASSESSMENT__GET_QUEUE__INIT;
	Assessment__Query query = ASSESSMENT__QUERY__INIT;
	const Assessment__QueueAnswer *queue = NULL;
	json_t *counts = json_object();

	query.body_case = ASSESSMENT__QUERY__BODY_GET_QUEUE;
	query.get_queue = &get;
	if (s->of[TO_ASSESSMENT] != NULL)
		queue = (const Assessment__QueueAnswer *)ctl_try(s->ctl, TO_ASSESSMENT, &query.base,
								 ONE_ANSWER_US);
	for (size_t i = 0; queue != NULL && i < queue->n_counts; i++) {
		json_object_set_new(counts, queue->counts[i]->state,
				    json_integer((json_int_t)queue->counts[i]->count));
		if (queue->counts[i]->count > 0)
			say(s->ctl, "submissions %s: %" PRIu64 "\n", queue->counts[i]->state,
			    queue->counts[i]->count);
	}
	tell(s->ctl, "submissions", counts);
	for (size_t i = 0; queue != NULL && i < queue->n_rows; i++)
		if (queue->rows[i]->no_eligible_reader)
			needs_person(
				s,
				"submission %s (%s): no_eligible_reader; qualify another assessor",
				ID_STR(bytes_of_pb(queue->rows[i]->submission)),
				queue->rows[i]->code);
}

/* ---- all ---- */

static void tell_attention(struct survey *s)
{
	const json_t *text;
	size_t i;

	json_array_foreach(s->attention, i, text) say(s->ctl, "! %s\n", json_string_value(text));
	if (json_array_size(s->attention) == 0)
		say(s->ctl, "nothing waits for a person\n");
}

static int show_status(struct ctl *c)
{
	struct survey s = {.ctl = c, .services = json_array(), .attention = json_array()};
	bool all = true;

	tell(c, "services", s.services);
	tell(c, "attention", s.attention);
	if (!ctl_connect(c))
		return ctl_exit_code(c);
	for (enum ctl_service to = 0; to < N_SERVICES; to++) {
		s.of[to] = service_is_used(c, to) ? ask_status(c, to) : NULL;
		all = all && (s.of[to] != NULL || !service_is_used(c, to));
	}
	for (enum ctl_service to = 0; to < N_SERVICES; to++)
		if (service_is_used(c, to))
			show_service(&s, to);
	for (enum ctl_service to = 0; to < N_SERVICES; to++)
		show_parked(&s, to);
	show_held(&s);
	show_unfit(&s);
	show_disputes(&s);
	show_state_files(&s);
	show_reissues(&s);
	show_sweeps(&s);
	show_sinks(&s);
	show_queue(&s);
	tell_attention(&s);
	if (!all)
		ctl_fault(c, CTL_UNREACHABLE, "not every daemon answers");
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"status", NULL, "show daemons, lags, and what waits for a person", .run = show_status},
	{"sandbox", "mark", "say that everybody here is made up, for good", .to = TO_ISSUANCE,
	 .sends = "mark_sandbox"},
};

const struct command_list status_commands = {rows, ARRAY_LEN(rows)};
