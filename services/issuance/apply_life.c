/* What the life of credentials changes: states, status lists, the one that counts, the public
 * stream. */
#include "libshared/timers.h"
#include "services/issuance/apply_parts.h"
#include "services/issuance/life.h"
#include "services/issuance/tables_covered.h"
#include "services/issuance/tables_stack.h"
#include "services/issuance/transparency.h"

#include <stdio.h>
#include <string.h>

/* A change in the life of a credential, as one event has it. */
struct change {
	ProtobufCBinaryData credential, by, second, other, public_id;
	enum life_state state;
	Issuance__LifeReason reason;
	const char *type;      /* of the public event; NULL: none */
	int64_t hold_until_us; /* of a stack's award; 0: no hold */
};

/* Whose it is, and whether it is the award of a stack. */
struct holder {
	struct bytes educator;
	bool is_stack;
};

static void copy_id(uint8_t to_r[ID_LEN], ProtobufCBinaryData id)
{
	if (id.len == ID_LEN)
		memcpy(to_r, id.data, ID_LEN);
}

static void keep_step(struct txn *t, const struct change *c, const struct record *record)
{
	struct life_step step = {
		.at_us = record->at_us, .kind = record->kind, .reason = (uint16_t)c->reason};

	copy_id(step.by, c->by);
	copy_id(step.second, c->second);
	copy_id(step.other, c->other);
	life_step_put(t, bytes_of_pb(c->credential), &step);
}

static void publish(struct txn *t, Issuance__PublicRow *row)
{
	uint8_t raw[320];

	ENSURE(issuance__public_row__get_packed_size(row) <= sizeof raw);
	public_append(t, PUBLIC, (struct bytes){raw, issuance__public_row__pack(row, raw)});
}

/* Awards begin and end under names of their own. */
static void name_type(const struct change *change, bool is_stack, char type_r[64])
{
	bool begins = strcmp(change->type, "issued") == 0;

	if (is_stack && (begins || change->state == LIFE_REVOKED))
		snprintf(type_r, 64, "org.cairn.stack.%s.v1", begins ? "awarded" : "revoked");
	else
		snprintf(type_r, 64, "org.cairn.credential.%s.v1", change->type);
}

static void publish_change(struct txn *t, const struct holder *of, const struct change *change,
			   const struct record *record)
{
	Issuance__PublicRow row = ISSUANCE__PUBLIC_ROW__INIT;
	char type[64], status[16];

	name_type(change, of->is_stack, type);
	snprintf(status, sizeof status, "%s", life_state_name(change->state));
	row.id = change->public_id;
	row.type = type;
	row.at_us = record->at_us;
	row.credential = change->credential;
	row.educator = pb_of_bytes(of->educator);
	row.status = change->state == LIFE_ISSUED ? row.status : status;
	row.reason = change->reason;
	row.superseded_by = change->other;
	publish(t, &row);
}

/* A state that is not issued ends the expiry; only issued and suspended ones wait for a second
 * person. */
static void set_state(struct txn *t, const struct credential_brief *c, const struct change *change,
		      const struct record *record)
{
	struct bytes id = bytes_of_pb(change->credential);
	struct life life = life_get(txn_view(t), id);

	life.state = (uint8_t)change->state;
	life.reason = (uint8_t)change->reason;
	life.since_us = record->at_us;
	copy_id(life.superseded_by, change->other);
	if (change->state != LIFE_ISSUED)
		timer_clear(t, id, TIMER_EXPIRY);
	else if (c->valid_until_us != 0)
		timer_set(t, id, TIMER_EXPIRY, c->valid_until_us);
	if (change->state != LIFE_ISSUED && change->state != LIFE_SUSPENDED) {
		life.proposed = 0;
		memset(life.proposed_by, 0, sizeof life.proposed_by);
		active_leave(t, id, c);
	}
	if (change->hold_until_us != 0)
		timer_set(t, id, TIMER_STACK_HOLD, change->hold_until_us);
	else
		timer_clear(t, id, TIMER_STACK_HOLD);
	life_put(t, id, &life);
}

/* What counts for stacks: all but what is revoked or wrong. */
static void drop_earned(struct txn *t, const struct credential_brief *c,
			const struct change *change, bool is_stack)
{
	struct bytes id = bytes_of_pb(change->credential), educator = BYTES_OF(c->educator);

	if (change->state == LIFE_REVOKED || (change->state == LIFE_SUPERSEDED &&
					      change->reason == ISSUANCE__LIFE_REASON__CORRECTION))
		earned_drop(t, educator, id);
	if (is_stack && change->state == LIFE_REVOKED &&
	    change->reason != ISSUANCE__LIFE_REASON__STACK_RULE)
		barred_put(t, educator, BYTES_OF(c->entry), id);
}

