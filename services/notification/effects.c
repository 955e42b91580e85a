/* Notices leave here: letters in hand, from due to recorded, and keys that are to be destroyed. */
#include "services/notification/effects.h"

#include "services/notification/mail/channel.h"
#include "services/notification/mail/deliver.h"
#include "services/notification/gauges.h"
#include "services/notification/sinks/owners.h"
#include "services/notification/sinks/sinks.h"
#include "services/notification/tables.h"

#include "libshared/erasure.h"
#include "libshared/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* After the engine could not take a command for now. */
#define PAUSE_US (US_PER_S)
#define PATH_LEN 4096

enum job_state {
	JOB_FREE,
	JOB_BEGINNING, /* BeginSending is with the engine */
	JOB_BEGUN,     /* it is durable: the letter is to be written */
	JOB_ACTING,    /* with the channel */
	JOB_DONE,      /* what became of it is to be reported */
	JOB_REPORTING  /* RecordAttempt is with the engine */
};

struct job {
	enum job_state state;
	struct id notice;
	uint32_t attempt;
	Notification__Outcome outcome;
	uint32_t code;
	struct id address; /* mark of where the letter went */
};

struct outside {
	const struct notification_config *config;
	const struct caps *caps;
	struct channel *channel;
	struct sinks *sinks;
	struct owners owners; /* of sinks */
	struct arena *arena;  /* of the settings' parts */
	struct mailbox from;
	struct id_maker ids;
	struct job jobs[NOTICE_SLOTS];
	unsigned n_jobs;  /* of them are used: the setting parallel */
	int64_t now_us;   /* of the last turn */
	int64_t next_us;  /* the next notice is due */
	int64_t pause_us; /* nothing is given to the engine before */
	uint64_t n_outcomes[NOTIFICATION__OUTCOME__BAD_ADDRESS + 1];
};

/* ---- jobs ---- */

static struct job *job_of(struct outside *o, struct bytes notice)
{
	for (unsigned i = 0; i < o->n_jobs; i++)
		if (o->jobs[i].state != JOB_FREE &&
		    bytes_equal(bytes_of_id(&o->jobs[i].notice), notice))
			return &o->jobs[i];
	return NULL;
}

static struct job *job_free(struct outside *o)
{
	for (unsigned i = 0; i < o->n_jobs; i++)
		if (o->jobs[i].state == JOB_FREE)
			return &o->jobs[i];
	return NULL;
}

static uint64_t token_of(const struct outside *o, const struct job *job)
{
	return OUTSIDE_TOKEN | (uint64_t)(job - o->jobs + 1);
}

/* NULL: not a token of a job (erasure.h has its own). */
static struct job *job_of_token(struct outside *o, uint64_t token)
{
	uint64_t n = token & ~OUTSIDE_TOKEN;

	return n >= 1 && n <= o->n_jobs ? &o->jobs[n - 1] : NULL;
}

static void job_end(struct outside *o, struct job *job, Notification__Outcome outcome,
		    uint32_t code)
{
	job->state = JOB_DONE;
	job->outcome = outcome;
	job->code = code;
	o->n_outcomes[outcome]++;
}

/* False: the engine's batch is full; the next turn tries again. */
static bool submit(struct outside *o, struct engine *e, const struct job *job,
		   const Notification__Command *command, int64_t now_us)
{
	struct id id = id_make(&o->ids, now_us);

	return engine_submit_own(e, token_of(o, job), bytes_of_id(&id), bytes_of_id(&job->notice),
				 &command->base);
}

/* ---- from begun to the channel ---- */

/* Each letter comes back to an address of its own, so that a report names it whatever else it says.
 */
static const char *envelope_from(const struct outside *o, struct bytes notice, struct arena *arena)
{
	const char *bounces = o->config->bounces, *domain;
	char hex[2 * ID_LEN + 1];

	if (bounces[0] == '\0')
		return o->from.address;
	domain = address_domain(bounces);
	hex_of_bytes(notice, hex);
	return arena_printf(arena, "%.*s+%s@%s", (int)(domain - 1 - bounces), bounces, hex, domain);
}

static const Notification__Outcome unready[] = {
	[LETTER_ERASED] = NOTIFICATION__OUTCOME__ERASED,
	[LETTER_NO_ADDRESS] = NOTIFICATION__OUTCOME__NO_ADDRESS,
	[LETTER_BAD_ADDRESS] = NOTIFICATION__OUTCOME__BAD_ADDRESS,
};

