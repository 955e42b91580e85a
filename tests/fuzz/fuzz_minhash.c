/* Any bytes as two texts: a text is wholly like itself, likeness has no direction, and a signature
 * comes back from an event. */
#include "services/evidence/minhash.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[32];
	uint8_t bytes[MINHASH_BYTES];
	struct minhash a, b, back;

	minhash_of((struct bytes){data, size / 2}, key, &a);
	minhash_of((struct bytes){data + size / 2, size - size / 2}, key, &b);
	ENSURE(minhash_permille(&a, &a) == (a.shingles > 0 ? 1000 : 0));
	ENSURE(minhash_permille(&a, &b) == minhash_permille(&b, &a));
	minhash_put(&a, bytes);
	ENSURE(minhash_get((struct bytes){bytes, sizeof bytes}, a.shingles, &back) ==
	       (a.shingles > 0));
	ENSURE(a.shingles == 0 || memcmp(&a, &back, sizeof a) == 0);
	return 0;
}
