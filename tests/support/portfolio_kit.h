/*
 * Evidence under a kit: the small catalogue told, a teacher's portfolio of LIT-101, uploads in
 * parts, answers, seals, readers.
 *
 *	portfolio_kit_open(&p, "double-read");
 *	given_everything(&p, NULL);            three items, their privacy steps, three answers
 *	submission = given_sealed(&p);
 *	reading = given_assigned(&p, submission, "ruth");
 *
 * Requirements are e1 (free of students), e2 (consent asked for, 1 or 2 items) and e3 (any privacy
 * step). The teacher is ANA; commands are sent by a portal that asserts her. portfolio_kit_hear.c
 * has what the neighbours tell.
 */
#ifndef CAIRN_TEST_PORTFOLIO_KIT_H
#define CAIRN_TEST_PORTFOLIO_KIT_H

#include "proto/assessment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "tests/support/kit.h"

#define OK CAIRN__STATUS__OK
#define REJECTED CAIRN__STATUS__REJECTED
#define PORTAL (ROLE_PORTAL | ROLE_ASSERTS)
#define OPERATOR (ROLE_OPERATOR | ROLE_ASSERTS)
#define ANA kit_name("educator", "ana")
#define BEN kit_name("educator", "ben")
#define READER(name) kit_name("assessor", name)
#define ORG(name) kit_name("org", name)
#define REASON(name) EVIDENCE__REASON__##name

struct portfolio_kit {
	struct kit kit;
	struct bytes portfolio; /* Ana's, of LIT-101 */
};

/* A catalogue whose LIT-101 has this profile, and Ana enrolled. */
void portfolio_kit_open(struct portfolio_kit *p, const char *profile);
/* Nothing told. */
void portfolio_kit_open_empty(struct portfolio_kit *p);
void portfolio_kit_close(struct portfolio_kit *p);

/* ---- what enrollment tells ---- */
void hear_policy(struct portfolio_kit *p, const Enrollment__Policy *policy);
void hear_media(struct portfolio_kit *p);
void hear_calendar(struct portfolio_kit *p);
void hear_profiles(struct portfolio_kit *p);
void hear_entry(struct portfolio_kit *p, const char *profile);
void hear_enrolled(struct portfolio_kit *p, struct bytes enrollment, struct bytes educator);
void hear_paused(struct portfolio_kit *p);
void hear_resumed(struct portfolio_kit *p, const char *school);
void hear_withdrawn(struct portfolio_kit *p);
void hear_lapsed(struct portfolio_kit *p);
void hear_completed(struct portfolio_kit *p);
/* LIT-101, with a last day so far from now. */
void hear_retired(struct portfolio_kit *p, int64_t finish_in_us, const char *successor_code);
void hear_retirement_withdrawn(struct portfolio_kit *p);
void hear_moved(struct portfolio_kit *p, const char *school);
void hear_erased(struct portfolio_kit *p, struct bytes educator);
void hear_relation(struct portfolio_kit *p, const char *reader, struct bytes educator);

/* ---- what assessment tells ---- */
void hear_assessor(struct portfolio_kit *p, const char *name, const char *org, bool lead);
void hear_assessor_retired(struct portfolio_kit *p, const char *name);
/* Assigned for 72 hours; the reading's id. */
struct bytes given_assigned(struct portfolio_kit *p, struct bytes submission, const char *reader);
/* The same, as an anchor. */
struct bytes given_anchor(struct portfolio_kit *p, struct bytes submission, const char *reader);
struct bytes given_opened(struct portfolio_kit *p, struct bytes submission, const char *reader);
void hear_lease_expired(struct portfolio_kit *p, struct bytes reading, struct bytes submission);
void hear_reading_completed(struct portfolio_kit *p, struct bytes reading, struct bytes submission);
void hear_adjudication(struct portfolio_kit *p, struct bytes submission);
void hear_adjudicated(struct portfolio_kit *p, struct bytes submission, const char *lead);
void hear_returned(struct portfolio_kit *p, struct bytes submission);
void hear_coached(struct portfolio_kit *p);
/* met: "yes no yes" for r1, r2, r3. */
void hear_decision(struct portfolio_kit *p, struct bytes submission, const char *met,
		   bool coach_next);

