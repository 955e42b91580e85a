/* RDFC-1.0: first-degree hashes, numbers, and the sorted text. */
#include "services/issuance/documents/rdfc.h"

#include "services/issuance/documents/lines.h"
#include "services/issuance/documents/rdfc_deep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Orders of blank nodes with the same hash tried in one document. Deployed canonicalisers set
 * no such limit, but seven of a kind around one node is far past any credential. */
#define MAX_PERMUTATIONS 10000

struct rdfc_part {
	struct line *lines; /* of quads without blank nodes: sorted, distinct */
	size_t n_lines;
	const struct quad **quads; /* those with blank nodes */
	size_t n_quads;
	struct rdfc_blank *blanks;
	uint32_t n_blanks;
	bool beyond_bmp, same_in_utf16;
};

struct ranked {
	const char *hash;
	uint32_t blank;
};

static const struct label label_a = {"_:a", 3}, label_z = {"_:z", 3};

static struct line line_of(const struct quad *quad, const struct label *labels, struct arena *a)
{
	struct bytes text = quad_line(quad, labels, a);

	return (struct line){text.data, text.len, quad};
}

/* Splits quads into lines of those without blank nodes, and the others. */
static void split(const struct quads *q, struct rdfc_part *part_r)
{
	part_r->lines = arena_alloc(q->arena, (q->n + 1) * sizeof *part_r->lines);
	part_r->quads = arena_alloc(q->arena, (q->n + 1) * sizeof(struct quad *));
	part_r->n_lines = part_r->n_quads = 0;
	for (size_t i = 0; i < q->n; i++) {
		const struct quad *quad = &q->list[i];

		if (quad_has_blank(quad))
			part_r->quads[part_r->n_quads++] = quad;
		else
			part_r->lines[part_r->n_lines++] = line_of(quad, NULL, q->arena);
	}
}

/* ---- first degree ---- */

/* The distinct blank nodes of a quad; how many. */
static size_t blanks_of(const struct quad *quad, uint32_t blanks_r[3])
{
	uint32_t s = quad->subject.blank, o = quad->object.blank, g = quad->graph.blank;
	size_t n = 0;

	if (s != 0)
		blanks_r[n++] = s;
	if (o != 0 && o != s)
		blanks_r[n++] = o;
	if (g != 0 && g != s && g != o)
		blanks_r[n++] = g;
	return n;
}

/* Gives each blank node the list of the quads that name it. */
static void index_blanks(struct rdfc *c, const struct quad *const *quads, size_t n, uint32_t first)
{
	uint32_t blanks[3];

	for (size_t i = 0; i < n; i++) {
		for (size_t j = blanks_of(quads[i], blanks); j > 0; j--)
			c->blanks[blanks[j - 1]].n_quads++;
	}
	for (uint32_t b = first; b <= c->n_blanks; b++) {
		struct rdfc_blank *blank = &c->blanks[b];

		blank->quads = arena_alloc(c->arena, (blank->n_quads + 1) * sizeof(struct quad *));
		blank->n_quads = 0;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t j = blanks_of(quads[i], blanks); j > 0; j--) {
			struct rdfc_blank *blank = &c->blanks[blanks[j - 1]];

			blank->quads[blank->n_quads++] = quads[i];
		}
	}
}

static int blanks_compare(const void *a, const void *b)
{
	const struct quad *x = ((const struct line *)a)->quad, *y = ((const struct line *)b)->quad;

	if (x->subject.blank != y->subject.blank)
		return x->subject.blank < y->subject.blank ? -1 : 1;
	if (x->object.blank != y->object.blank)
		return x->object.blank < y->object.blank ? -1 : 1;
	return (x->graph.blank > y->graph.blank) - (x->graph.blank < y->graph.blank);
}

/* Equal lines come from quads that differ in another blank node, or from one quad given twice,
 * which a set holds once. Drops the latter from sorted lines; how many are left. */
static size_t drop_twins(struct line *lines, size_t n)
{
	size_t kept = 0;

	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && line_equal(&lines[from], &lines[to]);)
			to++;
		if (to - from > 1)
			qsort(&lines[from], to - from, sizeof *lines, blanks_compare);
		for (size_t i = from; i < to; i++) {
			if (i == from || blanks_compare(&lines[i - 1], &lines[i]) != 0)
				lines[kept++] = lines[i];
		}
	}
	return kept;
}

