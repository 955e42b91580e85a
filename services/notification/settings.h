/*
 * The settings of notification, beside the daemon's own.
 */
#ifndef CAIRN_NOTIFICATION_SETTINGS_H
#define CAIRN_NOTIFICATION_SETTINGS_H

#include "libshared/config.h"

struct notification_config {
	const char *channel;     /* spool, smtp */
	const char *from;        /* "Cairn <no-reply@cairn.example>" */
	const char *bounces;     /* address that reports come back to; "": the one of from */
	const char *portal;      /* "": words for it */
	const char *unsubscribe; /* "": no header */
	const char *smtp_url;
	bool smtp_tls;
	const char *smtp_user, *smtp_password_file, *smtp_ca_file; /* "": none */
	uint64_t smtp_connect_timeout_ms, smtp_timeout_ms;
	uint64_t parallel;
	const char *issuance; /* "": beside us */
	uint64_t sinks_parallel, sinks_retry;
	const char *sink_networks, *sink_ca_file; /* "": none */
	bool sink_plain;
	uint64_t sink_timeout_ms;
};

#define N_NOTIFICATION_SETTINGS 20
extern const struct setting notification_settings[N_NOTIFICATION_SETTINGS];

#endif
