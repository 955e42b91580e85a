/* The rules of the catalogue: what may be published. */
#include "libshared/calendar.h"
#include "libshared/check.h"
#include "services/enrollment/entry.h"
#include "services/enrollment/must.h"
#include "services/enrollment/publication.h"
#include "services/enrollment/review.h"
#include "services/enrollment/rules.h"

#include <string.h>

#define TITLE_MAX 200
#define DAYS_MAX 36500

/* ---- issuers ---- */

static bool did_ok(struct decision *d, const char *did)
{
	static const char method[] = "did:web:";

	if (strlen(did) <= 300 && strncmp(did, method, sizeof method - 1) == 0 &&
	    strspn(did + sizeof method - 1,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%") ==
		    strlen(did) - (sizeof method - 1) &&
	    did[sizeof method - 1] != '\0')
		return true;
	return refuse_field(d, "did",
			    "did:web: and a host, as did:web:credentials.example:issuers:x");
}

static bool sponsors_ok(struct decision *d, const Enrollment__Issuer *issuer)
{
	if (!must_count(d, "sponsors", issuer->n_sponsors, 0, 60))
		return false;
	for (size_t i = 0; i < issuer->n_sponsors; i++)
		if (!must_state(d, field_at(d, "sponsors", i, "state"),
				issuer->sponsors[i]->state) ||
		    !must_text(d, field_at(d, "sponsors", i, "number"), issuer->sponsors[i]->number,
			       60))
			return false;
	return true;
}

enum verdict decide_publish_issuer(const struct view *view, const Enrollment__Command *cmd,
				   struct decision *d)
{
	Enrollment__Issuer *issuer = cmd->publish_issuer->issuer;
	Enrollment__IssuerPublished published = ENROLLMENT__ISSUER_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	if (!must_count(d, "issuer", issuer != NULL, 1, 1) ||
	    !must_name_id(d, "issuer", issuer->issuer, issuer->code))
		return REFUSED;
	published.issuer = issuer;
	event.body_case = ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED;
	event.issuer_published = &published;

	struct publication p = {DOC_ISSUER, id_of_bytes(bytes_of_pb(issuer->issuer)),
				issuer->version, &event};

	if (is_published(view, &p, d))
		return ACCEPTED;
	if (!version_is_next(view, &p, d) || !must_text(d, "name", issuer->name, TITLE_MAX) ||
	    !did_ok(d, issuer->did) || !must_https(d, "url", issuer->url) ||
	    !must_text(d, "email", issuer->email, TITLE_MAX) || !sponsors_ok(d, issuer))
		return REFUSED;
	return publish(&p, d);
}

/* ---- profiles ---- */

static bool then_ok(const struct view *view, const Enrollment__Profile *profile, struct decision *d)
{
	struct id then = profile_id(profile->then);

	if (profile->until_decided == 0 && *profile->then == '\0')
		return true;
	if (!must_range(d, "until_decided", profile->until_decided, 1, 1000000) ||
	    !must_code(d, "then", profile->then))
		return false;
	if (strcmp(profile->then, profile->code) != 0 &&
	    document_newest(view, DOC_PROFILE, bytes_of_id(&then)) != 0)
		return true;
	refuse_text(d, ENROLLMENT__REASON__UNKNOWN_PROFILE,
		    "then: \"%s\" is not another profile that is published", profile->then);
	return false;
}

static bool triggers_ok(struct decision *d, const Enrollment__Profile *profile)
{
	static const char *const triggers[] = {"always", "borderline", "assessor_on_watch",
					       "integrity_flag", "appeal"};

	if (!must_count(d, "second_read_triggers", profile->n_second_read_triggers, 0,
			ARRAY_LEN(triggers)))
		return false;
	for (size_t i = 0; i < profile->n_second_read_triggers; i++)
		if (!must_word(d, "second_read_triggers", profile->second_read_triggers[i],
			       triggers, ARRAY_LEN(triggers)))
			return false;
	return true;
}

static bool profile_ok(const struct view *view, const Enrollment__Profile *profile,
		       struct decision *d)
{
	static const char *const screenings[] = {"automatic", "person"};
	static const char *const releases[] = {"automatic", "batch"};

	return must_text(d, "title", profile->title, TITLE_MAX) &&
	       must_range(d, "independent_reads", profile->independent_reads, 1, 2) &&
	       must_range(d, "second_read_permille", profile->second_read_permille, 0, 1000) &&
	       triggers_ok(d, profile) && then_ok(view, profile, d) &&
	       must_range(d, "screening_business_days", profile->screening_business_days, 1,
			  DAYS_MAX) &&
	       must_range(d, "target_business_days", profile->target_business_days, 1, DAYS_MAX) &&
	       must_range(d, "limit_business_days", profile->limit_business_days,
			  profile->target_business_days, DAYS_MAX) &&
	       must_range(d, "attempts_before_coaching", profile->attempts_before_coaching, 1,
			  100) &&
	       must_range(d, "appeal_window_days", profile->appeal_window_days, 1, DAYS_MAX) &&
	       must_word(d, "screening", profile->screening, screenings, ARRAY_LEN(screenings)) &&
	       must_word(d, "release", profile->release, releases, ARRAY_LEN(releases));
}

enum verdict decide_publish_profile(const struct view *view, const Enrollment__Command *cmd,
				    struct decision *d)
{
	Enrollment__Profile *profile = cmd->publish_profile->profile;
	Enrollment__ProfilePublished published = ENROLLMENT__PROFILE_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	if (!must_count(d, "profile", profile != NULL, 1, 1) ||
	    !must_code(d, "code", profile->code))
		return REFUSED;
	published.profile = profile;
	event.body_case = ENROLLMENT__EVENT__BODY_PROFILE_PUBLISHED;
	event.profile_published = &published;

	struct publication p = {DOC_PROFILE, profile_id(profile->code), profile->version, &event};

	if (is_published(view, &p, d))
		return ACCEPTED;
	if (!version_is_next(view, &p, d) || !profile_ok(view, profile, d))
		return REFUSED;
	return publish(&p, d);
}

/* ---- policy, calendar, media ---- */

#define AT(field) offsetof(Enrollment__Policy, field)

static const struct number {
	const char *name;
	size_t at; /* of a uint32_t */
	uint32_t most;
} policy_numbers[] = {
	{"lease_hours", AT(lease_hours), 10000},
	{"daily_cap", AT(daily_cap), 1000},
	{"lapse_days", AT(lapse_days), DAYS_MAX},
	{"finish_days", AT(finish_days), DAYS_MAX},
	{"recall_hours", AT(recall_hours), 10000},
	{"kept_row_months", AT(kept_row_months), 1200},
	{"feedback_words_min", AT(feedback_words_min), 1000},
	{"borderline_confidence_below", AT(borderline_confidence_below), 5},
	{"appeal_business_days", AT(appeal_business_days), DAYS_MAX},
	{"artifacts_max", AT(artifacts_max), 1000},
	{"abandon_days", AT(abandon_days), DAYS_MAX},
	{"no_reader_minutes", AT(no_reader_minutes), 100000},
};

/* Numbers that a policy of an older cairnctl does not have: 0 is their default. A load of today
 * names those that are missing. */
static const struct number later_numbers[] = {
	{"calibration_anchors", AT(calibration_anchors), 100},
	{"calibration_percent", AT(calibration_percent), 100},
	{"seat_months", AT(seat_months), 1200},
	{"fairness_gap_permille", AT(fairness_gap_permille), 1000},
	{"fairness_back_reads", AT(fairness_back_reads), 500},
	{"surge_late_permille", AT(surge_late_permille), 1000},
	{"duplicate_permille", AT(duplicate_permille), 1000},
	{"duplicate_shingles_min", AT(duplicate_shingles_min), 10000},
	{"retention_bytes_months", AT(retention_bytes_months), 1200},
	{"retention_consent_years", AT(retention_consent_years), 100},
	{"retention_manifest_years", AT(retention_manifest_years), 100},
	{"seat_notice_days", AT(seat_notice_days), DAYS_MAX},
	{"seed_permille", AT(seed_permille), 1000},
	{"seed_window", AT(seed_window), 32},
	{"seeds_needed", AT(seeds_needed), 32},
	{"watch_below_percent", AT(watch_below_percent), 100},
	{"suspend_below_percent", AT(suspend_below_percent), 100},
	{"renewal_priority_days", AT(renewal_priority_days), DAYS_MAX},
	{"expiry_notice_days", AT(expiry_notice_days), DAYS_MAX},
	{"license_digits", AT(license_digits), 100},
};

static bool notices_ok(struct decision *d, const Enrollment__Policy *policy)
{
	uint32_t before = policy->lapse_days;

	if (!must_count(d, "lapse_notice_days", policy->n_lapse_notice_days, 1, NOTICES_MAX))
		return false;
	for (size_t i = 0; i < policy->n_lapse_notice_days; i++) {
		if (policy->lapse_notice_days[i] == 0 || policy->lapse_notice_days[i] >= before)
			return refuse_field(d, "lapse_notice_days",
					    "above 0, falling, each below lapse_days");
		before = policy->lapse_notice_days[i];
	}
	return true;
}

#define ID_SHAPES_MAX ((size_t)16)
#define ID_SHAPE_MAX ((size_t)24)

/* Fewer digits would fit a page number. */
static bool id_shapes_ok(struct decision *d, const Enrollment__Policy *policy)
{
	if (!must_count(d, "student_id_shapes", policy->n_student_id_shapes, 0, ID_SHAPES_MAX))
		return false;
	for (size_t i = 0; i < policy->n_student_id_shapes; i++) {
		const char *shape = policy->student_id_shapes[i];
		unsigned digits = 0;

		for (const char *c = shape; *c != '\0'; c++)
			digits += *c == '9';
		if (digits < 4 || strlen(shape) > ID_SHAPE_MAX)
			return refuse_field(d, "student_id_shapes",
					    "at most 24 characters, four of them 9 (any digit)");
	}
	return true;
}

/* None at all is an older document: the rule takes its default (tables.h). */
static bool review_notices_ok(struct decision *d, const Enrollment__Policy *policy)
{
	uint32_t before = DAYS_MAX;

	if (!must_count(d, "review_notice_days", policy->n_review_notice_days, 0, NOTICES_MAX))
		return false;
	for (size_t i = 0; i < policy->n_review_notice_days; i++) {
		if (policy->review_notice_days[i] == 0 || policy->review_notice_days[i] >= before)
			return refuse_field(d, "review_notice_days", "above 0, falling");
		before = policy->review_notice_days[i];
	}
	return true;
}

static bool numbers_ok(struct decision *d, const Enrollment__Policy *policy,
		       const struct number *numbers, size_t n, uint32_t least)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t value;

		memcpy(&value, (const uint8_t *)policy + numbers[i].at, sizeof value);
		if (!must_range(d, numbers[i].name, value, least, numbers[i].most))
			return false;
	}
	return true;
}

