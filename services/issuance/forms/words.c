/* Layouts by pango, and the fonts that must be there for them. */
#include "services/issuance/forms/words.h"

#include <pango/pangocairo.h>
#include <string.h>

#define FAMILY "Inter"

void colour_set(cairo_t *cr, uint32_t colour)
{
	cairo_set_source_rgb(cr, (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0,
			     (colour & 0xff) / 255.0);
}

/* ---- fonts ---- */

static const char *package_of(gunichar c)
{
	switch (g_unichar_get_script(c)) {
	case G_UNICODE_SCRIPT_HAN:
	case G_UNICODE_SCRIPT_HIRAGANA:
	case G_UNICODE_SCRIPT_KATAKANA:
	case G_UNICODE_SCRIPT_HANGUL:
	case G_UNICODE_SCRIPT_BOPOMOFO:
		return "fonts-noto-cjk";
	default:
		return c >= 0x1F000 ? "fonts-noto-color-emoji" : "fonts-noto-core";
	}
}

static gunichar first_unknown(PangoLayout *layout, const char *text)
{
	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		pango_layout_set_text(layout, at, (int)(g_utf8_next_char(at) - at));
		if (pango_layout_get_unknown_glyphs_count(layout) > 0)
			return g_utf8_get_char(at);
	}
	return g_utf8_get_char(text);
}

static bool check_glyphs(PangoLayout *layout, const char *text, struct form_problem *problem)
{
	gunichar c;

	if (pango_layout_get_unknown_glyphs_count(layout) == 0)
		return true;
	c = first_unknown(layout, text);
	return form_refuse(problem,
			   "no font here has the character U+%04X of \"%.80s\"; the "
			   "package %s may bring one",
			   c, text, package_of(c));
}

/* Whether the family is installed, rather than replaced by what looks nearest. */
static bool check_family(PangoLayout *layout, const PangoFontDescription *wanted,
			 struct form_problem *problem)
{
	PangoFont *font = pango_context_load_font(pango_layout_get_context(layout), wanted);
	PangoFontDescription *got = font != NULL ? pango_font_describe(font) : NULL;
	const char *family = got != NULL ? pango_font_description_get_family(got) : NULL;
	bool same = family != NULL && strcmp(family, FAMILY) == 0;

	if (got != NULL)
		pango_font_description_free(got);
	if (font != NULL)
		g_object_unref(font);
	return same || form_refuse(problem, "the font " FAMILY " is not installed; the package "
					    "fonts-inter brings it");
}

/* ---- layouts ---- */

static void set_size(PangoLayout *layout, const struct words *w, double size)
{
	PangoFontDescription *font = pango_font_description_new();

	pango_font_description_set_family_static(font, FAMILY);
	pango_font_description_set_weight(font,
					  w->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
}

static bool fits(PangoLayout *layout, const struct words *w)
{
	int width, height;

	pango_layout_get_size(layout, &width, &height);
	return width <= (int)(w->width * PANGO_SCALE) &&
	       (w->max_lines == 0 || pango_layout_get_line_count(layout) <= (int)w->max_lines);
}

/* The largest size at which no word is broken and the lines are few enough, else the least one,
 * with words broken and what is too long cut. */
static void shrink(PangoLayout *layout, const struct words *w)
{
	double least = w->least_size > 0 ? w->least_size : w->size;

	pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
	for (int less = 0; w->size - less >= least; less++) {
		set_size(layout, w, w->size - less);
		if (fits(layout, w))
			return;
	}
	set_size(layout, w, least);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	if (w->max_lines > 0) {
		pango_layout_set_height(layout, -(int)w->max_lines);
		pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	}
}

static void no_hinting(PangoLayout *layout)
{
	cairo_font_options_t *options = cairo_font_options_create();

	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(pango_layout_get_context(layout), options);
	pango_cairo_context_set_resolution(pango_layout_get_context(layout), 96);
	cairo_font_options_destroy(options);
	pango_layout_context_changed(layout);
}

/* NULL: refused. */
static PangoLayout *layout_new(cairo_t *cr, const struct words *w, struct form_problem *problem)
{
	PangoLayout *layout;

	if (!g_utf8_validate(w->text, -1, NULL)) {
		form_refuse(problem, "a text is not UTF-8");
		return NULL;
	}
	layout = pango_cairo_create_layout(cr);
	no_hinting(layout);
	pango_layout_set_width(layout, (int)(w->width * PANGO_SCALE));
	pango_layout_set_alignment(layout, w->align == WORDS_CENTER ? PANGO_ALIGN_CENTER
								    : PANGO_ALIGN_LEFT);
	set_size(layout, w, w->size);
	pango_layout_set_text(layout, w->text, -1);
	if (!check_family(layout, pango_layout_get_font_description(layout), problem) ||
	    !check_glyphs(layout, w->text, problem)) {
		g_object_unref(layout);
		return NULL;
	}
	shrink(layout, w);
	return layout;
}

bool words_height(cairo_t *cr, const struct words *w, double *height_r,
		  struct form_problem *problem)
{
	PangoLayout *layout = layout_new(cr, w, problem);
	int width, height;

	if (layout == NULL)
		return false;
	pango_layout_get_size(layout, &width, &height);
	*height_r = (double)height / PANGO_SCALE;
	g_object_unref(layout);
	return true;
}

bool words_draw(cairo_t *cr, const struct words *w, double x, double y,
		struct form_problem *problem)
{
	PangoLayout *layout = layout_new(cr, w, problem);

	if (layout == NULL)
		return false;
	colour_set(cr, w->colour);
	cairo_move_to(cr, x, y);
	pango_cairo_show_layout(cr, layout);
	g_object_unref(layout);
	return true;
}
