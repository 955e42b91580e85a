/* Sinks: where the public events of a state go by themselves, and what became of each. */
#include "services/ctl/commands.h"

#include "libshared/clock.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define LOOK_EVERY_US (200 * US_PER_MS)
#define HOURS_OF_OVERLAP 24
#define SECRET_FILE_MAX ((size_t)1000)

/* ---- which sink ---- */

static const Notification__SinkAnswer *get_sink(struct ctl *c)
{
	const char *word = given(c, "sink");
	struct id id;

	if (id_of_text(word, &id))
		return (const Notification__SinkAnswer *)ctl_ask_fields(
			c, TO_NOTIFICATION, "get_sink",
			json_pack("{s:s}", "sink", ID_STR(bytes_of_id(&id))));
	return (const Notification__SinkAnswer *)ctl_ask_fields(c, TO_NOTIFICATION, "get_sink",
								json_pack("{s:s}", "name", word));
}

/* By its name or id. ID_NONE: a fault. */
static struct id sink_id(struct ctl *c)
{
	const Notification__SinkAnswer *a = NULL;
	struct id id;

	if (id_of_text(given(c, "sink"), &id))
		return id;
	a = get_sink(c);
	return a != NULL && a->sink != NULL ? id_of_bytes(bytes_of_pb(a->sink->sink)) : ID_NONE;
}

static json_t *fields_about(struct ctl *c, const struct id *sink)
{
	json_t *fields = given_fields(c);

	json_object_set_new(fields, "sink", json_string(ID_STR(bytes_of_id(sink))));
	return fields;
}

/* Rows whose message has the sink and what was given. */
static int act_on_sink(struct ctl *c)
{
	struct id sink = sink_id(c);

	if (!ctl_failed(c) &&
	    ctl_send_fields(c, TO_NOTIFICATION, &sink, c->command->sends, fields_about(c, &sink)))
		say_done(c, TO_NOTIFICATION);
	return ctl_exit_code(c);
}

static int ask_of_sink(struct ctl *c)
{
	struct id sink = sink_id(c);
	const ProtobufCMessage *answer = NULL;

	if (!ctl_failed(c))
		answer = ctl_ask_fields(c, TO_NOTIFICATION, c->command->asks,
					fields_about(c, &sink));
	if (answer != NULL)
		tell_message(c, answer);
	return ctl_exit_code(c);
}

/* ---- adding and changing ---- */

static const char *const private_fields[] = {"contact", "client_id", "client_secret"};
static const char *const edfi_fields[] = {"data_standard", "namespace", "descriptor_namespace",
					  "credential_type", "person_source"};

/* Moves what was given of names from fields into an object of its own; NULL: nothing was. */
static json_t *taken_out(json_t *fields, const char *const *names, size_t n)
{
	json_t *part = NULL;

	for (size_t i = 0; i < n; i++) {
		json_t *value = json_object_get(fields, names[i]);

		if (value == NULL)
			continue;
		if (part == NULL)
			part = json_object();
		json_object_set(part, names[i], value);
		json_object_del(fields, names[i]);
	}
	return part;
}

/* A file's last line end is the editor's. */
static void add_client_secret(struct ctl *c, json_t *fields)
{
	struct bytes content;

	if (!is_given(c, "client-secret-file"))
		return;
	content = given_file(c, "client-secret-file", SECRET_FILE_MAX);
	while (content.len > 0 && strchr("\r\n", content.data[content.len - 1]) != NULL)
		content.len--;
	json_object_set_new(fields, "client_secret",
			    json_stringn((const char *)content.data, content.len));
}

