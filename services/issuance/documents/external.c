/* Reading what a credential of another issuer says of itself. */
#include "services/issuance/documents/external.h"

#include "libshared/check.h"
#include "services/issuance/documents/datetime.h"

#include <jansson.h>
#include <string.h>

#define LINE_MAX_BYTES ((size_t)1000)

/* The one object there is, or the first of several. */
static const json_t *first_of(const json_t *value)
{
	return json_is_array(value) ? json_array_get(value, 0) : value;
}

static const char *line_of(const json_t *value, struct arena *arena)
{
	const char *text = json_string_value(value);
	size_t len = text != NULL ? json_string_length(value) : 0;

	if (len == 0 || len > LINE_MAX_BYTES || strlen(text) != len || !text_is_clean(text, len))
		return "";
	return arena_text(arena, (struct bytes){(const uint8_t *)text, len});
}

static int64_t time_of(const json_t *value)
{
	const char *text = json_string_value(value);
	int64_t at_us;

	return text != NULL && datetime_parse(text, &at_us) ? at_us : 0;
}

bool external_read(struct bytes document, struct arena *arena, struct external_facts *facts_r)
{
	json_t *json =
		json_loadb((const char *)document.data, document.len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *issuer = json_object_get(json, "issuer");
	const json_t *subject = first_of(json_object_get(json, "credentialSubject"));
	const json_t *achievement = first_of(json_object_get(subject, "achievement"));
	const json_t *name = json_object_get(achievement, "name");

	*facts_r = (struct external_facts){
		.credential = line_of(json_object_get(json, "id"), arena),
		.issuer = line_of(json_is_object(issuer) ? json_object_get(issuer, "id") : issuer,
				  arena),
		.issuer_name = line_of(json_object_get(issuer, "name"), arena),
		.achievement = line_of(json_object_get(achievement, "id"), arena),
		.achievement_name =
			line_of(name != NULL ? name : json_object_get(json, "name"), arena),
		.status_list =
			line_of(json_object_get(first_of(json_object_get(json, "credentialStatus")),
						"statusListCredential"),
				arena),
		.valid_from_us = time_of(json_object_get(json, "validFrom")),
		.valid_until_us = time_of(json_object_get(json, "validUntil")),
	};
	json_decref(json);
	return facts_r->issuer[0] != '\0';
}
