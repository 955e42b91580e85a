/* Batches of the public stream, kept until the next commit. */
#include "libshared/feed_piece.h"

#include <stdlib.h>
#include <string.h>

#define PIECES_KEPT 16

struct kept {
	struct piece_key key;
	struct piece piece;
	char *scope;
	uint8_t *types, *body;
};

struct pieces {
	struct kept kept[PIECES_KEPT];
	unsigned next; /* is overwritten next */
};

struct pieces *pieces_new(void)
{
	struct pieces *p = calloc(1, sizeof *p);

	ENSURE(p != NULL);
	return p;
}

static void empty(struct kept *k)
{
	free(k->scope);
	free(k->types);
	free(k->body);
	*k = (struct kept){.scope = NULL};
}

void pieces_destroy(struct pieces **p)
{
	if (*p == NULL)
		return;
	for (unsigned i = 0; i < PIECES_KEPT; i++)
		empty(&(*p)->kept[i]);
	free(*p);
	*p = NULL;
}

static bool is_same(const struct piece_key *a, const struct piece_key *b)
{
	return a->state_seq == b->state_seq && a->after_seq == b->after_seq &&
	       a->previous_seq == b->previous_seq && strcmp(a->scope, b->scope) == 0 &&
	       bytes_equal(a->types, b->types);
}

const struct piece *pieces_find(struct pieces *p, const struct piece_key *key)
{
	for (unsigned i = 0; i < PIECES_KEPT; i++)
		if (p->kept[i].body != NULL && is_same(&p->kept[i].key, key))
			return &p->kept[i].piece;
	return NULL;
}

static uint8_t *copy_of(struct bytes b)
{
	uint8_t *copy = malloc(b.len + 1);

	ENSURE(copy != NULL);
	if (b.len > 0)
		memcpy(copy, b.data, b.len);
	return copy;
}

void pieces_keep(struct pieces *p, const struct piece_key *key, const struct piece *piece)
{
	struct kept *k = &p->kept[p->next++ % PIECES_KEPT];

	empty(k);
	*k = (struct kept){.key = *key,
			   .piece = *piece,
			   .scope = strdup(key->scope),
			   .types = copy_of(key->types),
			   .body = copy_of(piece->body)};
	ENSURE(k->scope != NULL);
	k->key.scope = k->scope;
	k->key.types.data = k->types;
	k->piece.body.data = k->body;
}
