/* The page as a tagged PDF by cairo. */
#include "services/issuance/forms/certificate.h"

#include "services/issuance/documents/datetime.h"
#include "services/issuance/forms/certificate_fields.h"
#include "services/issuance/forms/pdf_patch.h"
#include "services/issuance/forms/qr.h"
#include "services/issuance/forms/surface.h"
#include "services/issuance/forms/theme.h"
#include "services/issuance/forms/words.h"

#include <cairo-pdf.h>

#define PAGE_WIDTH 612.0 /* points: 8.5 by 11 inches */
#define PAGE_HEIGHT 792.0
#define MARGIN 54.0
#define INNER (PAGE_WIDTH - 2 * MARGIN)
#define HEAD_HEIGHT 60.0
#define LABEL_WIDTH 130.0
#define QR_SIDE 104.0
#define FOOT_HEIGHT (QR_SIDE + 8)

struct page {
	cairo_t *cr;
	const struct certificate *certificate;
	const struct theme *theme;
	struct form_problem *problem;
	double y; /* where the next thing goes */
};

static void page_break(struct page *p, double room)
{
	if (p->y + room <= PAGE_HEIGHT - MARGIN)
		return;
	cairo_show_page(p->cr);
	p->y = MARGIN;
}

/* Words of a structure element at x; */
static bool put(struct page *p, const char *tag, const struct words *w, double x)
{
	bool drawn;

	cairo_tag_begin(p->cr, tag, NULL);
	drawn = words_draw(p->cr, w, x, p->y, p->problem);
	cairo_tag_end(p->cr, tag);
	return drawn;
}

static bool put_below(struct page *p, const char *tag, const struct words *w, double gap)
{
	double height;

	if (!words_height(p->cr, w, &height, p->problem))
		return false;
	page_break(p, height);
	if (!put(p, tag, w, MARGIN))
		return false;
	p->y += height + gap;
	return true;
}

/* ---- head ---- */

static bool put_head(struct page *p)
{
	const struct form_facts *facts = p->certificate->facts;
	struct words issuer = {.text = facts->issuer_name,
			       .size = 15,
			       .least_size = 10,
			       .width = INNER,
			       .max_lines = 2,
			       .colour = p->theme->ink,
			       .is_bold = true};
	struct words title = {.text = facts->title,
			      .size = 26,
			      .least_size = 16,
			      .width = INNER,
			      .max_lines = 3,
			      .colour = p->theme->accent,
			      .is_bold = true};
	struct words kind = {.text = facts->is_stack ? "Certificate of a stack of micro-credentials"
						     : "Certificate of a micro-credential",
			     .size = 12,
			     .width = INNER,
			     .colour = THEME_QUIET};

	colour_set(p->cr, p->theme->ground);
	cairo_rectangle(p->cr, 0, 0, PAGE_WIDTH, HEAD_HEIGHT);
	cairo_fill(p->cr);
	p->y = HEAD_HEIGHT / 2 - 10;
	if (!put_below(p, "P", &issuer, 0))
		return false;
	p->y = HEAD_HEIGHT + 18;
	return put_below(p, "P", &kind, 4) && put_below(p, "H1", &title, 8);
}

/* ---- fields ---- */

static bool put_section(struct page *p, const char *name)
{
	struct words w = {.text = name,
			  .size = 12,
			  .width = INNER,
			  .colour = p->theme->accent,
			  .is_bold = true};

	p->y += 7;
	page_break(p, 40);
	return put_below(p, "H2", &w, 2);
}

/* Label and value are an item of a list, side by side. */
static bool put_field(struct page *p, const struct field *field)
{
	struct words label = {
		.text = field->label, .size = 9.5, .width = LABEL_WIDTH - 8, .colour = THEME_QUIET};
	struct words value = {.text = field->value,
			      .size = 9.5,
			      .width = INNER - LABEL_WIDTH,
			      .colour = THEME_TEXT};
	double label_height, value_height;
	bool drawn;

	if (!words_height(p->cr, &label, &label_height, p->problem) ||
	    !words_height(p->cr, &value, &value_height, p->problem))
		return false;
	page_break(p, MAX(label_height, value_height));
	cairo_tag_begin(p->cr, "LI", NULL);
	drawn = put(p, "Lbl", &label, MARGIN) && put(p, "LBody", &value, MARGIN + LABEL_WIDTH);
	cairo_tag_end(p->cr, "LI");
	p->y += MAX(label_height, value_height) + 3;
	return drawn;
}

