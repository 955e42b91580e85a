/* The files of a catalogue, member by member. */
#include "services/catalogue/catalogue_shape.h"

#include "services/catalogue/shape_words.h"

static const struct shape a_text = TEXT(NULL, 0);
static const struct shape a_code = CODE(NULL, 0);
static const struct shape a_number = NUMBER(NULL, 0, 0, 1000000);

/* ---- scales, profiles, frameworks, words ---- */

static const struct shape level_members[] = {
	CODE("code", 0),
	WHOLE("ordinal", 0, 0, 9),
	TITLE("label", 0),
	END,
};
static const struct shape a_level = OBJECT(NULL, 0, level_members);

static const struct shape scale_members[] = {
	CODE("id", 0),
	LIST("levels", 0, 2, 10, &a_level),
	CODE("pass_level", 0),
	END,
};
static const struct shape a_scale = OBJECT(NULL, 0, scale_members);

static const struct shape profile_members[] = {
	CODE("id", 0),
	WHOLE("version", 0, 1, 1000000),
	TITLE("title", 0),
	WHOLE("independent_reads", 0, 1, 2),
	NUMBER("second_read_sample", 0, 0, 1),
	LIST("second_read_triggers", 0, 0, 5, &a_code),
	WHOLE("until_decided", OPT, 1, 1000000),
	CODE("then", OPT),
	WHOLE("screening_business_days", 0, 1, DAYS_MAX),
	WHOLE("decision_target_business_days", 0, 1, DAYS_MAX),
	WHOLE("decision_limit_business_days", 0, 1, DAYS_MAX),
	WHOLE("attempts_before_coaching", 0, 1, 100),
	WHOLE("appeal_window_days", 0, 1, DAYS_MAX),
	CODE("screening", 0),
	CODE("release", 0),
	END,
};
static const struct shape a_profile = OBJECT(NULL, 0, profile_members);

static const struct shape standard_members[] = {
	CODE("code", 0),
	TITLE("label", 0),
	END,
};
static const struct shape a_standard = OBJECT(NULL, 0, standard_members);

static const struct shape framework_members[] = {
	CODE("id", 0),
	TITLE("title", 0),
	URL("uri", 0), /* of a standard: this, a slash and its code */
	TEXT("note", OPT),
	LIST("standards", 0, 1, 1000, &a_standard),
	END,
};
static const struct shape a_framework = OBJECT(NULL, 0, framework_members);

static const struct shape word_members[] = {
	CODE("id", 0),
	TITLE("label", 0),
	END,
};
static const struct shape a_word = OBJECT(NULL, 0, word_members);

static const struct shape issuer_members[] = {
	CODE("id", 0),
	WHOLE("version", 0, 1, 1000000),
	TITLE("name", 0),
	TITLE("type", OPT),
	FLAG("fictional", OPT),
	TITLE("did", 0),
	URL("url", 0),
	TITLE("email", 0),
	MAP("approved_sponsor_ids", 0, &a_text),
	END,
};
static const struct shape an_issuer = OBJECT(NULL, 0, issuer_members);

/* ---- micro-credentials ---- */

static const struct shape hours_members[] = {
	WHOLE("min", 0, 1, 1000),
	WHOLE("typical", 0, 1, 1000),
	WHOLE("max", 0, 1, 1000),
	END,
};

static const struct shape question_members[] = {
	CODE("id", 0),
	TEXT("prompt", 0),
	WHOLE("words_min", 0, 1, 10000),
	WHOLE("words_max", 0, 1, 10000),
	END,
};
static const struct shape a_question = OBJECT(NULL, 0, question_members);

static const struct shape evidence_members[] = {
	CODE("id", 0),
	CODE("kind", 0),
	TITLE("title", 0),
	TEXT("description", 0),
	WHOLE("min_items", 0, 0, 1000),
	WHOLE("max_items", 0, 1, 1000),
	FLAG("contains_student_data", 0),
	FLAG("consent_required", 0),
	END,
};
static const struct shape an_evidence = OBJECT(NULL, 0, evidence_members);

static const struct shape criterion_members[] = {
	CODE("id", 0),
	TITLE("title", 0),
	CODE("part", 0),
	LIST("evidence", 0, 1, 30, &a_code),
	MAP("levels", 0, &a_text),
	END,
};
static const struct shape a_criterion = OBJECT(NULL, 0, criterion_members);

static const struct shape rubric_members[] = {
	CODE("scale", 0),
	CODE("pass_rule", 0),
	LIST("criteria", 0, 1, 30, &a_criterion),
	END,
};

