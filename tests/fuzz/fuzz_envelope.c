/* What every socket carries: any bytes are refused with a fault, or are a message that works
 * everywhere. */
#include "tests/fuzz/fuzz.h"

#include "libshared/check.h"
#include "libshared/json.h"
#include "libshared/seal.h"
#include "proto/follow.pb-c.h"
#include "proto/public.pb-c.h"
#include "proto/runtime.pb-c.h"
#include "tests/support/sample.pb-c.h"

#include <stdlib.h>
#include <string.h>

static const ProtobufCMessageDescriptor *const types[] = {
	&cairn__head__descriptor,
	&cairn__reply_head__descriptor,
	&cairn__follow_message__descriptor,
	&cairn__cloud_event__descriptor,
	&cairn__runtime_command__descriptor,
	&cairn__runtime_event__descriptor,
	&cairn__runtime_query__descriptor,
	&cairn__runtime_answer__descriptor,
	&sample__command__descriptor, /* has every kind of field */
};

static void check_subject(void *ctx, struct bytes subject)
{
	size_t *n = ctx;

	ENSURE(is_id(subject));
	(*n)++;
}

static void check_print(const ProtobufCMessage *message)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ENSURE(out != NULL);
	message_print(out, message, 0);
	fclose(out);
	ENSURE(text_is_clean(text, len));
	free(text);
}

/* What was let in packs, prints, and reads back from JSON as the same bytes. A double that is no
 * number does not: only the sample has any. */
static void check_message(const ProtobufCMessage *message, struct arena *arena)
{
	struct bytes packed = message_pack(message, arena), again;
	json_t *json = json_of_message(message);
	ProtobufCMessage *read_back;
	char fault[200];
	size_t n_subjects = 0;

	check_print(message);
	message_subjects(message, check_subject, &n_subjects);
	read_back = message_of_json(message->descriptor, json, arena, fault);
	json_decref(json);
	if (message->descriptor == &sample__command__descriptor)
		return;
	ENSURE(read_back != NULL);
	again = message_pack(read_back, arena);
	ENSURE(bytes_equal(packed, again));
}

/* The first byte chooses the type, its top bit the limits; the rest is the frame. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	const struct limits *limits;
	struct message_fault fault;
	ProtobufCMessage *message;

	if (size == 0)
		return 0;
	limits = (data[0] & 0x80) != 0 ? &EVENT_LIMITS : &COMMAND_LIMITS;
	memset(&fault, 'x', sizeof fault);
	message = message_unpack(types[(data[0] & 0x7f) % ARRAY_LEN(types)],
				 (struct bytes){data + 1, size - 1}, limits, arena, &fault);
	ENSURE(arena_used(arena) <= (size_t)4 << 20);
	if (message == NULL)
		ENSURE(memchr(fault.text, '\0', sizeof fault.text) != NULL &&
		       fault.text[0] != '\0');
	else if (!limits->unknown_fields)
		check_message(message, arena);
	return 0;
}
