/* Bodies of answers, from strangers. */
#include "services/notification/webhook/webhook_answer.h"

#include "libshared/check.h"

#include <jansson.h>
#include <string.h>

#define TEXT_MAX 200 /* as issuance takes them */
#define URN "urn:uuid:"

/* NULL: it is no object. */
static json_t *object_of(struct bytes body)
{
	json_t *json = body.len > 0 ? json_loadb((const char *)body.data, body.len,
						 JSON_REJECT_DUPLICATES, NULL)
				    : NULL;

	if (json != NULL && json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}

bool webhook_posting(const Cairn__CloudEvent *event, struct id *posting_r)
{
	json_t *data = event->data_case == CAIRN__CLOUD_EVENT__DATA_TEXT_DATA
			       ? object_of(bytes_of_text(event->text_data))
			       : NULL;
	const char *entry =
		json_string_value(json_object_get(json_object_get(data, "ledger"), "entryId"));
	bool found = entry != NULL && strncmp(entry, URN, strlen(URN)) == 0 &&
		     id_of_text(entry + strlen(URN), posting_r);

	json_decref(data);
	return found;
}

/* A member's text, in the arena; "" when it is absent or null. NULL: it is something else. */
static const char *text_of(const json_t *json, const char *name, struct arena *arena)
{
	const json_t *value = json_object_get(json, name);
	size_t len = json_string_length(value);

	if (value == NULL || json_is_null(value))
		return "";
	if (!json_is_string(value) || len > TEXT_MAX ||
	    !text_is_clean(json_string_value(value), len))
		return NULL;
	return arena_text(arena, bytes_of_text(json_string_value(value)));
}

static const char *read_object(const json_t *json, struct arena *arena,
			       struct sink_answer *answer_r)
{
	const char *status = text_of(json, "status", arena);
	const char *reference = text_of(json, "reference", arena);
	const char *reason = text_of(json, "reason", arena);

	if (status == NULL || (strcmp(status, "accepted") != 0 && strcmp(status, "refused") != 0))
		return "status is neither accepted nor refused";
	if (reference == NULL)
		return "reference is no text of at most 200 bytes";
	if (reason == NULL)
		return "reason is no text of at most 200 bytes";
	answer_r->given = true;
	answer_r->accepted = status[0] == 'a';
	answer_r->reference = reference;
	answer_r->because = reason[0] != '\0' ? reason : "no reason was given";
	if (answer_r->accepted)
		answer_r->because = "";
	return NULL;
}

const char *webhook_answer_read(struct bytes body, struct arena *arena,
				struct sink_answer *answer_r)
{
	json_t *json = object_of(body);
	const char *fault = NULL;

	*answer_r = (struct sink_answer){.reference = "", .because = ""};
	if (json_object_get(json, "status") != NULL)
		fault = read_object(json, arena, answer_r);
	json_decref(json);
	return fault;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool webhook_echoes(struct bytes body, const char *challenge)
{
	json_t *json = object_of(body);
	const char *said = json_string_value(json_object_get(json, "challenge"));
	bool same = said != NULL && strcmp(said, challenge) == 0;

	json_decref(json);
	while (body.len > 0 && is_space(body.data[body.len - 1]))
		body.len--;
	while (body.len > 0 && is_space(body.data[0])) {
		body.data++;
		body.len--;
	}
	return same || bytes_equal(body, bytes_of_text(challenge));
}
