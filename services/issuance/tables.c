/* The tables of issuance: keys and rows. */
#include "services/issuance/tables.h"
#include "libshared/check.h"
#include "services/issuance/keys.h"
#include "services/issuance/tables_stack.h"

#include <string.h>

const char *const issuance_tables[N_TABLES] = {
	[ISSUER - SERVICE_TABLES] = "s.issuer",
	[ISSUER_KEY - SERVICE_TABLES] = "s.issuer_key",
	[ACHIEVEMENT - SERVICE_TABLES] = "s.achievement",
	[EDUCATOR - SERVICE_TABLES] = "s.educator",
	[LICENSE - SERVICE_TABLES] = "s.license",
	[CREDENTIAL - SERVICE_TABLES] = "s.credential",
	[OF_EDUCATOR - SERVICE_TABLES] = "i.educator",
	[ACTIVE - SERVICE_TABLES] = "i.active",
	[HELD - SERVICE_TABLES] = "s.held",
	[OF_DECISION - SERVICE_TABLES] = "i.decision",
	[TO_FORGET - SERVICE_TABLES] = "i.to_forget",
	[STATUS_LIST - SERVICE_TABLES] = "s.status",
	[STATUS_OF - SERVICE_TABLES] = "i.status",
	[STATUS_TAKEN - SERVICE_TABLES] = "s.status_taken",
	[STATUS_REVOKED - SERVICE_TABLES] = "s.status_revoked",
	[KEY_STATE - SERVICE_TABLES] = "s.key_state",
	[KEY_WHY - SERVICE_TABLES] = "s.key_why",
	[ACTIVE_KEY - SERVICE_TABLES] = "i.active_key",
	[LEAF - SERVICE_TABLES] = "s.leaf",
	[LEAF_OF - SERVICE_TABLES] = "i.leaf",
	[TREE_NODE - SERVICE_TABLES] = "i.tree",
	[CHECKPOINT - SERVICE_TABLES] = "s.checkpoint",
	[SIGNED_BY - SERVICE_TABLES] = "i.signed_by",
	[SIGNED_COUNT - SERVICE_TABLES] = "i.signed_count",
	[REISSUE - SERVICE_TABLES] = "s.reissue",
	[RENEWAL_POLICY - SERVICE_TABLES] = "s.renewal_policy",
	[LICENSE_OF - SERVICE_TABLES] = "i.license",
	[LEDGER - SERVICE_TABLES] = "s.ledger",
	[POSTING - SERVICE_TABLES] = "s.posting",
	[POSTING_SAID - SERVICE_TABLES] = "s.posting_said",
	[LEDGER_SLOT - SERVICE_TABLES] = "i.ledger_slot",
	[POSTING_OF - SERVICE_TABLES] = "i.posting",
	[EVALUATION - SERVICE_TABLES] = "s.evaluation",
	[LEDGER_SWEEP - SERVICE_TABLES] = "s.ledger_sweep",
	[STATUS_SIGNED - SERVICE_TABLES] = "s.status_signed",
	[LIFE - SERVICE_TABLES] = "s.life",
	[HISTORY - SERVICE_TABLES] = "s.history",
	[EXTERNAL - SERVICE_TABLES] = "s.external",
	[STACK - SERVICE_TABLES] = "s.stack",
	[STACK_SWEEP - SERVICE_TABLES] = "i.stack_sweep",
	[STACK_MENTION - SERVICE_TABLES] = "i.stack_mention",
	[STACK_BARRED - SERVICE_TABLES] = "i.stack_barred",
	[STACK_HELD - SERVICE_TABLES] = "i.stack_held",
	[EARNED - SERVICE_TABLES] = "i.earned",
	[PUBLIC - SERVICE_TABLES] = "s.public",
	[ENDORSEMENT - SERVICE_TABLES] = "s.endorsement",
	[ENDORSEMENT_OF - SERVICE_TABLES] = "i.endorsement",
	[ENDORSEMENT_GONE - SERVICE_TABLES] = "s.endorsement_gone",
	[STACK_STALE - SERVICE_TABLES] = "s.stack_stale",
	[UNFIT - SERVICE_TABLES] = "s.unfit",
	[TAKEN_BACK - SERVICE_TABLES] = "s.taken_back",
	[COVERED - SERVICE_TABLES] = "s.covered",
	[COVERED_OF - SERVICE_TABLES] = "i.covered",
	[SHARE - SERVICE_TABLES] = "s.share",
	[SHARE_OF - SERVICE_TABLES] = "i.share",
	[SHARE_GONE - SERVICE_TABLES] = "s.share_gone",
	[LICENSE_WAS - SERVICE_TABLES] = "s.license_was",
	[EDUCATOR_WAS - SERVICE_TABLES] = "s.educator_was",
	[FILE_LAYOUT - SERVICE_TABLES] = "s.file_layout",
	[FILE_DUE - SERVICE_TABLES] = "i.file_due",
	[FILE_RUN - SERVICE_TABLES] = "s.file_run",
	[FILE_RUN_OF - SERVICE_TABLES] = "i.file_run",
	[FILE_ROW - SERVICE_TABLES] = "s.file_row",
	[FILE_SENT - SERVICE_TABLES] = "s.file_sent",
	[FILE_TALLY - SERVICE_TABLES] = "s.file_tally",
	[FILE_ANSWER - SERVICE_TABLES] = "s.file_answer",
	[DISPUTED - SERVICE_TABLES] = "i.disputed",
	[DISPUTED_OF - SERVICE_TABLES] = "i.disputed_of",
	[SANDBOX - SERVICE_TABLES] = "s.sandbox",
};

