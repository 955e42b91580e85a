/* What a webhook's receiver answers: bounded, clean texts, or nothing. */
#include "tests/fuzz/fuzz.h"

#include "libshared/check.h"
#include "services/notification/webhook/webhook_answer.h"

#include <string.h>

#define TEXT_MAX 200

static void check_text(const char *text)
{
	ENSURE(strlen(text) <= TEXT_MAX && text_is_clean(text, strlen(text)));
}

static void read_answer(struct bytes body, struct arena *arena)
{
	struct sink_answer a;
	const char *fault = webhook_answer_read(body, arena, &a);

	check_text(a.reference);
	check_text(a.because);
	ENSURE(fault == NULL || !a.given);
	ENSURE(a.given || (!a.accepted && a.reference[0] == '\0'));
	ENSURE((a.because[0] != '\0') == (a.given && !a.accepted));
}

static void read_event(struct bytes data, struct arena *arena)
{
	Cairn__CloudEvent event = CAIRN__CLOUD_EVENT__INIT;
	struct id posting;

	event.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event.text_data = arena_text(arena, data);
	if (webhook_posting(&event, &posting))
		ENSURE(strstr(event.text_data, "urn:uuid:") != NULL ||
		       strchr(event.text_data, '\\') != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes body = {data, MIN(size, HTTP_BODY_MAX)};
	struct arena *arena = arena_new(4096);

	read_answer(body, arena);
	read_event(body, arena);
	/* Who says back what was not asked echoes nothing. */
	if (webhook_echoes(body, "00112233445566778899aabbccddeeff"))
		ENSURE(body.len >= 32);
	arena_destroy(&arena);
	return 0;
}
