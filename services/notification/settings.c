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
	{"parallel", SET_COUNT, AT(parallel), "8", "1", "16", "letters on their way at once"},
};
