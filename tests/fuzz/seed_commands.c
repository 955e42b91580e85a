/* Writes what fuzz_commands.c starts from: each command, query and neighbour's event of a service
 * (CAIRN_FUZZED) with something plausible in its fields, in a file that begins with the service's
 * journey, so that it finds something to work on; and one file with all of them. */
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
	{"ai_use", "none"},
	{"because", "request"},
	{"captured_on", "2026-01-05"},
	{"check", "evidence_sources"},
	{"client_id", "cairn"},
	{"client_secret", "hunter2"},
	{"code", "LIT-101"},
	{"component", "1.2"},
	{"contact", "duty@cairn.example"},
	{"credential_type", "Micro-credential"},
	{"criterion", "lit-101.r1"},
	{"data_standard", "6.1"},
	{"date", "2026-01-19"},
	{"descriptor_namespace", "uri://cairn.example"},
	{"did", "did:web:cairn.example:issuers:larkspur-rsa"},
	{"email", "ana@cairn.example"},
	{"expires", "2029-05-01"},
	{"given_by_role", "parent"},
	{"flags", "none"},
	{"handle", "ana"},
	{"issued", "2024-05-01"},
	{"kind", "lesson_plan"},
	{"label", "nightly"},
	{"language", "en"},
	{"level", "yes"},
	{"login", "ana"},
	{"media_type", "text/plain"},
	{"name", "larkspur"},
	{"namespace", "uri://cairn.example"},
	{"number", "TN-998877"},
	{"password", "$argon2id$v=19$m=65536,t=2,p=1$g8zZ2f8SpY94YflqmIkGuQ$"
		     "7+Exe+57lvsfsDkRQlkMzEoVx/VSk4ylKF9hp5QicCU"},
	{"person_source", "uri://cairn.example/SourceSystemDescriptor#State"},
	{"profile", "double-read"},
	{"purpose", "support"},
	{"question", "lit-101.o1"},
	{"requirement", "lit-101.e1"},
	{"requirements", "lit-101.e1"},
	{"resource", "lit-101.s1"},
	{"review_by", "2027-06-30"},
	{"row", "lit-101.r1"},
	{"rows", "lit-101.r1"},
	{"scope", "assessment"},
	{"scopes", "admin"},
	{"second_read_triggers", "always"},
	{"staff_id", "1234567"},
	{"state", "TN"},
	{"stream", "enrollment.0.log"},
	{"then", "standard"},
	{"time_zone", "America/Chicago"},
	{"type", "professional"},
	{"types", "org.cairn.credential.*"},
	{"url", "https://cairn.example/a"},
	{"why", "item_unreadable"},
};

/* What would have to be there first, and an assessor who judges only others' work. */
static const struct word left_out[] = {
	{"*", "parent"},
	{"*", "successor"},
	{"*", "school"},
	{"*", "district"},
	{"*", "orgs"},
	{"assessment.RegisterAssessor", "educator"},
	{"notification.Sink", "from"},
	{"notification.RecordDeliveries", "after"},
	{"notification.RecordDeliveries", "taken"},
	{"notification.RotateSinkSecret", "overlap_us"},
	{"notification.RecordDeliveries", "stop"},
	{"notification.RewindSink", "to"},
};

/* What a service must have seen before most of what can be asked of it makes sense. */
#define STEPS_MAX 8
static const struct journey {
	const char *service, *steps[STEPS_MAX];
} journeys[] = {
	{"enrollment",
	 {"register_org", "register_educator", "link_license", "enroll", "note_progress"}},
	{"evidence",
	 {"enrolled", "assessor_registered", "begin_artifact", "put_part", "finish_artifact",
	  "save_answer"}},
	{"assessment",
	 {"register_assessor", "qualify_assessor", "submission_sealed", "screen", "next_reading"}},
	{"issuance", {"add_key", "educator_registered", "license_linked", "decision_released"}},
	{"gateway", {"open_account", "grant_role", "make_token", "note_refused"}},
	{"notification",
	 {"educator_registered", "enrolled", "submission_sealed", "decision_released",
	  "set_preference", "add_sink", "record_deliveries"}},
};