static const struct shape resource_members[] = {
	CODE("id", 0),
	CODE("type", 0),
	TITLE("title", 0),
	WHOLE("minutes", 0, 1, 6000),
	FLAG("required", 0),
	LIST("languages", 0, 1, 10, &a_code),
	URL("url", 0),
	FLAG("captions", OPT),
	FLAG("transcript", OPT),
	FLAG("keyboard_operable", OPT),
	END,
};
static const struct shape a_resource = OBJECT(NULL, 0, resource_members);

static const struct shape alignment_members[] = {
	CODE("framework", 0),
	CODE("code", 0),
	END,
};
static const struct shape an_alignment = OBJECT(NULL, 0, alignment_members);

static const struct shape renewal_members[] = {
	WHOLE("clock_hours", 0, 0, 1000),
	LIST("categories", 0, 0, 20, &a_code),
	END,
};

static const struct shape entry_members[] = {
	CODE("id", 0),
	CODE("code", 0),
	WHOLE("version", 0, 1, 1000000),
	CODE("status", 0),
	TITLE("title", 0),
	TEXT("competency", 0),
	{"key_method", SHAPE_TEXT, 0, 0, 5000, NULL}, /* or empty */
	TEXT("description", 0),
	CODE("topic", 0),
	LIST("tags", 0, 0, 20, &a_text),
	CODE("grade_band", 0),
	LIST("languages", 0, 1, 10, &a_code),
	CODE("issuer", 0),
	DATE("first_published", 0),
	DATE("review_by", 0),
	CODE("supersedes", NUL),
	CODE("superseded_by", NUL),
	LIST("prerequisites", 0, 0, 16, &a_code),
	OBJECT("estimated_hours", 0, hours_members),
	WHOLE("fee_cents", 0, 0, 10000000),
	CODE("assessment_profile", 0),
	WHOLE("credential_valid_months", 0, 0, 600),
	LIST("overview_questions", 0, 0, 20, &a_question),
	LIST("evidence_required", 0, 1, 30, &an_evidence),
	OBJECT("reflection_prompt", 0, question_members),
	OBJECT("rubric", 0, rubric_members),
	LIST("resources", 0, 0, 50, &a_resource),
	LIST("alignment", 0, 0, 30, &an_alignment),
	OBJECT("renewal", 0, renewal_members),
	LIST("stacks", 0, 0, 20, &a_code),
	END,
};
static const struct shape an_entry = OBJECT(NULL, 0, entry_members);

/* ---- stacks ---- */

#define RULE_MEMBERS 6
static const struct shape rule_members[RULE_MEMBERS];
static const struct shape a_rule = OBJECT(NULL, 0, rule_members);
static const struct shape rule_members[RULE_MEMBERS] = {
	CODE("op", 0),
	CODE("id", OPT),
	WHOLE("n", OPT, 1, 1000),
	DATE("earned_before", OPT),
	LIST("of", OPT, 1, 100, &a_rule),
	END,
};

static const struct shape stack_members[] = {
	CODE("id", 0),
	WHOLE("version", 0, 1, 1000000),
	TITLE("title", 0),
	CODE("issuer", 0),
	CODE("topic", 0),
	TEXT("competency", 0),
	TEXT("description", 0),
	OBJECT("rule", 0, rule_members),
	WHOLE("within_months", 0, 1, 1200),
	FLAG("retroactive", 0),
	CODE("achievement_type", 0),
	END,
};
static const struct shape a_stack = OBJECT(NULL, 0, stack_members);

static const struct shape earned_members[] = {
	CODE("micro_credential", 0),
	DATE("decided", 0),
	END,
};
static const struct shape an_earned = OBJECT(NULL, 0, earned_members);

static const struct shape award_members[] = {
	CODE("stack", 0),
	DATE("awarded_on", 0),
	END,
};
static const struct shape an_award = OBJECT(NULL, 0, award_members);

static const struct shape stack_example_members[] = {
	TITLE("title", 0),
	LIST("earned", 0, 0, 100, &an_earned),
	LIST("expect", 0, 0, 100, &an_award),
	END,
};
static const struct shape a_stack_example = OBJECT(NULL, 0, stack_example_members);

/* ---- renewal policies ---- */

static const struct shape unit_members[] = {
	CODE("code", 0),
	TITLE("label", 0),
	END,
};