/* Hashes the lines of a blank node's quads, in which it is _:a and every other is _:z. */
static void hash_first_degree(struct rdfc *c, uint32_t b, struct label *labels)
{
	struct rdfc_blank *blank = &c->blanks[b];
	struct line *lines = arena_alloc(c->arena, (blank->n_quads + 1) * sizeof *lines);

	labels[b] = label_a;
	for (size_t i = 0; i < blank->n_quads; i++)
		lines[i] = line_of(blank->quads[i], labels, c->arena);
	labels[b] = label_z;
	lines_sort(lines, blank->n_quads, c->arena);
	blank->n_quads = drop_twins(lines, blank->n_quads);
	if (c->beyond_bmp)
		c->same_in_utf16 &= lines_same_in_utf16(lines, blank->n_quads);
	digest_begin(c->digest);
	for (size_t i = 0; i < blank->n_quads; i++) {
		blank->quads[i] = lines[i].quad;
		digest_put(c->digest, lines[i].at, lines[i].len);
	}
	digest_end_hex(c->digest, blank->hash);
}

static void hash_blanks(struct rdfc *c, uint32_t first)
{
	struct label *labels = arena_alloc(c->arena, ((size_t)c->n_blanks + 1) * sizeof *labels);

	for (uint32_t b = 1; b <= c->n_blanks; b++)
		labels[b] = label_z;
	for (uint32_t b = first; b <= c->n_blanks; b++)
		hash_first_degree(c, b, labels);
}

/* ---- numbers ---- */

void rdfc_number(struct rdfc *c, uint32_t blank)
{
	c->numbers[blank] = c->n_numbered++;
}

static int ranked_compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int order = memcmp(x->hash, y->hash, DIGEST_HEX_LEN);

	return order != 0 ? order : (x->blank > y->blank) - (x->blank < y->blank);
}

/* The end of the run of equal hashes that starts at from. */
static size_t run_end(const struct ranked *ranked, size_t n, size_t from)
{
	size_t to = from + 1;

	while (to < n && memcmp(ranked[to].hash, ranked[from].hash, DIGEST_HEX_LEN) == 0)
		to++;
	return to;
}

static size_t power(size_t base, unsigned exponent)
{
	size_t result = 1;

	while (exponent-- > 0) {
		if (__builtin_mul_overflow(result, base, &result))
			return SIZE_MAX;
	}
	return result;
}

static bool number_groups(struct rdfc *c, const struct ranked *ranked, uint32_t *group)
{
	for (size_t from = 0, to; from < c->n_blanks; from = to) {
		to = run_end(ranked, c->n_blanks, from);
		if (to - from == 1)
			continue;
		for (size_t i = from; i < to; i++)
			group[i - from] = ranked[i].blank;
		if (!rdfc_number_group(c, group, to - from))
			return false;
	}
	return true;
}

/* Numbers blank nodes in the order of their hashes: first those whose hash is their own. */
static bool number_blanks(struct rdfc *c, unsigned work_factor)
{
	size_t n = c->n_blanks, n_sharing = 0;
	struct ranked *ranked = arena_alloc(c->arena, (n + 1) * sizeof *ranked);
	uint32_t *group = arena_alloc(c->arena, (n + 1) * sizeof *group);

	for (uint32_t b = 1; b <= n; b++)
		ranked[b - 1] = (struct ranked){c->blanks[b].hash, b};
	qsort(ranked, n, sizeof *ranked, ranked_compare);
	for (size_t from = 0, to; from < n; from = to) {
		to = run_end(ranked, n, from);
		if (to - from == 1)
			rdfc_number(c, ranked[from].blank);
		else
			n_sharing += to - from;
	}
	c->calls_left = power(n_sharing, work_factor);
	c->permutations_left = MAX_PERMUTATIONS;
	return n_sharing == 0 || number_groups(c, ranked, group);
}

/* ---- the text ---- */

static struct label *canonical_labels(struct rdfc *c)
{
	struct label *labels = arena_alloc(c->arena, ((size_t)c->n_blanks + 1) * sizeof *labels);

	for (uint32_t b = 1; b <= c->n_blanks; b++)
		labels[b].len = (uint8_t)snprintf(labels[b].text, sizeof labels[b].text,
						  "_:c14n%" PRIu32, c->numbers[b]);
	return labels;
}

static struct bytes join(const struct line *lines, size_t n, struct arena *a)
{
	size_t len = 0;
	uint8_t *text, *to;

	for (size_t i = 0; i < n; i++)
		len += lines[i].len;
	text = to = arena_alloc(a, len);
	for (size_t i = 0; i < n; i++) {
		memcpy(to, lines[i].at, lines[i].len);
		to += lines[i].len;
	}
	return (struct bytes){text, len};
}

