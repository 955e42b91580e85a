/*
 * The public verification of a credential, by its id, by its holder's link, or of a file. What
 * files.c and addresses.c share with it.
 */
#ifndef CAIRN_GATEWAY_VERIFY_H
#define CAIRN_GATEWAY_VERIFY_H

#include "services/gateway/web/request.h"

/* A credential that was looked up: r->own of routes that show one. JSON is kept by the request. */
struct shown {
	struct bytes credential; /* the document: JSON or a compact JWS; empty: erased */
	const json_t *record;    /* CredentialAnswer; NULL: not issued here */
	const json_t *issuer;    /* IssuerAnswer of this installation; NULL: another's */
	const json_t *inclusion; /* InclusionAnswer */
	const json_t *share;     /* ShareAnswer of the link that led here */
	const char *holder;      /* their name, where it is shared; "" */
	const char *token;       /* of the link; "" */
	const char *file;        /* what is downloaded of it; NULL: the page is shown */
	struct bytes status_list;
};

struct shown *shown_of(struct request *r);
/* After a query for it: takes what open_share or get_credential answered in slot 0. False: replied
 * (404; 410 for a link that is not open). */
bool share_came(struct request *r);
bool credential_came(struct request *r);

#endif
