/* What the runtime needs to know of issuance. */
#include "services/issuance/effects.h"
#include "services/issuance/issuance.h"
#include "services/issuance/gauges.h"
#include "services/issuance/prepare.h"
#include "services/issuance/signer.h"
#include "services/issuance/tables.h"

static int open_caps(struct caps *caps, const char *dir, const char *keys_dir)
{
	(void)dir;
	caps->signer = signer_open(keys_dir, NULL);
	return caps->signer != NULL ? 0 : -1;
}

static void close_caps(struct caps *caps)
{
	signer_close(&caps->signer);
}

const struct service issuance_service = {
	.name = "issuance",
	.schema = 1,
	.tables_layout = 3,
	.tables = issuance_tables,
	.n_tables = N_TABLES,
	.command = &issuance__command__descriptor,
	.event = &issuance__event__descriptor,
	.query = &issuance__query__descriptor,
	.answer = &issuance__answer__descriptor,
	.reason = &issuance__reason__descriptor,
	.command_roles = issuance_command_roles,
	.query_roles = issuance_query_roles,
	.decide = issuance_decide,
	.decide_timer = issuance_decide_timer,
	.apply = issuance_apply,
	.answer_query = issuance_answer_query,
	.metrics = issuance_metrics,
	.n_metrics = N_ISSUANCE_METRICS,
	.measure = issuance_measure,
	.upstreams = issuance_upstreams,
	.n_upstreams = ARRAY_LEN(issuance_upstreams),
	.learned = issuance_learned,
	.n_learned = ARRAY_LEN(issuance_learned),
	.public_stream = &issuance_public,
	.prepare = issuance_prepare,
	.open_caps = open_caps,
	.close_caps = close_caps,
	.outside = &issuance_outside,
};
