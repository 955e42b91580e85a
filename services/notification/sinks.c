/* Sinks at work: reading, delivering, telling issuance, reporting. */
#include "services/notification/sinks.h"

#include "libshared/check.h"
#include "libshared/log.h"
#include "libshared/seal.h"
#include "services/notification/notification.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE_US US_PER_S /* after the engine could not take a report for now */
#define OPEN_AGAIN_US (10 * US_PER_S)
#define READ_AGAIN_US US_PER_S     /* after issuance did not answer */
#define HURRY_US (100 * US_PER_MS) /* of the burst that a rate allows */
#define POLL_LEAST_US (100 * US_PER_MS)
#define ORIGIN_MAX 253
#define GENERATIONS 12 /* bits: of one slot */
#define TOKENS (OUTSIDE_TOKEN | UINT64_C(1) << 40)

enum flight_kind { FLIGHT_PAGE, FLIGHT_ROW, FLIGHT_DELIVERY, FLIGHT_TELLING, FLIGHT_GREETING };

/* What was sent and is not answered. Of a generation that is over, the answer changes nothing. */
struct flight {
	struct flight *next;
	struct sinks *sinks;
	uint64_t token;
	enum flight_kind kind;
	unsigned slot;
	uint32_t generation;
	uint64_t seq;
};

enum greeting { GREETING_NONE, GREETING_SENT, GREETING_ANSWERED, GREETING_REPORTED };

struct slot {
	struct sink_run run;
	unsigned in_air; /* flights that the kind has */
	enum greeting greeting;
	bool agreed;
	uint32_t rate;
	char why[SINK_WHY_LEN];
};

struct sinks {
	struct outside_setup setup;
	const struct notification_config *config;
	const struct sinks_world *world;
	struct slot *slots[SINKS_MOST]; /* NULL: free */
	struct sink_feed *feed;
	struct http *http;
	struct sink_kind **kinds; /* opened when needed, by SinkKind */
	struct flight *flights;
	uint64_t last_token, upstream_seq;
	uint32_t n_made; /* slots, for generations that do not meet again */
	struct id_maker ids;
	char origin[ORIGIN_MAX + 1]; /* the host of the portal; "" */
	int64_t now_us;              /* of the last turn */
	int64_t pause_us;            /* nothing is given to the engine before */
	int64_t open_us;             /* what could not be opened is not tried before */
	int64_t hurry_us;            /* all are to look for more then; INT64_MAX: nothing new */
	int64_t hurried_us;
};

/* ---- flights ---- */

static struct flight *flight_begin(struct sinks *s, unsigned slot, enum flight_kind kind,
				   uint64_t seq)
{
	struct flight *f = calloc(1, sizeof *f);

	ENSURE(f != NULL);
	*f = (struct flight){.next = s->flights,
			     .sinks = s,
			     .token = ++s->last_token,
			     .kind = kind,
			     .slot = slot,
			     .generation = s->slots[slot]->run.generation,
			     .seq = seq};
	s->flights = f;
	return f;
}

static void flight_end(struct flight *f)
{
	struct flight **at = &f->sinks->flights;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	free(f);
}

static struct flight *flight_of_token(struct sinks *s, uint64_t token)
{
	struct flight *f = s->flights;

	while (f != NULL && f->token != token)
		f = f->next;
	return f;
}

/* The sink that it was begun for; NULL: that is over. */
static struct slot *slot_of(const struct flight *f)
{
	struct slot *slot = f->sinks->slots[f->slot];

	return slot != NULL && slot->run.generation == f->generation ? slot : NULL;
}

/* ---- what the other side is ---- */

static struct sink_kind *kind_of(struct sinks *s, const struct sink_run *r,
				 const struct sink_ops **ops_r)
{
	size_t n = (size_t)r->settings->kind;

	*ops_r = n < s->world->n_kinds ? s->world->kinds[n] : NULL;
	if (*ops_r == NULL)
		return NULL;
	if (s->kinds[n] == NULL)
		s->kinds[n] = (*ops_r)->open(s->http);
	return s->kinds[n];
}

