/* The tables of endorsements: what was signed or imported, by what it endorses. */
#include "services/issuance/tables_endorsement.h"

#include "libshared/decision.h"

#include <string.h>

static const Issuance__Endorsement *endorsement_of(const Issuance__Event *event)
{
	return event->body_case == ISSUANCE__EVENT__BODY_ENDORSEMENT_SIGNED
		       ? event->endorsement_signed->endorsement
		       : event->endorsement_imported->endorsement;
}

const Issuance__Endorsement *endorsement_get(const struct view *v, struct bytes endorsement,
					     struct arena *arena)
{
	struct bytes raw;

	return view_get(v, ENDORSEMENT, endorsement, &raw)
		       ? endorsement_of(event_of_row(raw, arena))
		       : NULL;
}

const Issuance__EndorsementWithdrawn *endorsement_gone(const struct view *v,
						       struct bytes endorsement,
						       struct arena *arena)
{
	struct bytes raw;

	return view_get(v, ENDORSEMENT_GONE, endorsement, &raw)
		       ? event_of_row(raw, arena)->endorsement_withdrawn
		       : NULL;
}

struct id endorsed_id(const Issuance__Endorsement *e)
{
	return e->entry.len > 0 ? id_of_version(bytes_of_pb(e->entry), e->version)
				: id_of_bytes(bytes_of_pb(e->endorsed_issuer));
}

struct scan endorsement_scan(const struct view *v, struct bytes endorsed)
{
	return scan_first(v, ENDORSEMENT_OF, endorsed, endorsed);
}

bool endorsement_next(struct scan *scan, struct bytes *endorsement_r)
{
	struct bytes key, val;

	if (!scan_next(scan, &key, &val))
		return false;
	*endorsement_r = (struct bytes){key.data + ID_LEN, ID_LEN};
	return true;
}

void endorsement_put(struct txn *t, const Issuance__Endorsement *e, int64_t now_us,
		     struct bytes raw)
{
	struct bytes id = bytes_of_pb(e->endorsement);
	struct id endorsed = endorsed_id(e);
	struct key k = {0};

	txn_put(t, ENDORSEMENT, id, raw);
	key_add(&k, bytes_of_id(&endorsed));
	txn_put(t, ENDORSEMENT_OF, key_add(&k, id), BYTES_NONE);
	if (e->status != NULL)
		status_take(t, bytes_of_pb(e->issuer), e->status, now_us);
}

/* The status list says it from its next signature on. */
void endorsement_withdraw(struct txn *t, struct bytes endorsement, int64_t now_us, struct bytes raw)
{
	AUTO(arena_destroy) struct arena *arena = arena_new((size_t)16 << 10);
	const Issuance__Endorsement *e = endorsement_get(txn_view(t), endorsement, arena);
	struct credential_brief place = {0};

	if (e == NULL) {
		txn_fault(t, "endorsement withdrawn: there is none");
		return;
	}
	txn_put(t, ENDORSEMENT_GONE, endorsement, raw);
	if (e->status == NULL)
		return;
	memcpy(place.issuer, e->issuer.data, ID_LEN);
	place.list = e->status->list;
	place.index = e->status->index;
	status_revoke(t, &place, now_us);
}
