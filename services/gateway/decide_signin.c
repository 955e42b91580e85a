/* Who came in and who was not let in; a door that was tried too often is locked for a while. */
#include "services/gateway/decide_parts.h"
#include "services/gateway/lockout.h"

#include <string.h>

#define ADDRESS_MAX 64
#define LOGIN_SEEN_MAX 200

static enum verdict check_address(const char *address, struct decision *d)
{
	if (strlen(address) > ADDRESS_MAX)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "address: expected at most %d bytes", ADDRESS_MAX);
	return ACCEPTED;
}

enum verdict decide_note_sign_in(const struct view *view, const Gateway__Command *cmd,
				 struct decision *d)
{
	const Gateway__NoteSignIn *ask = cmd->note_sign_in;
	Gateway__SignedIn in = GATEWAY__SIGNED_IN__INIT;
	struct account row;
	struct id address;

	if (!find_account(view, ask->account, &row, d) || check_address(ask->address, d) == REFUSED)
		return REFUSED;
	in.account = ask->account;
	in.means = ask->means;
	in.again = ask->again;
	if (ask->address[0] != '\0') {
		address = address_hash(d->caps, ask->address);
		in.address = pb_of_id(&address);
	}
	EMIT(d, bytes_of_pb(ask->account), SIGNED_IN, signed_in, &in);
	return ACCEPTED;
}

/* The refusal at hand is not in the tables yet. */
static uint64_t failures_with_this(const struct view *view, struct bytes door, int64_t now_us)
{
	struct door row;

	if (!door_get(view, door, &row) || now_us - row.last_us > LOCK_FORGET_US)
		return 1;
	return row.failures + 1;
}

static void maybe_lock(const struct view *view, const struct id *door, bool of_address,
		       ProtobufCBinaryData account, struct decision *d)
{
	Gateway__LockedOut locked = GATEWAY__LOCKED_OUT__INIT;
	uint64_t failures = failures_with_this(view, bytes_of_id(door), d->now_us);
	int64_t us = lockout_us(failures, of_address ? LOCK_ADDRESS_FREE : LOCK_LOGIN_FREE);

	if (us == 0)
		return;
	locked.door = pb_of_id(door);
	locked.account = account;
	locked.failures = (uint32_t)MIN(failures, UINT32_MAX);
	locked.until_us = d->now_us + us;
	locked.of_address = of_address;
	EMIT(d, bytes_of_id(door), LOCKED_OUT, locked_out, &locked);
}

/* A login that is nobody's is counted as one that is somebody's, so that neither shows. */
enum verdict decide_note_refused(const struct view *view, const Gateway__Command *cmd,
				 struct decision *d)
{
	const Gateway__NoteRefused *ask = cmd->note_refused;
	Gateway__SignInRefused refused = GATEWAY__SIGN_IN_REFUSED__INIT;
	struct id login, address;

	if (check_address(ask->address, d) == REFUSED ||
	    check_id_or_none(ask->account, "account", d) == REFUSED)
		return REFUSED;
	if (strlen(ask->login) > LOGIN_SEEN_MAX ||
	    (ask->login[0] == '\0' && ask->address[0] == '\0'))
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "login, address: expected one of them, at most %d bytes",
				   LOGIN_SEEN_MAX);
	login = login_hash(d->caps, ask->login);
	address = address_hash(d->caps, ask->address);
	refused.account = ask->account;
	refused.means = ask->means;
	refused.why = ask->why;
	if (ask->login[0] != '\0')
		refused.login = pb_of_id(&login);
	if (ask->address[0] != '\0')
		refused.address = pb_of_id(&address);
	EMIT(d, ask->login[0] != '\0' ? bytes_of_id(&login) : bytes_of_id(&address),
	     SIGN_IN_REFUSED, sign_in_refused, &refused);
	if (ask->login[0] != '\0')
		maybe_lock(view, &login, false, ask->account, d);
	if (ask->address[0] != '\0')
		maybe_lock(view, &address, true, (ProtobufCBinaryData){0, NULL}, d);
	return ACCEPTED;
}

enum verdict decide_note_signed_out(const struct view *view, const Gateway__Command *cmd,
				    struct decision *d)
{
	const Gateway__NoteSignedOut *ask = cmd->note_signed_out;
	Gateway__SignedOut out = GATEWAY__SIGNED_OUT__INIT;
	struct account row;

	if (!find_account(view, ask->account, &row, d))
		return REFUSED;
	out.account = ask->account;
	out.sessions = ask->sessions;
	out.by = pb_of_bytes(by_of(d, ask->by));
	EMIT(d, bytes_of_pb(ask->account), SIGNED_OUT, signed_out, &out);
	return ACCEPTED;
}
