/* What the events of issuers' keys change. */
#include "services/issuance/apply_parts.h"
#include "services/issuance/keys.h"

#include <string.h>

void apply_key_added(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__KeyAdded *a = event->key_added;
	struct bytes issuer = bytes_of_pb(a->issuer);
	uint16_t n = issuer_key_next(txn_view(txn), issuer);
	struct key_row row = {
		.added_us = record->at_us, .state = STATE_ACTIVE, .kind = (uint32_t)a->kind};
	struct key key = {0};

	memcpy(row.added_by, record->actor.b, ID_LEN);
	key_add(&key, issuer);
	txn_put(txn, ISSUER_KEY, key_add_u16(&key, n), record->payload);
	issuer_key_put(txn, issuer, n, &row, a->because);
}

/* The key goes on to another state; the row is the caller's to fill before it is put. */
static bool find_key(struct txn *txn, struct bytes issuer, const char *name, uint16_t *n_r,
		     struct key_row *row_r)
{
	if (issuer_key_row(txn_view(txn), issuer, name, n_r, row_r))
		return true;
	txn_fault(txn, "key: the issuer has none of that name");
	return false;
}

void apply_key_retired(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__KeyRetired *r = event->key_retired;
	struct bytes issuer = bytes_of_pb(r->issuer);
	struct key_row row;
	uint16_t n;

	if (!find_key(txn, issuer, r->key, &n, &row))
		return;
	row.state = STATE_RETIRING;
	row.retired_us = record->at_us;
	memcpy(row.retired_by, record->actor.b, ID_LEN);
	issuer_key_put(txn, issuer, n, &row, r->because);
}

void apply_key_revoked(struct txn *txn, const Issuance__Event *event, const struct record *record)
{
	const Issuance__KeyRevoked *r = event->key_revoked;
	struct bytes issuer = bytes_of_pb(r->issuer);
	struct key_row row;
	uint16_t n;

	if (!find_key(txn, issuer, r->key, &n, &row))
		return;
	row.state = STATE_REVOKED;
	row.revoked_us = record->at_us;
	memcpy(row.revoked_by, record->actor.b, ID_LEN);
	issuer_key_put(txn, issuer, n, &row, r->because);
	status_due(txn, issuer, record->at_us); /* the key may have signed them */
}