static bool is_left_out(const ProtobufCMessageDescriptor *type, const char *field)
{
	for (size_t i = 0; i < ARRAY_LEN(left_out); i++)
		if (strcmp(left_out[i].value, field) == 0 &&
		    (left_out[i].field[0] == '*' || strcmp(left_out[i].field, type->name) == 0))
			return true;
	return false;
}

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

	/* A secret of the gateway is its hash, of notification an id. */
	if (ends_with(field, "sha256") ||
	    (strcmp(field, "secret") == 0 && strcmp(CAIRN_FUZZED.name, "notification") != 0))
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
		if (ends_with(f->name, "_us"))
			return json_integer(KIT_EPOCH_US + US_PER_DAY);
		return json_integer(strcmp(f->name, "offset") != 0);
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

		if (is_left_out(type, f->name))
			continue;
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

static void write_sample(FILE *out, const ProtobufCMessageDescriptor *outer, const char *member,
			 struct item item)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	json_t *json = sample_message(outer, member);
	const ProtobufCMessage *message;
	char fault[200];

	message = message_of_json(outer, json, arena, fault);
	json_decref(json);
	ENSURE(message != NULL);
	item.kind = (uint8_t)body_kind(message);
	if (item.what == ITEM_COMMAND && CAIRN_FUZZED.command_roles(item.kind) == ROLE_SELF)
		item.who = ITEM_SELF;
	item.body = message_pack(message, arena);
	fuzz_item_write(out, &item);
}

static bool has_member(const ProtobufCMessageDescriptor *outer, const char *member)
{
	return protobuf_c_message_descriptor_get_field_by_name(outer, member) != NULL;
}

/* Step is one of the service's commands, or of a neighbour's events. */
static void write_step(FILE *out, const char *step)
{
	const struct service *service = &CAIRN_FUZZED;
	unsigned up = 0;

	if (has_member(service->command, step)) {
		write_sample(out, service->command, step, (struct item){.what = ITEM_COMMAND});
		return;
	}
	while (up < service->n_upstreams && !has_member(service->upstreams[up].event, step))
		up++;
	ENSURE(up < service->n_upstreams);
	write_sample(out, service->upstreams[up].event, step,
		     (struct item){.what = ITEM_EVENT, .who = (uint8_t)up});
}

static void write_journey(FILE *out)
{
	const struct service *service = &CAIRN_FUZZED;

	for (size_t i = 0; i < ARRAY_LEN(journeys); i++)
		for (size_t k = 0; k < STEPS_MAX && journeys[i].steps[k] != NULL; k++)
			if (strcmp(journeys[i].service, service->name) == 0)
				write_step(out, journeys[i].steps[k]);
}

struct seeds {
	const char *folder;
	FILE *all;
};

/* item: which neighbour an event is of. */
static void write_seeds(struct seeds *s, const ProtobufCMessageDescriptor *outer, struct item item)
{
	for (unsigned i = 0; i < outer->n_fields; i++) {
		const char *member = outer->fields[i].name;
		char path[4096];
		FILE *out;

		snprintf(path, sizeof path, "%s/%s.%s", s->folder, outer->name, member);
		out = fopen(path, "we");
		ENSURE(out != NULL);
		write_journey(out);
		write_sample(out, outer, member, item);
		ENSURE(fclose(out) == 0);
		write_sample(s->all, outer, member, item);
	}
}

static void write_all(struct seeds *s)
{
	const struct service *service = &CAIRN_FUZZED;

	write_journey(s->all);
	write_seeds(s, service->command, (struct item){.what = ITEM_COMMAND});
	write_seeds(s, service->query, (struct item){.what = ITEM_QUERY});
	for (unsigned i = 0; i < service->n_upstreams; i++)
		write_seeds(s, service->upstreams[i].event,
			    (struct item){.what = ITEM_EVENT, .who = (uint8_t)i});
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
