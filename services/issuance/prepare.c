/* What must be durable outside the database when a command's events are: an issuer's signing key.
 */
#include "services/issuance/prepare.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/signer.h"

int issuance_prepare(const struct view *view, const ProtobufCMessage *command,
		     const struct decision *d)
{
	struct decision asked = *d; /* whatever is refused here, decide refuses again */
	struct key_wish wish;

	if (!key_wanted(view, (const Issuance__Command *)command, &asked, &wish))
		return 0;
	return signer_ensure(d->caps->signer, wish.issuer, (enum signer_kind)wish.kind,
			     bytes_of_id(&d->input_id));
}
