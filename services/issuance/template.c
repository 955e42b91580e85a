/* What all badges of a version of an achievement share. */
#include "services/issuance/template.h"

#include "libshared/decision.h"
#include "services/issuance/signer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MILLI 1000

static struct badge_level *levels_of(const Enrollment__Rubric *rubric,
				     const Enrollment__Criterion *row, struct arena *arena)
{
	struct badge_level *levels = arena_zalloc(arena, rubric->n_levels * sizeof *levels);

	for (size_t i = 0; i < rubric->n_levels; i++) {
		levels[i].code = rubric->levels[i]->code;
		levels[i].name = rubric->levels[i]->label;
		levels[i].description = i < row->n_descriptions ? row->descriptions[i] : NULL;
		levels[i].points = arena_printf(arena, "%" PRIu32, rubric->levels[i]->ordinal);
	}
	return levels;
}

const char *level_code(const Enrollment__Rubric *rubric, uint32_t ordinal)
{
	for (size_t i = 0; i < rubric->n_levels; i++)
		if (rubric->levels[i]->ordinal == ordinal)
			return rubric->levels[i]->code;
	return NULL;
}

const char *level_label(const Enrollment__Rubric *rubric, uint32_t ordinal)
{
	for (size_t i = 0; i < rubric->n_levels; i++)
		if (rubric->levels[i]->ordinal == ordinal)
			return rubric->levels[i]->label;
	return NULL;
}

static void rows_of(const Enrollment__Rubric *rubric, struct badge_achievement *a,
		    struct arena *arena)
{
	struct badge_row *rows =
		arena_zalloc(arena, MAX(rubric->n_criteria, (size_t)1) * sizeof *rows);

	for (size_t i = 0; i < rubric->n_criteria; i++) {
		rows[i].code = rubric->criteria[i]->code;
		rows[i].name = rubric->criteria[i]->title;
		rows[i].required_level = level_code(rubric, rubric->pass_ordinal);
		rows[i].levels = levels_of(rubric, rubric->criteria[i], arena);
		rows[i].n_levels = rubric->n_levels;
	}
	a->rows = rows;
	a->n_rows = rubric->n_criteria;
}

static void alignments_of(const Issuance__AchievementNoted *noted, struct badge_achievement *a,
			  struct arena *arena)
{
	struct badge_alignment *list =
		arena_zalloc(arena, MAX(noted->n_alignments, (size_t)1) * sizeof *list);

	for (size_t i = 0; i < noted->n_alignments; i++) {
		list[i].target_name = noted->alignments[i]->label;
		list[i].target_url = noted->alignments[i]->url;
		list[i].target_code = noted->alignments[i]->code;
		list[i].target_framework = noted->alignments[i]->framework_title;
	}
	a->alignments = list;
	a->n_alignments = noted->n_alignments;
}

const char *achievement_type(const Issuance__AchievementNoted *noted)
{
	return noted->type[0] != '\0' ? noted->type : "MicroCredential";
}

/* What was asked, in words: the competency, what to submit, and the bar. */
static const char *criteria_of(const Issuance__AchievementNoted *noted, struct arena *arena)
{
	const char *label, *text;

	if (noted->criteria[0] != '\0')
		return noted->criteria;
	label = level_label(noted->rubric, noted->rubric->pass_ordinal);
	text = arena_printf(arena, "%s\n\nEvidence submitted:", noted->competency);
	for (size_t i = 0; i < noted->n_requirements; i++)
		text = arena_printf(arena, "%s\n- %s", text, noted->requirements[i]->title);
	return arena_printf(
		arena,
		"%s\n\nEvery row of the rubric was rated \"%s\" or above by trained assessors "
		"who did not know the educator.",
		text, label != NULL ? label : "pass");
}

/* The id is a name, not an address: whether the host of its issuer serves achievements is not known
 * here. */
static struct badge_template *make_template(const Issuance__AchievementNoted *noted,
					    const Enrollment__Issuer *by, struct arena *arena,
					    struct badge_problem *problem)
{
	struct id id = id_of_version(bytes_of_pb(noted->entry), noted->version);
	struct badge_issuer issuer = {
		.id = by->did, .name = by->name, .url = by->url, .email = by->email};
	struct badge_achievement a = {
		.id = arena_printf(arena, "urn:uuid:%s", ID_STR(bytes_of_id(&id))),
		.type = achievement_type(noted),
		.name = noted->title,
		.description = noted->description,
		.criteria = criteria_of(noted, arena),
		.field_of_study = noted->topic,
		.code = noted->code,
		.language = noted->n_languages > 0 ? noted->languages[0] : NULL,
		.version = arena_printf(arena, "%" PRIu32, noted->version),
		.credits_milli = (int64_t)noted->clock_hours * MILLI,
		.tags = (const char *const *)noted->tags,
		.n_tags = noted->n_tags,
	};

	rows_of(noted->rubric, &a, arena);
	alignments_of(noted, &a, arena);
	return badge_template_new(&issuer, &a, problem);
}

const struct badge_template *template_of(const Issuance__AchievementNoted *achievement,
					 const Issuance__IssuerNoted *issuer, struct signer *signer,
					 struct arena *arena, char reason_r[TEMPLATE_REASON_LEN])
{
	struct id id = id_of_version(bytes_of_pb(achievement->entry), achievement->version);
	uint32_t version = issuer->issuer->version;
	const struct badge_template *known = signer_template(signer, &id, version);
	struct badge_problem problem = {0};
	struct badge_template *made;

	if (known != NULL)
		return known;
	made = make_template(achievement, issuer->issuer, arena, &problem);
	if (made != NULL)
		signer_keep_template(signer, &id, version, made);
	else
		snprintf(reason_r, TEMPLATE_REASON_LEN, "%s: %s", problem.where,
			 badge_fault_sentence(problem.fault));
	return made;
}
