/* The public stream: a row rendered as the CloudEvent that one subscriber may see. */
#include "libshared/check.h"
#include "libshared/json.h"
#include "libshared/seal.h"
#include "proto/public.pb-c.h"
#include "services/issuance/issuance.h"
#include "services/issuance/tables_ledger.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATE_LEN 10
#define SOURCE "urn:cairn:issuance.0.public"
#define SANDBOX_SOURCE "urn:cairn:sandbox:issuance.0.public"

struct rendering {
	const struct view *view;
	const struct caps *caps;
	struct arena *arena;
	const Issuance__PublicRow *row;
	const Issuance__CredentialIssued *credential;
	const Issuance__AchievementNoted *achievement;
	const Issuance__IssuerNoted *issuer;
	const Issuance__LicenseNoted *license; /* in the subscriber's scope; NULL: no scope */
	const Issuance__Event *entry;          /* of the ledger; NULL: it is about the credential */
};

static json_t *urn_of(struct bytes id)
{
	return json_sprintf("urn:uuid:%s", ID_STR(id));
}

static json_t *date_of(int64_t at_us)
{
	char text[32];

	time_text(at_us, text);
	return json_stringn(text, DATE_LEN);
}

/* Who holds it, as the licensure system knows them. Absent after erasure. */
static json_t *holder_of(const struct rendering *r)
{
	struct message_fault fault;
	const Enrollment__LicenseNumber *number;
	struct bytes text;

	if (r->license == NULL || r->license->number == NULL ||
	    !unseal(r->caps, r->license->number, r->arena, &text))
		return NULL;
	number = (const Enrollment__LicenseNumber *)message_unpack(
		&enrollment__license_number__descriptor, text, &EVENT_LIMITS, r->arena, &fault);
	if (number == NULL)
		return NULL;
	return json_pack("{s:s, s:s*, s:s, s:s}", "system", r->license->state, "staffUniqueId",
			 number->staff_id[0] != '\0' ? number->staff_id : NULL, "educatorLicenseId",
			 number->number, "licenseType", r->license->type);
}

static json_t *renewal_of(const struct rendering *r)
{
	json_t *categories;

	if (r->credential->n_members > 0)
		return NULL;
	categories = json_array();

	for (size_t i = 0; i < r->achievement->n_renewal_categories; i++)
		json_array_append_new(categories,
				      json_string(r->achievement->renewal_categories[i]));
	return json_pack("{s:i, s:o}", "clockHours", (int)r->achievement->clock_hours, "categories",
			 categories);
}

/* Absent when there is none. */
static json_t *urn_if(ProtobufCBinaryData id)
{
	return id.len == ID_LEN ? urn_of(bytes_of_pb(id)) : NULL;
}

/* The code of a change, as "integrity_founded"; absent for what is no change. */
static json_t *reason_of(const struct rendering *r)
{
	const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(
		&issuance__life_reason__descriptor, (int)r->row->reason);
	char code[64];
	size_t n = 0;

	if (value == NULL || value->value == 0)
		return NULL;
	for (; value->name[n] != '\0' && n + 1 < sizeof code; n++)
		code[n] = value->name[n] >= 'A' && value->name[n] <= 'Z'
				  ? (char)(value->name[n] - 'A' + 'a')
				  : value->name[n];
	code[n] = '\0';
	return json_string(code);
}

static json_t *urns_of(Issuance__StackMember *const *members, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, urn_of(bytes_of_pb(members[i]->credential)));
	return list;
}

/* Instead of hours and a decision, a stack has members. */
static json_t *stack_of(const struct rendering *r)
{
	const Issuance__CredentialIssued *c = r->credential;

	if (c->n_members == 0)
		return NULL;
	return json_pack("{s:s, s:o, s:o}", "code", r->achievement->code, "members",
			 urns_of(c->members, c->n_members), "awardedOn", date_of(c->valid_from_us));
}

static json_t *assessment_of(const struct rendering *r)
{
	const Issuance__CredentialIssued *c = r->credential;

	if (c->n_members > 0)
		return NULL;
	return json_pack("{s:o, s:i, s:i}", "decisionId", urn_of(bytes_of_pb(c->decision)), "reads",
			 (int)c->reads, "attempt", (int)c->attempt);
}

