/* All that the gateway serves, by subject. */
#include "services/gateway/routes/routes.h"
#include "services/gateway/web/assets.h"

const struct route_list *const route_lists[] = {
	&assets_routes,     &account_routes,        &accounts_routes,      &addresses_routes,
	&audit_routes,      &catalogue_routes,      &credential_routes,    &dashboard_routes,
	&enrollment_routes, &entry_routes,          &events_routes,        &evidence_routes,
	&export_routes,     &feedback_routes,       &files_routes,         &issuers_routes,
	&ledger_routes,     &office_cohorts_routes, &office_people_routes, &office_reports_routes,
	&office_routes,     &plan_routes,           &privacy_routes,       &question_routes,
	&seal_routes,       &signin_routes,         &site_routes,          &token_routes,
	&verify_routes,
};
const size_t n_route_lists = ARRAY_LEN(route_lists);
