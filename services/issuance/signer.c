/* Issuers' signing keys: in memory, signing; and the badge templates. */
#include "services/issuance/signer.h"
#include "libshared/log.h"
#include "services/issuance/transparency.h"
#include "services/issuance/vault.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEMPLATES 256
#define NAME_LEN 128

struct signing_key {
	struct id issuer, slot;
	enum signer_kind kind;
	struct public_key public;
	uint8_t secret[crypto_sign_SECRETKEYBYTES]; /* Ed25519 */
};

struct template_slot {
	struct id achievement;
	uint32_t issuer_version;
	struct badge_template *template;
};

struct policy_slot {
	struct id policy;
	uint32_t version;
	struct kept_policy kept; /* arena NULL: free */
};

struct signer {
	struct vault *vault; /* NULL: seeded */
	uint8_t seed[32];
	struct signing_key *keys; /* sodium_malloc'ed: locked, wiped when freed */
	/* Of keys other than Ed25519, at their places. OpenSSL wipes them; what points to them is
	 * kept where a leak detector looks. */
	struct evp_pkey_st **pairs;
	size_t n_keys, room;
	struct template_slot templates[TEMPLATES];
	struct policy_slot policies[2 * SIGNER_POLICIES]; /* by hash, then the next that is free */
	size_t n_policies;
};

static const char *const kind_words[SIGNER_KINDS] = {
	[SIGNER_ED25519] = "ed25519", [SIGNER_RS256] = "rs256", [SIGNER_ES256] = "es256"};

static enum jwk_kind jwk_kind_of(enum signer_kind kind)
{
	return kind == SIGNER_RS256 ? JWK_RS256 : JWK_ES256;
}

/* ---- in memory ---- */

static struct signing_key *next_key(struct signer *s)
{
	if (s->n_keys == s->room) {
		size_t room = MAX(2 * s->room, (size_t)8);
		struct signing_key *keys = sodium_allocarray(room, sizeof *keys);

		ENSURE(keys != NULL);
		if (s->n_keys > 0)
			memcpy(keys, s->keys, s->n_keys * sizeof *keys);
		sodium_free(s->keys);
		s->keys = keys;
		s->pairs = realloc(s->pairs, room * sizeof(struct evp_pkey_st *));
		ENSURE(s->pairs != NULL);
		s->room = room;
	}
	memset(&s->keys[s->n_keys], 0, sizeof s->keys[0]);
	s->pairs[s->n_keys] = NULL;
	return &s->keys[s->n_keys];
}

/* What the key needs to sign, out of its secret. False: it is none of that kind. */
static bool take_secret(struct signing_key *key, struct evp_pkey_st **pair, struct bytes secret)
{
	uint8_t public[ED25519_PUBLIC_LEN];

	if (key->kind == SIGNER_ED25519) {
		if (secret.len != ED25519_SEED_LEN)
			return false;
		crypto_sign_seed_keypair(public, key->secret, secret.data);
		multikey_text(public, key->public.name);
		return true;
	}
	*pair = jwk_of_secret(jwk_kind_of(key->kind), secret);
	return *pair != NULL &&
	       jwk_public(jwk_kind_of(key->kind), *pair, key->public.jwk, key->public.name) == 0;
}

static int add_key(struct signer *s, struct bytes issuer, enum signer_kind kind, struct bytes slot,
		   struct bytes secret)
{
	struct signing_key *key = next_key(s);
	struct evp_pkey_st **pair = &s->pairs[s->n_keys];

	key->issuer = id_of_bytes(issuer);
	key->slot = id_of_bytes(slot);
	key->kind = kind;
	if (take_secret(key, pair, secret)) {
		s->n_keys++;
		return 0;
	}
	jwk_destroy(pair);
	log_error("signer_key", "issuer=%s kind=%s error=\"no key of that kind\"", ID_STR(issuer),
		  kind_words[kind]);
	return -1;
}

static const struct signing_key *key_of(const struct signer *s, struct bytes issuer,
					struct bytes slot)
{
	for (size_t i = 0; i < s->n_keys; i++)
		if (bytes_equal(bytes_of_id(&s->keys[i].issuer), issuer) &&
		    bytes_equal(bytes_of_id(&s->keys[i].slot), slot))
			return &s->keys[i];
	return NULL;
}

static const struct signing_key *key_of_name(const struct signer *s, const char *name)
{
	for (size_t i = 0; i < s->n_keys; i++)
		if (strcmp(s->keys[i].public.name, name) == 0)
			return &s->keys[i];
	return NULL;
}

/* ---- making ---- */