static json_t *data_of(const struct rendering *r)
{
	const Issuance__CredentialIssued *c = r->credential;
	struct id version = id_of_version(bytes_of_pb(c->entry), c->version);

	return json_pack("{s:o, s:{s:o, s:s, s:i, s:s}, s:o*, s:{s:s, s:s}, s:o, s:o, s:o*, s:o*, "
			 "s:o*, s:o*, s:s, s:o*, s:o*, s:o*}",
			 "credentialId", urn_of(bytes_of_pb(c->credential)), "achievement", "id",
			 urn_of(bytes_of_id(&version)), "code", r->achievement->code, "version",
			 (int)c->version, "name", r->achievement->title, "holder", holder_of(r),
			 "issuer", "id", r->issuer->issuer->did, "name", r->issuer->issuer->name,
			 "decidedOn", date_of(c->decided_us), "issuedOn",
			 date_of(c->issued_us != 0 ? c->issued_us : r->row->at_us), "validUntil",
			 c->valid_until_us != 0 ? date_of(c->valid_until_us) : NULL, "renewal",
			 renewal_of(r), "assessment", assessment_of(r), "stack", stack_of(r),
			 "status", r->row->status[0] != '\0' ? r->row->status : "active", "reason",
			 reason_of(r), "supersededBy", urn_if(r->row->superseded_by), "supersedes",
			 urn_if(c->supersedes));
}

/* ---- the ledger ---- */

/* "6.00", as decimal text: no reader rounds it. */
static json_t *amount_of(int64_t hundredths, const char *unit)
{
	int64_t size = hundredths < 0 ? -hundredths : hundredths;

	return json_pack("{s:o, s:s}", "value",
			 json_sprintf("%s%" PRId64 ".%02" PRId64, hundredths < 0 ? "-" : "",
				      size / 100, size % 100),
			 "unit", unit);
}

static json_t *entry_of(const struct rendering *r)
{
	const Issuance__LedgerPosted *p;
	const Issuance__LedgerReversed *v;

	if (r->entry->body_case == ISSUANCE__EVENT__BODY_LEDGER_POSTED) {
		p = r->entry->ledger_posted;
		return json_pack("{s:o, s:o, s:s, s:i, s:s, s:{s:s, s:s}, s:o*}", "entryId",
				 urn_of(bytes_of_pb(p->posting)), "amount",
				 amount_of(p->hundredths, p->unit), "state", p->state,
				 "policyVersion", (int)p->policy_version, "decidedOn",
				 p->decided_on, "term", "from", p->term_from, "to", p->term_to,
				 "corrects",
				 p->corrects.len > 0 ? urn_of(bytes_of_pb(p->corrects)) : NULL);
	}
	v = r->entry->ledger_reversed;
	return json_pack("{s:o, s:o, s:s, s:o, s:s, s:o*}", "entryId",
			 urn_of(bytes_of_pb(v->posting)), "amount",
			 amount_of(v->hundredths, v->unit), "state", v->state, "reversalOf",
			 urn_of(bytes_of_pb(v->reverses)), "because", v->because, "afterTerm",
			 v->after_term ? json_true() : NULL);
}

static json_t *ledger_data_of(const struct rendering *r)
{
	const Issuance__CredentialIssued *c = r->credential;
	struct id version = id_of_version(bytes_of_pb(c->entry), c->version);

	return json_pack("{s:o, s:o, s:{s:o, s:s, s:i, s:s}, s:o*, s:{s:s, s:s}}", "ledger",
			 entry_of(r), "credentialId", urn_of(bytes_of_pb(c->credential)),
			 "achievement", "id", urn_of(bytes_of_id(&version)), "code",
			 r->achievement->code, "version", (int)c->version, "name",
			 r->achievement->title, "holder", holder_of(r), "issuer", "id",
			 r->issuer->issuer->did, "name", r->issuer->issuer->name);
}

/* The entry, and the license it stands under, if that is within the scope. */
static bool look_up_entry(struct rendering *r, const char *scope)
{
	const Issuance__LicenseNoted *license;
	struct posting row;

	ENSURE(posting_get(r->view, bytes_of_pb(r->row->posting), &row));
	r->entry = posting_event(r->view, &row, r->arena);
	license = license_get(r->view, (struct bytes){row.license, ID_LEN}, r->arena);
	ENSURE(license != NULL);
	if (scope == NULL || scope[0] == '\0')
		return true;
	r->license = license;
	return strcmp(license->state, scope) == 0;
}

/* ---- the envelope ---- */

static void set_attribute(Cairn__CloudEvent *event, const char *key, const char *text,
			  struct arena *arena)
{
	Cairn__CloudEventAttribute *a = arena_alloc(arena, sizeof *a);
	Cairn__CloudEventAttributeValue *value = arena_alloc(arena, sizeof *value);

	cairn__cloud_event_attribute__init(a);
	cairn__cloud_event_attribute_value__init(value);
	a->key = arena_text(arena, bytes_of_text(key));
	a->value = value;
	value->attr_case = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_STRING;
	value->ce_string = arena_text(arena, bytes_of_text(text));
	event->attributes[event->n_attributes++] = a;
}

