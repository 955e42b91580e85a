/* Commands made of checked JSON. */
#include "services/catalogue/catalogue_fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *member_text(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

const json_t *json_member(const json_t *object, const char *member)
{
	return json_object_get(object, member);
}

/* ---- issuers and profiles ---- */

static void add_sponsors(struct loading *l, const json_t *ids, Enrollment__Issuer *made)
{
	json_t *map;

	memcpy(&map, &ids, sizeof map); /* iterating takes what is not const, and changes nothing */
	made->sponsors = arena_alloc(l->c->arena, json_object_size(ids) * sizeof *made->sponsors);
	for (void *i = json_object_iter(map); i != NULL; i = json_object_iter_next(map, i)) {
		NEW_MESSAGE(l, sponsor, SponsorId) ENROLLMENT__SPONSOR_ID__INIT;

		sponsor->state = copy(l, json_object_iter_key(i));
		sponsor->number = copy(l, json_string_value(json_object_iter_value(i)));
		made->sponsors[made->n_sponsors++] = sponsor;
	}
}

Enrollment__Command *make_issuer(struct loading *l, const json_t *issuer)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_PUBLISH_ISSUER);
	NEW_MESSAGE(l, ask, PublishIssuer) ENROLLMENT__PUBLISH_ISSUER__INIT;
	NEW_MESSAGE(l, made, Issuer) ENROLLMENT__ISSUER__INIT;

	made->issuer = name_id(l, "issuer", member_text(issuer, "id"));
	made->code = text(l, issuer, "id");
	made->version = whole(issuer, "version");
	made->name = text(l, issuer, "name");
	made->did = text(l, issuer, "did");
	made->url = text(l, issuer, "url");
	made->email = text(l, issuer, "email");
	add_sponsors(l, json_member(issuer, "approved_sponsor_ids"), made);
	ask->issuer = made;
	cmd->publish_issuer = ask;
	return cmd;
}

Enrollment__Command *make_profile(struct loading *l, const json_t *profile)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_PUBLISH_PROFILE);
	NEW_MESSAGE(l, ask, PublishProfile) ENROLLMENT__PUBLISH_PROFILE__INIT;
	NEW_MESSAGE(l, made, Profile) ENROLLMENT__PROFILE__INIT;
	double sample = json_number_value(json_member(profile, "second_read_sample"));

	made->code = text(l, profile, "id");
	made->version = whole(profile, "version");
	made->title = text(l, profile, "title");
	made->independent_reads = whole(profile, "independent_reads");
	made->second_read_permille = (uint32_t)lround(sample * 1000);
	made->second_read_triggers =
		texts(l, profile, "second_read_triggers", &made->n_second_read_triggers);
	made->until_decided = whole(profile, "until_decided");
	made->then = text(l, profile, "then");
	made->screening_business_days = whole(profile, "screening_business_days");
	made->target_business_days = whole(profile, "decision_target_business_days");
	made->limit_business_days = whole(profile, "decision_limit_business_days");
	made->attempts_before_coaching = whole(profile, "attempts_before_coaching");
	made->appeal_window_days = whole(profile, "appeal_window_days");
	made->screening = text(l, profile, "screening");
	made->release = text(l, profile, "release");
	ask->profile = made;
	cmd->publish_profile = ask;
	return cmd;
}

/* ---- policy, calendar, media ---- */

