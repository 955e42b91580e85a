/* What must hold of a version of a micro-credential before it is published. */
#include "services/enrollment/entry.h"

#include "libshared/signable.h"
#include "services/enrollment/must.h"
#include "services/enrollment/tables.h"

#include <string.h>

#define TITLE_MAX 200
#define TEXT_MAX 5000
#define HOURS_MAX 1000
#define FEE_MAX 10000000

/* One entry being checked. Its parts answer true when they may stay, or have refused the command.
 */
struct check {
	const struct view *view;
	const Enrollment__Entry *entry;
	const Enrollment__Media *media;
	struct policy_row policy;
	struct decision *d;
	unsigned kinds; /* of all texts that may stand in one credential (signable.h) */
};

static bool text(struct check *c, const char *field, const char *value, size_t max)
{
	if (!must_text(c->d, field, value, max))
		return false;
	c->kinds |= text_kinds(value);
	return true;
}

static bool text_at(struct check *c, const char *list, size_t i, const char *field,
		    const char *value)
{
	return text(c, field_at(c->d, list, i, field), value, TEXT_MAX);
}

static bool twice(struct check *c, const char *list, size_t i, const char *field, const char *what)
{
	return refuse_field(c->d, field_at(c->d, list, i, field),
			    arena_printf(c->d->arena, "\"%s\" stands in the list twice", what));
}

static bool unknown(struct check *c, uint32_t reason, const char *field, const char *what)
{
	refuse_text(c->d, reason, "%s: \"%s\" is not known here; publish it first", field, what);
	return false;
}

/* ---- what it says about itself ---- */

static bool tags_ok(struct check *c)
{
	const Enrollment__Entry *e = c->entry;

	if (!must_count(c->d, "tags", e->n_tags, 0, 20))
		return false;
	for (size_t i = 0; i < e->n_tags; i++) {
		if (!text(c, field_at(c->d, "tags", i, "text"), e->tags[i], TITLE_MAX))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(e->tags[i], e->tags[j]) == 0)
				return twice(c, "tags", i, "text", e->tags[i]);
	}
	return true;
}

static bool languages_ok(struct check *c, const char *field, char *const *languages, size_t n)
{
	if (!must_count(c->d, field, n, 1, 10))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!must_language(c->d, field, languages[i]))
			return false;
	return true;
}

static bool codes_ok(struct check *c, const char *field, char *const *codes, size_t n)
{
	if (!must_count(c->d, field, n, 0, 20))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!must_code(c->d, field, codes[i]))
			return false;
	return true;
}

static bool words_ok(struct check *c)
{
	const Enrollment__Entry *e = c->entry;

	return text(c, "title", e->title, TITLE_MAX) &&
	       text(c, "competency", e->competency, TEXT_MAX) &&
	       (*e->key_method == '\0' || text(c, "key_method", e->key_method, TEXT_MAX)) &&
	       text(c, "description", e->description, TEXT_MAX) &&
	       must_code(c->d, "topic", e->topic) && tags_ok(c) &&
	       must_code(c->d, "grade_band", e->grade_band) &&
	       languages_ok(c, "languages", e->languages, e->n_languages) &&
	       codes_ok(c, "renewal_categories", e->renewal_categories, e->n_renewal_categories) &&
	       codes_ok(c, "stacks", e->stacks, e->n_stacks);
}

static bool numbers_ok(struct check *c)
{
	const Enrollment__Entry *e = c->entry;
	int64_t published, review;

	if (!must_date(c->d, "first_published", e->first_published, &published) ||
	    !must_date(c->d, "review_by", e->review_by, &review))
		return false;
	if (review < published)
		return refuse_field(c->d, "review_by", "not before first_published");
	return must_range(c->d, "hours_min", e->hours_min, 1, HOURS_MAX) &&
	       must_range(c->d, "hours_typical", e->hours_typical, e->hours_min, HOURS_MAX) &&
	       must_range(c->d, "hours_max", e->hours_max, e->hours_typical, HOURS_MAX) &&
	       must_range(c->d, "clock_hours", e->clock_hours, 0, HOURS_MAX) &&
	       must_range(c->d, "fee_cents", e->fee_cents, 0, FEE_MAX) &&
	       must_range(c->d, "valid_months", e->valid_months, 0, 600);
}

/* ---- what it names ---- */

