/* Jobs of drawing. */
#include "services/gateway/proof/drawing.h"

#include "services/gateway/proof/card.h"
#include "services/issuance/forms/artwork.h"
#include "services/issuance/forms/bake.h"
#include "services/issuance/forms/certificate.h"

#include <string.h>

typedef bool draw_fn(const json_t *job, struct arena *a, struct bytes *file_r,
		     struct form_problem *problem);

static const char *text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? text : "";
}

static bool draw_card(const json_t *job, struct arena *a, struct bytes *file_r,
		      struct form_problem *problem)
{
	struct card card = {.kicker = text_of(job, "kicker"),
			    .title = text_of(job, "title"),
			    .issuer = text_of(job, "issuer"),
			    .field = text_of(job, "field")};

	return card_png(&card, a, file_r, problem);
}

static bool draw_png(const json_t *job, struct arena *a, struct bytes *file_r,
		     struct form_problem *problem)
{
	struct bytes credential = bytes_of_text(text_of(job, "credential")), png;
	struct form_facts facts;

	return form_facts_read(credential, a, &facts, problem) &&
	       artwork_png(&facts, a, &png, problem) &&
	       png_bake(png, credential, a, file_r, problem);
}

static bool draw_svg(const json_t *job, struct arena *a, struct bytes *file_r,
		     struct form_problem *problem)
{
	struct bytes credential = bytes_of_text(text_of(job, "credential")), svg;
	struct form_facts facts;

	return form_facts_read(credential, a, &facts, problem) &&
	       artwork_svg(&facts, a, &svg, problem) &&
	       svg_bake(svg, credential, a, file_r, problem);
}

static void take_sponsors(const json_t *job, struct arena *a, struct certificate *certificate)
{
	const json_t *list = json_object_get(job, "sponsors");
	size_t n = json_array_size(list);
	struct certificate_sponsor *sponsors =
		arena_zalloc(a, MAX(n, (size_t)1) * sizeof *sponsors);

	for (size_t i = 0; i < n; i++)
		sponsors[i] =
			(struct certificate_sponsor){text_of(json_array_get(list, i), "state"),
						     text_of(json_array_get(list, i), "number")};
	certificate->sponsors = sponsors;
	certificate->n_sponsors = n;
}

static bool draw_pdf(const json_t *job, struct arena *a, struct bytes *file_r,
		     struct form_problem *problem)
{
	struct bytes credential = bytes_of_text(text_of(job, "credential"));
	struct form_facts facts;
	struct certificate certificate = {.facts = &facts,
					  .verify_url = text_of(job, "verify_url"),
					  .holder = text_of(job, "holder")};

	take_sponsors(job, a, &certificate);
	return form_facts_read(credential, a, &facts, problem) &&
	       certificate_pdf(&certificate, a, file_r, problem);
}

static const struct kind {
	const char *draw, *type;
	draw_fn *make;
} kinds[] = {
	{"card", "image/png", draw_card},
	{"png", "image/png", draw_png},
	{"svg", "image/svg+xml", draw_svg},
	{"pdf", "application/pdf", draw_pdf},
};

static const struct kind *kind_of(const char *draw)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].draw, draw) == 0)
			return &kinds[i];
	return NULL;
}

const char *drawing_type(const char *draw)
{
	const struct kind *kind = kind_of(draw);

	return kind != NULL ? kind->type : NULL;
}

bool drawing_make(const json_t *job, struct arena *a, struct bytes *file_r,
		  struct form_problem *problem)
{
	const struct kind *kind = kind_of(text_of(job, "draw"));

	if (kind == NULL)
		return form_refuse(problem, "there is no such drawing");
	return kind->make(job, a, file_r, problem);
}
