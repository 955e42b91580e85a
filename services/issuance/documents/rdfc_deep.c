/* RDFC-1.0: blank nodes that share a hash are told apart by what is around them, ever wider. */
#include "services/issuance/documents/rdfc_deep.h"

#include "libshared/buffer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 1000 /* of recursion, each a few hundred bytes of stack */
#define FIRST_ISSUED 16
#define FIRST_PATH 256

/* Temporary numbers, in the order given. */
struct issuer {
	struct arena *arena;
	uint32_t *order;
	size_t n, room;
};

/* A blank node beside the one in hand, and the hash of how it is beside it. */
struct related {
	char hash[DIGEST_HEX_LEN];
	uint32_t blank;
};

/* One order of the related nodes of a kind: its path and the numbers given along it. */
struct attempt {
	struct buffer path;
	struct issuer issuer;
};

struct deep_result {
	char hash[DIGEST_HEX_LEN];
	struct issuer issuer;
};

/* One blank node in hand. */
struct frame {
	struct rdfc *c;
	struct arena *arena;
	struct issuer issuer; /* after the kinds done so far */
	struct attempt now, best;
	bool has_best;
	uint32_t *unseen; /* related nodes that got their number in this attempt */
};

static bool hash_n_degree(struct rdfc *c, uint32_t blank, const struct issuer *known,
			  struct deep_result *result);

/* ---- temporary numbers ---- */

static void issuer_init(struct issuer *i, struct arena *a)
{
	*i = (struct issuer){a, arena_alloc(a, FIRST_ISSUED * sizeof *i->order), 0, FIRST_ISSUED};
}

static void issuer_reserve(struct issuer *i, size_t n)
{
	uint32_t *order;

	if (n <= i->room)
		return;
	i->room = MAX(n, 2 * i->room);
	order = arena_alloc(i->arena, i->room * sizeof *order);
	memcpy(order, i->order, i->n * sizeof *order);
	i->order = order;
}

static void issuer_copy(struct issuer *to, const struct issuer *from)
{
	issuer_reserve(to, from->n);
	memcpy(to->order, from->order, from->n * sizeof *to->order);
	to->n = from->n;
}

/* The number of a blank node; i->n if it has none. */
static size_t issuer_find(const struct issuer *i, uint32_t blank)
{
	size_t at = 0;

	while (at < i->n && i->order[at] != blank)
		at++;
	return at;
}

static size_t issuer_give(struct issuer *i, uint32_t blank)
{
	size_t at = issuer_find(i, blank);

	if (at == i->n) {
		issuer_reserve(i, i->n + 1);
		i->order[i->n++] = blank;
	}
	return at;
}

static void put_label(struct buffer *b, const char *prefix, size_t number)
{
	char text[32];

	buffer_put(b, text, (size_t)snprintf(text, sizeof text, "_:%s%zu", prefix, number));
}

/* ---- what is beside a blank node ---- */

static void hash_related(struct rdfc *c, const struct issuer *issuer, const struct quad *quad,
			 char position, struct related *r)
{
	uint32_t number = c->numbers[r->blank];
	size_t temporary = issuer_find(issuer, r->blank);
	char label[32];

	digest_begin(c->digest);
	digest_put(c->digest, &position, 1);
	if (position != 'g')
		digest_put(c->digest, quad->predicate.text, quad->predicate.len);
	if (number != RDFC_UNNUMBERED)
		digest_put(c->digest, label,
			   (size_t)snprintf(label, sizeof label, "_:c14n%" PRIu32, number));
	else if (temporary < issuer->n)
		digest_put(c->digest, label,
			   (size_t)snprintf(label, sizeof label, "_:b%zu", temporary));
	else
		digest_put(c->digest, c->blanks[r->blank].hash, digest_hex_len(c->digest));
	digest_end_hex(c->digest, r->hash);
}

static int related_compare(const void *a, const void *b)
{
	const struct related *x = a, *y = b;
	int order = memcmp(x->hash, y->hash, DIGEST_HEX_LEN);

	return order != 0 ? order : (x->blank > y->blank) - (x->blank < y->blank);
}

