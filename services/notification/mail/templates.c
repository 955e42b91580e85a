/* The texts of notices: which one is used, and what replaces the braces in it. */
#include "services/notification/mail/templates.h"

#include "services/notification/mail/builtin.h"
#include "services/notification/tables.h"

#include <stdio.h>
#include <string.h>

#define AT(field) offsetof(struct template_values, field)

static const struct placeholder {
	const char *name;
	size_t at;
} placeholders[] = {
	{"code", AT(code)},     {"title", AT(title)},         {"date", AT(date)},
	{"days", AT(days)},     {"reference", AT(reference)}, {"name", AT(name)},
	{"portal", AT(portal)}, {"notices", AT(notices)},
};

static struct template_text text_of_message(const Notification__Template *published)
{
	return (struct template_text){published->language, published->version, published->subject,
				      published->body};
}

static bool text_built_in(uint16_t topic, const char *language, struct template_text *text_r)
{
	const struct builtin_text *builtin = builtin_find(topic, language);

	if (builtin == NULL)
		return false;
	*text_r = (struct template_text){builtin->language, 0, builtin->subject, builtin->body};
	return true;
}

static bool newest(const struct view *v, uint16_t topic, const char *language, struct arena *arena,
		   struct template_text *text_r)
{
	const Notification__Template *published = template_newest(v, topic, language, arena);

	if (published == NULL)
		return text_built_in(topic, language, text_r);
	*text_r = text_of_message(published);
	return true;
}

struct template_text template_now(const struct view *v, uint16_t topic, const char *language,
				  struct arena *arena)
{
	struct template_text text = {0};

	if (!newest(v, topic, language, arena, &text))
		ENSURE(newest(v, topic, LANGUAGE_DEFAULT, arena, &text));
	return text;
}

bool template_of(const struct view *v, uint16_t topic, const char *language, uint32_t version,
		 struct arena *arena, struct template_text *text_r)
{
	const Notification__Template *published;

	if (version == 0)
		return text_built_in(topic, language, text_r);
	published = template_get(v, topic, language, version, arena);
	if (published == NULL)
		return false;
	*text_r = text_of_message(published);
	return true;
}

bool language_is_sound(const char *language)
{
	size_t len = strlen(language);

	return len >= 2 && len < LANGUAGE_LEN &&
	       strspn(language, "abcdefghijklmnopqrstuvwxyz-") == len && language[0] != '-' &&
	       language[len - 1] != '-';
}

bool language_is_offered(const struct view *v, const char *language)
{
	return builtin_language(language) || template_language(v, language);
}

/* The placeholder whose name is the len bytes at name; NULL: none. */
static const struct placeholder *placeholder_find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(placeholders); i++)
		if (strlen(placeholders[i].name) == len &&
		    memcmp(placeholders[i].name, name, len) == 0)
			return &placeholders[i];
	return NULL;
}

const char *template_fault(const char *text, struct arena *arena)
{
	const char *open = text, *close;

	while ((open = strstr(open, "{{")) != NULL) {
		close = strstr(open, "}}");
		if (close == NULL)
			return "{{ without }}";
		if (placeholder_find(open + 2, (size_t)(close - open - 2)) == NULL)
			return arena_printf(arena,
					    "{{%.*s}} stands for nothing: use code, title, date, "
					    "days, reference, name, portal or notices",
					    (int)MIN(close - open - 2, 40), open + 2);
		open = close + 2;
	}
	return NULL;
}

static const char *value_of(const struct template_values *values, const struct placeholder *p)
{
	const char *value;

	memcpy(&value, (const char *)values + p->at, sizeof value);
	return value != NULL ? value : "";
}

char *template_render(const char *text, const struct template_values *values, struct arena *arena)
{
	char *out = arena_text(arena, BYTES_NONE);
	const char *open, *close;

	while ((open = strstr(text, "{{")) != NULL && (close = strstr(open, "}}")) != NULL) {
		const struct placeholder *p =
			placeholder_find(open + 2, (size_t)(close - open - 2));

		out = arena_printf(arena, "%s%.*s%s", out, (int)(open - text), text,
				   p != NULL ? value_of(values, p) : "");
		text = close + 2;
	}
	return arena_printf(arena, "%s%s", out, text);
}

char *template_date(const char *language, int year, int month, int day, struct arena *arena)
{
	const char *name = builtin_month(language, month);

	if (strcmp(language, "en") == 0)
		return arena_printf(arena, "%s %d, %d", name, day, year);
	if (strcmp(language, "es") == 0)
		return arena_printf(arena, "%d de %s de %d", day, name, year);
	return arena_printf(arena, "%04d-%02d-%02d", year, month, day);
}

const char *template_portal(const char *language)
{
	return strcmp(language, "es") == 0 ? "su página de Cairn" : "your Cairn page";
}
