/*
 * Reading the file in which a state's licensure system answers: which records of which file it
 * took, and which it refused, why.
 *
 * It comes from outside: a line that says nothing of a record, a word that is neither accepted nor
 * refused, and two lines that contradict each other are faults that name the line, and nothing of
 * the file is used then. A record that is answered twice alike counts once.
 */
#ifndef CAIRN_ISSUANCE_STATE_ANSWERS_H
#define CAIRN_ISSUANCE_STATE_ANSWERS_H

#include "services/issuance/rules/state_layout.h"

#define STATE_ANSWERS_MAX 1000000
#define STATE_ANSWER_TEXT 200 /* bytes of why and of a reference */

struct state_answer {
	uint32_t run; /* number of the file; 0: the answers do not say */
	uint32_t record;
	unsigned line;
	bool accepted;
	const char *because;   /* "E07: no such license"; "" where accepted */
	const char *reference; /* the system's own */
};

struct state_answers {
	struct state_answer *list; /* by file, then record; each once */
	size_t n;
	size_t n_repeated;
	char fault[300];
};

/* Lives in the arena, which the text must outlive. False: the fault says why. */
bool state_answers_read(const struct answer_layout *layout, struct bytes text, struct arena *arena,
			struct state_answers *answers_r);

#endif
