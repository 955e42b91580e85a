/* From a released passing decision to a signed badge. */
#include "services/issuance/mint.h"
#include "libshared/check.h"
#include "libshared/seal.h"
#include "libshared/service.h"
#include "libshared/zone.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/ledger.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/life.h"
#include "services/issuance/signer.h"
#include "services/issuance/stack.h"
#include "services/issuance/status.h"
#include "services/issuance/tables.h"
#include "services/issuance/template.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MILLI 1000

/* Why a badge is held, and what mends it. */
static const char *const no_key = "the issuer has no signing key; make one with cairnctl keys add";
static const char *const no_issuer = "the issuer of this version is not published";
static const char *const no_person = "the educator was erased; there is nobody to issue it to";
static const char *const is_suspended =
	"the credential that it renews is suspended; reinstate or revoke that one first";

struct minting {
	const struct view *view;
	struct decision *d;
	Issuance__CredentialIssued *c; /* the facts; what is signed is filled in */
	const Issuance__AchievementNoted *achievement;
	const Issuance__IssuerNoted *issuer;
	char reason[TEMPLATE_REASON_LEN]; /* why it cannot be signed */
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

/* ---- the badge ---- */

static void results_of(struct minting *m, struct badge *badge)
{
	const Enrollment__Rubric *rubric = m->achievement->rubric;
	size_t n = m->c->n_rows;
	struct badge_result *results =
		arena_zalloc(m->d->arena, MAX(n, (size_t)1) * sizeof *results);

	for (size_t i = 0; i < n; i++) {
		results[i].row = m->c->rows[i]->row;
		results[i].level = level_code(rubric, m->c->rows[i]->ordinal);
		results[i].value = level_label(rubric, m->c->rows[i]->ordinal);
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

/* The credentials that a stack was awarded for. */
static void members_of(struct minting *m, struct badge *badge)
{
	struct arena *arena = m->d->arena;
	size_t n = m->c->n_members;
	struct badge_evidence *evidence = arena_zalloc(arena, n * sizeof *evidence);

	for (size_t i = 0; i < n; i++) {
		const Issuance__StackMember *member = m->c->members[i];
		const Issuance__AchievementNoted *a = achievement_get(
			m->view, bytes_of_pb(member->entry), member->version, arena);

		ENSURE(a != NULL); /* it was issued */
		evidence[i].id =
			arena_printf(arena, "urn:uuid:%s", ID_STR(bytes_of_pb(member->credential)));
		evidence[i].name = a->title;
		evidence[i].genre = achievement_type(a);
	}
	badge->evidence = evidence;
	badge->n_evidence = n;
}

/* The address that stands for the recipient, by its hash. NULL: erased. */
static const char *email_of(const struct minting *m)
{
	const Issuance__EducatorNoted *educator =
		educator_get(m->view, bytes_of_pb(m->c->educator), m->d->arena);
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

/* A salt of 128 bits: a fresh id has 74, so two. False: erased. */
static bool recipient_make(struct minting *m, Issuance__Recipient *recipient)
{
	const char *email = email_of(m);
	struct bytes first, second;

	if (email == NULL)
		return false;
	first = new_id(m->d);
	second = new_id(m->d);
	recipient->salt = arena_alloc(m->d->arena, 4 * ID_LEN + 1);
	recipient->identity_hash = arena_alloc(m->d->arena, IDENTITY_HASH_LEN);
	hex_of_bytes(first, recipient->salt);
	hex_of_bytes(second, recipient->salt + 2 * ID_LEN);
	identity_hash(email, recipient->salt, recipient->identity_hash);
	m->c->recipient = seal(m->d, bytes_of_pb(m->c->educator),
			       message_pack(&recipient->base, m->d->arena));
	return m->c->recipient != NULL;
}

/* As the document had it, or has it from now on. NULL: erased. */
static const Issuance__Recipient *recipient_of(struct minting *m)
{
	struct message_fault fault;
	Issuance__Recipient *made;
	struct bytes text;

	if (m->c->recipient == NULL) {
		made = NEW(m->d, Issuance__Recipient, ISSUANCE__RECIPIENT__INIT);
		return recipient_make(m, made) ? made : NULL;
	}
	if (!unseal(m->d->caps, m->c->recipient, m->d->arena, &text))
		return NULL;
	return (const Issuance__Recipient *)message_unpack(&issuance__recipient__descriptor, text,
							   &EVENT_LIMITS, m->d->arena, &fault);
}

static const struct badge_status *status_of(const struct minting *m)
{
	const Issuance__StatusEntry *entry = m->c->status;
	struct arena *arena = m->d->arena;
	char url[DIDWEB_URL_LEN];
	struct badge_status *status;

	if (entry == NULL || !didweb_status_url(m->issuer->issuer->did, entry->list, url))
		return NULL;
	status = arena_alloc(arena, sizeof *status);
	status->list = arena_text(arena, bytes_of_text(url));
	status->index = arena_printf(arena, "%" PRIu32, entry->index);
	status->id = arena_printf(arena, "%s#%s", status->list, status->index);
	return status;
}

static bool badge_of(struct minting *m, struct badge *badge_r)
{
	const Issuance__Recipient *recipient = recipient_of(m);
	struct badge badge = {
		.id = id_of_bytes(bytes_of_pb(m->c->credential)),
		.valid_from_us = m->c->valid_from_us,
		.valid_until_us = m->c->valid_until_us,
		.signed_us = m->c->signed_us,
		.credits_milli = (int64_t)m->achievement->clock_hours * MILLI,
		.status = status_of(m),
	};

	if (recipient == NULL) {
		snprintf(m->reason, sizeof m->reason, "%s", no_person);
		return false;
	}
	badge.template =
		template_of(m->achievement, m->issuer, m->d->caps->signer, m->d->arena, m->reason);
	if (badge.template == NULL)
		return false;
	badge.identity = (struct badge_identity){
		.type = "emailAddress", .hash = recipient->identity_hash, .salt = recipient->salt};
	results_of(m, &badge);
	if (m->c->n_members > 0)
		members_of(m, &badge);
	else
		evidence_of(m, &badge);
	*badge_r = badge;
	return true;
}

static bool sign_badge(struct minting *m)
{
	struct badge_signer signer = {signer_sign, m->d->caps->signer, m->c->key};
	struct arena *arena = m->d->arena;
	struct badge_document document;
	struct badge_problem problem = {0};
	struct badge badge;

	if (!badge_of(m, &badge))
		return false;
	if (!badge_sign(&badge, &signer, arena, &document, &problem)) {
		snprintf(m->reason, sizeof m->reason, "%s: %s", problem.where,
			 badge_fault_sentence(problem.fault));
		return false;
	}
	m->c->document = seal(m->d, bytes_of_pb(m->c->educator), document.json);
	m->c->sha256 = pb_of_bytes(arena_copy(arena, BYTES_OF(document.sha256)));
	m->c->proof_value = arena_text(arena, bytes_of_text(document.proof_value));
	return true;
}

static const char *why_not(const struct minting *m)
{
	if (m->issuer == NULL)
		return no_issuer;
	return m->c->key == NULL || m->c->key[0] == '\0' ? no_key : NULL;
}

const char *mint_document(const struct view *view, Issuance__CredentialIssued *c,
			  struct decision *d)
{
	struct minting m = {.view = view, .d = d, .c = c};
	const char *why;

	m.achievement = achievement_get(view, bytes_of_pb(c->entry), c->version, d->arena);
	ENSURE(m.achievement != NULL);
	m.issuer = issuer_get(view, bytes_of_pb(c->issuer), d->arena);
	why = why_not(&m);
	if (why != NULL)
		return why;
	c->signed_us = d->now_us;
	c->issuer_version = m.issuer->issuer->version;
	return sign_badge(&m) ? NULL : arena_text(d->arena, bytes_of_text(m.reason));
}

void mint_with_newest_key(const struct view *view, Issuance__CredentialIssued *c,
			  struct decision *d)
{
	const Issuance__KeyAdded *key = issuer_key(view, bytes_of_pb(c->issuer), d->arena);

	c->key = key != NULL ? key->key : NULL;
}

void mint_with_fresh_status(const struct view *view, Issuance__CredentialIssued *c,
			    struct decision *d)
{
	const Issuance__IssuerNoted *noted = issuer_get(view, bytes_of_pb(c->issuer), d->arena);

	c->status = noted != NULL ? status_draw(view, noted->issuer, d) : NULL;
}

Issuance__Signing *mint_signing(const Issuance__CredentialIssued *c, struct decision *d)
{
	Issuance__Signing *s = NEW(d, Issuance__Signing, ISSUANCE__SIGNING__INIT);

	s->key = c->key;
	s->status = c->status;
	s->signed_us = c->signed_us;
	s->issuer_version = c->issuer_version;
	s->document = c->document;
	s->sha256 = c->sha256;
	s->proof_value = c->proof_value;
	s->n_members = c->n_members;
	s->members = c->members;
	return s;
}

/* ---- the events ---- */

void mint_emit_alone(Issuance__CredentialIssued *c, struct decision *d)
{

	c->issued_us = d->now_us;
	c->public_id = pb_of_bytes(new_id(d));
	EMIT(d, bytes_of_pb(c->credential), CREDENTIAL_ISSUED, credential_issued, c);
}

void mint_emit(const struct view *view, Issuance__CredentialIssued *c, struct bytes replaces,
	       struct decision *d)
{
	mint_emit_alone(c, d);
	ledger_post(view, c, replaces, d);
	stacks_came(view, c, replaces, d);
}

static void emit_held(const Assessment__DecisionReleased *r, struct bytes credential,
		      const char *reason, struct decision *d)
{
	Issuance__CredentialHeld held = ISSUANCE__CREDENTIAL_HELD__INIT;

	held.credential = pb_of_bytes(credential);
	held.educator = r->educator;
	held.entry = r->entry;
	held.version = r->version;
	held.decision = r->decision;
	held.enrollment = r->enrollment;
	held.reason = arena_text(d->arena, bytes_of_text(reason));
	held.facts = pb_of_bytes(message_pack(&r->base, d->arena));
	EMIT(d, credential, CREDENTIAL_HELD, credential_held, &held);
}

/* The credential that counts for what r is about; NULL: none, or its period is over. */
static const Issuance__CredentialIssued *holds(const struct view *view,
					       const Assessment__DecisionReleased *r,
					       struct decision *d)
{
	struct active active;

	if (!active_get(view, bytes_of_pb(r->educator), bytes_of_pb(r->entry), &active) ||
	    (active.valid_until_us != 0 && active.valid_until_us <= r->decided_us))
		return NULL;
	return credential_get(view, BYTES_OF(active.credential), d->arena);
}

bool is_covered(const struct view *view, const Assessment__DecisionReleased *r, struct decision *d)
{
	const Issuance__CredentialIssued *c = holds(view, r, d);

	if (c == NULL)
		return false;
	return c->valid_until_us == 0 || r->decided_us <= c->decided_us ||
	       bytes_equal(bytes_of_pb(c->enrollment), bytes_of_pb(r->enrollment));
}

void mint_superseded(const Issuance__CredentialIssued *old, const Issuance__CredentialIssued *c,
		     struct decision *d)
{
	Issuance__CredentialSuperseded superseded = ISSUANCE__CREDENTIAL_SUPERSEDED__INIT;

	superseded.credential = old->credential;
	superseded.educator = old->educator;
	superseded.superseded_by = c->credential;
	superseded.reason = c->because;
	superseded.by = pb_of_id(&d->actor);
	superseded.public_id = pb_of_bytes(new_id(d));
	EMIT(d, bytes_of_pb(old->credential), CREDENTIAL_SUPERSEDED, credential_superseded,
	     &superseded);
}

void mint_expired(const Issuance__CredentialIssued *c, struct decision *d)
{
	Issuance__CredentialExpired expired = ISSUANCE__CREDENTIAL_EXPIRED__INIT;

	expired.credential = c->credential;
	expired.educator = c->educator;
	expired.entry = c->entry;
	expired.version = c->version;
	expired.public_id = pb_of_bytes(new_id(d));
	EMIT(d, bytes_of_pb(c->credential), CREDENTIAL_EXPIRED, credential_expired, &expired);
}

/* What a released decision says of its credential. */
static Issuance__CredentialIssued facts_of(const Assessment__DecisionReleased *r,
					   const Issuance__AchievementNoted *achievement,
					   struct bytes credential)
{
	Issuance__CredentialIssued c = ISSUANCE__CREDENTIAL_ISSUED__INIT;

	c.credential = pb_of_bytes(credential);
	c.educator = r->educator;
	c.entry = r->entry;
	c.version = r->version;
	c.issuer = achievement->issuer;
	c.decision = r->decision;
	c.enrollment = r->enrollment;
	c.valid_from_us = r->decided_us;
	if (achievement->valid_months > 0)
		c.valid_until_us = months_later_us(r->decided_us, achievement->valid_months);
	c.decided_us = r->decided_us;
	c.sealed_us = r->sealed_us;
	c.attempt = r->attempt;
	c.reads = r->reads;
	c.profile = r->profile;
	c.profile_version = r->profile_version;
	c.n_rows = r->n_rows;
	c.rows = r->rows;
	return c;
}

static const char *sign_first(const struct view *view, Issuance__CredentialIssued *c,
			      struct decision *d)
{
	mint_with_newest_key(view, c, d);
	mint_with_fresh_status(view, c, d);
	return mint_document(view, c, d);
}

const char *mint(const struct view *view, const Assessment__DecisionReleased *released,
		 struct bytes credential, struct decision *d)
{
	const Issuance__AchievementNoted *achievement =
		achievement_get(view, bytes_of_pb(released->entry), released->version, d->arena);
	const Issuance__CredentialIssued *old = holds(view, released, d);
	Issuance__CredentialIssued c;
	const char *why;

	ENSURE(achievement != NULL);
	c = facts_of(released, achievement, credential);
	if (old != NULL) {
		c.supersedes = old->credential;
		c.because = ISSUANCE__LIFE_REASON__RENEWAL;
	}
	if (old != NULL && life_get(view, bytes_of_pb(old->credential)).state != LIFE_ISSUED)
		why = is_suspended;
	else
		why = sign_first(view, &c, d);
	if (why != NULL) {
		emit_held(released, credential, why, d);
		return why;
	}
	if (old != NULL)
		mint_superseded(old, &c, d);
	mint_emit(view, &c, BYTES_NONE, d); /* a term has one credit, the first */
	return NULL;
}
