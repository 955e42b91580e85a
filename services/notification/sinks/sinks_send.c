/* Sinks at work: reading the stream, delivering, telling issuance what was answered. */
#include "libshared/check.h"
#include "libshared/log.h"
#include "libshared/seal.h"
#include "services/notification/sinks/sinks_parts.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_US (5 * US_PER_S)
#define READ_AGAIN_US (5 * US_PER_S) /* after issuance did not answer */
#define HURRY_US (100 * US_PER_MS)   /* of the burst that a rate allows */

static const char no_kind[] = "there is no such kind of sink here";
static const char no_keys[] =
	"the sink's keys are gone from the keyring: remove it, and add it anew";

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

void sinks_forget_flights(struct sinks *s)
{
	while (s->flights != NULL)
		flight_end(s->flights);
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

/* Lives in the arena, but for what it borrows of the run. False: the keys are gone, as after a
 * restore from before the sink. */
static bool target_of(const struct sinks *s, const struct sink_run *r, struct arena *arena,
		      struct sink_target *target_r)
{
	struct message_fault fault;
	struct bytes text;

	*target_r = (struct sink_target){.sink = r->settings};
	if (!unseal_bytes(s->setup.caps, r->private_subject, r->private_box, arena, &text))
		return false;
	target_r->secret = (const Notification__SinkPrivate *)message_unpack(
		&notification__sink_private__descriptor, text, &EVENT_LIMITS, arena, &fault);
	add_secret(s, r->row.secret, target_r);
	if (r->row.old_until_us > s->now_us)
		add_secret(s, r->row.old_secret, target_r);
	return target_r->secret != NULL && target_r->n_secrets > 0;
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

static void count_delivery(struct sinks *s, const Notification__Sink *settings,
			   Notification__Delivery delivery)
{
	if (settings != NULL && settings->kind < SINK_KINDS && delivery < SINK_DELIVERIES)
		s->delivered[settings->kind][delivery]++;
}

static void on_finish(void *ctx, const struct sink_finish *finish)
{
	struct flight *f = ctx;
	struct sinks *s = f->sinks;
	unsigned number = f->slot;
	struct slot *slot = slot_of(f);
	struct sink_item *item = slot != NULL ? run_item(&slot->run, f->seq) : NULL;

	count_delivery(s, s->slots[number]->run.settings, finish->delivery);
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

	if (kind == NULL || !target_of(s, &slot->run, arena, &target)) {
		snprintf(item->why, sizeof item->why, "%s", kind == NULL ? no_kind : no_keys);
		item_end(&slot->run, item, NOTIFICATION__DELIVERY__UNSETTLED, s->now_us);
		return;
	}
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

void sinks_read(struct sinks *s, unsigned number)
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
	const Notification__Sink *settings = s->slots[number]->run.settings;
	Issuance__ReadPublic ask = ISSUANCE__READ_PUBLIC__INIT;

	ask.after = item->seq - 1;
	ask.limit = 1;
	ask.state = settings->state;
	ask.n_types = settings->n_types;
	ask.types = settings->types;
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
		/* It is not this sink's, or not any more: there is nothing to be delivered. */
		item_end(r, item, NOTIFICATION__DELIVERY__TAKEN, f->sinks->now_us);
	}
}

static unsigned any_slot(const struct sinks *s)
{
	unsigned n = 0;

	while (n < SINKS_MOST && s->slots[n] == NULL)
		n++;
	return n;
}

void sinks_look(struct sinks *s)
{
	Issuance__ReadPublic ask = ISSUANCE__READ_PUBLIC__INIT;
	unsigned number = any_slot(s);

	if (s->looking || s->now_us < s->look_us || number == SINKS_MOST)
		return;
	ask.after = UINT64_MAX; /* nothing of it, but where it ends */
	ask.limit = 1;
	s->looking = true;
	s->feed->ops->read(s->feed, &ask, flight_begin(s, number, FLIGHT_HEAD, 0)->token);
}

static void on_head(struct sinks *s, const struct sink_feed_answer *answer)
{
	s->looking = false;
	s->look_us = s->now_us + LOOK_US;
	if (answer->page != NULL)
		s->head = answer->page->head;
}

void sinks_heard(void *ctx, const struct sink_feed_answer *answer)
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
	if (f->kind == FLIGHT_HEAD)
		on_head(f->sinks, answer);
	else if (slot != NULL)
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

void sinks_greet(struct sinks *s, unsigned number)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct slot *slot = s->slots[number];
	const struct sink_ops *ops;
	struct sink_kind *kind = kind_of(s, &slot->run, &ops);
	struct sink_target target;

	free(slot->asked_url);
	slot->asked_url = strdup(slot->run.settings->url);
	ENSURE(slot->asked_url != NULL);
	if (kind == NULL || ops->introduce == NULL || !target_of(s, &slot->run, arena, &target)) {
		slot->greeting = GREETING_ANSWERED;
		slot->agreed = kind != NULL && ops->introduce == NULL;
		slot->rate = 0;
		snprintf(slot->why, sizeof slot->why, "%s",
			 slot->agreed   ? ""
			 : kind == NULL ? no_kind
					: no_keys);
		return;
	}
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

/* ---- what is next ---- */

void sinks_begin(struct sinks *s, unsigned number)
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
