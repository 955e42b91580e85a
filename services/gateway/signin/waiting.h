/*
 * A request that waits for a worker, and where a request comes from.
 *
 *	work_for(r, WORK_VERIFY, bytes, &own->verified);
 *	then(r, verified_came);
 */
#ifndef CAIRN_GATEWAY_WAITING_H
#define CAIRN_GATEWAY_WAITING_H

#include "services/gateway/web/request.h"
#include "services/gateway/web/workers.h"

/* Lives in the request's arena, and so does out. */
struct worked {
	bool ok;
	struct bytes out;
};
/* The step that then() named runs when it is done, and all that was asked is answered. When too
 * much waits already it is done at once, and has failed. */
void work_for(struct request *r, enum work kind, struct bytes in, struct worked *worked);

/* The address of the other side, "192.0.2.7"; behind a proxy on this machine, the one that the
 * proxy names. In the arena; "" when it is not known. */
const char *address_of(struct request *r);
/* More requests to r's route are in hand from r's address than one may have there: whoever makes
 * workers work without having signed in would else keep everybody out. */
bool address_asks_too_much(struct request *r);

#endif