static bool policy_ok(struct decision *d, const Enrollment__Policy *policy)
{
	return numbers_ok(d, policy, policy_numbers, ARRAY_LEN(policy_numbers), 1) &&
	       numbers_ok(d, policy, later_numbers, ARRAY_LEN(later_numbers), 0) &&
	       must_range(d, "artifact_bytes_max", policy->artifact_bytes_max, 1,
			  UINT64_C(1) << 42) &&
	       notices_ok(d, policy) && id_shapes_ok(d, policy) && review_notices_ok(d, policy);
}

enum verdict decide_publish_policy(const struct view *view, const Enrollment__Command *cmd,
				   struct decision *d)
{
	Enrollment__Policy *policy = cmd->publish_policy->policy;
	Enrollment__PolicyPublished published = ENROLLMENT__POLICY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	if (!must_count(d, "policy", policy != NULL, 1, 1))
		return REFUSED;
	published.policy = policy;
	event.body_case = ENROLLMENT__EVENT__BODY_POLICY_PUBLISHED;
	event.policy_published = &published;

	struct publication p = {DOC_POLICY, only_id(DOC_POLICY), policy->version, &event};

	if (is_published(view, &p, d))
		return ACCEPTED;
	if (!version_is_next(view, &p, d) || !policy_ok(d, policy))
		return REFUSED;
	return publish(&p, d);
}

