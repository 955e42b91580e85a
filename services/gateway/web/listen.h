/* Where the server listens, and its certificate for small sites without a proxy. */
#ifndef CAIRN_GATEWAY_LISTEN_H
#define CAIRN_GATEWAY_LISTEN_H

#include "services/gateway/web/web.h"

/* A listening socket at the setting http, "127.0.0.1:8080" or "[::1]:0"; where it really is gets
 * written to DIR/run/gateway.http and to own_url. -1: logged. */
int listen_open(struct web *web) MUST_CHECK;

struct tls {
	char *certificate, *key; /* PEM; NULL: in the clear */
};
/* 0, or -1: logged. */
int tls_read(const struct gateway_config *config, struct tls *tls_r) MUST_CHECK;
void tls_forget(struct tls *tls);

#endif
