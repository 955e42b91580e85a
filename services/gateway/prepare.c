/* A new account's key: it must be on disk before what is sealed under it. */
#include "libshared/seal.h"
#include "services/gateway/gateway.h"
#include "services/gateway/prepare.h"
#include "services/gateway/tables.h"

/* A slot whose account is then not opened stays empty of anything sealed, and is used when the id
 * is taken after all. */
int gateway_prepare(const struct view *view, const ProtobufCMessage *command,
		    const struct decision *d)
{
	const Gateway__Command *cmd = (const Gateway__Command *)command;
	struct account row;
	struct bytes id;

	if (cmd->body_case != GATEWAY__COMMAND__BODY_OPEN_ACCOUNT)
		return 0;
	id = bytes_of_pb(cmd->open_account->account);
	if (!is_id(id) || account_get(view, id, &row))
		return 0;
	return keyring_ensure(d->caps->keyring, id);
}

int gateway_prepare_sync(const struct caps *caps)
{
	return keyring_sync(caps->keyring);
}
