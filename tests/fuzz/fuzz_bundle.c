/* Archives of strangers: read to the end as their manifest lists them, or refused with a sentence.
 */
#include "tests/fuzz/fuzz.h"

#include "services/ctl/bundle.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new((size_t)64 << 10);
	struct bundle b;

	if (bundle_read_memory(&b, (struct bytes){data, size}, arena)) {
		ENSURE(b.fault[0] == '\0' && strlen(b.sha256) == BUNDLE_HASH_LEN);
		for (size_t i = 0; i < b.n_files; i++)
			ENSURE(b.files[i].seen && bundle_path_ok(b.files[i].path) &&
			       b.files[i].bytes <= size);
	} else {
		ENSURE(b.fault[0] != '\0');
	}
	arena_destroy(&arena);
	return 0;
}
