/*
 * Passwords of local accounts: what a request does with one, step by step. Hashing is a worker's;
 * what is wrong with a new one is said in the reader's language.
 */
#ifndef CAIRN_GATEWAY_PASSWORDS_H
#define CAIRN_GATEWAY_PASSWORDS_H

#include "services/gateway/signin/waiting.h"

#define PASSWORD_LEAST 12
#define PASSWORD_MOST 200

/* Verifies the password against the account's; against nobody's, for as long, when account is none
 * or has no password. worked->out[0] is 1 or 2 when it is right. */
void password_verify(struct request *r, const struct id *account, const char *password,
		     struct worked *worked);
bool password_was_right(const struct worked *worked);
void password_hash(struct request *r, const char *password, struct worked *worked);
/* NULL: sound; else a key of the words that says what is wrong. */
const char *password_fault(const char *password, const char *again, const char *login);

/* Until when nobody is let in by that login, or from this address; 0: now. */
int64_t door_shut_until(struct request *r, const char *login);
/* The account of a login; ID_NONE: nobody's. */
struct id account_of_login(struct request *r, const char *login);
/* An account's login, in the arena; "" when it has none. */
const char *login_of_account(struct request *r, const struct id *account);

#endif