static void change_state(struct txn *t, const struct change *change, const struct record *record)
{
	struct credential_brief c;
	struct holder of;

	if (!credential_brief(txn_view(t), bytes_of_pb(change->credential), &c)) {
		txn_fault(t, "life: no such credential");
		return;
	}
	of = (struct holder){BYTES_OF(c.educator), is_stack(txn_view(t), BYTES_OF(c.entry))};
	drop_earned(t, &c, change, of.is_stack);
	set_state(t, &c, change, record);
	if (life_is_listed(change->state, (int)change->reason))
		status_revoke(t, &c, record->at_us);
	keep_step(t, change, record);
	transparency_append(t, change->type, bytes_of_pb(change->credential), BYTES_OF(c.sha256),
			    record->at_us);
	publish_change(t, &of, change, record);
}

/* ---- the events ---- */

void apply_credential_issued(struct txn *txn, const Issuance__Event *event,
			     const struct record *record)
{
	const Issuance__CredentialIssued *c = event->credential_issued;
	struct change change = {.credential = c->credential,
				.public_id = c->public_id,
				.state = LIFE_ISSUED,
				.type = "issued"};

	credential_put(txn, c, record->at_us, record->payload);
	covered_drop(txn, bytes_of_pb(c->decision));
	if (c->valid_until_us != 0)
		timer_set(txn, bytes_of_pb(c->credential), TIMER_EXPIRY, c->valid_until_us);
	transparency_append(txn, change.type, bytes_of_pb(c->credential), bytes_of_pb(c->sha256),
			    record->at_us);
	publish_change(txn, &(struct holder){bytes_of_pb(c->educator), c->n_members > 0}, &change,
		       record);
}

void apply_suspended(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__CredentialSuspended *e = event->credential_suspended;
	struct change change = {.credential = e->credential,
				.by = e->by,
				.public_id = e->public_id,
				.state = LIFE_SUSPENDED,
				.reason = e->reason,
				.hold_until_us = e->until_us,
				.type = "suspended"};

	change_state(txn, &change, record);
}

void apply_reinstated(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__CredentialReinstated *e = event->credential_reinstated;
	struct change change = {.credential = e->credential,
				.by = e->by,
				.public_id = e->public_id,
				.state = LIFE_ISSUED,
				.type = "reinstated"};

	credential_resign(txn, bytes_of_pb(e->credential), e->signing, record->at_us);
	change_state(txn, &change, record);
}

void apply_revoked(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__CredentialRevoked *e = event->credential_revoked;
	struct change change = {.credential = e->credential,
				.by = e->by,
				.second = e->second,
				.public_id = e->public_id,
				.state = LIFE_REVOKED,
				.reason = e->reason,
				.type = "revoked"};

	change_state(txn, &change, record);
}

void apply_superseded(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__CredentialSuperseded *e = event->credential_superseded;
	struct change change = {.credential = e->credential,
				.by = e->by,
				.other = e->superseded_by,
				.public_id = e->public_id,
				.state = LIFE_SUPERSEDED,
				.reason = e->reason,
				.type = "superseded"};

	change_state(txn, &change, record);
}

void apply_expired(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__CredentialExpired *e = event->credential_expired;
	struct change change = {.credential = e->credential,
				.public_id = e->public_id,
				.state = LIFE_EXPIRED,
				.type = "expired"};

	change_state(txn, &change, record);
}

/* ---- events that change no state ---- */

void apply_proposed(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__RevocationProposed *e = event->revocation_proposed;
	struct bytes credential = bytes_of_pb(e->credential);
	struct life life = life_get(txn_view(txn), credential);
	struct change change = {.credential = e->credential, .by = e->by, .reason = e->reason};

	life.proposed = (uint8_t)e->reason;
	copy_id(life.proposed_by, e->by);
	life_put(txn, credential, &life);
	keep_step(txn, &change, record);
}

void apply_withdrawn(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__ProposalWithdrawn *e = event->proposal_withdrawn;
	struct bytes credential = bytes_of_pb(e->credential);
	struct life life = life_get(txn_view(txn), credential);
	struct change change = {.credential = e->credential, .by = e->by};

	life.proposed = 0;
	memset(life.proposed_by, 0, sizeof life.proposed_by);
	life_put(txn, credential, &life);
	keep_step(txn, &change, record);
}

void apply_reversed(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__RevocationReversed *e = event->revocation_reversed;
	struct bytes credential = bytes_of_pb(e->credential);
	struct life life = life_get(txn_view(txn), credential);
	struct change change = {.credential = e->credential,
				.by = e->by,
				.other = e->renewed,
				.reason = ISSUANCE__LIFE_REASON__APPEAL_UPHELD};

	copy_id(life.superseded_by, e->renewed);
	life_put(txn, credential, &life);
	keep_step(txn, &change, record);
}

/* ---- status lists ---- */

void apply_list_signed(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	status_put_signed(txn, event->status_list_signed, record->payload);
}

void apply_list_delayed(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__StatusListDelayed *e = event->status_list_delayed;

	(void)record;
	timer_set(txn, bytes_of_pb(e->list), TIMER_STATUS, e->until_us);
}