static void post(struct outside *o, const struct view *view, struct job *job,
		 const struct notice *row, int64_t now_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(8192);
	struct writing writing = {
		.view = view,
		.caps = o->caps,
		.from = o->from,
		.portal = o->config->portal[0] != '\0' ? o->config->portal : NULL,
		.unsubscribe = o->config->unsubscribe[0] != '\0' ? o->config->unsubscribe : NULL,
	};
	struct letter letter;
	enum letter_ready ready =
		letter_write(&writing, bytes_of_id(&job->notice), row, arena, &letter);

	if (ready != LETTER_READY) {
		job_end(o, job, unready[ready], 0);
		return;
	}
	job->address = letter.address;
	job->state = JOB_ACTING;
	o->channel->ops->send(
		o->channel,
		&(struct parcel){.slot = (unsigned)(job - o->jobs),
				 .notice = job->notice,
				 .from = envelope_from(o, bytes_of_id(&job->notice), arena),
				 .to = letter.to,
				 .content = letter.content},
		now_us);
}

/* What is durable as begun goes out; what was cancelled in the meantime does not. */
static void post_begun(struct outside *o, struct engine *e, int64_t now_us)
{
	const struct view *view = engine_view_begin(e);

	for (unsigned i = 0; i < o->n_jobs; i++) {
		struct job *job = &o->jobs[i];
		struct notice row;

		if (job->state != JOB_BEGUN)
			continue;
		if (!notice_get(view, bytes_of_id(&job->notice), &row) ||
		    row.state != NOTICE_SENDING) {
			job->state = JOB_FREE;
			continue;
		}
		job->attempt = row.attempts;
		post(o, view, job, &row, now_us);
	}
	engine_view_end(e);
}

static void collect(struct outside *o, int64_t now_us)
{
	struct delivery d;

	while (o->channel->ops->done(o->channel, now_us, &d)) {
		if (d.slot == OWNER_SLOT) {
			owners_end(&o->owners, &d);
			continue;
		}
		ENSURE(d.slot < o->n_jobs && o->jobs[d.slot].state == JOB_ACTING);
		job_end(o, &o->jobs[d.slot], d.outcome, d.code);
	}
}

static void report_done(struct outside *o, struct engine *e, int64_t now_us)
{
	char word[WORD_LEN];

	fixed_text(word, sizeof word, o->channel->ops->word);
	for (unsigned i = 0; i < o->n_jobs; i++) {
		struct job *job = &o->jobs[i];
		Notification__RecordAttempt record = NOTIFICATION__RECORD_ATTEMPT__INIT;
		Notification__Command command = NOTIFICATION__COMMAND__INIT;

		if (job->state != JOB_DONE)
			continue;
		record.notice = pb_of_id(&job->notice);
		record.attempt = job->attempt;
		record.outcome = job->outcome;
		record.code = job->code;
		record.address = pb_of_id(&job->address);
		record.channel = word;
		command.body_case = NOTIFICATION__COMMAND__BODY_RECORD_ATTEMPT;
		command.record_attempt = &record;
		if (!submit(o, e, job, &command, now_us))
			return;
		job->state = JOB_REPORTING;
	}
}

/* ---- what is begun next ---- */

/* False: there is no room. */
static bool begin(struct outside *o, struct engine *e, struct bytes notice, int64_t now_us)
{
	Notification__BeginSending begin = NOTIFICATION__BEGIN_SENDING__INIT;
	Notification__Command command = NOTIFICATION__COMMAND__INIT;
	struct job *job = job_free(o);

	if (job == NULL)
		return false;
	*job = (struct job){.notice = id_of_bytes(notice)};
	begin.notice = pb_of_id(&job->notice);
	command.body_case = NOTIFICATION__COMMAND__BODY_BEGIN_SENDING;
	command.begin_sending = &begin;
	if (!submit(o, e, job, &command, now_us))
		return false;
	job->state = JOB_BEGINNING;
	return true;
}

/* Candidates for the free jobs: what nobody has in hand although it was begun, then what is due. */
struct candidates {
	struct id notices[NOTICE_SLOTS];
	unsigned n, most;
};

static void add_uncertain(struct outside *o, const struct view *view, struct candidates *c)
{
	struct bytes key, val;
	struct key prefix = {0};
	struct scan scan;

	key_add_u16(&prefix, NOTICE_SENDING);
	scan = scan_first(view, BY_STATE, key_bytes(&prefix), key_bytes(&prefix));
	while (c->n < c->most && scan_next(&scan, &key, &val)) {
		struct bytes notice = {key.data + 2, ID_LEN};

		if (job_of(o, notice) == NULL)
			c->notices[c->n++] = id_of_bytes(notice);
	}
	scan_end(&scan);
}

