/* Clients that speak for people: connected by the person, ended by either; and what people say of
 * themselves through them. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/gateway/decide_parts.h"
#include "services/gateway/signin/scopes.h"

#include <string.h>

#define OPEN_MAX 50 /* connections of one account at once */
#define CLIENT_NAME_MAX 100
#define SECRET_LEN 32
#define URL_MAX 500
#define DESCRIPTION_MAX 1000

static enum verdict check_client(const Gateway__Client *client, struct decision *d)
{
	if (client == NULL || !is_id(bytes_of_pb(client->client)) ||
	    client->secret.len != SECRET_LEN || client->n_redirect_uris == 0 ||
	    client->name[0] == '\0' || strlen(client->name) > CLIENT_NAME_MAX)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "client: expected an id, a name, the hash of a secret and "
				   "where to send people back");
	return ACCEPTED;
}

static enum verdict check_scopes(const Gateway__ConnectClient *ask, struct decision *d)
{
	scope_set seen = 0;

	for (size_t i = 0; i < ask->n_scopes; i++) {
		scope_set scope = oauth_scope_of_name(ask->scopes[i]);

		if (scope == 0 || (seen & scope))
			return refuse_text(
				d, GATEWAY__REASON__BAD_VALUE,
				"scopes: \"%.90s\" is no scope of clients, or named twice",
				ask->scopes[i]);
		seen |= scope;
	}
	if ((seen & ~SCOPE_OFFLINE) == 0)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "scopes: name what the client may do");
	return ACCEPTED;
}

static unsigned open_of(const struct view *view, struct bytes account)
{
	struct scan scan = scan_first(view, CONNECTION_OF, account, account);
	struct bytes key, val;
	unsigned n = 0;

	while (scan_next(&scan, &key, &val)) {
		struct connection row;

		n += connection_get(view, (struct bytes){key.data + ID_LEN, ID_LEN}, &row) &&
		     row.ended_us == 0;
	}
	return n;
}

static void register_once(const struct view *view, const Gateway__Client *client,
			  struct decision *d)
{
	Gateway__ClientRegistered registered = GATEWAY__CLIENT_REGISTERED__INIT;
	struct bytes id = bytes_of_pb(client->client), val;

	if (view_get(view, CLIENT, id, &val))
		return;
	registered.client = (Gateway__Client *)(uintptr_t)client;
	EMIT(d, id, CLIENT_REGISTERED, client_registered, &registered);
}

enum verdict decide_connect_client(const struct view *view, const Gateway__Command *cmd,
				   struct decision *d)
{
	const Gateway__ConnectClient *ask = cmd->connect_client;
	Gateway__ClientConnected connected = GATEWAY__CLIENT_CONNECTED__INIT;
	struct bytes account = bytes_of_pb(ask->account), by = by_of(d, ask->by);
	struct account row;

	if (check_new(view, CONNECTION, ask->grant, "grant", d) == REFUSED ||
	    !find_account(view, ask->account, &row, d) || check_client(ask->client, d) == REFUSED ||
	    check_scopes(ask, d) == REFUSED)
		return REFUSED;
	if (!bytes_equal(by, account))
		return refuse_text(d, GATEWAY__REASON__NOT_ALLOWED,
				   "a client is connected by whom it speaks for");
	if (open_of(view, account) >= OPEN_MAX)
		return refuse_text(d, GATEWAY__REASON__TOO_MANY,
				   "an account connects at most %d clients: end one first",
				   OPEN_MAX);
	register_once(view, ask->client, d);
	connected.grant = ask->grant;
	connected.account = ask->account;
	connected.client = ask->client->client;
	connected.scopes = ask->scopes;
	connected.n_scopes = ask->n_scopes;
	connected.by = pb_of_bytes(by);
	EMIT(d, account, CLIENT_CONNECTED, client_connected, &connected);
	return ACCEPTED;
}

