/*
 * What a scrape tells of notification: letters and public events, by the channel they go through;
 * what waits, what is dead, what became of each try.
 */
#ifndef CAIRN_NOTIFICATION_GAUGES_H
#define CAIRN_NOTIFICATION_GAUGES_H

#include "libshared/metrics.h"
#include "services/notification/sinks/sinks.h"

struct measured {
	const uint64_t *outcomes; /* of letters, by Outcome */
	unsigned letters_in_hand;
	const struct sinks *sinks;
	int64_t now_us;
};

#define N_NOTIFICATION_METRICS 10
extern const struct metric notification_metrics[N_NOTIFICATION_METRICS];
void notification_measure(const struct measured *of, const struct view *view, struct metrics *m,
			  unsigned base);

#endif
