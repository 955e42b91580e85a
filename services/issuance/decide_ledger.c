/* What people and licensure systems do to a ledger: adjust, acknowledge, dispute, correct, and have
 * an evaluation recorded. */
#include "libshared/check.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/evaluation.h"
#include "services/issuance/ledger.h"
#include "services/issuance/tables_ledger.h"
#include "services/issuance/tables_statefile.h"

#include "libshared/zone.h"

#include <string.h>

#define AMOUNT_MAX INT64_C(100000000) /* a million units */
#define WHY_MAX 200

static bool is_new_id(const struct view *view, ProtobufCBinaryData id, struct decision *d)
{
	struct posting row;

	if (is_id(bytes_of_pb(id)) && !posting_get(view, bytes_of_pb(id), &row))
		return true;
	refuse_text(d, ISSUANCE__REASON__BAD_ID, "posting: a fresh id of 16 bytes is expected");
	return false;
}

static bool has_words(const char *text, const char *name, struct decision *d)
{
	if (text[0] != '\0' && strlen(text) <= WHY_MAX && text_is_clean(text, strlen(text)))
		return true;
	refuse_text(d, ISSUANCE__REASON__NO_REASON_GIVEN, "%s: 1 to %d bytes of text are expected",
		    name, WHY_MAX);
	return false;
}

/* A licensure system speaks for its own state only, who delivers to it for the one that is named,
 * an operator for all. */
static bool in_scope(const char *state, const char *named, struct decision *d)
{
	bool is_named = strcmp(named, state) == 0;
	bool may = d->roles & ROLE_OPERATOR || (d->roles & ROLE_DELIVERS && is_named) ||
		   (d->scope != NULL && strcmp(d->scope, state) == 0);

	if (may && (is_named || named[0] == '\0'))
		return true;
	refuse_text(d, ISSUANCE__REASON__OUTSIDE_SCOPE, "this peer speaks for another state");
	return false;
}

static const Issuance__LicenseNoted *license_asked(const struct view *view, ProtobufCBinaryData id,
						   struct decision *d)
{
	const Issuance__LicenseNoted *license =
		is_id(bytes_of_pb(id)) ? license_get(view, bytes_of_pb(id), d->arena) : NULL;

	if (license == NULL)
		refuse_text(d, ISSUANCE__REASON__UNKNOWN_LICENSE,
			    "license: no such license is linked");
	return license;
}

/* A credit within the peer's scope; NULL: refused. */
static const Issuance__LedgerPosted *any_credit_asked(const struct view *view,
						      ProtobufCBinaryData id, const char *named,
						      struct decision *d)
{
	const Issuance__LedgerPosted *p;
	struct posting row;

	if (!is_id(bytes_of_pb(id)) || !posting_get(view, bytes_of_pb(id), &row) ||
	    !row.is_credit) {
		refuse_text(d, ISSUANCE__REASON__UNKNOWN_POSTING,
			    "posting: no such credit was posted");
		return NULL;
	}
	p = posting_event(view, &row, d->arena)->ledger_posted;
	return in_scope(p->state, named, d) ? p : NULL;
}

/* One that was not reversed. */
static const Issuance__LedgerPosted *credit_asked(const struct view *view, ProtobufCBinaryData id,
						  const char *named, struct decision *d)
{
	const Issuance__LedgerPosted *p = any_credit_asked(view, id, named, d);
	struct posting row;

	if (p == NULL ||
	    (posting_get(view, bytes_of_pb(id), &row) && row.state != POSTING_REVERSED))
		return p;
	refuse_text(d, ISSUANCE__REASON__POSTING_CLOSED, "posting: it was reversed");
	return NULL;
}

