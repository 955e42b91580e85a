/* What a version of a micro-credential meets of the quality standard that is published. */
#include "services/enrollment/quality.h"

#include "libshared/calendar.h"

#include <string.h>

#define MINUTES_PER_HOUR 60
#define DAYS_PER_MONTH_MAX 31

/* NULL: met; else what was found. bound is the component's number. */
typedef const char *check_fn(const Enrollment__Entry *e, uint32_t bound, struct arena *arena);

static const char *competency_stated(const Enrollment__Entry *e, uint32_t bound,
				     struct arena *arena)
{
	size_t len = strlen(e->competency);

	if (len >= bound)
		return NULL;
	return arena_printf(arena, "the competency has %zu bytes, %u are the least", len, bound);
}

static const char *aligned(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	if (e->n_alignments >= bound)
		return NULL;
	return arena_printf(arena, "%zu alignments, %u are the least", e->n_alignments, bound);
}

static const char *hours_honest(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	uint64_t minutes = 0;

	for (size_t i = 0; i < e->n_resources; i++)
		if (e->resources[i]->required)
			minutes += e->resources[i]->minutes;
	if (e->hours_min == 0 || e->hours_typical < e->hours_min || e->hours_max < e->hours_typical)
		return "hours_min, hours_typical and hours_max do not rise";
	if (e->hours_max > (uint64_t)bound * e->hours_min)
		return arena_printf(arena, "hours_max is more than %u times hours_min", bound);
	if (minutes > (uint64_t)e->hours_min * MINUTES_PER_HOUR)
		return "the required resources alone take longer than hours_min";
	return NULL;
}

static const char *credit_in_hours(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	(void)bound;
	if (e->clock_hours <= e->hours_max)
		return NULL;
	return arena_printf(arena, "%u clock hours for at most %u hours of work", e->clock_hours,
			    e->hours_max);
}

static const char *fee_in_proportion(const Enrollment__Entry *e, uint32_t bound,
				     struct arena *arena)
{
	if (e->fee_cents <= (uint64_t)bound * e->hours_typical)
		return NULL;
	return arena_printf(arena, "the fee is above %u cents for each typical hour", bound);
}

static const char *evidence_sources(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	if (e->n_requirements >= bound)
		return NULL;
	return arena_printf(arena, "%zu kinds of evidence, %u are the least", e->n_requirements,
			    bound);
}

/* ---- the rubric ---- */

static const char *row_described(const Enrollment__Rubric *rubric, const Enrollment__Criterion *row,
				 uint32_t bound, struct arena *arena)
{
	if (row->n_descriptions != rubric->n_levels)
		return arena_printf(arena, "%s has %zu descriptions for %zu levels", row->code,
				    row->n_descriptions, rubric->n_levels);
	for (size_t i = 0; i < row->n_descriptions; i++) {
		if (strlen(row->descriptions[i]) < bound)
			return arena_printf(arena, "%s says less than %u bytes of level %s",
					    row->code, bound, rubric->levels[i]->code);
		for (size_t j = 0; j < i; j++)
			if (strcmp(row->descriptions[i], row->descriptions[j]) == 0)
				return arena_printf(arena, "%s says the same of %s and %s",
						    row->code, rubric->levels[j]->code,
						    rubric->levels[i]->code);
	}
	return NULL;
}

static const char *levels_described(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	const char *why = NULL;

	if (e->rubric == NULL || e->rubric->n_criteria == 0)
		return "there is no rubric";
	for (size_t i = 0; why == NULL && i < e->rubric->n_criteria; i++)
		why = row_described(e->rubric, e->rubric->criteria[i], bound, arena);
	return why;
}

static bool cites(const Enrollment__Criterion *row, const char *requirement)
{
	for (size_t i = 0; i < row->n_requirements; i++)
		if (strcmp(row->requirements[i], requirement) == 0)
			return true;
	return false;
}

static bool is_judged(const Enrollment__Entry *e, const char *requirement)
{
	for (size_t i = 0; i < e->rubric->n_criteria; i++)
		if (cites(e->rubric->criteria[i], requirement))
			return true;
	return false;
}

static const char *rows_cite_evidence(const Enrollment__Entry *e, uint32_t bound,
				      struct arena *arena)
{
	(void)bound;
	if (e->rubric == NULL)
		return "there is no rubric";
	for (size_t i = 0; i < e->rubric->n_criteria; i++)
		if (e->rubric->criteria[i]->n_requirements == 0)
			return arena_printf(arena, "%s cites no evidence",
					    e->rubric->criteria[i]->code);
	for (size_t i = 0; i < e->n_requirements; i++)
		if (!is_judged(e, e->requirements[i]->code))
			return arena_printf(arena, "no row is judged by %s",
					    e->requirements[i]->code);
	return NULL;
}

