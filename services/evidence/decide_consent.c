/* Rules on consents: recorded with scope, basis and end; withdrawn; over. */
#include "services/evidence/rules.h"

#include "libshared/calendar.h"
#include "libshared/zone.h"
#include "services/evidence/tables_privacy.h"

#include <string.h>

static const char *const scopes[] = {"assessment", "training", "exemplar", "research"};
static const char *const roles[] = {"parent", "guardian", "student", "school", "district"};

static bool is_word_of(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static enum verdict check_consent_shape(const Evidence__RecordConsent *ask, struct decision *d)
{
	if (!is_id(bytes_of_pb(ask->consent)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "consent: 16 bytes are needed");
	if (ask->basis == EVIDENCE__CONSENT_BASIS__BASIS_UNSPECIFIED)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "basis: PARENT, ADULT_STUDENT or SCHOOL_POLICY is needed");
	if (!is_word_of(scopes, ARRAY_LEN(scopes), ask->scope))
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "scope: what was consented to is needed: assessment, training, "
				   "exemplar or research");
	if (!is_word_of(roles, ARRAY_LEN(roles), ask->given_by_role))
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "given_by_role: who consented, as a role and not a name, is "
				   "needed: parent, guardian, student, school or district");
	return ACCEPTED;
}

/* A consent holds to the end of its last day where the issuer is; NO end: 0. */
static enum verdict end_of(const struct view *view, const char *expires, struct decision *d,
			   int64_t *ends_us_r)
{
	const Enrollment__Calendar *calendar;
	const struct zone *zone;
	struct civil civil;
	int64_t day;

	*ends_us_r = 0;
	if (expires[0] == '\0')
		return ACCEPTED;
	if (!day_of_text(expires, &day))
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "expires: a date like 2027-06-30, or nothing, is needed");
	calendar = calendar_get(view, 0, d->arena);
	zone = calendar == NULL ? NULL : zone_find(d->caps->zones, calendar->time_zone);
	if (zone == NULL)
		return refuse_text(d, EVIDENCE__REASON__POLICY_MISSING,
				   "no calendar of a known time zone has been published");
	civil = civil_of_day(day + 1);
	*ends_us_r = zone_moment(zone, civil);
	return ACCEPTED;
}

/* Also while a submission is out: the more consent is on record the better. */
enum verdict decide_record_consent(const struct view *view, const Evidence__Command *cmd,
				   struct decision *d)
{
	const Evidence__RecordConsent *ask = cmd->record_consent;
	Evidence__ConsentRecorded recorded = EVIDENCE__CONSENT_RECORDED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct consent taken;
	struct artifact row;
	struct work work;

	if (known_artifact(view, d, bytes_of_pb(ask->artifact), &row, &work) != ACCEPTED ||
	    check_consent_shape(ask, d) != ACCEPTED || need_students(d, &row) != ACCEPTED ||
	    end_of(view, ask->expires, d, &recorded.ends_us) != ACCEPTED)
		return REFUSED;
	if (consent_get(view, bytes_of_pb(ask->artifact), bytes_of_pb(ask->consent), &taken))
		return refuse_text(d, EVIDENCE__REASON__ID_TAKEN,
				   "this consent is on record; use a new id for another one");
	if (consents_count(view, bytes_of_pb(ask->artifact)) >= CONSENTS_MAX)
		return refuse_text(d, EVIDENCE__REASON__TOO_MANY_CONSENTS,
				   "at most %zu consents are kept of one artifact", CONSENTS_MAX);
	recorded.artifact = ask->artifact;
	recorded.consent = ask->consent;
	recorded.scope = ask->scope;
	recorded.basis = ask->basis;
	recorded.given_by_role = ask->given_by_role;
	recorded.expires = ask->expires;
	event.consent_recorded = &recorded;
	emit_event(d, bytes_of_pb(ask->artifact), &event, EVIDENCE__EVENT__BODY_CONSENT_RECORDED);
	return ACCEPTED;
}

static bool submission_shows(const struct view *view, struct bytes submission,
			     struct bytes artifact, struct arena *arena)
{
	const Evidence__SubmissionSealed *sealed = sealed_get(view, submission, arena);

	for (size_t i = 0; i < sealed->n_items; i++)
		if (bytes_equal(bytes_of_pb(sealed->items[i]->artifact), artifact))
			return true;
	return false;
}

/* Whoever reads it now is cut off; the next reader gets a grant in which the item is closed. */
static void cut_readers_off(const struct view *view, struct decision *d, const struct artifact *row,
			    struct bytes artifact, const char *why)
{
	struct id_scan submissions = id_scan(SUBMISSION_OF, bytes_of_id(&row->portfolio));
	struct id submission;

	while (id_next(&submissions, view, &submission)) {
		struct bytes id = arena_copy(d->arena, bytes_of_id(&submission));

		if (submission_shows(view, id, artifact, d->arena))
			emit_grants_closed(view, d, id, why);
	}
}

enum verdict decide_withdraw_consent(const struct view *view, const Evidence__Command *cmd,
				     struct decision *d)
{
	const Evidence__WithdrawConsent *ask = cmd->withdraw_consent;
	Evidence__ConsentWithdrawn withdrawn = EVIDENCE__CONSENT_WITHDRAWN__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct bytes artifact = bytes_of_pb(ask->artifact);
	struct consent consent;
	struct artifact row;
	struct work work;

	if (known_artifact(view, d, artifact, &row, &work) != ACCEPTED)
		return REFUSED;
	if (!is_id(bytes_of_pb(ask->consent)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "consent: 16 bytes are needed");
	if (!consent_get(view, artifact, bytes_of_pb(ask->consent), &consent))
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_CONSENT,
				   "no such consent is on record for this artifact");
	if (consent.end == CONSENT_WITHDRAWN)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "this consent was withdrawn before");
	withdrawn.artifact = ask->artifact;
	withdrawn.consent = ask->consent;
	event.consent_withdrawn = &withdrawn;
	emit_event(d, artifact, &event, EVIDENCE__EVENT__BODY_CONSENT_WITHDRAWN);
	cut_readers_off(view, d, &row, artifact, "consent_withdrawn");
	return ACCEPTED;
}

/* ---- the end of its last day ---- */

static void emit_expired(struct decision *d, struct bytes artifact, const struct id *consent)
{
	Evidence__ConsentExpired expired = EVIDENCE__CONSENT_EXPIRED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	expired.artifact = pb_of_bytes(artifact);
	expired.consent = pb_of_id(consent);
	event.consent_expired = &expired;
	emit_event(d, artifact, &event, EVIDENCE__EVENT__BODY_CONSENT_EXPIRED);
}

/* What nobody consents to any more is closed as by a withdrawal. */
enum verdict decide_consent_timer(const struct view *view, const struct timer_due *timer,
				  struct decision *d)
{
	struct bytes artifact = bytes_of_id(&timer->entity);
	struct id_scan consents = id_scan(CONSENT, artifact);
	struct artifact row;
	struct consent given;
	struct id consent;

	ENSURE(artifact_get(view, artifact, &row));
	while (id_next(&consents, view, &consent)) {
		ENSURE(consent_get(view, artifact, bytes_of_id(&consent), &given));
		if (given.end == CONSENT_HOLDS && given.ends_us <= timer->due_us)
			emit_expired(d, artifact, &consent);
	}
	cut_readers_off(view, d, &row, artifact, "consent_expired");
	return ACCEPTED;
}
