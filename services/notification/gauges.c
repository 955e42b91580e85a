/* Letters and sinks as numbers. */
#include "services/notification/gauges.h"

#include "libshared/clock.h"
#include "services/notification/tables.h"
#include "services/notification/tables_sink.h"

#include <string.h>

#define LOOKED_AT 5000 /* rows of one scan: more is as bad */

enum channel { MAIL, WEBHOOKS, EDFI_APIS, N_CHANNELS };

enum { ATTEMPTS, WAITING, UNSENT, IN_HAND, PENDING, OLDEST, DEAD, DELIVERIES, SINKS, FAILING };

static const char *const channel_words[] = {"mail", "webhook", "edfi"};
static const char *const outcome_words[] = {"delivered", "temporary", "permanent",  "no_address",
					    "erased",    "bounced",   "bad_address"};
static const char *const delivery_words[] = {"taken", "later", "refused", "gone", "unsettled"};
static const char *const sink_words[] = {"new", "active", "paused", "stopped"};

const struct metric notification_metrics[N_NOTIFICATION_METRICS] = {
	[ATTEMPTS] = {"attempts_total",
		      METRIC_COUNTER,
		      "Attempts to deliver a notice, by what became of them.",
		      {{"outcome", outcome_words, ARRAY_LEN(outcome_words)}}},
	[WAITING] = {"notices_waiting", METRIC_GAUGE, "Notices that wait for their time.", {{0}}},
	[UNSENT] = {"notices_unsent", METRIC_GAUGE, "Notices that may still be sent.", {{0}}},
	[IN_HAND] = {"letters_in_hand", METRIC_GAUGE, "Letters on their way.", {{0}}},
	[PENDING] = {"outbox_pending",
		     METRIC_GAUGE,
		     "What should have left and has not: letters, public events.",
		     {{"channel", channel_words, N_CHANNELS}}},
	[OLDEST] = {"outbox_oldest_seconds",
		    METRIC_GAUGE_US,
		    "How long the first of those has waited.",
		    {{"channel", channel_words, N_CHANNELS}}},
	[DEAD] = {"dead_letters",
		  METRIC_GAUGE,
		  "Given up until a person looks.",
		  {{"channel", channel_words, N_CHANNELS}}},
	[DELIVERIES] = {"deliveries_total",
			METRIC_COUNTER,
			"Tries to deliver, by what became of them.",
			{{"channel", channel_words, N_CHANNELS},
			 {"result", delivery_words, ARRAY_LEN(delivery_words)}}},
	[SINKS] = {"sinks",
		   METRIC_GAUGE,
		   "Sinks; stopped: by themselves, until a person looks.",
		   {{"state", sink_words, ARRAY_LEN(sink_words)}}},
	[FAILING] = {"sink_failing_seconds",
		     METRIC_GAUGE_US,
		     "How long the worst sink of the channel has taken nothing.",
		     {{"channel", channel_words, N_CHANNELS}}},
};

struct waiting {
	uint64_t head; /* of the public stream */
	uint64_t pending[N_CHANNELS], dead[N_CHANNELS], sinks[ARRAY_LEN(sink_words)];
	int64_t oldest_us[N_CHANNELS], failing_us[N_CHANNELS];
};

/* ---- letters ---- */

static void note_oldest(struct waiting *w, enum channel channel, int64_t since_us, int64_t now_us)
{
	w->oldest_us[channel] = MAX(w->oldest_us[channel], now_us - since_us);
}

static uint64_t notices_in(const struct view *view, uint16_t state, struct waiting *w,
			   int64_t now_us)
{
	struct key prefix = {0};
	struct scan scan = scan_first(view, BY_STATE, key_add_u16(&prefix, state), BYTES_NONE);
	struct bytes key, val;
	uint64_t n = 0;

	while (n < LOOKED_AT && scan_next(&scan, &key, &val)) {
		struct notice row;

		n++;
		if (w != NULL &&
		    notice_get(view, (struct bytes){key.data + key.len - ID_LEN, ID_LEN}, &row))
			note_oldest(w, MAIL, row.since_us, now_us);
	}
	scan_end(&scan);
	return n;
}

