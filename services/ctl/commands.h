/*
 * The commands of each subject, a list per file. table.c puts them in the order of the help.
 */
#ifndef CAIRN_CTL_COMMANDS_H
#define CAIRN_CTL_COMMANDS_H

#include "services/ctl/ctl.h"

extern const struct command_list catalogue_commands, people_commands, evidence_commands,
	assess_commands, seat_commands, credential_commands, form_commands, record_commands,
	notice_commands, follow_commands, status_commands, runtime_commands, peer_commands,
	keys_commands, verify_commands, backup_commands, restore_commands, dump_commands,
	rules_commands, statefile_commands, proof_commands, endorse_commands, agreement_commands,
	port_commands, stack_commands, report_commands, due_commands, account_commands,
	mail_commands, sink_commands, subscribers_commands;

#endif
