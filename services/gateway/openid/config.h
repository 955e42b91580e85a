/*
 * How the gateway knows its identity provider: the settings openid_*, and what they mean once read.
 */
#ifndef CAIRN_GATEWAY_OPENID_CONFIG_H
#define CAIRN_GATEWAY_OPENID_CONFIG_H

#include "libshared/base.h"

/* Texts are never NULL; "" is: not set. */
struct openid_config {
	const char *issuer; /* "": nobody signs in by OpenID Connect */
	const char *label;  /* what people call it; "": its issuer */
	const char *client;
	const char *secret_file; /* client_secret_basic */
	const char *key_file;    /* a private JWK: private_key_jwt */
	const char *scope;       /* what is asked for beside openid */
	const char *hosts;       /* further origins that serve the provider's endpoints */
	const char *email_claim, *staff_claim, *name_claim, *role_claim, *district_claim,
		*school_claim;
	const char *roles; /* "VALUE=role,...": what a role claim's values mean */
	const char *orgs;  /* "VALUE=id,...": what those of district and school mean */
	bool registers;    /* educators who are not known yet */
};

/* NULL: sound; else what is wrong, with the setting's name before a colon. A constant. */
const char *openid_config_fault(const struct openid_config *config);
/* http instead of https is for a provider on this machine only. */
bool openid_on_this_machine(const char *issuer);

#endif
