/* The catalogue: searched by words, narrowed by facets with their counts, page by page. */
#include "services/gateway/routes/listed.h"

#include <string.h>

#define PAGE 20
#define PAGE_MOST 100

/* A member of the URL, the member of the query it becomes, and what its values are called. */
static const struct facet_name {
	const char *name, *member, *words; /* words NULL: a value is its own label */
} facets[] = {
	{"topic", "topic", "topics"},           {"grade", "grade_band", NULL},
	{"hours", "hours_max", NULL},           {"language", "language", "languages"},
	{"category", "category", "categories"}, {"alignment", "alignment", NULL},
};

static const char *asked(const struct request *r, const char *name)
{
	const char *text = query_text(r, name);

	return text != NULL ? text : "";
}

/* ---- facets ---- */

static const char *label_of(struct request *r, const struct facet_name *f, const char *value)
{
	if (strcmp(f->name, "hours") == 0)
		return say(r, "catalogue.hours_at_most", value, NULL);
	return f->words == NULL ? value : word_of(r, f->words, value);
}

static void add_choice(struct request *r, const struct facet_name *f, json_t *choices,
		       const json_t *value)
{
	json_t *choice = json_pack("{s:s, s:s, s:I, s:b}", "value", text_in(value, "value"),
				   "label", label_of(r, f, text_in(value, "value")), "count",
				   (json_int_t)number_in(value, "count"), "chosen",
				   is_true_in(value, "chosen"));

	if (choice != NULL)
		json_array_append_new(choices, choice);
}

static bool has_chosen(const json_t *choices)
{
	size_t i;
	json_t *choice;

	json_array_foreach(choices, i, choice)
	{
		if (is_true_in(choice, "chosen"))
			return true;
	}
	return false;
}

static json_t *facet_object(struct request *r, const struct facet_name *f, const json_t *counted)
{
	const json_t *values = json_object_get(find_in(counted, "name", f->name), "values");
	const char *chosen = asked(r, f->name);
	json_t *choices = json_array(), *value;
	size_t i;

	json_array_foreach(values, i, value)
	{
		add_choice(r, f, choices, value);
	}
	/* What was asked for and nothing has stays chosen, or the form would forget it. */
	if (*chosen != '\0' && !has_chosen(choices)) {
		value = json_pack("{s:s, s:i, s:b}", "value", chosen, "count", 0, "chosen", 1);
		add_choice(r, f, choices, value);
		json_decref(value);
	}
	return json_pack("{s:s, s:s, s:o}", "name", f->name, "label",
			 word(r, arena_printf(r->arena, "catalogue.facet_%s", f->name)), "choices",
			 choices);
}

static json_t *facet_objects(struct request *r, const json_t *found)
{
	json_t *objects = json_array();

	for (size_t i = 0; i < ARRAY_LEN(facets); i++)
		json_array_append_new(
			objects, facet_object(r, &facets[i], json_object_get(found, "facets")));
	return objects;
}

/* ---- pages ---- */

/* This search, after the entry that was the last one: a path with its query. */
static const char *next_path(struct request *r, const char *next)
{
	const char *path = arena_printf(r->arena, "/catalogue?q=%s", escaped(r, asked(r, "q")));

	for (size_t i = 0; i < ARRAY_LEN(facets); i++)
		if (*asked(r, facets[i].name) != '\0')
			path = arena_printf(r->arena, "%s&%s=%s", path, facets[i].name,
					    escaped(r, asked(r, facets[i].name)));
	if (query_text(r, "limit") != NULL)
		path = arena_printf(r->arena, "%s&limit=%s", path, escaped(r, asked(r, "limit")));
	return arena_printf(r->arena, "%s&after=%s", path, escaped(r, next));
}

static bool is_narrowed(const struct request *r)
{
	for (size_t i = 0; i < ARRAY_LEN(facets); i++)
		if (*asked(r, facets[i].name) != '\0')
			return true;
	return *asked(r, "q") != '\0';
}

static void entries_came(struct request *r)
{
	json_t *found, *page, *entries = json_array(), *entry;
	const char *next;
	size_t i;

	if (refused(r, 0)) {
		json_decref(entries);
		return;
	}
	found = answer(r, 0);
	json_array_foreach(json_object_get(found, "entries"), i, entry)
	{
		json_array_append_new(entries, listed_entry(r, entry));
	}
	page = json_pack("{s:s, s:s, s:I, s:s, s:o, s:o, s:b}", "title", word(r, "catalogue.title"),
			 "q", asked(r, "q"), "total", (json_int_t)number_in(found, "total"),
			 "total_text", count_text(r, "catalogue.found", number_in(found, "total")),
			 "entries", entries, "facets", facet_objects(r, found), "narrowed",
			 is_narrowed(r));
	ENSURE(page != NULL);
	next = text_in(found, "next");
	if (*next != '\0') {
		put_text(page, "next", next_path(r, next));
		reply_header(r, "Link", "<%s>; rel=\"next\"", next_path(r, next));
	}
	if (*asked(r, "after") != '\0')
		put_true(page, "later");
	if (r->person == NULL)
		reply_cache(r, "public, max-age=30");
	reply_page(r, 200, "catalogue", page);
}

static void show_catalogue(struct request *r)
{
	json_t *fields = json_pack("{s:s, s:b, s:I}", "text", asked(r, "q"), "facets", 1, "limit",
				   (json_int_t)query_number(r, "limit", 1, PAGE_MOST, PAGE));

	for (size_t i = 0; i < ARRAY_LEN(facets); i++)
		if (strcmp(facets[i].name, "hours") != 0 && *asked(r, facets[i].name) != '\0')
			put_text(fields, facets[i].member, asked(r, facets[i].name));
	if (query_text(r, "hours") != NULL)
		put_number(fields, "hours_max", query_number(r, "hours", 0, 1000, 0));
	if (*asked(r, "after") != '\0')
		put_text(fields, "after", asked(r, "after"));
	ask(r, TO_ENROLLMENT, "search_entries", fields);
	then(r, entries_came);
}

static const struct route catalogue[] = {
	{GET, "/catalogue", show_catalogue, .may = MAY_ANYONE, .scope = "catalog:read",
	 .about = "Search the catalogue by words, narrow it by facets, with their counts",
	 .takes = "q?text topic?text grade?text hours?count language?text category?text "
		  "alignment?text after?text limit?count"},
};
const struct route_list catalogue_routes = {catalogue, ARRAY_LEN(catalogue)};
