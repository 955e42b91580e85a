/*
 * Renewal policies: what a license's credits come to under one version of a state's policy.
 *
 *	credits ─> in the term, once each, approved ─> units ─> topic minimum ─> caps
 *	        ─> total and categories ─> met, or what is missing
 *
 * Pure: no clock, no zone, no tables. Amounts are hundredths of the policy's unit, days are days
 * since 1970-01-01 in the policy's time zone (renewal_day()). The same input gives the same answer,
 * and renewal_text() the same bytes. The catalogue's member "renewal_evaluation" is the rule of all
 * this, step by step.
 *
 * Bounds, which the reader (renewal_read.h) keeps: RENEWAL_CREDITS_MAX credits, RENEWAL_RULES_MAX
 * rules, RENEWAL_SPLIT_MAX where no part may count twice. An evaluation sorts the credits and then
 * passes over them once for each rule and cap; the best split costs at most
 * 4^RENEWAL_SPLIT_MAX * RENEWAL_SPLIT_MAX steps, whatever the number of credits.
 */
#ifndef CAIRN_ISSUANCE_RENEWAL_H
#define CAIRN_ISSUANCE_RENEWAL_H

#include "libshared/arena.h"

struct zone;

#define RENEWAL_CREDITS_MAX 10000
#define RENEWAL_RULES_MAX 32
#define RENEWAL_SPLIT_MAX 8
#define RENEWAL_CAPS_MAX 16
#define RENEWAL_NAMES_MAX 64 /* categories of a credit, flags of a license, areas of a rule */
#define HUNDREDTHS 100

struct renewal_names {
	const char *const *names;
	size_t n;
};

enum renewal_least {
	LEAST_UNITS,
	LEAST_PERCENT_OF_REQUIRED,
	LEAST_PERCENT_OF_COUNTED,
	LEAST_AREAS
};

struct renewal_rule {
	const char *category;
	enum renewal_least kind;
	int64_t least; /* hundredths of a unit or of a percent; or so many areas */
	struct renewal_names areas;
	const char *applies_when; /* "always", a flag, or "not_" and a flag */
};

struct renewal_cap {
	const char *name;
	struct renewal_names categories;
	int64_t percent; /* of the required units, hundredths of a percent */
};

struct renewal_level {
	const char *name;
	int64_t factor; /* hundredths */
};

enum renewal_approval { APPROVAL_ELSEWHERE, APPROVAL_PROVIDER, APPROVAL_SPONSOR, APPROVAL_PRIOR };

struct renewal_policy {
	const char *id, *state, *zone, *unit;
	const char *title;        /* the type of license it is for; "": any */
	const char *applies_when; /* to licenses: as that of a rule */
	uint32_t version;
	int64_t effective_from; /* day */
	int64_t required;
	bool is_fixed;    /* so many units for each credit, else by the hour */
	int64_t each;     /* units of a credit, or */
	int64_t per_hour; /* ten-thousandths of a unit for an hour */
	const struct renewal_level *levels;
	size_t n_levels;
	const char *level; /* of a credit that names none */
	const struct renewal_rule *rules;
	size_t n_rules;
	const struct renewal_cap *caps;
	size_t n_caps;
	int64_t topic_least; /* 0: none */
	bool double_count;
	enum renewal_approval approval;
};

struct renewal_license {
	int64_t issued, expires; /* days; both belong to the term */
	struct renewal_names flags;
};

struct renewal_credit {
	const char *micro_credential, *topic;
	struct renewal_names categories;
	int64_t hours;     /* hundredths */
	int64_t day;       /* it was decided */
	const char *level; /* NULL: the policy's */
	bool revoked, has_prior_approval, is_unrelated;
	bool has_sponsor_id; /* the issuer lists a number for the policy's state */
};

enum renewal_reason {
	REASON_COUNTS,
	REASON_REVOKED,
	REASON_OUTSIDE_TERM,
	REASON_DUPLICATE,
	REASON_PROVIDER_NOT_REGISTERED,
	REASON_SPONSOR_NOT_APPROVED,
	REASON_NO_PRIOR_APPROVAL,
	REASON_BELOW_TOPIC_MINIMUM,
	REASON_OVER_CAP, /* in part, when counted > 0 */
	N_REASONS
};
extern const char *const renewal_reasons[N_REASONS];

struct renewal_line {
	const struct renewal_credit *credit;
	size_t given; /* its number among the credits */
	enum renewal_reason reason;
	int64_t units, counted;
};

struct renewal_category {
	const struct renewal_rule *rule;
	int64_t least; /* what it asks for: hundredths, or areas */
	int64_t got;   /* the same */
};

struct renewal_answer {
	const struct renewal_policy *policy;
	int64_t total, required;
	bool is_met;
	const struct renewal_line *lines; /* by day, micro-credential, as given */
	size_t n_lines;
	struct renewal_category categories[RENEWAL_RULES_MAX]; /* the rules that apply */
	size_t n_categories;
};

/* The answer's lines live in the arena, and point to the credits. */
struct renewal_case {
	const struct renewal_policy *policy;
	struct renewal_license license;
	const struct renewal_credit *credits;
	size_t n_credits;
	int64_t adjusted; /* of the total, by hand; may be below 0 */
};
void renewal_evaluate(const struct renewal_case *c, struct arena *arena,
		      struct renewal_answer *answer_r);
/* The answer as JSON, in the shape of the catalogue's worked examples. */
const char *renewal_text(const struct renewal_answer *answer, struct arena *arena);

/* The day of a moment in the policy's time zone. */
int64_t renewal_day(const struct zone *zone, int64_t at_us);
/* "always", a flag that must be there, or "not_" and a flag that must not. */
bool renewal_applies(const char *when, const struct renewal_names *flags);
bool renewal_rule_applies(const struct renewal_rule *rule, const struct renewal_license *license);
bool renewal_has_level(const struct renewal_policy *policy, const char *level);
/* Before caps and the topic minimum. */
int64_t renewal_units(const struct renewal_policy *policy, const struct renewal_credit *credit);

/*
 * The best split of units between rules where no part may count twice. supply[s] is what the
 * credits have that serve just the rules of the set s (bit i: rule i); given_r gets what each rule
 * is given, never more than its least. It is the split that meets most rules; among those the one
 * with the largest sum; among those the one that gives most to the first rule, then to the second
 * and so on.
 */
void renewal_split(const int64_t least[], const int64_t supply[], unsigned n, int64_t given_r[]);

#endif
