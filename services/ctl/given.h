/*
 * Reading argv with argp: the options that stand everywhere, and those of one command.
 */
#ifndef CAIRN_CTL_GIVEN_H
#define CAIRN_CTL_GIVEN_H

#include "services/ctl/ctl.h"

#include <argp.h>

/* --dir, --json ...: the input is the struct ctl. */
extern const struct argp global_argp;

/* The rest of argv after the command's own words, by c->command. */
void read_command(struct ctl *c, int argc, char **argv);

#endif