/* The policy that counts for the license, or the one that is named. */
static bool policy_asked(const struct view *view, const Issuance__LicenseNoted *license,
			 const char *code, struct decision *d, struct ledger_policy *policy_r)
{
	struct ledger_clock clock = {d->caps, d->now_us};
	struct ledger_choice choice = {.view = view,
				       .clock = &clock,
				       .license = license,
				       .state = license->state,
				       .code = code,
				       .arena = d->arena};

	if (ledger_choose(&choice, policy_r))
		return true;
	refuse_text(d,
		    choice.is_ambiguous ? ISSUANCE__REASON__SEVERAL_POLICIES
					: ISSUANCE__REASON__NO_POLICY,
		    "policy: %s", choice.why);
	return false;
}

enum verdict decide_adjust_ledger(const struct view *view, const Issuance__Command *cmd,
				  struct decision *d)
{
	const Issuance__AdjustLedger *ask = cmd->adjust_ledger;
	Issuance__LedgerAdjusted adjusted = ISSUANCE__LEDGER_ADJUSTED__INIT;
	const Issuance__LicenseNoted *license;
	struct ledger_policy policy;

	if (!is_new_id(view, ask->posting, d) || !has_words(ask->because, "because", d))
		return REFUSED;
	if (ask->hundredths == 0 || ask->hundredths > AMOUNT_MAX || ask->hundredths < -AMOUNT_MAX)
		return refuse_text(d, ISSUANCE__REASON__BAD_AMOUNT,
				   "hundredths: an amount other than 0 is expected");
	license = license_asked(view, ask->license, d);
	if (license == NULL || !policy_asked(view, license, ask->policy, d, &policy))
		return REFUSED;
	adjusted.posting = ask->posting;
	adjusted.license = license->license;
	adjusted.educator = license->educator;
	adjusted.state = license->state;
	adjusted.hundredths = ask->hundredths;
	adjusted.because = ask->because;
	adjusted.policy = policy.noted->policy;
	EMIT(d, bytes_of_pb(license->license), LEDGER_ADJUSTED, ledger_adjusted, &adjusted);
	return ACCEPTED;
}

/* Who delivers may deliver twice, and hears the same again. */
static bool is_said(const struct view *view, ProtobufCBinaryData posting, const char *words,
		    enum posting_state state, const struct decision *d)
{
	const Issuance__Event *said;
	struct posting row;
	int64_t at_us;

	if (!(d->roles & ROLE_DELIVERS) || !posting_get(view, bytes_of_pb(posting), &row) ||
	    row.state != state)
		return false;
	said = posting_said(view, bytes_of_pb(posting), d->arena, &at_us);
	ENSURE(said != NULL); /* the state came with it */
	return strcmp(words, state == POSTING_DISPUTED ? said->ledger_disputed->because
						       : said->ledger_acknowledged->reference) == 0;
}

enum verdict decide_acknowledge_ledger(const struct view *view, const Issuance__Command *cmd,
				       struct decision *d)
{
	const Issuance__AcknowledgeLedger *ask = cmd->acknowledge_ledger;
	/* Where a state kept what was deleted, a person ends the dispute of what is reversed here.
	 */
	bool is_kept =
		is_id(bytes_of_pb(ask->posting)) && dispute_known(view, bytes_of_pb(ask->posting));
	const Issuance__LedgerPosted *p =
		is_kept ? any_credit_asked(view, ask->posting, ask->state, d)
			: credit_asked(view, ask->posting, ask->state, d);
	Issuance__LedgerAcknowledged acknowledged = ISSUANCE__LEDGER_ACKNOWLEDGED__INIT;

	if (p == NULL || (ask->reference[0] != '\0' && !has_words(ask->reference, "reference", d)))
		return REFUSED;
	if (is_said(view, ask->posting, ask->reference, POSTING_ACKNOWLEDGED, d))
		return ACCEPTED;
	acknowledged.posting = ask->posting;
	acknowledged.license = p->license;
	acknowledged.reference = ask->reference;
	EMIT(d, bytes_of_pb(p->license), LEDGER_ACKNOWLEDGED, ledger_acknowledged, &acknowledged);
	return ACCEPTED;
}

