/* Sessions, in an environment of their own. */
#include "services/gateway/signin/sessions.h"

#include "libshared/arena.h"
#include "libshared/check.h"
#include "libshared/log.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define MAP_BYTES ((size_t)1 << 30)
#define TOUCH_US (60 * US_PER_S)
#define SWEEP_MOST 500

enum {
	SESSION = SERVICE_TABLES, /* BLAKE2b-256 of the secret -> struct session */
	SESSION_OF,               /* account, the same -> empty */
	BRIEF,                    /* kind u16, key[32] -> until u64 BE, value */
	BRIEF_OF, /* account, kind u16, UINT64_MAX - n -> until u64 BE, key[32]: newest first */
	SESSIONS_END
};
static const char *const tables[] = {"session", "session_of", "brief", "brief_of"};

struct sessions {
	struct store *store;
	struct session_times times;
};

struct sessions *sessions_open(const char *dir, struct session_times times)
{
	struct sessions *s = calloc(1, sizeof *s);

	ENSURE(s != NULL);
	s->times = times;
	s->store = store_open(dir, tables, ARRAY_LEN(tables), MAP_BYTES);
	if (s->store == NULL)
		sessions_close(&s);
	return s;
}

void sessions_close(struct sessions **s)
{
	if (*s == NULL)
		return;
	store_close(&(*s)->store);
	free(*s);
	*s = NULL;
}

/* What cannot be written is logged by the store; a session that was not kept asks to sign in. */
static int end_txn(struct txn **t)
{
	if (txn_commit(t) == 0)
		return 0;
	log_error("session_not_kept", "remedy=\"see the disk\"");
	return -1;
}

static struct bytes key_bytes_of(const struct session_key *key)
{
	return BYTES_OF(key->b);
}

static struct bytes of_key(struct key *k, const uint8_t account[ID_LEN],
			   const struct session_key *key)
{
	key_add(k, (struct bytes){account, ID_LEN});
	return key_add(k, key_bytes_of(key));
}

static bool is_over(const struct sessions *s, const struct session *row, int64_t now_us)
{
	return now_us - row->seen_us >= s->times.idle_us ||
	       now_us - row->began_us >= s->times.most_us;
}

static void put_text(char *to, size_t room, const char *text)
{
	struct bytes b = bytes_of_text(text);

	memset(to, 0, room);
	memcpy(to, b.data, MIN(b.len, room - 1));
	/* Not in the middle of a character. */
	for (size_t at = MIN(b.len, room - 1); b.len >= room && at > 0 && (to[at] & 0xc0) == 0x80;)
		to[at--] = '\0';
	/* What is no text would not be shown, and neither would its session. */
	if (!text_is_clean(to, strlen(to)))
		for (; *to != '\0'; to++)
			if ((unsigned char)*to < ' ' || (unsigned char)*to >= 127)
				*to = '?';
}

/* ---- one ---- */

