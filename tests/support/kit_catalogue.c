/* A small catalogue for tests of any service: the documents and one entry, whole. */
#include "tests/support/kit.h"

/* Static memory that protobuf-c may point at: its text fields are not const, nobody writes them. */
#define TEXT(literal) ((char[]){literal})
#define TEXTS(...) ((char *[]){__VA_ARGS__})
#define MESSAGE(name) .base = PROTOBUF_C_MESSAGE_INIT(&enrollment__##name##__descriptor)

static Enrollment__Policy policy = {
	MESSAGE(policy),
	.version = 1,
	.lease_hours = 72,
	.daily_cap = 8,
	.lapse_days = 730,
	.n_lapse_notice_days = 2,
	.lapse_notice_days = (uint32_t[]){30, 7},
	.finish_days = 365,
	.recall_hours = 24,
	.kept_row_months = 12,
	.feedback_words_min = 25,
	.borderline_confidence_below = 3,
	.appeal_business_days = 15,
	.artifacts_max = 50,
	.artifact_bytes_max = 2000000000,
	.abandon_days = 7,
	.no_reader_minutes = 1,
	.calibration_anchors = 10,
	.calibration_percent = 80,
	.seat_months = 12,
	.fairness_gap_permille = 100,
	.fairness_back_reads = 20,
	.surge_late_permille = 50,
	.duplicate_permille = 700,
	.duplicate_shingles_min = 30,
	.retention_bytes_months = 24,
	.retention_consent_years = 3,
	.retention_manifest_years = 10,
	.seat_notice_days = 30,
	.seed_permille = 50,
	.seed_window = 20,
	.seeds_needed = 5,
	.watch_below_percent = 80,
	.suspend_below_percent = 70,
	.renewal_priority_days = 30,
	.expiry_notice_days = 90,
};

const Enrollment__Policy *kit_policy(void)
{
	return &policy;
}

/* The federal holidays of the first half of 2026, where KIT_EPOCH_US is. */
static Enrollment__Holiday holidays[] = {
	{MESSAGE(holiday), .date = TEXT("2026-01-01"), .name = TEXT("New Year's Day")},
	{MESSAGE(holiday), .date = TEXT("2026-01-19"), .name = TEXT("Martin Luther King Jr. Day")},
	{MESSAGE(holiday), .date = TEXT("2026-02-16"), .name = TEXT("Presidents' Day")},
	{MESSAGE(holiday), .date = TEXT("2026-05-25"), .name = TEXT("Memorial Day")},
	{MESSAGE(holiday), .date = TEXT("2026-06-19"), .name = TEXT("Juneteenth")},
};

static Enrollment__Calendar calendar = {
	MESSAGE(calendar),
	.version = 1,
	.time_zone = TEXT("America/Chicago"),
	.n_holidays = ARRAY_LEN(holidays),
	.holidays = (Enrollment__Holiday *[]){&holidays[0], &holidays[1], &holidays[2],
					      &holidays[3], &holidays[4]},
};

const Enrollment__Calendar *kit_calendar(void)
{
	return &calendar;
}

static Enrollment__MediaKind media_kinds[] = {
	{MESSAGE(media_kind), .kind = TEXT("lesson_plan"), .n_types = 3,
	 .types = TEXTS(TEXT("application/pdf"), TEXT("text/markdown"), TEXT("text/plain")),
	 .bytes_max = 50000000},
	{MESSAGE(media_kind), .kind = TEXT("audio"), .n_types = 3,
	 .types = TEXTS(TEXT("audio/wav"), TEXT("audio/ogg"), TEXT("audio/mpeg")),
	 .bytes_max = 500000000},
	{MESSAGE(media_kind), .kind = TEXT("data_table"), .n_types = 1,
	 .types = TEXTS(TEXT("text/csv")), .bytes_max = 10000000},
};

static Enrollment__Media media = {
	MESSAGE(media),
	.version = 1,
	.n_kinds = ARRAY_LEN(media_kinds),
	.kinds = (Enrollment__MediaKind *[]){&media_kinds[0], &media_kinds[1], &media_kinds[2]},
};

const Enrollment__Media *kit_media(void)
{
	return &media;
}

