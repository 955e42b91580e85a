/* What anyone may ask of the transparency log: checkpoints, proofs, leaves. */
#include "services/issuance/documents/checkpoint.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/tables.h"
#include "services/issuance/transparency.h"

#define LEAVES_MAX 500 /* in one answer */

/* NULL: none of at least that size yet. */
static Issuance__CheckpointAnswer *describe_checkpoint(struct query *q, uint64_t size)
{
	Issuance__CheckpointAnswer *a = arena_alloc(q->arena, sizeof *a);
	const Issuance__CheckpointSigned *c;
	uint8_t key[ED25519_PUBLIC_LEN];

	issuance__checkpoint_answer__init(a);
	a->leaves = transparency_size(q->view);
	c = checkpoint_get(q->view, size, q->arena, &a->signed_us);
	if (c == NULL)
		return NULL;
	a->size = c->size;
	a->note = c->note;
	ENSURE(multikey_public(c->key, key)); /* ours */
	a->verifier =
		arena_text(q->arena, bytes_of_text(checkpoint_verifier(c->origin, key, q->arena)));
	return a;
}

static Cairn__Status no_checkpoint(struct query *q)
{
	return query_refuse(q, CAIRN__STATUS__INVALID,
			    "no checkpoint covers it yet; the next one is signed within a minute");
}

Cairn__Status get_checkpoint(const Issuance__Query *query, struct query *q)
{
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;

	answer_message.body_case = ISSUANCE__ANSWER__BODY_CHECKPOINT;
	answer_message.checkpoint = describe_checkpoint(q, query->get_checkpoint->size);
	if (answer_message.checkpoint == NULL)
		return no_checkpoint(q);
	return query_answer(q, &answer_message.base);
}

static void list_proof(struct query *q, const struct merkle_hash *proof, size_t n,
		       ProtobufCBinaryData **list_r)
{
	*list_r = arena_alloc(q->arena, MAX(n, (size_t)1) * sizeof **list_r);
	for (size_t i = 0; i < n; i++)
		(*list_r)[i] = pb_of_bytes(arena_copy(q->arena, BYTES_OF(proof[i].bytes)));
}

static Issuance__Leaf *describe_leaf(struct query *q, uint64_t index, struct bytes text)
{
	Issuance__Leaf *leaf = arena_alloc(q->arena, sizeof *leaf);

	issuance__leaf__init(leaf);
	leaf->index = index;
	leaf->text = arena_text(q->arena, text);
	return leaf;
}

static Issuance__Leaf *leaf_with_proof(struct query *q, uint64_t index, uint64_t size)
{
	struct merkle_nodes nodes = transparency_nodes(&q->view);
	struct merkle_hash proof[MERKLE_PROOF_MAX];
	struct key key = {0};
	Issuance__Leaf *leaf;
	struct bytes text;

	ENSURE(view_get(q->view, LEAF, key_add_u64(&key, index), &text));
	leaf = describe_leaf(q, index, text);
	if (index < size)
		leaf->n_proof = merkle_inclusion(&nodes, index, size, proof);
	list_proof(q, proof, leaf->n_proof, &leaf->proof);
	return leaf;
}

Cairn__Status get_inclusion(const Issuance__Query *query, struct query *q)
{
	struct bytes credential = bytes_of_pb(query->get_inclusion->credential), key, val;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__InclusionAnswer a = ISSUANCE__INCLUSION_ANSWER__INIT;
	struct scan scan;

	if (!is_id(credential))
		return query_refuse(q, CAIRN__STATUS__INVALID, "credential: 16 bytes are expected");
	a.checkpoint = describe_checkpoint(q, 0);
	if (a.checkpoint == NULL)
		return no_checkpoint(q);
	a.leaves = arena_alloc(q->arena, LEAVES_MAX * sizeof(Issuance__Leaf *));
	scan = scan_first(q->view, LEAF_OF, credential, credential);
	while (a.n_leaves < LEAVES_MAX && scan_next(&scan, &key, &val))
		a.leaves[a.n_leaves++] =
			leaf_with_proof(q, get_u64_be(key.data + ID_LEN), a.checkpoint->size);
	scan_end(&scan);
	if (a.n_leaves == 0)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "credential: the log has no leaf about it");
	answer_message.body_case = ISSUANCE__ANSWER__BODY_INCLUSION;
	answer_message.inclusion = &a;
	return query_answer(q, &answer_message.base);
}

Cairn__Status get_consistency(const Issuance__Query *query, struct query *q)
{
	struct merkle_nodes nodes = transparency_nodes(&q->view);
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__ConsistencyAnswer a = ISSUANCE__CONSISTENCY_ANSWER__INIT;
	struct merkle_hash proof[MERKLE_PROOF_MAX];

	a.from = query->get_consistency->from;
	a.checkpoint = describe_checkpoint(q, 0);
	if (a.checkpoint == NULL)
		return no_checkpoint(q);
	if (a.from == 0 || a.from > a.checkpoint->size)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "from: a size between 1 and that of the newest checkpoint is "
				    "expected");
	a.n_proof = merkle_consistency(&nodes, a.from, a.checkpoint->size, proof);
	list_proof(q, proof, a.n_proof, &a.proof);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_CONSISTENCY;
	answer_message.consistency = &a;
	return query_answer(q, &answer_message.base);
}

Cairn__Status list_leaves(const Issuance__Query *query, struct query *q)
{
	const Issuance__ListLeaves *ask = query->list_leaves;
	size_t most = ask->limit == 0 ? LEAVES_MAX : MIN(ask->limit, (size_t)LEAVES_MAX);
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__LeafList list = ISSUANCE__LEAF_LIST__INIT;
	struct key from = {0};
	struct scan scan = scan_first(q->view, LEAF, BYTES_NONE, key_add_u64(&from, ask->first));
	struct bytes key, text;

	list.leaves = arena_alloc(q->arena, most * sizeof *list.leaves);
	while (list.n_leaves < most && scan_next(&scan, &key, &text))
		list.leaves[list.n_leaves++] = describe_leaf(q, get_u64_be(key.data), text);
	scan_end(&scan);
	if (ask->first + list.n_leaves < transparency_size(q->view))
		list.next = ask->first + list.n_leaves;
	answer_message.body_case = ISSUANCE__ANSWER__BODY_LEAVES;
	answer_message.leaves = &list;
	return query_answer(q, &answer_message.base);
}