static void add_secret(const struct sinks *s, const uint8_t secret[ID_LEN], struct sink_target *t)
{
	struct bytes id = {secret, ID_LEN}, key;
	struct id slot = sink_secret_slot(id);

	if (!is_id(id) || !keyring_get(s->setup.caps->keyring, bytes_of_id(&slot), &key) ||
	    key.len != SINK_SECRET_LEN)
		return;
	memcpy(t->secrets[t->n_secrets++], key.data, SINK_SECRET_LEN);
}

/* Lives in the arena, but for what it borrows of the run. */
static void target_of(const struct sinks *s, const struct sink_run *r, struct arena *arena,
		      struct sink_target *target_r)
{
	static const Notification__SinkPrivate none = NOTIFICATION__SINK_PRIVATE__INIT;
	struct message_fault fault;
	struct bytes text;

	*target_r = (struct sink_target){.sink = r->settings, .secret = &none};
	if (r->private_box.len > 0 &&
	    unseal_bytes(s->setup.caps, r->private_subject, r->private_box, arena, &text)) {
		const ProtobufCMessage *private =
			message_unpack(&notification__sink_private__descriptor, text, &EVENT_LIMITS,
				       arena, &fault);
		if (private != NULL)
			target_r->secret = (const Notification__SinkPrivate *)private;
	}
	add_secret(s, r->row.secret, target_r);
	if (r->row.old_until_us > s->now_us)
		add_secret(s, r->row.old_secret, target_r);
}

/* ---- deliveries ---- */

static void keep_answer(struct sink_item *item, const struct sink_answer *answer)
{
	const char *words = answer->accepted ? answer->reference : answer->because;

	item->answer = calloc(1, sizeof *item->answer);
	ENSURE(item->answer != NULL);
	item->answer->posting = answer->posting;
	item->answer->accepted = answer->accepted;
	item->answer->words = strdup(words != NULL ? words : "");
	ENSURE(item->answer->words != NULL);
}

static struct id telling_id(const struct sinks *s, const struct sink_run *r,
			    const struct sink_item *item)
{
	uint8_t noise[crypto_generichash_BYTES];
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof noise);
	crypto_generichash_update(&state, r->sink.b, ID_LEN);
	crypto_generichash_update(&state, item->event.b, ID_LEN);
	crypto_generichash_update(&state, (const uint8_t *)&item->answer->accepted, 1);
	crypto_generichash_final(&state, noise, sizeof noise);
	return id_shaped(s->now_us / US_PER_DAY * US_PER_DAY, noise);
}

/* Before the delivery counts as taken: after a crash it is delivered, and told, again. */
static void tell_issuance(struct sinks *s, unsigned slot, struct sink_item *item)
{
	const struct sink_run *r = &s->slots[slot]->run;
	Issuance__AcknowledgeLedger acknowledge = ISSUANCE__ACKNOWLEDGE_LEDGER__INIT;
	Issuance__DisputeLedger dispute = ISSUANCE__DISPUTE_LEDGER__INIT;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	struct id id = telling_id(s, r, item);
	char refused[] = "refused";

	if (item->answer->accepted) {
		acknowledge.posting = pb_of_id(&item->answer->posting);
		acknowledge.reference = item->answer->words;
		acknowledge.state = r->settings->state;
		command.body_case = ISSUANCE__COMMAND__BODY_ACKNOWLEDGE_LEDGER;
		command.acknowledge_ledger = &acknowledge;
	} else {
		dispute.posting = pb_of_id(&item->answer->posting);
		dispute.because = item->answer->words[0] != '\0' ? item->answer->words : refused;
		dispute.state = r->settings->state;
		command.body_case = ISSUANCE__COMMAND__BODY_DISPUTE_LEDGER;
		command.dispute_ledger = &dispute;
	}
	item->state = ITEM_TELLING;
	s->feed->ops->tell(s->feed, &command, &id,
			   flight_begin(s, slot, FLIGHT_TELLING, item->seq)->token);
}

