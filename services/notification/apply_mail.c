/* What the events about addresses change in the tables. */
#include "services/notification/apply_parts.h"
#include "services/notification/tables_mail.h"

void apply_address_bounced(struct txn *txn, const Notification__Event *event,
			   const struct record *record)
{
	const Notification__AddressBounced *e = event->address_bounced;
	struct bounce row = {.bounced_us = record->at_us, .code = e->code};

	id_put(row.address, e->address);
	id_put(row.notice, e->notice);
	fixed_text(row.status, sizeof row.status, e->status);
	bounce_put(txn, bytes_of_pb(e->educator), &row);
}

void apply_address_cleared(struct txn *txn, const Notification__Event *event,
			   const struct record *record)
{
	(void)record;
	txn_delete(txn, BOUNCE, bytes_of_pb(event->address_cleared->educator));
}

void note_address(struct txn *txn, const Notification__NoticeSent *e)
{
	struct letter_sent row = {0};

	if (e->address.len == 0)
		return;
	id_put(row.address, e->address);
	letter_sent_put(txn, bytes_of_pb(e->notice), &row);
}
