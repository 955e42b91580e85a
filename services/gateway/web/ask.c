/*
 * Asking services: fields to a message, an answer to an object, and the steps in between.
 *
 * To each service there are two connections: one with the gateway's own key, which speaks for a
 * teacher, an assessor or nobody, and one with the office's, which may what an operator may. Which
 * one is taken stands in the route's row.
 */
#include "libshared/check.h"
#include "libshared/client.h"
#include "libshared/clock.h"
#include "libshared/json.h"
#include "libshared/log.h"
#include "libshared/peers.h"
#include "proto/runtime.pb-c.h"
#include "services/gateway/web/exchange.h"
#include "services/gateway/web/own.h"
#include "services/gateway/web/speech.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_US (10 * US_PER_S)
#define SLOT_BITS 5
_Static_assert(ASKED_MAX <= 1 << SLOT_BITS, "a token holds a slot");

enum hand { PORTAL, OFFICE, N_HANDS };
static const char *const hand_names[N_HANDS] = {[PORTAL] = "gateway", [OFFICE] = "office"};

/* What the catalogue stands on is asked for by every page of a micro-credential, is large and
 * changes a few times a year: its last answer is kept as it came and as it was read. */
static const char lasting_query[] = "get_documents";
struct lasting {
	struct bytes packed;
	json_t *body;
};

struct asking {
	struct web *web;
	struct net *net;
	struct lasting lasting;
	struct client *clients[N_HANDS][TO_SELF];
};

static void lasting_forget(struct lasting *l)
{
	free((void *)(uintptr_t)l->packed.data);
	json_decref(l->body);
	*l = (struct lasting){BYTES_NONE, NULL};
}

/* ---- connections ---- */

static int open_client(struct asking *a, const struct peers *peers, enum hand hand, enum to to,
		       const struct curve_keys *keys)
{
	const char *name = speeches[to].name;
	const struct peer *peer = peer_by_name(peers, name);
	struct key_text server;
	char endpoint[512];

	if (peer == NULL) {
		log_error("service_unknown",
			  "of=%s remedy=\"add its public key to the peers file\"", name);
		return -1;
	}
	server = text_of_key(peer->key);
	snprintf(endpoint, sizeof endpoint, "ipc://%s/../run/%s.s", a->web->dir, name);
	if (a->web->config->services[to][0] != '\0')
		snprintf(endpoint, sizeof endpoint, "%s", a->web->config->services[to]);
	a->clients[hand][to] = client_open(&(struct client_options){
		.net = a->net, .endpoint = endpoint, .keys = keys, .server = &server});
	return a->clients[hand][to] != NULL ? 0 : -1;
}

static int open_hand(struct asking *a, const struct peers *peers, enum hand hand)
{
	struct curve_keys keys;
	int rc = 0;

	if (keys_load(a->web->keys_dir, hand_names[hand], &keys) != 0)
		return -1;
	for (enum to to = 0; to < TO_SELF && rc == 0; to++)
		rc = open_client(a, peers, hand, to, &keys);
	keys_forget(&keys);
	return rc;
}

struct asking *asking_open(struct web *web, const char *peers_file)
{
	struct asking *a = calloc(1, sizeof *a);
	AUTO(peers_destroy) struct peers *peers = peers_load(peers_file);

	ENSURE(a != NULL);
	a->web = web;
	a->net = net_open(1);
	if (peers == NULL || a->net == NULL || open_hand(a, peers, PORTAL) != 0 ||
	    open_hand(a, peers, OFFICE) != 0)
		asking_close(&a);
	return a;
}

void asking_close(struct asking **a)
{
	if (*a == NULL)
		return;
	for (enum hand hand = 0; hand < N_HANDS; hand++)
		for (enum to to = 0; to < TO_SELF; to++)
			client_close(&(*a)->clients[hand][to]);
	net_close(&(*a)->net);
	lasting_forget(&(*a)->lasting);
	free(*a);
	*a = NULL;
}