static void on_finish(void *ctx, const struct sink_finish *finish)
{
	struct flight *f = ctx;
	struct sinks *s = f->sinks;
	unsigned number = f->slot;
	struct slot *slot = slot_of(f);
	struct sink_item *item = slot != NULL ? run_item(&slot->run, f->seq) : NULL;

	s->slots[number]->in_air--; /* a slot with something in the air is not freed */
	flight_end(f);
	if (item == NULL || item->state != ITEM_ACTING)
		return;
	item->code = finish->code;
	item->not_before_us = finish->not_before_us;
	snprintf(item->why, sizeof item->why, "%s", finish->why);
	if (finish->delivery == NOTIFICATION__DELIVERY__TAKEN && finish->answer.given) {
		keep_answer(item, &finish->answer);
		tell_issuance(s, number, item);
		return;
	}
	item_end(&slot->run, item, finish->delivery, s->now_us);
}

static void on_told(struct flight *f, struct slot *slot, const struct sink_feed_answer *answer)
{
	struct sinks *s = f->sinks;
	struct sink_item *item = run_item(&slot->run, f->seq);

	if (item == NULL || item->state != ITEM_TELLING)
		return;
	if (answer->status == CAIRN__STATUS__REJECTED || answer->status == CAIRN__STATUS__INVALID)
		log_warn("answer_of_state_refused", "sink=%s seq=%" PRIu64 " because=\"%s\"",
			 ID_STR(bytes_of_id(&slot->run.sink)), f->seq, answer->text);
	else if (answer->status != CAIRN__STATUS__OK) {
		snprintf(item->why, sizeof item->why, "%s",
			 answer->status == CAIRN__STATUS__FORBIDDEN
				 ? "it was taken, but issuance does not let us say what was "
				   "answered: notification needs the role delivers there"
				 : "it was taken, but issuance did not hear what was answered");
		item_end(&slot->run, item, NOTIFICATION__DELIVERY__LATER, s->now_us);
		return;
	}
	item_end(&slot->run, item, NOTIFICATION__DELIVERY__TAKEN, s->now_us);
}

static void mark_started(struct sink_run *r, int64_t now_us)
{
	if (r->row.rate > 0)
		r->start_us = MAX(r->start_us, now_us - HURRY_US) + US_PER_S / r->row.rate;
}

/* May end within the call, and with it the item. */
static void deliver(struct sinks *s, unsigned number, struct sink_item *item)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(8192);
	struct slot *slot = s->slots[number];
	const struct sink_ops *ops;
	struct sink_kind *kind = kind_of(s, &slot->run, &ops);
	struct sink_target target;
	struct message_fault fault;
	struct bytes packed = arena_copy(arena, item->packed);

	if (kind == NULL) {
		snprintf(item->why, sizeof item->why, "there is no such kind of sink here");
		item_end(&slot->run, item, NOTIFICATION__DELIVERY__UNSETTLED, s->now_us);
		return;
	}
	target_of(s, &slot->run, arena, &target);
	item->state = ITEM_ACTING;
	slot->in_air++;
	mark_started(&slot->run, s->now_us);
	ops->deliver(kind, &(struct sink_dispatch){
				   .target = &target,
				   .seq = item->seq,
				   .event = (const Cairn__CloudEvent *)message_unpack(
					   &cairn__cloud_event__descriptor, packed, &EVENT_LIMITS,
					   arena, &fault),
				   .origin = s->origin,
				   .now_us = s->now_us,
				   .finish = on_finish,
				   .ctx = flight_begin(s, number, FLIGHT_DELIVERY, item->seq)});
	sodium_memzero(target.secrets, sizeof target.secrets);
}

/* ---- reading ---- */

