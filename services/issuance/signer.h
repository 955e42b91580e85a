/*
 * Issuers' signing keys: Ed25519 seeds, encrypted at rest, and what is made once per achievement.
 *
 * A key is the file KEYS/issuers/ISSUER.key: the seed in a secretbox under the key in
 * KEYS/issuance.master (made at first start; from the credentials directory where there is one).
 * Seeds in memory are locked and wiped. No key is in a log, a table, a dump or a backup.
 *
 * Badge templates are kept here too: a template is a function of an achievement's version and its
 * issuer, so that remembering it changes no result.
 */
#ifndef CAIRN_ISSUANCE_SIGNER_H
#define CAIRN_ISSUANCE_SIGNER_H

#include "libshared/id.h"
#include "services/issuance/badge.h"

struct signer;

/* seed NULL: keys are random; else keyed BLAKE2b of the issuer under seed (simulation). NULL:
 * logged. */
struct signer *signer_open(const char *keys_dir, const uint8_t seed[32]);
void signer_close(struct signer **s);

/* Makes the issuer's key if there is none. Durable when it returns. 0, or -1: logged. */
int signer_ensure(struct signer *s, struct bytes issuer) MUST_CHECK;
/* The issuer's public key as Multikey; false: there is none. */
bool signer_public(const struct signer *s, struct bytes issuer, char key_r[MULTIBASE_TEXT_LEN]);
/* badge_sign_fn: ctx is the struct signer. */
int signer_sign(void *ctx, const char *key, struct bytes message,
		uint8_t signature_r[ED25519_SIGNATURE_LEN]);

/* The template remembered for an achievement's version under a version of its issuer; NULL: none.
 */
const struct badge_template *signer_template(const struct signer *s, const struct id *achievement,
					     uint32_t issuer_version);
/* Takes the template, in the place of another one perhaps. */
void signer_keep_template(struct signer *s, const struct id *achievement, uint32_t issuer_version,
			  struct badge_template *template);

#endif
