/* The tables of status lists: rows, and bits in chunks small enough to write one for each badge. */
#include "services/issuance/tables.h"

#include "libshared/timers.h"
#include "services/issuance/issuance.h"
#include "services/issuance/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHUNK_BYTES 256
#define CHUNK_BITS (CHUNK_BYTES * 8)

struct id status_list_id(struct bytes issuer, uint32_t number)
{
	char name[ID_TEXT_LEN + 16];

	snprintf(name, sizeof name, "%s/%" PRIu32, ID_STR(issuer), number);
	return id_of_name("status", name);
}

uint32_t status_last(const struct view *v, struct bytes issuer)
{
	struct bytes key, list;

	return view_last(v, STATUS_OF, issuer, &key, &list) ? get_u32_be(key.data + ID_LEN) : 0;
}

bool status_list_get(const struct view *v, struct bytes list, struct status_list *row_r)
{
	return ROW_GET(v, STATUS_LIST, list, row_r);
}

/* ---- bits ---- */

static struct bytes chunk_key(struct key *k, struct bytes list, uint32_t index)
{
	key_add(k, list);
	return key_add_u16(k, (uint16_t)(index / CHUNK_BITS));
}

/* Bit i of a list is byte i / 8, its highest bit first. */
static uint8_t bit_of(uint32_t index)
{
	return (uint8_t)(0x80u >> (index % 8));
}

static bool bit_get(const struct view *v, unsigned table, struct bytes list, uint32_t index)
{
	struct key key = {0};
	struct bytes chunk;

	return view_get(v, table, chunk_key(&key, list, index), &chunk) &&
	       (chunk.data[index % CHUNK_BITS / 8] & bit_of(index)) != 0;
}

/* False: it was set before. */
static bool bit_set(struct txn *t, unsigned table, struct bytes list, uint32_t index)
{
	uint8_t bits[CHUNK_BYTES] = {0}, *byte = &bits[index % CHUNK_BITS / 8];
	struct key key = {0};
	struct bytes chunk;

	if (view_get(txn_view(t), table, chunk_key(&key, list, index), &chunk))
		memcpy(bits, chunk.data, sizeof bits);
	if ((*byte & bit_of(index)) != 0)
		return false;
	*byte |= bit_of(index);
	txn_put(t, table, key_bytes(&key), BYTES_OF(bits));
	return true;
}

bool status_taken(const struct view *v, struct bytes list, uint32_t index)
{
	return bit_get(v, STATUS_TAKEN, list, index);
}

bool status_revoked(const struct view *v, struct bytes list, uint32_t index)
{
	return bit_get(v, STATUS_REVOKED, list, index);
}

/* ---- lists ---- */

static void list_open(struct txn *t, struct bytes issuer, uint32_t number, struct bytes list,
		      struct status_list *row_r)
{
	struct key key = {0};

	*row_r = (struct status_list){.number = number};
	memcpy(row_r->issuer, issuer.data, ID_LEN);
	key_add(&key, issuer);
	txn_put(t, STATUS_OF, key_add_u32(&key, number), list);
}

/* The row, opened if it is not there yet. A new list is signed at once: credentials name it. */
static void list_of(struct txn *t, struct bytes issuer, uint32_t number, int64_t now_us,
		    struct id *list_r, struct status_list *row_r)
{
	*list_r = status_list_id(issuer, number);
	if (status_list_get(txn_view(t), bytes_of_id(list_r), row_r))
		return;
	list_open(t, issuer, number, bytes_of_id(list_r), row_r);
	timer_set(t, bytes_of_id(list_r), TIMER_STATUS, now_us);
}

void status_take(struct txn *t, struct bytes issuer, const Issuance__StatusEntry *entry,
		 int64_t now_us)
{
	struct status_list row;
	struct id list;

	list_of(t, issuer, entry->list, now_us, &list, &row);
	if (!bit_set(t, STATUS_TAKEN, bytes_of_id(&list), entry->index)) {
		txn_fault(t, "status: the place is taken");
		return;
	}
	row.taken++;
	ROW_PUT(t, STATUS_LIST, bytes_of_id(&list), &row);
}

/* The next signature is due a minute after the last one, when that is past at once: after this
 * moment, since a timer that is due at the same moment again would be the same input. */
void status_revoke(struct txn *t, const struct credential_brief *c, int64_t now_us)
{
	struct status_list row;
	struct id list;

	if (c->list == 0)
		return;
	list_of(t, BYTES_OF(c->issuer), c->list, now_us, &list, &row);
	if (!bit_set(t, STATUS_REVOKED, bytes_of_id(&list), c->index))
		return; /* said before: suspended, then revoked */
	row.revoked++;
	if (row.changed == 0)
		timer_set(t, bytes_of_id(&list), TIMER_STATUS,
			  MAX(row.signed_us + STATUS_PAUSE_US, now_us + 1));
	row.changed = 1;
	ROW_PUT(t, STATUS_LIST, bytes_of_id(&list), &row);
}

void status_due(struct txn *t, struct bytes issuer, int64_t now_us)
{
	uint32_t last = status_last(txn_view(t), issuer);

	for (uint32_t number = 1; number <= last; number++) {
		struct id list = status_list_id(issuer, number);

		timer_set(t, bytes_of_id(&list), TIMER_STATUS, now_us + 1);
	}
}

void status_put_signed(struct txn *t, const Issuance__StatusListSigned *s, struct bytes raw)
{
	struct bytes list = bytes_of_pb(s->list);
	struct status_list row;

	if (!status_list_get(txn_view(t), list, &row)) {
		txn_fault(t, "status: no such list");
		return;
	}
	row.signed_us = s->signed_us;
	row.changed = 0;
	ROW_PUT(t, STATUS_LIST, list, &row);
	txn_put(t, STATUS_SIGNED, list, raw);
	timer_set(t, list, TIMER_STATUS, s->signed_us + STATUS_EVERY_US);
}

const Issuance__StatusListSigned *status_signed(const struct view *v, struct bytes list,
						struct arena *arena)
{
	struct bytes raw;

	return view_get(v, STATUS_SIGNED, list, &raw) ? event_of_row(raw, arena)->status_list_signed
						      : NULL;
}

void status_bits(const struct view *v, struct bytes list, uint8_t *bits_r)
{
	struct scan scan = scan_first(v, STATUS_REVOKED, list, list);
	struct bytes key, chunk;

	memset(bits_r, 0, STATUS_BITS / 8);
	while (scan_next(&scan, &key, &chunk))
		memcpy(bits_r + (size_t)get_u16_be(key.data + ID_LEN) * CHUNK_BYTES, chunk.data,
		       CHUNK_BYTES);
	scan_end(&scan);
}
