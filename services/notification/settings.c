/* The settings of notification. */
#include "services/notification/settings.h"

#define AT(field) offsetof(struct notification_config, field)

const struct setting notification_settings[N_NOTIFICATION_SETTINGS] = {
	/* name, type, where, default (NULL: required), least, most, help */
	{"channel", SET_TEXT, AT(channel), "spool", NULL, NULL, "how notices leave: spool or smtp"},
	{"from", SET_TEXT, AT(from), "Cairn <no-reply@localhost>", NULL, NULL,
	 "who letters are from"},
	{"bounces", SET_TEXT, AT(bounces), "", NULL, NULL,
	 "address that mail comes back to; each letter adds +NOTICE"},
	{"portal", SET_TEXT, AT(portal), "", NULL, NULL, "address that letters send people to"},
	{"unsubscribe", SET_TEXT, AT(unsubscribe), "", NULL, NULL,
	 "https://HOST/unsubscribe: letters have a link to it"},
	{"smtp_url", SET_TEXT, AT(smtp_url), "", NULL, NULL,
	 "smtp://HOST:PORT or smtps://HOST:PORT"},
	{"smtp_tls", SET_FLAG, AT(smtp_tls), "yes", NULL, NULL, "send nothing without TLS"},
	{"smtp_user", SET_TEXT, AT(smtp_user), "", NULL, NULL,
	 "name to sign in to the server with"},
	{"smtp_password_file", SET_TEXT, AT(smtp_password_file), "", NULL, NULL,
	 "file that holds its password"},
	{"smtp_ca_file", SET_TEXT, AT(smtp_ca_file), "", NULL, NULL,
	 "certificates that the server's is checked against; the system's if not set"},
	{"smtp_connect_timeout", SET_TIME_MS, AT(smtp_connect_timeout_ms), "20s", "100ms", "2m",
	 "wait for a connection"},
	{"smtp_timeout", SET_TIME_MS, AT(smtp_timeout_ms), "2m", "100ms", "9m",
	 "wait for one letter"},
	{"issuance", SET_TEXT, AT(issuance), "", NULL, NULL,
	 "endpoint of its commands; empty: ipc://DIR/run/issuance.s"},
	{"sinks_parallel", SET_COUNT, AT(sinks_parallel), "8", "1", "64",
	 "events of a sink on their way at once"},
	{"sinks_retry", SET_COUNT, AT(sinks_retry), "1000", "1", "1000",
	 "thousandths of the times between tries; for tests"},
	{"sink_networks", SET_TEXT, AT(sink_networks), "", NULL, NULL,
	 "private networks that sinks may be in, as 10.1.0.0/16"},
	{"sink_ca_file", SET_TEXT, AT(sink_ca_file), "", NULL, NULL,
	 "certificates that sinks' are checked against; the system's if not set"},
	{"sink_plain", SET_FLAG, AT(sink_plain), "no", NULL, NULL, "let sinks be http:// too"},
	{"sink_timeout", SET_TIME_MS, AT(sink_timeout_ms), "20s", "100ms", "2m",
	 "wait for one answer of a sink"},
	{"parallel", SET_COUNT, AT(parallel), "8", "1", "16", "letters on their way at once"},
};
