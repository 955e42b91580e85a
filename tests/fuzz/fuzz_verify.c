/* Credentials of strangers: any two documents get seven answers, and only what was signed passes.
 */
#include "tests/fuzz/fuzz.h"

#include "libshared/check.h"
#include "services/issuance/documents/verify.h"

#include <string.h>

static void check_answers(const struct verification *v)
{
	bool failed = false;

	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		const struct verify_check *c = &v->checks[i];

		ENSURE(c->name != NULL);
		ENSURE(c->outcome <= VERIFY_NOT_MADE);
		ENSURE(memchr(c->text, '\0', sizeof c->text) != NULL && c->text[0] != '\0');
		ENSURE(text_is_clean(c->text, strlen(c->text)));
		failed = failed || c->outcome == VERIFY_FAILED;
	}
	ENSURE(v->verified == !failed);
}

/* The credential, a NUL, the key list. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, '\0', size);
	size_t len = nul == NULL ? size : (size_t)(nul - data), rest = MIN(len + 1, size);
	struct verify_input input = {
		.credential = {data, len},
		.did_document = {data + rest, size - rest},
		.now_us = INT64_C(1770000000) * US_PER_S,
	};
	struct verification v;

	memset(&v, 'x', sizeof v);
	credential_verify(&input, &v);
	check_answers(&v);
	return 0;
}
