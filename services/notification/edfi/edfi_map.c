/* What an Ed-Fi API is told of a public event. */
#include "services/notification/edfi/edfi_map.h"

#include "libshared/id.h"
#include "libshared/json.h"

#include <stdio.h>
#include <string.h>

#define ED_FI "uri://ed-fi.org"
#define TPDM "uri://tpdm.ed-fi.org"
#define TYPES "org.cairn."
#define PERSON_ID_MAX 32
#define DATE_LEN 10

/* Everything that the requests are made of. */
struct telling {
	const Notification__Sink *sink;
	const json_t *data;
	const char *decided_on, *valid_until; /* NULL: for good */
	char on[DATE_LEN + 1];                /* the day of the event */
	const char *status, *event_type;      /* codes; NULL: no credential event */
	const char *person;                   /* NULL: nobody is named */
	const char *mark;                     /* before keys: "sandbox-" of a sandbox; "" */
	char identifier[48], certification[96];
	json_t *title;
};

/* ---- texts ---- */

bool edfi_is_tpdm(const Notification__EdfiProfile *profile)
{
	return strcmp(profile->data_standard, "5.2") == 0;
}

const char *edfi_descriptor_namespace(const Notification__EdfiProfile *profile)
{
	return profile->descriptor_namespace[0] != '\0' ? profile->descriptor_namespace
							: profile->namespace_;
}

static json_t *descriptor(const char *namespace, const char *name, const char *code)
{
	return json_sprintf("%s/%s#%s", namespace, name, code);
}

/* A character beyond the 16 bits of the first plane counts twice. */
size_t edfi_cut(const char *text, size_t most)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t n = 0;

	while (at[n] != '\0') {
		size_t len = at[n] < 0x80 ? 1 : at[n] < 0xe0 ? 2 : at[n] < 0xf0 ? 3 : 4;
		size_t units = len == 4 ? 2 : 1;

		if (units > most)
			break;
		most -= units;
		n += len;
	}
	return n;
}

