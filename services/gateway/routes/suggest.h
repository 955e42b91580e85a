/*
 * From the answers to the skill-gap questionnaire to ranked suggestions, each with its reasons: a
 * pure function, so the same answers give the same list, and a person can check why.
 *
 * A statement is the competency of one micro-credential, said of oneself. An answer says how sure
 * somebody is of it; what is missing to full confidence is the need. A micro-credential collects
 * the need of each statement that it has to do with:
 *
 *	its own competency    5 times the need
 *	the same topic        2 times
 *	a shared standard     1 time for each, at most 2
 *
 * Of those that somebody is sure of nothing is suggested. Equal ones stand by typical hours, then
 * by code. What was earned or is under way is left out.
 */
#ifndef CAIRN_GATEWAY_SUGGEST_H
#define CAIRN_GATEWAY_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATEMENTS_MAX 14
#define SUGGESTED_MAX 10
#define ALIGNMENTS_MAX 16

enum confidence { NOT_ANSWERED, NOT_YET, A_LITTLE, MOSTLY, SURE };

struct competency {
	const char *code; /* of the micro-credential */
	const char *topic;
	const char *grade_band;
	const char *alignments[ALIGNMENTS_MAX]; /* "framework:code" */
	size_t n_alignments;
	uint32_t hours;
	bool taken; /* earned, or under way */
};

struct statement {
	const struct competency *about;
	enum confidence answer;
};

enum because { BECAUSE_ITSELF = 1 << 0, BECAUSE_TOPIC = 1 << 1, BECAUSE_STANDARD = 1 << 2 };

struct reason {
	const struct statement *statement;
	unsigned why; /* enum because */
	unsigned points;
};

struct suggestion {
	const struct competency *of;
	unsigned points;
	struct reason reasons[STATEMENTS_MAX]; /* weightiest first */
	size_t n_reasons;
};

/* grade_band: "" for any; else those of another band come after all of it. Returns how many. */
size_t suggest(const struct statement *statements, size_t n_statements,
	       const struct competency *candidates, size_t n_candidates, const char *grade_band,
	       struct suggestion *suggested_r, size_t room);

/* Which of the competencies are asked about: one of each topic in turn, in order of codes, until
 * there are enough. Indexes into all; returns how many. */
size_t choose_statements(const struct competency *all, size_t n, size_t *chosen_r, size_t room);

#endif
