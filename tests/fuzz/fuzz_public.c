/* What strangers send to the public page: forms with a file in them, and files that say that they
 * are credentials. Whatever it is, there is an answer. */
#include "services/gateway/proof/checks.h"
#include "services/gateway/proof/lookup.h"
#include "services/gateway/proof/multipart.h"
#include "services/issuance/forms/bake.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check(struct bytes credential, struct arena *arena)
{
	struct proof_input input = {.credential = credential};
	struct proof_names names;
	AUTO(json_decrefp) json_t *checks = NULL;
	struct id id;

	if (proof_names_read(credential, arena, &names))
		(void)id_at_end(names.id, &id);
	checks = proof_checks(&input, arena);
	ENSURE(json_array_size(json_object_get(checks, "checks")) >= 5);
	ENSURE(strcmp(json_text(checks, "verdict"), "valid") != 0); /* nothing is known here */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct bytes sent = {data, size}, file = sent, credential;
	struct form_problem problem = {0};

	if (multipart_find(sent, "multipart/form-data; boundary=b", "file", &file))
		ENSURE(file.data >= data && file.data + file.len <= data + size);
	if (form_unbake(file, arena, &credential, &problem))
		check(credential, arena);
	check(file, arena);
	return 0;
}
