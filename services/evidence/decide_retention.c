/* The timer of retention: reckons until when, waits for holds, purges in small steps. */
#include "services/evidence/rules.h"

#include "services/evidence/retention.h"
#include "services/evidence/tables_retention.h"

#define PURGE_AT_ONCE 20 /* artifacts and answers of one step */

struct due {
	const struct view *view;
	struct decision *d;
	struct bytes portfolio;
	struct work work;
	struct retention row;
	struct retention_rule rule;
	const struct zone *zone;
	unsigned n; /* purged in this step */
};

static void emit_set(struct due *due, Evidence__Retained what, int64_t from_us, int64_t until_us)
{
	Evidence__RetentionSet set = EVIDENCE__RETENTION_SET__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	set.portfolio = pb_of_bytes(due->portfolio);
	set.what = what;
	set.from_us = from_us;
	set.until_us = until_us;
	set.policy_version = due->work.row.policy_version;
	set.tzdata = arena_text(due->d->arena, bytes_of_text(zones_version(due->d->caps->zones)));
	event.retention_set = &set;
	emit_event(due->d, due->portfolio, &event, EVIDENCE__EVENT__BODY_RETENTION_SET);
}

/* ---- bytes ---- */

static char *rule_word(const struct due *due)
{
	return arena_text(due->d->arena,
			  bytes_of_text(due->row.asked ? "teacher_request" : "retention_over"));
}

static void purge_artifact(struct due *due, struct bytes artifact, const struct artifact *row)
{
	Evidence__ArtifactPurged purged = EVIDENCE__ARTIFACT_PURGED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	purged.artifact = pb_of_bytes(artifact);
	purged.portfolio = pb_of_bytes(due->portfolio);
	purged.sha256 = pb_of_bytes(BYTES_OF(row->sha256));
	purged.bytes = row->bytes;
	purged.rule = rule_word(due);
	purged.purged_us = due->d->now_us;
	event.artifact_purged = &purged;
	emit_event(due->d, artifact, &event, EVIDENCE__EVENT__BODY_ARTIFACT_PURGED);
	due->n++;
}

static void purge_artifacts(struct due *due)
{
	struct id_scan artifacts = id_scan(ARTIFACT_OF, due->portfolio);
	struct artifact row;
	struct id artifact;

	while (due->n < PURGE_AT_ONCE && id_next(&artifacts, due->view, &artifact)) {
		ENSURE(artifact_get(due->view, bytes_of_id(&artifact), &row));
		if (use_there(due->view, BYTES_OF(row.sha256), bytes_of_id(&artifact)))
			purge_artifact(due, bytes_of_id(&artifact), &row);
	}
}

static void purge_answer(struct due *due, struct bytes submission, uint32_t answer,
			 const Evidence__AnswerItem *item)
{
	Evidence__AnswerPurged purged = EVIDENCE__ANSWER_PURGED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	purged.submission = pb_of_bytes(submission);
	purged.portfolio = pb_of_bytes(due->portfolio);
	purged.answer = answer;
	purged.sha256 = item->sha256;
	purged.bytes = item->bytes;
	purged.rule = rule_word(due);
	purged.purged_us = due->d->now_us;
	event.answer_purged = &purged;
	emit_event(due->d, submission, &event, EVIDENCE__EVENT__BODY_ANSWER_PURGED);
	due->n++;
}

static void purge_answers(struct due *due)
{
	struct id_scan submissions = id_scan(SUBMISSION_OF, due->portfolio);
	struct id id;

	while (due->n < PURGE_AT_ONCE && id_next(&submissions, due->view, &id)) {
		struct bytes submission = arena_copy(due->d->arena, bytes_of_id(&id));
		const Evidence__SubmissionSealed *sealed =
			sealed_get(due->view, submission, due->d->arena);

		for (size_t i = 0; i < sealed->n_answers; i++)
			if (use_there(due->view, bytes_of_pb(sealed->answers[i]->sha256),
				      submission))
				purge_answer(due, submission, (uint32_t)i + 1, sealed->answers[i]);
	}
}

/* Work that goes on, or is out to be read, is not over: it is looked at again. */
static bool goes_on(const struct due *due)
{
	return due->work.row.stage == STAGE_SEALED ||
	       (due->work.row.stage == STAGE_OPEN && due->work.row.standing <= STANDING_PAUSED &&
		due->row.until_us != 0);
}