static const struct bytes SANDBOX_KEY = {(const uint8_t *)"sandbox", 7};

bool is_sandbox(const struct view *v)
{
	struct bytes val;

	return view_get(v, SANDBOX, SANDBOX_KEY, &val);
}

void sandbox_put(struct txn *t)
{
	txn_put(t, SANDBOX, SANDBOX_KEY, BYTES_NONE);
}

const Issuance__Event *event_of_row(struct bytes raw, struct arena *arena)
{
	return (const Issuance__Event *)message_unpack_own(&issuance__event__descriptor, raw,
							   arena);
}

static const Issuance__Event *stored(const struct view *v, unsigned table, struct bytes key,
				     struct arena *arena)
{
	struct bytes raw;

	return view_get(v, table, key, &raw) ? event_of_row(raw, arena) : NULL;
}

static struct bytes pair_key(struct key *k, struct bytes first, struct bytes second)
{
	key_add(k, first);
	return key_add(k, second);
}

static struct bytes version_key(struct key *k, struct bytes entry, uint32_t version)
{
	key_add(k, entry);
	return key_add_u32(k, version);
}

/* ---- issuers ---- */

const Issuance__IssuerNoted *issuer_get(const struct view *v, struct bytes issuer,
					struct arena *arena)
{
	const Issuance__Event *event = stored(v, ISSUER, issuer, arena);

	return event != NULL ? event->issuer_noted : NULL;
}

void issuer_put(struct txn *t, struct bytes issuer, struct bytes raw)
{
	txn_put(t, ISSUER, issuer, raw);
}

/* ---- kept of enrollment ---- */

static const Issuance__AchievementNoted *achievement_of(const Issuance__Event *event)
{
	return event->body_case == ISSUANCE__EVENT__BODY_STACK_NOTED
		       ? event->stack_noted->achievement
		       : event->achievement_noted;
}

const Issuance__AchievementNoted *achievement_get(const struct view *v, struct bytes entry,
						  uint32_t version, struct arena *arena)
{
	struct key key = {0};
	const Issuance__Event *event =
		stored(v, ACHIEVEMENT, version_key(&key, entry, version), arena);

	return event != NULL ? achievement_of(event) : NULL;
}

const Issuance__AchievementNoted *achievement_newest(const struct view *v, struct bytes entry,
						     struct arena *arena)
{
	struct bytes key, raw;

	if (!view_last(v, ACHIEVEMENT, entry, &key, &raw))
		return NULL;
	return achievement_of(event_of_row(raw, arena));
}

void achievement_put(struct txn *t, struct bytes entry, uint32_t version, struct bytes raw)
{
	struct key key = {0};

	txn_put(t, ACHIEVEMENT, version_key(&key, entry, version), raw);
}

const Issuance__EducatorNoted *educator_get(const struct view *v, struct bytes educator,
					    struct arena *arena)
{
	const Issuance__Event *event = stored(v, EDUCATOR, educator, arena);
	Issuance__EducatorNoted *forgotten;

	if (event == NULL || event->body_case == ISSUANCE__EVENT__BODY_EDUCATOR_NOTED)
		return event != NULL ? event->educator_noted : NULL;
	forgotten = arena_alloc(arena, sizeof *forgotten); /* EducatorForgotten took its place */
	issuance__educator_noted__init(forgotten);
	forgotten->educator = event->educator_forgotten->educator;
	return forgotten;
}