static void file_of(struct bytes issuer, enum signer_kind kind, struct bytes slot,
		    char name_r[NAME_LEN])
{
	snprintf(name_r, NAME_LEN, "%s.%s.%s.key", ID_STR(issuer), ID_STR(slot), kind_words[kind]);
}

static int load_key(struct signer *s, struct bytes issuer, enum signer_kind kind, struct bytes slot,
		    const char *file)
{
	uint8_t secret[VAULT_SECRET_MAX];
	ssize_t len = vault_read(s->vault, file, secret);
	int rc =
		len >= 0 ? add_key(s, issuer, kind, slot, (struct bytes){secret, (size_t)len}) : -1;

	sodium_memzero(secret, sizeof secret);
	return rc;
}

/* Bytes of a fresh secret, or -1. */
static ssize_t fresh_secret(enum signer_kind kind, uint8_t secret_r[VAULT_SECRET_MAX])
{
	struct evp_pkey_st *pair;
	ssize_t len;

	if (kind == SIGNER_ED25519) {
		randombytes_buf(secret_r, ED25519_SEED_LEN);
		return ED25519_SEED_LEN;
	}
	pair = jwk_make(jwk_kind_of(kind));
	len = pair != NULL ? jwk_secret(pair, secret_r, VAULT_SECRET_MAX) : -1;
	jwk_destroy(&pair);
	if (len < 0)
		log_error("signer_make", "kind=%s error=\"OpenSSL makes none\"", kind_words[kind]);
	return len;
}

static int make_key(struct signer *s, struct bytes issuer, enum signer_kind kind, struct bytes slot,
		    const char *file)
{
	uint8_t secret[VAULT_SECRET_MAX];
	ssize_t len = fresh_secret(kind, secret);
	struct bytes made = {secret, len > 0 ? (size_t)len : 0};
	int rc = len > 0 ? vault_write(s->vault, file, made) : -1;

	if (rc == 0)
		rc = add_key(s, issuer, kind, slot, made);
	sodium_memzero(secret, sizeof secret);
	return rc;
}

/* In a simulation: from the seed alone. Others than Ed25519 cannot be made so. */
static int make_seeded(struct signer *s, struct bytes issuer, enum signer_kind kind,
		       struct bytes slot)
{
	uint8_t seed[ED25519_SEED_LEN];
	crypto_generichash_state state;

	if (kind != SIGNER_ED25519)
		return 0;
	crypto_generichash_init(&state, s->seed, sizeof s->seed, sizeof seed);
	crypto_generichash_update(&state, issuer.data, issuer.len);
	crypto_generichash_update(&state, slot.data, slot.len);
	crypto_generichash_final(&state, seed, sizeof seed);
	return add_key(s, issuer, kind, slot, BYTES_OF(seed));
}

int signer_ensure(struct signer *s, struct bytes issuer, enum signer_kind kind, struct bytes slot)
{
	char file[NAME_LEN];

	if (key_of(s, issuer, slot) != NULL)
		return 0;
	if (s->vault == NULL)
		return make_seeded(s, issuer, kind, slot);
	file_of(issuer, kind, slot, file);
	return vault_has(s->vault, file) ? load_key(s, issuer, kind, slot, file)
					 : make_key(s, issuer, kind, slot, file);
}

/* ---- using ---- */

bool signer_public(const struct signer *s, struct bytes issuer, struct bytes slot,
		   struct public_key *key_r)
{
	const struct signing_key *key = key_of(s, issuer, slot);

	if (key == NULL)
		return false;
	*key_r = key->public;
	return true;
}

int signer_sign(void *ctx, const char *name, struct bytes message,
		uint8_t signature_r[ED25519_SIGNATURE_LEN])
{
	const struct signing_key *key = key_of_name(ctx, name);

	if (key == NULL || key->kind != SIGNER_ED25519)
		return -1;
	return crypto_sign_detached(signature_r, NULL, message.data, message.len, key->secret);
}

ssize_t signer_sign_jws(const struct signer *s, const char *name, struct bytes message,
			uint8_t signature_r[JWK_SIGNATURE_MAX])
{
	const struct signing_key *key = key_of_name(s, name);

	if (key == NULL || key->kind == SIGNER_ED25519)
		return -1;
	return jwk_sign(jwk_kind_of(key->kind), s->pairs[key - s->keys], message, signature_r);
}

/* ---- opening ---- */

/* The id that stands at the beginning of text; the rest follows it. NULL: there is none. */
static const char *id_at(const char *text, struct id *id_r)
{
	char id[ID_TEXT_LEN + 1];

	if (strlen(text) < ID_TEXT_LEN)
		return NULL;
	memcpy(id, text, ID_TEXT_LEN);
	id[ID_TEXT_LEN] = '\0';
	return id_of_text(id, id_r) ? text + ID_TEXT_LEN : NULL;
}

