/* Pictures of strangers: a credential is read out, or a sentence says why not; and whatever was
 * read out is read or refused as a credential. */
#include "tests/fuzz/fuzz.h"

#include "services/issuance/forms/bake.h"
#include "services/issuance/forms/facts.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new((size_t)64 << 10);
	struct form_problem problem = {0}, none = {0};
	struct form_facts facts;
	struct bytes credential;

	if (form_unbake((struct bytes){data, size}, arena, &credential, &problem)) {
		ENSURE(problem.text[0] == '\0' && credential.len > 0);
		ENSURE(form_facts_read(credential, arena, &facts, &none) || none.text[0] != '\0');
	} else {
		ENSURE(problem.text[0] != '\0');
	}
	arena_destroy(&arena);
	return 0;
}
