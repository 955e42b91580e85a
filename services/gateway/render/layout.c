/* Templates by name, and what every page has beside its own object. */
#include "services/gateway/render/layout.h"

#include "libshared/log.h"
#include "services/gateway/render/mustache.h"
#include "services/gateway/render/words.h"
#include "services/gateway/web/web.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 40
#define TEMPLATE_MAX (1 << 18)

struct page_template {
	char name[NAME_MAX_LEN + 1];
	struct mustache *mustache;
};

struct pages {
	struct page_template *templates; /* by name */
	unsigned n;
	char assets[64];
};

/* ---- loading ---- */

/* NULL: not to be read, or too long. */
static char *read_file(const char *path, size_t most)
{
	FILE *file = fopen(path, "re");
	char *text = file == NULL ? NULL : malloc(most + 1);
	size_t n;

	if (file == NULL || text == NULL) {
		if (file != NULL)
			fclose(file);
		return NULL;
	}
	n = fread(text, 1, most + 1, file);
	if (n > most || ferror(file)) {
		free(text);
		text = NULL;
	} else {
		text[n] = '\0';
	}
	fclose(file);
	return text;
}

/* True also of files that are no templates. */
static bool load_template(struct pages *p, const char *dir, const char *file)
{
	size_t len = strlen(file);
	struct page_template *t;
	char path[1024], fault[200] = "not readable, or too long";

	if (len <= 5 || len - 5 > NAME_MAX_LEN || strcmp(file + len - 5, ".html") != 0)
		return true;
	p->templates = realloc(p->templates, (p->n + 1) * sizeof *p->templates);
	ENSURE(p->templates != NULL);
	t = &p->templates[p->n];
	snprintf(t->name, sizeof t->name, "%.*s", (int)(len - 5), file);
	snprintf(path, sizeof path, "%s/%s", dir, file);
	AUTO(free_ptr) char *text = read_file(path, TEMPLATE_MAX);

	t->mustache = text == NULL ? NULL : mustache_parse(text, fault);
	if (t->mustache == NULL) {
		log_error("template_unreadable", "file=%s fault=\"%s\"", path, fault);
		return false;
	}
	p->n++;
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct page_template *)a)->name,
		      ((const struct page_template *)b)->name);
}

static bool load_templates(struct pages *p, const char *dir)
{
	DIR *files = opendir(dir);
	bool sound = true;

	if (files == NULL) {
		log_error("pages_missing", "dir=%s", dir);
		return false;
	}
	for (struct dirent *file; (file = readdir(files)) != NULL;)
		sound = load_template(p, dir, file->d_name) && sound;
	closedir(files);
	if (p->n > 0)
		qsort(p->templates, p->n, sizeof *p->templates, by_name);
	return sound;
}

static void note_assets(struct pages *p, const char *dir)
{
	char path[1024];

	snprintf(path, sizeof path, "%s/../assets.hash", dir);
	AUTO(free_ptr) char *hash = read_file(path, 40);

	if (hash != NULL)
		hash[strcspn(hash, "\r\n")] = '\0';
	snprintf(p->assets, sizeof p->assets, "/assets/%s", hash == NULL ? "none" : hash);
}

const char *pages_assets(const struct pages *pages)
{
	return pages->assets;
}

struct pages *pages_load(const char *dir)
{
	struct pages *p = calloc(1, sizeof *p);

	ENSURE(p != NULL);
	note_assets(p, dir);
	if (!load_templates(p, dir))
		pages_destroy(&p);
	return p;
}

void pages_destroy(struct pages **p)
{
	if (*p == NULL)
		return;
	for (unsigned i = 0; i < (*p)->n; i++)
		mustache_destroy(&(*p)->templates[i].mustache);
	free((*p)->templates);
	free(*p);
	*p = NULL;
}

