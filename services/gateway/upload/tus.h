/*
 * What the headers of a resumable upload say (tus 1.0.0), read strictly and bounded: they come from
 * anywhere.
 */
#ifndef CAIRN_GATEWAY_TUS_H
#define CAIRN_GATEWAY_TUS_H

#include "libshared/arena.h"

#define TUS_VERSION "1.0.0"
#define TUS_METADATA_MAX ((size_t)4096)
#define TUS_PAIRS_MAX 16
#define TUS_VALUE_MAX ((size_t)255)
#define TUS_DIGEST_MAX ((size_t)32)

/* Of Upload-Metadata, what an item of evidence needs; "" where it was not said. The name of the
 * file is not among it: it may name a student, and nobody asks for it. */
struct tus_metadata {
	const char *enrollment, *requirement, *type, *captured_on, *sha256, *student_data;
};

/* NULL: sound, and what it says is in the arena. Else what is wrong with it. */
const char *tus_metadata_read(const char *header, struct arena *arena,
			      struct tus_metadata *metadata_r);

/* Digits only, at most 2^53. NULL is none. */
bool tus_number(const char *text, uint64_t *number_r);

struct tus_checksum {
	const char *algorithm; /* as OpenSSL names it */
	uint8_t digest[TUS_DIGEST_MAX];
	size_t len;
};
enum tus_checksum_fault { TUS_SUM_SOUND, TUS_SUM_UNKNOWN, TUS_SUM_BAD };
enum tus_checksum_fault tus_checksum_read(const char *header, struct tus_checksum *sum_r);
bool tus_checksum_holds(const struct tus_checksum *sum, struct bytes content);

#endif
