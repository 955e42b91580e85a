/* Months and years in a zone, and what a policy says of them. */
#include "services/evidence/retention.h"

#define MONTHS_A_YEAR 12

static uint32_t or_usual(uint32_t number, uint32_t usual)
{
	return number > 0 ? number : usual;
}

struct retention_rule retention_rule_of(const Enrollment__Policy *policy)
{
	return (struct retention_rule){
		.bytes_months = or_usual(policy->retention_bytes_months, 24),
		.consent_years = or_usual(policy->retention_consent_years, 3),
		.manifest_years = or_usual(policy->retention_manifest_years, 10),
	};
}

int64_t months_later_us(const struct zone *zone, int64_t from_us, uint32_t months)
{
	struct civil c = zone_civil(zone, from_us);
	int month = c.month - 1 + (int)(months % MONTHS_A_YEAR);
	int64_t days;

	c.year += (int)(months / MONTHS_A_YEAR) + month / MONTHS_A_YEAR;
	c.month = month % MONTHS_A_YEAR + 1;
	days = day_of_civil(c.year, c.month + 1, 1) - day_of_civil(c.year, c.month, 1);
	c.day = (int)MIN(c.day, days);
	return zone_moment(zone, c);
}