const struct mustache *pages_find(const struct pages *p, const char *name)
{
	unsigned low = 0, high = p->n;

	while (low < high) {
		unsigned middle = (low + high) / 2;
		int order = strcmp(name, p->templates[middle].name);

		if (order == 0)
			return p->templates[middle].mustache;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* ---- what every page has ---- */

static json_t *person_object(const struct person *p)
{
	static const struct {
		const char *name;
		uint32_t may;
	} flags[] = {
		{"is_teacher", MAY_TEACHER},
		{"is_assessor", MAY_ASSESSOR},
		{"is_lead", MAY_LEAD},
		{"is_issuer", MAY_ISSUER},
		{"is_district", MAY_DISTRICT},
		{"is_agency", MAY_AGENCY},
		{"is_coach", MAY_COACH},
		{"is_auditor", MAY_AUDITOR},
		{"is_operator", MAY_OPERATOR},
		{"is_office", MAY_ISSUER | MAY_DISTRICT | MAY_AGENCY | MAY_AUDITOR | MAY_OPERATOR},
	};
	json_t *object;

	if (p == NULL)
		return json_false();
	object = json_pack("{s:s}", "name", p->name);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		json_object_set_new(object, flags[i].name,
				    json_boolean((p->may & flags[i].may) != 0));
	return object;
}

/* {"FIRST PART OF THE PATH": true}, "home" for "/". */
static json_t *place_object(const char *path)
{
	json_t *object = json_object();
	size_t len = strcspn(path + (path[0] == '/'), "/");

	if (len == 0)
		json_object_set_new(object, "home", json_true());
	else if (len <= NAME_MAX_LEN)
		json_object_setn_new(object, path + 1, len, json_true());
	return object;
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-_.~", c) != NULL);
}

static void add_encoded(char *out, size_t room, size_t *n, const char *text)
{
	for (; *text != '\0' && *n + 4 < room; text++) {
		if (is_plain(*text))
			out[(*n)++] = *text;
		else
			*n += (size_t)snprintf(out + *n, room - *n, "%%%02X", (uint8_t)*text);
	}
	out[*n] = '\0';
}

/* This page's query in the other language, as far as it fits: a filter stays chosen. */
static const char *other_language_url(struct request *r, enum language other)
{
	size_t room = 2048, n = 0;
	char *url = arena_alloc(r->arena, room);
	const char *name;
	json_t *value;

	n = (size_t)snprintf(url, room, "?lang=%s", language_code(other));
	json_object_foreach(r->query, name, value)
	{
		const char *text = json_string_value(value);

		if (text == NULL || strcmp(name, "lang") == 0 || strcmp(name, "done") == 0 ||
		    n + 3 * (strlen(name) + strlen(text)) + 3 > room)
			continue;
		url[n++] = '&';
		add_encoded(url, room, &n, name);
		url[n++] = '=';
		add_encoded(url, room, &n, text);
	}
	return url;
}

/* What a form's change was, said on the page that follows it: ?done=saved. */
static json_t *flash(const struct request *r)
{
	const char *done = json_string_value(json_object_get(r->query, "done"));
	const json_t *words = json_object_get(words_of(r->web->words, r->language), "done");
	json_t *text = done == NULL ? NULL : json_object_get(words, done);

	return text == NULL ? json_false() : json_incref(text);
}

/* Catalogues are written in English, and are shown as written on every page: a screen reader has to
 * be told where the language changes (WCAG 3.1.2). */
static const char *text_lang(const struct request *r)
{
	return r->language == EN ? "" : " lang=\"en\"";
}

static json_t *layout_object(struct request *r)
{
	enum language other = r->language == EN ? ES : EN;
	struct id intention = id_make(&r->web->ids, r->now_us);

	return json_pack("{s:O, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:s}", "w",
			 words_of(r->web->words, r->language), "lang", language_code(r->language),
			 "other_lang", language_code(other), "other_lang_url",
			 other_language_url(r, other), "person", person_object(r->person), "csrf",
			 r->person == NULL ? "" : r->person->csrf, "intention",
			 ID_STR(bytes_of_id(&intention)), "path", r->path, "at",
			 place_object(r->path), "assets", r->web->pages->assets, "public_url",
			 public_url(r), "flash", flash(r), "text_lang", text_lang(r));
}

static const struct mustache *find_partial(void *ctx, const char *name)
{
	return pages_find(ctx, name);
}

struct bytes page_render(struct request *r, const char *template, json_t *page)
{
	const struct mustache *m = pages_find(r->web->pages, template);
	json_t *objects[2] = {layout_object(r), page};
	struct bytes html;

	ENSURE(m != NULL && objects[0] != NULL);
	html = mustache_render(m, objects, 2, find_partial, r->web->pages, r->arena);
	json_decref(objects[0]);
	return html;
}