/* Those whose time has come and that nobody has begun. */
static void count_due(const struct view *view, struct waiting *w, int64_t now_us)
{
	struct scan scan = scan_first(view, DUE, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	for (unsigned i = 0; i < LOOKED_AT && scan_next(&scan, &key, &val); i++) {
		int64_t at_us = (int64_t)get_u64_be(key.data);

		if (at_us > now_us)
			break;
		w->pending[MAIL]++;
		note_oldest(w, MAIL, at_us, now_us);
	}
	scan_end(&scan);
}

static void count_letters(const struct view *view, struct waiting *w, int64_t now_us)
{
	count_due(view, w, now_us);
	w->pending[MAIL] += notices_in(view, NOTICE_SENDING, NULL, now_us);
	w->pending[MAIL] += notices_in(view, NOTICE_RETRY, w, now_us);
	w->dead[MAIL] = notices_in(view, NOTICE_DEAD, NULL, now_us);
}

/* ---- sinks ---- */

static enum channel channel_of(Notification__SinkKind kind)
{
	return kind == NOTIFICATION__SINK_KIND__EDFI ? EDFI_APIS : WEBHOOKS;
}

static unsigned word_of(const struct sink_row *row)
{
	if (row->state != SINK_PAUSED)
		return row->state == SINK_NEW ? 0 : 1;
	return row->stop == NOTIFICATION__SINK_STOP__BY_PERSON ? 2 : 3;
}

/* Events in the order of the stream; the first to be tried is among those that wait. */
static void look_at_events(const struct view *view, struct bytes sink, enum channel channel,
			   struct waiting *w, int64_t now_us)
{
	struct scan scan = sink_events_after(view, sink, 0);
	struct bytes key, val;

	for (unsigned i = 0; i < LOOKED_AT && scan_next(&scan, &key, &val); i++) {
		struct sink_event event;

		if (sink_event_get(view, sink, sink_event_seq(key), &event) &&
		    event.state != SINK_EVENT_DEAD)
			note_oldest(w, channel, event.first_us, now_us);
	}
	scan_end(&scan);
}

static void count_sink(const struct view *view, struct bytes sink, struct waiting *w,
		       int64_t now_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	const Notification__Sink *settings = sink_settings(view, sink, arena);
	enum channel channel;
	struct sink_row row;

	if (settings == NULL || !sink_get(view, sink, &row))
		return;
	channel = channel_of(settings->kind);
	w->pending[channel] += row.n_waiting + row.n_behind;
	w->pending[channel] += MAX(row.head, w->head) - row.cursor;
	w->dead[channel] += row.n_dead;
	w->sinks[word_of(&row)]++;
	if (row.failing_us != 0)
		w->failing_us[channel] = MAX(w->failing_us[channel], now_us - row.failing_us);
	look_at_events(view, sink, channel, w, now_us);
}

static void count_sinks(const struct view *view, struct waiting *w, int64_t now_us)
{
	struct scan scan = scan_first(view, SINK, BYTES_NONE, BYTES_NONE);
	struct bytes sink, val;

	while (scan_next(&scan, &sink, &val))
		count_sink(view, sink, w, now_us);
	scan_end(&scan);
}

/* ---- all ---- */

/* A letter that leads nowhere for good is refused; one that nobody may read any more is settled. */
static void set_deliveries(const struct measured *of, struct metrics *m, unsigned base)
{
	static const Notification__Delivery of_outcome[] = {
		[NOTIFICATION__OUTCOME__DELIVERED] = NOTIFICATION__DELIVERY__TAKEN,
		[NOTIFICATION__OUTCOME__TEMPORARY] = NOTIFICATION__DELIVERY__LATER,
		[NOTIFICATION__OUTCOME__PERMANENT] = NOTIFICATION__DELIVERY__DELIVERY_REFUSED,
		[NOTIFICATION__OUTCOME__NO_ADDRESS] = NOTIFICATION__DELIVERY__DELIVERY_REFUSED,
		[NOTIFICATION__OUTCOME__ERASED] = NOTIFICATION__DELIVERY__GONE,
		[NOTIFICATION__OUTCOME__BOUNCED] = NOTIFICATION__DELIVERY__DELIVERY_REFUSED,
		[NOTIFICATION__OUTCOME__BAD_ADDRESS] = NOTIFICATION__DELIVERY__DELIVERY_REFUSED,
	};
	uint64_t n[N_CHANNELS][ARRAY_LEN(delivery_words)] = {0};

	for (unsigned i = NOTIFICATION__OUTCOME__DELIVERED; i < ARRAY_LEN(of_outcome); i++)
		n[MAIL][of_outcome[i] - NOTIFICATION__DELIVERY__TAKEN] += of->outcomes[i];
	for (unsigned i = 0; i < ARRAY_LEN(delivery_words); i++) {
		Notification__Delivery delivery = i + NOTIFICATION__DELIVERY__TAKEN;

		n[WEBHOOKS][i] =
			sinks_delivered(of->sinks, NOTIFICATION__SINK_KIND__WEBHOOK, delivery);
		n[EDFI_APIS][i] =
			sinks_delivered(of->sinks, NOTIFICATION__SINK_KIND__EDFI, delivery);
	}
	for (unsigned c = 0; c < N_CHANNELS; c++)
		for (unsigned i = 0; i < ARRAY_LEN(delivery_words); i++)
			metrics_set(m, base + DELIVERIES, metric_at(m, base + DELIVERIES, c, i),
				    (int64_t)n[c][i]);
}

static void set_waiting(const struct waiting *w, struct metrics *m, unsigned base)
{
	for (unsigned c = 0; c < N_CHANNELS; c++) {
		metrics_set(m, base + PENDING, c, (int64_t)w->pending[c]);
		metrics_set(m, base + OLDEST, c, w->oldest_us[c]);
		metrics_set(m, base + DEAD, c, (int64_t)w->dead[c]);
		metrics_set(m, base + FAILING, c, w->failing_us[c]);
	}
	for (unsigned i = 0; i < ARRAY_LEN(sink_words); i++)
		metrics_set(m, base + SINKS, i, (int64_t)w->sinks[i]);
}

void notification_measure(const struct measured *of, const struct view *view, struct metrics *m,
			  unsigned base)
{
	struct waiting w = {.head = sinks_head(of->sinks)};

	for (unsigned i = 0; i < ARRAY_LEN(outcome_words); i++)
		metrics_set(m, base + ATTEMPTS, metric_at(m, base + ATTEMPTS, i, 0),
			    (int64_t)of->outcomes[i + NOTIFICATION__OUTCOME__DELIVERED]);
	metrics_set(m, base + WAITING, 0, (int64_t)view_count(view, DUE));
	metrics_set(m, base + UNSENT, 0, (int64_t)view_count(view, OPEN));
	metrics_set(m, base + IN_HAND, 0, of->letters_in_hand);
	count_letters(view, &w, of->now_us);
	count_sinks(view, &w, of->now_us);
	set_waiting(&w, m, base);
	set_deliveries(of, m, base);
}
