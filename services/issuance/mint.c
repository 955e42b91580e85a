/* From a released passing decision to a signed badge. */
#include "services/issuance/mint.h"
#include "libshared/check.h"
#include "libshared/seal.h"
#include "libshared/service.h"
#include "libshared/zone.h"
#include "services/issuance/signer.h"
#include "services/issuance/tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MILLI 1000

/* Why a badge is held, and what mends it. */
static const char *const no_key = "the issuer has no signing key; make one with cairnctl keys add";
static const char *const no_issuer = "the issuer of this version is not published";
static const char *const no_person = "the educator was erased; there is nobody to issue it to";

struct minting {
	const struct view *view;
	struct decision *d;
	const Assessment__DecisionReleased *released;
	const Issuance__AchievementNoted *achievement;
	const Issuance__IssuerNoted *issuer;
	const Issuance__KeyAdded *key;
	const char *email; /* NULL: there is none */
	char reason[300];  /* why it cannot be signed */
};

int64_t months_later_us(int64_t at_us, uint32_t months)
{
	int64_t day = at_us / US_PER_DAY, rest = at_us % US_PER_DAY, first, last;
	struct civil c = civil_of_day(day);
	int month = c.month - 1 + (int)(months % 12);
	int year = c.year + (int)(months / 12) + month / 12;

	first = day_of_civil(year, month % 12 + 1, 1);
	last = month % 12 == 11 ? day_of_civil(year + 1, 1, 1) - 1
				: day_of_civil(year, month % 12 + 2, 1) - 1;
	return MIN(first + c.day - 1, last) * US_PER_DAY + rest;
}

/* ---- the template of an achievement ---- */

static struct badge_level *levels_of(const Enrollment__Rubric *rubric,
				     const Enrollment__Criterion *row, struct arena *arena)
{
	struct badge_level *levels = arena_zalloc(arena, rubric->n_levels * sizeof *levels);

	for (size_t i = 0; i < rubric->n_levels; i++) {
		levels[i].code = rubric->levels[i]->code;
		levels[i].name = rubric->levels[i]->label;
		levels[i].description = i < row->n_descriptions ? row->descriptions[i] : NULL;
		levels[i].points = arena_printf(arena, "%" PRIu32, rubric->levels[i]->ordinal);
	}
	return levels;
}

static const char *code_of_level(const Enrollment__Rubric *rubric, uint32_t ordinal)
{
	for (size_t i = 0; i < rubric->n_levels; i++)
		if (rubric->levels[i]->ordinal == ordinal)
			return rubric->levels[i]->code;
	return NULL;
}

static const char *label_of_level(const Enrollment__Rubric *rubric, uint32_t ordinal)
{
	for (size_t i = 0; i < rubric->n_levels; i++)
		if (rubric->levels[i]->ordinal == ordinal)
			return rubric->levels[i]->label;
	return NULL;
}

static void rows_of(const Enrollment__Rubric *rubric, struct badge_achievement *a,
		    struct arena *arena)
{
	struct badge_row *rows =
		arena_zalloc(arena, MAX(rubric->n_criteria, (size_t)1) * sizeof *rows);

	for (size_t i = 0; i < rubric->n_criteria; i++) {
		rows[i].code = rubric->criteria[i]->code;
		rows[i].name = rubric->criteria[i]->title;
		rows[i].required_level = code_of_level(rubric, rubric->pass_ordinal);
		rows[i].levels = levels_of(rubric, rubric->criteria[i], arena);
		rows[i].n_levels = rubric->n_levels;
	}
	a->rows = rows;
	a->n_rows = rubric->n_criteria;
}

static void alignments_of(const Issuance__AchievementNoted *noted, struct badge_achievement *a,
			  struct arena *arena)
{
	struct badge_alignment *list =
		arena_zalloc(arena, MAX(noted->n_alignments, (size_t)1) * sizeof *list);

	for (size_t i = 0; i < noted->n_alignments; i++) {
		list[i].target_name = noted->alignments[i]->label;
		list[i].target_url = noted->alignments[i]->url;
		list[i].target_code = noted->alignments[i]->code;
		list[i].target_framework = noted->alignments[i]->framework_title;
	}
	a->alignments = list;
	a->n_alignments = noted->n_alignments;
}

/* What was asked, in words: the competency, what to submit, and the bar. */
static const char *criteria_of(const Issuance__AchievementNoted *noted, struct arena *arena)
{
	const char *label = label_of_level(noted->rubric, noted->rubric->pass_ordinal);
	const char *text = arena_printf(arena, "%s\n\nEvidence submitted:", noted->competency);

	for (size_t i = 0; i < noted->n_requirements; i++)
		text = arena_printf(arena, "%s\n- %s", text, noted->requirements[i]->title);
	return arena_printf(
		arena,
		"%s\n\nEvery row of the rubric was rated \"%s\" or above by trained assessors "
		"who did not know the educator.",
		text, label != NULL ? label : "pass");
}