/* {"sink": ..., "private": ...}; base: what is not given, or NULL. */
static json_t *settings_given(struct ctl *c, json_t *base)
{
	json_t *fields = given_fields(c), *private, *edfi;

	add_client_secret(c, fields);
	private = taken_out(fields, private_fields, ARRAY_LEN(private_fields));
	edfi = taken_out(fields, edfi_fields, ARRAY_LEN(edfi_fields));
	if (base == NULL)
		base = json_object();
	if (edfi != NULL) {
		if (json_object_get(base, "edfi") == NULL)
			json_object_set_new(base, "edfi", json_object());
		json_object_update(json_object_get(base, "edfi"), edfi);
		json_decref(edfi);
	}
	json_object_update(base, fields);
	json_decref(fields);
	return json_pack("{s:o, s:o*}", "sink", base, "private", private);
}

static void say_sink(struct ctl *c, const Notification__SinkAnswer *a)
{
	say(c, "%-20s %s  %s", a->sink->name, a->sink->state, a->state);
	if (a->why[0] != '\0')
		say(c, " (%s)", a->why);
	say(c,
	    "  at %" PRIu64 ", %" PRIu64 " behind the stream; %" PRIu32 " waiting, %" PRIu32
	    " dead\n",
	    a->cursor, a->lag, a->waiting + a->behind, a->dead);
}

/* Until the target has answered, or has not within our time. */
static void tell_introduction(struct ctl *c, const struct id *sink)
{
	const struct timespec moment = {.tv_nsec = LOOK_EVERY_US * 1000};
	int64_t until_us = clock_mono_us() + c->timeout_us;
	const Notification__SinkAnswer *a;

	while ((a = (const Notification__SinkAnswer *)ctl_ask_fields(
			c, TO_NOTIFICATION, "get_sink",
			json_pack("{s:s}", "sink", ID_STR(bytes_of_id(sink))))) != NULL &&
	       strcmp(a->state, "new") == 0 && clock_mono_us() < until_us)
		nanosleep(&moment, NULL);
	if (a == NULL)
		return;
	tell_text(c, "state", a->state);
	tell_text(c, "why", a->why);
	if (strcmp(a->state, "new") == 0)
		say(c, "the target has not answered yet; see: cairnctl sink show %s\n",
		    a->sink->name);
	else
		say_sink(c, a);
}

static int add_sink(struct ctl *c)
{
	struct id sink = ctl_made_id(c, "sink", 0), secret = ctl_made_id(c, "secret", 0);
	json_t *fields = settings_given(c, NULL);

	json_object_set_new(json_object_get(fields, "sink"), "sink",
			    json_string(ID_STR(bytes_of_id(&sink))));
	json_object_set_new(fields, "secret", json_string(ID_STR(bytes_of_id(&secret))));
	if (!ctl_send_fields(c, TO_NOTIFICATION, &sink, "add_sink", fields))
		return ctl_exit_code(c);
	tell_id(c, "sink", &sink);
	say(c, "sink: %s\n", ID_STR(bytes_of_id(&sink)));
	say_done(c, TO_NOTIFICATION);
	tell_introduction(c, &sink);
	return ctl_exit_code(c);
}

static int change_sink(struct ctl *c)
{
	const Notification__SinkAnswer *a = get_sink(c);
	struct id sink;

	if (a == NULL || a->sink == NULL)
		return ctl_exit_code(c);
	sink = id_of_bytes(bytes_of_pb(a->sink->sink));
	if (ctl_send_fields(c, TO_NOTIFICATION, &sink, "change_sink",
			    settings_given(c, json_of_message(&a->sink->base)))) {
		say_done(c, TO_NOTIFICATION);
		tell_introduction(c, &sink);
	}
	return ctl_exit_code(c);
}

static int resume_sink(struct ctl *c)
{
	struct id sink = sink_id(c);

	if (!ctl_failed(c) &&
	    ctl_send_fields(c, TO_NOTIFICATION, &sink, "resume_sink", fields_about(c, &sink))) {
		say_done(c, TO_NOTIFICATION);
		tell_introduction(c, &sink);
	}
	return ctl_exit_code(c);
}