static Enrollment__Profile profiles[] = {
	{MESSAGE(profile), .code = TEXT("standard"), .version = 1,
	 .title = TEXT("One read, sampled second reads"), .independent_reads = 1,
	 .second_read_permille = 200, .n_second_read_triggers = 4,
	 .second_read_triggers = TEXTS(TEXT("borderline"), TEXT("assessor_on_watch"),
				       TEXT("integrity_flag"), TEXT("appeal")),
	 .then = TEXT(""), .screening_business_days = 1, .target_business_days = 5,
	 .limit_business_days = 10, .attempts_before_coaching = 3, .appeal_window_days = 30,
	 .screening = TEXT("automatic"), .release = TEXT("automatic")},
	{MESSAGE(profile), .code = TEXT("double-read"), .version = 1,
	 .title = TEXT("Two reads of every submission"), .independent_reads = 2,
	 .second_read_permille = 1000, .n_second_read_triggers = 1,
	 .second_read_triggers = TEXTS(TEXT("always")), .then = TEXT(""),
	 .screening_business_days = 1, .target_business_days = 7, .limit_business_days = 10,
	 .attempts_before_coaching = 3, .appeal_window_days = 30, .screening = TEXT("automatic"),
	 .release = TEXT("automatic")},
	{MESSAGE(profile), .code = TEXT("launch"), .version = 1,
	 .title = TEXT("Two reads until thirty are decided"), .independent_reads = 2,
	 .second_read_permille = 1000, .n_second_read_triggers = 1,
	 .second_read_triggers = TEXTS(TEXT("always")), .until_decided = 30,
	 .then = TEXT("standard"), .screening_business_days = 1, .target_business_days = 10,
	 .limit_business_days = 14, .attempts_before_coaching = 3, .appeal_window_days = 30,
	 .screening = TEXT("automatic"), .release = TEXT("automatic")},
};

const Enrollment__Profile *kit_profile(const char *code)
{
	const Enrollment__Profile *found = NULL;

	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		if (bytes_equal(bytes_of_text(profiles[i].code), bytes_of_text(code)))
			found = &profiles[i];
	ENSURE(found != NULL);
	return found;
}

static Enrollment__SponsorId sponsors[] = {
	{MESSAGE(sponsor_id), .state = TEXT("NY"), .number = TEXT("DEMO-0417")},
	{MESSAGE(sponsor_id), .state = TEXT("TX"), .number = TEXT("DEMO-500123")},
};

static Enrollment__Issuer issuer = {
	MESSAGE(issuer),
	.code = TEXT("larkspur-rsa"),
	.version = 1,
	.name = TEXT("Larkspur Valley Regional Service Agency"),
	.did = TEXT("did:web:cairn.example:issuers:larkspur-rsa"),
	.url = TEXT("https://larkspur.cairn.example"),
	.email = TEXT("badges@larkspur.cairn.example"),
	.n_sponsors = ARRAY_LEN(sponsors),
	.sponsors = (Enrollment__SponsorId *[]){&sponsors[0], &sponsors[1]},
};

const Enrollment__Issuer *kit_issuer(void)
{
	issuer.issuer = pb_of_bytes(kit_name("issuer", issuer.code));
	return &issuer;
}

static Enrollment__Question questions[] = {
	{MESSAGE(question), .code = TEXT("lit-101.o1"),
	 .prompt = TEXT("Describe the group you will teach."), .words_min = 5, .words_max = 50},
	{MESSAGE(question), .code = TEXT("lit-101.o2"),
	 .prompt = TEXT("Which two skills did you choose, and why?"), .words_min = 5,
	 .words_max = 50},
};

static Enrollment__Question reflection = {
	MESSAGE(question),
	.code = TEXT("lit-101.f1"),
	.prompt = TEXT("Which response surprised you, and what did you try next?"),
	.words_min = 10,
	.words_max = 100,
};

/* One requirement of each sort: free of students, needing consent, needing any privacy step. */
static Enrollment__Requirement requirements[] = {
	{MESSAGE(requirement), .code = TEXT("lit-101.e1"), .kind = TEXT("lesson_plan"),
	 .title = TEXT("Ten-day routine plan"), .description = TEXT("A table of ten routines."),
	 .items_min = 1, .items_max = 1},
	{MESSAGE(requirement), .code = TEXT("lit-101.e2"), .kind = TEXT("audio"),
	 .title = TEXT("Recorded routines"),
	 .description = TEXT("One or two recordings of a routine."), .items_min = 1, .items_max = 2,
	 .student_data = true, .consent_required = true},
	{MESSAGE(requirement), .code = TEXT("lit-101.e3"), .kind = TEXT("data_table"),
	 .title = TEXT("Quick-check results"),
	 .description = TEXT("Results of two oral checks, children by number."), .items_min = 1,
	 .items_max = 1, .student_data = true},
};

static Enrollment__Level levels[] = {
	{MESSAGE(level), .code = TEXT("not_yet"), .ordinal = 0, .label = TEXT("Not yet")},
	{MESSAGE(level), .code = TEXT("almost"), .ordinal = 1, .label = TEXT("Almost")},
	{MESSAGE(level), .code = TEXT("yes"), .ordinal = 2, .label = TEXT("Yes")},
};

