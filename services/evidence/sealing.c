/* What a seal says: the items, answers and rows of this attempt, checked, hashed and dated. */
#include "services/evidence/rules.h"

#include "libshared/calendar.h"
#include "libshared/check.h"
#include "services/evidence/duplicates.h"
#include "services/evidence/manifest.h"
#include "services/evidence/retirement.h"

#include <inttypes.h>
#include <string.h>

#define ANSWER_MAX_BYTES ((size_t)64 << 10) /* a command's text is shorter */

/* What the steps below share. */
struct step {
	const struct view *view;
	struct decision *d;
	struct work work;
	const Evidence__SubmissionSealed *before; /* whose kept items are unchanged; or NULL */
	const Enrollment__Calendar *calendar;
	int64_t today; /* day number in the calendar's zone */
	const Evidence__Seal *ask;
	struct sealing *s;
};

/* ---- may it be sealed at all? ---- */

static enum verdict check_attested(const Evidence__Seal *ask, struct decision *d)
{
	static const char *const uses[] = {"none", "editing", "drafting", "analysis"};

	if (!ask->own_work || ask->ai_use[0] == '\0')
		return refuse_text(d, EVIDENCE__REASON__NOT_ATTESTED,
				   "own_work and ai_use: say that it is your own work and what "
				   "AI was used for");
	for (size_t i = 0; i < ARRAY_LEN(uses); i++)
		if (strcmp(ask->ai_use, uses[i]) == 0)
			return ACCEPTED;
	return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
			   "ai_use: none, editing, drafting or analysis is needed");
}

/* en, es, en-US, or nothing. */
static enum verdict check_language(const char *text, struct decision *d)
{
	size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	size_t region =
		strspn(text + letters + (text[letters] == '-'), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	size_t len = strlen(text);

	if (len == 0 || (letters == 2 && (len == 2 || (len == 5 && region == 2))))
		return ACCEPTED;
	return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
			   "language: a language as en, es or en-US, or nothing, is needed");
}

static enum verdict check_may_seal(const struct view *view, const Evidence__Seal *ask,
				   struct decision *d, struct work *work_r)
{
	struct submission taken;

	if (!is_id(bytes_of_pb(ask->submission)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "submission: 16 bytes are needed");
	if (submission_get(view, bytes_of_pb(ask->submission), &taken))
		return refuse_text(d, EVIDENCE__REASON__ID_TAKEN,
				   "this submission was sealed before; use a new id");
	if (open_work(view, d, bytes_of_pb(ask->portfolio), work_r) != ACCEPTED)
		return REFUSED;
	if (check_not_over(view, bytes_of_id(&work_r->row.entry), d) != ACCEPTED)
		return REFUSED;
	if (work_r->row.standing == STANDING_PAUSED)
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE,
				   "the enrollment is paused; resume it first");
	if (work_r->row.coach_first)
		return refuse_text(d, EVIDENCE__REASON__COACH_FIRST,
				   "the attempts are used up; a coach meeting opens the next");
	if (check_attested(ask, d) != ACCEPTED)
		return REFUSED;
	return check_language(ask->language, d);
}

/* ---- items ---- */

static enum verdict check_item(struct step *s, const Enrollment__Requirement *requirement,
			       uint32_t ordinal, struct bytes artifact, const struct artifact *row)
{
	if (row->state == ARTIFACT_UPLOADING)
		return refuse_text(s->d, EVIDENCE__REASON__INCOMPLETE,
				   "%s item %" PRIu32
				   " is still being uploaded; finish or abandon it",
				   requirement->code, ordinal);
	if (row->state == ARTIFACT_RESTRICTED)
		return refuse_text(s->d, EVIDENCE__REASON__CONSENT_MISSING,
				   "%s item %" PRIu32
				   ": consent was withdrawn; replace it by a redacted copy",
				   requirement->code, ordinal);
	if (!row->student_data || (row->privacy & PRIVACY_REDACTED) ||
	    ((row->privacy & PRIVACY_CONSENT) && consent_holds(s->view, artifact, s->today)))
		return ACCEPTED;
	if (!(row->privacy & PRIVACY_ATTESTED))
		return refuse_text(s->d, EVIDENCE__REASON__CONSENT_MISSING,
				   "%s item %" PRIu32
				   " shows students: consent that is not over, or a redacted "
				   "copy, is needed%s",
				   requirement->code, ordinal,
				   row->consent_required
					   ? ""
					   : ", or your word that nobody can be recognised");
	if (row->consent_required)
		return refuse_text(s->d, EVIDENCE__REASON__ATTESTATION_NOT_ENOUGH,
				   "%s item %" PRIu32 ": the entry asks for consent",
				   requirement->code, ordinal);
	return ACCEPTED;
}