static void bytes_due(struct due *due)
{
	int64_t from_us = goes_on(due) ? due->d->now_us : due->row.from_us;
	int64_t until_us = months_later_us(due->zone, from_us, due->rule.bytes_months);

	if (!due->row.asked && due->d->now_us < until_us) {
		emit_set(due, EVIDENCE__RETAINED__BYTES, from_us, until_us);
		return;
	}
	purge_artifacts(due);
	purge_answers(due);
	if (due->n == 0)
		emit_set(due, EVIDENCE__RETAINED__CONSENTS, due->row.from_us,
			 months_later_us(due->zone, due->d->now_us, 12 * due->rule.consent_years));
}

/* ---- what is left ---- */

static void consents_due(struct due *due)
{
	Evidence__ConsentsPurged purged = EVIDENCE__CONSENTS_PURGED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct id_scan artifacts = id_scan(ARTIFACT_OF, due->portfolio);
	struct id artifact, consent;

	while (id_next(&artifacts, due->view, &artifact)) {
		struct id_scan consents = id_scan(CONSENT, bytes_of_id(&artifact));

		while (id_next(&consents, due->view, &consent))
			purged.consents++;
	}
	purged.portfolio = pb_of_bytes(due->portfolio);
	event.consents_purged = &purged;
	emit_event(due->d, due->portfolio, &event, EVIDENCE__EVENT__BODY_CONSENTS_PURGED);
	emit_set(due, EVIDENCE__RETAINED__MANIFESTS, due->row.from_us,
		 months_later_us(due->zone, due->row.from_us, 12 * due->rule.manifest_years));
}

static void manifests_due(struct due *due)
{
	Evidence__ManifestsPurged purged = EVIDENCE__MANIFESTS_PURGED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct id_scan counted = id_scan(SUBMISSION_OF, due->portfolio), submissions = counted;
	struct id submission;
	size_t room = 1;

	while (id_next(&counted, due->view, &submission))
		room++;
	purged.sha256 = arena_alloc(due->d->arena, room * sizeof *purged.sha256);
	while (id_next(&submissions, due->view, &submission))
		purged.sha256[purged.n_sha256++] =
			sealed_get(due->view, bytes_of_id(&submission), due->d->arena)
				->manifest_sha256;
	purged.portfolio = pb_of_bytes(due->portfolio);
	event.manifests_purged = &purged;
	emit_event(due->d, due->portfolio, &event, EVIDENCE__EVENT__BODY_MANIFESTS_PURGED);
}

static void emit_held(struct due *due)
{
	Evidence__RetentionHeld held = EVIDENCE__RETENTION_HELD__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	held.portfolio = pb_of_bytes(due->portfolio);
	event.retention_held = &held;
	emit_event(due->d, due->portfolio, &event, EVIDENCE__EVENT__BODY_RETENTION_HELD);
}

/* Without a calendar nothing was ever sealed, and days are UTC's. */
static const struct zone *zone_of(const struct view *view, const struct decision *d)
{
	const Enrollment__Calendar *calendar = calendar_get(view, 0, d->arena);
	const struct zone *zone =
		calendar == NULL ? NULL : zone_find(d->caps->zones, calendar->time_zone);

	return zone != NULL ? zone : zone_find(d->caps->zones, "UTC");
}

enum verdict decide_retention_timer(const struct view *view, const struct timer_due *timer,
				    struct decision *d)
{
	static void (*const dues[])(struct due * due) = {
		[EVIDENCE__RETAINED__BYTES] = bytes_due,
		[EVIDENCE__RETAINED__CONSENTS] = consents_due,
		[EVIDENCE__RETAINED__MANIFESTS] = manifests_due,
	};
	struct due due = {.view = view, .d = d, .portfolio = bytes_of_id(&timer->entity)};

	ENSURE(retention_get(view, due.portfolio, &due.row) &&
	       work_load(view, due.portfolio, d->arena, &due.work));
	due.zone = zone_of(view, d);
	ENSURE(due.zone != NULL && due.row.what < ARRAY_LEN(dues) && dues[due.row.what] != NULL);
	due.rule = retention_rule_of(policy_get(view, due.work.row.policy_version, d->arena));
	if (due.row.until_us != 0 && is_held(view, due.portfolio))
		emit_held(&due);
	else
		dues[due.row.what](&due);
	return ACCEPTED;
}
