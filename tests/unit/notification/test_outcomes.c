/* No letter tells an outcome, a student, evidence or a reason: with every outcome it is the same
 * letter, in both languages. */
#include "services/notification/mail/builtin.h"
#include "services/notification/mail/deliver.h"
#include "services/notification/notification.h"
#include "services/notification/plan.h"
#include "services/notification/tables.h"
#include "tests/support/notice_kit.h"
#include "tests/support/suite.h"

#include <string.h>

/* A word that an event holds and no letter may. */
#define SECRET "zz_secret_of_a_student"

static struct kit kit;
static const char *const languages[] = {"en", "es"};

/* ---- events with an outcome ---- */

static void assessment_tells(Assessment__Event__BodyCase kind, Assessment__Event *event)
{
	event->body_case = kind;
	kit_upstream(&kit, "assessment.0.log", THE_SUBMISSION, &event->base);
}

static void issuance_tells(Issuance__Event__BodyCase kind, Issuance__Event *event)
{
	event->body_case = kind;
	kit_upstream(&kit, "issuance.0.log", THE_CREDENTIAL, &event->base);
}

static char *secret(void)
{
	return arena_text(kit.arena, bytes_of_text(SECRET));
}

static void tell_decision(unsigned variant)
{
	Assessment__DecisionReleased e = ASSESSMENT__DECISION_RELEASED__INIT;
	Assessment__RowResult row = ASSESSMENT__ROW_RESULT__INIT, *rows[] = {&row};
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	e.decision = pb_of_bytes(kit_name("decision", "the one"));
	e.submission = pb_of_bytes(THE_SUBMISSION);
	e.enrollment = pb_of_bytes(THE_ENROLLMENT);
	e.educator = pb_of_bytes(ANA);
	e.entry = kit_entry()->entry;
	e.version = kit_entry()->version;
	e.attempt = 1 + variant;
	e.passed = variant == 1;
	e.reads = variant;
	row.row = secret();
	row.met = variant == 1;
	e.n_rows = 1;
	e.rows = rows;
	event.decision_released = &e;
	assessment_tells(ASSESSMENT__EVENT__BODY_DECISION_RELEASED, &event);
}

static void tell_return(unsigned variant)
{
	Assessment__ReturnedIncomplete e = ASSESSMENT__RETURNED_INCOMPLETE__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	e.submission = pb_of_bytes(THE_SUBMISSION);
	e.enrollment = pb_of_bytes(THE_ENROLLMENT);
	e.why = variant == 0 ? secret() : arena_text(kit.arena, bytes_of_text("unreadable"));
	event.returned_incomplete = &e;
	assessment_tells(ASSESSMENT__EVENT__BODY_RETURNED_INCOMPLETE, &event);
}

static void tell_hold(unsigned variant)
{
	Assessment__HoldPlaced e = ASSESSMENT__HOLD_PLACED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	e.submission = pb_of_bytes(THE_SUBMISSION);
	e.enrollment = pb_of_bytes(THE_ENROLLMENT);
	e.educator = pb_of_bytes(ANA);
	e.entry = kit_entry()->entry;
	e.version = kit_entry()->version;
	e.why = variant == 0 ? secret() : arena_text(kit.arena, bytes_of_text("duplicate"));
	event.hold_placed = &e;
	assessment_tells(ASSESSMENT__EVENT__BODY_HOLD_PLACED, &event);
}

/* Cleared, or founded. */
static void tell_end_of_hold(unsigned variant)
{
	when_due_process(&kit,
			 variant == 0 ? ASSESSMENT__EVENT__BODY_HOLD_CLEARED
				      : ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED,
			 THE_SUBMISSION);
}

static void tell_revocation(unsigned variant)
{
	static const Issuance__LifeReason reasons[] = {
		ISSUANCE__LIFE_REASON__LIFE_REASON_UNSPECIFIED, ISSUANCE__LIFE_REASON__CORRECTION};
	Issuance__CredentialRevoked e = ISSUANCE__CREDENTIAL_REVOKED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	when_issued(&kit, THE_CREDENTIAL);
	e.credential = pb_of_bytes(THE_CREDENTIAL);
	e.educator = pb_of_bytes(ANA);
	e.entry = kit_entry()->entry;
	e.version = kit_entry()->version;
	e.reason = reasons[variant];
	event.credential_revoked = &e;
	issuance_tells(ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED, &event);
}

static void tell_dispute(unsigned variant)
{
	Enrollment__LicenseLinked linked = ENROLLMENT__LICENSE_LINKED__INIT;
	Enrollment__Event of_enrollment = ENROLLMENT__EVENT__INIT;
	Issuance__LedgerDisputed e = ISSUANCE__LEDGER_DISPUTED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	linked.license = e.license = pb_of_bytes(kit_name("license", "the one"));
	linked.educator = pb_of_bytes(ANA);
	of_enrollment.body_case = ENROLLMENT__EVENT__BODY_LICENSE_LINKED;
	of_enrollment.license_linked = &linked;
	kit_upstream(&kit, "enrollment.0.log", bytes_of_pb(e.license), &of_enrollment.base);
	e.posting = pb_of_bytes(kit_name("posting", "the one"));
	e.because = variant == 0 ? secret() : arena_text(kit.arena, bytes_of_text("no_match"));
	event.ledger_disputed = &e;
	issuance_tells(ISSUANCE__EVENT__BODY_LEDGER_DISPUTED, &event);
}