/* All related nodes of a blank node, sorted by hash, those of one hash by number; how many. */
static size_t related_of(struct frame *f, uint32_t blank, struct related **list_r)
{
	const struct rdfc_blank *info = &f->c->blanks[blank];
	struct related *list = arena_alloc(f->arena, 3 * info->n_quads * sizeof *list);
	size_t n = 0;

	for (size_t i = 0; i < info->n_quads; i++) {
		const struct quad *quad = info->quads[i];
		const uint32_t parts[] = {quad->subject.blank, quad->object.blank,
					  quad->graph.blank};

		for (size_t j = 0; j < ARRAY_LEN(parts); j++) {
			if (parts[j] == 0 || parts[j] == blank)
				continue;
			list[n].blank = parts[j];
			hash_related(f->c, &f->issuer, quad, "sog"[j], &list[n]);
			n++;
		}
	}
	qsort(list, n, sizeof *list, related_compare);
	*list_r = list;
	return n;
}

/* ---- one order of the related nodes of a kind ---- */

static int path_compare(const struct buffer *a, const struct buffer *b)
{
	int order = memcmp(a->at, b->at, MIN(a->len, b->len));

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static bool is_hopeless(const struct frame *f)
{
	return f->has_best && path_compare(&f->now.path, &f->best.path) > 0;
}

/* Goes into a related node that was not yet seen on this path. */
static bool explore(struct frame *f, uint32_t related)
{
	struct attempt *now = &f->now;
	struct deep_result result;

	issuer_init(&result.issuer, f->arena);
	if (!hash_n_degree(f->c, related, &now->issuer, &result))
		return false;
	put_label(&now->path, "b", issuer_give(&now->issuer, related));
	buffer_char(&now->path, '<');
	buffer_put(&now->path, result.hash, digest_hex_len(f->c->digest));
	buffer_char(&now->path, '>');
	now->issuer = result.issuer;
	return true;
}

/* False: too much work. */
static bool try_order(struct frame *f, const uint32_t *order, size_t n)
{
	struct attempt *now = &f->now;
	size_t n_unseen = 0;

	now->path.len = 0;
	issuer_copy(&now->issuer, &f->issuer);
	for (size_t i = 0; i < n; i++) {
		uint32_t number = f->c->numbers[order[i]];

		if (number != RDFC_UNNUMBERED) {
			put_label(&now->path, "c14n", number);
		} else {
			if (issuer_find(&now->issuer, order[i]) == now->issuer.n)
				f->unseen[n_unseen++] = order[i];
			put_label(&now->path, "b", issuer_give(&now->issuer, order[i]));
		}
		if (is_hopeless(f))
			return true;
	}
	for (size_t i = 0; i < n_unseen; i++) {
		if (!explore(f, f->unseen[i]))
			return false;
		if (is_hopeless(f))
			return true;
	}
	if (!f->has_best || path_compare(&now->path, &f->best.path) < 0) {
		struct attempt better = *now;

		*now = f->best;
		f->best = better;
		f->has_best = true;
	}
	return true;
}

static void swap(uint32_t *a, uint32_t *b)
{
	uint32_t held = *a;

	*a = *b;
	*b = held;
}

/* The next order in the sorted sequence of all; false after the last. */
static bool next_order(uint32_t *order, size_t n)
{
	size_t tail = n - 1, other; /* order[tail] and on is falling */

	while (tail > 0 && order[tail - 1] >= order[tail])
		tail--;
	if (tail == 0)
		return false;
	other = n - 1;
	while (order[other] <= order[tail - 1])
		other--;
	swap(&order[tail - 1], &order[other]);
	for (size_t from = tail, to = n - 1; from < to; from++, to--)
		swap(&order[from], &order[to]);
	return true;
}

/* How many orders a kind has, or more than limit; related nodes that are there twice count once. */
static size_t n_orders(const struct related *kind, size_t n, size_t limit)
{
	size_t orders = 1, distinct = 1;

	for (size_t i = 1; i < n && orders <= limit; i++) {
		distinct += kind[i].blank != kind[i - 1].blank;
		orders *= kind[i].blank != kind[i - 1].blank ? distinct : 1;
	}
	return orders;
}

/* Finds the order of a kind whose path is the least: f->best. False: too much work. */
static bool best_order(struct frame *f, const struct related *kind, size_t n)
{
	uint32_t *order;

	if (n_orders(kind, n, f->c->permutations_left) > f->c->permutations_left)
		return false;
	order = arena_alloc(f->arena, n * sizeof *order);
	for (size_t i = 0; i < n; i++)
		order[i] = kind[i].blank;
	f->has_best = false;
	do {
		if (f->c->permutations_left == 0)
			return false;
		f->c->permutations_left--;
		if (!try_order(f, order, n))
			return false;
	} while (next_order(order, n));
	return true;
}

/* ---- a blank node ---- */

static void attempt_init(struct attempt *a, struct arena *arena)
{
	buffer_init(&a->path, arena, FIRST_PATH);
	issuer_init(&a->issuer, arena);
}

/* Hashes what is beside a blank node, kind by kind, each in its best order. */
static bool hash_kinds(struct frame *f, uint32_t blank, struct deep_result *result)
{
	struct rdfc *c = f->c;
	size_t hex_len = digest_hex_len(c->digest);
	struct related *related;
	struct buffer data;
	size_t n = related_of(f, blank, &related);

	f->unseen = arena_alloc(f->arena, (n + 1) * sizeof *f->unseen);
	buffer_init(&data, f->arena, FIRST_PATH);
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n; to++) {
			if (memcmp(related[to].hash, related[from].hash, DIGEST_HEX_LEN) != 0)
				break;
		}
		if (!best_order(f, &related[from], to - from))
			return false;
		buffer_put(&data, related[from].hash, hex_len);
		buffer_put(&data, f->best.path.at, f->best.path.len);
		issuer_copy(&f->issuer, &f->best.issuer);
	}
	digest_begin(c->digest);
	digest_put(c->digest, data.at, data.len);
	digest_end_hex(c->digest, result->hash);
	issuer_copy(&result->issuer, &f->issuer);
	return true;
}