/* No blank before or behind: an API refuses those. */
static json_t *title_of(const char *name)
{
	size_t len;

	name += strspn(name, " ");
	len = edfi_cut(name, EDFI_TITLE_MAX);
	while (len > 0 && name[len - 1] == ' ')
		len--;
	return len > 0 ? json_stringn(name, len) : NULL;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool is_date(const char *text)
{
	return text != NULL && strlen(text) == DATE_LEN;
}

/* ---- what a credential has become ---- */

static const struct {
	const char *type;
	const char *event_type; /* of a credential event; "": none */
} types[] = {
	{"credential.issued.v1", ""},
	{"credential.suspended.v1", "Suspended"},
	{"credential.reinstated.v1", "Reinstated"},
	{"credential.revoked.v1", "Revoked"},
	{"credential.superseded.v1", ""},
	{"credential.expired.v1", "Expired"},
	{"credential.corrected.v1", ""},
	{"credential.reissued.v1", ""},
	{"stack.awarded.v1", ""},
	{"stack.revoked.v1", "Revoked"},
};

static const struct {
	const char *status, *code;
} statuses[] = {
	{"active", "Active"},   {"suspended", "Suspended"},   {"revoked", "Revoked"},
	{"expired", "Expired"}, {"superseded", "Deprecated"},
};

/* One that a later decision took the place of is renewed; of a corrected one there is nothing to
 * tell but that another counts. */
static const char *state_of(struct telling *t)
{
	const char *status = text_at(t->data, "status"), *reason = text_at(t->data, "reason");

	if (status == NULL)
		return "the event has no status";
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (strcmp(statuses[i].status, status) == 0)
			t->status = statuses[i].code;
	if (t->status == NULL)
		return "the event has a status that this version does not know";
	if (strcmp(status, "superseded") == 0 && reason != NULL && strcmp(reason, "renewal") == 0)
		t->status = t->event_type = "Renewed";
	return NULL;
}

/* Never shortened: that would name somebody else. */
static const char *person_of(struct telling *t)
{
	const char *id = text_at(json_object_get(t->data, "holder"), "staffUniqueId");

	if (t->sink->edfi->person_source[0] == '\0' || id == NULL || id[0] == '\0')
		return NULL;
	if (id[edfi_cut(id, PERSON_ID_MAX)] != '\0')
		return "holder.staffUniqueId is longer than the 32 characters of a personId";
	t->person = id;
	return NULL;
}

static const char *achievement_of(struct telling *t)
{
	const json_t *achievement = json_object_get(t->data, "achievement");
	const char *code = text_at(achievement, "code"), *name = text_at(achievement, "name");

	if (code == NULL || name == NULL)
		return "the event has no achievement";
	snprintf(t->certification, sizeof t->certification, "%s%s-v%lld", t->mark, code,
		 (long long)json_integer_value(json_object_get(achievement, "version")));
	t->title = title_of(name);
	return t->title != NULL ? NULL : "the achievement has no name";
}

static const char *credential_of(struct telling *t)
{
	static const char urn[] = "urn:uuid:";
	const char *text = text_at(t->data, "credentialId");
	char hex[2 * ID_LEN + 1];
	struct id id;

	if (text == NULL || strncmp(text, urn, strlen(urn)) != 0 ||
	    !id_of_text(text + strlen(urn), &id))
		return "the event has no credentialId";
	hex_of_bytes(bytes_of_id(&id), hex);
	snprintf(t->identifier, sizeof t->identifier, "%scairn-%s", t->mark, hex);
	t->decided_on = text_at(t->data, "decidedOn");
	t->valid_until = text_at(t->data, "validUntil");
	if (!is_date(t->decided_on) || (t->valid_until != NULL && !is_date(t->valid_until)))
		return "the event has no decidedOn";
	return NULL;
}

/* ---- the requests ---- */

static void add(struct edfi_plan *plan, const char *resource, json_t *body)
{
	ENSURE(plan->n < EDFI_REQUESTS && body != NULL);
	plan->requests[plan->n++] = (struct edfi_request){resource, body};
}

static json_t *state_descriptor(const struct telling *t)
{
	return descriptor(ED_FI, "StateAbbreviationDescriptor", t->sink->state);
}

static json_t *type_descriptor(const struct telling *t)
{
	const char *code = t->sink->edfi->credential_type;

	return descriptor(edfi_descriptor_namespace(t->sink->edfi), "CredentialTypeDescriptor",
			  code[0] != '\0' ? code : "Micro-credential");
}

static json_t *status_descriptor(const struct telling *t)
{
	return descriptor(edfi_is_tpdm(t->sink->edfi) ? TPDM : ED_FI, "CredentialStatusDescriptor",
			  t->status);
}

static json_t *person_reference(const struct telling *t)
{
	if (t->person == NULL)
		return NULL;
	return json_pack("{s:s, s:s}", "personId", t->person, "sourceSystemDescriptor",
			 t->sink->edfi->person_source);
}

static void add_certification(const struct telling *t, struct edfi_plan *plan)
{
	add(plan, "certifications",
	    json_pack("{s:s, s:s, s:O}", "certificationIdentifier", t->certification, "namespace",
		      t->sink->edfi->namespace_, "certificationTitle", t->title));
}

/* What became core with Data Standard 6.0, and stands in the extension before. */
static json_t *later_core(const struct telling *t)
{
	return json_pack("{s:O, s:o, s:s, s:o*}", "certificationTitle", t->title,
			 "credentialStatusDescriptor", status_descriptor(t), "credentialStatusDate",
			 t->on, "personReference", person_reference(t));
}

static void add_credential(const struct telling *t, struct edfi_plan *plan)
{
	const Notification__EdfiProfile *profile = t->sink->edfi;
	json_t *body = json_pack(
		"{s:s, s:o, s:s, s:o, s:s, s:s, s:s*}", "credentialIdentifier", t->identifier,
		"stateOfIssueStateAbbreviationDescriptor", state_descriptor(t), "namespace",
		profile->namespace_, "credentialTypeDescriptor", type_descriptor(t), "issuanceDate",
		t->decided_on, "effectiveDate", t->decided_on, "expirationDate", t->valid_until);
	json_t *rest = later_core(t);

	ENSURE(body != NULL && rest != NULL);
	if (edfi_is_tpdm(profile)) {
		json_object_set_new(body, "_ext", json_pack("{s:o}", "tpdm", rest));
	} else {
		json_object_update(body, rest);
		json_decref(rest);
		json_object_set_new(body, "certificationReference",
				    json_pack("{s:s, s:s}", "certificationIdentifier",
					      t->certification, "namespace", profile->namespace_));
	}
	add(plan, "credentials", body);
}

static void add_credential_event(const struct telling *t, struct edfi_plan *plan)
{
	add(plan, "credentialEvents",
	    json_pack("{s:{s:s, s:o}, s:s, s:o, s:s*}", "credentialReference",
		      "credentialIdentifier", t->identifier,
		      "stateOfIssueStateAbbreviationDescriptor", state_descriptor(t),
		      "credentialEventDate", t->on, "credentialEventTypeDescriptor",
		      descriptor(edfi_descriptor_namespace(t->sink->edfi),
				 "CredentialEventTypeDescriptor", t->event_type),
		      "credentialEventReason", text_at(t->data, "reason")));
}

/* ---- an event ---- */

static const Cairn__CloudEventAttributeValue *attribute_of(const Cairn__CloudEvent *event,
							   const char *key)
{
	for (size_t i = 0; i < event->n_attributes; i++)
		if (strcmp(event->attributes[i]->key, key) == 0)
			return event->attributes[i]->value;
	return NULL;
}

static void day_of(const Cairn__CloudEvent *event, char day_r[DATE_LEN + 1])
{
	const Cairn__CloudEventAttributeValue *v = attribute_of(event, "time");
	char text[32] = "";

	if (v != NULL && v->attr_case == CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_TIMESTAMP)
		time_text(v->ce_timestamp->seconds * US_PER_S, text);
	snprintf(day_r, DATE_LEN + 1, "%.*s", DATE_LEN, text);
}

static const char *read_data(struct telling *t, const Cairn__CloudEvent *event)
{
	const char *wrong;

	day_of(event, t->on);
	t->mark = attribute_of(event, "sandbox") != NULL ? "sandbox-" : "";
	if (!is_date(t->on))
		return "the event has no time";
	if ((wrong = credential_of(t)) != NULL || (wrong = achievement_of(t)) != NULL ||
	    (wrong = state_of(t)) != NULL)
		return wrong;
	return person_of(t);
}

static const char *tell(struct telling *t, const Cairn__CloudEvent *event, struct edfi_plan *plan_r)
{
	const char *wrong = read_data(t, event);
	bool tpdm = edfi_is_tpdm(t->sink->edfi);

	if (wrong == NULL && !tpdm)
		add_certification(t, plan_r);
	if (wrong == NULL)
		add_credential(t, plan_r);
	if (wrong == NULL && !tpdm && t->event_type[0] != '\0')
		add_credential_event(t, plan_r);
	json_decref(t->title);
	return wrong;
}

const char *edfi_plan(const Notification__Sink *sink, const Cairn__CloudEvent *event,
		      struct edfi_plan *plan_r)
{
	struct telling t = {.sink = sink};
	const char *type = event->type, *wrong = "the event has no data";
	json_t *data;

	*plan_r = (struct edfi_plan){0};
	if (strncmp(type, TYPES, strlen(TYPES)) == 0)
		type += strlen(TYPES);
	if (strncmp(type, "ledger.", strlen("ledger.")) == 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].type, type) == 0)
			t.event_type = types[i].event_type;
	if (t.event_type == NULL)
		return "the event is of a type that this version does not know";
	if (event->data_case != CAIRN__CLOUD_EVENT__DATA_TEXT_DATA)
		return wrong;
	data = json_loads(event->text_data, JSON_REJECT_DUPLICATES, NULL);
	t.data = data;
	if (json_is_object(data))
		wrong = tell(&t, event, plan_r);
	json_decref(data);
	return wrong;
}

void edfi_plan_finish(struct edfi_plan *plan)
{
	for (unsigned i = 0; i < plan->n; i++)
		json_decref(plan->requests[i].body);
	*plan = (struct edfi_plan){0};
}