static bool calendar_ok(struct decision *d, const Enrollment__Calendar *calendar)
{
	const char *fault;

	if (!must_count(d, "holidays", calendar->n_holidays, 1, 1000))
		return false;
	for (size_t i = 0; i < calendar->n_holidays; i++)
		if (!must_text(d, field_at(d, "holidays", i, "name"), calendar->holidays[i]->name,
			       TITLE_MAX))
			return false;
	fault = calendar_fault(d->caps->zones, calendar);
	return fault == NULL || refuse_field(d, "calendar", fault);
}

enum verdict decide_publish_calendar(const struct view *view, const Enrollment__Command *cmd,
				     struct decision *d)
{
	Enrollment__Calendar *calendar = cmd->publish_calendar->calendar;
	Enrollment__CalendarPublished published = ENROLLMENT__CALENDAR_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	if (!must_count(d, "calendar", calendar != NULL, 1, 1))
		return REFUSED;
	published.calendar = calendar;
	event.body_case = ENROLLMENT__EVENT__BODY_CALENDAR_PUBLISHED;
	event.calendar_published = &published;

	struct publication p = {DOC_CALENDAR, only_id(DOC_CALENDAR), calendar->version, &event};

	if (is_published(view, &p, d))
		return ACCEPTED;
	if (!version_is_next(view, &p, d) || !calendar_ok(d, calendar))
		return REFUSED;
	return publish(&p, d);
}