Enrollment__Command *make_policy(struct loading *l, const json_t *policy)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_PUBLISH_POLICY);
	NEW_MESSAGE(l, ask, PublishPolicy) ENROLLMENT__PUBLISH_POLICY__INIT;
	NEW_MESSAGE(l, made, Policy) ENROLLMENT__POLICY__INIT;

	made->version = whole(policy, "version");
	made->lease_hours = whole(policy, "lease_hours");
	made->daily_cap = whole(policy, "daily_cap");
	made->lapse_days = whole(policy, "lapse_days");
	made->lapse_notice_days =
		wholes(l, policy, "lapse_notice_days", &made->n_lapse_notice_days);
	made->finish_days = whole(policy, "finish_days");
	made->recall_hours = whole(policy, "recall_hours");
	made->kept_row_months = whole(policy, "kept_row_months");
	made->feedback_words_min = whole(policy, "feedback_words_min");
	made->borderline_confidence_below = whole(policy, "borderline_confidence_below");
	made->appeal_business_days = whole(policy, "appeal_business_days");
	made->artifacts_max = whole(policy, "artifacts_max");
	made->artifact_bytes_max =
		(uint64_t)json_integer_value(json_member(policy, "artifact_bytes_max"));
	made->abandon_days = whole(policy, "abandon_days");
	made->no_reader_minutes = whole(policy, "no_reader_minutes");
	made->fairness_gap_permille = whole(policy, "fairness_gap_permille");
	made->fairness_back_reads = whole(policy, "fairness_back_reads");
	made->surge_late_permille = whole(policy, "surge_late_permille");
	made->retention_bytes_months = whole(policy, "retention_bytes_months");
	made->retention_consent_years = whole(policy, "retention_consent_years");
	made->retention_manifest_years = whole(policy, "retention_manifest_years");
	made->duplicate_permille = whole(policy, "duplicate_permille");
	made->duplicate_shingles_min = whole(policy, "duplicate_shingles_min");
	made->student_id_shapes = texts(l, policy, "student_id_shapes", &made->n_student_id_shapes);
	made->calibration_anchors = whole(policy, "calibration_anchors");
	made->calibration_percent = whole(policy, "calibration_percent");
	made->seat_months = whole(policy, "seat_months");
	made->review_notice_days =
		wholes(l, policy, "review_notice_days", &made->n_review_notice_days);
	made->seat_notice_days = whole(policy, "seat_notice_days");
	made->seed_permille = whole(policy, "seed_permille");
	made->seed_window = whole(policy, "seed_window");
	made->seeds_needed = whole(policy, "seeds_needed");
	made->watch_below_percent = whole(policy, "watch_below_percent");
	made->suspend_below_percent = whole(policy, "suspend_below_percent");
	made->renewal_priority_days = whole(policy, "renewal_priority_days");
	made->expiry_notice_days = whole(policy, "expiry_notice_days");
	made->license_digits = whole(policy, "license_digits");
	ask->policy = made;
	cmd->publish_policy = ask;
	return cmd;
}

Enrollment__Command *make_calendar(struct loading *l, const json_t *calendar)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_PUBLISH_CALENDAR);
	NEW_MESSAGE(l, ask, PublishCalendar) ENROLLMENT__PUBLISH_CALENDAR__INIT;
	NEW_MESSAGE(l, made, Calendar) ENROLLMENT__CALENDAR__INIT;
	const json_t *holidays = json_member(calendar, "holidays");
	size_t n = json_array_size(holidays);

	made->version = whole(calendar, "version");
	made->time_zone = text(l, calendar, "time_zone");
	made->n_holidays = n;
	made->holidays = arena_alloc(l->c->arena, n * sizeof *made->holidays);
	for (size_t i = 0; i < n; i++) {
		NEW_MESSAGE(l, holiday, Holiday) ENROLLMENT__HOLIDAY__INIT;

		holiday->date = text(l, json_array_get(holidays, i), "date");
		holiday->name = text(l, json_array_get(holidays, i), "name");
		made->holidays[i] = holiday;
	}
	ask->calendar = made;
	cmd->publish_calendar = ask;
	return cmd;
}

