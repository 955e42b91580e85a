/*
 * What the pages of a teacher share: members of answers, texts for people beside them, whose a
 * thing is, and the work of one enrollment as its pages need it.
 *
 * Services check most of this themselves, since they are asked in the teacher's name. What they
 * tell to any portal (a credential, a ledger) is held back here: somebody else's looks like
 * nothing.
 */
#ifndef CAIRN_GATEWAY_TEACHER_H
#define CAIRN_GATEWAY_TEACHER_H

#include "services/gateway/web/members.h"
#include "services/gateway/web/request.h"
#include "services/gateway/web/route.h"

#include <inttypes.h>

#define TEACHES .may = MAY_TEACHER, .as = AS_EDUCATOR
#define READS(words) TEACHES, .scope = (words)
#define CHANGES(words) TEACHES, .scope = (words), .body = BODY_FORM
/* What a token needs. Reading one's own work takes the scope that changes it. */
#define WORK "enrollment:write"
#define EVIDENCE_OF "evidence:write"
#define RECORD_OF "credential:read"

/* ---- texts for people ---- */

/* "teacher.PREFIX_CODE" in the reader's language; the code when there is no word for it. */
const char *coded(const struct request *r, const char *prefix, const char *code);
/* Beside "due_us" (or a date "by") its text "due_text" (to). Nothing when it is none. */
void put_date_of(struct request *r, json_t *object, const char *from_us, const char *to);
void put_moment_of(struct request *r, json_t *object, const char *from_us, const char *to);
void put_day_of(struct request *r, json_t *object, const char *from, const char *to);
/* "12.5" of hundredths. */
const char *units_text(struct request *r, int64_t hundredths);
/* "1.4 MB". */
const char *size_text(struct request *r, int64_t bytes);
/* For a URL's query: all but letters, digits and -._~ as %XX. */
const char *escaped(struct request *r, const char *text);

/* ---- whose ---- */

/* The id of the teacher who asks, as text. */
const char *own_id(struct request *r);
/* False: it belongs to another one; 404 has been replied. */
bool is_own(struct request *r, const json_t *answer);
/* refused() of a question by an id: what a service does not know, and what it keeps from others,
 * look alike. */
bool not_told(struct request *r, unsigned slot);
void reply_nothing_here(struct request *r);
/* A body or query member as text, "" when absent. */
const char *sent(const struct request *r, const char *name);
/* A checkbox, or true. */
bool is_sent(const struct request *r, const char *name);

/* ---- one enrollment ---- */

struct work {
	json_t *enrollment; /* EnrollmentAnswer */
	json_t *portfolio;  /* PortfolioAnswer; NULL: evidence has not heard of it yet */
	json_t *entry;      /* EntryAnswer of the version that is pinned */
	json_t *submission; /* SubmissionAnswer of the latest one, or NULL */
	step_fn *ready;
};

/* Asks for the work of {enrollment} and goes on with ready, which finds it by work_of(). Somebody
 * else's: 404. */
void load_work(struct request *r, step_fn *ready);
struct work *work_of(const struct request *r);
/* What every page of an enrollment starts with: title, ids, state, what happens next. Stolen by
 * none: a new reference. */
json_t *work_page(struct request *r, const struct work *work, const char *title);
/* Requirements of the entry with what has been collected; questions with what has been written. */
json_t *requirements_of(struct request *r, const struct work *work);
json_t *questions_of(struct request *r, const struct work *work);

#endif
