/* Proofs of the transparency log. */
#include "services/gateway/proof/log_proof.h"

#include "services/issuance/documents/checkpoint.h"

#include <inttypes.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

static struct merkle_proof proof_of(const json_t *leaf, struct arena *arena)
{
	const json_t *hashes = json_object_get(leaf, "proof");
	size_t n = MIN(json_array_size(hashes), (size_t)MERKLE_PROOF_MAX);
	struct merkle_hash *list = arena_zalloc(arena, MAX(n, (size_t)1) * sizeof *list);

	for (size_t i = 0; i < n; i++) {
		const char *hex = json_string_value(json_array_get(hashes, i));

		if (hex == NULL || !bytes_of_hex(hex, list[i].bytes, sizeof list[i].bytes))
			memset(&list[i], 0, sizeof list[i]);
	}
	return (struct merkle_proof){list, n};
}

static bool is_included(const json_t *leaf, const struct checkpoint *at, struct arena *arena)
{
	struct bytes text = bytes_of_text(text_of(leaf, "text"));
	uint64_t index = (uint64_t)json_integer_value(json_object_get(leaf, "index"));
	struct merkle_hash hash;

	if (text.len > MERKLE_LEAF_MAX || index >= at->size)
		return false;
	hash = merkle_leaf(text);
	return merkle_inclusion_holds(&hash, index, at->size, proof_of(leaf, arena), &at->root);
}

/* The newest leaf that tells of the document; NULL: none does. */
static const json_t *leaf_of(const json_t *inclusion, const char *sha256)
{
	const json_t *leaves = json_object_get(inclusion, "leaves"), *found = NULL;
	json_t *leaf;
	size_t i;

	json_array_foreach(leaves, i, leaf) if (sha256[0] != '\0' &&
						strstr(text_of(leaf, "text"), sha256) != NULL)
		found = leaf;
	return found;
}

enum log_verdict log_proof(const json_t *inclusion, const char *sha256, struct arena *arena,
			   const char **why_r)
{
	const json_t *note = json_object_get(inclusion, "checkpoint");
	const json_t *leaf = leaf_of(inclusion, sha256);
	struct checkpoint at;

	*why_r = "The next checkpoint of the transparency log, within a minute, will cover it.";
	if (inclusion == NULL)
		return LOG_PENDING;
	if (!checkpoint_open(bytes_of_text(text_of(note, "note")), text_of(note, "verifier"), arena,
			     &at)) {
		*why_r = "The transparency log's checkpoint is not signed by its key.";
		return LOG_FAILED;
	}
	if (leaf == NULL) {
		*why_r = "The transparency log has no leaf of this document.";
		return LOG_FAILED;
	}
	if ((uint64_t)json_integer_value(json_object_get(leaf, "index")) >= at.size)
		return LOG_PENDING;
	if (!is_included(leaf, &at, arena)) {
		*why_r = "The transparency log's proof does not hold.";
		return LOG_FAILED;
	}
	*why_r = arena_printf(arena,
			      "Leaf %lld of the transparency log, proved by its checkpoint "
			      "of %" PRIu64 " leaves.",
			      (long long)json_integer_value(json_object_get(leaf, "index")),
			      at.size);
	return LOG_PROVED;
}
