/*
 * How long evidence is kept, by the policy a portfolio opened under: months after the last decision
 * for bytes, years after those for records of consents, years after the decision for manifests.
 */
#ifndef CAIRN_EVIDENCE_RETENTION_H
#define CAIRN_EVIDENCE_RETENTION_H

#include "libshared/zone.h"
#include "proto/enrollment.pb-c.h"

struct retention_rule {
	uint32_t bytes_months, consent_years, manifest_years;
};

/* A number that an older policy does not have is the usual one: 24, 3 and 10. */
struct retention_rule retention_rule_of(const Enrollment__Policy *policy);

/* The same time of day months later; on the last day of a month that has no such day. */
int64_t months_later_us(const struct zone *zone, int64_t from_us, uint32_t months);

#endif