static void add_item(struct step *s, Evidence__Item *item)
{
	s->s->sealed.items[s->s->sealed.n_items++] = item;
}

static Evidence__Item *item_of(struct step *s, const Enrollment__Requirement *requirement,
			       uint32_t ordinal, struct bytes artifact, const struct artifact *row)
{
	static const Evidence__Item init = EVIDENCE__ITEM__INIT;
	const Evidence__ArtifactBegun *begun = begun_get(s->view, artifact, s->d->arena);
	Evidence__Item *item = arena_alloc(s->d->arena, sizeof *item);

	*item = init;
	item->requirement = requirement->code;
	item->ordinal = ordinal;
	item->artifact = pb_of_bytes(arena_copy(s->d->arena, artifact));
	item->sha256 = pb_of_bytes(arena_copy(s->d->arena, BYTES_OF(row->sha256)));
	item->bytes = row->bytes;
	item->media_type = begun->media_type;
	item->captured_on = begun->captured_on;
	item->privacy =
		arena_text(s->d->arena,
			   bytes_of_text(row->student_data ? privacy_word(row->privacy) : "none"));
	return item;
}

/* The requirement is open: what stands in its places now. */
static enum verdict add_open_items(struct step *s, uint16_t requirement)
{
	const Enrollment__Requirement *asked = s->work.entry->requirements[requirement];
	struct id_scan items = items_of(s->work.id, requirement);
	struct artifact row;
	struct id artifact;
	uint32_t n = 0;

	while (item_next(&items, s->view, &artifact, &row)) {
		if (++n > asked->items_max)
			return refuse_text(s->d, EVIDENCE__REASON__TOO_MANY_ITEMS,
					   "%s: at most %" PRIu32 " items are allowed; abandon one",
					   asked->code, asked->items_max);
		if (check_item(s, asked, n, bytes_of_id(&artifact), &row) != ACCEPTED)
			return REFUSED;
		add_item(s, item_of(s, asked, n, bytes_of_id(&artifact), &row));
	}
	if (n < asked->items_min)
		return refuse_text(s->d, EVIDENCE__REASON__ITEM_MISSING,
				   "%s: %" PRIu32 " items, at least %" PRIu32 " are needed",
				   asked->code, n, asked->items_min);
	return ACCEPTED;
}

/* The requirement's rows have passed: its items are listed again as they were judged. */
static void add_kept_items(struct step *s, uint16_t requirement)
{
	const char *code = s->work.entry->requirements[requirement]->code;

	for (size_t i = 0; i < s->before->n_items; i++)
		if (strcmp(s->before->items[i]->requirement, code) == 0)
			add_item(s, s->before->items[i]);
}

static enum verdict add_items(struct step *s)
{
	size_t room = s->before == NULL ? 0 : s->before->n_items;
	struct id_scan places = id_scan(ITEM, s->work.id);
	struct id place;

	while (id_next(&places, s->view, &place))
		room++;
	s->s->sealed.items = arena_alloc(s->d->arena, (room + 1) * sizeof(Evidence__Item *));
	for (uint16_t i = 0; i < s->work.entry->n_requirements; i++) {
		if (!requirement_is_open(&s->work, i))
			add_kept_items(s, i);
		else if (add_open_items(s, i) != ACCEPTED)
			return REFUSED;
	}
	return ACCEPTED;
}

/* ---- answers ---- */

static void add_answer(struct step *s, Evidence__AnswerItem *item, struct bytes text)
{
	s->s->texts[s->s->sealed.n_answers] = text;
	s->s->sealed.answers[s->s->sealed.n_answers++] = item;
}