static const char *pass_above_lowest(const Enrollment__Entry *e, uint32_t bound,
				     struct arena *arena)
{
	(void)bound;
	(void)arena;
	if (e->rubric == NULL || e->rubric->pass_ordinal == 0 ||
	    e->rubric->pass_ordinal >= e->rubric->n_levels)
		return "the lowest level passes, or none does";
	return NULL;
}

static const char *reflection_words(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	uint32_t words = e->reflection == NULL ? 0 : e->reflection->words_min;

	if (words >= bound)
		return NULL;
	return arena_printf(arena, "a reflection of %u words, %u are the least", words, bound);
}

/* ---- resources ---- */

/* https, a host, and no user, port or fragment that would lead each reader elsewhere. */
static bool is_reachable_form(const char *url)
{
	static const char scheme[] = "https://";
	const char *host = url + sizeof scheme - 1;
	size_t len;

	if (strncmp(url, scheme, sizeof scheme - 1) != 0)
		return false;
	len = strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
	return len > 0 && memchr(host, '.', len) != NULL && (host[len] == '/' || !host[len]) &&
	       strchr(host, '#') == NULL;
}

static const char *resources_listed(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	if (e->n_resources < bound)
		return arena_printf(arena, "%zu resources, %u are the least", e->n_resources,
				    bound);
	for (size_t i = 0; i < e->n_resources; i++)
		if (!is_reachable_form(e->resources[i]->url))
			return arena_printf(arena, "%s is no address that anybody can open",
					    e->resources[i]->code);
	return NULL;
}

static const char *resources_accessible(const Enrollment__Entry *e, uint32_t bound,
					struct arena *arena)
{
	(void)bound;
	for (size_t i = 0; i < e->n_resources; i++) {
		const Enrollment__Resource *r = e->resources[i];

		if (strcmp(r->type, "video") == 0 && (!r->captions || !r->transcript))
			return arena_printf(arena, "%s has no captions or no transcript", r->code);
		if (strcmp(r->type, "interactive") == 0 && !r->keyboard_operable)
			return arena_printf(arena, "%s does not work from the keyboard", r->code);
	}
	return NULL;
}

static bool is_in(const Enrollment__Resource *r, const char *language)
{
	for (size_t i = 0; i < r->n_languages; i++)
		if (strcmp(r->languages[i], language) == 0)
			return true;
	return false;
}

static const char *languages_served(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	if (e->n_languages < bound)
		return arena_printf(arena, "%zu languages, %u are the least", e->n_languages,
				    bound);
	for (size_t i = 0; i < e->n_resources; i++)
		for (size_t j = 0; e->resources[i]->required && j < e->n_languages; j++)
			if (!is_in(e->resources[i], e->languages[j]))
				return arena_printf(arena, "%s is required, and not there in %s",
						    e->resources[i]->code, e->languages[j]);
	return NULL;
}

/* ---- privacy and upkeep ---- */

static const char *consent_asked(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	static const char *const seen[] = {"video", "audio", "photo"};

	(void)bound;
	for (size_t i = 0; i < e->n_requirements; i++) {
		const Enrollment__Requirement *r = e->requirements[i];

		for (size_t j = 0; j < ARRAY_LEN(seen); j++)
			if (r->student_data && !r->consent_required &&
			    strcmp(r->kind, seen[j]) == 0)
				return arena_printf(arena, "%s shows students without consent",
						    r->code);
	}
	return NULL;
}

static const char *review_dated(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	int64_t first, review;

	if (!day_of_text(e->first_published, &first) || !day_of_text(e->review_by, &review) ||
	    review <= first)
		return "review_by is no date after first_published";
	if (review - first > (int64_t)bound * DAYS_PER_MONTH_MAX)
		return arena_printf(arena, "review_by is more than %u months away", bound);
	return NULL;
}

static const char *validity_ends(const Enrollment__Entry *e, uint32_t bound, struct arena *arena)
{
	if (e->valid_months >= 1 && e->valid_months <= bound)
		return NULL;
	return arena_printf(arena, "valid for %u months; 1 to %u are expected", e->valid_months,
			    bound);
}

