/*
 * The rules of the gateway, and what several of them need; decide.c has the table of them.
 */
#ifndef CAIRN_GATEWAY_DECIDE_PARTS_H
#define CAIRN_GATEWAY_DECIDE_PARTS_H

#include "libshared/service.h"
#include "services/gateway/tables.h"

typedef enum verdict rule_fn(const struct view *view, const Gateway__Command *cmd,
			     struct decision *d);

/* decide_accounts.c */
rule_fn decide_open_account, decide_link_identity, decide_set_password, decide_make_reset,
	decide_close_account, decide_choose_language, decide_identify_account,
	decide_note_key_destroyed;
/* decide_oauth.c */
rule_fn decide_connect_client, decide_disconnect_client, decide_set_profile;
/* decide_grants.c */
rule_fn decide_grant_role, decide_revoke_grant, decide_make_token, decide_revoke_token;
/* decide_vouched.c */
rule_fn decide_renew_roles;
/* decide_signin.c */
rule_fn decide_note_sign_in, decide_note_refused, decide_note_signed_out;

#define BECAUSE_MAX 500
#define LANGUAGES_TEXT "en or es"

/* Who asks: named by the gateway itself, asserted by a peer; empty: nobody but the peer. */
struct bytes by_of(const struct decision *d, ProtobufCBinaryData by);
/* Bits of the roles that whoever asks may give, take, and change the accounts of. */
uint32_t may_give(const struct view *view, const struct decision *d, struct bytes by);
/* Every open role of the account is one that whoever asks may give. Refuses. */
enum verdict check_over(const struct view *view, struct bytes account, struct bytes by,
			struct decision *d);
/* An account that is open; refuses otherwise. */
bool find_account(const struct view *view, ProtobufCBinaryData account, struct account *row_r,
		  struct decision *d);
/* An id that is new in that table; refuses otherwise. */
enum verdict check_new(const struct view *view, unsigned table, ProtobufCBinaryData id,
		       const char *field, struct decision *d);
/* Absent, or an id. */
enum verdict check_id_or_none(ProtobufCBinaryData id, const char *field, struct decision *d);
enum verdict check_because(const char *because, struct decision *d);

/* Emits one event about entity: EMIT(d, id, ROLE_GRANTED, role_granted, &granted). */
#define EMIT(d, entity, CASE, member, body)                                                        \
	do {                                                                                       \
		Gateway__Event event_ = GATEWAY__EVENT__INIT;                                      \
                                                                                                   \
		event_.body_case = GATEWAY__EVENT__BODY_##CASE;                                    \
		event_.member = (body);                                                            \
		emit_about(d, entity, &event_.base);                                               \
	} while (0)

#endif
