/* The settings of the gateway. */
#include "services/gateway/settings.h"

#include "services/gateway/web/request.h"

#define AT(field) offsetof(struct gateway_config, field)
#define SERVICE(name, to)                                                                          \
	{                                                                                          \
#name, SET_TEXT, AT(services[to]), "", NULL, NULL,                                 \
			"endpoint of its commands; empty: ipc://DIR/run/" #name ".s"               \
	}

#define OPENID(field, otherwise, help)                                                             \
	{                                                                                          \
		"openid_" #field, SET_TEXT, AT(openid.field), otherwise, NULL, NULL, help          \
	}

const struct setting gateway_settings[N_GATEWAY_SETTINGS] = {
	/* name, type, where, default (NULL: required), least, most, help */
	{"http", SET_TEXT, AT(http), "127.0.0.1:8080", NULL, NULL, "ADDRESS:PORT to listen on"},
	{"public_url", SET_TEXT, AT(public_url), "", NULL, NULL,
	 "as others see it, without a last slash; empty: where it listens"},
	{"share", SET_TEXT, AT(share), CAIRN_SHARE_DIR, NULL, NULL, "where pages and assets are"},
	{"time_zone", SET_TEXT, AT(time_zone), "America/Chicago", NULL, NULL,
	 "zone of the dates on pages: the one of the catalogue's calendar"},
	{"tls_certificate_file", SET_TEXT, AT(tls_certificate_file), "", NULL, NULL,
	 "certificate chain (PEM); empty: no TLS here, a proxy does it"},
	{"tls_key_file", SET_TEXT, AT(tls_key_file), "", NULL, NULL, "its key (PEM)"},
	{"connections", SET_COUNT, AT(connections), "20000", "10", "500000",
	 "connections at once, idle ones included"},
	{"connections_per_address", SET_COUNT, AT(connections_per_address), "20000", "1", "500000",
	 "of them from one address"},
	{"session_idle", SET_TIME_MS, AT(session_idle_ms), "30m", "1m", "12h",
	 "a session ends so long after it was last used"},
	{"session", SET_TIME_MS, AT(session_ms), "12h", "5m", "7d",
	 "a session ends so long after it began"},
	{"workers", SET_COUNT, AT(workers), "2", "1", "4",
	 "children that hash passwords and draw pictures"},
	SERVICE(enrollment, TO_ENROLLMENT),
	SERVICE(evidence, TO_EVIDENCE),
	SERVICE(assessment, TO_ASSESSMENT),
	SERVICE(issuance, TO_ISSUANCE),
	SERVICE(notification, TO_NOTIFICATION),
	OPENID(issuer, "", "issuer of the OpenID provider; empty: nobody signs in that way"),
	OPENID(label, "", "what people call it, on the button that leads there"),
	OPENID(client, "", "the name under which the provider knows this installation"),
	OPENID(secret_file, "", "file with the client secret"),
	OPENID(key_file, "", "file with a private JWK, instead of a secret"),
	OPENID(scope, "email profile", "what is asked for beside openid"),
	OPENID(hosts, "", "further origins that serve the provider's endpoints"),
	OPENID(email_claim, "email", "claim with the e-mail address"),
	OPENID(staff_claim, "", "claim with the staff id: an educator's handle"),
	OPENID(name_claim, "name", "claim with the name"),
	OPENID(role_claim, "", "claim with roles, as realm_access.roles"),
	OPENID(district_claim, "", "claim with the district"),
	OPENID(school_claim, "", "claim with the school"),
	OPENID(roles, "", "VALUE=role,...: what a role claim's values mean"),
	OPENID(orgs, "", "VALUE=id,...: what those of district and school mean"),
	{"openid_registers", SET_FLAG, AT(openid.registers), "no", NULL, NULL,
	 "educators who are not known yet are registered when they sign in"},
};