/* vault_name_fn: ISSUER.key, ISSUER.SLOT.KIND.key; other files are not ours. */
static int load_file(void *ctx, const char *name)
{
	struct signer *s = ctx;
	struct id issuer, slot;
	const char *rest = id_at(name, &issuer);

	if (rest == NULL)
		return 0;
	if (strcmp(rest, ".key") == 0)
		return load_key(s, bytes_of_id(&issuer), SIGNER_ED25519, bytes_of_id(&issuer),
				name);
	rest = rest[0] == '.' ? id_at(rest + 1, &slot) : NULL;
	for (unsigned kind = 0; rest != NULL && kind < SIGNER_KINDS; kind++) {
		char end[32];

		snprintf(end, sizeof end, ".%s.key", kind_words[kind]);
		if (strcmp(rest, end) == 0)
			return load_key(s, bytes_of_id(&issuer), kind, bytes_of_id(&slot), name);
	}
	return 0;
}

/* The transparency log has a key of its own from the beginning. */
static struct signer *with_log_key(struct signer *s)
{
	const struct id log = transparency_id();

	if (signer_ensure(s, bytes_of_id(&log), SIGNER_ED25519, bytes_of_id(&log)) != 0)
		signer_close(&s);
	return s;
}

struct signer *signer_open(const char *keys_dir, const uint8_t seed[32])
{
	struct signer *s = calloc(1, sizeof *s);

	ENSURE(s != NULL);
	if (seed != NULL) {
		memcpy(s->seed, seed, sizeof s->seed);
		return with_log_key(s);
	}
	s->vault = vault_open(keys_dir);
	if (s->vault == NULL || vault_each(s->vault, load_file, s) != 0) {
		log_error("signer_open", "keys=%s", keys_dir);
		signer_close(&s);
		return NULL;
	}
	return with_log_key(s);
}

void signer_close(struct signer **signer)
{
	struct signer *s = *signer;

	if (s == NULL)
		return;
	for (size_t i = 0; i < TEMPLATES; i++)
		badge_template_destroy(&s->templates[i].template);
	for (size_t i = 0; i < ARRAY_LEN(s->policies); i++)
		arena_destroy(&s->policies[i].kept.arena);
	for (size_t i = 0; i < s->n_keys; i++)
		jwk_destroy(&s->pairs[i]);
	free(s->pairs);
	sodium_free(s->keys);
	vault_close(&s->vault);
	free(s);
	*signer = NULL;
}

/* ---- templates ---- */

static size_t slot_of(const struct id *achievement)
{
	return get_u32_le(achievement->b + 12) % TEMPLATES;
}

const struct badge_template *signer_template(const struct signer *s, const struct id *achievement,
					     uint32_t issuer_version)
{
	const struct template_slot *slot = &s->templates[slot_of(achievement)];

	return id_equal(&slot->achievement, achievement) && slot->issuer_version == issuer_version
		       ? slot->template
		       : NULL;
}

void signer_keep_template(struct signer *s, const struct id *achievement, uint32_t issuer_version,
			  struct badge_template *template)
{
	struct template_slot *slot = &s->templates[slot_of(achievement)];

	badge_template_destroy(&slot->template);
	*slot = (struct template_slot){*achievement, issuer_version, template};
}

/* ---- renewal policies ---- */

/* Where it is, or else would be: half of the slots stay free. */
static size_t policy_place(const struct signer *s, const struct id *policy, uint32_t version)
{
	size_t n = ARRAY_LEN(s->policies);
	size_t at = (get_u32_le(policy->b + 12) + version) % n;

	while (s->policies[at].kept.arena != NULL &&
	       (s->policies[at].version != version || !id_equal(&s->policies[at].policy, policy)))
		at = (at + 1) % n;
	return at;
}

const struct renewal_policy *signer_policy(const struct signer *s, const struct id *policy,
					   uint32_t version)
{
	return s->policies[policy_place(s, policy, version)].kept.rules;
}

bool signer_has_room(const struct signer *s)
{
	return s->n_policies < SIGNER_POLICIES;
}

void signer_keep_policy(struct signer *s, const struct id *policy, uint32_t version,
			const struct kept_policy *kept)
{
	struct policy_slot *slot = &s->policies[policy_place(s, policy, version)];

	ENSURE(signer_has_room(s) && slot->kept.arena == NULL);
	*slot = (struct policy_slot){*policy, version, *kept};
	s->n_policies++;
}
