/* The renewal ledger: what is posted and what is reversed. */
#include "services/issuance/ledger.h"

#include "libshared/calendar.h"
#include "libshared/check.h"
#include "libshared/zone.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/rules/renewal_read.h"
#include "services/issuance/rules/state_layout.h"
#include "services/issuance/tables_ledger.h"
#include "services/issuance/tables_statefile.h"
#include "services/issuance/unfit.h"

#include <stdlib.h>
#include <string.h>

#define SWEEP_LICENSES 100

/* ---- posting ---- */

/* A license whose ledger is being written in this decision. */
struct posting_to {
	const struct view *view;
	const Issuance__LicenseNoted *license;
	struct renewal_license term;
	struct ledger_policy policy;
	struct bytes replaces; /* its place is free */
	struct decision *d;
};

static bool is_in_term(const struct posting_to *to, int64_t day)
{
	return day >= to->term.issued && day <= to->term.expires;
}

static bool is_free(const struct posting_to *to, const Issuance__CredentialIssued *c)
{
	struct slot slot = {bytes_of_pb(to->license->license),
			    bytes_of_pb(to->policy.noted->policy), to->term.issued,
			    bytes_of_pb(c->entry)};
	struct posting row;
	struct id posting;

	if (!slot_get(to->view, &slot, &posting))
		return true;
	ENSURE(posting_get(to->view, bytes_of_id(&posting), &row));
	return bytes_equal(
		bytes_of_pb(posting_event(to->view, &row, to->d->arena)->ledger_posted->credential),
		to->replaces);
}

/* What was said of an earlier credit for the same work is said of this one too. */
static void carry_over(const struct posting_to *to, struct bytes credential,
		       Issuance__LedgerPosted *posted)
{
	const Issuance__LedgerPosted *earlier =
		posting_last(to->view, credential, bytes_of_pb(to->license->license), to->d->arena);

	if (earlier == NULL)
		return;
	posted->corrects = earlier->posting;
	posted->facts = earlier->facts;
}

/* The credential whose credit this one's takes the place of: of the one that it corrects, or whose
 * revocation was reversed; or its own, under another policy or in another term. */
static struct bytes restated(const Issuance__CredentialIssued *c)
{
	return c->because == ISSUANCE__LIFE_REASON__CORRECTION ||
			       c->because == ISSUANCE__LIFE_REASON__APPEAL_UPHELD
		       ? bytes_of_pb(c->supersedes)
		       : BYTES_NONE;
}

static void emit_posted(const struct posting_to *to, const Issuance__CredentialIssued *c,
			struct renewal_credit *credit)
{
	Issuance__LedgerPosted posted = ISSUANCE__LEDGER_POSTED__INIT;
	struct bytes id = new_id(to->d);
	char decided_on[11];

	text_of_day(credit->day, decided_on);
	posted.posting = pb_of_bytes(id);
	posted.license = to->license->license;
	posted.educator = to->license->educator;
	posted.credential = c->credential;
	posted.entry = c->entry;
	posted.version = c->version;
	posted.policy = to->policy.noted->policy;
	posted.policy_version = to->policy.noted->version;
	posted.state = to->license->state;
	posted.unit = arena_text(to->d->arena, bytes_of_text(to->policy.rules->unit));
	carry_over(to, restated(c), &posted);
	carry_over(to, bytes_of_pb(c->credential), &posted);
	ledger_facts(to->policy.rules, posted.facts, credit);
	posted.hundredths = renewal_units(to->policy.rules, credit);
	posted.decided_on = decided_on;
	posted.term_from = to->license->issued;
	posted.term_to = to->license->expires;
	posted.public_id = pb_of_bytes(new_id(to->d));
	EMIT(to->d, bytes_of_pb(to->license->license), LEDGER_POSTED, ledger_posted, &posted);
}

static bool post(const struct posting_to *to, const Issuance__CredentialIssued *c)
{
	struct renewal_credit credit;

	if (!ledger_credit(to->view, &to->policy, c, to->d->arena, &credit) ||
	    !is_in_term(to, credit.day) || !is_free(to, c))
		return false;
	emit_posted(to, c, &credit);
	return true;
}

typedef void to_license_fn(const struct posting_to *to, const Issuance__CredentialIssued *c);

static void post_to(const struct posting_to *to, const Issuance__CredentialIssued *c)
{
	post(to, c);
}

/* False: no policy counts for the license, or its term has no dates. */
static bool with_policy(struct posting_to *to)
{
	struct ledger_clock clock = {to->d->caps, to->d->now_us};
	struct ledger_choice choice = {.view = to->view,
				       .clock = &clock,
				       .license = to->license,
				       .state = to->license->state,
				       .arena = to->d->arena};

	return ledger_term(to->license, &to->term) && ledger_choose(&choice, &to->policy);
}

