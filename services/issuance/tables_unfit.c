/* Rows of what cannot be evaluated. */
#include "services/issuance/tables_unfit.h"

static struct bytes unfit_key(struct key *k, struct bytes document, uint32_t version)
{
	key_add(k, document);
	return key_add_u32(k, version);
}

bool unfit_known(const struct view *v, struct bytes document, uint32_t version)
{
	struct key key = {0};
	struct bytes raw;

	return view_get(v, UNFIT, unfit_key(&key, document, version), &raw);
}

void unfit_put(struct txn *t, const Issuance__DocumentUnfit *unfit, struct bytes raw)
{
	struct key key = {0};

	txn_put(t, UNFIT, unfit_key(&key, bytes_of_pb(unfit->document), unfit->version), raw);
}

void unfit_end(struct txn *t, struct bytes document, uint32_t version)
{
	struct bytes found, raw;

	for (;;) {
		struct scan scan = scan_first(txn_view(t), UNFIT, document, document);
		struct key key = {0};

		if (!scan_next(&scan, &found, &raw))
			return;
		key_add(&key, found);
		scan_end(&scan);
		if (get_u32_be(key_bytes(&key).data + ID_LEN) > version)
			return;
		txn_delete(t, UNFIT, key_bytes(&key));
	}
}