Enrollment__Command *make_media(struct loading *l, const json_t *media)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_PUBLISH_MEDIA);
	NEW_MESSAGE(l, ask, PublishMedia) ENROLLMENT__PUBLISH_MEDIA__INIT;
	NEW_MESSAGE(l, made, Media) ENROLLMENT__MEDIA__INIT;
	const json_t *kinds = json_member(media, "kinds");
	size_t n = json_array_size(kinds);

	made->version = whole(media, "version");
	made->n_kinds = n;
	made->kinds = arena_alloc(l->c->arena, n * sizeof *made->kinds);
	for (size_t i = 0; i < n; i++) {
		const json_t *from = json_array_get(kinds, i);
		NEW_MESSAGE(l, kind, MediaKind) ENROLLMENT__MEDIA_KIND__INIT;

		kind->kind = text(l, from, "kind");
		kind->types = texts(l, from, "types", &kind->n_types);
		kind->bytes_max = (uint64_t)json_integer_value(json_member(from, "bytes_max"));
		made->kinds[i] = kind;
	}
	ask->media = made;
	cmd->publish_media = ask;
	return cmd;
}

/* ---- entries ---- */

static Enrollment__Question *question(struct loading *l, const json_t *from)
{
	NEW_MESSAGE(l, q, Question) ENROLLMENT__QUESTION__INIT;

	q->code = text(l, from, "id");
	q->prompt = text(l, from, "prompt");
	q->words_min = whole(from, "words_min");
	q->words_max = whole(from, "words_max");
	return q;
}

static void add_questions(struct loading *l, const json_t *from, Enrollment__Entry *made)
{
	const json_t *list = json_member(from, "overview_questions");
	size_t n = json_array_size(list);

	made->reflection = question(l, json_member(from, "reflection_prompt"));
	made->questions = arena_alloc(l->c->arena, n * sizeof *made->questions);
	while (made->n_questions < n) {
		made->questions[made->n_questions] =
			question(l, json_array_get(list, made->n_questions));
		made->n_questions++;
	}
}

static void add_requirements(struct loading *l, const json_t *list, Enrollment__Entry *made)
{
	size_t n = json_array_size(list);

	made->requirements = arena_alloc(l->c->arena, n * sizeof *made->requirements);
	for (size_t i = 0; i < n; i++) {
		const json_t *from = json_array_get(list, i);
		NEW_MESSAGE(l, r, Requirement) ENROLLMENT__REQUIREMENT__INIT;

		r->code = text(l, from, "id");
		r->kind = text(l, from, "kind");
		r->title = text(l, from, "title");
		r->description = text(l, from, "description");
		r->items_min = whole(from, "min_items");
		r->items_max = whole(from, "max_items");
		r->student_data = flag(from, "contains_student_data");
		r->consent_required = flag(from, "consent_required");
		made->requirements[made->n_requirements++] = r;
	}
}

static void add_levels(struct loading *l, const json_t *scale, Enrollment__Rubric *made)
{
	const json_t *list = json_member(scale, "levels");
	size_t n = json_array_size(list);

	made->levels = arena_alloc(l->c->arena, n * sizeof *made->levels);
	for (size_t i = 0; i < n; i++) {
		const json_t *from = json_array_get(list, i);
		NEW_MESSAGE(l, level, Level) ENROLLMENT__LEVEL__INIT;

		level->code = text(l, from, "code");
		level->ordinal = whole(from, "ordinal");
		level->label = text(l, from, "label");
		if (strcmp(level->code, member_text(scale, "pass_level")) == 0)
			made->pass_ordinal = level->ordinal;
		made->levels[made->n_levels++] = level;
	}
}

/* Its descriptions in the order of the scale's levels, whatever the order in the file. */
static Enrollment__Criterion *criterion(struct loading *l, const json_t *from,
					const Enrollment__Rubric *rubric)
{
	NEW_MESSAGE(l, row, Criterion) ENROLLMENT__CRITERION__INIT;

	row->code = text(l, from, "id");
	row->title = text(l, from, "title");
	row->part = text(l, from, "part");
	row->requirements = texts(l, from, "evidence", &row->n_requirements);
	row->descriptions = arena_alloc(l->c->arena, rubric->n_levels * sizeof(char *));
	for (size_t i = 0; i < rubric->n_levels; i++)
		row->descriptions[row->n_descriptions++] =
			text(l, json_member(from, "levels"), rubric->levels[i]->code);
	return row;
}

