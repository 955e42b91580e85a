/*
 * The signatures of a webhook: Standard Webhooks 1.0.0.
 *
 * Signed is "ID.TIMESTAMP.BODY", by each secret twice: v1, HMAC-SHA256, for which the receiver
 * needs the secret, and v1a, Ed25519, for which the public key is enough. While a secret is being
 * replaced both sign, the newest first, so that a receiver finds one that it knows.
 */
#ifndef CAIRN_NOTIFICATION_WEBHOOK_SIGN_H
#define CAIRN_NOTIFICATION_WEBHOOK_SIGN_H

#include "libshared/arena.h"
#include "services/notification/sinks/sink.h"

struct webhook_content {
	const char *id; /* without a dot */
	int64_t timestamp_s;
	struct bytes body;
};

/* The value of the header webhook-signature: "v1,... v1a,..." for each secret. They stand behind
 * each other, SINK_SECRET_LEN bytes each. */
char *webhook_signatures(const struct webhook_content *content, struct bytes secrets,
			 struct arena *arena);

#endif