/* The lines of own, which has those of quads without blank nodes already, and of the part. */
static void write_text(struct rdfc *c, struct rdfc_part *own, const struct rdfc_part *part,
		       struct rdfc_result *result_r)
{
	const struct label *labels = canonical_labels(c);
	size_t n = own->n_lines, all = own->n_lines + own->n_quads + part->n_quads + part->n_lines;
	struct line *lines = arena_alloc(c->arena, (all + 1) * sizeof *lines);
	struct line *merged = arena_alloc(c->arena, (all + 1) * sizeof *merged);

	memcpy(lines, own->lines, n * sizeof *lines);
	for (size_t i = 0; i < own->n_quads; i++)
		lines[n++] = line_of(own->quads[i], labels, c->arena);
	for (size_t i = 0; i < part->n_quads; i++)
		lines[n++] = line_of(part->quads[i], labels, c->arena);
	lines_sort(lines, n, c->arena);
	lines_merge(lines, n, part->lines, part->n_lines, merged);
	result_r->n_lines = lines_distinct(merged, all);
	if (c->beyond_bmp)
		c->same_in_utf16 &= lines_same_in_utf16(merged, result_r->n_lines);
	result_r->text = join(merged, result_r->n_lines, c->arena);
	result_r->numbers = c->numbers;
	result_r->same_in_utf16 = c->same_in_utf16;
}

static struct rdfc state_for(const struct quads *q, const struct rdfc_part *part)
{
	struct rdfc c = {
		.arena = q->arena,
		.n_blanks = q->n_blanks,
		.beyond_bmp = q->beyond_bmp || part->beyond_bmp,
		.same_in_utf16 = part->same_in_utf16,
	};
	size_t n = (size_t)c.n_blanks + 1;

	ENSURE(q->n_blanks >= part->n_blanks);
	c.blanks = arena_zalloc(q->arena, n * sizeof *c.blanks);
	if (part->n_blanks > 0)
		memcpy(c.blanks, part->blanks, ((size_t)part->n_blanks + 1) * sizeof *c.blanks);
	c.numbers = arena_alloc(q->arena, n * sizeof *c.numbers);
	memset(c.numbers, 0xff, n * sizeof *c.numbers);
	return c;
}

int rdfc_canonicalize(const struct quads *q, const struct rdfc_options *options,
		      struct rdfc_result *result_r)
{
	static const struct rdfc_part nothing = {.same_in_utf16 = true};
	const struct rdfc_part *part = options->part != NULL ? options->part : &nothing;
	AUTO(digest_destroy) struct digest *digest = digest_new(options->hash);
	struct rdfc_part own = {0};
	struct rdfc c = state_for(q, part);

	ENSURE(options->part == NULL || options->hash == DIGEST_SHA256);
	c.digest = digest;
	split(q, &own);
	index_blanks(&c, own.quads, own.n_quads, part->n_blanks + 1);
	hash_blanks(&c, part->n_blanks + 1);
	if (!number_blanks(&c, options->work_factor))
		return -1;
	write_text(&c, &own, part, result_r);
	return 0;
}

/* ---- parts ---- */

const struct rdfc_part *rdfc_prepare(const struct quads *q)
{
	static const struct rdfc_part nothing = {.same_in_utf16 = true};
	AUTO(digest_destroy) struct digest *digest = digest_new(DIGEST_SHA256);
	struct rdfc_part *part = arena_zalloc(q->arena, sizeof *part);
	struct rdfc c = state_for(q, &nothing);

	c.digest = digest;
	split(q, part);
	lines_sort(part->lines, part->n_lines, q->arena);
	part->n_lines = lines_distinct(part->lines, part->n_lines);
	index_blanks(&c, part->quads, part->n_quads, 1);
	hash_blanks(&c, 1);
	part->blanks = c.blanks;
	part->n_blanks = c.n_blanks;
	part->beyond_bmp = c.beyond_bmp;
	part->same_in_utf16 = c.same_in_utf16 &&
			      (!c.beyond_bmp || lines_same_in_utf16(part->lines, part->n_lines));
	return part;
}

bool rdfc_part_same_in_utf16(const struct rdfc_part *part)
{
	return part->same_in_utf16;
}

void rdfc_begin_with(struct quads *q, struct arena *a, const struct rdfc_part *part)
{
	quads_init(q, a, part->n_blanks + 1);
}
