/* Waiting for the OpenID provider. */
#include "services/gateway/routes/openid_wait.h"

#include "services/gateway/render/words.h"
#include "services/gateway/signin/openid.h"
#include "services/gateway/web/web.h"

#define LOOKS_MAX 1500 /* half a minute */

const char *id_string(struct request *r, const struct id *id)
{
	return arena_printf(r->arena, "%s", ID_STR(bytes_of_id(id)));
}

void provider_none(struct request *r)
{
	reply_problem(r, 404, "not_found", "Nothing is at this address.");
}

void provider_away(struct request *r)
{
	reply_header(r, "Retry-After", "10");
	reply_problem(r, 503, "openid_away", "%s", word(r, "openid.away"));
}

void provider_look_again(struct request *r, struct provider_wait *w, step_fn *step)
{
	if (w->looks++ < LOOKS_MAX)
		then_at(r, r->web->mono_us + OPENID_LOOK_US, step);
	else
		provider_away(r);
}

void provider_new_keys(struct request *r, struct provider_wait *w, step_fn *self, step_fn *ready,
		       step_fn *failed)
{
	switch (oidc_renew_keys(r->web->oidc, w->since_us, r->web->mono_us)) {
	case OIDC_WAITING:
		provider_look_again(r, w, self);
		return;
	case OIDC_READY:
		w->renewed = true;
		ready(r);
		return;
	case OIDC_FAILED:
		failed(r);
		return;
	}
}