static void set_time(Cairn__CloudEvent *event, int64_t at_us, struct arena *arena)
{
	Cairn__CloudEventTimestamp *time = arena_alloc(arena, sizeof *time);
	Cairn__CloudEventAttributeValue *value;

	set_attribute(event, "time", "", arena);
	value = event->attributes[event->n_attributes - 1]->value;
	cairn__cloud_event_timestamp__init(time);
	time->seconds = at_us / US_PER_S;
	time->nanos = (int32_t)(at_us % US_PER_S * 1000);
	value->attr_case = CAIRN__CLOUD_EVENT_ATTRIBUTE_VALUE__ATTR_CE_TIMESTAMP;
	value->ce_timestamp = time;
}

static struct bytes pack_event(const struct rendering *r, uint64_t seq, const char *data)
{
	struct arena *arena = r->arena;
	Cairn__CloudEvent event = CAIRN__CLOUD_EVENT__INIT;
	Cairn__CloudEventAttribute *attributes[8];
	bool sandbox = is_sandbox(r->view);
	const char *subject =
		arena_printf(arena, "urn:uuid:%s", ID_STR(bytes_of_pb(r->row->credential)));

	event.id = arena_text(arena, bytes_of_text(ID_STR(bytes_of_pb(r->row->id))));
	event.source = arena_text(arena, bytes_of_text(sandbox ? SANDBOX_SOURCE : SOURCE));
	event.spec_version = arena_text(arena, bytes_of_text("1.0"));
	event.type = r->row->type;
	event.attributes = attributes;
	set_time(&event, r->row->at_us, arena);
	set_attribute(&event, "subject", subject, arena);
	set_attribute(&event, "datacontenttype", "application/json", arena);
	set_attribute(&event, "sequence", arena_printf(arena, "%020" PRIu64, seq), arena);
	set_attribute(&event, "partitionkey", subject, arena);
	if (sandbox)
		set_attribute(&event, "sandbox", "true", arena);
	event.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event.text_data = arena_text(arena, bytes_of_text(data));
	return message_pack(&event.base, arena);
}

/* The scope is a state's two letters; none sees every row and no holder. */
static bool in_scope(struct rendering *r, const char *scope)
{
	if (r->row->posting.len > 0)
		return look_up_entry(r, scope);
	if (scope == NULL || scope[0] == '\0')
		return true;
	r->license = license_in(r->view, bytes_of_pb(r->row->educator), scope, r->arena);
	return r->license != NULL;
}

/* What a row is about; false: outside the scope. */
static bool look_up(struct rendering *r, const char *scope)
{
	if (!in_scope(r, scope))
		return false;
	r->credential = credential_get(r->view, bytes_of_pb(r->row->credential), r->arena);
	ENSURE(r->credential != NULL);
	r->achievement = achievement_get(r->view, bytes_of_pb(r->credential->entry),
					 r->credential->version, r->arena);
	r->issuer = issuer_get(r->view, bytes_of_pb(r->credential->issuer), r->arena);
	ENSURE(r->achievement != NULL && r->issuer != NULL);
	return true;
}

static const Issuance__PublicRow *row_of(struct bytes bytes, struct arena *arena)
{
	struct message_fault fault;
	const Issuance__PublicRow *row = (const Issuance__PublicRow *)message_unpack(
		&issuance__public_row__descriptor, bytes, &EVENT_LIMITS, arena, &fault);

	ENSURE(row != NULL); /* our own bytes */
	return row;
}

static bool render(const struct view *view, uint64_t seq, struct bytes row, const char *scope,
		   const struct caps *caps, struct arena *arena, struct bytes *event_r)
{
	struct rendering r = {.view = view, .caps = caps, .arena = arena};
	json_t *data;
	char *text;

	r.row = row_of(row, arena);
	if (!look_up(&r, scope))
		return false;
	data = r.entry != NULL ? ledger_data_of(&r) : data_of(&r);
	text = data != NULL ? json_dumps(data, JSON_COMPACT) : NULL;
	ENSURE(text != NULL);
	*event_r = pack_event(&r, seq, text);
	free(text);
	json_decref(data);
	return true;
}

static bool happened(const struct view *view, struct bytes row, const char *scope,
		     struct arena *arena, int64_t *at_us_r)
{
	struct rendering r = {.view = view, .arena = arena, .row = row_of(row, arena)};

	*at_us_r = r.row->at_us;
	return in_scope(&r, scope);
}

const struct public_stream issuance_public = {"issuance.0.public", PUBLIC, render, happened};