static bool issuer_ok(struct check *c)
{
	struct bytes id = bytes_of_pb(c->entry->issuer), event;
	const Enrollment__Issuer *issuer;

	if (!must_id(c->d, "issuer", c->entry->issuer))
		return false;
	if (!document_get(c->view, DOC_ISSUER, id, 0, &event))
		return unknown(c, ENROLLMENT__REASON__UNKNOWN_ISSUER, "issuer", ID_STR(id));
	issuer = document_read(event, c->d->arena)->issuer_published->issuer;
	c->kinds |= text_kinds(issuer->name);
	return true;
}

static bool profile_ok(struct check *c)
{
	struct id id = profile_id(c->entry->profile);

	if (!must_code(c->d, "profile", c->entry->profile))
		return false;
	return document_newest(c->view, DOC_PROFILE, bytes_of_id(&id)) != 0 ||
	       unknown(c, ENROLLMENT__REASON__UNKNOWN_PROFILE, "profile", c->entry->profile);
}

static bool other_entry_ok(struct check *c, const char *field, ProtobufCBinaryData other)
{
	struct entry_row row;

	if (!must_id(c->d, field, other))
		return false;
	if (bytes_equal(bytes_of_pb(other), bytes_of_pb(c->entry->entry)))
		return refuse_field(c->d, field, "another entry, not this one itself");
	return entry_get(c->view, bytes_of_pb(other), &row) ||
	       unknown(c, ENROLLMENT__REASON__UNKNOWN_ENTRY, field, ID_STR(bytes_of_pb(other)));
}

