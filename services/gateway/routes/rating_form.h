/*
 * Rows of a rubric as a form: what it shows, what was sent, what is wrong with it. Readings and
 * adjudications rate alike.
 *
 * Values are an object of row codes: {"lit-101.r1": {"level", "confidence", "feedback"}}. A form's
 * fields are level-ROW, confidence-ROW and feedback-ROW; a client sends "ratings", as the command
 * has them.
 */
#ifndef CAIRN_GATEWAY_RATING_FORM_H
#define CAIRN_GATEWAY_RATING_FORM_H

#include "services/gateway/routes/teacher.h"

struct rating_form {
	const json_t *criteria; /* those to rate */
	const json_t *levels;
	int64_t pass_ordinal, words_min;
};

/* A new reference each. */
json_t *ratings_sent(const struct request *r);
json_t *ratings_of_list(const json_t *ratings);
/* As the command takes them, in no particular order. */
json_t *ratings_list(const json_t *values);
/* {"lit-101.r1": {"level": text, ...}}; NULL: nothing is wrong. Each is told by problem_at() too.
 */
json_t *ratings_wrong(struct request *r, const struct rating_form *form, const json_t *values);
/* What the template shows of each row. wrong: or NULL. */
json_t *rating_rows(struct request *r, const struct rating_form *form, const json_t *values,
		    const json_t *wrong);
/* A row's level by its code, as people read it. */
const char *level_label(const json_t *levels, const char *code);

#endif
