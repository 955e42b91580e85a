/* The assessment service, as the runtime sees it. */
#include "libshared/blobs.h"
#include "services/assessment/assessment.h"
#include "services/assessment/gauges.h"
#include "services/assessment/effects.h"
#include "services/assessment/tables.h"

#define SCHEMA 1
#define TABLES_LAYOUT 2

static int open_caps(struct caps *caps, const char *dir, const char *keys_dir)
{
	(void)keys_dir;
	caps->blobs = blobs_open(dir);
	return caps->blobs != NULL ? 0 : -1;
}

static void close_caps(struct caps *caps)
{
	blobs_close(&caps->blobs);
}

uint64_t assessment_version(const struct view *view, struct bytes entity)
{
	struct submission submission;
	struct assessor assessor;
	struct journey journey;
	struct reading reading;

	if (submission_get(view, entity, &submission))
		return submission.version;
	if (reading_get(view, entity, &reading))
		return reading.version;
	if (assessor_get(view, entity, &assessor))
		return assessor.version;
	return journey_get(view, entity, &journey) ? journey.version : 0;
}

const struct service assessment_service = {
	.name = "assessment",
	.schema = SCHEMA,
	.tables_layout = TABLES_LAYOUT,
	.tables = assessment_tables,
	.n_tables = N_TABLES,
	.command = &assessment__command__descriptor,
	.event = &assessment__event__descriptor,
	.query = &assessment__query__descriptor,
	.answer = &assessment__answer__descriptor,
	.reason = &assessment__reason__descriptor,
	.command_roles = assessment_command_roles,
	.query_roles = assessment_query_roles,
	.decide = assessment_decide,
	.apply = assessment_apply,
	.answer_query = assessment_answer_query,
	.metrics = assessment_metrics,
	.n_metrics = N_ASSESSMENT_METRICS,
	.measure = assessment_measure,
	.decide_timer = assessment_decide_timer,
	.upstreams = assessment_upstreams,
	.n_upstreams = N_UPSTREAMS,
	.learned = assessment_learned,
	.n_learned = ARRAY_LEN(assessment_learned),
	.version = assessment_version,
	.prepare = assessment_prepare,
	.prepare_sync = assessment_prepare_sync,
	.open_caps = open_caps,
	.close_caps = close_caps,
	.outside = &assessment_outside,
};