static void each_license(const struct view *view, const Issuance__CredentialIssued *c,
			 struct bytes replaces, struct decision *d, to_license_fn *fn)
{
	struct bytes educator = bytes_of_pb(c->educator), key, raw;
	struct scan scan = scan_first(view, LICENSE, educator, educator);

	while (scan_next(&scan, &key, &raw)) {
		struct posting_to to = {.view = view, .replaces = replaces, .d = d};

		to.license = event_of_row(raw, d->arena)->license_noted;
		if (with_policy(&to))
			fn(&to, c);
	}
}

void ledger_post(const struct view *view, const Issuance__CredentialIssued *c,
		 struct bytes replaces, struct decision *d)
{
	each_license(view, c, replaces, d, post_to);
}

/* ---- reversing ---- */

/* The term that it counted in is over, where the state is. */
static bool is_after_term(const struct view *view, const Issuance__LedgerPosted *p,
			  struct decision *d)
{
	struct ledger_clock clock = {d->caps, d->now_us};
	struct policy_walk walk = {view, p->state, ledger_today, &clock, ID_NONE, false};
	const Issuance__RenewalPolicyNoted *policy;
	int64_t last = 0;

	ENSURE(day_of_text(p->term_to, &last)); /* our own event */
	while ((policy = policy_next(&walk, d->arena)) != NULL)
		if (bytes_equal(bytes_of_pb(policy->policy), bytes_of_pb(p->policy)))
			return ledger_today(&clock, policy->time_zone) > last;
	return false;
}

static void emit_reversed(const struct view *view, const Issuance__LedgerPosted *p,
			  const char *because, struct decision *d)
{
	Issuance__LedgerReversed reversed = ISSUANCE__LEDGER_REVERSED__INIT;

	reversed.posting = pb_of_bytes(new_id(d));
	reversed.reverses = p->posting;
	reversed.license = p->license;
	reversed.educator = p->educator;
	reversed.credential = p->credential;
	reversed.state = p->state;
	reversed.unit = p->unit;
	reversed.hundredths = -p->hundredths;
	reversed.because = arena_text(d->arena, bytes_of_text(because));
	reversed.public_id = pb_of_bytes(new_id(d));
	reversed.after_term = is_after_term(view, p, d);
	EMIT(d, bytes_of_pb(p->license), LEDGER_REVERSED, ledger_reversed, &reversed);
}

void ledger_correct(const struct view *view, const Issuance__LedgerPosted *p,
		    const Issuance__CreditFacts *facts, const struct ledger_policy *policy,
		    struct decision *d)
{
	Issuance__LedgerPosted again = *p;
	Issuance__CreditFacts said = *facts;

	emit_reversed(view, p, "corrected", d);
	again.posting = pb_of_bytes(new_id(d));
	again.corrects = p->posting;
	again.facts = &said;
	again.policy_version = policy->noted->version;
	again.hundredths = ledger_units(view, policy, &again, d->arena);
	again.public_id = pb_of_bytes(new_id(d));
	EMIT(d, bytes_of_pb(p->license), LEDGER_POSTED, ledger_posted, &again);
}

/* Another of the same micro-credential, by day of decision; posting keeps to the term. */
static void post_another(const struct posting_to *to, const Issuance__CredentialIssued *c)
{
	struct bytes educator = bytes_of_pb(c->educator), key, val;
	struct scan scan = scan_first(to->view, OF_EDUCATOR, educator, educator);
	const Issuance__CredentialIssued *best = NULL;
	int64_t from = to->term.issued, until = to->term.expires;

	while (scan_next(&scan, &key, &val)) {
		const Issuance__CredentialIssued *other = credential_get(
			to->view, (struct bytes){key.data + ID_LEN, ID_LEN}, to->d->arena);
		int64_t day = renewal_day(to->policy.zone, other->decided_us);

		if (bytes_equal(bytes_of_pb(other->entry), bytes_of_pb(c->entry)) &&
		    !bytes_equal(bytes_of_pb(other->credential), bytes_of_pb(c->credential)) &&
		    day >= from && day <= until &&
		    !ledger_is_revoked(to->view, bytes_of_pb(other->credential), to->d->arena) &&
		    (best == NULL || other->decided_us < best->decided_us))
			best = other;
	}
	if (best != NULL)
		post(to, best);
}

void ledger_reverse(const struct view *view, const Issuance__CredentialIssued *c,
		    const char *because, struct decision *d)
{
	struct bytes credential = bytes_of_pb(c->credential), key, val;
	struct scan scan = scan_first(view, POSTING_OF, credential, credential);
	unsigned n = 0;

	while (scan_next(&scan, &key, &val)) {
		struct posting row;

		ENSURE(posting_get(view, (struct bytes){key.data + ID_LEN, ID_LEN}, &row));
		if (row.state == POSTING_REVERSED || !row.is_credit)
			continue;
		emit_reversed(view, posting_event(view, &row, d->arena)->ledger_posted, because, d);
		n++;
	}
	if (n > 0 && strcmp(because, "revoked") == 0)
		each_license(view, c, credential, d, post_another);
}

