/* Asking the services: connections, ids of requests, answers and refusals. */
#include "services/ctl/ctl.h"

#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/engine.h"
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/gateway.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"
#include "proto/runtime.pb-c.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a service speaks. */
static const struct speech {
	const char *name;
	const ProtobufCMessageDescriptor *command, *query, *answer, *event;
	const ProtobufCEnumDescriptor *reason;
} speeches[N_SERVICES] = {
#define SPEECH(name)                                                                               \
	{                                                                                          \
#name, &name##__command__descriptor, &name##__query__descriptor,                   \
			&name##__answer__descriptor, &name##__event__descriptor,                   \
			&name##__reason__descriptor                                                \
	}
	[TO_ENROLLMENT] = SPEECH(enrollment),     [TO_EVIDENCE] = SPEECH(evidence),
	[TO_ASSESSMENT] = SPEECH(assessment),     [TO_ISSUANCE] = SPEECH(issuance),
	[TO_NOTIFICATION] = SPEECH(notification), [TO_GATEWAY] = SPEECH(gateway),
#undef SPEECH
};

const char *service_name(enum ctl_service s)
{
	return speeches[s].name;
}

bool service_is_used(struct ctl *c, enum ctl_service s)
{
	if (s != TO_GATEWAY || access(ctl_path(c, "gateway/db"), F_OK) == 0)
		return true;
	for (const struct endpoint *e = c->endpoints; e->service[0] != '\0'; e++)
		if (strcmp(e->service, "gateway") == 0)
			return true;
	return false;
}

enum ctl_service service_of_name(const char *name)
{
	enum ctl_service s = 0;

	while (s < N_SERVICES && strcmp(speeches[s].name, name) != 0)
		s++;
	return s;
}

const ProtobufCMessageDescriptor *service_events(enum ctl_service s)
{
	return speeches[s].event;
}

/* ---- ids ---- */

static struct id derived_id(const struct ctl *c, const char *use, unsigned number)
{
	uint8_t noise[crypto_generichash_BYTES_MIN];
	char text[100];

	snprintf(text, sizeof text, "cairnctl:%s:%u", use, number);
	crypto_generichash(noise, sizeof noise, (const uint8_t *)text, strlen(text), c->intention.b,
			   ID_LEN);
	return id_shaped(id_time_us(bytes_of_id(&c->intention)), noise);
}

struct id ctl_step_id(struct ctl *c)
{
	unsigned step = c->n_steps++;

	return step == 0 ? c->intention : derived_id(c, "step", step);
}

struct id ctl_made_id(const struct ctl *c, const char *use, unsigned number)
{
	return derived_id(c, use, number);
}

/* ---- connections ---- */

const char *ctl_path(struct ctl *c, const char *format, ...)
{
	char rest[400];
	va_list args;

	va_start(args, format);
	vsnprintf(rest, sizeof rest, format, args);
	va_end(args);
	return arena_printf(c->arena, "%s/%s", c->dir, rest);
}

bool ctl_connect(struct ctl *c)
{
	const char *peers = ctl_path(c, "peers");

	if (ctl_failed(c))
		return false;
	if (c->net != NULL)
		return true;
	if (c->endpoints[0].service[0] == '\0' && access(peers, R_OK) != 0) {
		ctl_fault(c, CTL_LOCAL,
			  "%s: %s; name the installation with --dir DIR, or make one with "
			  "cairnctl keys init --dir DIR",
			  peers, strerror(errno));
		return false;
	}
	c->peers = access(peers, R_OK) == 0 ? peers_load(peers) : peers_none();
	c->keys = malloc(sizeof *c->keys);
	ENSURE(c->keys != NULL);
	if (c->peers == NULL || keys_load(ctl_path(c, "keys"), c->key, c->keys) != 0) {
		free(c->keys);
		c->keys = NULL;
		ctl_fault(c, CTL_LOCAL,
			  "the peers file or the key %s/keys/%s.key cannot be used (see above)",
			  c->dir, c->key);
		return false;
	}
	c->net = net_open(1);
	if (c->net == NULL)
		ctl_fault(c, CTL_LOCAL, "no sockets can be made here");
	return c->net != NULL;
}

