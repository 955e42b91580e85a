/* What completed readings come to: a second reading, an adjudication, or the decision. */
#include "services/assessment/decision.h"

#include "libshared/check.h"
#include "libshared/zone.h"

#include <sodium.h>
#include <string.h>

const Enrollment__Criterion *rubric_row(const Enrollment__Rubric *rubric, const char *code)
{
	for (size_t i = 0; i < rubric->n_criteria; i++)
		if (strcmp(rubric->criteria[i]->code, code) == 0)
			return rubric->criteria[i];
	return NULL;
}

const Enrollment__Level *rubric_level(const Enrollment__Rubric *rubric, const char *code)
{
	for (size_t i = 0; i < rubric->n_levels; i++)
		if (strcmp(rubric->levels[i]->code, code) == 0)
			return rubric->levels[i];
	return NULL;
}

const Enrollment__Level *rubric_level_at(const Enrollment__Rubric *rubric, uint32_t ordinal)
{
	for (size_t i = 0; i < rubric->n_levels; i++)
		if (rubric->levels[i]->ordinal == ordinal)
			return rubric->levels[i];
	return NULL;
}

const Assessment__RowRating *rating_of(Assessment__RowRating *const *ratings, size_t n,
				       const char *row)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(ratings[i]->row, row) == 0)
			return ratings[i];
	return NULL;
}

/* ---- a second reading ---- */

uint64_t keyed_draw(const uint8_t noise_key[32], const char *use, struct bytes what)
{
	crypto_generichash_state state;
	uint8_t hash[16];

	crypto_generichash_init(&state, noise_key, 32, sizeof hash);
	crypto_generichash_update(&state, (const uint8_t *)use, strlen(use) + 1);
	crypto_generichash_update(&state, what.data, what.len);
	crypto_generichash_final(&state, hash, sizeof hash);
	return get_u64_le(hash);
}

bool in_sample(const uint8_t noise_key[32], struct bytes submission, uint32_t permille)
{
	return keyed_draw(noise_key, SAMPLE_USE, submission) % 1000 < permille;
}

bool is_borderline(const Enrollment__Rubric *rubric, const Assessment__ReadingCompleted *reading,
		   uint32_t confidence_below)
{
	unsigned below_pass = 0;

	for (size_t i = 0; i < reading->n_ratings; i++) {
		if (reading->ratings[i]->confidence < confidence_below)
			return true;
		if (reading->ratings[i]->ordinal < rubric->pass_ordinal)
			below_pass++;
	}
	return below_pass == 1;
}

static bool has_trigger(const Enrollment__Profile *profile, const char *trigger)
{
	for (size_t i = 0; i < profile->n_second_read_triggers; i++)
		if (strcmp(profile->second_read_triggers[i], trigger) == 0)
			return true;
	return false;
}

Assessment__SecondWhy second_why(const Enrollment__Profile *profile,
				 const struct second_signs *signs)
{
	if (profile->independent_reads >= 2 || has_trigger(profile, "always"))
		return profile->until_decided > 0 ? ASSESSMENT__SECOND_WHY__LAUNCH
						  : ASSESSMENT__SECOND_WHY__PROFILE;
	if (signs->flagged && has_trigger(profile, "integrity_flag"))
		return ASSESSMENT__SECOND_WHY__INTEGRITY_FLAG;
	if (signs->sampled)
		return ASSESSMENT__SECOND_WHY__SAMPLE;
	if (signs->row_under_review)
		return ASSESSMENT__SECOND_WHY__ROW_UNDER_REVIEW;
	if (signs->on_watch && has_trigger(profile, "assessor_on_watch"))
		return ASSESSMENT__SECOND_WHY__ON_WATCH;
	if (signs->borderline && has_trigger(profile, "borderline"))
		return ASSESSMENT__SECOND_WHY__BORDERLINE;
	return ASSESSMENT__SECOND_WHY__WHY_UNSPECIFIED;
}

/* ---- two readings ---- */

static bool differ(const Enrollment__Rubric *rubric, uint32_t a, uint32_t b)
{
	uint32_t apart = a > b ? a - b : b - a;

	return apart >= 2 || (a >= rubric->pass_ordinal) != (b >= rubric->pass_ordinal);
}

