/*
 * Forms of a credential as files: JSON, baked pictures, the certificate.
 */
#ifndef CAIRN_CTL_FORMS_H
#define CAIRN_CTL_FORMS_H

#include "services/ctl/ctl.h"

#include "proto/issuance.pb-c.h"
#include "services/issuance/documents/verify.h"

/* What export takes for them. */
#define FORM_PARAMS                                                                                \
	OWN_OPTION("form", "FORM", "json, png, svg, pdf or all (default: json)", P_TEXT,           \
		   ANY_NUMBER),                                                                    \
		OWN_OPTION("names", "PURPOSE",                                                     \
			   "name the holder on the PDF; the look is recorded with this word",      \
			   P_TEXT, MAY),                                                           \
		OWN_OPTION("verify-url", "URL",                                                    \
			   "the PDF leads to URL/ID (default: https://HOST/verify of the issuer)", \
			   P_TEXT, MAY)

/* Each form that --form names, into the directory to, which is there. False: told. */
bool forms_write(struct ctl *c, const Issuance__CredentialAnswer *credential,
		 const Issuance__IssuerAnswer *issuer, const char *to);

/* Verifies input->credential, or the token that has signed it, against input->did_document, or
 * where that is empty the key list below docs, and tells every check (cmd_credential.c). The word
 * "path" is what it came from. */
void credential_check(struct ctl *c, struct verify_input *input, const char *docs);
/* Whose key signed it; NULL: it does not say. */
const char *credential_did(struct ctl *c, struct bytes credential);
/* Where the list of its issuer's keys stands below docs. NULL: told. */
const char *credential_did_path(struct ctl *c, struct bytes credential, const char *docs);

/* The issuer's key list below to/docs, where a verifier looks for it (cmd_credential.c). */
void issuer_export(struct ctl *c, ProtobufCBinaryData issuer, const char *to);
/* Any document below to/docs, by the address it is served at. */
void document_write(struct ctl *c, const char *to, const char *place, const char *text);
/* Who speaks for a version, each below to/endorsements, with its lists (cmd_endorse.c). */
void endorsements_export(struct ctl *c, ProtobufCBinaryData entry, uint32_t version,
			 const char *to);
/* Of a file or what an export wrote: the words "path", --docs, --sha256 and --at. */
int verify_credential(struct ctl *c);

#endif
