/* Badges as pictures. */
#include "services/issuance/forms/artwork.h"

#include "services/issuance/forms/surface.h"
#include "services/issuance/forms/theme.h"
#include "services/issuance/forms/words.h"

#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#define CENTER (ARTWORK_SIZE / 2.0)
#define TITLE_TOP 180.0
#define TITLE_ROOM 200.0

static const char *level_of(const struct form_facts *facts)
{
	return facts->is_stack ? "Stack" : "Micro-credential";
}

/* ---- shapes ---- */

static void disc(cairo_t *cr, double radius, uint32_t colour)
{
	colour_set(cr, colour);
	cairo_arc(cr, CENTER, CENTER, radius, 0, 2 * M_PI);
	cairo_fill(cr);
}

static void ring(cairo_t *cr, double radius, uint32_t colour)
{
	colour_set(cr, colour);
	cairo_set_line_width(cr, 6);
	cairo_arc(cr, CENTER, CENTER, radius, 0, 2 * M_PI);
	cairo_stroke(cr);
}

static void diamond(cairo_t *cr, double reach, uint32_t colour)
{
	colour_set(cr, colour);
	cairo_move_to(cr, CENTER, CENTER - reach);
	cairo_line_to(cr, CENTER + reach, CENTER);
	cairo_line_to(cr, CENTER, CENTER + reach);
	cairo_line_to(cr, CENTER - reach, CENTER);
	cairo_close_path(cr);
	cairo_fill(cr);
}

static void pill(cairo_t *cr, double width, double top, double height, uint32_t colour)
{
	double radius = height / 2, left = CENTER - width / 2;

	colour_set(cr, colour);
	cairo_arc(cr, left + radius, top + radius, radius, M_PI / 2, 3 * M_PI / 2);
	cairo_arc(cr, left + width - radius, top + radius, radius, -M_PI / 2, M_PI / 2);
	cairo_close_path(cr);
	cairo_fill(cr);
}

static void draw_shapes(cairo_t *cr, const struct form_facts *facts, const struct theme *theme)
{
	if (facts->is_stack) {
		diamond(cr, 298, theme->ring);
		diamond(cr, 286, theme->ground);
	}
	disc(cr, facts->is_stack ? 262 : 292, theme->ground);
	ring(cr, facts->is_stack ? 250 : 276, theme->ring);
	pill(cr, facts->is_stack ? 130 : 220, 110, 40, theme->label);
}

/* ---- words ---- */

/* Drawn in the middle of the room below top. */
static bool draw_middle(cairo_t *cr, const struct words *w, double top, double room,
			struct form_problem *problem)
{
	double height;

	return words_height(cr, w, &height, problem) &&
	       words_draw(cr, w, CENTER - w->width / 2, top + (room - height) / 2, problem);
}

static bool draw_words(cairo_t *cr, const struct form_facts *facts, const struct theme *theme,
		       struct form_problem *problem)
{
	struct words level = {.text = level_of(facts),
			      .size = 22,
			      .width = 300,
			      .max_lines = 1,
			      .colour = theme->label_ink,
			      .align = WORDS_CENTER,
			      .is_bold = true};
	struct words title = {.text = facts->title,
			      .size = 50,
			      .least_size = 24,
			      .width = 440,
			      .max_lines = 4,
			      .colour = theme->ink,
			      .align = WORDS_CENTER,
			      .is_bold = true};
	struct words code = {.text = facts->code,
			     .size = 24,
			     .least_size = 16,
			     .width = 400,
			     .max_lines = 1,
			     .colour = theme->ink,
			     .align = WORDS_CENTER};
	struct words issuer = {.text = facts->issuer_name,
			       .size = 22,
			       .least_size = 16,
			       .width = 330,
			       .max_lines = 3,
			       .colour = theme->ink,
			       .align = WORDS_CENTER};

	return draw_middle(cr, &level, 110, 40, problem) &&
	       draw_middle(cr, &title, TITLE_TOP, TITLE_ROOM, problem) &&
	       draw_middle(cr, &code, 388, 36, problem) &&
	       draw_middle(cr, &issuer, 430, 84, problem);
}

