/* Proofs of the transparency log, each checked here before it is told. */
#include "services/ctl/commands.h"
#include "services/ctl/files.h"

#include "proto/issuance.pb-c.h"
#include "services/issuance/documents/checkpoint.h"

#include <inttypes.h>
#include <string.h>

#define NOTE_MAX_BYTES ((size_t)64 << 10)
#define FILE_MAX_BYTES ((size_t)4 << 20)

/* ---- checking ---- */

/* The verifier key that the operator has pinned, or else the one that the log tells. */
static bool open_checkpoint(struct ctl *c, const Issuance__CheckpointAnswer *a,
			    struct checkpoint *checkpoint_r)
{
	const char *pinned = given(c, "verifier");
	const char *verifier = pinned != NULL ? pinned : a->verifier;

	if (checkpoint_open(bytes_of_text(a->note), verifier, c->arena, checkpoint_r))
		return true;
	ctl_fault(c, CTL_DIFFERS, "the newest checkpoint is not signed by %s", verifier);
	return false;
}

/* Borrows the answer's hashes. */
static struct merkle_proof proof_of(struct ctl *c, const ProtobufCBinaryData *hashes, size_t n)
{
	struct merkle_hash *list = arena_zalloc(c->arena, MAX(n, (size_t)1) * sizeof *list);

	for (size_t i = 0; i < n; i++)
		if (hashes[i].len == sizeof *list)
			memcpy(&list[i], hashes[i].data, sizeof *list);
	return (struct merkle_proof){list, n};
}

static bool leaf_is_included(struct ctl *c, const Issuance__Leaf *leaf, const struct checkpoint *at)
{
	struct bytes text = bytes_of_text(leaf->text);
	struct merkle_hash hash;

	if (text.len > MERKLE_LEAF_MAX)
		return false;
	hash = merkle_leaf(text);
	return merkle_inclusion_holds(&hash, leaf->index, at->size,
				      proof_of(c, leaf->proof, leaf->n_proof), &at->root);
}

/* A leaf that is younger than the checkpoint is told as such, and is no fault. */
static unsigned check_leaves(struct ctl *c, const Issuance__InclusionAnswer *a,
			     const struct checkpoint *at)
{
	unsigned n_included = 0;

	for (size_t i = 0; i < a->n_leaves; i++) {
		const Issuance__Leaf *leaf = a->leaves[i];

		if (leaf->index >= at->size) {
			say(c, "leaf %" PRIu64 " awaits the next checkpoint: %s\n", leaf->index,
			    leaf->text);
		} else if (leaf_is_included(c, leaf, at)) {
			say(c, "leaf %" PRIu64 " is in the log: %s\n", leaf->index, leaf->text);
			n_included++;
		} else {
			ctl_fault(c, CTL_DIFFERS,
				  "leaf %" PRIu64 " is NOT proved by the checkpoint", leaf->index);
		}
	}
	return n_included;
}

/* The document in hand is one that a leaf names. */
static void check_file(struct ctl *c, const Issuance__InclusionAnswer *a)
{
	struct bytes content;
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	if (!is_given(c, "file") || !file_read(c, given(c, "file"), FILE_MAX_BYTES, &content))
		return;
	sha256(content, hash);
	hex_of_bytes(BYTES_OF(hash), hex);
	for (size_t i = 0; i < a->n_leaves; i++)
		if (strstr(a->leaves[i]->text, hex) != NULL) {
			say(c, "%s is the document of leaf %" PRIu64 "\n", given(c, "file"),
			    a->leaves[i]->index);
			return;
		}
	ctl_fault(c, CTL_DIFFERS, "%s: no leaf of the log names this document", given(c, "file"));
}

/* ---- commands ---- */

static int prove_inclusion(struct ctl *c)
{
	const Issuance__InclusionAnswer *a = (const Issuance__InclusionAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_inclusion",
		json_pack("{s:s}", "credential", given(c, "credential")));
	struct checkpoint at;

	if (a == NULL || !open_checkpoint(c, a->checkpoint, &at))
		return ctl_exit_code(c);
	tell(c, "proof", json_of_message(&a->base));
	tell_count(c, "included", check_leaves(c, a, &at));
	check_file(c, a);
	return ctl_exit_code(c);
}

static int prove_consistency(struct ctl *c)
{
	const Issuance__ConsistencyAnswer *a;
	struct checkpoint older, newer;
	struct bytes note;

	if (!file_read(c, given(c, "older"), NOTE_MAX_BYTES, &note))
		return ctl_exit_code(c);
	if (!checkpoint_open(note, given(c, "verifier"), c->arena, &older))
		return (int)ctl_fault(c, CTL_DIFFERS, "%s: no checkpoint signed by %s",
				      given(c, "older"), given(c, "verifier"));
	a = (const Issuance__ConsistencyAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_consistency",
		json_pack("{s:I}", "from", (json_int_t)older.size));
	if (a == NULL || !open_checkpoint(c, a->checkpoint, &newer))
		return ctl_exit_code(c);
	tell(c, "proof", json_of_message(&a->base));
	if (!merkle_consistency_holds(older.size, &older.root, newer.size, &newer.root,
				      proof_of(c, a->proof, a->n_proof)))
		return (int)ctl_fault(c, CTL_DIFFERS,
				      "the log of %" PRIu64
				      " leaves does NOT continue that of %" PRIu64
				      ": show both checkpoints to others",
				      newer.size, older.size);
	say(c, "the log of %" PRIu64 " leaves continues that of %" PRIu64 "\n", newer.size,
	    older.size);
	return ctl_exit_code(c);
}

static int show_checkpoint(struct ctl *c)
{
	const Issuance__CheckpointAnswer *a = (const Issuance__CheckpointAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_checkpoint",
		json_pack("{s:I}", "size", (json_int_t)given_count(c, "size", 0)));
	struct checkpoint at;

	if (a == NULL || !open_checkpoint(c, a, &at))
		return ctl_exit_code(c);
	if (is_given(c, "to") && !file_write(c, given(c, "to"), bytes_of_text(a->note)))
		return ctl_exit_code(c);
	tell_message(c, &a->base);
	return ctl_exit_code(c);
}

#define VERIFIER(need)                                                                             \
	OWN_OPTION("verifier", "KEY", "the log's key, as it was told at another time", P_TEXT, need)

static const struct command rows[] = {
	{"proof", "checkpoint", "show how far the transparency log is, signed",
	 PARAMS(OWN_OPTION("size", "N", "the first of at least so many leaves", P_COUNT, MAY),
		OWN_OPTION("to", "FILE", "write the signed note there", P_TEXT, MAY),
		VERIFIER(MAY)),
	 .run = show_checkpoint},
	{"proof", "inclusion", "prove that a credential is in the log",
	 PARAMS(OWN_WORD("credential", "CREDENTIAL", "the credential's id", P_ID, MUST),
		OWN_OPTION("file", "FILE", "the document that a leaf must name", P_TEXT, MAY),
		VERIFIER(MAY)),
	 .run = prove_inclusion},
	{"proof", "consistency", "prove that the log continues an older checkpoint",
	 PARAMS(OWN_OPTION("older", "FILE", "the older checkpoint's note", P_TEXT, MUST),
		VERIFIER(MUST)),
	 .run = prove_consistency},
	{"proof", "leaves", "list the log's leaves",
	 PARAMS(OPTION("first", "N", "from that number on (default: 0)", P_COUNT, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 .to = TO_ISSUANCE, .asks = "list_leaves"},
};

const struct command_list proof_commands = {rows, ARRAY_LEN(rows)};