static const struct outcome {
	void (*tell)(unsigned variant);
	Notification__Topic topics[2]; /* of variant 0 and 1 */
} outcomes[] = {
	{tell_decision, {NOTIFICATION__TOPIC__DECISION_READY, NOTIFICATION__TOPIC__DECISION_READY}},
	{tell_return,
	 {NOTIFICATION__TOPIC__RETURNED_INCOMPLETE, NOTIFICATION__TOPIC__RETURNED_INCOMPLETE}},
	{tell_hold, {NOTIFICATION__TOPIC__INTEGRITY_HOLD, NOTIFICATION__TOPIC__INTEGRITY_HOLD}},
	{tell_end_of_hold,
	 {NOTIFICATION__TOPIC__INTEGRITY_CLEARED, NOTIFICATION__TOPIC__SUBMISSION_VOIDED}},
	{tell_revocation,
	 {NOTIFICATION__TOPIC__CREDENTIAL_REVOKED, NOTIFICATION__TOPIC__CREDENTIAL_REVOKED}},
	{tell_dispute,
	 {NOTIFICATION__TOPIC__CREDIT_DISPUTED, NOTIFICATION__TOPIC__CREDIT_DISPUTED}},
};

/* ---- the letter ---- */

/* All of it but its own id. To be freed by the caller. */
static char *letter_of(const struct outcome *o, unsigned variant, const char *language)
{
	struct writing writing = {.caps = &kit.caps,
				  .from = {"Cairn", "no-reply@cairn.example"},
				  .portal = "https://cairn.example/"};
	struct letter letter;
	struct bytes notice;
	struct notice row;
	char *text, *id, *copy;

	notice_kit_open(&kit, &notification_service);
	given_person(&kit, ANA, &(struct notice_person){ANA_NAME, ANA_ADDRESS, language});
	given_enrolled(&kit, THE_ENROLLMENT, ANA);
	when_sealed(&kit, THE_SUBMISSION, THE_ENROLLMENT);
	o->tell(variant);
	notice = the_notice(&kit, o->topics[variant]);
	when_begun(&kit, notice);
	writing.view = kit_view(&kit);
	ENSURE(notice_get(writing.view, notice, &row));
	ENSURE(letter_write(&writing, notice, &row, kit.arena, &letter) == LETTER_READY);
	text = arena_text(kit.arena, letter.content);
	id = strstr(text, "Message-ID: <");
	ENSURE(id != NULL);
	memset(id + strlen("Message-ID: <"), 'x', ID_TEXT_LEN);
	copy = strdup(text);
	ENSURE(copy != NULL);
	kit_close(&kit);
	return copy;
}

START_TEST(the_letter_is_the_same_whatever_the_outcome)
{
	const struct outcome *o = &outcomes[_i];

	for (size_t l = 0; l < ARRAY_LEN(languages); l++) {
		char *one = letter_of(o, 0, languages[l]), *other = letter_of(o, 1, languages[l]);

		ck_assert_str_eq(one, other);
		ck_assert_ptr_null(strstr(one, SECRET));
		ck_assert_ptr_null(strstr(other, SECRET));
		free(one);
		free(other);
	}
}
END_TEST

/* ---- the words ---- */

/* Of a result, or of children in a class. */
static const char *const words[] = {
	"pass",
	"fail",
	" met ",
	"not met",
	"score",
	"level",
	"approv",
	"denied",
	"reject",
	"plagiar",
	"cheat",
	"fraud",
	"and does not count",
	"does not stand",
	"student",
	"pupil",
	"child",
	"aprob",
	"reprob",
	"rechaz",
	"puntaje",
	"nivel",
	"cumpl",
	"deneg",
	"plagio",
	"fraude",
	"y no cuenta",
	"alumn",
	"estudiante",
	"niñ",
};

static void check_words(const struct builtin_text *text)
{
	for (size_t w = 0; w < ARRAY_LEN(words); w++) {
		ck_assert_msg(strcasestr(text->subject, words[w]) == NULL &&
				      strcasestr(text->body, words[w]) == NULL,
			      "topic %u in %s says \"%s\"", text->topic, text->language, words[w]);
	}
}

START_TEST(no_text_has_a_word_of_a_result_or_of_a_student)
{
	const ProtobufCEnumDescriptor *topics = &notification__topic__descriptor;
	unsigned n = 0;

	for (unsigned i = 0; i < topics->n_values; i++)
		for (size_t l = 0; l < ARRAY_LEN(languages); l++) {
			uint16_t topic = (uint16_t)topics->values[i].value;
			const struct builtin_text *text = builtin_find(topic, languages[l]);

			if (!topic_is_known((Notification__Topic)topic))
				continue;
			ck_assert_msg(text != NULL, "topic %u has no text in %s", topic,
				      languages[l]);
			check_words(text);
			n++;
		}
	ck_assert_uint_eq(n, 2 * (topics->n_values - 1));
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("notification outcomes");
	TCase *t = tcase_create("outcomes");

	tcase_add_loop_test(t, the_letter_is_the_same_whatever_the_outcome, 0, ARRAY_LEN(outcomes));
	tcase_add_test(t, no_text_has_a_word_of_a_result_or_of_a_student);
	suite_add_tcase(s, t);
	return s;
}