static void read_page(struct sinks *s, unsigned number)
{
	struct sink_run *r = &s->slots[number]->run;
	Issuance__ReadPublic ask = ISSUANCE__READ_PUBLIC__INIT;

	if (!run_wants_page(r, s->now_us, &ask))
		return;
	ask.state = r->settings->state;
	ask.n_types = r->settings->n_types;
	ask.types = r->settings->types;
	r->reading = true;
	s->feed->ops->read(s->feed, &ask, flight_begin(s, number, FLIGHT_PAGE, 0)->token);
}

/* The event of one that is listed. */
static void read_row(struct sinks *s, unsigned number, const struct sink_item *item)
{
	Issuance__ReadPublic ask = ISSUANCE__READ_PUBLIC__INIT;

	ask.after = item->seq - 1;
	ask.limit = 1;
	ask.state = s->slots[number]->run.settings->state;
	s->feed->ops->read(s->feed, &ask, flight_begin(s, number, FLIGHT_ROW, item->seq)->token);
}

static void on_page(struct flight *f, struct slot *slot, const struct sink_feed_answer *answer)
{
	struct sink_run *r = &slot->run;

	r->reading = false;
	if (answer->page != NULL) {
		run_take_page(r, answer->page, f->sinks->now_us);
		return;
	}
	r->poll_us = f->sinks->now_us + READ_AGAIN_US;
	log_warn("public_stream_unreadable", "sink=%s status=%d because=\"%s\"",
		 ID_STR(bytes_of_id(&r->sink)), answer->status, answer->text);
}

static void on_row(struct flight *f, struct slot *slot, const struct sink_feed_answer *answer)
{
	const Issuance__PublicPage *page = answer->page;
	struct sink_run *r = &slot->run;
	struct sink_item *item = run_item(r, f->seq);

	if (item == NULL || item->state != ITEM_FETCHING)
		return;
	if (page == NULL || strcmp(page->position, "ok") != 0) {
		item_drop(r, item); /* it stands in the tables */
		r->start_us = MAX(r->start_us, f->sinks->now_us + READ_AGAIN_US);
	} else if (page->n_events > 0 && page->events[0]->seq == f->seq) {
		item_fetched(item, bytes_of_pb(page->events[0]->event));
	} else {
		/* This state may not see it any more: there is nothing to be delivered. */
		item_end(r, item, NOTIFICATION__DELIVERY__TAKEN, f->sinks->now_us);
	}
}

static void on_feed(void *ctx, const struct sink_feed_answer *answer)
{
	static void (*const heard[])(struct flight *, struct slot *,
				     const struct sink_feed_answer *) = {
		[FLIGHT_PAGE] = on_page,
		[FLIGHT_ROW] = on_row,
		[FLIGHT_TELLING] = on_told,
	};
	struct flight *f = flight_of_token(ctx, answer->token);
	struct slot *slot;

	if (f == NULL)
		return;
	slot = slot_of(f);
	if (slot != NULL)
		heard[f->kind](f, slot, answer);
	flight_end(f);
}

/* ---- greeting ---- */

static void on_greeted(void *ctx, const struct sink_finish *finish)
{
	struct flight *f = ctx;
	struct sinks *s = f->sinks;
	struct slot *slot = slot_of(f);

	s->slots[f->slot]->in_air--;
	flight_end(f);
	if (slot == NULL || slot->greeting != GREETING_SENT)
		return;
	slot->greeting = GREETING_ANSWERED;
	slot->agreed = finish->delivery == NOTIFICATION__DELIVERY__TAKEN;
	slot->rate = slot->agreed ? finish->code : 0;
	snprintf(slot->why, sizeof slot->why, "%s", finish->why);
}

