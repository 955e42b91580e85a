/* The data of a public event, as JSON text. */
#include "services/issuance/public_parts.h"

#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/json_text.h"
#include "libshared/json.h"
#include "libshared/seal.h"
#include "services/issuance/issuance.h"

#include <inttypes.h>
#include <stdio.h>

#define DATE_LEN 10

/* ---- members ---- */

/* Of the object that was opened last. */
static void put_name(struct buffer *b, const char *name)
{
	if (b->at[b->len - 1] != '{')
		buffer_char(b, ',');
	buffer_char(b, '"');
	buffer_puts(b, name);
	buffer_puts(b, "\":");
}

static void put_text(struct buffer *b, const char *name, const char *text)
{
	put_name(b, name);
	json_put_string(b, bytes_of_text(text));
}

/* A value that is JSON already. */
static void put_known(struct buffer *b, const char *name, const char *json)
{
	put_name(b, name);
	buffer_puts(b, json);
}

static void put_number(struct buffer *b, const char *name, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof text, "%" PRIu32, number);
	put_known(b, name, text);
}

static void put_urn_value(struct buffer *b, struct bytes id)
{
	buffer_puts(b, "\"urn:uuid:");
	buffer_puts(b, ID_STR(id));
	buffer_char(b, '"');
}

static void put_urn(struct buffer *b, const char *name, struct bytes id)
{
	put_name(b, name);
	put_urn_value(b, id);
}

/* Absent when there is none. */
static void put_urn_if(struct buffer *b, const char *name, ProtobufCBinaryData id)
{
	if (id.len == ID_LEN)
		put_urn(b, name, bytes_of_pb(id));
}

static void put_date(struct buffer *b, const char *name, int64_t at_us)
{
	char text[32];

	time_text(at_us, text);
	text[DATE_LEN] = '\0';
	put_text(b, name, text);
}

static void begin(struct buffer *b, const char *name)
{
	put_name(b, name);
	buffer_char(b, '{');
}

static void end(struct buffer *b)
{
	buffer_char(b, '}');
}

/* ---- what many events say alike ---- */

static const char *achievement_text(const Issuance__AchievementNoted *a, const struct id *version,
				    struct arena *arena)
{
	struct buffer b;

	buffer_init(&b, arena, 256);
	buffer_char(&b, '{');
	put_urn(&b, "id", bytes_of_id(version));
	put_text(&b, "code", a->code);
	put_number(&b, "version", a->version);
	put_text(&b, "name", a->title);
	end(&b);
	return buffer_text(&b);
}

static const char *issuer_text(const Issuance__IssuerNoted *issuer, struct arena *arena)
{
	struct buffer b;

	buffer_init(&b, arena, 256);
	buffer_char(&b, '{');
	put_text(&b, "id", issuer->issuer->did);
	put_text(&b, "name", issuer->issuer->name);
	end(&b);
	return buffer_text(&b);
}

static const char *renewal_text(const Issuance__AchievementNoted *a, struct arena *arena)
{
	struct buffer b;

	buffer_init(&b, arena, 256);
	buffer_char(&b, '{');
	put_number(&b, "clockHours", a->clock_hours);
	put_name(&b, "categories");
	buffer_char(&b, '[');
	for (size_t i = 0; i < a->n_renewal_categories; i++) {
		if (i > 0)
			buffer_char(&b, ',');
		json_put_string(&b, bytes_of_text(a->renewal_categories[i]));
	}
	buffer_char(&b, ']');
	end(&b);
	return buffer_text(&b);
}

void public_facts_write(struct public_facts *f, const Issuance__AchievementNoted *a,
			const Issuance__IssuerNoted *issuer, struct arena *arena)
{
	f->code = arena_text(arena, bytes_of_text(a->code));
	f->achievement = achievement_text(a, &f->version, arena);
	f->renewal = renewal_text(a, arena);
	f->issuer = issuer_text(issuer, arena);
}

/* ---- a credential ---- */

/* Who holds it, as the licensure system knows them. Absent after erasure. */
static void put_holder(struct buffer *b, const struct rendering *r)
{
	struct message_fault fault;
	const Enrollment__LicenseNumber *number;
	struct bytes text;

	if (r->license == NULL || r->license->number == NULL ||
	    !unseal(r->ask->caps, r->license->number, r->ask->arena, &text))
		return;
	number = (const Enrollment__LicenseNumber *)message_unpack(
		&enrollment__license_number__descriptor, text, &EVENT_LIMITS, r->ask->arena,
		&fault);
	if (number == NULL)
		return;
	begin(b, "holder");
	put_text(b, "system", r->license->state);
	if (number->staff_id[0] != '\0')
		put_text(b, "staffUniqueId", number->staff_id);
	put_text(b, "educatorLicenseId", number->number);
	put_text(b, "licenseType", r->license->type);
	end(b);
}