/* ---- what was issued before ---- */

static bool is_repeat(const Issuance__CredentialIssued *const *list, const bool *is_posted,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_posted[i] &&
		    bytes_equal(bytes_of_pb(list[i]->entry), bytes_of_pb(list[n]->entry)))
			return true;
	return false;
}

/* The first of each micro-credential in the term. */
static void post_earlier(const struct posting_to *to)
{
	struct arena *arena = to->d->arena;
	const Issuance__CredentialIssued **list;
	size_t n = ledger_credentials(to->view, bytes_of_pb(to->license->educator), arena, &list);
	bool *is_posted = arena_zalloc(arena, n + 1);

	for (size_t i = 0; i < n; i++)
		if (!ledger_is_revoked(to->view, bytes_of_pb(list[i]->credential), arena) &&
		    !is_repeat(list, is_posted, i))
			is_posted[i] = post(to, list[i]);
}

static bool is_elsewhere(const struct posting_to *to, const Issuance__LedgerPosted *p)
{
	int64_t day = 0;

	ENSURE(day_of_text(p->decided_on, &day)); /* our own event */
	return is_in_term(to, day) &&
	       (strcmp(p->term_from, to->license->issued) != 0 ||
		!bytes_equal(bytes_of_pb(p->policy), bytes_of_pb(to->policy.noted->policy)));
}

/* Credits that stand under a policy that counts for this license no more, or in a term that was
 * told wrong: a day counts once. */
static void reverse_elsewhere(const struct posting_to *to)
{
	struct scan scan = ledger_scan(to->view, bytes_of_pb(to->license->license), 0);
	struct ledger_line line;
	struct posting row;

	while (ledger_next(&scan, to->d->arena, &line)) {
		const Issuance__LedgerPosted *p = line.event->ledger_posted;

		if (line.event->body_case != ISSUANCE__EVENT__BODY_LEDGER_POSTED)
			continue;
		ENSURE(posting_get(to->view, bytes_of_pb(p->posting), &row));
		if (row.state != POSTING_REVERSED && is_elsewhere(to, p))
			emit_reversed(to->view, p, "restated", to->d);
	}
}

void ledger_post_again(const struct view *view, const Issuance__LicenseNoted *license,
		       struct decision *d)
{
	struct scan scan = ledger_scan(view, bytes_of_pb(license->license), 0);
	struct ledger_line line;
	struct posting row;

	while (ledger_next(&scan, d->arena, &line)) {
		const Issuance__LedgerPosted *p = line.event->ledger_posted;
		Issuance__LedgerPosted again;

		if (line.event->body_case != ISSUANCE__EVENT__BODY_LEDGER_POSTED)
			continue;
		ENSURE(posting_get(view, bytes_of_pb(p->posting), &row));
		if (row.state == POSTING_REVERSED)
			continue;
		emit_reversed(view, p, "license_corrected", d);
		again = *p;
		again.posting = pb_of_bytes(new_id(d));
		again.corrects = p->posting;
		again.public_id = pb_of_bytes(new_id(d));
		EMIT(d, bytes_of_pb(p->license), LEDGER_POSTED, ledger_posted, &again);
	}
}

void ledger_note_license(const struct view *view, const Issuance__LicenseNoted *license,
			 struct decision *d)
{
	struct posting_to to = {.view = view, .license = license, .d = d};

	if (!with_policy(&to))
		return;
	reverse_elsewhere(&to);
	post_earlier(&to);
}

/* Where a sweep stands: the state, then the last license, if any. */
enum verdict ledger_sweep(const struct view *view, const struct timer_due *timer,
			  struct decision *d)
{
	Issuance__LedgerSwept swept = ISSUANCE__LEDGER_SWEPT__INIT;
	struct bytes policy = bytes_of_id(&timer->entity), row, key, raw;
	struct key from = {0};
	struct scan scan;
	char state[3] = "";
	unsigned n = 0;

	ENSURE(view_get(view, LEDGER_SWEEP, policy, &row) && row.len >= 2);
	memcpy(state, row.data, 2);
	key_add(&from, (struct bytes){row.data + 2, row.len - 2});
	if (row.len > 2)
		key_add(&from, (struct bytes){(const uint8_t *)"", 1});
	swept.policy = pb_of_bytes(policy);
	swept.done = true;
	scan = scan_first(view, LICENSE, BYTES_NONE, key_bytes(&from));
	while (scan_next(&scan, &key, &raw)) {
		const Issuance__LicenseNoted *license = event_of_row(raw, d->arena)->license_noted;

		if (strcmp(license->state, state) == 0)
			ledger_note_license(view, license, d);
		swept.license = license->license;
		swept.educator = license->educator;
		if (++n == SWEEP_LICENSES) {
			swept.done = false;
			scan_end(&scan);
			break;
		}
	}
	EMIT(d, policy, LEDGER_SWEPT, ledger_swept, &swept);
	return ACCEPTED;
}