static const struct check {
	const char *name;
	check_fn *run;
} checks[] = {
	{"competency_stated", competency_stated}, {"aligned", aligned},
	{"hours_honest", hours_honest},           {"credit_in_hours", credit_in_hours},
	{"fee_in_proportion", fee_in_proportion}, {"evidence_sources", evidence_sources},
	{"levels_described", levels_described},   {"rows_cite_evidence", rows_cite_evidence},
	{"pass_above_lowest", pass_above_lowest}, {"reflection_words", reflection_words},
	{"resources_listed", resources_listed},   {"resources_accessible", resources_accessible},
	{"languages_served", languages_served},   {"consent_asked", consent_asked},
	{"review_dated", review_dated},           {"validity_ends", validity_ends},
};

static const struct check *check_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		if (strcmp(checks[i].name, name) == 0)
			return &checks[i];
	return NULL;
}

bool quality_check_known(const char *check)
{
	return check_of(check) != NULL;
}

const char *quality_checks_text(struct arena *arena)
{
	char *all = arena_printf(arena, "%s", checks[0].name);

	for (size_t i = 1; i < ARRAY_LEN(checks); i++)
		all = arena_printf(arena, "%s %s", all, checks[i].name);
	return all;
}

/* ---- all components ---- */

static const Enrollment__Finding *finding_on(const Enrollment__Review *review, const char *code)
{
	for (size_t i = 0; review != NULL && i < review->n_findings; i++)
		if (strcmp(review->findings[i]->component, code) == 0)
			return review->findings[i];
	return NULL;
}

static void attest(struct component_result *r, const Enrollment__Review *review)
{
	const Enrollment__Finding *finding = finding_on(review, r->component->code);

	r->met = finding == NULL ? ENROLLMENT__MET__UNMET : finding->met;
	r->note = finding == NULL ? "no finding of a reviewer" : finding->note;
}

/* A check that this program does not have finds nothing met: a standard names only known ones. */
static void check(struct component_result *r, const Enrollment__Entry *entry, struct arena *arena)
{
	const struct check *c = check_of(r->component->check);
	const char *why =
		c == NULL ? "there is no such check" : c->run(entry, r->component->bound, arena);

	r->met = why == NULL ? ENROLLMENT__MET__MET : ENROLLMENT__MET__UNMET;
	r->note = why == NULL ? "" : why;
}

static size_t components_of(const Enrollment__QualityStandard *standard)
{
	size_t n = 0;

	for (size_t i = 0; i < standard->n_standards; i++)
		n += standard->standards[i]->n_components;
	return n;
}

static void count(struct quality_result *result, const struct component_result *r)
{
	if (r->met != ENROLLMENT__MET__UNMET)
		result->n_met++;
	else if (r->component->mandatory)
		result->mandatory_unmet++;
}

struct quality_result quality_evaluate(const Enrollment__QualityStandard *standard,
				       const Enrollment__Entry *entry,
				       const Enrollment__Review *review, struct arena *arena)
{
	struct quality_result result = {
		.components = arena_alloc(arena, (components_of(standard) + 1) *
							 sizeof *result.components),
	};

	for (size_t i = 0; i < standard->n_standards; i++)
		for (size_t j = 0; j < standard->standards[i]->n_components; j++) {
			struct component_result *r = &result.components[result.n++];

			r->standard = standard->standards[i];
			r->component = r->standard->components[j];
			if (*r->component->check == '\0')
				attest(r, review);
			else
				check(r, entry, arena);
			count(&result, r);
		}
	return result;
}

const char *quality_unmet_text(const struct quality_result *result, struct arena *arena)
{
	char *all = arena_printf(arena, "%s", "");

	for (size_t i = 0; i < result->n; i++) {
		const struct component_result *r = &result->components[i];

		if (!r->component->mandatory || r->met != ENROLLMENT__MET__UNMET)
			continue;
		all = arena_printf(arena, "%s%s%s %s%s%s%s", all, *all == '\0' ? "" : "; ",
				   r->component->code, r->component->text,
				   *r->note == '\0' ? "" : " (", r->note,
				   *r->note == '\0' ? "" : ")");
	}
	return all;
}

const Enrollment__Component *quality_component(const Enrollment__QualityStandard *standard,
					       const char *code)
{
	for (size_t i = 0; i < standard->n_standards; i++)
		for (size_t j = 0; j < standard->standards[i]->n_components; j++)
			if (strcmp(standard->standards[i]->components[j]->code, code) == 0)
				return standard->standards[i]->components[j];
	return NULL;
}
