/*
 * What a signed credential says, as plain texts for pictures, certificates and links.
 *
 * Nothing is verified here: whoever hands a form out has issued the credential, or has verified it.
 * All texts lie in the arena, are UTF-8 and never NULL; what the credential does not say is "".
 */
#ifndef CAIRN_FORMS_FACTS_H
#define CAIRN_FORMS_FACTS_H

#include "libshared/arena.h"
#include "services/issuance/forms/problem.h"

#define FORM_DATE_LEN 32

/* A row of the rubric and what was reached on it. */
struct form_result {
	const char *row, *level;
};

struct form_facts {
	const char *id;   /* "urn:uuid:..." */
	const char *uuid; /* the id without its urn:uuid:, or the whole of it */
	const char *title, *description, *code, *version, *field, *language;
	const char *issuer_name, *issuer_id, *issuer_url;
	const char *credits;                   /* "12", "1.5" */
	const char *signed_at;                 /* as its proof says it; "" in a JWS */
	int64_t valid_from_us, valid_until_us; /* until 0: no end */
	bool is_stack;                         /* made of other credentials */
	const struct form_result *results;
	size_t n_results;
};

/* credential: JSON, or a compact JWS whose payload it is. */
bool form_facts_read(struct bytes credential, struct arena *a, struct form_facts *facts_r,
		     struct form_problem *problem) MUST_CHECK;

/* "January 9, 2026", the day in UTC. */
void form_date(int64_t at_us, char text_r[FORM_DATE_LEN]);

#endif
