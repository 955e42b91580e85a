/* Writes what fuzz_commands.c starts from: each command, query and neighbour's event of a service
 * (CAIRN_FUZZED) as a file with something plausible in every field, and one file with all of them.
 */
#include "libshared/check.h"
#include "libshared/engine.h"
#include "libshared/json.h"
#include "tests/fuzz/items.h"
#include "tests/support/kit.h"

#include <stdlib.h>
#include <string.h>

extern const struct service CAIRN_FUZZED;

struct word {
	const char *field, *value;
};

static const struct word words[] = {
	{"code", "LIT-101"},
	{"state", "TN"},
	{"language", "en"},
	{"profile", "double-read"},
	{"kind", "lesson_plan"},
	{"type", "application/pdf"},
	{"media_type", "text/csv"},
	{"issued", "2024-05-01"},
	{"expires", "2029-05-01"},
	{"requirement", "lit-101.e1"},
	{"requirements", "lit-101.e1"},
	{"question", "lit-101.o1"},
	{"row", "lit-101.r1"},
	{"criterion", "lit-101.r1"},
	{"level", "yes"},
	{"email", "a@cairn.example"},
	{"time_zone", "America/Chicago"},
	{"url", "https://cairn.example/a"},
	{"date", "2026-01-19"},
	{"stream", "enrollment.0.log"},
	{"did", "did:web:cairn.example:issuers:larkspur-rsa"},
};

static json_t *sample_message(const ProtobufCMessageDescriptor *type, const char *chosen);

static json_t *sample_text(const char *field)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].field, field) == 0)
			return json_string(words[i].value);
	return json_sprintf("%s of ten words that says what was seen and tried", field);
}

static bool ends_with(const char *text, const char *tail)
{
	size_t len = strlen(text), tail_len = strlen(tail);

	return len >= tail_len && strcmp(text + len - tail_len, tail) == 0;
}

static json_t *sample_bytes(const char *field)
{
	struct id id = fuzz_item_id(field);

	if (ends_with(field, "sha256"))
		return json_string(
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	return json_string(ID_STR(bytes_of_id(&id)));
}

static json_t *sample_value(const ProtobufCFieldDescriptor *f)
{
	const ProtobufCEnumDescriptor *values = f->descriptor;

	switch (f->type) {
	case PROTOBUF_C_TYPE_STRING:
		return sample_text(f->name);
	case PROTOBUF_C_TYPE_BYTES:
		return sample_bytes(f->name);
	case PROTOBUF_C_TYPE_BOOL:
		return json_true();
	case PROTOBUF_C_TYPE_ENUM:
		return json_string(values->values[values->n_values - 1].name);
	case PROTOBUF_C_TYPE_MESSAGE:
		return sample_message(f->descriptor, NULL);
	default:
		return json_integer(ends_with(f->name, "_us") ? KIT_EPOCH_US + US_PER_DAY : 1);
	}
}

/* Of a oneof only the member that is chosen, or its first one. */
static json_t *sample_message(const ProtobufCMessageDescriptor *type, const char *chosen)
{
	json_t *object = json_object();
	bool taken = false;

	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &type->fields[i];
		bool oneof = (f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
		json_t *value;

		if (oneof && (chosen != NULL ? strcmp(f->name, chosen) != 0 : taken))
			continue;
		taken = taken || oneof;
		value = sample_value(f);
		if (f->label == PROTOBUF_C_LABEL_REPEATED)
			value = json_pack("[o]", value);
		json_object_set_new(object, f->name, value);
	}
	return object;
}

struct seeds {
	const char *folder;
	FILE *all;
};

static void write_seed(struct seeds *s, const ProtobufCMessageDescriptor *outer, unsigned field,
		       struct item item)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	const ProtobufCFieldDescriptor *f = &outer->fields[field];
	json_t *json = sample_message(outer, f->name);
	const ProtobufCMessage *message;
	char fault[200], path[4096];
	FILE *out;

	message = message_of_json(outer, json, arena, fault);
	json_decref(json);
	ENSURE(message != NULL);
	item.body = message_pack(message, arena);
	snprintf(path, sizeof path, "%s/%s.%s", s->folder, outer->name, f->name);
	out = fopen(path, "we");
	ENSURE(out != NULL);
	fuzz_item_write(out, &item);
	ENSURE(fclose(out) == 0);
	fuzz_item_write(s->all, &item);
}

/* who: every role for a command; of an event the neighbour. */
static void write_seeds(struct seeds *s, const ProtobufCMessageDescriptor *outer,
			enum item_what what, uint8_t who)
{
	for (unsigned i = 0; i < outer->n_fields; i++)
		write_seed(s, outer, i,
			   (struct item){what, (uint8_t)outer->fields[i].id, who, BYTES_NONE});
}

static void write_all(struct seeds *s)
{
	const struct service *service = &CAIRN_FUZZED;

	for (unsigned i = 0; i < service->n_upstreams; i++)
		write_seeds(s, service->upstreams[i].event, ITEM_EVENT, (uint8_t)i);
	write_seeds(s, service->command, ITEM_COMMAND, 0);
	write_seeds(s, service->query, ITEM_QUERY, 0);
	fuzz_item_write(s->all, &(struct item){ITEM_TIME, 100, 0, BYTES_NONE});
}

int main(int argc, char **argv)
{
	struct seeds s = {.folder = argv[1]};
	char path[4096];

	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return EXIT_FAILURE;
	}
	snprintf(path, sizeof path, "%s/all", s.folder);
	s.all = fopen(path, "we");
	ENSURE(s.all != NULL);
	write_all(&s);
	ENSURE(fclose(s.all) == 0);
	return EXIT_SUCCESS;
}
