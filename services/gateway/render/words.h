/*
 * What pages say, in each language: pages/words/SUBJECT.LANGUAGE.json, all of a language as one
 * object whose members are the subjects. Both languages have the same keys (a test sees to it).
 * Templates reach them as {{w.SUBJECT.KEY}}.
 */
#ifndef CAIRN_GATEWAY_WORDS_H
#define CAIRN_GATEWAY_WORDS_H

#include "services/gateway/web/request.h"

struct words;
struct zone;

/* From dir/words/. NULL: logged, with the file. */
struct words *words_load(const char *dir);
void words_destroy(struct words **w);
/* The whole object of a language; borrowed. */
json_t *words_of(const struct words *w, enum language language);
/* Dates are told in this zone (libshared/zone.h), borrowed; without one, in UTC. */
void words_use_zone(struct words *w, const struct zone *zone);

/* "en", "es" */
const char *language_code(enum language language);

/* "catalogue.search" in the request's language; the key itself when there is none. In the text, {0}
 * to {9} stand for what is put in by say(). */
const char *word(const struct request *r, const char *key);
/* The text with its {0}, {1} ... replaced by the texts that follow, ended by NULL; in the arena. */
const char *say(struct request *r, const char *key, ...) __attribute__((sentinel));
/* A word for a code, as "states.PAUSED"; the code itself when there is none. */
const char *word_of(const struct request *r, const char *subject, const char *code);
/* say() of KEY_one when n is 1, else of KEY_other; {0} is n, with the language's commas. */
const char *count_text(struct request *r, const char *key, int64_t n);

/* What a problem is called, by its status: "Nothing is here". */
const char *problem_title(struct request *r, unsigned status);
/* What it says to a person: the words of its code (problems, or a service's reasons); in English
 * what a service said, which names more. said: "" where nothing was. */
const char *problem_text(const struct request *r, const char *code, const char *said);

/* "June 30, 2027" or "30 de junio de 2027"; with the time: "..., 4:05 PM". In the arena. */
const char *date_text(struct request *r, int64_t at_us);
const char *moment_text(struct request *r, int64_t at_us);
const char *date_text_of(struct request *r, const char *iso_date); /* of "2027-06-30" */

#endif