/* ---- policies ---- */

/* Without what no evaluation reads. */
static const char *slim(json_t *policy, struct arena *arena)
{
	static const char *const unread[] = {"worked_examples", "sources", "reporting", "note",
					     "documents"};
	char *text;
	const char *kept;

	for (size_t i = 0; i < ARRAY_LEN(unread); i++)
		json_object_del(policy, unread[i]);
	text = json_dumps(policy, JSON_COMPACT | JSON_PRESERVE_ORDER);
	ENSURE(text != NULL);
	kept = arena_text(arena, bytes_of_text(text));
	free(text);
	return kept;
}

static int64_t start_of(const struct zone *zone, int64_t day)
{
	struct civil c = civil_of_day(day);

	return zone_moment(zone, c);
}

static void emit_policy(const Enrollment__Document *document, const struct renewal_policy *rules,
			const struct zone *zone, const char *json, struct decision *d)
{
	Issuance__RenewalPolicyNoted noted = ISSUANCE__RENEWAL_POLICY_NOTED__INIT;
	char from[11];

	text_of_day(rules->effective_from, from);
	noted.policy = document->id;
	noted.code = document->code;
	noted.version = document->version;
	noted.state = arena_text(d->arena, bytes_of_text(rules->state));
	noted.time_zone = arena_text(d->arena, bytes_of_text(rules->zone));
	noted.effective_from = from;
	noted.starts_us = start_of(zone, rules->effective_from);
	noted.json = arena_text(d->arena, bytes_of_text(json));
	EMIT(d, bytes_of_pb(document->id), RENEWAL_POLICY_NOTED, renewal_policy_noted, &noted);
}

/* The layout of the policy's file, where it has one; kept apart from what evaluations read. */
static enum verdict note_layout(const struct view *view, const Enrollment__Document *document,
				const struct renewal_policy *rules, const json_t *reporting,
				struct decision *d)
{
	struct reading reading = {.arena = d->arena};
	Issuance__StateLayoutNoted noted = ISSUANCE__STATE_LAYOUT_NOTED__INIT;
	struct state_layout layout;
	char *text;

	state_layout_read(part_of(&reading, reporting, "reporting"), &layout);
	if (reading.fault[0] != '\0')
		return unfit_note(view, "state_layout", document, reading.fault, d);
	if (!layout.is_used ||
	    file_layout_known(view, bytes_of_pb(document->id), document->version))
		return ACCEPTED;
	text = json_dumps(reporting, JSON_COMPACT | JSON_PRESERVE_ORDER);
	ENSURE(text != NULL);
	noted.policy = document->id;
	noted.version = document->version;
	noted.code = document->code;
	noted.state = arena_text(d->arena, bytes_of_text(rules->state));
	noted.time_zone = arena_text(d->arena, bytes_of_text(rules->zone));
	noted.json = arena_text(d->arena, bytes_of_text(text));
	free(text);
	EMIT(d, bytes_of_pb(document->id), STATE_LAYOUT_NOTED, state_layout_noted, &noted);
	return ACCEPTED;
}

enum verdict ledger_note_policy(const struct view *view, const Enrollment__Document *document,
				struct decision *d)
{
	struct reading reading = {.arena = d->arena};
	json_t *json = json_loads(document->json, JSON_REJECT_DUPLICATES, NULL);
	struct part policy = part_of(&reading, json, "policy");
	struct renewal_policy rules;
	const struct zone *zone;
	json_t *reporting = json_incref(json_object_get(json, "reporting"));
	const char *kept;

	renewal_policy_read(policy, &rules);
	zone = renewal_policy_zone(policy, d->caps->zones, &rules);
	kept = zone != NULL ? slim(json, d->arena) : NULL;
	json_decref(json);
	if (reading.fault[0] != '\0') {
		json_decref(reporting);
		return unfit_note(view, "renewal_policy", document, reading.fault, d);
	}
	if (!policy_has(view, &(struct policy_key){.state = rules.state,
						   .policy = bytes_of_pb(document->id),
						   .from = rules.effective_from,
						   .version = document->version}))
		emit_policy(document, &rules, zone, kept, d);
	(void)note_layout(view, document, &rules, reporting, d); /* accepted, either way */
	json_decref(reporting);
	return ACCEPTED;
}
