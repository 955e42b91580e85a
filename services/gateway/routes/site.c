/* The home page, stories, and what the site says of itself. */
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"
#include "services/gateway/web/web.h"

static void reply_words(struct request *r, const char *template, const char *title)
{
	if (r->person == NULL)
		reply_cache(r, "public, max-age=300");
	reply_page(r, 200, template, json_pack("{s:s}", "title", word(r, title)));
}

static void show_home(struct request *r)
{
	reply_words(r, "front", "front.title");
}

static void show_accessibility(struct request *r)
{
	reply_words(r, "accessibility", "accessibility.title");
}

static void show_privacy(struct request *r)
{
	reply_words(r, "privacy_notice", "privacy.title");
}

/* ---- stories ---- */

/* Stories are the site's own: DIR/gateway/stories.json, [{"title", "text", "by", "language",
 * "code"}]. A file that is damaged shows as none. */
static void show_stories(struct request *r)
{
	json_t *told =
		json_load_file(arena_printf(r->arena, "%s/stories.json", r->web->dir), 0, NULL);
	json_t *stories = json_array(), *story;
	size_t i;

	json_array_foreach(told, i, story)
	{
		const char *language = text_in(story, "language");

		json_array_append_new(stories,
				      json_pack("{s:s, s:s, s:s, s:s, s:s}", "name",
						text_in(story, "title"), "text",
						text_in(story, "text"), "by", text_in(story, "by"),
						"language", *language != '\0' ? language : "en",
						"code", text_in(story, "code")));
	}
	json_decref(told);
	reply_page(r, 200, "stories",
		   json_pack("{s:s, s:o}", "title", word(r, "stories.title"), "stories", stories));
}

static const struct route site[] = {
	{GET, "/", show_home, .may = MAY_ANYONE, .scope = "catalog:read", .about = "The home page"},
	{GET, "/accessibility", show_accessibility, .may = MAY_ANYONE, .scope = "catalog:read",
	 .about = "How accessible this site is, and whom to tell where it is not"},
	{GET, "/privacy", show_privacy, .may = MAY_ANYONE, .scope = "catalog:read",
	 .about = "What is kept of people, for how long, and their rights"},
	{GET, "/stories", show_stories, .may = MAY_ANYONE, .scope = "catalog:read",
	 .about = "What teachers tell of micro-credentials"},
};
const struct route_list site_routes = {site, ARRAY_LEN(site)};