static Evidence__AnswerItem *answer_item(struct step *s, char *question, struct bytes text,
					 uint32_t words)
{
	static const Evidence__AnswerItem init = EVIDENCE__ANSWER_ITEM__INIT;
	Evidence__AnswerItem *item = arena_alloc(s->d->arena, sizeof *item);
	uint8_t *hash = arena_alloc(s->d->arena, SHA256_LEN);

	*item = init;
	sha256(text, hash);
	item->question = question;
	item->sha256 = pb_of_bytes((struct bytes){hash, SHA256_LEN});
	item->words = words;
	item->bytes = text.len;
	return item;
}

/* What could identify a student is taken out, or was shown to the teacher and identifies nobody. */
static enum verdict add_findings(struct step *s, Evidence__AnswerItem *item, struct bytes text)
{
	struct scan_asked asked = scan_asked_of(s->view, &s->work, s->d);
	struct scan_found found;

	scan_text(text, &asked, &found);
	item->attested = counts_of(s->d, &found, &item->n_attested);
	for (size_t i = 0; i < s->ask->n_attested && found.total > 0; i++)
		if (strcmp(s->ask->attested[i], item->question) == 0)
			return ACCEPTED;
	if (found.total == 0)
		return ACCEPTED;
	return refuse_text(s->d, EVIDENCE__REASON__IDENTIFIERS_FOUND,
			   "%s has %s, the first at byte %" PRIu32
			   "; take them out, or attest that they identify nobody",
			   item->question, counts_text(s->d, item->attested, item->n_attested),
			   found.first[0].at);
}

static enum verdict add_open_answer(struct step *s, uint16_t question)
{
	Evidence__AnswerItem *item;
	const Enrollment__Question *asked = s->work.entry->questions[question];
	char code[ANSWER_CODE_LEN];
	struct bytes text;
	uint32_t words;

	answer_code(question, code);
	if (!draft_read(s->d->caps->blobs, s->work.id, code, 0, ANSWER_MAX_BYTES, s->d->arena,
			&text))
		text = BYTES_NONE;
	words = count_words(text);
	if (words == 0)
		return refuse_text(s->d, EVIDENCE__REASON__ANSWER_MISSING, "%s has no answer yet",
				   asked->code);
	if (words < asked->words_min)
		return refuse_text(s->d, EVIDENCE__REASON__TOO_FEW_WORDS,
				   "%s: %" PRIu32 " words, at least %" PRIu32 " are needed",
				   asked->code, words, asked->words_min);
	if (words > asked->words_max)
		return refuse_text(s->d, EVIDENCE__REASON__TOO_MANY_WORDS,
				   "%s: %" PRIu32 " words, at most %" PRIu32 " are allowed",
				   asked->code, words, asked->words_max);
	item = answer_item(s, asked->code, text, words);
	item->signature = signature_of(s->d, text, &item->shingles);
	if (add_findings(s, item, text) != ACCEPTED)
		return REFUSED;
	add_answer(s, item, text);
	return ACCEPTED;
}

static void add_kept_answer(struct step *s, uint16_t question)
{
	const char *code = s->work.entry->questions[question]->code;

	for (size_t i = 0; i < s->before->n_answers; i++)
		if (strcmp(s->before->answers[i]->question, code) == 0)
			add_answer(s, s->before->answers[i], BYTES_NONE);
}

static enum verdict add_answers(struct step *s)
{
	size_t n = s->work.entry->n_questions + 1;

	s->s->sealed.answers = arena_alloc(s->d->arena, n * sizeof(Evidence__AnswerItem *));
	s->s->texts = arena_alloc(s->d->arena, n * sizeof(struct bytes));
	for (uint16_t i = 0; i < s->work.entry->n_questions; i++) {
		if (!question_is_open(&s->work, i))
			add_kept_answer(s, i);
		else if (add_open_answer(s, i) != ACCEPTED)
			return REFUSED;
	}
	return ACCEPTED;
}

/* ---- dates ---- */

static enum verdict find_today(struct step *s)
{
	const struct zone *zone;
	struct civil civil;