static const struct shape conversion_members[] = {
	CODE("basis", 0),
	NUMBER("micro_credential_units", NUL, 0, 10000),
	NUMBER("clock_hour_units", 0, 0, 10000),
	NUMBER("ceu_units", NUL, 0, 10000),
	NUMBER("semester_hour_units", NUL, 0, 10000),
	CODE("semester_hour_certainty", OPT),
	MAP("level_multipliers", OPT, &a_number),
	TEXT("level_note", OPT),
	CODE("demo_default_level", OPT),
	END,
};

static const struct shape category_rule_members[] = {
	CODE("category", 0),
	NUMBER("min_units", OPT, 0, 10000),
	WHOLE("min_percent", OPT, 1, 100),
	CODE("percent_of", OPT),
	WHOLE("min_distinct", OPT, 1, 100),
	LIST("of", OPT, 1, 100, &a_code),
	CODE("applies_when", 0),
	TEXT("note", OPT),
	END,
};
static const struct shape a_category_rule = OBJECT(NULL, 0, category_rule_members);

static const struct shape cap_members[] = {
	CODE("name", 0),
	LIST("categories", 0, 1, 100, &a_code),
	WHOLE("max_percent_of_required", 0, 1, 100),
	END,
};
static const struct shape a_cap = OBJECT(NULL, 0, cap_members);

static const struct shape alternative_members[] = {
	CODE("code", 0),
	TEXT("description", 0),
	END,
};
static const struct shape an_alternative = OBJECT(NULL, 0, alternative_members);

static const struct shape approval_members[] = {
	CODE("mode", 0),
	TEXT("actor", 0),
	END,
};

static const struct shape deadline_members[] = {
	CODE("kind", 0),
	CODE("month_day", NUL),
	END,
};

static const struct shape a_layout_code = TITLE(NULL, 0);

/* What a layout that is written by (it names its kind) says further is read by state_layout.h. */
static const struct shape layout_field_members[] = {
	WHOLE("item", OPT, 1, 1000),
	WHOLE("from", OPT, 1, 10000),
	WHOLE("to", OPT, 1, 10000),
	TITLE("type", OPT),
	CODE("name", 0),
	FLAG("key", OPT),
	CODE("source", OPT),
	TITLE("value", OPT),
	CODE("given", OPT),
	CODE("justify", OPT),
	CODE("pad", OPT),
	FLAG("cut", OPT),
	WHOLE("decimals", OPT, 0, 2),
	TITLE("date", OPT),
	MAP("codes", OPT, &a_layout_code),
	END,
};
static const struct shape a_layout_field = OBJECT(NULL, 0, layout_field_members);

static const struct shape answer_field_members[] = {
	CODE("name", 0),
	CODE("source", 0),
	WHOLE("from", OPT, 1, 10000),
	WHOLE("to", OPT, 1, 10000),
	END,
};
static const struct shape an_answer_field = OBJECT(NULL, 0, answer_field_members);

static const struct shape answer_members[] = {
	CODE("kind", 0),
	WHOLE("skip_lines", OPT, 0, 100),
	LIST("fields", 0, 1, 100, &an_answer_field),
	TITLE("accepted", 0),
	TITLE("refused", 0),
	WHOLE("days", 0, 1, 366),
	END,
};

static const struct shape layout_members[] = {
	TITLE("name", 0),
	WHOLE("record_length_seen", OPT, 1, 10000),
	CODE("kind", OPT),
	CODE("line_end", OPT),
	FLAG("column_names", OPT),
	LIST("header", OPT, 1, 100, &a_layout_field),
	LIST("fields", 0, 1, 1000, &a_layout_field),
	LIST("trailer", OPT, 1, 100, &a_layout_field),
	OBJECT("acknowledgement", OPT, answer_members),
	TEXT("note", OPT),
	END,
};

static const struct shape reporting_members[] = {
	CODE("channel", 0),
	CODE("who", 0),
	TITLE("period", OPT),
	OBJECT("layout", NUL, layout_members),
	END,
};

static const struct shape retention_members[] = {
	WHOLE("educator_years", NUL, 1, 100),
	WHOLE("provider_years", NUL, 1, 100),
	TEXT("note", OPT),
	END,
};

static const struct shape source_members[] = {
	TITLE("label", 0),
	TEXT("url", 0), /* as it was found; not served or signed */
	TEXT("certainty", 0),
	END,
};
static const struct shape a_source = OBJECT(NULL, 0, source_members);

static const struct shape license_members[] = {
	DATE("issued", 0),
	DATE("expires", 0),
	LIST("flags", OPT, 0, 20, &a_code),
	END,
};

static const struct shape credit_members[] = {
	CODE("micro_credential", 0), DATE("decided", 0),          CODE("status", OPT),
	CODE("level", OPT),          FLAG("prior_approval", OPT), END,
};
static const struct shape a_credit = OBJECT(NULL, 0, credit_members);