/* The fields from number i on up to the next section; *i_r is its first. */
static bool put_list(struct page *p, const struct fields *fields, size_t i, size_t *i_r)
{
	bool drawn;

	if (fields->list[i].section != NULL && !put_section(p, fields->list[i].section))
		return false;
	cairo_tag_begin(p->cr, "L", NULL);
	do
		drawn = put_field(p, &fields->list[i++]);
	while (drawn && i < fields->n && fields->list[i].section == NULL);
	cairo_tag_end(p->cr, "L");
	*i_r = i;
	return drawn;
}

static bool put_fields(struct page *p, struct arena *a)
{
	struct fields fields = certificate_fields(p->certificate, a);

	for (size_t i = 0; i < fields.n;)
		if (!put_list(p, &fields, i, &i))
			return false;
	return true;
}

/* ---- foot ---- */

/* Words of the foot, beside the QR code. */
static struct words foot_words(const char *text, uint32_t colour)
{
	return (struct words){
		.text = text, .size = 9.5, .width = INNER - QR_SIDE - 16, .colour = colour};
}

static bool put_link(struct page *p, struct arena *a)
{
	struct words url = foot_words(p->certificate->verify_url, p->theme->accent);
	bool drawn;

	cairo_tag_begin(p->cr, CAIRO_TAG_LINK,
			arena_printf(a, "uri='%s'", p->certificate->verify_url));
	drawn = words_draw(p->cr, &url, MARGIN + QR_SIDE + 16, p->y + 38, p->problem);
	cairo_tag_end(p->cr, CAIRO_TAG_LINK);
	return drawn;
}

static bool put_qr(struct page *p)
{
	bool drawn;

	cairo_tag_begin(p->cr, "Figure", NULL);
	drawn = qr_draw(p->cr, p->certificate->verify_url, MARGIN, p->y, QR_SIDE, p->problem);
	cairo_tag_end(p->cr, "Figure");
	return drawn;
}

static bool put_foot(struct page *p, struct arena *a)
{
	struct words how = foot_words("Anybody can verify this credential, and whether it still "
				      "holds, at this address:",
				      THEME_TEXT);
	struct words id = foot_words(p->certificate->facts->id, THEME_QUIET);
	bool drawn;

	page_break(p, FOOT_HEIGHT);
	p->y = PAGE_HEIGHT - MARGIN - QR_SIDE;
	if (!put_qr(p))
		return false;
	cairo_tag_begin(p->cr, "P", NULL);
	drawn = words_draw(p->cr, &how, MARGIN + QR_SIDE + 16, p->y + 10, p->problem) &&
		put_link(p, a);
	cairo_tag_end(p->cr, "P");
	p->y += 76;
	return drawn && put(p, "P", &id, MARGIN + QR_SIDE + 16);
}

/* ---- the file ---- */

static void set_metadata(cairo_surface_t *surface, const struct form_facts *facts, struct arena *a)
{
	char day[DATETIME_LEN] = "";

	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, facts->title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, facts->issuer_name);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT,
				       arena_printf(a, "Certificate of credential %s", facts->id));
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Cairn");
	if (!datetime_text(facts->valid_from_us, day))
		return;
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, day);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, day);
}

static bool draw(cairo_surface_t *surface, const struct certificate *c, struct arena *a,
		 struct form_problem *problem)
{
	struct page page = {.cr = cairo_create(surface),
			    .certificate = c,
			    .theme = theme_of_field(c->facts->field),
			    .problem = problem};
	bool drawn;

	cairo_tag_begin(page.cr, "Document", NULL);
	drawn = put_head(&page) && put_fields(&page, a) && put_foot(&page, a);
	cairo_tag_end(page.cr, "Document");
	cairo_show_page(page.cr);
	cairo_destroy(page.cr);
	return drawn;
}

bool certificate_pdf(const struct certificate *c, struct arena *a, struct bytes *pdf_r,
		     struct form_problem *problem)
{
	cairo_surface_t *surface;
	struct buffer out;
	bool made;

	buffer_init(&out, a, (size_t)128 << 10);
	surface = cairo_pdf_surface_create_for_stream(surface_write, &out, PAGE_WIDTH, PAGE_HEIGHT);
	cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_4);
	set_metadata(surface, c->facts, a);
	made = draw(surface, c, a, problem) && surface_finish(surface, problem);
	cairo_surface_destroy(surface);
	return made && pdf_patch(buffer_bytes(&out), "en-US",
				 arena_printf(a, "QR code of the address %s", c->verify_url), a,
				 pdf_r, problem);
}
