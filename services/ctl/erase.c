/* Erasing a person: asking for it, waiting until every holder is done, telling what stays and why.
 */
#include "services/ctl/port.h"

#include "libshared/clock.h"
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define WAIT_S 60
#define LOOK_US (100 * US_PER_MS)

/* Enrollment hears of issuance's key, but does not follow notification or count the files of
 * evidence and assessment: so those are asked themselves, and the erasure is complete when all say
 * so. */
struct erasure {
	struct ctl *ctl;
	const char *educator;
	const Enrollment__ErasureAnswer *at_enrollment;
	const Evidence__ErasureAnswer *at_evidence;
	const Assessment__ErasureAnswer *at_assessment;
	const Notification__ErasureAnswer *at_notification;
	const Issuance__ErasureAnswer *at_issuance;
};

static json_t *about(const struct erasure *e)
{
	return json_pack("{s:s}", "educator", e->educator);
}

static bool look(struct erasure *e)
{
	e->at_enrollment = (const Enrollment__ErasureAnswer *)ctl_ask_fields(
		e->ctl, TO_ENROLLMENT, "get_erasure", about(e));
	e->at_evidence = (const Evidence__ErasureAnswer *)ctl_ask_fields(e->ctl, TO_EVIDENCE,
									 "get_erasure", about(e));
	e->at_assessment = (const Assessment__ErasureAnswer *)ctl_ask_fields(
		e->ctl, TO_ASSESSMENT, "get_erasure", about(e));
	e->at_notification = (const Notification__ErasureAnswer *)ctl_ask_fields(
		e->ctl, TO_NOTIFICATION, "get_erasure", about(e));
	return !ctl_failed(e->ctl);
}

/* NULL: nobody. */
static const char *who_waits(const struct erasure *e)
{
	const Enrollment__ErasureAnswer *a = e->at_enrollment;
	const Evidence__ErasureAnswer *v = e->at_evidence;

	if (!a->completed)
		return a->n_holders == 0 || strcmp(a->holders[0], "enrollment") != 0 ? "enrollment"
										     : "issuance";
	if (v->portfolios < a->enrollments || v->forgotten < v->portfolios || v->waiting > 0)
		return "evidence";
	if (!e->at_assessment->forgotten || e->at_assessment->waiting > 0)
		return "assessment";
	return e->at_notification->key_destroyed ? NULL : "notification";
}

static void wait_for_all(struct erasure *e)
{
	int64_t until_us =
		clock_mono_us() + (int64_t)given_count(e->ctl, "wait", WAIT_S) * US_PER_S;
	struct timespec moment = {0, LOOK_US * 1000};
	const char *who = NULL;

	while (look(e) && (who = who_waits(e)) != NULL) {
		if (clock_mono_us() >= until_us) {
			ctl_fault(e->ctl, CTL_UNREACHABLE,
				  "%s is not done yet; the same command again goes on waiting",
				  who);
			return;
		}
		nanosleep(&moment, NULL);
	}
}

/* ---- what remains ---- */

static uint64_t always(const struct erasure *e)
{
	(void)e;
	return 1;
}
static uint64_t enrollments(const struct erasure *e)
{
	return e->at_enrollment->enrollments;
}
static uint64_t manifests(const struct erasure *e)
{
	return e->at_evidence->manifests;
}
static uint64_t shared_files(const struct erasure *e)
{
	return e->at_evidence->shared;
}
static uint64_t notices(const struct erasure *e)
{
	return e->at_notification->notices;
}
static uint64_t submissions(const struct erasure *e)
{
	return e->at_assessment->submissions;
}
static uint64_t shared_feedback(const struct erasure *e)
{
	return e->at_assessment->shared;
}
static uint64_t credentials(const struct erasure *e)
{
	return e->at_issuance->credentials;
}
static uint64_t leaves(const struct erasure *e)
{
	return e->at_issuance->leaves;
}
static uint64_t ledger_entries(const struct erasure *e)
{
	return e->at_issuance->ledger_entries;
}
static uint64_t externals(const struct erasure *e)
{
	return e->at_issuance->externals;
}

