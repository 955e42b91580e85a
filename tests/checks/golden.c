/*
 * Golden bytes: every message that was ever written or sent must still be read.
 *
 *	check_golden FILE          each line decodes whole and packs to the same bytes, and every
 *	                           message of today has a line
 *	check_golden --write FILE  adds lines for messages that have none; changes none
 *
 * A line is "enrollment.Command.enroll HEX": a message with something in every field. A field that
 * was removed, renumbered or given another type leaves bytes that no longer decode: released
 * numbers are for ever.
 */
#include "libshared/check.h"
#include "libshared/json.h"
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/follow.pb-c.h"
#include "proto/gateway.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"
#include "proto/public.pb-c.h"
#include "proto/runtime.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LEN 120
#define LINE_LEN 65536

static const ProtobufCMessageDescriptor *const outers[] = {
	&cairn__head__descriptor,
	&cairn__reply_head__descriptor,
	&cairn__sealed__descriptor,
	&cairn__position__descriptor,
	&cairn__follow_message__descriptor,
	&cairn__cloud_event__descriptor,
	&cairn__runtime_command__descriptor,
	&cairn__runtime_event__descriptor,
	&cairn__runtime_query__descriptor,
	&cairn__runtime_answer__descriptor,
	&enrollment__command__descriptor,
	&enrollment__event__descriptor,
	&enrollment__query__descriptor,
	&enrollment__answer__descriptor,
	&enrollment__person__descriptor,
	&enrollment__license_number__descriptor,
	&evidence__command__descriptor,
	&evidence__event__descriptor,
	&evidence__query__descriptor,
	&evidence__answer__descriptor,
	&assessment__command__descriptor,
	&assessment__event__descriptor,
	&assessment__query__descriptor,
	&assessment__answer__descriptor,
	&issuance__command__descriptor,
	&issuance__event__descriptor,
	&issuance__query__descriptor,
	&issuance__answer__descriptor,
	&issuance__public_row__descriptor,
	&notification__command__descriptor,
	&notification__event__descriptor,
	&notification__query__descriptor,
	&notification__answer__descriptor,
	&gateway__command__descriptor,
	&gateway__event__descriptor,
	&gateway__query__descriptor,
	&gateway__answer__descriptor,
};

/* ---- something in every field ---- */

static json_t *sample_message(const ProtobufCMessageDescriptor *type, const char *chosen);

static json_t *sample_value(const ProtobufCFieldDescriptor *f)
{
	const ProtobufCEnumDescriptor *words;

	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		return json_sprintf("%s \xc3\xa9", f->name);
	case PROTOBUF_C_TYPE_BYTES:
		return json_string("018f0000-0000-7000-8000-000000000001");
	case PROTOBUF_C_TYPE_BOOL:
		return json_true();
	case PROTOBUF_C_TYPE_ENUM:
		words = f->descriptor;
		return json_string(words->values[words->n_values - 1].name);
	case PROTOBUF_C_TYPE_MESSAGE:
		return sample_message(f->descriptor, NULL);
	default:
		return json_integer((json_int_t)f->id * 1000 + 7);
	}
}

