/* Words of every subject and language, read once; texts with places in them, counts and dates. */
#include "services/gateway/render/words.h"

#include "libshared/log.h"
#include "libshared/zone.h"
#include "services/gateway/web/web.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MAX 10

struct words {
	json_t *all[N_LANGUAGES];
	const struct zone *zone;
};

static const char *const codes[N_LANGUAGES] = {[EN] = "en", [ES] = "es"};

const char *language_code(enum language language)
{
	return codes[language];
}

/* ---- loading ---- */

/* The language of "SUBJECT.LANGUAGE.json"; N_LANGUAGES: it is no such file. */
static enum language language_of_file(const char *name, size_t *subject_len_r)
{
	const char *dot = strchr(name, '.');

	for (enum language l = EN; dot != NULL && l < N_LANGUAGES; l++) {
		char ending[16];

		snprintf(ending, sizeof ending, ".%s.json", codes[l]);
		*subject_len_r = (size_t)(dot - name);
		if (strcmp(dot, ending) == 0)
			return l;
	}
	return N_LANGUAGES;
}

static bool load_file(struct words *w, const char *dir, const char *name)
{
	size_t subject_len = 0;
	enum language language = language_of_file(name, &subject_len);
	char path[1024];
	json_error_t error;
	json_t *words;

	if (language == N_LANGUAGES)
		return true;
	snprintf(path, sizeof path, "%s/words/%s", dir, name);
	words = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(words)) {
		log_error("words_unreadable", "file=%s line=%d fault=\"%s\"", path, error.line,
			  words == NULL ? error.text : "no object");
		json_decref(words);
		return false;
	}
	return json_object_setn_new(w->all[language], name, subject_len, words) == 0;
}

struct words *words_load(const char *dir)
{
	struct words *w = calloc(1, sizeof *w);
	char path[1024];
	bool sound = true;
	DIR *files;

	ENSURE(w != NULL);
	for (enum language l = EN; l < N_LANGUAGES; l++)
		w->all[l] = json_object();
	snprintf(path, sizeof path, "%s/words", dir);
	files = opendir(path);
	if (files == NULL)
		log_error("words_missing", "dir=%s", path);
	for (struct dirent *file; files != NULL && (file = readdir(files)) != NULL;)
		sound = load_file(w, dir, file->d_name) && sound;
	if (files == NULL || !sound)
		words_destroy(&w);
	if (files != NULL)
		closedir(files);
	return w;
}

void words_destroy(struct words **w)
{
	if (*w == NULL)
		return;
	for (enum language l = EN; l < N_LANGUAGES; l++)
		json_decref((*w)->all[l]);
	free(*w);
	*w = NULL;
}

json_t *words_of(const struct words *w, enum language language)
{
	return w->all[language];
}

void words_use_zone(struct words *w, const struct zone *zone)
{
	w->zone = zone;
}

/* ---- words ---- */

static const char *find(const struct request *r, const char *subject, size_t subject_len,
			const char *key)
{
	const json_t *all = r->web->words->all[r->language];

	return json_string_value(json_object_get(json_object_getn(all, subject, subject_len), key));
}

const char *word(const struct request *r, const char *key)
{
	const char *dot = strchr(key, '.');
	const char *found = dot == NULL ? NULL : find(r, key, (size_t)(dot - key), dot + 1);

	return found != NULL ? found : key;
}

const char *word_of(const struct request *r, const char *subject, const char *code)
{
	const char *found = find(r, subject, strlen(subject), code);

	return found != NULL ? found : code;
}

const char *problem_title(struct request *r, unsigned status)
{
	const char *key = arena_printf(r->arena, "title_%u", status);
	const char *found = find(r, "problems", strlen("problems"), key);

	return found != NULL ? found : word(r, "problems.title_other");
}

