/* What a licensure system answers to a file, in any bytes: records that are told once each, in
 * order, with a reason where they were refused; or a sentence. The first byte chooses the form. */
#include "tests/fuzz/fuzz.h"

#include "services/issuance/rules/state_answers.h"

#include <string.h>

static const struct answer_field in_columns[] = {
	{"file", ANSWER_RUN, 0, 0},      {"record", ANSWER_RECORD, 0, 0},
	{"result", ANSWER_RESULT, 0, 0}, {"code", ANSWER_CODE, 0, 0},
	{"text", ANSWER_TEXT, 0, 0},     {"reference", ANSWER_REFERENCE, 0, 0}};
static const struct answer_field in_places[] = {{"record", ANSWER_RECORD, 1, 8},
						{"result", ANSWER_RESULT, 9, 9},
						{"code", ANSWER_CODE, 10, 13},
						{"text", ANSWER_TEXT, 14, 300}};
static const struct answer_layout layouts[] = {
	{false, in_columns, ARRAY_LEN(in_columns), 0, "OK", "NO", 14},
	{true, in_places, ARRAY_LEN(in_places), 1, "A", "R", 14},
};

static void check(const struct state_answers *a, bool says_run)
{
	ENSURE(a->n > 0 && a->n <= STATE_ANSWERS_MAX && a->fault[0] == '\0');
	for (size_t i = 0; i < a->n; i++) {
		const struct state_answer *x = &a->list[i], *before = i > 0 ? x - 1 : NULL;

		ENSURE(x->record > 0 && (x->run > 0) == says_run);
		ENSURE(strlen(x->because) <= STATE_ANSWER_TEXT &&
		       strlen(x->reference) <= STATE_ANSWER_TEXT);
		ENSURE(x->accepted == (x->because[0] == '\0'));
		ENSURE(before == NULL || before->run < x->run ||
		       (before->run == x->run && before->record < x->record));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new((size_t)64 << 10);
	struct state_answers answers;
	size_t form = size > 0 ? data[0] % ARRAY_LEN(layouts) : 0;
	struct bytes text = {data + (size > 0), size - (size > 0)};

	if (state_answers_read(&layouts[form], text, arena, &answers))
		check(&answers, form == 0);
	else
		ENSURE(answers.fault[0] != '\0');
	arena_destroy(&arena);
	return 0;
}
