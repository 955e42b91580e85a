/* What is sealed of an account, opened. */
#include "libshared/seal.h"
#include "services/gateway/tables.h"

bool sealed_get(const struct view *v, unsigned table, struct bytes account, const struct caps *caps,
		struct arena *arena, struct bytes *text_r)
{
	struct bytes raw;

	return view_get(v, table, account, &raw) && raw.len > ID_LEN &&
	       unseal_bytes(caps, (struct bytes){raw.data, ID_LEN},
			    (struct bytes){raw.data + ID_LEN, raw.len - ID_LEN}, arena, text_r);
}