void educator_put(struct txn *t, struct bytes educator, struct bytes raw)
{
	txn_put(t, EDUCATOR, educator, raw);
}

const Issuance__LicenseNoted *license_in(const struct view *v, struct bytes educator,
					 const char *state, struct arena *arena)
{
	struct scan scan = scan_first(v, LICENSE, educator, educator);
	const Issuance__LicenseNoted *found = NULL;
	struct bytes key, raw;

	while (found == NULL && scan_next(&scan, &key, &raw)) {
		const Issuance__LicenseNoted *license = event_of_row(raw, arena)->license_noted;

		if (strcmp(license->state, state) == 0)
			found = license;
	}
	scan_end(&scan);
	return found;
}

void license_put(struct txn *t, struct bytes educator, struct bytes license, struct bytes raw)
{
	struct key key = {0};

	txn_put(t, LICENSE, pair_key(&key, educator, license), raw);
	txn_put(t, LICENSE_OF, license, educator);
}

/* ---- credentials of others ---- */

const Issuance__ExternalCredentialAdded *external_get(const struct view *v, struct bytes educator,
						      struct bytes external, struct arena *arena)
{
	struct key key = {0};
	const Issuance__Event *event =
		stored(v, EXTERNAL, pair_key(&key, educator, external), arena);

	return event != NULL ? event->external_credential_added : NULL;
}

const Issuance__ExternalCredentialAdded *external_next(const struct view *v, struct bytes educator,
						       struct bytes after, struct arena *arena)
{
	const Issuance__ExternalCredentialAdded *found = NULL;
	struct bytes key, raw;
	struct key from = {0};
	struct scan scan;

	key_add(&from, educator);
	if (after.len > 0) {
		key_add(&from, after);
		key_add(&from, (struct bytes){(const uint8_t *)"", 1});
	}
	scan = scan_first(v, EXTERNAL, educator, key_bytes(&from));
	if (scan_next(&scan, &key, &raw))
		found = event_of_row(raw, arena)->external_credential_added;
	scan_end(&scan);
	return found;
}

void external_put(struct txn *t, const Issuance__ExternalCredentialAdded *e, struct bytes raw)
{
	struct key key = {0};

	txn_put(t, EXTERNAL, pair_key(&key, bytes_of_pb(e->educator), bytes_of_pb(e->external)),
		raw);
}

/* ---- credentials ---- */

const Issuance__CredentialIssued *credential_get(const struct view *v, struct bytes credential,
						 struct arena *arena)
{
	const Issuance__Event *event = stored(v, CREDENTIAL, credential, arena);

	return event != NULL ? event->credential_issued : NULL;
}

bool active_get(const struct view *v, struct bytes educator, struct bytes entry,
		struct active *row_r)
{
	struct key key = {0};

	return ROW_GET(v, ACTIVE, pair_key(&key, educator, entry), row_r);
}

bool credential_brief(const struct view *v, struct bytes credential, struct credential_brief *c_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)64 << 10);
	const Issuance__CredentialIssued *c = credential_get(v, credential, arena);

	if (c == NULL)
		return false;
	*c_r = (struct credential_brief){.valid_until_us = c->valid_until_us};
	memcpy(c_r->educator, c->educator.data, ID_LEN);
	memcpy(c_r->entry, c->entry.data, ID_LEN);
	memcpy(c_r->issuer, c->issuer.data, ID_LEN);
	memcpy(c_r->sha256, c->sha256.data, sizeof c_r->sha256);
	if (c->status != NULL) {
		c_r->list = c->status->list;
		c_r->index = c->status->index;
	}
	return true;
}

void active_leave(struct txn *t, struct bytes credential, const struct credential_brief *c)
{
	struct bytes educator = BYTES_OF(c->educator), entry = BYTES_OF(c->entry);
	struct active active;
	struct key key = {0};

	if (active_get(txn_view(t), educator, entry, &active) &&
	    bytes_equal(BYTES_OF(active.credential), credential))
		txn_delete(t, ACTIVE, pair_key(&key, educator, entry));
}

struct life life_get(const struct view *v, struct bytes credential)
{
	struct life life = {0};

	(void)ROW_GET(v, LIFE, credential, &life);
	return life;
}

void life_put(struct txn *t, struct bytes credential, struct life *life)
{
	ROW_PUT(t, LIFE, credential, life);
}