unsigned asking_items(struct asking *a, zmq_pollitem_t *items, unsigned room)
{
	unsigned n = 0;

	for (enum hand hand = 0; hand < N_HANDS; hand++)
		for (enum to to = 0; to < TO_SELF && n < room; to++)
			items[n++] = (zmq_pollitem_t){
				net_handle(client_socket(a->clients[hand][to])), 0, ZMQ_POLLIN, 0};
	return n;
}

int64_t asking_next_us(const struct asking *a, int64_t mono_us)
{
	int64_t next_us = INT64_MAX;

	for (enum hand hand = 0; hand < N_HANDS; hand++)
		for (enum to to = 0; to < TO_SELF; to++) {
			const struct client *client = a->clients[hand][to];

			if (net_readable(client_socket(client)))
				return mono_us;
			if (client_in_air(client) > 0)
				next_us = MIN(next_us, client_next_us(client));
		}
	return next_us;
}

/* ---- answers ---- */

static uint64_t token_of(const struct exchange *x, unsigned slot)
{
	return (x->serial << SLOT_BITS | slot) & ~OWN_TOKEN;
}

static struct exchange *exchange_of_token(const struct server *s, uint64_t token, unsigned *slot_r)
{
	token &= ~OWN_TOKEN;
	*slot_r = token & ((1u << SLOT_BITS) - 1);
	return server_exchange(s, token >> SLOT_BITS);
}

static struct bytes copy_of(struct bytes b)
{
	uint8_t *copy = malloc(b.len + 1);

	ENSURE(copy != NULL);
	if (b.len > 0)
		memcpy(copy, b.data, b.len);
	return (struct bytes){copy, b.len};
}

/* The set member of an Answer as JSON. NULL: none, or not understood (logged). */
static json_t *body_read_new(struct exchange *x, const struct asked *asked, struct bytes body)
{
	struct message_fault fault;
	const ProtobufCMessage *answer;
	json_t *whole, *member = NULL;

	if (body.len == 0)
		return NULL;
	answer = message_unpack(asked->answer, body, &EVENT_LIMITS, x->request.arena, &fault);
	if (answer == NULL) {
		log_warn("answer_not_understood", "of=%s because=\"%s\"", speeches[asked->to].name,
			 fault.text);
		return NULL;
	}
	whole = json_of_message(answer);
	if (json_object_iter(whole) != NULL)
		member = json_incref(json_object_iter_value(json_object_iter(whole)));
	json_decref(whole);
	return member;
}

/* Read before: the same bytes are the same object, which nobody changes. */
static json_t *body_kept(struct exchange *x, const struct asked *asked, struct bytes body)
{
	struct lasting *l = &x->server->asking->lasting;

	if (l->body != NULL && bytes_equal(l->packed, body))
		return json_incref(l->body);
	lasting_forget(l);
	*l = (struct lasting){copy_of(body), body_read_new(x, asked, body)};
	return json_incref(l->body);
}

static json_t *body_of(struct exchange *x, const struct asked *asked, struct bytes body)
{
	if (asked->is_lasting && asked->status == CAIRN__STATUS__OK)
		return body_kept(x, asked, body);
	return body_read_new(x, asked, arena_copy(x->request.arena, body));
}

void exchange_awaits(struct exchange *x)
{
	x->n_waiting++;
}

void exchange_answered(struct exchange *x)
{
	ENSURE(x->n_waiting > 0);
	if (--x->n_waiting == 0)
		exchange_go_on(x);
}

void asked_forget(struct asked *asked)
{
	json_decref(asked->body);
	free((void *)(uintptr_t)asked->packed.data);
}

/* NULL: its exchange is gone. */
static struct exchange *note_answer(struct server *s, uint64_t token,
				    const struct client_answer *answer)
{
	unsigned slot;
	struct exchange *x = exchange_of_token(s, token, &slot);
	struct asked *asked;

	if (x == NULL)
		return NULL;
	asked = &x->asked[slot];
	asked->status = answer->status;
	asked->reason = answer->reason;
	asked->retry_ms = answer->retry_ms;
	asked->text = arena_printf(x->request.arena, "%s", answer->text);
	if (asked->is_packed)
		asked->packed = copy_of(answer->body);
	else
		asked->body = body_of(x, asked, answer->body);
	return x;
}

