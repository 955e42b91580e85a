/*
 * A portfolio as its rules see it: with its entry, and with what is open in this attempt.
 *
 * In a first attempt everything is open. After a "not yet" only the requirements that an unmet row
 * is judged by are open again, and those questions that such a row names or that no row names: they
 * belong to the package as a whole.
 */
#ifndef CAIRN_EVIDENCE_PORTFOLIO_H
#define CAIRN_EVIDENCE_PORTFOLIO_H

#include "libshared/decision.h"
#include "services/evidence/tables.h"

#define NOT_FOUND UINT16_MAX

struct work {
	struct bytes id;
	struct portfolio row;
	const Evidence__EntryNoted *entry;
	const Evidence__PortfolioReopened *reopening; /* NULL: everything is open */
};

/* False: there is no such portfolio. What it points at lives in the arena. */
bool work_load(const struct view *view, struct bytes portfolio, struct arena *arena,
	       struct work *work_r);

/* Indices in the entry; NOT_FOUND. The reflection is the last question. */
uint16_t requirement_find(const struct work *work, const char *code);
uint16_t question_find(const struct work *work, const char *code);
bool requirement_is_open(const struct work *work, uint16_t requirement);
bool question_is_open(const struct work *work, uint16_t question);

/* Codes of the rows that this attempt is judged by; in the arena. */
struct codes {
	size_t n;
	char **codes;
};
struct codes open_rows(const struct work *work, struct arena *arena);
/* What opens again for those rows; and everything, as in a first attempt. */
struct codes requirements_of_rows(const Evidence__EntryNoted *entry, struct codes rows,
				  struct arena *arena);
struct codes all_rows(const Evidence__EntryNoted *entry, struct arena *arena);
struct codes all_requirements(const Evidence__EntryNoted *entry, struct arena *arena);

/* "open", "sealed", "passed", "paused", "coach_first", "withdrawn", "lapsed", "erased", "voided".
 */
const char *portfolio_state_word(const struct portfolio *row);

/* The draft that holds a question's answer; code_r holds ANSWER_CODE_LEN bytes. */
#define ANSWER_CODE_LEN 24
void answer_code(uint16_t question, char *code_r);
/* The draft of an artifact's bytes. */
#define UPLOAD_CODE "upload"

#endif
