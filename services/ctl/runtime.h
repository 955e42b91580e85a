/*
 * Operators' commands and queries that every service answers (proto/runtime.proto).
 */
#ifndef CAIRN_CTL_RUNTIME_H
#define CAIRN_CTL_RUNTIME_H

#include "proto/runtime.pb-c.h"
#include "services/ctl/ctl.h"

/* A service by its name; a fault, and any of them, when there is no such. */
enum ctl_service given_service(struct ctl *c, const char *name);
/* Sends it and tells where it stands in the log. Returns the exit code. */
int send_runtime(struct ctl *c, enum ctl_service service, const Cairn__RuntimeCommand *command);
/* NULL: a fault. */
const Cairn__RuntimeStatus *ask_runtime_status(struct ctl *c, enum ctl_service service);

#endif