static bool in_oneof(const ProtobufCFieldDescriptor *f)
{
	return (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* Of a oneof only the member that is chosen, or its first one. */
static json_t *sample_message(const ProtobufCMessageDescriptor *type, const char *chosen)
{
	json_t *object = json_object();
	bool taken = false;

	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &type->fields[i];
		json_t *value;

		if (in_oneof(f) && (chosen != NULL ? strcmp(f->name, chosen) != 0 : taken))
			continue;
		taken = taken || in_oneof(f);
		value = sample_value(f);
		if (f->label == PROTOBUF_C_LABEL_REPEATED)
			value = json_pack("[o]", value);
		json_object_set_new(object, f->name, value);
	}
	return object;
}

static struct bytes sample_bytes(const ProtobufCMessageDescriptor *type, const char *member,
				 struct arena *arena)
{
	json_t *json = sample_message(type, member);
	char fault[200];
	const ProtobufCMessage *message = message_of_json(type, json, arena, fault);

	if (message == NULL) {
		fprintf(stderr, "%s: %s\n", type->name, fault);
		exit(EXIT_FAILURE);
	}
	json_decref(json);
	return message_pack(message, arena);
}

/* ---- lines ---- */

/* "enrollment.Command.enroll", or "cairn.Head" for a message that is no choice. */
static void name_line(const ProtobufCMessageDescriptor *type, const char *member,
		      char name_r[NAME_LEN])
{
	snprintf(name_r, NAME_LEN, "%s%s%s", type->name, member != NULL ? "." : "",
		 member != NULL ? member : "");
}

static bool is_choice(const ProtobufCMessageDescriptor *type)
{
	for (unsigned i = 0; i < type->n_fields; i++)
		if (!in_oneof(&type->fields[i]))
			return false;
	return true;
}

static bool file_has(const char *path, const char *name)
{
	static char line[LINE_LEN];
	FILE *f = fopen(path, "re");
	size_t len = strlen(name);
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
		found = strncmp(line, name, len) == 0 && line[len] == ' ';
	if (f != NULL)
		fclose(f);
	return found;
}

static void write_line(const char *path, const ProtobufCMessageDescriptor *type, const char *member)
{
	struct arena *arena = arena_new(1 << 16);
	struct bytes bytes = sample_bytes(type, member, arena);
	char name[NAME_LEN], *hex = arena_alloc(arena, 2 * bytes.len + 1);
	FILE *f = fopen(path, "ae");

	ENSURE(f != NULL);
	name_line(type, member, name);
	hex_of_bytes(bytes, hex);
	fprintf(f, "%s %s\n", name, hex);
	ENSURE(fclose(f) == 0);
	arena_destroy(&arena);
}

/* A message of today without a line: written, or told. */
static unsigned missing(const char *path, bool write, const ProtobufCMessageDescriptor *type,
			const char *member)
{
	char name[NAME_LEN];

	name_line(type, member, name);
	if (file_has(path, name))
		return 0;
	if (write) {
		write_line(path, type, member);
		return 0;
	}
	printf("%s has no golden bytes; add them: check_golden --write %s\n", name, path);
	return 1;
}

static unsigned all_missing(const char *path, bool write)
{
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_LEN(outers); i++) {
		const ProtobufCMessageDescriptor *type = outers[i];

		if (!is_choice(type))
			n += missing(path, write, type, NULL);
		for (unsigned k = 0; is_choice(type) && k < type->n_fields; k++)
			n += missing(path, write, type, type->fields[k].name);
	}
	return n;
}

/* ---- reading what was written ---- */

static const ProtobufCMessageDescriptor *type_of_line(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(outers); i++) {
		size_t len = strlen(outers[i]->name);

		if (strncmp(name, outers[i]->name, len) == 0 &&
		    (name[len] == '\0' || name[len] == '.'))
			return outers[i];
	}
	return NULL;
}

static bool still_reads(const char *name, const char *hex)
{
	struct arena *arena = arena_new(1 << 16);
	const ProtobufCMessageDescriptor *type = type_of_line(name);
	struct limits limits = EVENT_LIMITS;
	size_t len = strlen(hex) / 2;
	uint8_t *raw = arena_alloc(arena, len + 1);
	struct message_fault fault = {.text = "its outer message is gone"};
	const ProtobufCMessage *message = NULL;
	bool same;

	limits.unknown_fields = false;
	ENSURE(bytes_of_hex(hex, raw, len));
	if (type != NULL)
		message = message_unpack(type, (struct bytes){raw, len}, &limits, arena, &fault);
	if (message == NULL)
		printf("%s no longer decodes: %s\n", name, fault.text);
	same = message != NULL &&
	       bytes_equal(message_pack(message, arena), (struct bytes){raw, len});
	if (message != NULL && !same)
		printf("%s packs to other bytes\n", name);
	arena_destroy(&arena);
	return same;
}

static unsigned unreadable(const char *path)
{
	static char line[LINE_LEN];
	FILE *f = fopen(path, "re");
	unsigned n = 0, lines = 0;

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		char *hex = strchr(line, ' ');

		ENSURE(hex != NULL);
		*hex++ = '\0';
		hex[strcspn(hex, "\n")] = '\0';
		n += !still_reads(line, hex);
		lines++;
	}
	if (f != NULL)
		fclose(f);
	printf("%u golden messages, %u of them unreadable\n", lines, n);
	return lines > 0 ? n : 1;
}

int main(int argc, char **argv)
{
	bool write = argc == 3 && strcmp(argv[1], "--write") == 0;
	const char *path = argv[argc - 1];

	if (argc != 2 && !write) {
		fprintf(stderr, "usage: check_golden [--write] FILE\n");
		return 2;
	}
	return all_missing(path, write) + unreadable(path) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