/* The id is a name, not an address: nothing serves achievements yet. */
static struct badge_template *make_template(struct minting *m, const struct id *id)
{
	const Issuance__AchievementNoted *noted = m->achievement;
	const Enrollment__Issuer *by = m->issuer->issuer;
	struct arena *arena = m->d->arena;
	struct badge_issuer issuer = {
		.id = by->did, .name = by->name, .url = by->url, .email = by->email};
	struct badge_achievement a = {
		.id = arena_printf(arena, "urn:uuid:%s", ID_STR(bytes_of_id(id))),
		.type = "MicroCredential",
		.name = noted->title,
		.description = noted->description,
		.criteria = criteria_of(noted, arena),
		.field_of_study = noted->topic,
		.code = noted->code,
		.language = noted->n_languages > 0 ? noted->languages[0] : NULL,
		.version = arena_printf(arena, "%" PRIu32, noted->version),
		.credits_milli = (int64_t)noted->clock_hours * MILLI,
		.tags = (const char *const *)noted->tags,
		.n_tags = noted->n_tags,
	};
	struct badge_problem problem = {0};
	struct badge_template *template;

	rows_of(noted->rubric, &a, arena);
	alignments_of(noted, &a, arena);
	template = badge_template_new(&issuer, &a, &problem);
	if (template == NULL)
		snprintf(m->reason, sizeof m->reason, "%s: %s", problem.where,
			 badge_fault_sentence(problem.fault));
	return template;
}

static const struct badge_template *template_of(struct minting *m)
{
	struct signer *signer = m->d->caps->signer;
	struct id id = id_of_version(bytes_of_pb(m->achievement->entry), m->achievement->version);
	uint32_t version = m->issuer->issuer->version;
	const struct badge_template *known = signer_template(signer, &id, version);
	struct badge_template *made;

	if (known != NULL)
		return known;
	made = make_template(m, &id);
	if (made != NULL)
		signer_keep_template(signer, &id, version, made);
	return made;
}

/* ---- the badge ---- */

static void results_of(struct minting *m, struct badge *badge)
{
	const Enrollment__Rubric *rubric = m->achievement->rubric;
	size_t n = m->released->n_rows;
	struct badge_result *results =
		arena_zalloc(m->d->arena, MAX(n, (size_t)1) * sizeof *results);

	for (size_t i = 0; i < n; i++) {
		results[i].row = m->released->rows[i]->row;
		results[i].level = code_of_level(rubric, m->released->rows[i]->ordinal);
		results[i].value = label_of_level(rubric, m->released->rows[i]->ordinal);
	}
	badge->results = results;
	badge->n_results = n;
}

static void evidence_of(struct minting *m, struct badge *badge)
{
	size_t n = m->achievement->n_requirements;
	struct badge_evidence *evidence =
		arena_zalloc(m->d->arena, MAX(n, (size_t)1) * sizeof *evidence);

	for (size_t i = 0; i < n; i++) {
		evidence[i].name = m->achievement->requirements[i]->title;
		evidence[i].genre = m->achievement->requirements[i]->kind;
	}
	badge->evidence = evidence;
	badge->n_evidence = n;
}

/* A salt of 128 bits: a fresh id has 74, so two. */
static void identity_of(struct minting *m, struct badge *badge)
{
	struct bytes first = new_id(m->d), second = new_id(m->d);
	char *salt = arena_alloc(m->d->arena, 4 * ID_LEN + 1);
	char *hash = arena_alloc(m->d->arena, IDENTITY_HASH_LEN);

	hex_of_bytes(first, salt);
	hex_of_bytes(second, salt + 2 * ID_LEN);
	identity_hash(m->email, salt, hash);
	badge->identity =
		(struct badge_identity){.type = "emailAddress", .hash = hash, .salt = salt};
}

static bool sign_badge(struct minting *m, const struct id *credential, int64_t valid_until_us,
		       struct badge_document *document_r)
{
	struct badge_signer signer = {signer_sign, m->d->caps->signer, m->key->key};
	struct badge badge = {
		.template = template_of(m),
		.id = *credential,
		.valid_from_us = m->released->decided_us,
		.valid_until_us = valid_until_us,
		.signed_us = m->d->now_us,
		.credits_milli = (int64_t)m->achievement->clock_hours * MILLI,
	};
	struct badge_problem problem = {0};

	if (badge.template == NULL)
		return false;
	results_of(m, &badge);
	evidence_of(m, &badge);
	identity_of(m, &badge);
	if (badge_sign(&badge, &signer, m->d->arena, document_r, &problem))
		return true;
	snprintf(m->reason, sizeof m->reason, "%s: %s", problem.where,
		 badge_fault_sentence(problem.fault));
	return false;
}

