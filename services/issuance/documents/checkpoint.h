/*
 * A checkpoint of the transparency log: how many leaves it has and their root, signed. The text is
 * that of C2SP tlog-checkpoint, the signature that of C2SP signed-note with algorithm 1 (Ed25519):
 *
 *	origin                        doe.example/transparency
 *	size                          1204
 *	root, base64                  CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *	                              (an empty line)
 *	— origin signature            — doe.example/transparency base64(key hash[4] || signature)
 *
 * The key's name is the origin. Whoever wants to check needs the verifier key, one word:
 * "origin+hash+key", the hash 4 bytes as hex, the key base64(01 || public key).
 */
#ifndef CAIRN_ISSUANCE_CHECKPOINT_H
#define CAIRN_ISSUANCE_CHECKPOINT_H

#include "libshared/arena.h"
#include "services/issuance/documents/merkle.h"
#include "services/issuance/documents/multibase.h"

struct checkpoint {
	const char *origin; /* 1 to CHECKPOINT_ORIGIN_MAX characters, no space and no + */
	uint64_t size;
	struct merkle_hash root;
};
#define CHECKPOINT_ORIGIN_MAX 200

/* The lines that are signed, final newline included. */
struct bytes checkpoint_text(const struct checkpoint *c, struct arena *arena);
/* The whole note: text, empty line, signature line. */
const char *checkpoint_note(struct bytes text, const char *origin,
			    const uint8_t public_key[ED25519_PUBLIC_LEN],
			    const uint8_t signature[ED25519_SIGNATURE_LEN], struct arena *arena);
const char *checkpoint_verifier(const char *origin, const uint8_t public_key[ED25519_PUBLIC_LEN],
				struct arena *arena);

/* The text of a signed note that verifies under that verifier key, in the arena. False: it is no
 * note, or not signed by that key. Notes by others, of any length, may be given. */
bool note_open(struct bytes note, const char *verifier, struct arena *arena,
	       struct bytes *text_r) MUST_CHECK;
/* The same for a checkpoint, whose origin is the key's name; strings live in the arena. */
bool checkpoint_open(struct bytes note, const char *verifier, struct arena *arena,
		     struct checkpoint *c_r) MUST_CHECK;

#endif
