/*
 * A request that waits for the OpenID provider: looked at again every few milliseconds, for half a
 * minute at most. What goes wrong there is told alike wherever it does.
 */
#ifndef CAIRN_GATEWAY_OPENID_WAIT_H
#define CAIRN_GATEWAY_OPENID_WAIT_H

#include "services/gateway/web/request.h"

struct provider_wait {
	const char *token; /* that is to be checked */
	int64_t since_us;  /* monotonic: when keys were looked at */
	bool renewed;      /* they were fetched anew since */
	unsigned looks;
};

/* The step runs a little later; 503 when it was too often. */
void provider_look_again(struct request *r, struct provider_wait *w, step_fn *step);
/* The token names a key that is not known: the provider's are fetched anew. self is the step that
 * calls this. */
void provider_new_keys(struct request *r, struct provider_wait *w, step_fn *self, step_fn *ready,
		       step_fn *failed);
/* 503: the provider does not answer. */
void provider_away(struct request *r);
/* 404: no provider is set. */
void provider_none(struct request *r);

/* An id as a text in the arena. */
const char *id_string(struct request *r, const struct id *id);

#endif