enum verdict decide_dispute_ledger(const struct view *view, const Issuance__Command *cmd,
				   struct decision *d)
{
	const Issuance__DisputeLedger *ask = cmd->dispute_ledger;
	const Issuance__LedgerPosted *p = credit_asked(view, ask->posting, ask->state, d);
	Issuance__LedgerDisputed disputed = ISSUANCE__LEDGER_DISPUTED__INIT;

	if (p == NULL || !has_words(ask->because, "because", d))
		return REFUSED;
	if (is_said(view, ask->posting, ask->because, POSTING_DISPUTED, d))
		return ACCEPTED;
	disputed.posting = ask->posting;
	disputed.license = p->license;
	disputed.because = ask->because;
	EMIT(d, bytes_of_pb(p->license), LEDGER_DISPUTED, ledger_disputed, &disputed);
	return ACCEPTED;
}

/* ---- corrections ---- */

/* The version in force of the policy that it was posted under. */
static bool policy_of_posting(const struct view *view, const Issuance__LedgerPosted *p,
			      struct decision *d, struct ledger_policy *policy_r)
{
	const Issuance__LicenseNoted *license =
		license_get(view, bytes_of_pb(p->license), d->arena);
	struct ledger_clock clock = {d->caps, d->now_us};
	struct ledger_choice choice = {.view = view,
				       .clock = &clock,
				       .license = license,
				       .state = p->state,
				       .policy = bytes_of_pb(p->policy),
				       .arena = d->arena};

	ENSURE(license != NULL); /* it was posted to */
	if (ledger_choose(&choice, policy_r))
		return true;
	refuse_text(d, ISSUANCE__REASON__NO_POLICY, "posting: %s", choice.why);
	return false;
}

/* What was said of a credit is part of its entry, so the entry is reversed and posted again. */
enum verdict decide_correct_ledger(const struct view *view, const Issuance__Command *cmd,
				   struct decision *d)
{
	const Issuance__CorrectLedger *ask = cmd->correct_ledger;
	const Issuance__LedgerPosted *p = credit_asked(view, ask->posting, "", d);
	struct ledger_policy policy;

	if (p == NULL || !policy_of_posting(view, p, d, &policy))
		return REFUSED;
	if (ask->facts == NULL)
		return refuse_text(d, ISSUANCE__REASON__BAD_FACTS, "facts: are missing");
	if (ask->facts->level[0] != '\0' && !renewal_has_level(policy.rules, ask->facts->level))
		return refuse_text(d, ISSUANCE__REASON__BAD_FACTS,
				   "facts.level: the policy has no such level");
	ledger_correct(view, p, ask->facts, &policy, d);
	return ACCEPTED;
}

/* ---- evaluations ---- */

enum verdict decide_record_evaluation(const struct view *view, const Issuance__Command *cmd,
				      struct decision *d)
{
	const Issuance__RecordEvaluation *ask = cmd->record_evaluation;
	const Issuance__LicenseNoted *license = license_asked(view, ask->license, d);
	Issuance__EvaluationRecorded recorded = ISSUANCE__EVALUATION_RECORDED__INIT;
	struct renewal_license term;
	struct ledger_policy policy;
	const Issuance__EvaluationAnswer *a;

	if (license != NULL && !ledger_term(license, &term))
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_LICENSE,
				   "license: its term has no dates");
	if (license == NULL || !policy_asked(view, license, ask->policy, d, &policy))
		return REFUSED;
	if (!is_id(bytes_of_pb(ask->evaluation)))
		return refuse_text(d, ISSUANCE__REASON__BAD_ID,
				   "evaluation: 16 bytes are expected");
	a = evaluation_answer(&(struct ledger_question){.view = view,
							.license = license,
							.policy = &policy,
							.own = true,
							.arena = d->arena});
	recorded.evaluation = ask->evaluation;
	recorded.license = license->license;
	recorded.educator = license->educator;
	recorded.policy = a->policy;
	recorded.policy_version = a->policy_version;
	recorded.evaluated_on = a->evaluated_on;
	recorded.json = a->json;
	EMIT(d, bytes_of_pb(license->license), EVALUATION_RECORDED, evaluation_recorded, &recorded);
	return ACCEPTED;
}
