/* The tables of duplicates: keys, typed get and put. */
#include "services/evidence/tables_duplicates.h"

#include <string.h>

struct print {
	uint64_t version;
	uint8_t signature[MINHASH_BYTES];
	uint64_t shingles;
};
_Static_assert(sizeof(struct print) == 16 + MINHASH_BYTES, "no padding");

/* ---- places ---- */

static struct bytes key_of_place(struct key *k, const struct place *at)
{
	key_add(k, bytes_of_id(&at->submission));
	return key_add_u16(k, at->item);
}

void place_put(struct txn *txn, const struct place *at, struct bytes sha256)
{
	struct key k = {0};

	key_add(&k, sha256);
	mark_put(txn, PLACE_OF, key_of_place(&k, at));
}

static struct bytes key_of_band(struct key *k, const struct minhash *m, unsigned band)
{
	key_add_u16(k, (uint16_t)band);
	return key_add_u64(k, minhash_band(m, band));
}

void print_put(struct txn *txn, const struct place *at, const struct minhash *m)
{
	struct print row = {.shingles = m->shingles};
	struct key k = {0};

	minhash_put(m, row.signature);
	ROW_PUT(txn, PRINT, key_of_place(&k, at), &row);
	for (unsigned band = 0; band < MINHASH_BANDS; band++) {
		struct key listed = {0};

		key_of_band(&listed, m, band);
		mark_put(txn, BAND, key_of_place(&listed, at));
	}
}

bool print_get(const struct view *view, const struct place *at, struct minhash *m_r)
{
	struct print row;
	struct key k = {0};

	return ROW_GET(view, PRINT, key_of_place(&k, at), &row) &&
	       minhash_get(BYTES_OF(row.signature), (uint32_t)row.shingles, m_r);
}

static size_t places_under(const struct view *view, unsigned table, struct bytes prefix,
			   struct place *places_r, size_t n)
{
	struct scan scan = scan_first(view, table, prefix, prefix);
	struct bytes key, val;
	size_t found = 0;

	while (found < n) {
		if (!scan_next(&scan, &key, &val))
			return found;
		places_r[found].submission =
			id_of_bytes((struct bytes){key.data + prefix.len, ID_LEN});
		places_r[found++].item = get_u16_be(key.data + prefix.len + ID_LEN);
	}
	scan_end(&scan);
	return found;
}

size_t places_of_bytes(const struct view *view, struct bytes sha256, struct place *places_r,
		       size_t n)
{
	return places_under(view, PLACE_OF, sha256, places_r, n);
}

size_t places_of_band(const struct view *view, const struct minhash *m, unsigned band,
		      struct place *places_r, size_t n)
{
	struct key k = {0};

	return places_under(view, BAND, key_of_band(&k, m, band), places_r, n);
}

/* ---- what was found ---- */

void duplicate_put(struct txn *txn, const Evidence__DuplicateFound *found, struct bytes event)
{
	struct bytes one = bytes_of_pb(found->submission), other = bytes_of_pb(found->other);
	struct key k = {0}, back = {0};

	txn_put(txn, DUPLICATE, key_of_two(&k, one, other), event);
	txn_put(txn, DUPLICATE, key_of_two(&back, other, one), event);
}

const Evidence__DuplicateFound *duplicate_get(const struct view *view, struct bytes submission,
					      struct bytes other, struct arena *arena)
{
	struct key k = {0};
	const Evidence__Event *event =
		event_get(view, DUPLICATE, key_of_two(&k, submission, other), arena);

	return event == NULL ? NULL : event->duplicate_found;
}

/* ---- shared artifacts ---- */

void declared_put(struct txn *txn, struct bytes declaration, struct bytes event)
{
	txn_put(txn, DECLARED, declaration, event);
}

const Evidence__SharedDeclared *declared_get(const struct view *view, struct bytes declaration,
					     struct arena *arena)
{
	const Evidence__Event *event = event_get(view, DECLARED, declaration, arena);

	return event == NULL ? NULL : event->shared_declared;
}

void confirmed_put(struct txn *txn, struct bytes declaration, struct bytes portfolio)
{
	struct key k = {0};

	mark_put(txn, CONFIRMED, key_of_two(&k, declaration, portfolio));
}

bool is_confirmed(const struct view *view, struct bytes declaration, struct bytes portfolio)
{
	struct key k = {0};

	return mark_there(view, CONFIRMED, key_of_two(&k, declaration, portfolio));
}

static struct bytes key_of_shared(struct key *k, struct bytes portfolio, struct bytes other,
				  struct bytes sha256)
{
	key_of_two(k, portfolio, other);
	return key_add(k, sha256);
}

void shared_put(struct txn *txn, struct bytes portfolio, struct bytes other, struct bytes sha256)
{
	struct key k = {0}, back = {0};

	mark_put(txn, SHARED, key_of_shared(&k, portfolio, other, sha256));
	mark_put(txn, SHARED, key_of_shared(&back, other, portfolio, sha256));
}

bool is_shared(const struct view *view, struct bytes portfolio, struct bytes other,
	       struct bytes sha256)
{
	struct key k = {0};

	return mark_there(view, SHARED, key_of_shared(&k, portfolio, other, sha256));
}

struct coauthors coauthors_of(struct bytes portfolio)
{
	return (struct coauthors){.portfolio = id_of_bytes(portfolio)};
}

bool coauthor_next(struct coauthors *scan, const struct view *view, struct id *portfolio_r)
{
	uint8_t beyond[SHA256_LEN + 1];
	struct key prefix = {0}, from = {0};
	struct bytes key, val;
	struct scan rows;

	memset(beyond, 0xff, sizeof beyond);
	key_add(&prefix, bytes_of_id(&scan->portfolio));
	key_add(&from, bytes_of_id(&scan->portfolio));
	if (!id_is_none(&scan->at)) {
		key_add(&from, bytes_of_id(&scan->at));
		key_add(&from, BYTES_OF(beyond)); /* above all hashes with that one */
	}
	rows = scan_first(view, SHARED, key_bytes(&prefix), key_bytes(&from));
	if (!scan_next(&rows, &key, &val))
		return false;
	scan->at = id_of_bytes((struct bytes){key.data + ID_LEN, ID_LEN});
	scan_end(&rows);
	*portfolio_r = scan->at;
	return true;
}
