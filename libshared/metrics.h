/*
 * Counters, gauges and histograms of a process, and their Prometheus text (version 0.0.4).
 *
 * What there is stands in tables: names, labels and the number of label values are fixed at start,
 * so a peer cannot make series without bound. Full names are cairn_SERVICE_NAME; times are given in
 *microseconds and told in seconds.
 *
 *	enum { REQUESTS, ... };
 *	static const struct metric table[] = {[REQUESTS] = {"requests_total", METRIC_COUNTER, ...}};
 *	unsigned base = metrics_add_table(m, table, ARRAY_LEN(table));
 *	metrics_count(m, base + REQUESTS, at, 1);
 *
 * A series of a metric with labels is chosen by metric_at(): the index of its value in each label.
 */
#ifndef CAIRN_METRICS_H
#define CAIRN_METRICS_H

#include "libshared/arena.h"

#define METRIC_LABELS 2

enum metric_type {
	METRIC_COUNTER, /* only grows */
	METRIC_GAUGE,
	METRIC_GAUGE_US, /* set in microseconds, told in seconds */
	METRIC_HISTOGRAM /* of durations in microseconds; buckets 0.5 ms to 10 s */
};

struct metric_label {
	const char *name; /* NULL: no such label */
	const char *const *values;
	unsigned n;
};

struct metric {
	const char *name;
	enum metric_type type;
	const char *help;
	struct metric_label labels[METRIC_LABELS];
};

struct metrics;

struct metrics *metrics_new(const char *service, const char *version);
void metrics_destroy(struct metrics **m);
/* Borrows the table and all it points to. Returns the number of its first metric. */
unsigned metrics_add_table(struct metrics *m, const struct metric *table, unsigned n);

/* The series where label 0 has its value number i and label 1 its value number j. */
unsigned metric_at(const struct metrics *m, unsigned metric, unsigned i, unsigned j);

void metrics_count(struct metrics *m, unsigned metric, unsigned series, uint64_t n);
void metrics_set(struct metrics *m, unsigned metric, unsigned series, int64_t value);
/* Of a metric with two labels no series is told until it is set again. */
void metrics_clear(struct metrics *m, unsigned metric);
void metrics_observe(struct metrics *m, unsigned metric, unsigned series, int64_t us);

/* The text, in the arena. Of metrics with two labels only series that have been used are told. */
struct bytes metrics_text(const struct metrics *m, struct arena *arena);

#endif