bool ctl_endpoint(struct ctl *c, const char *service, struct endpoint *endpoint_r)
{
	const struct peer *peer;

	for (const struct endpoint *e = c->endpoints; e->service[0] != '\0'; e++)
		if (strcmp(e->service, service) == 0) {
			*endpoint_r = *e;
			return true;
		}
	peer = peer_by_name(c->peers, service);
	if (peer == NULL) {
		ctl_fault(c, CTL_LOCAL, "%s/peers has no line for %s, so its key is not known",
			  c->dir, service);
		return false;
	}
	*endpoint_r = (struct endpoint){.key = text_of_key(peer->key)};
	snprintf(endpoint_r->service, sizeof endpoint_r->service, "%s", service);
	snprintf(endpoint_r->commands, sizeof endpoint_r->commands, "ipc://%.200s/run/%s.s", c->dir,
		 service);
	snprintf(endpoint_r->log, sizeof endpoint_r->log, "ipc://%.200s/run/%s.l", c->dir, service);
	return true;
}

/* A local socket that is not there needs no waiting. */
static bool is_bound(const char *endpoint)
{
	return strncmp(endpoint, "ipc://", 6) != 0 || access(endpoint + 6, F_OK) == 0;
}

static void tell_down(struct ctl *c, const char *service, const char *what)
{
	ctl_fault(c, CTL_UNREACHABLE, "%s %s; is it up? deploy/up --dir %s starts it", service,
		  what, c->dir);
}

static struct client *client_of(struct ctl *c, enum ctl_service to)
{
	struct endpoint at;

	if (!ctl_connect(c) || c->clients[to] != NULL)
		return ctl_failed(c) ? NULL : c->clients[to];
	if (!ctl_endpoint(c, service_name(to), &at))
		return NULL;
	if (!is_bound(at.commands)) {
		tell_down(c, service_name(to), "is not running");
		return NULL;
	}
	c->clients[to] = client_open(&(struct client_options){
		.net = c->net, .endpoint = at.commands, .keys = c->keys, .server = &at.key});
	if (c->clients[to] == NULL)
		ctl_fault(c, CTL_LOCAL, "%s: %s cannot be connected to", at.service, at.commands);
	return c->clients[to];
}

/* ---- refusals ---- */

static const char *enum_name(const ProtobufCEnumDescriptor *type, int value)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(type, value);

	return v != NULL ? v->name : "a newer one";
}

static enum ctl_exit exit_of_status(Cairn__Status status)
{
	switch (status) {
	case CAIRN__STATUS__FORBIDDEN:
		return CTL_FORBIDDEN;
	case CAIRN__STATUS__EXPIRED:
	case CAIRN__STATUS__BUSY:
	case CAIRN__STATUS__UNAVAILABLE:
		return CTL_UNREACHABLE;
	default:
		return CTL_REFUSED;
	}
}

static void tell_refusal(struct ctl *c, enum ctl_service to, const struct client_answer *a)
{
	const char *reason = a->status == CAIRN__STATUS__REJECTED && a->reason != 0
				     ? enum_name(speeches[to].reason, (int)a->reason)
				     : enum_name(&cairn__status__descriptor, (int)a->status);
	json_t *error;

	ctl_fault(c, exit_of_status(a->status), "%s says %s%s%s (id %s)", service_name(to), reason,
		  a->text[0] != '\0' ? ": " : "", a->text, ID_STR(bytes_of_id(&a->id)));
	error = json_object_get(c->doc, "error");
	json_object_set_new(error, "service", json_string(service_name(to)));
	json_object_set_new(error, "status",
			    json_string(enum_name(&cairn__status__descriptor, (int)a->status)));
	json_object_set_new(error, "reason", json_string(reason));
	json_object_set_new(error, "id", json_string(ID_STR(bytes_of_id(&a->id))));
}

static void tell_silence(struct ctl *c, enum ctl_service to, bool is_command)
{
	char what[200];

	snprintf(what, sizeof what, "did not answer within %" PRId64 " s%s%s",
		 c->timeout_us / US_PER_S,
		 is_command ? "; whether it was done is not known: ask again with --id " : "",
		 is_command ? ID_STR(bytes_of_id(&c->intention)) : "");
	tell_down(c, service_name(to), what);
}

/* ---- requests ---- */

static bool call(struct ctl *c, enum ctl_service to, const struct ask *ask, struct client_answer *a)
{
	struct client *client = client_of(c, to);
	bool is_command = kind_of_message(ask->message) < QUERY_BASE;

	if (client == NULL)
		return false;
	if (client_call(client, ask, clock_mono_us() + c->timeout_us, a) != 0) {
		tell_silence(c, to, is_command);
		return false;
	}
	if (a->status != CAIRN__STATUS__OK)
		tell_refusal(c, to, a);
	return a->status == CAIRN__STATUS__OK;
}