/* Also tells when the next one is due that is not due yet. */
static void add_due(struct outside *o, const struct view *view, int64_t now_us,
		    struct candidates *c)
{
	struct scan scan = scan_first(view, DUE, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	while (c->n < c->most && scan_next(&scan, &key, &val)) {
		struct bytes notice;
		int64_t at_us = due_of_key(key, &notice);

		if (job_of(o, notice) != NULL)
			continue;
		if (at_us > now_us) {
			o->next_us = at_us;
			break;
		}
		c->notices[c->n++] = id_of_bytes(notice);
	}
	scan_end(&scan);
}

static void begin_next(struct outside *o, struct engine *e, int64_t now_us)
{
	struct candidates c = {.n = 0};
	const struct view *view;

	for (unsigned i = 0; i < o->n_jobs; i++)
		c.most += o->jobs[i].state == JOB_FREE;
	o->next_us = INT64_MAX;
	if (c.most == 0)
		return; /* a job that ends brings the next turn */
	view = engine_view_begin(e);
	add_uncertain(o, view, &c);
	add_due(o, view, now_us, &c);
	engine_view_end(e);
	for (unsigned i = 0; i < c.n; i++)
		if (!begin(o, e, bytes_of_id(&c.notices[i]), now_us))
			return;
}

/* ---- erasure ---- */

static const ProtobufCMessage *key_note(struct bytes subject, struct arena *arena)
{
	static const Notification__Command command_init = NOTIFICATION__COMMAND__INIT;
	static const Notification__NoteKeyDestroyed note_init =
		NOTIFICATION__NOTE_KEY_DESTROYED__INIT;
	Notification__Command *command = arena_alloc(arena, sizeof *command);

	*command = command_init;
	command->body_case = NOTIFICATION__COMMAND__BODY_NOTE_KEY_DESTROYED;
	command->note_key_destroyed = arena_alloc(arena, sizeof *command->note_key_destroyed);
	*command->note_key_destroyed = note_init;
	command->note_key_destroyed->educator = pb_of_bytes(arena_copy(arena, subject));
	return &command->base;
}

/* Letters to the person that still lie in the spool hold name and address. 0, or -1: logged. */
static int forget_letters(struct outside *o, const struct view *view, struct bytes educator)
{
	struct scan scan = scan_first(view, BY_EDUCATOR, educator, educator);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct bytes notice = {key.data + ID_LEN, ID_LEN};

		if (o->channel->ops->forget(o->channel, notice) != 0) {
			scan_end(&scan);
			return -1;
		}
	}
	return 0;
}