	s->calendar = calendar_get(s->view, 0, s->d->arena);
	zone = s->calendar == NULL ? NULL : zone_find(s->d->caps->zones, s->calendar->time_zone);
	if (zone == NULL)
		return refuse_text(s->d, EVIDENCE__REASON__POLICY_MISSING,
				   "no calendar of a known time zone has been published");
	civil = zone_civil(zone, s->d->now_us);
	s->today = day_of_civil(civil.year, civil.month, civil.day);
	return ACCEPTED;
}

static enum verdict add_dates(struct step *s)
{
	Evidence__SubmissionSealed *sealed = &s->s->sealed;
	struct zones *zones = s->d->caps->zones;
	const Enrollment__Policy *policy =
		policy_get(s->view, s->work.row.policy_version, s->d->arena);
	const Enrollment__Profile *profile =
		profile_get(s->view, s->work.entry->profile, 0, s->d->arena);

	if (profile == NULL)
		return refuse_text(s->d, EVIDENCE__REASON__POLICY_MISSING,
				   "the assessment profile %s has not been published",
				   s->work.entry->profile);
	sealed->sealed_us = s->d->now_us;
	sealed->recall_until_us = s->d->now_us + policy->recall_hours * US_PER_HOUR;
	sealed->due_us = business_deadline_us(zones, s->calendar, s->d->now_us,
					      MAX(profile->target_business_days, 1));
	sealed->limit_us = business_deadline_us(zones, s->calendar, s->d->now_us,
						MAX(profile->limit_business_days, 1));
	sealed->calendar_version = s->calendar->version;
	sealed->profile = profile->code;
	sealed->profile_version = profile->version;
	sealed->tzdata = arena_text(s->d->arena, bytes_of_text(zones_version(zones)));
	return ACCEPTED;
}

/* ---- the whole ---- */

/* Absent, when there is none: not 16 zeros. */
static ProtobufCBinaryData id_in_arena(const struct id *id, struct arena *arena)
{
	return pb_of_bytes(arena_copy(arena, bytes_of_pb(pb_of_id(id))));
}

static void add_identity(struct step *s, const Evidence__Seal *ask)
{
	struct arena *arena = s->d->arena;
	const struct portfolio *row = &s->work.row;
	Evidence__SubmissionSealed *sealed = &s->s->sealed;
	struct codes rows = open_rows(&s->work, arena);

	sealed->submission = ask->submission;
	sealed->portfolio = ask->portfolio;
	sealed->educator = pb_of_bytes(arena_copy(arena, BYTES_OF(row->educator)));
	sealed->entry = s->work.entry->entry;
	sealed->version = row->entry_version;
	sealed->attempt = row->attempt;
	sealed->n_rows = rows.n;
	sealed->rows = rows.codes;
	sealed->own_work = ask->own_work;
	sealed->ai_use = ask->ai_use;
	sealed->language = ask->language;
	sealed->school = id_in_arena(&row->school, arena);
	sealed->district = id_in_arena(&row->district, arena);
}

static void add_manifest(struct step *s)
{
	struct sealing *sealing = s->s;

	sealing->manifest = manifest_of(&sealing->sealed, s->work.entry->code, s->d->arena);
	sha256(sealing->manifest, sealing->manifest_sha256);
	sealing->sealed.manifest_sha256 =
		pb_of_bytes(arena_copy(s->d->arena, BYTES_OF(sealing->manifest_sha256)));
}

enum verdict sealing_build(const struct view *view, const Evidence__Seal *ask, struct decision *d,
			   struct sealing *s_r)
{
	static const Evidence__SubmissionSealed init = EVIDENCE__SUBMISSION_SEALED__INIT;
	struct step s = {.view = view, .d = d, .ask = ask, .s = s_r};

	s_r->sealed = init;
	if (check_may_seal(view, ask, d, &s.work) != ACCEPTED || find_today(&s) != ACCEPTED)
		return REFUSED;
	if (!id_is_none(&s.work.row.decided))
		s.before = sealed_get(view, bytes_of_id(&s.work.row.decided), d->arena);
	add_identity(&s, ask);
	if (add_items(&s) != ACCEPTED || add_answers(&s) != ACCEPTED || add_dates(&s) != ACCEPTED)
		return REFUSED;
	add_manifest(&s);
	return ACCEPTED;
}