static Enrollment__Criterion criteria[] = {
	{MESSAGE(criterion), .code = TEXT("lit-101.r1"), .title = TEXT("Sequence of routines"),
	 .part = TEXT("evidence"), .n_requirements = 1, .requirements = TEXTS(TEXT("lit-101.e1")),
	 .n_descriptions = 3,
	 .descriptions = TEXTS(TEXT("No order can be seen."), TEXT("Some steps do not fit."),
			       TEXT("Every step fits and the order is explained."))},
	{MESSAGE(criterion), .code = TEXT("lit-101.r2"), .title = TEXT("Oral delivery and pacing"),
	 .part = TEXT("evidence"), .n_requirements = 1, .requirements = TEXTS(TEXT("lit-101.e2")),
	 .n_descriptions = 3,
	 .descriptions = TEXTS(TEXT("Most children are silent."), TEXT("Some children only copy."),
			       TEXT("Every child answers several times."))},
	{MESSAGE(criterion), .code = TEXT("lit-101.r3"), .title = TEXT("Response to results"),
	 .part = TEXT("evidence"), .n_requirements = 2,
	 .requirements = TEXTS(TEXT("lit-101.e2"), TEXT("lit-101.e3")), .n_descriptions = 3,
	 .descriptions = TEXTS(TEXT("Nothing changed."), TEXT("One change, loosely linked."),
			       TEXT("Two changes follow from results."))},
};

static Enrollment__Rubric rubric = {
	MESSAGE(rubric),
	.scale = TEXT("yes-almost-notyet"),
	.n_levels = ARRAY_LEN(levels),
	.levels = (Enrollment__Level *[]){&levels[0], &levels[1], &levels[2]},
	.pass_ordinal = 2,
	.n_criteria = ARRAY_LEN(criteria),
	.criteria = (Enrollment__Criterion *[]){&criteria[0], &criteria[1], &criteria[2]},
};

static Enrollment__Resource resources[] = {
	{MESSAGE(resource), .code = TEXT("lit-101.s1"), .type = TEXT("reading"),
	 .title = TEXT("Hearing sounds before seeing letters"), .minutes = 25, .required = true,
	 .n_languages = 2, .languages = TEXTS(TEXT("en"), TEXT("es")),
	 .url = TEXT("https://resources.cairn.example/lit-101/1")},
	{MESSAGE(resource), .code = TEXT("lit-101.s2"), .type = TEXT("video"),
	 .title = TEXT("A five-minute routine"), .minutes = 14, .n_languages = 1,
	 .languages = TEXTS(TEXT("en")), .url = TEXT("https://resources.cairn.example/lit-101/2"),
	 .captions = true, .transcript = true},
};

static Enrollment__Alignment alignments[] = {
	{MESSAGE(alignment), .framework = TEXT("intasc"),
	 .framework_title = TEXT("InTASC Model Core Teaching Standards"), .code = TEXT("InTASC-1"),
	 .label = TEXT("How learners grow"),
	 .url = TEXT("https://frameworks.cairn.example/intasc/InTASC-1")},
};

static Enrollment__Entry entry = {
	MESSAGE(entry),
	.code = TEXT("LIT-101"),
	.version = 1,
	.title = TEXT("Phonemic Awareness Routines"),
	.competency = TEXT("The educator leads short daily oral routines."),
	.key_method = TEXT("Daily oral routines adjusted from quick checks"),
	.description = TEXT("Build ten days of routines, teach them, show what changed."),
	.topic = TEXT("literacy"),
	.n_tags = 2,
	.tags = TEXTS(TEXT("phonemic awareness"), TEXT("early reading")),
	.grade_band = TEXT("PK-2"),
	.n_languages = 2,
	.languages = TEXTS(TEXT("en"), TEXT("es")),
	.first_published = TEXT("2024-07-01"),
	.review_by = TEXT("2027-06-30"),
	.hours_min = 8,
	.hours_typical = 12,
	.hours_max = 16,
	.profile = TEXT("double-read"),
	.valid_months = 60,
	.n_questions = ARRAY_LEN(questions),
	.questions = (Enrollment__Question *[]){&questions[0], &questions[1]},
	.n_requirements = ARRAY_LEN(requirements),
	.requirements =
		(Enrollment__Requirement *[]){&requirements[0], &requirements[1], &requirements[2]},
	.reflection = &reflection,
	.rubric = &rubric,
	.n_resources = ARRAY_LEN(resources),
	.resources = (Enrollment__Resource *[]){&resources[0], &resources[1]},
	.n_alignments = ARRAY_LEN(alignments),
	.alignments = (Enrollment__Alignment *[]){&alignments[0]},
	.clock_hours = 12,
	.n_renewal_categories = 2,
	.renewal_categories = TEXTS(TEXT("literacy_reading"), TEXT("content")),
	.n_stacks = 1,
	.stacks = TEXTS(TEXT("st-structured-literacy")),
};

const Enrollment__Entry *kit_entry(void)
{
	entry.entry = pb_of_bytes(kit_name("entry", "lit-101"));
	entry.issuer = pb_of_bytes(kit_name("issuer", "larkspur-rsa"));
	return &entry;
}
