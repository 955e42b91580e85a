/*
 * The signing secret of a sink, and how people pass it on: Standard Webhooks' whsec_ and whpk_.
 *
 * One secret of 32 bytes makes both kinds of signatures: it is the key of v1, and the seed of v1a's
 * key pair is derived from it.
 */
#ifndef CAIRN_NOTIFICATION_SINK_SECRET_H
#define CAIRN_NOTIFICATION_SINK_SECRET_H

#include "libshared/arena.h"

#include <sodium.h>

/* "whsec_" and the secret in base64. */
char *sink_secret_text(struct bytes secret, struct arena *arena);
/* "whpk_" and the public key of the signatures v1a that it makes. */
char *sink_public_text(struct bytes secret, struct arena *arena);

/* The key pair of v1a. */
void sink_key_pair(struct bytes secret, uint8_t public_r[crypto_sign_PUBLICKEYBYTES],
		   uint8_t key_r[crypto_sign_SECRETKEYBYTES]);

#endif
