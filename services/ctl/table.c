/* Every command of cairnctl, in the order of its help. */
#include "services/ctl/commands.h"

/* Pointers, because the lists are initialised in their own files. */
const struct command_list *const command_lists[] = {
	&catalogue_commands, &people_commands,  &evidence_commands, &assess_commands,
	&notice_commands,    &status_commands,  &keys_commands,     &credential_commands,
	&follow_commands,    &runtime_commands, &peer_commands,
};
const size_t n_command_lists = ARRAY_LEN(command_lists);