static void greet(struct sinks *s, unsigned number)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct slot *slot = s->slots[number];
	const struct sink_ops *ops;
	struct sink_kind *kind = kind_of(s, &slot->run, &ops);
	struct sink_target target;

	if (kind == NULL || ops->introduce == NULL) {
		slot->greeting = GREETING_ANSWERED;
		slot->agreed = kind != NULL;
		slot->rate = 0;
		snprintf(slot->why, sizeof slot->why, "%s",
			 kind != NULL ? "" : "there is no such kind of sink here");
		return;
	}
	target_of(s, &slot->run, arena, &target);
	slot->greeting = GREETING_SENT;
	slot->in_air++;
	ops->introduce(kind,
		       &(struct sink_dispatch){.target = &target,
					       .origin = s->origin,
					       .now_us = s->now_us,
					       .finish = on_greeted,
					       .ctx = flight_begin(s, number, FLIGHT_GREETING, 0)});
	sodium_memzero(target.secrets, sizeof target.secrets);
}

/* ---- reports ---- */

static uint64_t token_of(const struct sinks *s, unsigned number, bool is_greeting)
{
	uint64_t generation = s->slots[number]->run.generation & 0xffffff;

	return TOKENS | generation << 16 | (uint64_t)number << 1 | is_greeting;
}

static bool submit(struct sinks *s, struct engine *e, unsigned number, bool is_greeting,
		   const Notification__Command *command)
{
	struct id id = id_make(&s->ids, s->now_us);

	return engine_submit_own(e, token_of(s, number, is_greeting), bytes_of_id(&id),
				 bytes_of_id(&s->slots[number]->run.sink), &command->base);
}

static void report(struct sinks *s, struct engine *e, unsigned number)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	Notification__RecordDeliveries record;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct sink_run *r = &s->slots[number]->run;

	if (!run_report(r, s->now_us, arena, &record))
		return;
	record.retry_permille = (uint32_t)s->config->sinks_retry;
	command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_DELIVERIES;
	command.record_deliveries = &record;
	if (!submit(s, e, number, false, &command))
		run_reported(r, false);
}

static void report_greeting(struct sinks *s, struct engine *e, unsigned number)
{
	Notification__RecordHandshake record = NOTIFICATION__RECORD_HANDSHAKE__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct slot *slot = s->slots[number];

	record.sink = pb_of_id(&slot->run.sink);
	record.agreed = slot->agreed;
	record.rate = slot->rate;
	record.why = slot->why;
	command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_HANDSHAKE;
	command.record_handshake = &record;
	if (submit(s, e, number, true, &command))
		slot->greeting = GREETING_REPORTED;
}

bool sinks_replied(struct sinks *s, const struct reply *reply)
{
	unsigned number = (unsigned)(reply->token >> 1 & 0xff);
	bool later =
		reply->status == CAIRN__STATUS__UNAVAILABLE || reply->status == CAIRN__STATUS__BUSY;
	struct slot *slot;

	if ((reply->token & TOKENS) != TOKENS)
		return false;
	slot = number < SINKS_MOST ? s->slots[number] : NULL;
	if (slot == NULL || token_of(s, number, reply->token & 1) != reply->token)
		return true; /* of one that is over */
	if (later)
		s->pause_us = s->now_us + PAUSE_US;
	if (reply->token & 1)
		slot->greeting = later ? GREETING_ANSWERED : GREETING_NONE;
	else if (reply->status == CAIRN__STATUS__OK || later)
		run_reported(&slot->run, !later);
	else
		run_reset(&slot->run); /* it was moved in between: all of it anew */
	return true;
}

/* ---- which sinks there are ---- */

static struct slot *slot_of_sink(struct sinks *s, struct bytes sink, unsigned *free_r)
{
	*free_r = SINKS_MOST;
	for (unsigned i = 0; i < SINKS_MOST; i++) {
		if (s->slots[i] == NULL)
			*free_r = MIN(*free_r, i);
		else if (bytes_equal(bytes_of_id(&s->slots[i]->run.sink), sink))
			return s->slots[i];
	}
	return NULL;
}

