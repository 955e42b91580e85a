/* Series in arrays by metric, and their text. */
#include "libshared/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_BUCKETS 12

static const int64_t bucket_us[N_BUCKETS] = {500,   1000,   2500,   5000,    10000,   25000,
					     50000, 100000, 250000, 1000000, 2500000, 10000000};

struct series {
	int64_t value; /* of a histogram: the sum in microseconds */
	bool used;
	uint64_t *buckets; /* N_BUCKETS + 1, not cumulative; histograms only */
};

struct kept {
	const struct metric *metric;
	struct series *series;
	unsigned n_series;
};

struct metrics {
	const char *service, *version;
	struct kept *kept;
	unsigned n;
};

struct metrics *metrics_new(const char *service, const char *version)
{
	struct metrics *m = calloc(1, sizeof *m);

	ENSURE(m != NULL);
	m->service = service;
	m->version = version;
	return m;
}

void metrics_destroy(struct metrics **m)
{
	if (*m == NULL)
		return;
	for (unsigned i = 0; i < (*m)->n; i++) {
		struct kept *k = &(*m)->kept[i];

		for (unsigned s = 0; s < k->n_series; s++)
			free(k->series[s].buckets);
		free(k->series);
	}
	free((*m)->kept);
	free(*m);
	*m = NULL;
}

static unsigned count_of_label(const struct metric_label *label)
{
	return label->name == NULL ? 1 : label->n;
}

static void keep(struct kept *k, const struct metric *metric)
{
	k->metric = metric;
	k->n_series = count_of_label(&metric->labels[0]) * count_of_label(&metric->labels[1]);
	k->series = calloc(MAX(k->n_series, 1U), sizeof *k->series);
	ENSURE(k->series != NULL);
	for (unsigned s = 0; s < k->n_series && metric->type == METRIC_HISTOGRAM; s++) {
		k->series[s].buckets = calloc(N_BUCKETS + 1, sizeof(uint64_t));
		ENSURE(k->series[s].buckets != NULL);
	}
}

unsigned metrics_add_table(struct metrics *m, const struct metric *table, unsigned n)
{
	unsigned base = m->n;

	m->kept = realloc(m->kept, (base + n) * sizeof *m->kept);
	ENSURE(m->kept != NULL);
	for (unsigned i = 0; i < n; i++)
		keep(&m->kept[base + i], &table[i]);
	m->n += n;
	return base;
}

unsigned metric_at(const struct metrics *m, unsigned metric, unsigned i, unsigned j)
{
	const struct metric *row = m->kept[metric].metric;

	ENSURE(i < count_of_label(&row->labels[0]) && j < count_of_label(&row->labels[1]));
	return i * count_of_label(&row->labels[1]) + j;
}

static struct series *series_of(struct metrics *m, unsigned metric, unsigned series)
{
	ENSURE(metric < m->n && series < m->kept[metric].n_series);
	m->kept[metric].series[series].used = true;
	return &m->kept[metric].series[series];
}

void metrics_count(struct metrics *m, unsigned metric, unsigned series, uint64_t n)
{
	series_of(m, metric, series)->value += (int64_t)n;
}

void metrics_set(struct metrics *m, unsigned metric, unsigned series, int64_t value)
{
	series_of(m, metric, series)->value = value;
}

void metrics_clear(struct metrics *m, unsigned metric)
{
	struct kept *k = &m->kept[metric];

	for (unsigned i = 0; i < k->n_series; i++)
		k->series[i].used = false;
}

void metrics_observe(struct metrics *m, unsigned metric, unsigned series, int64_t us)
{
	struct series *s = series_of(m, metric, series);
	unsigned b = 0;

	while (b < N_BUCKETS && us > bucket_us[b])
		b++;
	s->buckets[b]++;
	s->value += us;
}

/* ---- text ---- */

struct text {
	FILE *out;
	const char *service;
};

static const char *type_name(enum metric_type type)
{
	if (type == METRIC_COUNTER)
		return "counter";
	return type == METRIC_HISTOGRAM ? "histogram" : "gauge";
}