const char *problem_text(const struct request *r, const char *code, const char *said)
{
	const char *found = find(r, "problems", strlen("problems"), code);
	const char *reason = find(r, "reasons", strlen("reasons"), code);

	if (found == NULL && reason != NULL)
		found = r->language == EN && *said != '\0' ? said : reason;
	return found != NULL ? found : said;
}

/* ---- texts with places ---- */

/* Whether {0} to {9} stands at text. */
static bool place_at(const char *text)
{
	return text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}';
}

static const char *fill(struct request *r, const char *text, const char *const *places)
{
	size_t len = 0, n = 0;
	char *filled;

	for (const char *at = text; *at != '\0'; at++)
		len += place_at(at) ? strlen(places[at[1] - '0']) : 1;
	filled = arena_alloc(r->arena, len + 1);
	for (const char *at = text; *at != '\0'; at++) {
		if (!place_at(at)) {
			filled[n++] = *at;
			continue;
		}
		const char *put_in = places[at[1] - '0'];

		memcpy(filled + n, put_in, strlen(put_in));
		n += strlen(put_in);
		at += 2;
	}
	filled[n] = '\0';
	return filled;
}

const char *say(struct request *r, const char *key, ...)
{
	const char *places[PLACES_MAX] = {"", "", "", "", "", "", "", "", "", ""};
	va_list args;

	va_start(args, key);
	for (unsigned n = 0; n < PLACES_MAX; n++) {
		const char *text = va_arg(args, const char *);

		if (text == NULL)
			break;
		places[n] = text;
	}
	va_end(args);
	return fill(r, word(r, key), places);
}

/* 12,345: both languages as they are written in the United States. */
static const char *number_text(struct request *r, int64_t n)
{
	char digits[24], *text = arena_alloc(r->arena, 40), *at = text;
	int len = snprintf(digits, sizeof digits, "%" PRIu64, (uint64_t)(n < 0 ? -n : n));

	if (n < 0)
		*at++ = '-';
	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = '\0';
	return text;
}

const char *count_text(struct request *r, const char *key, int64_t n)
{
	const char *whole = arena_printf(r->arena, "%s_%s", key, n == 1 ? "one" : "other");

	return say(r, whole, number_text(r, n), NULL);
}

/* ---- dates ---- */

static struct civil civil_here(const struct request *r, int64_t at_us)
{
	const struct zone *zone = r->web->words->zone;
	int64_t seconds = at_us / US_PER_S - (at_us % US_PER_S < 0), day, rest;
	struct civil c;

	if (zone != NULL)
		return zone_civil(zone, at_us);
	day = seconds / 86400 - (seconds % 86400 < 0);
	rest = seconds - day * 86400;
	c = civil_of_day(day);
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

static const char *civil_text(struct request *r, const struct civil *c)
{
	char month[16];

	snprintf(month, sizeof month, "month_%d", c->month);
	return say(r, "layout.date", word_of(r, "layout", month),
		   arena_printf(r->arena, "%d", c->day), arena_printf(r->arena, "%d", c->year),
		   NULL);
}

const char *date_text(struct request *r, int64_t at_us)
{
	struct civil c = civil_here(r, at_us);

	return civil_text(r, &c);
}

const char *moment_text(struct request *r, int64_t at_us)
{
	struct civil c = civil_here(r, at_us);
	int hour = c.hour % 12 == 0 ? 12 : c.hour % 12;

	return say(r, "layout.moment", civil_text(r, &c),
		   arena_printf(r->arena, "%d:%02d", hour, c.minute),
		   word(r, c.hour < 12 ? "layout.am" : "layout.pm"), NULL);
}

const char *date_text_of(struct request *r, const char *iso_date)
{
	struct civil c = {0};

	if (sscanf(iso_date, "%4d-%2d-%2d", &c.year, &c.month, &c.day) != 3 || c.month < 1 ||
	    c.month > 12)
		return arena_printf(r->arena, "%s", iso_date);
	return civil_text(r, &c);
}
