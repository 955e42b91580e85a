/*
 * What a state's portal asks beside a credential: the holder's licenses, and what the credential
 * comes to for each.
 */
#ifndef CAIRN_CTL_FORM_LICENSE_H
#define CAIRN_CTL_FORM_LICENSE_H

#include "services/ctl/ctl.h"

#include "proto/enrollment.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "services/issuance/forms/certificate.h"

/* Of the credential's holder, in the arena, n_r of them. names: opened, or NULL: then no number is
 * told. None where the services do not answer: a certificate is printed without them. */
const struct certificate_license *form_licenses(struct ctl *c,
						const Issuance__CredentialAnswer *credential,
						const Enrollment__NamesAnswer *names, size_t *n_r);

#endif
