/* Every command of cairnctl, in the order of its help. */
#include "services/ctl/commands.h"

/* Pointers, because the lists are initialised in their own files. */
const struct command_list *const command_lists[] = {
	&catalogue_commands, &people_commands,     &evidence_commands,  &assess_commands,
	&seat_commands,      &credential_commands, &endorse_commands,   &form_commands,
	&record_commands,    &port_commands,       &notice_commands,    &mail_commands,
	&sink_commands,      &follow_commands,     &status_commands,    &subscribers_commands,
	&runtime_commands,   &peer_commands,       &keys_commands,      &verify_commands,
	&backup_commands,    &restore_commands,    &dump_commands,      &rules_commands,
	&proof_commands,     &agreement_commands,  &due_commands,       &report_commands,
	&stack_commands,     &account_commands,    &statefile_commands,
};
const size_t n_command_lists = ARRAY_LEN(command_lists);