static void on_answer(void *server, uint64_t token, const struct client_answer *answer)
{
	struct exchange *x = note_answer(server, token, answer);

	if (x != NULL)
		exchange_answered(x);
}

/* What our own engine replied between two turns, when there was no view. */
static void take_own_replies(struct server *s)
{
	if (!s->has_replies)
		return;
	s->has_replies = false;
	for (struct exchange *x = s->exchanges; x != NULL; x = x->next)
		for (; x->n_own_replies > 0; x->n_own_replies--)
			exchange_answered(x);
}

void asking_turn(struct server *s)
{
	take_own_replies(s);
	for (enum hand hand = 0; hand < N_HANDS; hand++)
		for (enum to to = 0; to < TO_SELF; to++)
			client_turn(s->asking->clients[hand][to], s->web->mono_us, on_answer, s);
}

/* Steps read accounts: they go on with the next turn, which has a view. */
void server_replied(struct server *s, const struct own_reply *reply)
{
	struct exchange *x = note_answer(s, reply->token,
					 &(struct client_answer){.status = reply->status,
								 .id = reply->id,
								 .reason = reply->reason,
								 .retry_ms = reply->retry_ms,
								 .text = reply->text,
								 .body = reply->body});

	if (x == NULL)
		return;
	x->n_own_replies++;
	s->has_replies = true;
}

/* ---- asking ---- */

static struct bytes actor_of(const struct request *r)
{
	const struct person *p = r->person;

	if (p == NULL || r->route->as == AS_NOBODY)
		return BYTES_NONE;
	if (r->route->as == AS_EDUCATOR)
		return bytes_of_id(&p->educator);
	return bytes_of_id(r->route->as == AS_ASSESSOR ? &p->assessor : &p->account);
}

static void ask_own(struct exchange *x, unsigned slot, const ProtobufCMessage *query)
{
	struct request *r = &x->request;
	struct asked *asked = &x->asked[slot];
	struct own_answer a = {CAIRN__STATUS__UNAVAILABLE, "", BYTES_NONE};

	if (r->web->view != NULL)
		a = own_query(&(struct own_question){.view = r->web->view,
						     .caps = r->web->caps,
						     .now_us = r->now_us,
						     .actor = r->person != NULL ? r->person->account
										: ID_NONE,
						     .arena = r->arena},
			      query);
	asked->status = a.status;
	asked->text = arena_printf(r->arena, "%s", a.text);
	asked->body = body_of(x, asked, a.body);
}

static void answer_invalid(struct exchange *x, unsigned slot, const char *fault)
{
	x->asked[slot].status = CAIRN__STATUS__INVALID;
	x->asked[slot].text = arena_printf(x->request.arena, "%s", fault);
}

/* Our own engine takes commands of its program for sound; these come from outside. */
static bool is_within_limits(const ProtobufCMessage *command, struct arena *arena,
			     struct message_fault *fault_r)
{
	return message_unpack(command->descriptor, message_pack(command, arena), &COMMAND_LIMITS,
			      arena, fault_r) != NULL;
}

static void order_own(struct exchange *x, unsigned slot, struct bytes id, struct bytes entity,
		      const ProtobufCMessage *command)
{
	struct engine *e = x->server->engine;
	struct message_fault fault;

	if (!is_within_limits(command, x->request.arena, &fault))
		answer_invalid(x, slot, fault.text);
	else if (e != NULL && own_submit(e, OWN_TOKEN | token_of(x, slot), id, entity, command))
		exchange_awaits(x);
	else
		x->asked[slot].status = CAIRN__STATUS__BUSY;
}

static void post(struct exchange *x, unsigned slot, enum to to, const struct ask *ask)
{
	enum hand hand = x->request.route->as == AS_OFFICE ? OFFICE : PORTAL;

	exchange_awaits(x);
	client_submit(x->server->asking->clients[hand][to], ask, clock_mono_us() + ANSWER_US,
		      token_of(x, slot));
}

/* What every service can be asked of itself (get_status) is the runtime's, not the service's own.
 */
