/* Preview cards. */
#include "services/gateway/proof/card.h"

#include "services/issuance/forms/surface.h"
#include "services/issuance/forms/theme.h"
#include "services/issuance/forms/words.h"

#include <math.h>

#define WIDTH 1200
#define HEIGHT 630
#define MARGIN 80.0

static void draw_ground(cairo_t *cr, const struct theme *theme)
{
	colour_set(cr, theme->ground);
	cairo_paint(cr);
	colour_set(cr, theme->ring);
	cairo_rectangle(cr, 0, HEIGHT - 16, WIDTH, 16);
	cairo_fill(cr);
	cairo_set_line_width(cr, 10);
	cairo_arc(cr, WIDTH - 130, 130, 62, 0, 2 * M_PI);
	cairo_stroke(cr);
	colour_set(cr, theme->label);
	cairo_arc(cr, WIDTH - 130, 130, 40, 0, 2 * M_PI);
	cairo_fill(cr);
}

static bool draw_words(cairo_t *cr, const struct card *card, const struct theme *theme,
		       struct form_problem *problem)
{
	struct words kicker = {.text = card->kicker,
			       .size = 34,
			       .width = 800,
			       .max_lines = 1,
			       .colour = theme->ink};
	struct words title = {.text = card->title,
			      .size = 76,
			      .least_size = 40,
			      .width = WIDTH - 2 * MARGIN,
			      .max_lines = 3,
			      .colour = theme->ink,
			      .is_bold = true};
	struct words issuer = {.text = card->issuer,
			       .size = 34,
			       .least_size = 24,
			       .width = WIDTH - 2 * MARGIN,
			       .max_lines = 2,
			       .colour = theme->ink};

	return words_draw(cr, &kicker, MARGIN, 100, problem) &&
	       words_draw(cr, &title, MARGIN, 220, problem) &&
	       words_draw(cr, &issuer, MARGIN, 500, problem);
}

bool card_png(const struct card *card, struct arena *a, struct bytes *png_r,
	      struct form_problem *problem)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
	const struct theme *theme = theme_of_field(card->field);
	cairo_t *cr = cairo_create(surface);
	struct buffer out;
	bool made;

	buffer_init(&out, a, (size_t)64 << 10);
	draw_ground(cr, theme);
	made = draw_words(cr, card, theme, problem);
	cairo_destroy(cr);
	if (made)
		made = cairo_surface_write_to_png_stream(surface, surface_write, &out) ==
			       CAIRO_STATUS_SUCCESS ||
		       form_refuse(problem, "the card cannot be written");
	cairo_surface_destroy(surface);
	*png_r = buffer_bytes(&out);
	return made;
}
