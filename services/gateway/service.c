/* The gateway's rules and tables, as the runtime sees them. main.c adds what its daemon serves: a
 * program that only reads its database needs no pages. */
#include "services/gateway/gateway.h"
#include "services/gateway/prepare.h"
#include "services/gateway/tables.h"

/* An account's version tells who changes it that somebody else just did. */
static uint64_t gateway_version(const struct view *view, struct bytes entity)
{
	struct account row;

	return account_get(view, entity, &row) ? row.version : 0;
}

const struct service gateway_service = {
	.name = "gateway",
	.schema = 1,
	.tables_layout = 1,
	.tables = gateway_tables,
	.n_tables = N_TABLES,
	.command = &gateway__command__descriptor,
	.event = &gateway__event__descriptor,
	.query = &gateway__query__descriptor,
	.answer = &gateway__answer__descriptor,
	.reason = &gateway__reason__descriptor,
	.command_roles = gateway_command_roles,
	.query_roles = gateway_query_roles,
	.decide = gateway_decide,
	.apply = gateway_apply,
	.answer_query = gateway_answer_query,
	.version = gateway_version,
	.prepare = gateway_prepare,
	.prepare_sync = gateway_prepare_sync,
};
