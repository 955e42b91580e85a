/*
 * The certificate: a page (US Letter) to print, to keep, and to type from into a license portal.
 *
 * Its fields stand in the order in which portals ask (Tennessee's TNCompass: who, what, how much,
 * when, by whom; for each license state, type, number, term, units, category), then what was
 * assessed and where it is verified: a link, and the same as a QR code. The credential names
 * nobody; a name and license numbers stand on the page only when the caller, who may know them,
 * gives them.
 *
 * The PDF is tagged, has its language, its fonts embedded and a text for the QR code. Its dates are
 * the credential's own, so the same input is the same bytes.
 */
#ifndef CAIRN_FORMS_CERTIFICATE_H
#define CAIRN_FORMS_CERTIFICATE_H

#include "services/issuance/forms/facts.h"

/* All texts NULL or empty: not known. */
struct certificate_license {
	const char *state, *type, *number, *issued, *expires;
	const char *units, *categories; /* what the credential comes to for it */
	uint32_t digits;                /* of the number that are shown, the last ones; 0: all */
};

/* What a state calls the issuer. */
struct certificate_sponsor {
	const char *state, *number;
};

struct certificate {
	const struct form_facts *facts;
	const char *verify_url;
	const char *holder;
	const struct certificate_license *licenses;
	size_t n_licenses;
	const struct certificate_sponsor *sponsors;
	size_t n_sponsors;
};

bool certificate_pdf(const struct certificate *certificate, struct arena *a, struct bytes *pdf_r,
		     struct form_problem *problem) MUST_CHECK;

#endif