/* The code of a change, as "integrity_founded"; absent for what is no change. */
static void put_reason(struct buffer *b, const struct rendering *r)
{
	const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(
		&issuance__life_reason__descriptor, (int)r->row->reason);

	if (value == NULL || value->value == 0)
		return;
	put_name(b, "reason");
	buffer_char(b, '"');
	for (const char *c = value->name; *c != '\0'; c++)
		buffer_char(b, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
	buffer_char(b, '"');
}

static void put_assessment(struct buffer *b, const Issuance__CredentialIssued *c)
{
	begin(b, "assessment");
	put_urn(b, "decisionId", bytes_of_pb(c->decision));
	put_number(b, "reads", c->reads);
	put_number(b, "attempt", c->attempt);
	end(b);
}

static void put_stack(struct buffer *b, const struct rendering *r)
{
	const Issuance__CredentialIssued *c = r->credential;

	begin(b, "stack");
	put_text(b, "code", r->facts->code);
	put_name(b, "members");
	buffer_char(b, '[');
	for (size_t i = 0; i < c->n_members; i++) {
		if (i > 0)
			buffer_char(b, ',');
		put_urn_value(b, bytes_of_pb(c->members[i]->credential));
	}
	buffer_char(b, ']');
	put_date(b, "awardedOn", c->valid_from_us);
	end(b);
}

static void put_credential(struct buffer *b, const struct rendering *r)
{
	const Issuance__CredentialIssued *c = r->credential;

	put_urn(b, "credentialId", bytes_of_pb(c->credential));
	put_known(b, "achievement", r->facts->achievement);
	put_holder(b, r);
	put_known(b, "issuer", r->facts->issuer);
	put_date(b, "decidedOn", c->decided_us);
	put_date(b, "issuedOn", c->issued_us != 0 ? c->issued_us : r->row->at_us);
	if (c->valid_until_us != 0)
		put_date(b, "validUntil", c->valid_until_us);
	/* Instead of hours and a decision, a stack has members. */
	if (c->n_members == 0) {
		put_known(b, "renewal", r->facts->renewal);
		put_assessment(b, c);
	} else {
		put_stack(b, r);
	}
	put_text(b, "status", r->row->status[0] != '\0' ? r->row->status : "active");
	put_reason(b, r);
	put_urn_if(b, "supersededBy", r->row->superseded_by);
	put_urn_if(b, "supersedes", c->supersedes);
}

/* ---- the ledger ---- */

/* "6.00", as decimal text: no reader rounds it. */
static void put_amount(struct buffer *b, int64_t hundredths, const char *unit)
{
	int64_t size = hundredths < 0 ? -hundredths : hundredths;
	char value[40];

	snprintf(value, sizeof value, "%s%" PRId64 ".%02" PRId64, hundredths < 0 ? "-" : "",
		 size / 100, size % 100);
	begin(b, "amount");
	put_text(b, "value", value);
	put_text(b, "unit", unit);
	end(b);
}

static void put_posted(struct buffer *b, const Issuance__LedgerPosted *p)
{
	put_urn(b, "entryId", bytes_of_pb(p->posting));
	put_amount(b, p->hundredths, p->unit);
	put_text(b, "state", p->state);
	put_number(b, "policyVersion", p->policy_version);
	put_text(b, "decidedOn", p->decided_on);
	begin(b, "term");
	put_text(b, "from", p->term_from);
	put_text(b, "to", p->term_to);
	end(b);
	put_urn_if(b, "corrects", p->corrects);
}

static void put_reversed(struct buffer *b, const Issuance__LedgerReversed *v)
{
	put_urn(b, "entryId", bytes_of_pb(v->posting));
	put_amount(b, v->hundredths, v->unit);
	put_text(b, "state", v->state);
	put_urn(b, "reversalOf", bytes_of_pb(v->reverses));
	put_text(b, "because", v->because);
}

static void put_entry(struct buffer *b, const struct rendering *r)
{
	begin(b, "ledger");
	if (r->entry->body_case == ISSUANCE__EVENT__BODY_LEDGER_POSTED)
		put_posted(b, r->entry->ledger_posted);
	else
		put_reversed(b, r->entry->ledger_reversed);
	end(b);
	put_urn(b, "credentialId", bytes_of_pb(r->credential->credential));
	put_known(b, "achievement", r->facts->achievement);
	put_holder(b, r);
	put_known(b, "issuer", r->facts->issuer);
}

void public_put_data(struct buffer *b, const struct rendering *r)
{
	buffer_char(b, '{');
	if (r->entry != NULL)
		put_entry(b, r);
	else
		put_credential(b, r);
	end(b);
}