static int rotate_secret(struct ctl *c)
{
	uint64_t hours = given_count(c, "overlap", HOURS_OF_OVERLAP);
	struct id sink = sink_id(c), secret = ctl_made_id(c, "secret", 0);
	json_t *fields;

	if (ctl_failed(c))
		return ctl_exit_code(c);
	fields = fields_about(c, &sink);
	json_object_set_new(fields, "secret", json_string(ID_STR(bytes_of_id(&secret))));
	json_object_set_new(fields, "overlap_us",
			    json_integer((json_int_t)MIN(hours, UINT64_C(100000)) * US_PER_HOUR));
	if (ctl_send_fields(c, TO_NOTIFICATION, &sink, "rotate_sink_secret", fields))
		say_done(c, TO_NOTIFICATION);
	return ctl_exit_code(c);
}

static int list_sinks(struct ctl *c)
{
	const Notification__SinkList *list = (const Notification__SinkList *)ctl_ask_fields(
		c, TO_NOTIFICATION, "list_sinks", json_object());
	json_t *told = json_array();

	for (size_t i = 0; list != NULL && i < list->n_sinks; i++) {
		say_sink(c, list->sinks[i]);
		json_array_append_new(told, json_of_message(&list->sinks[i]->base));
	}
	if (list != NULL && list->n_sinks == 0)
		say(c, "there are no sinks\n");
	tell(c, "sinks", told);
	return ctl_exit_code(c);
}

static int show_sink(struct ctl *c)
{
	const Notification__SinkAnswer *a = get_sink(c);

	if (a != NULL)
		tell_message(c, &a->base);
	return ctl_exit_code(c);
}

/* {"first", "last"} of the event's id. When issuance cannot say, the id stays: notification knows
 * those that are listed. */
static void range_of_event(struct ctl *c, json_t *fields)
{
	struct id event = given_id(c, "event");
	Issuance__FindPublic find = ISSUANCE__FIND_PUBLIC__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__PublicFound *found;

	find.event = pb_of_bytes(bytes_of_id(&event));
	query.body_case = ISSUANCE__QUERY__BODY_FIND_PUBLIC;
	query.find_public = &find;
	found = (const Issuance__PublicFound *)ctl_try(c, TO_ISSUANCE, &query.base, c->timeout_us);
	if (found == NULL)
		return;
	if (found->seq == 0) {
		ctl_fault(c, CTL_REFUSED, "%s: no public event has this id", given(c, "event"));
		return;
	}
	json_object_del(fields, "event");
	json_object_set_new(fields, "first", json_integer((json_int_t)found->seq));
	json_object_set_new(fields, "last", json_integer((json_int_t)found->seq));
}

static int redeliver_events(struct ctl *c)
{
	struct id sink = sink_id(c);
	json_t *fields;

	if (ctl_failed(c))
		return ctl_exit_code(c);
	if (is_given(c, "event") == is_given(c, "first"))
		return (int)ctl_fault(c, CTL_USAGE, "--first SEQ (and --last SEQ) or --event ID");
	fields = fields_about(c, &sink);
	if (is_given(c, "first") && !is_given(c, "last"))
		json_object_set(fields, "last", json_object_get(fields, "first"));
	if (is_given(c, "event"))
		range_of_event(c, fields);
	if (ctl_send_fields(c, TO_NOTIFICATION, &sink, "redeliver_events", fields))
		say_done(c, TO_NOTIFICATION);
	return ctl_exit_code(c);
}

/* ---- rows ---- */