static bool is_cause(const char *because)
{
	static const char *const causes[] = {"asked", "revoked", "reused"};

	for (size_t i = 0; i < ARRAY_LEN(causes); i++)
		if (strcmp(because, causes[i]) == 0)
			return true;
	return false;
}

/* by: the person; nobody, where the client or a rule of ours ends it. An operator ends anybody's,
 * and that is why. */
enum verdict decide_disconnect_client(const struct view *view, const Gateway__Command *cmd,
				      struct decision *d)
{
	const Gateway__DisconnectClient *ask = cmd->disconnect_client;
	Gateway__ClientDisconnected ended = GATEWAY__CLIENT_DISCONNECTED__INIT;
	struct bytes id = bytes_of_pb(ask->grant), by = by_of(d, ask->by);
	bool by_operator = !(d->roles & ROLE_SELF);
	struct connection row;

	if (!is_id(id))
		return refuse_text(d, GATEWAY__REASON__BAD_ID, "grant: expected an id of 16 bytes");
	/* Another's is not even there. */
	if (!connection_get(view, id, &row) ||
	    (!by_operator && by.len > 0 && !bytes_equal(by, BYTES_OF(row.account))))
		return refuse_text(d, GATEWAY__REASON__UNKNOWN_CONNECTION,
				   "there is no connection %s", ID_STR(id));
	if (!by_operator && !is_cause(ask->because))
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "because: expected asked, revoked or reused");
	if (row.ended_us != 0)
		return refuse_text(d, GATEWAY__REASON__ALREADY_REVOKED,
				   "the connection is ended already");
	ended.grant = ask->grant;
	ended.account = pb_of_bytes(arena_copy(d->arena, BYTES_OF(row.account)));
	ended.client = pb_of_bytes(arena_copy(d->arena, BYTES_OF(row.client)));
	ended.because = by_operator ? (char *)(uintptr_t) "operator" : ask->because;
	ended.by = pb_of_bytes(by);
	EMIT(d, BYTES_OF(row.account), CLIENT_DISCONNECTED, client_disconnected, &ended);
	return ACCEPTED;
}

/* ---- the profile ---- */

static enum verdict check_profile(const Gateway__Profile *p, struct decision *d)
{
	bool is_url = p == NULL || p->url[0] == '\0' || strncmp(p->url, "https://", 8) == 0;

	if (p == NULL || !is_url || strlen(p->url) > URL_MAX ||
	    strlen(p->description) > DESCRIPTION_MAX ||
	    !text_is_clean(p->description, strlen(p->description)) ||
	    !text_is_clean(p->url, strlen(p->url)) || strpbrk(p->url, " \n\t\"<>") != NULL)
		return refuse_text(d, GATEWAY__REASON__BAD_VALUE,
				   "profile: an https url of at most %d bytes and a description of "
				   "at most %d are taken",
				   URL_MAX, DESCRIPTION_MAX);
	return ACCEPTED;
}

enum verdict decide_set_profile(const struct view *view, const Gateway__Command *cmd,
				struct decision *d)
{
	const Gateway__SetProfile *ask = cmd->set_profile;
	Gateway__ProfileSet set = GATEWAY__PROFILE_SET__INIT;
	struct bytes account = bytes_of_pb(ask->account), by = by_of(d, ask->by);
	struct account row;

	if (!find_account(view, ask->account, &row, d) || check_profile(ask->profile, d) == REFUSED)
		return REFUSED;
	if (!bytes_equal(by, account))
		return refuse_text(d, GATEWAY__REASON__NOT_ALLOWED,
				   "a profile is its owner's to change");
	set.account = ask->account;
	set.profile = seal(d, account, message_pack(&ask->profile->base, d->arena));
	if (set.profile == NULL)
		return refuse_text(d, GATEWAY__REASON__WRONG_STATE,
				   "the account's key is gone: open another account");
	set.by = pb_of_bytes(by);
	EMIT(d, account, PROFILE_SET, profile_set, &set);
	return ACCEPTED;
}
