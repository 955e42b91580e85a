/*
 * What the runner of sinks shares between its files: sinks.c knows which there are and reports,
 * sinks_send.c reads, delivers and tells.
 */
#ifndef CAIRN_NOTIFICATION_SINKS_PARTS_H
#define CAIRN_NOTIFICATION_SINKS_PARTS_H

#include "services/notification/sinks/sinks.h"

#define ORIGIN_MAX 253
#define SINK_KINDS (NOTIFICATION__SINK_KIND__EDFI + 1)
#define SINK_DELIVERIES (NOTIFICATION__DELIVERY__BEHIND + 1)

enum flight_kind {
	FLIGHT_PAGE,
	FLIGHT_ROW,
	FLIGHT_HEAD,
	FLIGHT_DELIVERY,
	FLIGHT_TELLING,
	FLIGHT_GREETING
};

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
	char *asked_url; /* by the last greeting; owned */
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
	uint64_t head; /* of the stream; 0: not known yet */
	bool looking;  /* for it */
	int64_t look_us;
	uint32_t n_made; /* slots, for generations that do not meet again */
	struct id_maker ids;
	char origin[ORIGIN_MAX + 1]; /* the host of the portal; "" */
	int64_t now_us;              /* of the last turn */
	int64_t pause_us;            /* nothing is given to the engine before */
	int64_t open_us;             /* what could not be opened is not tried before */
	int64_t hurry_us;            /* all are to look for more then; INT64_MAX: nothing new */
	int64_t hurried_us;
	uint64_t delivered[SINK_KINDS][SINK_DELIVERIES]; /* tries, by what they came to */
};

/* sinks_send.c */
/* Reads more of the stream, if the sink wants it. */
void sinks_read(struct sinks *s, unsigned number);
/* Begins what is next, as much as may be on its way. */
void sinks_begin(struct sinks *s, unsigned number);
/* Asks how far the stream goes: a sink that reads no further lags behind that. */
void sinks_look(struct sinks *s);
/* Asks the target whether it agrees; what was asked stands in the slot. */
void sinks_greet(struct sinks *s, unsigned number);
/* What issuance answered. */
sink_feed_fn sinks_heard;
/* Nothing is waited for any more. */
void sinks_forget_flights(struct sinks *s);

#endif