int session_begin(struct sessions *s, const struct id *account, const char *name, const char *agent,
		  int64_t now_us, char text_r[SESSION_TEXT_LEN + 1])
{
	struct session row = {.began_us = now_us, .seen_us = now_us, .shown_us = now_us};
	uint8_t secret[SESSION_SECRET_LEN];
	struct session_key key;
	struct key of = {0};
	struct txn *t;

	randombytes_buf(secret, sizeof secret);
	randombytes_buf(row.csrf, sizeof row.csrf);
	sodium_bin2base64(text_r, SESSION_TEXT_LEN + 1, secret, sizeof secret,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	brief_key(text_r, key.b);
	sodium_memzero(secret, sizeof secret);
	memcpy(row.account, account->b, ID_LEN);
	put_text(row.name, PERSON_NAME_MAX + 1, name);
	put_text(row.agent, sizeof row.agent, agent);
	t = store_begin(s->store);
	ROW_PUT(t, SESSION, key_bytes_of(&key), &row);
	txn_put(t, SESSION_OF, of_key(&of, row.account, &key), BYTES_NONE);
	return end_txn(&t);
}

static bool look(struct sessions *s, const struct session_key *key, struct session *row_r)
{
	struct view *v = store_view(s->store);
	bool found = ROW_GET(v, SESSION, key_bytes_of(key), row_r);

	view_end(&v);
	return found;
}

static void keep(struct sessions *s, const struct session_key *key, struct session *row)
{
	struct txn *t = store_begin(s->store);

	ROW_PUT(t, SESSION, key_bytes_of(key), row);
	(void)end_txn(&t);
}

bool session_find(struct sessions *s, const char *text, int64_t now_us, struct session *row_r,
		  struct session_key *key_r)
{
	if (strlen(text) != SESSION_TEXT_LEN)
		return false;
	brief_key(text, key_r->b);
	if (!look(s, key_r, row_r))
		return false;
	if (is_over(s, row_r, now_us)) {
		session_end(s, key_r);
		return false;
	}
	if (now_us - row_r->seen_us >= TOUCH_US) {
		row_r->seen_us = now_us;
		keep(s, key_r, row_r);
	}
	return true;
}

void session_showed(struct sessions *s, const struct session_key *key, int64_t now_us)
{
	struct session row;

	if (!look(s, key, &row))
		return;
	row.shown_us = now_us;
	row.seen_us = now_us;
	keep(s, key, &row);
}

static void remove_row(struct txn *t, const struct session_key *key, const struct session *row)
{
	struct key of = {0};

	txn_delete(t, SESSION, key_bytes_of(key));
	txn_delete(t, SESSION_OF, of_key(&of, row->account, key));
}

void session_end(struct sessions *s, const struct session_key *key)
{
	struct session row;
	struct txn *t;

	if (!look(s, key, &row))
		return;
	t = store_begin(s->store);
	remove_row(t, key, &row);
	(void)end_txn(&t);
}

/* ---- all of somebody's ---- */

static unsigned keys_of(struct sessions *s, const struct id *account, struct session_key *keys,
			unsigned room)
{
	struct view *v = store_view(s->store);
	struct scan scan = scan_first(v, SESSION_OF, bytes_of_id(account), bytes_of_id(account));
	struct bytes key, val;
	unsigned n = 0;

	while (n < room && scan_next(&scan, &key, &val))
		memcpy(keys[n++].b, key.data + ID_LEN, sizeof keys->b);
	scan_end(&scan);
	view_end(&v);
	return n;
}

unsigned sessions_end_all(struct sessions *s, const struct id *account,
			  const struct session_key *but)
{
	struct session_key keys[SWEEP_MOST];
	unsigned n = keys_of(s, account, keys, SWEEP_MOST), ended = 0;
	struct txn *t = store_begin(s->store);

	for (unsigned i = 0; i < n; i++) {
		struct session row = {0};

		if (but != NULL && memcmp(keys[i].b, but->b, sizeof but->b) == 0)
			continue;
		memcpy(row.account, account->b, ID_LEN);
		remove_row(t, &keys[i], &row);
		ended++;
	}
	(void)end_txn(&t);
	return ended;
}

/* The first half of the hash: enough to tell them apart, and no way back to a cookie. */
static void session_name(const struct session_key *key, char text_r[33])
{
	hex_of_bytes((struct bytes){key->b, 16}, text_r);
}

json_t *sessions_of(struct sessions *s, const struct id *account, const struct session_key *own,
		    int64_t now_us)
{
	struct session_key keys[100];
	unsigned n = keys_of(s, account, keys, ARRAY_LEN(keys));
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++) {
		struct session row;
		char name[33];

		if (!look(s, &keys[i], &row) || is_over(s, &row, now_us))
			continue;
		session_name(&keys[i], name);
		json_array_append_new(
			list,
			json_pack("{s:s, s:I, s:I, s:s, s:b}", "id", name, "began_us",
				  (json_int_t)row.began_us, "seen_us", (json_int_t)row.seen_us,
				  "agent", row.agent, "this",
				  own != NULL && memcmp(own->b, keys[i].b, sizeof own->b) == 0));
	}
	return list;
}