/* The set member of an Answer. */
static const ProtobufCMessage *member_of(const ProtobufCMessage *answer)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field(answer->descriptor, body_kind(answer));
	const ProtobufCMessage *member;

	if (field == NULL)
		return NULL;
	memcpy(&member, (const uint8_t *)answer + field->offset, sizeof member);
	return member;
}

static const ProtobufCMessage *unpack_answer(struct ctl *c, enum ctl_service to,
					     const ProtobufCMessage *asked, struct bytes body)
{
	bool runtime = strncmp(asked->descriptor->short_name, "Runtime", 7) == 0;
	const ProtobufCMessageDescriptor *type =
		runtime ? &cairn__runtime_answer__descriptor : speeches[to].answer;
	struct message_fault fault;
	const ProtobufCMessage *answer;

	if (body.len == 0)
		return NULL;
	answer = message_unpack(type, arena_copy(c->arena, body), &EVENT_LIMITS, c->arena, &fault);
	if (answer == NULL)
		ctl_fault(c, CTL_LOCAL, "%s answered what this cairnctl does not understand: %s",
			  service_name(to), fault.text);
	return answer != NULL ? member_of(answer) : NULL;
}

bool ctl_send(struct ctl *c, enum ctl_service to, const struct id *entity,
	      const ProtobufCMessage *command)
{
	struct id id = ctl_step_id(c);
	struct ask ask = {.message = command, .id = bytes_of_id(&id)};
	struct client_answer a;

	if (ctl_failed(c))
		return false;
	if (entity != NULL && !id_is_none(entity))
		ask.entity = bytes_of_id(entity);
	if (!id_is_none(&c->actor))
		ask.actor = bytes_of_id(&c->actor);
	if (!call(c, to, &ask, &a))
		return false;
	c->done = (struct done){.seq = a.seq, .repeated = a.repeated};
	c->done.answer = unpack_answer(c, to, command, a.body);
	tell_id(c, "id", &c->intention);
	tell_count(c, "seq", a.seq);
	tell(c, "repeated", json_boolean(a.repeated));
	return !ctl_failed(c);
}

const ProtobufCMessage *ctl_ask(struct ctl *c, enum ctl_service to, const ProtobufCMessage *query)
{
	struct ask ask = {.message = query};
	struct client_answer a;
	const ProtobufCMessage *answer;

	if (ctl_failed(c))
		return NULL;
	if (!id_is_none(&c->actor))
		ask.actor = bytes_of_id(&c->actor);
	if (!call(c, to, &ask, &a))
		return NULL;
	answer = unpack_answer(c, to, query, a.body);
	if (answer == NULL)
		ctl_fault(c, CTL_LOCAL, "%s answered nothing", service_name(to));
	return answer;
}

const ProtobufCMessage *ctl_try(struct ctl *c, enum ctl_service to, const ProtobufCMessage *query,
				int64_t timeout_us)
{
	struct ask ask = {.message = query};
	struct client_answer a;
	struct endpoint at;

	if (ctl_failed(c) || !ctl_connect(c) || !ctl_endpoint(c, service_name(to), &at) ||
	    !is_bound(at.commands))
		return NULL;
	if (client_of(c, to) == NULL ||
	    client_call(c->clients[to], &ask, clock_mono_us() + timeout_us, &a) != 0 ||
	    a.status != CAIRN__STATUS__OK)
		return NULL;
	return unpack_answer(c, to, query, a.body);
}

/* ---- from fields ---- */

static const ProtobufCMessage *message_of_fields(struct ctl *c,
						 const ProtobufCMessageDescriptor *type,
						 const char *member, json_t *fields)
{
	json_t *json = json_pack("{s:o}", member, fields);
	const ProtobufCMessage *message = NULL;
	char fault[200];

	ENSURE(json != NULL);
	if (!ctl_failed(c))
		message = message_of_json(type, json, c->arena, fault);
	json_decref(json);
	if (message == NULL)
		ctl_fault(c, CTL_USAGE, "%s", fault);
	return message;
}

bool ctl_send_fields(struct ctl *c, enum ctl_service to, const struct id *entity,
		     const char *member, json_t *fields)
{
	const ProtobufCMessage *command =
		message_of_fields(c, speeches[to].command, member, fields);

	return command != NULL && ctl_send(c, to, entity, command);
}

const ProtobufCMessage *ctl_ask_fields(struct ctl *c, enum ctl_service to, const char *member,
				       json_t *fields)
{
	const ProtobufCMessage *query = message_of_fields(c, speeches[to].query, member, fields);

	return query != NULL ? ctl_ask(c, to, query) : NULL;
}
