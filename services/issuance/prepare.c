/* What must be durable outside the database when a command's events are: an issuer's signing key.
 */
#include "services/issuance/prepare.h"
#include "services/issuance/signer.h"
#include "services/issuance/tables.h"

int issuance_prepare(const struct view *view, const ProtobufCMessage *command,
		     const struct decision *d)
{
	const Issuance__Command *cmd = (const Issuance__Command *)command;
	struct bytes issuer;

	if (cmd->body_case != ISSUANCE__COMMAND__BODY_ADD_KEY)
		return 0;
	issuer = bytes_of_pb(cmd->add_key->issuer);
	if (!is_id(issuer) || issuer_get(view, issuer, d->arena) == NULL)
		return 0; /* decide says so */
	return signer_ensure(d->caps->signer, issuer);
}
