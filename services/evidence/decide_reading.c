/* Rules on readers: who may open a submission, what they looked at, and bytes that nobody names. */
#include "services/evidence/rules.h"

#include <inttypes.h>
#include <string.h>

static enum verdict no_grant(struct decision *d, const char *why)
{
	return refuse_text(d, EVIDENCE__REASON__NO_GRANT, "%s", why);
}

/* The first look of this reading; it ends the teacher's recall. */
static enum verdict open_assigned(const struct view *view, struct bytes reading, struct decision *d)
{
	Evidence__SubmissionOpened opened = EVIDENCE__SUBMISSION_OPENED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct grant grant;

	if (!grant_get(view, reading, &grant) || !id_equal(&grant.assessor, &d->actor) ||
	    !grant.open || d->now_us >= grant.until_us)
		return no_grant(d, "you hold no reading of that id whose lease is open");
	if (grant.opened)
		return ACCEPTED;
	opened.submission = pb_of_id(&grant.submission);
	opened.reading = pb_of_bytes(reading);
	event.submission_opened = &opened;
	emit_event(d, bytes_of_id(&grant.submission), &event,
		   EVIDENCE__EVENT__BODY_SUBMISSION_OPENED);
	return ACCEPTED;
}

/* ---- adjudication ---- */

static bool has_read(const struct view *view, struct bytes submission, const struct id *assessor)
{
	struct id_scan readings = id_scan(GRANT_OF, submission);
	struct grant grant;
	struct id reading;

	while (id_next(&readings, view, &reading)) {
		ENSURE(grant_get(view, bytes_of_id(&reading), &grant));
		if (!grant.adjudication && id_equal(&grant.assessor, assessor))
			return true;
	}
	return false;
}

static bool is_org_of(const Evidence__AssessorNoted *assessor, struct bytes org)
{
	for (size_t i = 0; i < assessor->n_orgs; i++)
		if (bytes_equal(bytes_of_pb(assessor->orgs[i]), org))
			return true;
	return false;
}

/* School or district, at the seal or now, the same person, or a declared relation. */
static bool has_conflict(const struct view *view, const Evidence__AssessorNoted *assessor,
			 const Evidence__SubmissionSealed *sealed)
{
	struct bytes educator = bytes_of_pb(sealed->educator);
	struct portfolio now;

	ENSURE(portfolio_get(view, bytes_of_pb(sealed->portfolio), &now));
	return is_org_of(assessor, bytes_of_pb(sealed->school)) ||
	       is_org_of(assessor, bytes_of_pb(sealed->district)) ||
	       is_org_of(assessor, BYTES_OF(now.school)) ||
	       is_org_of(assessor, BYTES_OF(now.district)) ||
	       bytes_equal(bytes_of_pb(assessor->educator), educator) ||
	       bytes_equal(bytes_of_pb(assessor->assessor), educator) ||
	       relation_known(view, bytes_of_pb(assessor->assessor), educator);
}

static enum verdict check_lead(const struct view *view, struct bytes submission,
			       const struct submission *row, struct decision *d)
{
	const Evidence__AssessorNoted *assessor =
		assessor_get(view, bytes_of_id(&d->actor), d->arena);
	struct portfolio portfolio;

	ENSURE(portfolio_get(view, bytes_of_id(&row->portfolio), &portfolio));
	if (!row->adjudication || portfolio.standing == STANDING_FORGOTTEN)
		return no_grant(d, "this submission does not wait for adjudication");
	if (assessor == NULL || !assessor->lead || assessor->retired)
		return no_grant(d, "only a lead reader adjudicates");
	if (has_read(view, submission, &d->actor))
		return no_grant(d, "you have read this submission; another lead adjudicates");
	if (has_conflict(view, assessor, sealed_get(view, submission, d->arena)))
		return no_grant(d, "school, district or a relation: another lead adjudicates");
	return ACCEPTED;
}

static void emit_lead_grant(const struct view *view, struct decision *d,
			    const Evidence__OpenReading *ask, const struct submission *row)
{
	Evidence__GrantWritten written = EVIDENCE__GRANT_WRITTEN__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct portfolio portfolio;

	ENSURE(portfolio_get(view, bytes_of_id(&row->portfolio), &portfolio));
	written.reading = ask->reading;
	written.submission = ask->submission;
	written.assessor = pb_of_id(&d->actor);
	written.until_us =
		d->now_us +
		policy_get(view, portfolio.policy_version, d->arena)->lease_hours * US_PER_HOUR;
	written.adjudication = true;
	event.grant_written = &written;
	emit_event(d, bytes_of_pb(ask->submission), &event, EVIDENCE__EVENT__BODY_GRANT_WRITTEN);
}

/* A lead takes a grant of their own for the adjudication, under a reading of their own: whoever
 * looked at an item can be told from the reading, and conflicts are checked as for any reader. */
static enum verdict open_adjudication(const struct view *view, const Evidence__OpenReading *ask,
				      struct decision *d)
{
	struct bytes submission = bytes_of_pb(ask->submission);
	struct submission row;
	struct grant grant;

	if (!is_id(submission))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "submission: 16 bytes are needed");
	if (!submission_get(view, submission, &row))
		return refuse_text(d, EVIDENCE__REASON__UNKNOWN_SUBMISSION,
				   "there is no such submission");
	if (grant_get(view, bytes_of_pb(ask->reading), &grant))
		return refuse_text(d, EVIDENCE__REASON__ID_TAKEN,
				   "reading: this id is taken; use a new one");
	if (check_lead(view, submission, &row, d) != ACCEPTED)
		return REFUSED;
	emit_lead_grant(view, d, ask, &row);
	return ACCEPTED;
}