/* Labels without braces; empty when there are none. Values are our own names: nothing to escape. */
static void labels_of(const struct metric *row, unsigned series, char text_r[256])
{
	unsigned n1 = count_of_label(&row->labels[1]);
	unsigned at[METRIC_LABELS] = {series / n1, series % n1};
	int len = 0;

	text_r[0] = '\0';
	for (unsigned i = 0; i < METRIC_LABELS && row->labels[i].name != NULL; i++)
		len += snprintf(text_r + len, 256 - (size_t)len, "%s%s=\"%.80s\"", i > 0 ? "," : "",
				row->labels[i].name, row->labels[i].values[at[i]]);
}

static void write_value(FILE *out, enum metric_type type, int64_t value)
{
	if (type == METRIC_COUNTER || type == METRIC_GAUGE)
		fprintf(out, "%" PRId64 "\n", value);
	else
		fprintf(out, "%.6f\n", (double)value / (double)US_PER_S);
}

static void write_histogram(struct text *t, const struct metric *row, const char *labels,
			    const struct series *s)
{
	const char *comma = labels[0] != '\0' ? "," : "";
	char braces[260] = "";
	uint64_t sum = 0;

	for (unsigned b = 0; b < N_BUCKETS; b++) {
		sum += s->buckets[b];
		fprintf(t->out, "cairn_%s_%s_bucket{%s%sle=\"%g\"} %" PRIu64 "\n", t->service,
			row->name, labels, comma, (double)bucket_us[b] / (double)US_PER_S, sum);
	}
	sum += s->buckets[N_BUCKETS];
	fprintf(t->out, "cairn_%s_%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", t->service, row->name,
		labels, comma, sum);
	if (labels[0] != '\0')
		snprintf(braces, sizeof braces, "{%s}", labels);
	fprintf(t->out, "cairn_%s_%s_sum%s ", t->service, row->name, braces);
	write_value(t->out, METRIC_HISTOGRAM, s->value);
	fprintf(t->out, "cairn_%s_%s_count%s %" PRIu64 "\n", t->service, row->name, braces, sum);
}

static void write_series(struct text *t, const struct kept *k, unsigned i)
{
	const struct metric *row = k->metric;
	char labels[256];

	labels_of(row, i, labels);
	if (row->type == METRIC_HISTOGRAM) {
		write_histogram(t, row, labels, &k->series[i]);
		return;
	}
	fprintf(t->out, "cairn_%s_%s", t->service, row->name);
	if (labels[0] != '\0')
		fprintf(t->out, "{%s}", labels);
	fputc(' ', t->out);
	write_value(t->out, row->type, k->series[i].value);
}

static void write_metric(struct text *t, const struct kept *k)
{
	bool sparse = k->metric->labels[1].name != NULL;

	fprintf(t->out, "# HELP cairn_%s_%s %s\n# TYPE cairn_%s_%s %s\n", t->service,
		k->metric->name, k->metric->help, t->service, k->metric->name,
		type_name(k->metric->type));
	for (unsigned i = 0; i < k->n_series; i++)
		if (!sparse || k->series[i].used)
			write_series(t, k, i);
}

struct bytes metrics_text(const struct metrics *m, struct arena *arena)
{
	char *text = NULL;
	size_t len = 0;
	struct text t = {open_memstream(&text, &len), m->service};
	struct bytes copy;

	ENSURE(t.out != NULL);
	fprintf(t.out,
		"# HELP cairn_build_info The version that runs.\n# TYPE cairn_build_info gauge\n"
		"cairn_build_info{service=\"%s\",version=\"%s\"} 1\n",
		m->service, m->version);
	for (unsigned i = 0; i < m->n; i++)
		write_metric(&t, &m->kept[i]);
	ENSURE(fclose(t.out) == 0);
	copy = arena_copy(arena, (struct bytes){(const uint8_t *)text, len});
	free(text);
	return copy;
}
