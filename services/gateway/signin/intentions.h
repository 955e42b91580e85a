/*
 * Intentions that are no UUIDv7: kept with the id that they got for as long as they may come again.
 */
#ifndef CAIRN_GATEWAY_INTENTIONS_H
#define CAIRN_GATEWAY_INTENTIONS_H

#include "services/gateway/web/request.h"

/* The id of that key of r's person: the one that it got first. */
struct id intention_kept(struct request *r, const char *key);
/* From here on the request's intention is a fresh one, whatever it sent: for what counts each time
 * that it is tried, as a password. */
void intention_fresh(struct request *r);

#endif