enum verdict decide_open_reading(const struct view *view, const Evidence__Command *cmd,
				 struct decision *d)
{
	const Evidence__OpenReading *ask = cmd->open_reading;

	if (!is_id(bytes_of_pb(ask->reading)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "reading: 16 bytes are needed");
	if (id_is_none(&d->actor))
		return no_grant(d, "the assessor who reads must be named");
	return ask->submission.len == 0 ? open_assigned(view, bytes_of_pb(ask->reading), d)
					: open_adjudication(view, ask, d);
}

/* ---- the daemon's own ---- */

static const ProtobufCBinaryData *item_hash(const Evidence__SubmissionSealed *sealed, uint32_t item)
{
	if (item >= 1 && item <= sealed->n_items)
		return &sealed->items[item - 1]->sha256;
	if (item > sealed->n_items && item <= sealed->n_items + sealed->n_answers)
		return &sealed->answers[item - sealed->n_items - 1]->sha256;
	return NULL;
}

/* The look has happened: it is recorded whatever has become of the grant since. */
enum verdict decide_note_viewed(const struct view *view, const Evidence__Command *cmd,
				struct decision *d)
{
	const Evidence__NoteViewed *ask = cmd->note_viewed;
	Evidence__ItemViewed viewed = EVIDENCE__ITEM_VIEWED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	const ProtobufCBinaryData *hash;
	struct grant grant;

	if (!is_id(bytes_of_pb(ask->reading)) ||
	    !grant_get(view, bytes_of_pb(ask->reading), &grant))
		return no_grant(d, "there is no such reading");
	hash = item_hash(sealed_get(view, bytes_of_id(&grant.submission), d->arena), ask->item);
	if (hash == NULL)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "item: there is none of %" PRIu32, ask->item);
	viewed.reading = ask->reading;
	viewed.submission = pb_of_id(&grant.submission);
	viewed.item = ask->item;
	viewed.sha256 = *hash;
	event.item_viewed = &viewed;
	emit_event(d, bytes_of_id(&grant.submission), &event, EVIDENCE__EVENT__BODY_ITEM_VIEWED);
	return ACCEPTED;
}

static const ProtobufCBinaryData *answer_hash(const struct view *view, struct bytes submission,
					      uint32_t answer, struct decision *d)
{
	const Evidence__SubmissionSealed *sealed = sealed_get(view, submission, d->arena);

	if (sealed == NULL || answer == 0 || answer > sealed->n_answers)
		return NULL;
	return item_hash(sealed, (uint32_t)sealed->n_items + answer);
}

/* Outside a reading, by the teacher or by an operator who gave a reason. */
enum verdict decide_note_read(const struct view *view, const Evidence__Command *cmd,
			      struct decision *d)
{
	const Evidence__NoteRead *ask = cmd->note_read;
	Evidence__ItemRead read = EVIDENCE__ITEM_READ__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	const ProtobufCBinaryData *hash;
	struct submission submission;
	struct artifact artifact;

	if (artifact_get(view, bytes_of_pb(ask->artifact), &artifact)) {
		read.portfolio = pb_of_id(&artifact.portfolio);
		read.sha256 = pb_of_bytes(BYTES_OF(artifact.sha256));
	} else {
		hash = answer_hash(view, bytes_of_pb(ask->submission), ask->answer, d);
		if (hash == NULL ||
		    !submission_get(view, bytes_of_pb(ask->submission), &submission))
			return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
					   "artifact, or submission and answer: there is none");
		read.portfolio = pb_of_id(&submission.portfolio);
		read.sha256 = *hash;
	}
	read.artifact = ask->artifact;
	read.submission = ask->submission;
	read.answer = ask->answer;
	read.by = ask->by;
	read.reason = ask->reason;
	event.item_read = &read;
	emit_event(d, bytes_of_pb(read.portfolio), &event, EVIDENCE__EVENT__BODY_ITEM_READ);
	return ACCEPTED;
}

/* prepare.c has removed what nothing names; those that somebody names again meanwhile were left.
 * What a crash had orphaned was never in the log and leaves no event. */
enum verdict decide_note_purged(const struct view *view, const Evidence__Command *cmd,
				struct decision *d)
{
	const Evidence__NotePurged *ask = cmd->note_purged;
	Evidence__BlobsPurged purged = EVIDENCE__BLOBS_PURGED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	purged.sha256 = arena_alloc(d->arena, (ask->n_sha256 + 1) * sizeof *purged.sha256);
	for (size_t i = 0; i < ask->n_sha256; i++)
		if (ask->sha256[i].len == SHA256_LEN &&
		    purge_wanted(view, bytes_of_pb(ask->sha256[i])))
			purged.sha256[purged.n_sha256++] = ask->sha256[i];
	purged.portfolios =
		arena_alloc(d->arena, (ask->n_portfolios + 1) * sizeof *purged.portfolios);
	for (size_t i = 0; i < ask->n_portfolios; i++)
		if (is_id(bytes_of_pb(ask->portfolios[i])) &&
		    forgetting_wanted(view, bytes_of_pb(ask->portfolios[i])))
			purged.portfolios[purged.n_portfolios++] = ask->portfolios[i];
	if (purged.n_sha256 + purged.n_portfolios == 0)
		return ACCEPTED;
	event.blobs_purged = &purged;
	emit_event(d, bytes_of_id(&d->entity), &event, EVIDENCE__EVENT__BODY_BLOBS_PURGED);
	return ACCEPTED;
}