#define SINK OWN_WORD("sink", "SINK", "the sink's name or id", P_TEXT, MUST)
#define WHY OPTION("why", "WORD", "one word of a-z, 0-9 and _", P_TEXT, MUST)
#define SETTINGS(need)                                                                             \
	OPTION("url", "URL", "of the webhook; or of the Ed-Fi API's root", P_TEXT, need),          \
		OPTION("contact", "ADDRESS", "e-mail of who is told when it fails", P_TEXT, need), \
		OPTION_OF("type", "types", "TYPE", "only these, as org.cairn.credential.*",        \
			  P_TEXT, ANY_NUMBER),                                                     \
		OPTION("rate", "N", "at most so many a second", P_COUNT, MAY),                     \
		FLAG("unasked", "begin without the target's agreement"),                           \
		OPTION("client-id", "ID", "Ed-Fi: of the OAuth client", P_TEXT, MAY),              \
		OWN_OPTION("client-secret-file", "FILE", "Ed-Fi: what holds its secret", P_FILE,   \
			   MAY),                                                                   \
		OPTION("data-standard", "VERSION", "Ed-Fi: 6.1 or 5.2", P_TEXT, MAY),              \
		OPTION("namespace", "URI", "Ed-Fi: of the credentials", P_TEXT, MAY),              \
		OPTION("descriptor-namespace", "URI", "Ed-Fi: of the state's own descriptors",     \
		       P_TEXT, MAY),                                                               \
		OPTION("credential-type", "CODE", "Ed-Fi: of CredentialTypeDescriptor", P_TEXT,    \
		       MAY),                                                                       \
		OPTION("person-source", "URI", "Ed-Fi: of staffUniqueId", P_TEXT, MAY)

static const struct command rows[] = {
	{"sink", "add", "send a state's public events somewhere",
	 PARAMS(WORD("name", "NAME", "of a-z, 0-9 and -", P_TEXT, MUST),
		OPTION("kind", "KIND", "webhook or edfi", P_NAME, MUST),
		OPTION("state", "STATE", "whose events: two letters", P_TEXT, MUST),
		OPTION("from", "SEQ", "begin after this event; else with the first", P_COUNT, MAY),
		SETTINGS(MUST)),
	 .run = add_sink},
	{"sink", "change", "change a sink's settings",
	 PARAMS(SINK, OPTION("name", "NAME", "its new name", P_TEXT, MAY), SETTINGS(MAY)),
	 .run = change_sink},
	{"sink", "list", "list sinks and where they stand", .run = list_sinks},
	{"sink", "show", "show a sink", PARAMS(SINK), .run = show_sink},
	{"sink", "events", "list a sink's waiting and dead events",
	 PARAMS(SINK, OPTION("state", "STATE", "only these: waiting, behind, dead", P_TEXT, MAY),
		OPTION("after", "SEQ", "go on after this one", P_COUNT, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 .run = ask_of_sink, .asks = "list_sink_events"},
	{"sink", "secret", "show what signs; the look is recorded", PARAMS(SINK),
	 .run = ask_of_sink, .asks = "get_sink_secret"},
	{"sink", "rotate", "sign with a new secret",
	 PARAMS(SINK, OWN_OPTION("overlap", "HOURS", "both sign for so long (24)", P_COUNT, MAY)),
	 .run = rotate_secret},
	{"sink", "pause", "deliver nothing until it is resumed", PARAMS(SINK, WHY),
	 .run = act_on_sink, .sends = "pause_sink"},
	{"sink", "resume", "deliver again, what waits at once", PARAMS(SINK), .run = resume_sink},
	{"sink", "remove", "remove a sink and its keys", PARAMS(SINK), .run = act_on_sink,
	 .sends = "remove_sink"},
	{"sink", "redeliver", "deliver events again",
	 PARAMS(SINK, OPTION("first", "SEQ", "the first of them", P_COUNT, MAY),
		OPTION("last", "SEQ", "the last; else only the first", P_COUNT, MAY),
		OPTION("event", "ID", "or one, by its id", P_ID, MAY)),
	 .run = redeliver_events},
	{"sink", "skip", "give an event up: its subject goes on",
	 PARAMS(SINK, OPTION("seq", "SEQ", "which", P_COUNT, MUST), WHY), .run = act_on_sink,
	 .sends = "skip_event"},
	{"sink", "rewind", "deliver everything after an event again",
	 PARAMS(SINK, OPTION("to", "SEQ", "that event", P_COUNT, MUST)), .run = act_on_sink,
	 .sends = "rewind_sink"},
};

const struct command_list sink_commands = {rows, ARRAY_LEN(rows)};
