/* The public stream: a row rendered as the CloudEvent that one subscriber may see. */
#include "libshared/check.h"
#include "proto/public.pb-c.h"
#include "services/issuance/issuance.h"
#include "services/issuance/public_parts.h"
#include "services/issuance/tables_ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SOURCE "urn:cairn:issuance.0.public"
#define SANDBOX_SOURCE "urn:cairn:sandbox:issuance.0.public"
#define DATA_BYTES 1024 /* most are shorter */

/* ---- what it is about ---- */

static bool has_scope(const struct public_ask *ask)
{
	return ask->scope != NULL && ask->scope[0] != '\0';
}

/* The entry, and the license it stands under, if that is within the scope. */
static bool look_up_entry(struct rendering *r)
{
	const struct public_ask *ask = r->ask;
	const Issuance__LicenseNoted *license;
	struct posting row;

	ENSURE(posting_get(ask->view, bytes_of_pb(r->row->posting), &row));
	r->entry = posting_event(ask->view, &row, ask->arena);
	license = license_get(ask->view, BYTES_OF(row.license), ask->arena);
	ENSURE(license != NULL);
	if (!has_scope(ask))
		return true;
	r->license = license;
	return strcmp(license->state, ask->scope) == 0;
}

static struct public_facts *make_facts(const struct public_ask *ask, struct arena *arena,
				       const Issuance__CredentialIssued *c)
{
	struct public_facts *f = arena_zalloc(arena, sizeof *f);
	const Issuance__AchievementNoted *achievement =
		achievement_get(ask->view, bytes_of_pb(c->entry), c->version, ask->arena);
	const Issuance__IssuerNoted *issuer =
		issuer_get(ask->view, bytes_of_pb(c->issuer), ask->arena);

	ENSURE(achievement != NULL && issuer != NULL);
	f->version = id_of_version(bytes_of_pb(c->entry), c->version);
	f->issuer_id = id_of_bytes(bytes_of_pb(c->issuer));
	public_facts_write(f, achievement, issuer, arena);
	return f;
}

/* Events come in runs of few micro-credentials: what they share is kept, a list of it. */
static const struct public_facts *facts_of(const struct public_ask *ask,
					   const Issuance__CredentialIssued *c)
{
	struct id version = id_of_version(bytes_of_pb(c->entry), c->version);
	struct id issuer = id_of_bytes(bytes_of_pb(c->issuer));
	struct public_facts *f;

	if (ask->memo == NULL)
		return make_facts(ask, ask->arena, c);
	for (f = ask->memo->own; f != NULL; f = f->next)
		if (id_equal(&f->version, &version) && id_equal(&f->issuer_id, &issuer))
			return f;
	f = make_facts(ask, ask->memo->arena, c);
	f->next = ask->memo->own;
	ask->memo->own = f;
	return f;
}

/* The scope is a state's two letters; none sees every row and no holder. */
static bool in_scope(struct rendering *r)
{
	const struct public_ask *ask = r->ask;

	if (r->row->posting.len > 0)
		return look_up_entry(r);
	if (!has_scope(ask))
		return true;
	r->license = license_in(ask->view, bytes_of_pb(r->row->educator), ask->scope, ask->arena);
	return r->license != NULL;
}

/* What a row is about; false: outside the scope. */
static bool look_up(struct rendering *r)
{
	if (!in_scope(r))
		return false;
	r->credential =
		credential_get(r->ask->view, bytes_of_pb(r->row->credential), r->ask->arena);
	ENSURE(r->credential != NULL);
	r->facts = facts_of(r->ask, r->credential);
	return true;
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

static struct bytes pack_event(const struct rendering *r, char *data)
{
	struct arena *arena = r->ask->arena;
	Cairn__CloudEvent event = CAIRN__CLOUD_EVENT__INIT;
	Cairn__CloudEventAttribute *attributes[8];
	bool sandbox = is_sandbox(r->ask->view);
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
	set_attribute(&event, "sequence", arena_printf(arena, "%020" PRIu64, r->ask->seq), arena);
	set_attribute(&event, "partitionkey", subject, arena);
	if (sandbox)
		set_attribute(&event, "sandbox", "true", arena);
	event.data_case = CAIRN__CLOUD_EVENT__DATA_TEXT_DATA;
	event.text_data = data;
	return message_pack(&event.base, arena);
}

static const Issuance__PublicRow *row_of(const struct public_ask *ask)
{
	struct message_fault fault;
	const Issuance__PublicRow *row = (const Issuance__PublicRow *)message_unpack(
		&issuance__public_row__descriptor, ask->row, &EVENT_LIMITS, ask->arena, &fault);

	ENSURE(row != NULL); /* our own bytes */
	return row;
}

static bool render(const struct public_ask *ask, struct bytes *event_r)
{
	struct rendering r = {.ask = ask, .row = row_of(ask)};
	struct buffer data;

	if (!look_up(&r))
		return false;
	buffer_init(&data, ask->arena, DATA_BYTES);
	public_put_data(&data, &r);
	buffer_char(&data, '\0');
	*event_r = pack_event(&r, data.at);
	return true;
}

static bool happened(const struct public_ask *ask, int64_t *at_us_r)
{
	struct rendering r = {.ask = ask, .row = row_of(ask)};

	*at_us_r = r.row->at_us;
	return in_scope(&r);
}

const struct public_stream issuance_public = {"issuance.0.public", PUBLIC, render, happened};