bool session_end_named(struct sessions *s, const struct id *account, const char *id)
{
	struct session_key keys[100];
	unsigned n = keys_of(s, account, keys, ARRAY_LEN(keys));

	for (unsigned i = 0; i < n; i++) {
		char name[33];

		session_name(&keys[i], name);
		if (strcmp(name, id) != 0)
			continue;
		session_end(s, &keys[i]);
		return true;
	}
	return false;
}

/* ---- what is over ---- */

static unsigned find_over(struct sessions *s, int64_t now_us, struct session_key *keys)
{
	struct view *v = store_view(s->store);
	struct scan scan = scan_first(v, SESSION, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	unsigned n = 0;

	while (n < SWEEP_MOST && scan_next(&scan, &key, &val)) {
		struct session row;

		if (!ROW_GET(v, SESSION, key, &row) || is_over(s, &row, now_us))
			memcpy(keys[n++].b, key.data, sizeof keys->b);
	}
	scan_end(&scan);
	view_end(&v);
	return n;
}

/* Both tables of brief things have keys of this length, and begin a value with its time. */
#define BRIEF_KEY_LEN 34
#define BRIEF_OF_KEY_LEN (ID_LEN + 2 + 8)

static unsigned find_briefs(struct sessions *s, unsigned table, int64_t now_us,
			    uint8_t (*keys)[BRIEF_KEY_LEN])
{
	struct view *v = store_view(s->store);
	struct scan scan = scan_first(v, table, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	unsigned n = 0;

	while (n < SWEEP_MOST && scan_next(&scan, &key, &val))
		if (key.len <= sizeof *keys && val.len >= 8 &&
		    (int64_t)get_u64_be(val.data) <= now_us)
			memcpy(keys[n++], key.data, key.len);
	scan_end(&scan);
	view_end(&v);
	return n;
}

static void sweep_briefs(struct sessions *s, unsigned table, size_t key_len, int64_t now_us)
{
	uint8_t keys[SWEEP_MOST][BRIEF_KEY_LEN];
	unsigned n = find_briefs(s, table, now_us, keys);
	struct txn *t;

	if (n == 0)
		return;
	t = store_begin(s->store);
	for (unsigned i = 0; i < n; i++)
		txn_delete(t, table, (struct bytes){keys[i], key_len});
	(void)end_txn(&t);
}

void sessions_sweep(struct sessions *s, int64_t now_us)
{
	struct session_key keys[SWEEP_MOST];
	unsigned n = find_over(s, now_us, keys);

	for (unsigned i = 0; i < n; i++)
		session_end(s, &keys[i]);
	sweep_briefs(s, BRIEF, BRIEF_KEY_LEN, now_us);
	sweep_briefs(s, BRIEF_OF, BRIEF_OF_KEY_LEN, now_us);
}

/* ---- the field of forms ---- */

void csrf_mask(const uint8_t csrf[SESSION_CSRF_LEN], char text_r[65])
{
	uint8_t both[2 * SESSION_CSRF_LEN];

	randombytes_buf(both, SESSION_CSRF_LEN);
	for (size_t i = 0; i < SESSION_CSRF_LEN; i++)
		both[SESSION_CSRF_LEN + i] = both[i] ^ csrf[i];
	hex_of_bytes(BYTES_OF(both), text_r);
}

bool csrf_matches(const uint8_t csrf[SESSION_CSRF_LEN], const char *text)
{
	uint8_t both[2 * SESSION_CSRF_LEN];

	if (!bytes_of_hex(text, both, sizeof both))
		return false;
	for (size_t i = 0; i < SESSION_CSRF_LEN; i++)
		both[i] ^= both[SESSION_CSRF_LEN + i];
	return sodium_memcmp(both, csrf, SESSION_CSRF_LEN) == 0;
}

/* ---- brief things ---- */

void brief_key(const char *text, uint8_t key_r[32])
{
	crypto_generichash(key_r, 32, (const uint8_t *)text, strlen(text), NULL, 0);
}

static struct bytes brief_row_key(struct key *k, uint16_t kind, const uint8_t key[32])
{
	key_add_u16(k, kind);
	return key_add(k, (struct bytes){key, 32});
}

static void put_brief(struct txn *t, uint16_t kind, const uint8_t key[32], struct bytes value,
		      int64_t until_us)
{
	uint8_t *row = malloc(8 + value.len);
	struct key k = {0};

	ENSURE(row != NULL);
	put_u64_be(row, (uint64_t)until_us);
	if (value.len > 0)
		memcpy(row + 8, value.data, value.len);
	txn_put(t, BRIEF, brief_row_key(&k, kind, key), (struct bytes){row, 8 + value.len});
	free(row);
}

void brief_put(struct sessions *s, uint16_t kind, const uint8_t key[32], struct bytes value,
	       int64_t until_us)
{
	struct txn *t = store_begin(s->store);

	put_brief(t, kind, key, value, until_us);
	(void)end_txn(&t);
}

/* ---- brief things of an account ---- */

static struct bytes brief_owned_key(struct key *k, const struct brief_owner *o, uint64_t n)
{
	key_add(k, bytes_of_id(&o->account));
	key_add_u16(k, o->kind);
	return key_add_u64(k, UINT64_MAX - n);
}

/* The number of its newest; 0: none. */
static uint64_t newest_of(const struct view *v, const struct brief_owner *o)
{
	struct key k = {0};
	struct bytes key, val, of;
	struct scan scan;
	uint64_t n = 0;

	key_add(&k, bytes_of_id(&o->account));
	of = key_add_u16(&k, o->kind);
	scan = scan_first(v, BRIEF_OF, of, of);
	if (scan_next(&scan, &key, &val) && key.len == BRIEF_OF_KEY_LEN)
		n = UINT64_MAX - get_u64_be(key.data + key.len - 8);
	scan_end(&scan);
	return n;
}

static void drop_oldest(struct txn *t, const struct brief_owner *o, uint64_t n)
{
	struct key k = {0}, brief_k = {0};
	struct bytes row = brief_owned_key(&k, o, n), brief, val, kept;
	uint8_t old[8 + 32];

	if (!view_get(txn_view(t), BRIEF_OF, row, &val) || val.len != sizeof old)
		return;
	memcpy(old, val.data, sizeof old);
	brief = brief_row_key(&brief_k, o->kind, old + 8);
	/* The same key may have been kept anew since. */
	if (view_get(txn_view(t), BRIEF, brief, &kept) && memcmp(kept.data, old, 8) == 0)
		txn_delete(t, BRIEF, brief);
	txn_delete(t, BRIEF_OF, row);
}

void brief_put_owned(struct sessions *s, const struct brief_owner *o, const uint8_t key[32],
		     struct bytes value, int64_t until_us)
{
	struct txn *t = store_begin(s->store);
	uint64_t n = newest_of(txn_view(t), o) + 1;
	uint8_t row[8 + 32];
	struct key k = {0};

	put_brief(t, o->kind, key, value, until_us);
	put_u64_be(row, (uint64_t)until_us);
	memcpy(row + 8, key, 32);
	txn_put(t, BRIEF_OF, brief_owned_key(&k, o, n), BYTES_OF(row));
	if (n > o->most)
		drop_oldest(t, o, n - o->most);
	(void)end_txn(&t);
}

bool brief_get(struct sessions *s, uint16_t kind, const uint8_t key[32], int64_t now_us,
	       struct arena *arena, struct bytes *value_r)
{
	struct view *v = store_view(s->store);
	struct key k = {0};
	struct bytes raw;
	bool found = view_get(v, BRIEF, brief_row_key(&k, kind, key), &raw) && raw.len >= 8 &&
		     (int64_t)get_u64_be(raw.data) > now_us;

	if (found)
		*value_r = arena_copy(arena, (struct bytes){raw.data + 8, raw.len - 8});
	view_end(&v);
	return found;
}

void brief_end(struct sessions *s, uint16_t kind, const uint8_t key[32])
{
	struct txn *t = store_begin(s->store);
	struct key k = {0};

	txn_delete(t, BRIEF, brief_row_key(&k, kind, key));
	(void)end_txn(&t);
}
