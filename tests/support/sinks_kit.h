/*
 * Sinks at work under a kit, with a stream and another side that the test plays: one at a time.
 *
 *	play_open(&play);
 *	given_events(&play, "aab");           of subjects a, a, b
 *	play.side.answers = all_later;        NULL: what comes is held until answer_held()
 *	given_sink(&play.kit, THE_SINK, "tn");
 *	settle(&play);
 *	play_close(&play);
 */
#ifndef CAIRN_TEST_SINKS_KIT_H
#define CAIRN_TEST_SINKS_KIT_H

#include "services/notification/sinks/sinks.h"
#include "tests/support/sink_kit.h"

#define EVENTS_MOST 600

struct played_stream {
	unsigned subject_of[EVENTS_MOST + 1]; /* by seq */
	bool elsewhere[EVENTS_MOST + 1];      /* another state's */
	bool untyped[EVENTS_MOST + 1];        /* not of the types that a sink chose */
	uint64_t nameless;                    /* its event has no id; 0: none */
	uint64_t head;
	struct asked {
		uint64_t after, limit, token;
		bool typed;
	} asked[64];
	size_t n_asked;
	uint64_t n_reads;
	bool pages_held; /* not those of one event */
	bool rows_held;  /* those */
	/* what issuance was told */
	uint64_t n_told, told_token;
	struct id told_id, told_posting;
	bool told_accepted;
	Cairn__Status told_status;
};

struct held {
	uint64_t seq;
	struct id sink;
	sink_finish_fn *finish;
	void *ctx;
};

struct played_side {
	Notification__Delivery (*answers)(uint64_t seq); /* NULL, or 0: held */
	struct held held[256];
	size_t n_held;
	uint64_t taken[8 * EVENTS_MOST]; /* seqs, in the order in which they were taken */
	size_t n_taken;
	unsigned tries[EVENTS_MOST + 1];
	unsigned n_tries;
	struct sink_answer answer; /* given with what is taken */
	Notification__Delivery greeting;
	bool greeting_held;
	struct held greeted;
	char asked[64]; /* the url that was greeted last */
	unsigned n_greetings;
	int64_t wait_until_us; /* asked for with what is not taken */
};

struct sinks_play {
	struct kit kit;
	struct sinks *sinks;
	struct notification_config config;
	struct played_stream stream;
	struct played_side side;
};

void play_open(struct sinks_play *p);
void play_close(struct sinks_play *p);
void crash(struct sinks_play *p);

/* A letter is an event of that subject. */
void given_events(struct sinks_play *p, const char *subjects);
/* Each of a subject of its own. */
void given_strangers(struct sinks_play *p, unsigned n);

bool is_held(const struct sinks_play *p, uint64_t seq);
void answer_held(struct sinks_play *p, uint64_t seq, Notification__Delivery delivery);
Notification__Delivery all_taken(uint64_t seq);
Notification__Delivery all_later(uint64_t seq);

/* Until nothing happens any more at this moment. */
void settle(struct sinks_play *p);
void advance(struct sinks_play *p, int64_t us);
/* Goes on whenever the sinks say that they have something to do, until then; over long times not at
 * each look for new events. */
void go_on_until(struct sinks_play *p, int64_t until_us);

Cairn__Status redeliver(struct sinks_play *p, uint64_t first, uint64_t last);
unsigned n_events_of(struct sinks_play *p, Notification__Event__BodyCase kind);

#endif
