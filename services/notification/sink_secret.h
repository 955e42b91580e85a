/*
 * The signing secret of a sink as people pass it on: Standard Webhooks' whsec_ and whpk_.
 */
#ifndef CAIRN_NOTIFICATION_SINK_SECRET_H
#define CAIRN_NOTIFICATION_SINK_SECRET_H

#include "libshared/arena.h"

/* "whsec_" and the secret in base64. */
char *sink_secret_text(struct bytes secret, struct arena *arena);
/* "whpk_" and the public key of the signatures v1a that it makes. */
char *sink_public_text(struct bytes secret, struct arena *arena);

#endif