static const struct shape missing_members[] = {
	CODE("category", 0),
	NUMBER("short_by", 0, 0, 1000000),
	END,
};
static const struct shape a_missing = OBJECT(NULL, 0, missing_members);

static const struct shape not_counted_members[] = {
	CODE("micro_credential", 0),
	DATE("decided", 0),
	CODE("reason", 0),
	NUMBER("units_not_counted", OPT, 0, 1000000),
	END,
};
static const struct shape a_not_counted = OBJECT(NULL, 0, not_counted_members);

static const struct shape outcome_members[] = {
	NUMBER("units_total", 0, 0, 1000000),
	NUMBER("units_required", 0, 0, 1000000),
	MAP("by_category", 0, &a_number),
	FLAG("requirement_met", 0),
	NUMBER("short_by", 0, 0, 1000000),
	LIST("missing", 0, 0, 100, &a_missing),
	LIST("not_counted", 0, 0, 1000, &a_not_counted),
	END,
};

static const struct shape worked_example_members[] = {
	TITLE("title", 0),
	OBJECT("license", 0, license_members),
	LIST("credits", 0, 0, 1000, &a_credit),
	OBJECT("expect", 0, outcome_members),
	END,
};
static const struct shape a_worked_example = OBJECT(NULL, 0, worked_example_members);

static const struct shape renewal_policy_members[] = {
	CODE("id", 0),
	CODE("state", 0),
	TITLE("time_zone", 0),
	WHOLE("version", 0, 1, 1000000),
	DATE("effective_from", 0),
	TITLE("license", 0),
	CODE("applies_when", OPT),
	TITLE("licensure_system", 0),
	OBJECT("unit", 0, unit_members),
	NUMBER("required_units", 0, 0, 100000),
	WHOLE("cycle_years", 0, 1, 100),
	CODE("cycle_years_certainty", OPT),
	OBJECT("conversion", 0, conversion_members),
	LIST("category_rules", 0, 0, 100, &a_category_rule),
	LIST("caps", 0, 0, 100, &a_cap),
	NUMBER("min_units_per_topic", NUL, 0, 10000),
	FLAG("double_count", 0),
	CODE("double_count_certainty", OPT),
	FLAG("carry_over", 0),
	CODE("counts_if", 0),
	LIST("alternatives", 0, 0, 20, &an_alternative),
	OBJECT("approval", 0, approval_members),
	OBJECT("deadline", 0, deadline_members),
	LIST("documents", 0, 0, 50, &a_text),
	LIST("denial_reasons", 0, 0, 50, &a_code),
	OBJECT("reporting", 0, reporting_members),
	OBJECT("retention", 0, retention_members),
	LIST("sources", 0, 0, 50, &a_source),
	TEXT("note", OPT),
	LIST("worked_examples", OPT, 0, 100, &a_worked_example),
	END,
};
static const struct shape a_renewal_policy = OBJECT(NULL, 0, renewal_policy_members);

/* ---- the file ---- */

static const struct shape gap_item_members[] = {
	CODE("id", 0),
	TEXT("statement", 0),
	LIST("suggests", 0, 1, 100, &a_code),
	END,
};
static const struct shape a_gap_item = OBJECT(NULL, 0, gap_item_members);

static const struct shape stack_evaluation_members[] = {
	LIST("rules", 0, 0, 100, &a_text),
	END,
};

static const struct shape renewal_evaluation_members[] = {
	LIST("order", 0, 0, 100, &a_text),          TEXT("rounding", 0),
	LIST("reasons", 0, 0, 100, &a_code),        TEXT("met_when", 0),
	LIST("clarifications", 0, 0, 100, &a_text), END,
};

static const struct shape catalogue_members[] = {
	TITLE("schema", 0),
	WHOLE("catalogue_version", 0, 1, 1000000),
	TITLE("generated_for", OPT),
	TEXT("note", OPT),
	LIST("scales", 0, 0, 100, &a_scale),
	LIST("assessment_profiles", 0, 0, 100, &a_profile),
	LIST("frameworks", 0, 0, 100, &a_framework),
	LIST("topics", 0, 0, 1000, &a_word),
	LIST("renewal_categories", 0, 0, 1000, &a_word),
	LIST("issuers", 0, 0, 1000, &an_issuer),
	LIST("microcredentials", 0, 0, MANY, &an_entry),
	LIST("stacks", 0, 0, 1000, &a_stack),
	LIST("skill_gap_items", OPT, 0, 1000, &a_gap_item),
	LIST("stack_examples", OPT, 0, 1000, &a_stack_example),
	OBJECT("stack_evaluation", OPT, stack_evaluation_members),
	OBJECT("renewal_evaluation", OPT, renewal_evaluation_members),
	LIST("renewal_policies", 0, 0, 1000, &a_renewal_policy),
	END,
};
const struct shape catalogue_shape = OBJECT(NULL, 0, catalogue_members);

