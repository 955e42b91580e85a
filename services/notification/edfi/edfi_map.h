/*
 * What an Ed-Fi API is told of a public event, in the order in which it must hear it. Pure.
 *
 *	Data Standard 6.x    certifications, credentials, and credentialEvents when the state of
 *	                     a credential changed
 *	Data Standard 5.2    credentials with _ext.tpdm: it has neither of the others
 *
 * Each request is an upsert by natural key: one that is repeated changes nothing. A credential is
 * told whole each time, so that a later event heals what an earlier one that was given up left out.
 *
 * Renewal value goes nowhere: Ed-Fi's core has no member for it, and professionalDevelopmentEvents
 * would say that somebody attended something. Events of the ledger are told to nobody here.
 */
#ifndef CAIRN_NOTIFICATION_EDFI_MAP_H
#define CAIRN_NOTIFICATION_EDFI_MAP_H

#include "libshared/base.h"
#include "proto/notification.pb-c.h"
#include "proto/public.pb-c.h"

#include <jansson.h>

#define EDFI_REQUESTS 3
#define EDFI_TITLE_MAX 64
#define EDFI_CODE_MAX 50 /* of a descriptor */

struct edfi_request {
	const char *resource; /* of the schema ed-fi: "credentials" */
	json_t *body;
};

struct edfi_plan {
	struct edfi_request requests[EDFI_REQUESTS];
	unsigned n; /* 0: Ed-Fi has no place for this event */
};

/* NULL, or why this event can never be told, in words without values. */
const char *edfi_plan(const Notification__Sink *sink, const Cairn__CloudEvent *event,
		      struct edfi_plan *plan_r);
void edfi_plan_finish(struct edfi_plan *plan);

/* Whether the standard of the profile is 5.2, with the extension TPDM. */
bool edfi_is_tpdm(const Notification__EdfiProfile *profile);
/* What stands before "/NameDescriptor#Code" of descriptors that are the state's own. */
const char *edfi_descriptor_namespace(const Notification__EdfiProfile *profile);
/* How many bytes of a text are its first most characters, as APIs count: in UTF-16. */
size_t edfi_cut(const char *text, size_t most);

#endif