/* 0, or -1: something is left, and the keys stay until the next turn. */
static int forget_all_letters(struct outside *o, struct engine *e)
{
	const struct view *view = engine_view_begin(e);
	struct scan scan = scan_first(view, TO_FORGET, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	int failed = 0;

	while (scan_next(&scan, &key, &val))
		if (o->channel->ops->forget != NULL && forget_letters(o, view, key) != 0)
			failed = -1;
	engine_view_end(e);
	return failed;
}

/* ---- what the daemon calls ---- */

static void tell_owners(struct outside *o, struct engine *e, int64_t now_us)
{
	struct owners_means means = {o->channel, o->caps, o->from, &o->ids};

	owners_turn(&o->owners, &means, e, now_us);
}

static void outside_turn(struct outside *o, struct engine *e, int64_t now_us)
{
	o->now_us = now_us;
	sinks_turn(o->sinks, e, now_us);
	post_begun(o, e, now_us);
	collect(o, now_us);
	if (now_us < o->pause_us)
		return;
	report_done(o, e, now_us);
	begin_next(o, e, now_us);
	tell_owners(o, e, now_us);
	if (forget_all_letters(o, e) == 0)
		erase_subjects(e, o->caps->keyring, TO_FORGET, key_note, now_us);
}

/* What the engine does not take now (a full disk) or does not take at all is not asked for in a
 * rush. */
static void outside_replied(struct outside *o, const struct reply *reply)
{
	struct job *job = job_of_token(o, reply->token);
	bool later =
		reply->status == CAIRN__STATUS__UNAVAILABLE || reply->status == CAIRN__STATUS__BUSY;

	if (sinks_replied(o->sinks, reply) || owners_replied(&o->owners, reply))
		return;
	if (reply->status != CAIRN__STATUS__OK)
		o->pause_us = o->now_us + PAUSE_US;
	if (job == NULL)
		return;
	if (job->state == JOB_BEGINNING)
		job->state = reply->status == CAIRN__STATUS__OK ? JOB_BEGUN : JOB_FREE;
	else if (job->state == JOB_REPORTING)
		job->state = later ? JOB_DONE : JOB_FREE;
}

static int64_t outside_next_us(const struct outside *o)
{
	int64_t next_us = o->pause_us > o->now_us ? o->pause_us : o->next_us;

	for (unsigned i = 0; i < o->n_jobs; i++)
		if (o->jobs[i].state == JOB_BEGUN)
			return o->now_us;
	next_us = MIN(next_us, sinks_next_us(o->sinks));
	next_us = MIN(next_us, owners_next_us(&o->owners, o->now_us));
	if (o->channel->ops->next_us != NULL)
		next_us = MIN(next_us, o->channel->ops->next_us(o->channel));
	return next_us;
}

static unsigned outside_items(struct outside *o, zmq_pollitem_t items[OUTSIDE_ITEMS])
{
	unsigned n = sinks_items(o->sinks, items, OUTSIDE_ITEMS);

	if (o->channel->ops->items == NULL)
		return n;
	return n + o->channel->ops->items(o->channel, items + n, OUTSIDE_ITEMS - n);
}

static struct channel *open_channel(const struct outside_setup *setup,
				    const struct notification_config *config)
{
	char path[PATH_LEN];

	if (strcmp(config->channel, "smtp") == 0)
		return smtp_open(config);
	if (strcmp(config->channel, "spool") != 0) {
		log_error("wrong_setting", "setting=channel because=\"spool or smtp is expected\"");
		return NULL;
	}
	if (snprintf(path, sizeof path, "%s/spool", setup->dir) >= (int)sizeof path) {
		log_error("wrong_setting", "setting=dir because=\"it is too long\"");
		return NULL;
	}
	return spool_open(path);
}

static void outside_close(struct outside **o)
{
	if (*o == NULL)
		return;
	if ((*o)->channel != NULL)
		(*o)->channel->ops->close(&(*o)->channel);
	sinks_close(&(*o)->sinks);
	arena_destroy(&(*o)->arena);
	free(*o);
	*o = NULL;
}

/* +NOTICE, 33 characters, must fit before the @. */
static bool senders_are_sound(struct outside *o)
{
	const char *bounces = o->config->bounces;

	if (!mailbox_of_text(o->config->from, o->arena, &o->from)) {
		log_error("wrong_setting", "setting=from because=\"'Name <address>' is expected\"");
		return false;
	}
	if (bounces[0] == '\0' || (address_is_sound(bounces) && strcspn(bounces, "@+") <= 31 &&
				   bounces[strcspn(bounces, "@+")] == '@'))
		return true;
	log_error("wrong_setting", "setting=bounces because=\"an address without +, and at most 31 "
				   "characters before the @, is expected\"");
	return false;
}

static struct outside *outside_open(const struct outside_setup *setup)
{
	struct outside *o = calloc(1, sizeof *o);

	ENSURE(o != NULL);
	o->config = setup->config;
	o->caps = setup->caps;
	o->arena = arena_new(512);
	o->n_jobs = (unsigned)o->config->parallel;
	ENSURE(o->n_jobs >= 1 && o->n_jobs <= NOTICE_SLOTS);
	if (senders_are_sound(o))
		o->channel = open_channel(setup, o->config);
	if (o->channel != NULL)
		o->sinks = sinks_open(setup, &sinks_outside);
	if (o->sinks == NULL)
		outside_close(&o);
	return o;
}

/* ---- metrics ---- */

static void outside_measure(const struct outside *o, struct engine *e, struct metrics *m,
			    unsigned base)
{
	struct measured of = {.outcomes = o->n_outcomes, .sinks = o->sinks, .now_us = o->now_us};

	for (unsigned i = 0; i < o->n_jobs; i++)
		of.letters_in_hand += o->jobs[i].state != JOB_FREE;
	notification_measure(&of, engine_view_begin(e), m, base);
	engine_view_end(e);
}

const struct outside_ops notification_outside = {
	.open = outside_open,
	.close = outside_close,
	.items = outside_items,
	.next_us = outside_next_us,
	.turn = outside_turn,
	.replied = outside_replied,
	.metrics = notification_metrics,
	.n_metrics = N_NOTIFICATION_METRICS,
	.measure = outside_measure,
};