/* ---- policy, calendar, media ---- */

static const struct shape a_day_count = WHOLE(NULL, 0, 1, DAYS_MAX);

static const struct shape an_id_shape = TITLE(NULL, 0);

static const struct shape policy_members[] = {
	TITLE("schema", 0),
	TEXT("note", OPT),
	WHOLE("version", 0, 1, 1000000),
	WHOLE("lease_hours", 0, 1, 10000),
	WHOLE("daily_cap", 0, 1, 1000),
	WHOLE("lapse_days", 0, 1, DAYS_MAX),
	LIST("lapse_notice_days", 0, 1, 8, &a_day_count),
	WHOLE("finish_days", 0, 1, DAYS_MAX),
	WHOLE("recall_hours", 0, 1, 10000),
	WHOLE("kept_row_months", 0, 1, 1200),
	WHOLE("feedback_words_min", 0, 1, 1000),
	WHOLE("borderline_confidence_below", 0, 1, 5),
	WHOLE("appeal_business_days", 0, 1, DAYS_MAX),
	WHOLE("artifacts_max", 0, 1, 1000),
	WHOLE("artifact_bytes_max", 0, 1, INT64_C(1) << 42),
	WHOLE("abandon_days", 0, 1, DAYS_MAX),
	WHOLE("no_reader_minutes", 0, 1, 100000),
	WHOLE("fairness_gap_permille", 0, 1, 1000),
	WHOLE("fairness_back_reads", 0, 1, 500),
	WHOLE("surge_late_permille", 0, 1, 1000),
	WHOLE("retention_bytes_months", 0, 1, 1200),
	WHOLE("retention_consent_years", 0, 1, 100),
	WHOLE("retention_manifest_years", 0, 1, 100),
	WHOLE("duplicate_permille", 0, 1, 1000),
	WHOLE("duplicate_shingles_min", 0, 1, 10000),
	LIST("student_id_shapes", 0, 0, 16, &an_id_shape),
	WHOLE("calibration_anchors", 0, 1, 100),
	WHOLE("calibration_percent", 0, 1, 100),
	WHOLE("seat_months", 0, 1, 1200),
	LIST("review_notice_days", 0, 1, 8, &a_day_count),
	WHOLE("seat_notice_days", 0, 1, DAYS_MAX),
	WHOLE("seed_permille", 0, 1, 1000),
	WHOLE("seed_window", 0, 1, 32),
	WHOLE("seeds_needed", 0, 1, 32),
	WHOLE("watch_below_percent", 0, 1, 100),
	WHOLE("suspend_below_percent", 0, 1, 100),
	WHOLE("renewal_priority_days", 0, 1, DAYS_MAX),
	WHOLE("expiry_notice_days", 0, 1, DAYS_MAX),
	WHOLE("license_digits", 0, 0, 100),
	END,
};
const struct shape policy_shape = OBJECT(NULL, 0, policy_members);

static const struct shape holiday_members[] = {
	DATE("date", 0),
	TITLE("name", 0),
	END,
};
static const struct shape a_holiday = OBJECT(NULL, 0, holiday_members);

static const struct shape calendar_members[] = {
	TITLE("schema", 0),
	TEXT("note", OPT),
	WHOLE("version", 0, 1, 1000000),
	TITLE("time_zone", 0),
	LIST("holidays", 0, 1, 1000, &a_holiday),
	END,
};
const struct shape calendar_shape = OBJECT(NULL, 0, calendar_members);

static const struct shape media_kind_members[] = {
	CODE("kind", 0),
	LIST("types", 0, 1, 60, &a_text),
	WHOLE("bytes_max", 0, 1, INT64_C(1) << 42),
	END,
};
static const struct shape a_media_kind = OBJECT(NULL, 0, media_kind_members);

static const struct shape media_members[] = {
	TITLE("schema", 0),
	TEXT("note", OPT),
	WHOLE("version", 0, 1, 1000000),
	LIST("kinds", 0, 1, 60, &a_media_kind),
	END,
};
const struct shape media_shape = OBJECT(NULL, 0, media_members);
