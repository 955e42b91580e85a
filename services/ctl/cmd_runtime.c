/* What a person decides about the runtime of a service: parked events, old records, subscribers. */
#include "services/ctl/commands.h"
#include "services/ctl/runtime.h"

#include "libshared/archive.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- parked events ---- */

static json_t *list_of(struct ctl *c, enum ctl_service service)
{
	Cairn__ListParked list = CAIRN__LIST_PARKED__INIT;
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;
	const Cairn__ParkedList *parked;
	json_t *json, *events;

	query.body_case = CAIRN__RUNTIME_QUERY__BODY_LIST_PARKED;
	query.list_parked = &list;
	parked = (const Cairn__ParkedList *)ctl_ask(c, service, &query.base);
	if (parked == NULL)
		return NULL;
	for (size_t i = 0; i < parked->n_events; i++) {
		const Cairn__ParkedEvent *e = parked->events[i];
		char since[32];

		time_text(e->since_us, since);
		say(c, "%s: %s %" PRIu64 "  kind %u  %s  since %s  entity %s\n",
		    service_name(service), e->stream, e->seq, e->kind, e->reason, since,
		    ID_STR(bytes_of_pb(e->entity)));
	}
	json = json_of_message(&parked->base);
	events = json_incref(json_object_get(json, "events"));
	json_decref(json);
	return events != NULL ? events : json_array();
}

static int list_parked(struct ctl *c)
{
	bool one = is_given(c, "service");
	enum ctl_service only = one ? given_service(c, "service") : 0;
	json_t *all = json_object();

	for (enum ctl_service s = 0; s < N_SERVICES && !ctl_failed(c); s++)
		if (one ? s == only : service_is_used(c, s))
			json_object_set_new(all, service_name(s), list_of(c, s));
	tell(c, "parked", all);
	return ctl_exit_code(c);
}

static int release_parked(struct ctl *c)
{
	Cairn__ReleaseParked release = CAIRN__RELEASE_PARKED__INIT;
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;

	release.stream = arena_text(c->arena, bytes_of_text(given(c, "stream")));
	release.seq = given_count(c, "seq", 0);
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_RELEASE_PARKED;
	command.release_parked = &release;
	return send_runtime(c, given_service(c, "service"), &command);
}

static int skip_parked(struct ctl *c)
{
	Cairn__SkipParked skip = CAIRN__SKIP_PARKED__INIT;
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;

	skip.stream = arena_text(c->arena, bytes_of_text(given(c, "stream")));
	skip.seq = given_count(c, "seq", 0);
	skip.because = arena_text(c->arena, bytes_of_text(given(c, "because")));
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_SKIP_PARKED;
	command.skip_parked = &skip;
	return send_runtime(c, given_service(c, "service"), &command);
}

/* ---- subscribers ---- */

static int forget_subscriber(struct ctl *c)
{
	Cairn__ForgetSubscriber forget = CAIRN__FORGET_SUBSCRIBER__INIT;
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;

	forget.name = arena_text(c->arena, bytes_of_text(given(c, "name")));
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_FORGET_SUBSCRIBER;
	command.forget_subscriber = &forget;
	return send_runtime(c, given_service(c, "service"), &command);
}

/* ---- old records ---- */

static bool is_archived(struct ctl *c, enum ctl_service service, uint64_t through)
{
	char stream[64];
	struct position end;

	if (is_given(c, "unarchived"))
		return true;
	if (!is_given(c, "archive")) {
		ctl_fault(c, CTL_USAGE,
			  "name the archive that holds them with --archive DIR, or say "
			  "--unarchived");
		return false;
	}
	snprintf(stream, sizeof stream, "%s.0.log", service_name(service));
	if (archive_end(given(c, "archive"), stream, &end) != 0)
		ctl_fault(c, CTL_DIFFERS, "%s: damaged (see above)", given(c, "archive"));
	else if (end.seq < through)
		ctl_fault(c, CTL_REFUSED,
			  "%s ends at %" PRIu64 "; cairnctl archive %s --to %s first",
			  given(c, "archive"), end.seq, service_name(service), given(c, "archive"));
	return !ctl_failed(c);
}

/* The service forgets a few thousand at a time, so that nobody waits for it. */
static int trim(struct ctl *c)
{
	enum ctl_service service = given_service(c, "service");
	uint64_t through = given_count(c, "through", 0), first = 0;
	Cairn__TrimLog trim_log = CAIRN__TRIM_LOG__INIT;
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;

	trim_log.through_seq = through;
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_TRIM_LOG;
	command.trim_log = &trim_log;
	if (ctl_failed(c) || !is_archived(c, service, through))
		return ctl_exit_code(c);
	for (;;) {
		const Cairn__RuntimeStatus *status;

		if (!ctl_send(c, service, NULL, &command.base) ||
		    (status = ask_runtime_status(c, service)) == NULL)
			return ctl_exit_code(c);
		if (status->first_seq > through || status->first_seq == first) {
			tell_count(c, "first_seq", status->first_seq);
			say(c, "the log of %s begins at %" PRIu64 " now\n", service_name(service),
			    status->first_seq);
			return ctl_exit_code(c);
		}
		first = status->first_seq;
	}
}

#define SERVICE OWN_WORD("service", "SERVICE", "enrollment, evidence ...", P_TEXT, MUST)
#define EVENT                                                                                      \
	OWN_OPTION("stream", "STREAM", "whose event it is, as enrollment.0.log", P_TEXT, MUST),    \
		OWN_OPTION("seq", "N", "its sequence there", P_COUNT, MUST)

static const struct command rows[] = {
	{"parked", "list", "list events that could not be decided yet",
	 PARAMS(OWN_WORD("service", "SERVICE", "only there", P_TEXT, MAY)), .run = list_parked},
	{"parked", "release", "decide a parked event again, and those behind it",
	 PARAMS(SERVICE, EVENT), .run = release_parked},
	{"parked", "skip", "drop a parked event",
	 PARAMS(SERVICE, EVENT,
		OWN_OPTION("because", "TEXT", "why; kept in the log", P_TEXT, MUST)),
	 .run = skip_parked},
	{"subscriber", "forget", "let a log wait no more for a named subscriber",
	 PARAMS(SERVICE, OWN_OPTION("name", "NAME", "as status shows it", P_TEXT, MUST)),
	 .run = forget_subscriber},
	{"trim", NULL, "forget records of a log that its archive holds",
	 PARAMS(SERVICE, OWN_OPTION("through", "N", "up to this sequence", P_COUNT, MUST),
		OWN_OPTION("archive", "DIR", "the archive that holds them; it is looked at", P_TEXT,
			   MAY),
		OWN_FLAG("unarchived", "forget them although no archive is named")),
	 .run = trim},
};

const struct command_list runtime_commands = {rows, ARRAY_LEN(rows)};