static bool hash_n_degree(struct rdfc *c, uint32_t blank, const struct issuer *known,
			  struct deep_result *result)
{
	AUTO(arena_destroy) struct arena *arena = NULL;
	struct frame f = {.c = c};
	bool done;

	if (c->calls_left == 0 || c->depth == MAX_DEPTH)
		return false;
	c->calls_left--;
	c->depth++;
	arena = f.arena = arena_new(4096);
	issuer_init(&f.issuer, arena);
	issuer_copy(&f.issuer, known);
	attempt_init(&f.now, arena);
	attempt_init(&f.best, arena);
	done = hash_kinds(&f, blank, result);
	c->depth--;
	return done;
}

static int result_compare(const void *a, const void *b)
{
	const struct deep_result *x = a, *y = b;

	return memcmp(x->hash, y->hash, DIGEST_HEX_LEN);
}

bool rdfc_number_group(struct rdfc *c, const uint32_t *group, size_t n)
{
	struct deep_result *results = arena_alloc(c->arena, n * sizeof *results);
	size_t n_results = 0;

	for (size_t i = 0; i < n; i++) {
		struct issuer known;

		if (c->numbers[group[i]] != RDFC_UNNUMBERED)
			continue;
		issuer_init(&known, c->arena);
		issuer_give(&known, group[i]);
		issuer_init(&results[n_results].issuer, c->arena);
		if (!hash_n_degree(c, group[i], &known, &results[n_results]))
			return false;
		n_results++;
	}
	qsort(results, n_results, sizeof *results, result_compare);
	for (size_t i = 0; i < n_results; i++) {
		for (size_t j = 0; j < results[i].issuer.n; j++) {
			if (c->numbers[results[i].issuer.order[j]] == RDFC_UNNUMBERED)
				rdfc_number(c, results[i].issuer.order[j]);
		}
	}
	return true;
}
