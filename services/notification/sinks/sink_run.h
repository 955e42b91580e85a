/*
 * One sink at work: which of its events is next, and what is to be reported. Without input or
 * output: sinks.c reads, delivers and reports.
 *
 *	run_load()                   the sink as the tables have it
 *	run_wants_page()             -> run_take_page()
 *	run_next()                   an item to be fetched (listed: its event is read again by its
 *seq) or to be delivered -> item_end() run_report()                 -> run_reported()
 *
 * Items are events in hand: fresh ones behind the cursor, and listed ones (SINK_EVENT) that are
 * tried again. Of a subject one is in hand at a time, in order: a fresh one that follows one that
 * waits, is behind or is dead becomes BEHIND and lets the others pass.
 *
 * What is in hand is lost by a crash, and delivered again: nothing here must survive.
 */
#ifndef CAIRN_NOTIFICATION_SINK_RUN_H
#define CAIRN_NOTIFICATION_SINK_RUN_H

#include "proto/issuance.pb-c.h"
#include "services/notification/tables_sink.h"

#define RUN_PAGE 64    /* events read at once, and so many at least in a report when all is well */
#define RUN_WAITING 64 /* so many wait for another try: then it reads no further */
#define RUN_BEHIND 1000
#define RUN_PARALLEL_MOST 64
#define RUN_ITEMS (2 * RUN_PAGE + RUN_PARALLEL_MOST)

enum item_state {
	ITEM_FETCHING, /* listed: its event is being read */
	ITEM_READY,
	ITEM_ACTING,  /* with the kind */
	ITEM_TELLING, /* issuance is told what the other side answered */
	ITEM_ENDED,
	ITEM_REPORTED /* the report is with the engine */
};

/* What the other side answered, until issuance knows it. */
struct item_answer {
	struct id posting;
	bool accepted;
	char *words; /* its reference, or why it refused */
};

struct sink_item {
	uint64_t seq;
	struct id event, subject;
	enum item_state state;
	bool listed;
	uint64_t clear_version; /* of the sink, at which no listed one was before it */
	struct bytes packed;    /* of the event; owned, until it is delivered */
	struct item_answer *answer;
	Notification__Delivery delivery;
	uint32_t code;
	int64_t not_before_us;
	char why[SINK_WHY_LEN];
};

struct sink_listed {
	uint64_t seq;
	struct id subject; /* ID_NONE: not read yet */
	int64_t next_us;
	uint16_t state;
};

struct sink_run {
	struct id sink;      /* ID_NONE: free */
	uint32_t generation; /* what was begun under another one is forgotten */
	struct sink_row row;
	struct arena *arena; /* of what follows, until the next load */
	const Notification__Sink *settings;
	struct bytes private_subject, private_box;
	struct sink_listed *listed; /* in order of seq */
	size_t n_listed, listed_room;

	struct sink_item items[RUN_ITEMS]; /* in order of seq */
	size_t n_items;
	uint64_t read_through, head;
	bool reading, out_of_stream;
	int64_t poll_us;     /* nothing is read before, when all is read */
	int64_t start_us;    /* nothing is begun before: the rate */
	int64_t ended_us;    /* the first that is not reported ended then; 0: none */
	int64_t reported_us; /* the last report */
	bool reporting;
};

/* False: there is no such sink any more. */
bool run_load(struct sink_run *r, const struct view *view);
/* Forgets what is in hand, and begins again at the cursor. */
void run_reset(struct sink_run *r);
void run_free(struct sink_run *r);

/* Fills after and limit of the page to be read next. */
bool run_wants_page(const struct sink_run *r, int64_t now_us, Issuance__ReadPublic *ask_r);
void run_take_page(struct sink_run *r, const Issuance__PublicPage *page, int64_t now_us);

/* The next item to be begun: READY, or FETCHING and new. NULL: none. */
struct sink_item *run_next(struct sink_run *r, unsigned parallel, int64_t now_us);
struct sink_item *run_item(struct sink_run *r, uint64_t seq);
/* The event of an item that was fetched: READY. */
void item_fetched(struct sink_item *item, struct bytes packed);
void item_end(struct sink_run *r, struct sink_item *item, Notification__Delivery delivery,
	      int64_t now_us);
void item_drop(struct sink_run *r, struct sink_item *item);

/* When there is something to be reported; INT64_MAX: nothing, or a report is with the engine. */
int64_t run_report_us(const struct sink_run *r);
/* False: nothing is to be reported yet. The message lives in the arena. */
bool run_report(struct sink_run *r, int64_t now_us, struct arena *arena,
		Notification__RecordDeliveries *report_r);
/* OK: what was reported is forgotten; else it is reported again. */
void run_reported(struct sink_run *r, bool ok);

/* When it has something else to do although nothing happens. */
int64_t run_next_us(const struct sink_run *r, int64_t now_us);

#endif
