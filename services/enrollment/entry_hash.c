/* The hash that names an entry's content: apart from its rules, since questions use it too. */
#include "libshared/blobs.h"
#include "libshared/check.h"
#include "services/enrollment/entry.h"

void entry_hash(const Enrollment__Entry *entry, struct arena *arena, char *hash_r)
{
	uint8_t hash[SHA256_LEN];

	sha256(message_pack(&entry->base, arena), hash);
	hex_of_bytes(BYTES_OF(hash), hash_r);
}
