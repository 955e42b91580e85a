/* The manifest of a submission, written member by member. */
#include "services/evidence/manifest.h"

#include "libshared/id.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Text that grows in an arena: what is outgrown is left there until the batch ends. */
struct text {
	struct arena *arena;
	char *at;
	size_t len, room;
};

static void text_add(struct text *t, const char *piece, size_t len)
{
	if (len > t->room - t->len) {
		size_t room = MAX(2 * t->room, t->len + len);
		char *at = arena_alloc(t->arena, room);

		memcpy(at, t->at, t->len);
		t->at = at;
		t->room = room;
	}
	memcpy(t->at + t->len, piece, len);
	t->len += len;
}

static void add(struct text *t, const char *piece)
{
	text_add(t, piece, strlen(piece));
}

static void add_number(struct text *t, const char *name, uint64_t value)
{
	char piece[64];

	snprintf(piece, sizeof piece, "\"%s\":%" PRIu64, name, value);
	add(t, piece);
}

/* Texts are checked UTF-8; of control characters the door lets line feed and tab in only. */
static void add_string(struct text *t, const char *value)
{
	add(t, "\"");
	for (const char *c = value; *c != '\0'; c++) {
		if (*c == '"')
			add(t, "\\\"");
		else if (*c == '\\')
			add(t, "\\\\");
		else if (*c == '\n')
			add(t, "\\n");
		else if (*c == '\t')
			add(t, "\\t");
		else
			text_add(t, c, 1);
	}
	add(t, "\"");
}

static void add_text(struct text *t, const char *name, const char *value)
{
	add(t, "\"");
	add(t, name);
	add(t, "\":");
	add_string(t, value);
}

static void add_hash(struct text *t, const char *name, ProtobufCBinaryData hash)
{
	char hex[2 * 32 + 1];

	ENSURE(hash.len == 32);
	hex_of_bytes(bytes_of_pb(hash), hex);
	add_text(t, name, hex);
}

static void add_id(struct text *t, const char *name, ProtobufCBinaryData id)
{
	add_text(t, name, ID_STR(bytes_of_pb(id)));
}

static void add_answers(struct text *t, const Evidence__SubmissionSealed *sealed)
{
	add(t, "\"answers\":[");
	for (size_t i = 0; i < sealed->n_answers; i++) {
		const Evidence__AnswerItem *answer = sealed->answers[i];

		add(t, i == 0 ? "{" : ",{");
		add_number(t, "bytes", answer->bytes);
		add(t, ",");
		add_text(t, "question", answer->question);
		add(t, ",");
		add_hash(t, "sha256", answer->sha256);
		add(t, ",");
		add_number(t, "words", answer->words);
		add(t, "}");
	}
	add(t, "]");
}

static void add_items(struct text *t, const Evidence__SubmissionSealed *sealed)
{
	add(t, "\"items\":[");
	for (size_t i = 0; i < sealed->n_items; i++) {
		const Evidence__Item *item = sealed->items[i];

		add(t, i == 0 ? "{" : ",{");
		add_number(t, "bytes", item->bytes);
		add(t, ",");
		add_text(t, "captured_on", item->captured_on);
		add(t, ",");
		add_text(t, "media_type", item->media_type);
		add(t, ",");
		add_number(t, "ordinal", item->ordinal);
		add(t, ",");
		add_text(t, "privacy", item->privacy);
		add(t, ",");
		add_text(t, "requirement", item->requirement);
		add(t, ",");
		add_hash(t, "sha256", item->sha256);
		add(t, "}");
	}
	add(t, "]");
}

static void add_rows(struct text *t, const Evidence__SubmissionSealed *sealed)
{
	add(t, "\"rows\":[");
	for (size_t i = 0; i < sealed->n_rows; i++) {
		if (i > 0)
			add(t, ",");
		add_string(t, sealed->rows[i]);
	}
	add(t, "]");
}

struct bytes manifest_of(const Evidence__SubmissionSealed *sealed, const char *code,
			 struct arena *arena)
{
	struct text t = {.arena = arena, .at = arena_alloc(arena, 4096), .room = 4096};

	add(&t, "{");
	add_text(&t, "ai_use", sealed->ai_use);
	add(&t, ",");
	add_answers(&t, sealed);
	add(&t, ",");
	add_number(&t, "attempt", sealed->attempt);
	add(&t, ",");
	add_text(&t, "entry", code);
	add(&t, ",");
	add_text(&t, "format", "cairn.manifest/1");
	add(&t, ",");
	add_items(&t, sealed);
	add(&t, sealed->own_work ? ",\"own_work\":true," : ",\"own_work\":false,");
	add_id(&t, "portfolio", sealed->portfolio);
	add(&t, ",");
	add_rows(&t, sealed);
	add(&t, ",");
	add_number(&t, "rubric_version", sealed->version);
	add(&t, ",");
	add_id(&t, "submission", sealed->submission);
	add(&t, "}");
	return (struct bytes){(const uint8_t *)t.at, t.len};
}
