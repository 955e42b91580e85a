/*
 * The texts of notices: built in in English and Spanish, replaced by what an operator publishes.
 *
 * A text is a subject and a body with {{code}} {{title}} {{date}} {{days}} {{reference}} {{name}}
 * and
 * {{portal}} in it; nothing else may stand in double braces. Version 0 of a language is the
 * built-in one. A notice is written in the person's language, or in English where that has no text
 * for the topic.
 */
#ifndef CAIRN_NOTIFICATION_TEMPLATES_H
#define CAIRN_NOTIFICATION_TEMPLATES_H

#include "libshared/arena.h"
#include "libshared/store.h"

#define LANGUAGE_DEFAULT "en"

struct template_text {
	const char *language;
	uint32_t version;
	const char *subject, *body;
};

/* What is used for the topic and language now: the newest published one, else the built-in one,
 * else the same of English. */
struct template_text template_now(const struct view *v, uint16_t topic, const char *language,
				  struct arena *arena);
/* A version that was used before, 0 for the built-in text; false: there is none. */
bool template_of(const struct view *v, uint16_t topic, const char *language, uint32_t version,
		 struct arena *arena, struct template_text *text_r);

/* "en" or "pt-br": 2 to 7 of a-z and -. */
bool language_is_sound(const char *language);
/* Whether notices can be written in it. */
bool language_is_offered(const struct view *v, const char *language);

/* What the braces stand for; NULL is written as nothing. */
struct template_values {
	const char *code, *title, *date, *days, *reference, *name, *portal;
	const char *notices; /* of a digest: a line or two for each */
};
/* NULL, or why the text may not be published (in the arena). */
const char *template_fault(const char *text, struct arena *arena);
char *template_render(const char *text, const struct template_values *values, struct arena *arena);

/* "June 30, 2026", "30 de junio de 2026"; other languages get 2026-06-30. */
char *template_date(const char *language, int year, int month, int day, struct arena *arena);
/* What {{portal}} says where no address is set. */
const char *template_portal(const char *language);

#endif
