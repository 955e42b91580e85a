/* The description of evidence that its daemon, tests and the simulation run. */
#include "services/evidence/effects.h"
#include "services/evidence/evidence.h"
#include "services/evidence/tables.h"

static int open_caps(struct caps *caps, const char *dir, const char *keys_dir)
{
	(void)keys_dir;
	caps->blobs = blobs_open(dir);
	return caps->blobs == NULL ? -1 : 0;
}

static void close_caps(struct caps *caps)
{
	blobs_close(&caps->blobs);
}

/* An entity is a portfolio, an artifact, a submission or a reading. */
uint64_t evidence_version(const struct view *view, struct bytes entity)
{
	struct portfolio portfolio;
	struct artifact artifact;
	struct submission submission;
	struct grant grant;

	if (portfolio_get(view, entity, &portfolio))
		return portfolio.version;
	if (artifact_get(view, entity, &artifact))
		return artifact.version;
	if (submission_get(view, entity, &submission))
		return submission.version;
	return grant_get(view, entity, &grant) ? grant.version : 0;
}

const struct service evidence_service = {
	.name = "evidence",
	.schema = 1,
	.tables_layout = 2,
	.tables = evidence_tables,
	.n_tables = N_TABLES,
	.command = &evidence__command__descriptor,
	.event = &evidence__event__descriptor,
	.query = &evidence__query__descriptor,
	.answer = &evidence__answer__descriptor,
	.reason = &evidence__reason__descriptor,
	.command_roles = evidence_command_roles,
	.query_roles = evidence_query_roles,
	.decide = evidence_decide,
	.apply = evidence_apply,
	.answer_query = evidence_answer_query,
	.decide_timer = evidence_decide_timer,
	.upstreams = evidence_upstreams,
	.n_upstreams = N_UPSTREAMS,
	.version = evidence_version,
	.prepare = evidence_prepare,
	.prepare_sync = evidence_prepare_sync,
	.open_caps = open_caps,
	.close_caps = close_caps,
	.outside = &evidence_outside,
};