static void load_new(struct sinks *s, const struct view *view)
{
	struct scan scan = scan_first(view, SINK, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	unsigned number;

	while (scan_next(&scan, &key, &val)) {
		if (slot_of_sink(s, key, &number) != NULL || number == SINKS_MOST)
			continue;
		s->slots[number] = calloc(1, sizeof *s->slots[number]);
		ENSURE(s->slots[number] != NULL);
		s->slots[number]->run.sink = id_of_bytes(key);
		s->slots[number]->run.generation = ++s->n_made << GENERATIONS;
	}
}

/* One that is gone keeps its slot until nothing of it is in the air. */
static void load(struct sinks *s, const struct view *view)
{
	load_new(s, view);
	for (unsigned i = 0; i < SINKS_MOST; i++) {
		struct slot *slot = s->slots[i];

		if (slot == NULL || run_load(&slot->run, view))
			continue;
		run_reset(&slot->run);
		slot->run.row.state = SINK_PAUSED;
		if (slot->in_air > 0)
			continue;
		run_free(&slot->run);
		free(slot);
		s->slots[i] = NULL;
	}
}

static bool is_open(struct sinks *s)
{
	if (s->feed != NULL)
		return true;
	if (s->now_us < s->open_us)
		return false;
	s->open_us = s->now_us + OPEN_AGAIN_US;
	s->feed = s->world->open_feed(&s->setup, s->config->issuance);
	return s->feed != NULL;
}

/* Issuance wrote something: there may be more to read. */
static void hurry(struct sinks *s, struct engine *e)
{
	struct position at = {.seq = 0};

	if (engine_cursor(e, UP_ISSUANCE, &at) && at.seq != s->upstream_seq) {
		s->upstream_seq = at.seq;
		s->hurry_us = MAX(s->now_us, s->hurried_us + POLL_LEAST_US);
	}
	if (s->now_us < s->hurry_us)
		return;
	s->hurried_us = s->now_us;
	s->hurry_us = INT64_MAX;
	for (unsigned i = 0; i < SINKS_MOST; i++)
		if (s->slots[i] != NULL)
			s->slots[i]->run.poll_us = MIN(s->slots[i]->run.poll_us, s->now_us);
}

/* ---- a turn ---- */

static void begin_items(struct sinks *s, unsigned number)
{
	struct slot *slot = s->slots[number];
	struct sink_item *item;

	/* Orphans of a sink that was moved may still arrive there: nothing overtakes them. */
	for (const struct flight *f = s->flights; f != NULL; f = f->next)
		if (f->slot == number && f->kind == FLIGHT_DELIVERY &&
		    f->generation != slot->run.generation)
			return;
	while ((item = run_next(&slot->run, (unsigned)s->config->sinks_parallel, s->now_us)) !=
	       NULL) {
		if (item->state == ITEM_FETCHING)
			read_row(s, number, item);
		else
			deliver(s, number, item);
	}
}

static void work(struct sinks *s, struct engine *e, unsigned number)
{
	struct slot *slot = s->slots[number];
	bool may_submit = s->now_us >= s->pause_us && !engine_pauses(e, s->now_us);

	if (slot->run.row.state == SINK_NEW && slot->greeting == GREETING_NONE)
		greet(s, number);
	if (slot->greeting == GREETING_ANSWERED && may_submit)
		report_greeting(s, e, number);
	read_page(s, number);
	begin_items(s, number);
	if (may_submit)
		report(s, e, number);
}

void sinks_turn(struct sinks *s, struct engine *e, int64_t now_us)
{
	const struct view *view = engine_view_begin(e);
	bool any = false;

	s->now_us = now_us;
	load(s, view);
	engine_view_end(e);
	for (unsigned i = 0; i < SINKS_MOST; i++)
		any |= s->slots[i] != NULL;
	if (!any || !is_open(s))
		return;
	hurry(s, e);
	s->feed->ops->turn(s->feed, on_feed, s);
	http_turn(s->http, now_us);
	for (unsigned i = 0; i < SINKS_MOST; i++)
		if (s->slots[i] != NULL && s->slots[i]->run.row.version > 0)
			work(s, e, i);
}

int64_t sinks_next_us(const struct sinks *s)
{
	int64_t next_us = INT64_MAX;
	bool any = false;

	for (unsigned i = 0; i < SINKS_MOST; i++) {
		if (s->slots[i] == NULL)
			continue;
		any = true;
		next_us = MIN(next_us, run_next_us(&s->slots[i]->run, s->now_us));
	}
	if (!any)
		return INT64_MAX;
	if (s->feed == NULL)
		return s->open_us;
	next_us = MIN(next_us, s->feed->ops->next_us(s->feed, s->now_us));
	next_us = MIN(next_us, MIN(http_next_us(s->http), s->hurry_us));
	return s->pause_us > s->now_us ? MIN(next_us, s->pause_us) : next_us;
}

unsigned sinks_items(struct sinks *s, zmq_pollitem_t *items, unsigned room)
{
	unsigned n = 0;

	if (s->feed != NULL)
		n += s->feed->ops->items(s->feed, items, room);
	if (n < room)
		items[n++] = (zmq_pollitem_t){NULL, http_fd(s->http), ZMQ_POLLIN, 0};
	return n;
}

size_t sinks_facts(const struct sinks *s, struct sink_fact *facts, size_t room)
{
	size_t n = 0;

	for (unsigned i = 0; i < SINKS_MOST && n < room; i++)
		if (s->slots[i] != NULL)
			facts[n++] = (struct sink_fact){&s->slots[i]->run, s->slots[i]->in_air};
	return n;
}

/* ---- start and end ---- */

/* The host that a URL names, without its port. */
static void origin_of(const char *url, char origin_r[ORIGIN_MAX + 1])
{
	const char *host = strstr(url, "://");
	size_t len;

	host = host != NULL ? host + strlen("://") : url;
	len = strcspn(host, ":/?#");
	snprintf(origin_r, ORIGIN_MAX + 1, "%.*s", (int)MIN(len, (size_t)ORIGIN_MAX), host);
}

struct sinks *sinks_open(const struct outside_setup *setup, const struct sinks_world *world)
{
	const struct notification_config *c = setup->config;
	struct sinks *s = calloc(1, sizeof *s);

	ENSURE(s != NULL);
	s->setup = *setup;
	s->config = c;
	s->world = world;
	s->hurry_us = INT64_MAX;
	origin_of(c->portal, s->origin);
	s->kinds = calloc(world->n_kinds, sizeof *s->kinds);
	ENSURE(s->kinds != NULL);
	s->http = http_open(&(struct http_options){.networks = c->sink_networks,
						   .ca_file = c->sink_ca_file,
						   .plain = c->sink_plain,
						   .timeout_ms = c->sink_timeout_ms,
						   .parallel = RUN_PARALLEL_MOST});
	if (s->http == NULL)
		sinks_close(&s);
	return s;
}

void sinks_close(struct sinks **sinks)
{
	struct sinks *s = *sinks;

	if (s == NULL)
		return;
	for (size_t i = 0; i < s->world->n_kinds; i++)
		if (s->kinds[i] != NULL)
			s->world->kinds[i]->close(&s->kinds[i]);
	http_close(&s->http);
	if (s->feed != NULL)
		s->feed->ops->close(&s->feed);
	while (s->flights != NULL)
		flight_end(s->flights);
	for (unsigned i = 0; i < SINKS_MOST; i++)
		if (s->slots[i] != NULL) {
			run_free(&s->slots[i]->run);
			free(s->slots[i]);
		}
	free(s->kinds);
	free(s);
	*sinks = NULL;
}

static const struct sink_ops *const kinds[] = {
	[NOTIFICATION__SINK_KIND__WEBHOOK] = &webhook_ops,
	[NOTIFICATION__SINK_KIND__EDFI] = &edfi_ops,
};

const struct sinks_world sinks_outside = {issuance_feed_open, kinds, ARRAY_LEN(kinds)};
