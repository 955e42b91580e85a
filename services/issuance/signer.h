/*
 * Issuers' keys, several for each, and what is made once per achievement.
 *
 * A key is made for a slot: the id of the command that asked for it, so that the command sent again
 * finds it, and a slot is never filled twice. It is the file KEYS/issuers/ISSUER.SLOT.KIND.key of
 * the vault, or ISSUER.key as versions before had it; KIND is ed25519, rs256 or es256. What
 * a key is for, and whether it still signs, stand in the tables; a file whose command came to
 * nothing is of no use and does no harm. No secret is in a log, a table, a dump, or in the clear in
 * a backup.
 *
 * Badge templates are kept here too: a template is a function of an achievement's version and its
 * issuer, so that remembering it changes no result. So are renewal policies as they were read, each
 * version once and for as long as the signer lives.
 */
#ifndef CAIRN_ISSUANCE_SIGNER_H
#define CAIRN_ISSUANCE_SIGNER_H

#include "libshared/id.h"
#include "services/issuance/documents/badge.h"
#include "services/issuance/documents/jwk.h"

struct signer;

enum signer_kind { SIGNER_ED25519, SIGNER_RS256, SIGNER_ES256, SIGNER_KINDS };

/* The public half. */
struct public_key {
	char name[MULTIBASE_TEXT_LEN]; /* a Multikey, or the name of a JWK */
	char jwk[JWK_TEXT_LEN];        /* "" for Ed25519 */
};

/* The transparency log has its key from the beginning. seed NULL: keys are random; else keyed
 * BLAKE2b of issuer and slot under seed, Ed25519 only (simulation). NULL: logged. */
struct signer *signer_open(const char *keys_dir, const uint8_t seed[32]);
void signer_close(struct signer **s);

/* Makes the key of that slot if there is none. Durable when it returns. 0, or -1: logged. */
int signer_ensure(struct signer *s, struct bytes issuer, enum signer_kind kind,
		  struct bytes slot) MUST_CHECK;
/* False: there is none. */
bool signer_public(const struct signer *s, struct bytes issuer, struct bytes slot,
		   struct public_key *key_r);
/* badge_sign_fn: ctx is the struct signer, key a name. */
int signer_sign(void *ctx, const char *key, struct bytes message,
		uint8_t signature_r[ED25519_SIGNATURE_LEN]);
/* The signature of a JWS by the key of that name. Its length; -1: it does not sign those. */
ssize_t signer_sign_jws(const struct signer *s, const char *key, struct bytes message,
			uint8_t signature_r[JWK_SIGNATURE_MAX]) MUST_CHECK;

/* The template remembered for an achievement's version under a version of its issuer; NULL: none.
 */
const struct badge_template *signer_template(const struct signer *s, const struct id *achievement,
					     uint32_t issuer_version);
/* Takes the template, in the place of another one perhaps. */
void signer_keep_template(struct signer *s, const struct id *achievement, uint32_t issuer_version,
			  struct badge_template *template);

/* A version of a policy as it was read into an arena of its own; NULL: not remembered. What is
 * remembered stays, so that rules may point into it; there is room for SIGNER_POLICIES. */
#define SIGNER_POLICIES 1024
struct renewal_policy;
struct kept_policy {
	struct arena *arena; /* taken */
	const struct renewal_policy *rules;
};
const struct renewal_policy *signer_policy(const struct signer *s, const struct id *policy,
					   uint32_t version);
bool signer_has_room(const struct signer *s);
void signer_keep_policy(struct signer *s, const struct id *policy, uint32_t version,
			const struct kept_policy *kept);

#endif
