/* A new educator's key: it must be on disk before what is sealed under it. */
#include "libshared/seal.h"
#include "services/enrollment/enrollment.h"
#include "services/enrollment/tables.h"

/* A slot whose registration is then refused stays empty of anything sealed, and is used when the id
 * is registered after all. */
int enrollment_prepare(const struct view *view, const ProtobufCMessage *command,
		       const struct decision *d)
{
	const Enrollment__Command *cmd = (const Enrollment__Command *)command;
	struct educator_row row;
	struct bytes id;

	if (cmd->body_case == ENROLLMENT__COMMAND__BODY_REGISTER_EDUCATOR)
		id = bytes_of_pb(cmd->register_educator->educator);
	else if (cmd->body_case == ENROLLMENT__COMMAND__BODY_NOTE_ROSTER_PERSON)
		id = bytes_of_pb(cmd->note_roster_person->educator);
	else
		return 0;
	if (!is_id(id) || educator_get(view, id, &row))
		return 0;
	return keyring_ensure(d->caps->keyring, id);
}

int enrollment_prepare_sync(const struct caps *caps)
{
	return keyring_sync(caps->keyring);
}