static const struct remnant {
	uint64_t (*count)(const struct erasure *e); /* 0: not told */
	bool counted;
	const char *what, *where, *why, *until;
} remnants[] = {
	{always, false, "the educator's id, and when and where they worked", "enrollment, all logs",
	 "a random number that nothing leads to a person any more; what was done stays provable",
	 "for ever"},
	{always, false, "sealed name, address, license numbers", "logs, archives of logs",
	 "nobody can open them: the key is destroyed at every holder", "for ever"},
	{always, false, "keyed hashes of handle, address, license numbers", "enrollment's log",
	 "they lead to nobody without the installation's own secret", "for ever"},
	{enrollments, true, "enrollments", "enrollment", "counts of use, under the id alone",
	 "for ever"},
	{manifests, true, "manifests of sealed submissions", "evidence/blobs",
	 "sizes and hashes: what was judged stays provable, its bytes are gone", "for ever"},
	{shared_files, true, "files", "evidence/blobs",
	 "another educator handed in the very same bytes", "that educator's own erasure"},
	{submissions, true, "submissions' ratings and decisions", "assessment",
	 "readers answer for what they decided; it is told of the id alone, and the words that "
	 "they "
	 "wrote are gone",
	 "the retention period of decisions"},
	{shared_feedback, true, "texts of readers", "assessment/blobs",
	 "another educator was told the very same words", "that educator's own erasure"},
	{credentials, true, "credentials' hash, proof, dates, place in a status list", "issuance",
	 "a public record: who was shown a badge can still verify it", "for ever"},
	{leaves, true, "lines of the transparency log", "issuance",
	 "nobody may issue in secret; a line names no person", "for ever"},
	{ledger_entries, true, "ledger entries, and their public events", "issuance",
	 "a state's record of what counted; holder and license are left out", "for ever"},
	{externals, true, "other issuers' credentials: hash and issuer", "issuance",
	 "that they were verified here; the documents cannot be opened", "for ever"},
	{notices, true, "notices' state and time", "notification",
	 "that letters went out; neither address nor text", "for ever"},
	{always, false, "backups made before", "the operator's backups",
	 "their keyring is sealed to the operator's key, and a restore applies the newest list of "
	 "erased ids first",
	 "at most 35 days"},
	{always, false, "copies that others hold", "mailboxes, wallets, licensure systems",
	 "what was sent or shown is theirs", "they decide"},
};

static void tell_remnants(struct erasure *e)
{
	json_t *list = json_array();

	say(e->ctl, "\nwhat remains\n");
	for (size_t i = 0; i < ARRAY_LEN(remnants); i++) {
		const struct remnant *r = &remnants[i];
		uint64_t n = r->count(e);
		json_t *one;

		if (n == 0)
			continue;
		one = json_pack("{s:s, s:s, s:s, s:s}", "what", r->what, "where", r->where, "why",
				r->why, "until", r->until);
		if (r->counted)
			json_object_set_new(one, "count", json_integer((json_int_t)n));
		json_array_append_new(list, one);
		if (r->counted)
			say(e->ctl, "  %" PRIu64 " %s\n", n, r->what);
		else
			say(e->ctl, "  %s\n", r->what);
		say(e->ctl, "      where  %s\n      why    %s\n      until  %s\n", r->where, r->why,
		    r->until);
	}
	tell(e->ctl, "remains", list);
}

static void tell_all(struct erasure *e)
{
	tell(e->ctl, "complete", json_true());
	tell(e->ctl, "keys_destroyed",
	     json_pack("[s, s, s]", "enrollment", "issuance", "notification"));
	say(e->ctl, "erased: the key is destroyed at enrollment, issuance and notification, and "
		    "evidence and assessment have removed the bytes and texts\n");
	e->at_issuance = (const Issuance__ErasureAnswer *)ctl_ask_fields(e->ctl, TO_ISSUANCE,
									 "get_erasure", about(e));
	if (!ctl_failed(e->ctl))
		tell_remnants(e);
}

int erase_educator(struct ctl *c)
{
	struct erasure e = {.ctl = c, .educator = given(c, "educator")};
	struct id educator = given_id(c, "educator");

	if (!look(&e))
		return ctl_exit_code(c);
	/* Asked again, it tells how far it has come. */
	if (!e.at_enrollment->erased)
		ctl_send_fields(c, TO_ENROLLMENT, &educator, "erase_educator",
				json_pack("{s:s, s:s}", "educator", e.educator, "because",
					  given(c, "because")));
	if (!ctl_failed(c))
		wait_for_all(&e);
	if (!ctl_failed(c))
		tell_all(&e);
	return ctl_exit_code(c);
}
