/*
 * Where a credential is verified, and how its holder tells of it: the address that a QR code leads
 * to, a link that adds it to a LinkedIn profile, and a line for a resume.
 *
 * These texts hold nothing that the credential does not say, so no name of its holder.
 */
#ifndef CAIRN_FORMS_SHARE_H
#define CAIRN_FORMS_SHARE_H

#include "services/issuance/forms/facts.h"

/* base/UUID; base NULL: https://HOST/verify of the issuer's did:web. False: neither is known. */
bool share_verify_url(const struct form_facts *facts, const char *base, struct arena *a,
		      const char **url_r, struct form_problem *problem) MUST_CHECK;

const char *share_linkedin(const struct form_facts *facts, const char *verify_url, struct arena *a);
const char *share_resume(const struct form_facts *facts, const char *verify_url, struct arena *a);

#endif
