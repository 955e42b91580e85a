/* Clients before they are connected, and the codes and tokens of connections. */
#include "services/gateway/signin/oauth.h"

#include "libshared/check.h"
#include "services/gateway/openid/pkce.h"
#include "services/gateway/signin/access.h"
#include "services/gateway/signin/scopes.h"
#include "services/gateway/signin/waiting.h"
#include "services/gateway/tables.h"
#include "services/gateway/web/web.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

/* A client that nobody connects is forgotten. */
#define CLIENT_US (30 * US_PER_DAY)
#define REGISTER_MOST_ADDRESS 20 /* within an hour */
#define REGISTER_MOST_ALL 1000   /* within a day */
#define ACCESS_US (ACCESS_S * (int64_t)US_PER_S)
#define CODE_US (5 * 60 * US_PER_S)
#define REFRESH_US (90 * US_PER_DAY)
/* How long one that was used is known again. */
#define CODE_SPENT_US US_PER_HOUR
#define REFRESH_SPENT_US (7 * US_PER_DAY)

/* ---- clients ---- */

const Gateway__Client *oauth_client(struct request *r, const char *text)
{
	const Gateway__Client *client;
	struct bytes packed;
	uint8_t key[32];
	struct id id;

	if (r->web->view == NULL || !id_of_text(text, &id))
		return NULL;
	client = client_get(r->web->view, bytes_of_id(&id), r->arena);
	if (client != NULL)
		return client;
	crypto_generichash(key, sizeof key, id.b, ID_LEN, NULL, 0);
	if (!brief_get(r->web->sessions, BRIEF_CLIENT, key, r->now_us, r->arena, &packed))
		return NULL;
	return (const Gateway__Client *)message_unpack_own(&gateway__client__descriptor, packed,
							   r->arena);
}

/* How many there were within the time, this one counted. */
static uint32_t count_one(struct request *r, const char *of, int64_t within_us)
{
	struct {
		int64_t until_us;
		uint64_t n;
	} row = {r->now_us + within_us, 0};
	struct bytes kept;
	uint8_t key[32];

	brief_key(of, key);
	if (brief_get(r->web->sessions, BRIEF_REGISTERED, key, r->now_us, r->arena, &kept) &&
	    kept.len == sizeof row)
		memcpy(&row, kept.data, sizeof row);
	row.n++;
	brief_put(r->web->sessions, BRIEF_REGISTERED, key,
		  (struct bytes){(const uint8_t *)&row, sizeof row}, row.until_us);
	return (uint32_t)MIN(row.n, UINT32_MAX);
}

bool oauth_client_keep(struct request *r, const Gateway__Client *client)
{
	const char *from = arena_printf(r->arena, "from %s", address_of(r));
	uint8_t key[32];

	if (count_one(r, from, US_PER_HOUR) > REGISTER_MOST_ADDRESS ||
	    count_one(r, "all", US_PER_DAY) > REGISTER_MOST_ALL)
		return false;
	crypto_generichash(key, sizeof key, client->client.data, client->client.len, NULL, 0);
	brief_put(r->web->sessions, BRIEF_CLIENT, key, message_pack(&client->base, r->arena),
		  r->now_us + CLIENT_US);
	return true;
}

/* "Basic BASE64(ID:SECRET)": both are of signs that need no other form. */
const Gateway__Client *oauth_client_shown(struct request *r)
{
	const char *sent = header(r, "Authorization");
	const Gateway__Client *client;
	char both[200], *colon;
	uint8_t hash[32];
	size_t len;

	if (sent == NULL || strncasecmp(sent, "Basic ", 6) != 0)
		return NULL;
	sent += 6 + strspn(sent + 6, " ");
	if (sodium_base642bin((uint8_t *)both, sizeof both - 1, sent, strlen(sent), NULL, &len,
			      NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return NULL;
	both[len] = '\0';
	colon = strchr(both, ':');
	if (colon == NULL)
		return NULL;
	*colon = '\0';
	client = oauth_client(r, both);
	brief_key(colon + 1, hash);
	sodium_memzero(colon + 1, strlen(colon + 1));
	if (client == NULL || client->secret.len != sizeof hash ||
	    sodium_memcmp(client->secret.data, hash, sizeof hash) != 0)
		return NULL;
	return client;
}

/* ---- codes and tokens ---- */

static const struct {
	const char *prefix;
	int64_t lives_us, spent_us;
} kinds[] = {
	[BRIEF_CODE] = {"", CODE_US, CODE_SPENT_US},
	[BRIEF_ACCESS] = {OAUTH_ACCESS_PREFIX, ACCESS_US, 0},
	[BRIEF_REFRESH] = {"cairn_refresh_", REFRESH_US, REFRESH_SPENT_US},
};

static void keep_right(struct request *r, uint16_t kind, const char *text,
		       const struct oauth_right *right)
{
	uint8_t key[32];

	brief_key(text, key);
	brief_put(r->web->sessions, kind, key,
		  (struct bytes){(const uint8_t *)right, sizeof *right}, right->until_us);
}

const char *oauth_make(struct request *r, uint16_t kind, const struct oauth_right *right)
{
	const char *text =
		arena_printf(r->arena, "%s%s", kinds[kind].prefix, random_word(r->arena));
	struct oauth_right row = *right;

	row.spent = 0;
	row.until_us = r->now_us + kinds[kind].lives_us;
	keep_right(r, kind, text, &row);
	return text;
}

static bool right_get(struct request *r, uint16_t kind, const char *text,
		      struct oauth_right *right_r, struct connection *row_r)
{
	struct bytes kept;
	uint8_t key[32];

	brief_key(text, key);
	if (r->web->view == NULL ||
	    !brief_get(r->web->sessions, kind, key, r->now_us, r->arena, &kept) ||
	    kept.len != sizeof *right_r)
		return false;
	memcpy(right_r, kept.data, sizeof *right_r);
	return connection_get(r->web->view, bytes_of_id(&right_r->grant), row_r) &&
	       row_r->ended_us == 0;
}

bool oauth_find(struct request *r, uint16_t kind, const struct id *client, const char *text,
		struct oauth_right *right_r)
{
	struct connection row;

	return right_get(r, kind, text, right_r, &row) && id_equal(&right_r->client, client);
}

void oauth_spend(struct request *r, uint16_t kind, const char *text, struct oauth_right *right)
{
	right->spent = 1;
	right->until_us = r->now_us + kinds[kind].spent_us;
	keep_right(r, kind, text, right);
}

void oauth_forget(struct request *r, uint16_t kind, const char *text)
{
	uint8_t key[32];

	brief_key(text, key);
	brief_end(r->web->sessions, kind, key);
}

const struct person *oauth_person(struct request *r, const char *text)
{
	struct oauth_right right;
	struct connection row;
	struct person *p;

	if (!right_get(r, BRIEF_ACCESS, text, &right, &row))
		return NULL;
	p = person_of_account(r, &right.account);
	if (p == NULL)
		return NULL;
	p->by_token = true;
	p->scopes = right.scopes & row.scopes & ~SCOPE_OFFLINE;
	return p;
}