/* The same, made anew by a review. */
void hear_decision_anew(struct portfolio_kit *p, struct bytes submission, const char *met);
void hear_left(struct portfolio_kit *p, struct bytes submission);
void hear_founded(struct portfolio_kit *p, struct bytes submission);

/* ---- what the teacher does; each returns the reply's status, p->kit.got has the rest ---- */
struct upload {
	struct bytes artifact; /* empty: a fresh id, written here */
	const char *requirement, *media_type, *captured_on;
	const char *content;   /* of the file */
	const char *announced; /* what its hash is of; NULL: content; "": none is said */
	bool student_data;
};
Cairn__Status when_artifact_begun(struct portfolio_kit *p, struct upload *u);
Cairn__Status when_part(struct portfolio_kit *p, struct bytes artifact, uint64_t offset,
			const char *data);
Cairn__Status when_finished(struct portfolio_kit *p, struct bytes artifact);
Cairn__Status when_abandoned(struct portfolio_kit *p, struct bytes artifact);
Cairn__Status when_consent(struct portfolio_kit *p, struct bytes artifact, struct bytes consent,
			   const char *expires);
Cairn__Status when_unconsent(struct portfolio_kit *p, struct bytes artifact, struct bytes consent);
Cairn__Status when_redacted(struct portfolio_kit *p, struct bytes artifact, struct bytes copy);
Cairn__Status when_attested(struct portfolio_kit *p, struct bytes artifact);
Cairn__Status when_answered(struct portfolio_kit *p, const char *question, const char *text);
Cairn__Status when_answered_words(struct portfolio_kit *p, const char *question, unsigned words);
Cairn__Status when_submitted(struct portfolio_kit *p, struct bytes submission);
Cairn__Status when_taken_back(struct portfolio_kit *p, struct bytes submission);
/* Any command, as Ana through the portal. */
Cairn__Status when_sent(struct portfolio_kit *p, Evidence__Command *cmd,
			Evidence__Command__BodyCase body);
/* Any command, by another peer or person. */
Cairn__Status when_sent_as(struct portfolio_kit *p, uint32_t roles, struct bytes actor,
			   Evidence__Command *cmd, Evidence__Command__BodyCase body);

/* Finished; the artifact's id. kind: "e1", "e2", "e3". */
struct bytes given_artifact(struct portfolio_kit *p, const char *kind, const char *content);
struct bytes given_consent(struct portfolio_kit *p, struct bytes artifact); /* the consent's id */
void given_answers(struct portfolio_kit *p);
/* All that a seal needs; artifacts_r (or NULL) holds e1, e2, e3. */
void given_everything(struct portfolio_kit *p, struct bytes artifacts_r[3]);
struct bytes given_sealed(struct portfolio_kit *p);

/* ---- what readers do ---- */
Cairn__Status when_opened(struct portfolio_kit *p, struct bytes reading, struct bytes assessor);
/* A lead, for an adjudication; reading is a new id. */
Cairn__Status when_opened_by_lead(struct portfolio_kit *p, struct bytes reading,
				  struct bytes submission, struct bytes assessor);
Cairn__Status when_listed(struct portfolio_kit *p, struct bytes reading, struct bytes assessor);
Cairn__Status when_fetched(struct portfolio_kit *p, struct bytes reading, struct bytes assessor,
			   uint32_t item, uint64_t offset);

/* ---- what is seen ---- */
const Evidence__Answer *got_evidence(const struct portfolio_kit *p);
const Evidence__PortfolioAnswer *portfolio_seen(struct portfolio_kit *p);
const Evidence__SubmissionAnswer *submission_seen(struct portfolio_kit *p, struct bytes submission);
/* Of an artifact in the portfolio, or "" when it stands there no more. */
const char *artifact_state_seen(struct portfolio_kit *p, struct bytes artifact);
/* The next event of that kind, others passed over; NULL: none. */
const Evidence__Event *next_evidence(struct portfolio_kit *p, Evidence__Event__BodyCase kind);
unsigned count_evidence(struct portfolio_kit *p, Evidence__Event__BodyCase kind);
void forget_evidence(struct portfolio_kit *p);
char *words_long(struct portfolio_kit *p, unsigned n);

#endif
