/*
 * The ids of what a request orders and makes: derived from its intention, so that the same request
 * sent again is the same command.
 *
 * An intention is an Idempotency-Key, or the hidden field of a form, or fresh. It belongs to who
 * sent it: another's same key is another intention.
 */
#include "services/gateway/web/exchange.h"

#include "services/gateway/signin/intentions.h"
#include "services/gateway/signin/sessions.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define KEY_TEXT_MAX 64

#define KEPT_MOST 10000u         /* of an account: who sends more can repeat the last ones */
#define KEPT_US (7 * US_PER_DAY) /* as long as a command's reply is (envelope.proto) */

/* The words of the sender: NULL when there are none. */
static const char *given_key(const struct request *r)
{
	const char *key = header(r, "Idempotency-Key");

	return key != NULL ? key : body_text(r, "intention");
}

void intention_fresh(struct request *r)
{
	exchange_of(r)->intention = id_make(&r->web->ids, r->now_us);
}

/* A UUIDv7 tells its own time; any other key gets one that is kept for as long as it may come
 * again. */
static struct id id_of_key(struct request *r, const char *key)
{
	struct id id;

	if (id_of_text(key, &id) && is_timed_id(bytes_of_id(&id)))
		return id;
	return intention_kept(r, key);
}

struct id intention_kept(struct request *r, const char *key)
{
	struct id account = r->person != NULL ? r->person->account : ID_NONE;
	char text[ID_TEXT_LEN + KEY_TEXT_MAX + 2];
	uint8_t name[32];
	struct bytes kept;
	struct id id;

	snprintf(text, sizeof text, "%s:%s", ID_STR(bytes_of_id(&account)), key);
	brief_key(text, name);
	if (brief_get(r->web->sessions, BRIEF_INTENTION, name, r->now_us, r->arena, &kept) &&
	    is_id(kept))
		return id_of_bytes(kept);
	id = id_make(&r->web->ids, r->now_us);
	brief_put_owned(r->web->sessions,
			&(struct brief_owner){account, BRIEF_INTENTION, KEPT_MOST}, name,
			bytes_of_id(&id), r->now_us + KEPT_US);
	return id;
}

struct id intention_of(struct request *r)
{
	struct exchange *x = exchange_of(r);
	const char *key = given_key(r);

	if (!id_is_none(&x->intention))
		return x->intention;
	if (key != NULL && key[0] != '\0' && strlen(key) <= KEY_TEXT_MAX)
		x->intention = id_of_key(r, key);
	if (id_is_none(&x->intention))
		x->intention = id_make(&r->web->ids, r->now_us);
	return x->intention;
}

struct id made_id(const struct request *r, const char *use)
{
	struct exchange *x = exchange_of(r);
	struct id intention = intention_of(&x->request);
	const struct id *who = r->person != NULL ? &r->person->account : &ID_NONE;
	crypto_generichash_state state;
	uint8_t noise[crypto_generichash_BYTES_MIN];

	crypto_generichash_init(&state, intention.b, ID_LEN, sizeof noise);
	crypto_generichash_update(&state, who->b, ID_LEN);
	crypto_generichash_update(&state, (const uint8_t *)use, strlen(use));
	crypto_generichash_final(&state, noise, sizeof noise);
	return id_shaped(id_time_us(bytes_of_id(&intention)), noise);
}