static bool draw(cairo_surface_t *surface, const struct form_facts *facts,
		 struct form_problem *problem)
{
	const struct theme *theme = theme_of_field(facts->field);
	cairo_t *cr = cairo_create(surface);
	bool drawn;

	draw_shapes(cr, facts, theme);
	drawn = draw_words(cr, facts, theme, problem);
	cairo_destroy(cr);
	return drawn;
}

/* ---- files ---- */

bool artwork_png(const struct form_facts *facts, struct arena *a, struct bytes *png_r,
		 struct form_problem *problem)
{
	cairo_surface_t *surface =
		cairo_image_surface_create(CAIRO_FORMAT_ARGB32, ARTWORK_SIZE, ARTWORK_SIZE);
	struct buffer out;
	bool made;

	buffer_init(&out, a, (size_t)64 << 10);
	made = draw(surface, facts, problem);
	if (made)
		made = cairo_surface_write_to_png_stream(surface, surface_write, &out) ==
			       CAIRO_STATUS_SUCCESS ||
		       form_refuse(problem, "the PNG cannot be written");
	cairo_surface_destroy(surface);
	*png_r = buffer_bytes(&out);
	return made;
}

static void put_escaped(struct buffer *b, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			buffer_puts(b, "&amp;");
		else if (*text == '<')
			buffer_puts(b, "&lt;");
		else if (*text == '>')
			buffer_puts(b, "&gt;");
		else
			buffer_char(b, (unsigned char)*text < ' ' ? ' ' : *text);
	}
}

/* cairo numbers surfaces through the life of a process: "surface11", which nothing refers to. */
static void put_unnumbered(struct buffer *b, struct bytes svg)
{
	static const char name[] = "<g id=\"surface";
	const uint8_t *at = memmem(svg.data, svg.len, name, sizeof name - 1);
	size_t head = at != NULL ? (size_t)(at - svg.data) + sizeof name - 1 : 0, end = head;

	while (end < svg.len && svg.data[end] >= '0' && svg.data[end] <= '9' && head > 0)
		end++;
	buffer_put(b, svg.data, head);
	buffer_put(b, svg.data + end, svg.len - end);
}

/* Behind the root's opening tag: what a screen reader says of the picture. */
static struct bytes with_title(struct bytes svg, const struct form_facts *facts, struct arena *a)
{
	const uint8_t *tag = memmem(svg.data, svg.len, "<svg ", 5);
	const uint8_t *end = memchr(tag, '>', svg.len - (size_t)(tag - svg.data));
	struct buffer b;

	buffer_init(&b, a, svg.len + 1024);
	buffer_put(&b, svg.data, (size_t)(end - svg.data));
	buffer_puts(&b, " role=\"img\" aria-labelledby=\"badge-title badge-desc\">"
			"<title id=\"badge-title\">");
	put_escaped(&b, facts->title);
	buffer_puts(&b, "</title><desc id=\"badge-desc\">");
	put_escaped(&b, arena_printf(a, "%s, issued by %s. %s", level_of(facts), facts->issuer_name,
				     facts->description));
	buffer_puts(&b, "</desc>");
	put_unnumbered(&b, (struct bytes){end + 1, svg.len - (size_t)(end + 1 - svg.data)});
	return buffer_bytes(&b);
}

bool artwork_svg(const struct form_facts *facts, struct arena *a, struct bytes *svg_r,
		 struct form_problem *problem)
{
	struct buffer out;
	cairo_surface_t *surface;
	bool made;

	buffer_init(&out, a, (size_t)128 << 10);
	surface = cairo_svg_surface_create_for_stream(surface_write, &out, ARTWORK_SIZE,
						      ARTWORK_SIZE);
	cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
	made = draw(surface, facts, problem) && surface_finish(surface, problem);
	cairo_surface_destroy(surface);
	if (made)
		*svg_r = with_title(buffer_bytes(&out), facts, a);
	return made;
}
