/* Enrollment, as the runtime sees it. */
#include "services/enrollment/effects.h"
#include "services/enrollment/enrollment.h"
#include "services/enrollment/tables.h"

/* An entity is an educator or an enrollment; what the catalogue has is versioned by itself. */
static uint64_t enrollment_version(const struct view *view, struct bytes entity)
{
	struct enrollment_row enrollment;
	struct educator_row educator;

	if (enrollment_get(view, entity, &enrollment))
		return enrollment.version;
	return educator_get(view, entity, &educator) ? educator.version : 0;
}

const struct service enrollment_service = {
	.name = "enrollment",
	.schema = 1,
	.tables_layout = 5,
	.tables = enrollment_tables,
	.n_tables = ENROLLMENT_TABLES_END - SERVICE_TABLES,
	.command = &enrollment__command__descriptor,
	.event = &enrollment__event__descriptor,
	.query = &enrollment__query__descriptor,
	.answer = &enrollment__answer__descriptor,
	.reason = &enrollment__reason__descriptor,
	.command_roles = enrollment_command_roles,
	.query_roles = enrollment_query_roles,
	.decide = enrollment_decide,
	.apply = enrollment_apply,
	.answer_query = enrollment_answer_query,
	.decide_timer = enrollment_decide_timer,
	.upstreams = enrollment_upstreams,
	.n_upstreams = ENROLLMENT_UPSTREAMS,
	.version = enrollment_version,
	.prepare = enrollment_prepare,
	.prepare_sync = enrollment_prepare_sync,
	.outside = &enrollment_outside,
};