size_t disputed_rows(const Enrollment__Rubric *rubric, const Assessment__ReadingCompleted *first,
		     const Assessment__ReadingCompleted *second, char **rows_r)
{
	size_t n = 0;

	for (size_t i = 0; i < first->n_ratings; i++) {
		const Assessment__RowRating *one = first->ratings[i];
		const Assessment__RowRating *other =
			rating_of(second->ratings, second->n_ratings, one->row);

		if (other == NULL || differ(rubric, one->ordinal, other->ordinal))
			rows_r[n++] = one->row;
	}
	return n;
}

/* ---- the decision ---- */

/* The rating that counts for a row; NULL: it was not open. */
static const Assessment__RowRating *decisive(const struct case_file *file, const char *row)
{
	const Assessment__RowRating *rating, *other = NULL;

	if (file->adjudication != NULL) {
		rating = rating_of(file->adjudication->ratings, file->adjudication->n_ratings, row);
		if (rating != NULL)
			return rating;
	}
	rating = rating_of(file->first->ratings, file->first->n_ratings, row);
	if (rating != NULL && file->second != NULL)
		other = rating_of(file->second->ratings, file->second->n_ratings, row);
	return other != NULL && other->ordinal < rating->ordinal ? other : rating;
}

static const Assessment__RowResult *kept_result(const struct case_file *file, const char *row)
{
	for (size_t i = 0; i < file->n_kept; i++)
		if (strcmp(file->kept[i]->row, row) == 0)
			return file->kept[i];
	return NULL;
}

static void judge_row(const struct case_file *file, char *row, Assessment__RowResult *result)
{
	const Assessment__RowRating *rating = decisive(file, row);
	const Assessment__RowResult *kept = kept_result(file, row);

	assessment__row_result__init(result);
	if (rating == NULL && kept != NULL) {
		*result = *kept;
		return;
	}
	result->row = row;
	result->attempt = file->attempt;
	if (rating == NULL)
		return; /* neither rated nor kept: not met */
	result->ordinal = rating->ordinal;
	result->met = rating->ordinal >= file->rubric->pass_ordinal;
	result->met_us = result->met ? file->decided_us : 0;
	result->feedback_sha256 = rating->feedback_sha256;
}

static const char *rule_of(const struct case_file *file)
{
	if (file->adjudication != NULL)
		return "adjudicated";
	return file->second != NULL ? "reads_agree" : "one_read";
}

void decision_make(const struct case_file *file, struct arena *arena,
		   Assessment__DecisionMade *made)
{
	size_t n = file->rubric->n_criteria;
	Assessment__RowResult *results = arena_zalloc(arena, (n + 1) * sizeof *results);

	made->rows = arena_zalloc(arena, (n + 1) * sizeof(Assessment__RowResult *));
	made->n_rows = n;
	made->passed = n > 0;
	for (size_t i = 0; i < n; i++) {
		made->rows[i] = &results[i];
		judge_row(file, file->rubric->criteria[i]->code, &results[i]);
		made->passed = made->passed && results[i].met;
	}
	made->reads = file->second != NULL ? 2 : 1;
	made->rule = arena_text(arena, bytes_of_text(rule_of(file)));
}

/* ---- rows of earlier attempts ---- */

static bool same_message(const ProtobufCMessage *a, const ProtobufCMessage *b, struct arena *arena)
{
	return bytes_equal(message_pack(a, arena), message_pack(b, arena));
}

bool row_still_stands(const Enrollment__Rubric *was, const Enrollment__Rubric *now, const char *row)
{
	const Enrollment__Criterion *before = rubric_row(was, row), *after = rubric_row(now, row);
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);

	if (before == NULL || after == NULL || was->pass_ordinal != now->pass_ordinal ||
	    was->n_levels != now->n_levels)
		return false;
	for (size_t i = 0; i < was->n_levels; i++)
		if (!same_message(&was->levels[i]->base, &now->levels[i]->base, arena))
			return false;
	return same_message(&before->base, &after->base, arena);
}

int64_t months_after_us(int64_t at_us, uint32_t months)
{
	struct civil c = civil_of_day(at_us / US_PER_DAY);
	int month = c.month + (int)MIN(months, 12000U);
	int64_t last = day_of_civil(c.year, month + 1, 1) - 1;

	return MIN(day_of_civil(c.year, month, 1) + c.day - 1, last) * US_PER_DAY +
	       at_us % US_PER_DAY;
}