static bool media_type_ok(struct decision *d, const char *type)
{
	static const char token[] = "abcdefghijklmnopqrstuvwxyz0123456789.+-";
	size_t first = strspn(type, token);
	size_t second = type[first] == '/' ? strspn(type + first + 1, token) : 0;

	if (first > 0 && second > 0 && type[first + 1 + second] == '\0' && first + second < 100)
		return true;
	return refuse_field(d, "types", "media types in lower case, as application/pdf");
}

static bool media_ok(struct decision *d, const Enrollment__Media *media)
{
	if (!must_count(d, "kinds", media->n_kinds, 1, 60))
		return false;
	for (size_t i = 0; i < media->n_kinds; i++) {
		const Enrollment__MediaKind *kind = media->kinds[i];

		if (!must_code(d, field_at(d, "kinds", i, "kind"), kind->kind) ||
		    !must_count(d, field_at(d, "kinds", i, "types"), kind->n_types, 1, 60) ||
		    !must_range(d, field_at(d, "kinds", i, "bytes_max"), kind->bytes_max, 1,
				UINT64_C(1) << 42))
			return false;
		for (size_t j = 0; j < kind->n_types; j++)
			if (!media_type_ok(d, kind->types[j]))
				return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(kind->kind, media->kinds[j]->kind) == 0)
				return refuse_field(d, field_at(d, "kinds", i, "kind"),
						    "each kind once");
	}
	return true;
}

enum verdict decide_publish_media(const struct view *view, const Enrollment__Command *cmd,
				  struct decision *d)
{
	Enrollment__Media *media = cmd->publish_media->media;
	Enrollment__MediaPublished published = ENROLLMENT__MEDIA_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	if (!must_count(d, "media", media != NULL, 1, 1))
		return REFUSED;
	published.media = media;
	event.body_case = ENROLLMENT__EVENT__BODY_MEDIA_PUBLISHED;
	event.media_published = &published;