static bool neighbours_ok(struct check *c)
{
	const Enrollment__Entry *e = c->entry;

	if (e->supersedes.len > 0 && !other_entry_ok(c, "supersedes", e->supersedes))
		return false;
	if (!must_count(c->d, "prerequisites", e->n_prerequisites, 0, PREREQUISITES_MAX))
		return false;
	for (size_t i = 0; i < e->n_prerequisites; i++) {
		if (!other_entry_ok(c, "prerequisites", e->prerequisites[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (bytes_equal(bytes_of_pb(e->prerequisites[i]),
					bytes_of_pb(e->prerequisites[j])))
				return refuse_field(c->d, "prerequisites", "each one once");
	}
	return true;
}

/* ---- what it asks for ---- */

static bool question_ok(struct check *c, const char *list, size_t i, const Enrollment__Question *q)
{
	return must_code(c->d, field_at(c->d, list, i, "code"), q->code) &&
	       text_at(c, list, i, "prompt", q->prompt) &&
	       must_range(c->d, field_at(c->d, list, i, "words_min"), q->words_min, 1, 10000) &&
	       must_range(c->d, field_at(c->d, list, i, "words_max"), q->words_max, q->words_min,
			  10000);
}

static bool questions_ok(struct check *c)
{
	const Enrollment__Entry *e = c->entry;

	if (!must_count(c->d, "questions", e->n_questions, 0, 20) ||
	    !must_count(c->d, "reflection", e->reflection != NULL, 1, 1) ||
	    !question_ok(c, "reflection", 0, e->reflection))
		return false;
	for (size_t i = 0; i < e->n_questions; i++) {
		if (!question_ok(c, "questions", i, e->questions[i]))
			return false;
		if (strcmp(e->questions[i]->code, e->reflection->code) == 0)
			return twice(c, "questions", i, "code", e->questions[i]->code);
		for (size_t j = 0; j < i; j++)
			if (strcmp(e->questions[i]->code, e->questions[j]->code) == 0)
				return twice(c, "questions", i, "code", e->questions[i]->code);
	}
	return true;
}

static bool kind_ok(struct check *c, const char *field, const char *kind)
{
	for (size_t i = 0; i < c->media->n_kinds; i++)
		if (strcmp(c->media->kinds[i]->kind, kind) == 0)
			return true;
	return unknown(c, ENROLLMENT__REASON__UNKNOWN_KIND, field, kind);
}

static bool requirement_ok(struct check *c, size_t i, const Enrollment__Requirement *r)
{
	static const char list[] = "requirements";
	uint32_t most = c->policy.artifacts_max;

	if (!must_code(c->d, field_at(c->d, list, i, "code"), r->code) ||
	    !kind_ok(c, field_at(c->d, list, i, "kind"), r->kind) ||
	    !text_at(c, list, i, "title", r->title) ||
	    !text_at(c, list, i, "description", r->description) ||
	    !must_range(c->d, field_at(c->d, list, i, "items_max"), r->items_max, 1, most) ||
	    !must_range(c->d, field_at(c->d, list, i, "items_min"), r->items_min, 0, r->items_max))
		return false;
	return !r->consent_required || r->student_data ||
	       refuse_field(c->d, field_at(c->d, list, i, "consent_required"),
			    "only where student_data is true");
}

static bool requirements_ok(struct check *c)
{
	const Enrollment__Entry *e = c->entry;
	uint64_t least = 0;

	if (!must_count(c->d, "requirements", e->n_requirements, 1, 30))
		return false;
	for (size_t i = 0; i < e->n_requirements; i++) {
		if (!requirement_ok(c, i, e->requirements[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(e->requirements[i]->code, e->requirements[j]->code) == 0)
				return twice(c, "requirements", i, "code",
					     e->requirements[i]->code);
		least += e->requirements[i]->items_min;
	}
	return must_range(c->d, "items_min of all requirements", least, 1, c->policy.artifacts_max);
}

/* ---- how it is judged ---- */

static bool levels_ok(struct check *c, const Enrollment__Rubric *r)
{
	if (!must_code(c->d, "rubric.scale", r->scale) ||
	    !must_count(c->d, "rubric.levels", r->n_levels, 2, 10))
		return false;
	for (size_t i = 0; i < r->n_levels; i++) {
		const Enrollment__Level *level = r->levels[i];

		if (!must_code(c->d, field_at(c->d, "levels", i, "code"), level->code) ||
		    !text_at(c, "levels", i, "label", level->label) ||
		    !must_range(c->d, field_at(c->d, "levels", i, "ordinal"), level->ordinal, i, i))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(level->code, r->levels[j]->code) == 0)
				return twice(c, "levels", i, "code", level->code);
	}
	/* A pass at the lowest level would pass everybody. */
	return must_range(c->d, "rubric.pass_ordinal", r->pass_ordinal, 1, r->n_levels - 1);
}

static bool is_requirement(const Enrollment__Entry *e, const char *code)
{
	for (size_t i = 0; i < e->n_requirements; i++)
		if (strcmp(e->requirements[i]->code, code) == 0)
			return true;
	return false;
}

static bool cites(const Enrollment__Criterion *row, const char *code)
{
	for (size_t i = 0; i < row->n_requirements; i++)
		if (strcmp(row->requirements[i], code) == 0)
			return true;
	return false;
}

static bool criterion_ok(struct check *c, size_t i, const Enrollment__Criterion *row)
{
	static const char list[] = "criteria";
	const char *cited = field_at(c->d, list, i, "requirements");
	size_t n_levels = c->entry->rubric->n_levels;

	if (!must_code(c->d, field_at(c->d, list, i, "code"), row->code) ||
	    !text_at(c, list, i, "title", row->title) ||
	    !must_code(c->d, field_at(c->d, list, i, "part"), row->part) ||
	    !must_count(c->d, cited, row->n_requirements, 1, 30) ||
	    !must_count(c->d, field_at(c->d, list, i, "descriptions"), row->n_descriptions,
			n_levels, n_levels))
		return false;
	for (size_t j = 0; j < row->n_requirements; j++)
		if (!is_requirement(c->entry, row->requirements[j]))
			return refuse_field(c->d, cited,
					    arena_printf(c->d->arena,
							 "\"%s\" is no requirement of this entry",
							 row->requirements[j]));
	for (size_t j = 0; j < row->n_descriptions; j++)
		if (!text_at(c, list, i, "descriptions", row->descriptions[j]))
			return false;
	return true;
}

/* Evidence that no row judges would never reopen, and be asked for in vain. */
static bool all_judged(struct check *c)
{
	const Enrollment__Entry *e = c->entry;

	for (size_t i = 0; i < e->n_requirements; i++) {
		bool judged = false;

		for (size_t j = 0; j < e->rubric->n_criteria; j++)
			judged |= cites(e->rubric->criteria[j], e->requirements[i]->code);
		if (!judged)
			return refuse_field(c->d, field_at(c->d, "requirements", i, "code"),
					    "no row of the rubric is judged by it");
	}
	return true;
}

static bool rubric_ok(struct check *c)
{
	const Enrollment__Rubric *r = c->entry->rubric;

	if (!must_count(c->d, "rubric", r != NULL, 1, 1) || !levels_ok(c, r) ||
	    !must_count(c->d, "rubric.criteria", r->n_criteria, 1, 30))
		return false;
	for (size_t i = 0; i < r->n_criteria; i++) {
		if (!criterion_ok(c, i, r->criteria[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(r->criteria[i]->code, r->criteria[j]->code) == 0)
				return twice(c, "criteria", i, "code", r->criteria[i]->code);
	}
	return all_judged(c);
}

/* ---- what it offers and aligns with ---- */

static bool resource_ok(struct check *c, size_t i, const Enrollment__Resource *r)
{
	static const char *const types[] = {"reading", "video", "interactive"};
	static const char list[] = "resources";

	if (!must_code(c->d, field_at(c->d, list, i, "code"), r->code) ||
	    !must_word(c->d, field_at(c->d, list, i, "type"), r->type, types, ARRAY_LEN(types)) ||
	    !text_at(c, list, i, "title", r->title) ||
	    !must_range(c->d, field_at(c->d, list, i, "minutes"), r->minutes, 1, 6000) ||
	    !languages_ok(c, field_at(c->d, list, i, "languages"), r->languages, r->n_languages) ||
	    !must_https(c->d, field_at(c->d, list, i, "url"), r->url))
		return false;
	if (strcmp(r->type, "video") == 0 && !r->captions)
		return refuse_field(c->d, field_at(c->d, list, i, "captions"),
				    "a video needs captions");
	if (strcmp(r->type, "interactive") == 0 && !r->keyboard_operable)
		return refuse_field(c->d, field_at(c->d, list, i, "keyboard_operable"),
				    "an activity must work from the keyboard");
	return true;
}

static bool resources_ok(struct check *c)
{
	const Enrollment__Entry *e = c->entry;

	if (!must_count(c->d, "resources", e->n_resources, 0, 50))
		return false;
	for (size_t i = 0; i < e->n_resources; i++) {
		if (!resource_ok(c, i, e->resources[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(e->resources[i]->code, e->resources[j]->code) == 0)
				return twice(c, "resources", i, "code", e->resources[i]->code);
	}
	return true;
}

static bool alignment_ok(struct check *c, size_t i, const Enrollment__Alignment *a)
{
	static const char list[] = "alignments";

	return must_code(c->d, field_at(c->d, list, i, "framework"), a->framework) &&
	       text_at(c, list, i, "framework_title", a->framework_title) &&
	       must_code(c->d, field_at(c->d, list, i, "code"), a->code) &&
	       text_at(c, list, i, "label", a->label) &&
	       must_https(c->d, field_at(c->d, list, i, "url"), a->url);
}

/* The same alignment twice cannot be told apart in a credential. */
static bool alignments_ok(struct check *c)
{
	const Enrollment__Entry *e = c->entry;

	if (!must_count(c->d, "alignments", e->n_alignments, 0, 30))
		return false;
	for (size_t i = 0; i < e->n_alignments; i++) {
		if (!alignment_ok(c, i, e->alignments[i]))
			return false;
		for (size_t j = 0; j < i; j++)
			if (strcmp(e->alignments[i]->url, e->alignments[j]->url) == 0)
				return twice(c, "alignments", i, "url", e->alignments[i]->url);
	}
	return true;
}

static bool sortable(struct check *c)
{
	if (c->kinds != TEXT_UNSORTABLE)
		return true;
	refuse_text(c->d, ENROLLMENT__REASON__TEXT_NOT_SIGNABLE,
		    "the texts of entry and issuer hold both characters beyond U+FFFF (most emoji) "
		    "and from U+E000 to U+FFFF (ligatures, variation selectors), which verifiers "
		    "sort differently; drop one sort");
	return false;
}

enum verdict entry_check(const struct view *view, const Enrollment__Entry *entry,
			 struct decision *d)
{
	struct check c = {.view = view, .entry = entry, .d = d};
	struct id media_id = only_id(DOC_MEDIA);
	struct bytes media;

	if (!policy_get(view, 0, &c.policy) ||
	    !document_get(view, DOC_MEDIA, bytes_of_id(&media_id), 0, &media))
		return refuse_text(d, ENROLLMENT__REASON__POLICY_MISSING,
				   "publish policy and media first, then entries");
	c.media = document_read(media, d->arena)->media_published->media;
	if (words_ok(&c) && numbers_ok(&c) && issuer_ok(&c) && profile_ok(&c) &&
	    neighbours_ok(&c) && questions_ok(&c) && requirements_ok(&c) && rubric_ok(&c) &&
	    resources_ok(&c) && alignments_ok(&c) && sortable(&c))
		return ACCEPTED;
	return REFUSED;
}
