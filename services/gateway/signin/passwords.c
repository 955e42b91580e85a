/* Passwords, as requests use them. */
#include "services/gateway/signin/passwords.h"

#include "services/gateway/lockout.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/web.h"

#include <string.h>
#include <strings.h>

/* Of 32 random bytes that nobody kept: as much work as anybody's. */
static const char nobodys[] = "$argon2id$v=19$m=65536,t=2,p=1$g8zZ2f8SpY94YflqmIkGuQ$"
			      "7+Exe+57lvsfsDkRQlkMzEoVx/VSk4ylKF9hp5QicCU";

void password_verify(struct request *r, const struct id *account, const char *password,
		     struct worked *worked)
{
	struct bytes hash = bytes_of_text(nobodys), pass = bytes_of_text(password);
	uint8_t *both;

	if (!id_is_none(account) && !sealed_get(r->web->view, PASSWORD, bytes_of_id(account),
						r->web->caps, r->arena, &hash))
		hash = bytes_of_text(nobodys);
	both = arena_alloc(r->arena, hash.len + 1 + pass.len);
	memcpy(both, hash.data, hash.len);
	both[hash.len] = 0;
	memcpy(both + hash.len + 1, pass.data, pass.len);
	work_for(r, WORK_VERIFY, (struct bytes){both, hash.len + 1 + pass.len}, worked);
}

bool password_was_right(const struct worked *worked)
{
	return worked->ok && worked->out.len == 1 && worked->out.data[0] != 0;
}

void password_hash(struct request *r, const char *password, struct worked *worked)
{
	work_for(r, WORK_HASH, bytes_of_text(password), worked);
}

/* Length counts, not kinds of letters; and not what everybody would try first. */
const char *password_fault(const char *password, const char *again, const char *login)
{
	size_t len = strlen(password);

	if (len < PASSWORD_LEAST || len > PASSWORD_MOST)
		return "signin.fault_length";
	if (again != NULL && strcmp(password, again) != 0)
		return "signin.fault_again";
	if (login[0] != '\0' && strcasestr(password, login) != NULL)
		return "signin.fault_login";
	if (strspn(password, (char[]){password[0], '\0'}) == len)
		return "signin.fault_same";
	return NULL;
}

int64_t door_shut_until(struct request *r, const char *login)
{
	struct id at_login = login_hash(r->web->caps, login);
	struct id at_address = address_hash(r->web->caps, address_of(r));
	int64_t a = door_locked_until(r->web->view, bytes_of_id(&at_login));
	int64_t b = door_locked_until(r->web->view, bytes_of_id(&at_address));
	int64_t until_us = MAX(a, b);

	return until_us > r->now_us ? until_us : 0;
}

struct id account_of_login(struct request *r, const char *login)
{
	struct id hash = login_hash(r->web->caps, login);
	struct bytes account;

	return account_by(r->web->view, LOGIN, bytes_of_id(&hash), &account) ? id_of_bytes(account)
									     : ID_NONE;
}

const char *login_of_account(struct request *r, const struct id *account)
{
	struct bytes text;

	if (!sealed_get(r->web->view, NAME, bytes_of_id(account), r->web->caps, r->arena, &text))
		return "";
	return arena_text(r->arena, text);
}