static Enrollment__Rubric *rubric(struct loading *l, const json_t *from)
{
	const json_t *list = json_member(from, "criteria");
	size_t n = json_array_size(list);
	NEW_MESSAGE(l, made, Rubric) ENROLLMENT__RUBRIC__INIT;

	made->scale = text(l, from, "scale");
	add_levels(l, json_member(l->scales, made->scale), made);
	made->criteria = arena_alloc(l->c->arena, n * sizeof *made->criteria);
	for (size_t i = 0; i < n; i++)
		made->criteria[made->n_criteria++] = criterion(l, json_array_get(list, i), made);
	return made;
}

static void add_resources(struct loading *l, const json_t *list, Enrollment__Entry *made)
{
	size_t n = json_array_size(list);

	made->resources = arena_alloc(l->c->arena, n * sizeof *made->resources);
	for (size_t i = 0; i < n; i++) {
		const json_t *from = json_array_get(list, i);
		NEW_MESSAGE(l, r, Resource) ENROLLMENT__RESOURCE__INIT;

		r->code = text(l, from, "id");
		r->type = text(l, from, "type");
		r->title = text(l, from, "title");
		r->minutes = whole(from, "minutes");
		r->required = flag(from, "required");
		r->languages = texts(l, from, "languages", &r->n_languages);
		r->url = text(l, from, "url");
		r->captions = flag(from, "captions");
		r->transcript = flag(from, "transcript");
		r->keyboard_operable = flag(from, "keyboard_operable");
		made->resources[made->n_resources++] = r;
	}
}

/* The standard's label, by its code; NULL: the framework has none such. */
static const char *standard_label(const json_t *framework, const char *code)
{
	const json_t *list = json_member(framework, "standards");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(member_text(json_array_get(list, i), "code"), code) == 0)
			return member_text(json_array_get(list, i), "label");
	return NULL;
}

static void add_alignments(struct loading *l, const json_t *list, Enrollment__Entry *made)
{
	size_t n = json_array_size(list);

	made->alignments = arena_alloc(l->c->arena, n * sizeof *made->alignments);
	for (size_t i = 0; i < n; i++) {
		const json_t *from = json_array_get(list, i);
		const json_t *framework =
			json_member(l->frameworks, member_text(from, "framework"));
		NEW_MESSAGE(l, a, Alignment) ENROLLMENT__ALIGNMENT__INIT;

		a->framework = text(l, from, "framework");
		a->framework_title = text(l, framework, "title");
		a->code = text(l, from, "code");
		a->label = copy(l, standard_label(framework, a->code));
		a->url = arena_printf(l->c->arena, "%s/%s", member_text(framework, "uri"), a->code);
		made->alignments[made->n_alignments++] = a;
	}
}

static void add_facts(struct loading *l, const json_t *from, Enrollment__Entry *made)
{
	const json_t *hours = json_member(from, "estimated_hours");
	const json_t *renewal = json_member(from, "renewal");
	const json_t *prerequisites = json_member(from, "prerequisites");
	size_t n = json_array_size(prerequisites);

	made->first_published = text(l, from, "first_published");
	made->review_by = text(l, from, "review_by");
	made->supersedes = other_id(l, from, "supersedes");
	made->prerequisites = arena_alloc(l->c->arena, n * sizeof *made->prerequisites);
	while (made->n_prerequisites < n) {
		const json_t *name = json_array_get(prerequisites, made->n_prerequisites);

		made->prerequisites[made->n_prerequisites++] =
			name_id(l, "entry", json_string_value(name));
	}
	made->hours_min = whole(hours, "min");
	made->hours_typical = whole(hours, "typical");
	made->hours_max = whole(hours, "max");
	made->fee_cents = whole(from, "fee_cents");
	made->profile = text(l, from, "assessment_profile");
	made->valid_months = whole(from, "credential_valid_months");
	made->clock_hours = whole(renewal, "clock_hours");
	made->renewal_categories = texts(l, renewal, "categories", &made->n_renewal_categories);
	made->stacks = texts(l, from, "stacks", &made->n_stacks);
}

