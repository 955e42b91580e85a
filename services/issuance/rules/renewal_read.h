/*
 * Reading a renewal policy, a license and credits as the catalogue writes them into what
 * renewal_evaluate() takes, within its bounds. What the evaluation does not understand (another
 * basis of conversion, carry-over) is a fault, never passed over.
 *
 * What is read lives in the arena. Faults stick to the reading (reading.h).
 */
#ifndef CAIRN_ISSUANCE_RENEWAL_READ_H
#define CAIRN_ISSUANCE_RENEWAL_READ_H

#include "services/issuance/rules/reading.h"
#include "services/issuance/rules/renewal.h"

struct zone;
struct zones;

void renewal_policy_read(struct part policy, struct renewal_policy *policy_r);
/* Its state and its time zone, which issuance needs besides: NULL and a fault where one is none. */
const struct zone *renewal_policy_zone(struct part policy, struct zones *zones,
				       const struct renewal_policy *read);
/* issued, expires, flags; what else a license may say is left alone. */
void renewal_license_read(struct part license, struct renewal_license *license_r);
/* What a credit itself says: decided, status, level, prior_approval, directly_related. A moment
 * becomes its day in the zone. What belongs to the micro-credential (topic, hours, categories,
 * issuer) is left to the caller. */
void renewal_credit_read(struct part credit, const struct renewal_policy *policy,
			 const struct zone *zone, struct renewal_credit *credit_r);

#endif
