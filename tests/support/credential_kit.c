/* Credentials of the entry LIT-101, as issuance's tables have them. */
#include "tests/support/credential_kit.h"

#include "services/issuance/status.h"
#include "tests/support/issuance_kit.h"

struct bytes credential_active(struct kit *k, struct bytes educator)
{
	struct active active;

	if (!active_get(kit_view(k), educator, bytes_of_pb(kit_entry()->entry), &active))
		return BYTES_NONE;
	return arena_copy(k->arena, BYTES_OF(active.credential));
}

struct bytes credential_given(struct kit *k, struct bytes educator)
{
	issuance_released(k, educator, true);
	return credential_active(k, educator);
}

const Issuance__CredentialIssued *credential_facts(struct kit *k, struct bytes credential)
{
	return credential_get(kit_view(k), credential, k->arena);
}

bool credential_bit(struct kit *k, const Issuance__CredentialIssued *c)
{
	struct id list = status_list_id(bytes_of_pb(c->issuer), c->status->list);

	return status_revoked(kit_view(k), bytes_of_id(&list), c->status->index);
}