/* ---- the events ---- */

static void emit_issued(struct minting *m, struct bytes credential, int64_t valid_until_us,
			const struct badge_document *document)
{
	const Assessment__DecisionReleased *r = m->released;
	Issuance__CredentialIssued issued = ISSUANCE__CREDENTIAL_ISSUED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	issued.credential = pb_of_bytes(credential);
	issued.educator = r->educator;
	issued.entry = r->entry;
	issued.version = r->version;
	issued.issuer = m->achievement->issuer;
	issued.decision = r->decision;
	issued.enrollment = r->enrollment;
	issued.key = m->key->key;
	issued.valid_from_us = r->decided_us;
	issued.valid_until_us = valid_until_us;
	issued.decided_us = r->decided_us;
	issued.sealed_us = r->sealed_us;
	issued.attempt = r->attempt;
	issued.reads = r->reads;
	issued.profile = r->profile;
	issued.profile_version = r->profile_version;
	issued.n_rows = r->n_rows;
	issued.rows = r->rows;
	issued.document = seal(m->d, bytes_of_pb(r->educator), document->json);
	issued.sha256 = pb_of_bytes(arena_copy(m->d->arena, BYTES_OF(document->sha256)));
	issued.proof_value = arena_text(m->d->arena, bytes_of_text(document->proof_value));
	issued.public_id = pb_of_bytes(new_id(m->d));
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED;
	event.credential_issued = &issued;
	emit_about(m->d, credential, &event.base);
}

static void emit_held(struct minting *m, struct bytes credential)
{
	const Assessment__DecisionReleased *r = m->released;
	Issuance__CredentialHeld held = ISSUANCE__CREDENTIAL_HELD__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	held.credential = pb_of_bytes(credential);
	held.educator = r->educator;
	held.entry = r->entry;
	held.version = r->version;
	held.decision = r->decision;
	held.enrollment = r->enrollment;
	held.reason = m->reason;
	held.facts = pb_of_bytes(message_pack(&r->base, m->d->arena));
	event.body_case = ISSUANCE__EVENT__BODY_CREDENTIAL_HELD;
	event.credential_held = &held;
	emit_about(m->d, credential, &event.base);
}

/* The address that stands for the recipient, by its hash. NULL: erased. */
static const char *email_of(struct minting *m)
{
	const Issuance__EducatorNoted *educator =
		educator_get(m->view, bytes_of_pb(m->released->educator), m->d->arena);
	struct message_fault fault;
	const Enrollment__Person *person;
	struct bytes text;

	if (educator == NULL || educator->person == NULL ||
	    !unseal(m->d->caps, educator->person, m->d->arena, &text))
		return NULL;
	person = (const Enrollment__Person *)message_unpack(&enrollment__person__descriptor, text,
							    &EVENT_LIMITS, m->d->arena, &fault);
	return person != NULL ? person->email : NULL;
}

static const char *why_not(const struct minting *m)
{
	if (m->issuer == NULL)
		return no_issuer;
	if (m->key == NULL)
		return no_key;
	return m->email == NULL ? no_person : NULL;
}

bool is_covered(const struct view *view, const Assessment__DecisionReleased *r)
{
	struct active active;

	return active_get(view, bytes_of_pb(r->educator), bytes_of_pb(r->entry), &active) &&
	       (active.valid_until_us == 0 || active.valid_until_us > r->decided_us);
}

const char *mint(const struct view *view, const Assessment__DecisionReleased *released,
		 struct bytes credential, struct decision *d)
{
	struct minting m = {.view = view, .d = d, .released = released};
	struct badge_document document;
	struct id id = id_of_bytes(credential);
	int64_t valid_until_us = 0;
	const char *why;

	m.achievement =
		achievement_get(view, bytes_of_pb(released->entry), released->version, d->arena);
	ENSURE(m.achievement != NULL);
	m.issuer = issuer_get(view, bytes_of_pb(m.achievement->issuer), d->arena);
	m.key = issuer_key(view, bytes_of_pb(m.achievement->issuer), d->arena);
	m.email = email_of(&m);
	if (m.achievement->valid_months > 0)
		valid_until_us = months_later_us(released->decided_us, m.achievement->valid_months);
	why = why_not(&m);
	if (why != NULL) {
		snprintf(m.reason, sizeof m.reason, "%s", why);
	} else if (sign_badge(&m, &id, valid_until_us, &document)) {
		emit_issued(&m, credential, valid_until_us, &document);
		return NULL;
	}
	emit_held(&m, credential);
	return arena_text(d->arena, bytes_of_text(m.reason));
}