void life_step_put(struct txn *t, struct bytes credential, struct life_step *step)
{
	struct key key = {0};

	key_add(&key, credential);
	ROW_PUT(t, HISTORY, key_add_u64(&key, txn_seq(t)), step);
}

bool decision_known(const struct view *v, struct bytes decision)
{
	struct bytes val;

	return view_get(v, OF_DECISION, decision, &val);
}

bool decision_earned(const struct view *v, struct bytes decision, struct id *credential_r)
{
	struct bytes val;

	if (!view_get(v, OF_DECISION, decision, &val))
		return false;
	*credential_r = id_of_bytes(val);
	return true;
}

bool is_taken_back(const struct view *v, struct bytes decision)
{
	struct bytes val;

	return view_get(v, TAKEN_BACK, decision, &val);
}

void credential_put(struct txn *t, const Issuance__CredentialIssued *c, int64_t now_us,
		    struct bytes raw)
{
	struct bytes credential = bytes_of_pb(c->credential), educator = bytes_of_pb(c->educator);
	struct active active = {.valid_until_us = c->valid_until_us};
	struct key of = {0}, key = {0};

	memcpy(active.credential, credential.data, ID_LEN);
	txn_put(t, CREDENTIAL, credential, raw);
	txn_put(t, OF_EDUCATOR, pair_key(&of, educator, credential), BYTES_NONE);
	ROW_PUT(t, ACTIVE, pair_key(&key, educator, bytes_of_pb(c->entry)), &active);
	if (c->decision.len > 0)
		txn_put(t, OF_DECISION, bytes_of_pb(c->decision), credential);
	txn_delete(t, HELD, credential);
	earned_put(t, c);
	signed_put(t, c->key, credential);
	if (c->status != NULL)
		status_take(t, bytes_of_pb(c->issuer), c->status, now_us);
}

void credential_resign(struct txn *t, struct bytes credential, Issuance__Signing *signing,
		       int64_t now_us)
{
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)64 << 10);
	const Issuance__Event *stands = stored(txn_view(t), CREDENTIAL, credential, arena);
	Issuance__CredentialIssued c;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	if (stands == NULL) {
		txn_fault(t, "signed again: no such credential");
		return;
	}
	c = *stands->credential_issued;
	if (signing->status != NULL &&
	    (c.status == NULL || c.status->list != signing->status->list ||
	     c.status->index != signing->status->index))
		status_take(t, bytes_of_pb(c.issuer), signing->status, now_us);
	signed_drop(t, c.key, credential);
	signed_put(t, signing->key, credential);
	c.key = signing->key;
	c.status = signing->status;
	c.signed_us = signing->signed_us;
	c.issuer_version = signing->issuer_version;
	c.document = signing->document;
	c.sha256 = signing->sha256;
	c.proof_value = signing->proof_value;
	if (signing->n_members > 0) {
		c.n_members = signing->n_members;
		c.members = signing->members;
		stack_stale_end(t, credential);
	}
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED;
	event.credential_issued = &c;
	txn_put(t, CREDENTIAL, credential, message_pack(&event.base, arena));
}

const Issuance__CredentialHeld *held_get(const struct view *v, struct bytes credential,
					 struct arena *arena, int64_t *since_us_r)
{
	struct bytes val;

	if (!view_get(v, HELD, credential, &val))
		return NULL;
	ENSURE(val.len > 8);
	if (since_us_r != NULL)
		*since_us_r = (int64_t)get_u64_le(val.data);
	return event_of_row((struct bytes){val.data + 8, val.len - 8}, arena)->credential_held;
}

void held_drop(struct txn *t, struct bytes credential)
{
	txn_delete(t, HELD, credential);
}

void held_put(struct txn *t, const Issuance__CredentialHeld *held, int64_t since_us,
	      struct bytes raw)
{
	struct bytes credential = bytes_of_pb(held->credential);
	struct arena *arena = arena_new(8 + raw.len);
	uint8_t *val = arena_alloc(arena, 8 + raw.len);
	struct bytes before;

	if (view_get(txn_view(t), HELD, credential, &before)) /* held still: since the first time */
		since_us = (int64_t)get_u64_le(before.data);
	put_u64_le(val, (uint64_t)since_us);
	memcpy(val + 8, raw.data, raw.len);
	txn_put(t, HELD, credential, (struct bytes){val, 8 + raw.len});
	if (held->decision.len > 0)
		txn_put(t, OF_DECISION, bytes_of_pb(held->decision), credential);
	else
		stack_held_put(t, held);
	arena_destroy(&arena);
}