	struct publication p = {DOC_MEDIA, only_id(DOC_MEDIA), media->version, &event};

	if (is_published(view, &p, d))
		return ACCEPTED;
	if (!version_is_next(view, &p, d) || !media_ok(d, media))
		return REFUSED;
	return publish(&p, d);
}

/* ---- entries ---- */

enum verdict decide_publish_entry(const struct view *view, const Enrollment__Command *cmd,
				  struct decision *d)
{
	Enrollment__Entry *entry = cmd->publish_entry->entry;
	Enrollment__EntryPublished published = ENROLLMENT__ENTRY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	struct retired_row retired;

	if (!must_count(d, "entry", entry != NULL, 1, 1) ||
	    !must_name_id(d, "entry", entry->entry, entry->code))
		return REFUSED;
	published.entry = entry;
	published.hash = arena_alloc(d->arena, ENTRY_HASH_TEXT);
	entry_hash(entry, d->arena, published.hash);
	event.body_case = ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED;
	event.entry_published = &published;

	struct publication p = {DOC_ENTRY, id_of_bytes(bytes_of_pb(entry->entry)), entry->version,
				&event};

	if (is_published(view, &p, d))
		return ACCEPTED;
	if (!version_is_next(view, &p, d))
		return REFUSED;
	if (retired_get(view, bytes_of_id(&p.id), &retired))
		return refuse_text(d, ENROLLMENT__REASON__RETIRED,
				   "%s is retired; publish a successor under another code",
				   entry->code);
	if (entry_check(view, entry, d) == REFUSED ||
	    review_gate(view, entry, published.hash, d) == REFUSED)
		return REFUSED;
	return publish(&p, d);
}

/* ---- stacks and renewal policies ---- */

/* Their JSON is read and checked by the loader, and kept as it was written. */
static bool document_ok(struct decision *d, const Enrollment__Document *document)
{
	if (!must_text(d, "title", document->title, TITLE_MAX))
		return false;
	return document->json[0] == '{' || refuse_field(d, "json", "a JSON object");
}

static enum verdict publish_document(const struct view *view, struct publication *p,
				     const Enrollment__Document *document, struct decision *d)
{
	p->id = id_of_bytes(bytes_of_pb(document->id));
	p->version = document->version;
	if (is_published(view, p, d))
		return ACCEPTED;
	if (!version_is_next(view, p, d) || !document_ok(d, document))
		return REFUSED;
	return publish(p, d);
}

enum verdict decide_publish_stack(const struct view *view, const Enrollment__Command *cmd,
				  struct decision *d)
{
	Enrollment__StackPublished published = ENROLLMENT__STACK_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	struct publication p = {.kind = DOC_STACK, .event = &event};

	published.stack = cmd->publish_stack->stack;
	event.body_case = ENROLLMENT__EVENT__BODY_STACK_PUBLISHED;
	event.stack_published = &published;
	if (!must_count(d, "stack", published.stack != NULL, 1, 1) ||
	    !must_name_id(d, "stack", published.stack->id, published.stack->code))
		return REFUSED;
	return publish_document(view, &p, published.stack, d);
}

enum verdict decide_publish_renewal_policy(const struct view *view, const Enrollment__Command *cmd,
					   struct decision *d)
{
	Enrollment__RenewalPolicyPublished published = ENROLLMENT__RENEWAL_POLICY_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	struct publication p = {.kind = DOC_RENEWAL_POLICY, .event = &event};

	published.policy = cmd->publish_renewal_policy->policy;
	event.body_case = ENROLLMENT__EVENT__BODY_RENEWAL_POLICY_PUBLISHED;
	event.renewal_policy_published = &published;
	if (!must_count(d, "policy", published.policy != NULL, 1, 1) ||
	    !must_name_id(d, "renewal_policy", published.policy->id, published.policy->code))
		return REFUSED;
	return publish_document(view, &p, published.policy, d);
}