static const ProtobufCMessageDescriptor *type_of(enum to to, bool is_command, const char *member)
{
	if (is_command)
		return speeches[to].command;
	if (protobuf_c_message_descriptor_get_field_by_name(speeches[to].query, member) != NULL)
		return speeches[to].query;
	return &cairn__runtime_query__descriptor;
}

/* A free slot, with the message in the arena. NULL: the fields do not fit; answered INVALID. */
static const ProtobufCMessage *slot_begin(struct exchange *x, enum to to, bool is_command,
					  const char *member, json_t *fields)
{
	const ProtobufCMessageDescriptor *type = type_of(to, is_command, member);
	json_t *json = json_pack("{s:o}", member, fields != NULL ? fields : json_object());
	struct asked *asked = &x->asked[x->n_asked];
	const ProtobufCMessage *message;
	char fault[200];

	ENSURE(json != NULL && x->n_asked < ASKED_MAX);
	ENSURE(protobuf_c_message_descriptor_get_field_by_name(type, member) != NULL);
	*asked = (struct asked){.to = to, .is_command = is_command, .text = ""};
	asked->answer = type == &cairn__runtime_query__descriptor
				? &cairn__runtime_answer__descriptor
				: speeches[to].answer;
	asked->is_lasting = !is_command && strcmp(member, lasting_query) == 0;
	message = message_of_json(type, json, x->request.arena, fault);
	json_decref(json);
	/* No fields could be made of what was sent: a member is missing, or is no text. */
	if (fields == NULL) {
		message = NULL;
		snprintf(fault, sizeof fault, "a member is missing or not UTF-8 text");
	}
	if (message == NULL)
		answer_invalid(x, x->n_asked, fault);
	x->n_asked++;
	return message;
}

unsigned ask(struct request *r, enum to to, const char *query, json_t *fields)
{
	struct exchange *x = exchange_of(r);
	const ProtobufCMessage *message = slot_begin(x, to, false, query, fields);
	unsigned slot = x->n_asked - 1;

	if (message == NULL)
		return slot;
	if (to == TO_SELF)
		ask_own(x, slot, message);
	else
		post(x, slot, to, &(struct ask){.message = message, .actor = actor_of(r)});
	return slot;
}

static struct id order_id(struct exchange *x)
{
	char use[32];

	snprintf(use, sizeof use, "order:%u", x->n_orders++);
	return made_id(&x->request, use);
}

unsigned order(struct request *r, enum to to, const char *command, const struct id *entity,
	       json_t *fields)
{
	struct exchange *x = exchange_of(r);
	const ProtobufCMessage *message = slot_begin(x, to, true, command, fields);
	unsigned slot = x->n_asked - 1;
	struct bytes actor = actor_of(r);
	struct bytes about = !id_is_none(entity) ? bytes_of_id(entity) : actor;
	struct id id = order_id(x);

	if (message == NULL)
		return slot;
	if (to == TO_SELF)
		order_own(x, slot, bytes_of_id(&id), about, message);
	else
		post(x, slot, to,
		     &(struct ask){.message = message,
				   .id = bytes_of_id(&id),
				   .entity = about,
				   .actor = actor});
	return slot;
}

static unsigned packed_slot(struct exchange *x, enum to to, bool is_command)
{
	ENSURE(to != TO_SELF && x->n_asked < ASKED_MAX);
	x->asked[x->n_asked] =
		(struct asked){.to = to, .is_command = is_command, .is_packed = true, .text = ""};
	return x->n_asked++;
}

unsigned ask_message(struct request *r, enum to to, const ProtobufCMessage *query)
{
	struct exchange *x = exchange_of(r);
	unsigned slot = packed_slot(x, to, false);

	post(x, slot, to, &(struct ask){.message = query, .actor = actor_of(r)});
	return slot;
}

unsigned order_message(struct request *r, enum to to, const ProtobufCMessage *command,
		       const struct id *entity)
{
	struct exchange *x = exchange_of(r);
	unsigned slot = packed_slot(x, to, true);
	struct id id = order_id(x);

	post(x, slot, to,
	     &(struct ask){.message = command,
			   .id = bytes_of_id(&id),
			   .entity = bytes_of_id(entity),
			   .actor = actor_of(r)});
	return slot;
}
