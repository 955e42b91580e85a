/*
 * The gateway's own settings, as its parts read them. Apart from gateway.h, because a part that
 * answers requests knows nothing of the runtime's: both have a struct request and an answer().
 */
#ifndef CAIRN_GATEWAY_SETTINGS_H
#define CAIRN_GATEWAY_SETTINGS_H

#include "libshared/config.h"
#include "services/gateway/openid/config.h"

struct gateway_config {
	const char *http;       /* address and port it listens on */
	const char *public_url; /* as others see it: https://cairn.sea.example.gov */
	const char *share;      /* where pages and assets are */
	const char *time_zone;  /* of dates on pages */
	const char *tls_certificate_file, *tls_key_file;
	uint64_t connections, connections_per_address;
	uint64_t session_idle_ms, session_ms;
	uint64_t workers;        /* children that hash passwords and draw */
	const char *services[5]; /* endpoints, by enum to (web/request.h); "": from dir */
	struct openid_config openid;
};

#define N_GATEWAY_SETTINGS 32
extern const struct setting gateway_settings[N_GATEWAY_SETTINGS];

#endif