static void add_words(struct loading *l, const json_t *from, Enrollment__Entry *made)
{
	made->entry = name_id(l, "entry", member_text(from, "id"));
	made->code = text(l, from, "code");
	made->version = whole(from, "version");
	made->title = text(l, from, "title");
	made->competency = text(l, from, "competency");
	made->key_method = text(l, from, "key_method");
	made->description = text(l, from, "description");
	made->topic = text(l, from, "topic");
	made->tags = texts(l, from, "tags", &made->n_tags);
	made->grade_band = text(l, from, "grade_band");
	made->languages = texts(l, from, "languages", &made->n_languages);
	made->issuer = name_id(l, "issuer", member_text(from, "issuer"));
}

Enrollment__Command *make_entry(struct loading *l, const json_t *entry)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY);
	NEW_MESSAGE(l, ask, PublishEntry) ENROLLMENT__PUBLISH_ENTRY__INIT;
	NEW_MESSAGE(l, made, Entry) ENROLLMENT__ENTRY__INIT;

	add_words(l, entry, made);
	add_facts(l, entry, made);
	add_questions(l, entry, made);
	add_requirements(l, json_member(entry, "evidence_required"), made);
	made->rubric = rubric(l, json_member(entry, "rubric"));
	add_resources(l, json_member(entry, "resources"), made);
	add_alignments(l, json_member(entry, "alignment"), made);
	ask->entry = made;
	cmd->publish_entry = ask;
	return cmd;
}

Enrollment__Command *make_retirement(struct loading *l, const json_t *entry)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_RETIRE_ENTRY);
	NEW_MESSAGE(l, ask, RetireEntry) ENROLLMENT__RETIRE_ENTRY__INIT;

	ask->entry = name_id(l, "entry", member_text(entry, "id"));
	ask->successor = other_id(l, entry, "superseded_by");
	cmd->retire_entry = ask;
	return cmd;
}

/* ---- stacks and renewal policies ---- */

/* The whole object as compact JSON, its members in their order and its numbers as written. */
static Enrollment__Document *document(struct loading *l, const char *kind, const json_t *from)
{
	char *json = json_dumps(from, JSON_COMPACT | JSON_REAL_PRECISION(15));
	NEW_MESSAGE(l, made, Document) ENROLLMENT__DOCUMENT__INIT;

	ENSURE(json != NULL);
	made->id = name_id(l, kind, member_text(from, "id"));
	made->code = text(l, from, "id");
	made->version = whole(from, "version");
	made->json = copy(l, json);
	free(json);
	return made;
}

Enrollment__Command *make_stack(struct loading *l, const json_t *stack)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_PUBLISH_STACK);
	NEW_MESSAGE(l, ask, PublishStack) ENROLLMENT__PUBLISH_STACK__INIT;

	ask->stack = document(l, "stack", stack);
	ask->stack->title = text(l, stack, "title");
	cmd->publish_stack = ask;
	return cmd;
}

Enrollment__Command *make_renewal_policy(struct loading *l, const json_t *policy)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_PUBLISH_RENEWAL_POLICY);
	NEW_MESSAGE(l, ask, PublishRenewalPolicy) ENROLLMENT__PUBLISH_RENEWAL_POLICY__INIT;

	ask->policy = document(l, "renewal_policy", policy);
	ask->policy->title = text(l, policy, "license");
	cmd->publish_renewal_policy = ask;
	return cmd;
}
