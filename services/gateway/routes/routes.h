/* The route tables: each routes/SUBJECT.c has one. */
#ifndef CAIRN_GATEWAY_ROUTES_H
#define CAIRN_GATEWAY_ROUTES_H

#include "services/gateway/web/route.h"

extern const struct route_list account_routes;
extern const struct route_list accounts_routes;
extern const struct route_list addresses_routes;
extern const struct route_list adjudications_routes;
extern const struct route_list audit_routes;
extern const struct route_list catalogue_routes;
extern const struct route_list coaching_routes;
extern const struct route_list connections_routes;
extern const struct route_list credential_routes;
extern const struct route_list dashboard_routes;
extern const struct route_list drafts_routes;
extern const struct route_list enclosures_routes;
extern const struct route_list enrollment_routes;
extern const struct route_list entry_routes;
extern const struct route_list events_routes;
extern const struct route_list evidence_routes;
extern const struct route_list export_routes;
extern const struct route_list feedback_routes;
extern const struct route_list files_routes;
extern const struct route_list issuers_routes;
extern const struct route_list ledger_routes;
extern const struct route_list live_routes;
extern const struct route_list media_routes;
extern const struct route_list notice_routes;
extern const struct route_list oauth_routes;
extern const struct route_list oauth_token_routes;
extern const struct route_list office_catalogue_routes;
extern const struct route_list office_cohorts_routes;
extern const struct route_list office_credentials_routes;
extern const struct route_list office_deliveries_routes;
extern const struct route_list office_disputes_routes;
extern const struct route_list office_people_routes;
extern const struct route_list office_reports_routes;
extern const struct route_list office_routes;
extern const struct route_list office_status_routes;
extern const struct route_list openid_out_routes;
extern const struct route_list openid_routes;
extern const struct route_list openbadges_add_routes;
extern const struct route_list openbadges_routes;
extern const struct route_list plan_routes;
extern const struct route_list privacy_routes;
extern const struct route_list question_routes;
extern const struct route_list readings_routes;
extern const struct route_list reports_routes;
extern const struct route_list seal_routes;
extern const struct route_list seats_routes;
extern const struct route_list signin_routes;
extern const struct route_list site_routes;
extern const struct route_list token_routes;
extern const struct route_list uploads_routes;
extern const struct route_list verify_routes;

#endif
