/* The description of notification that its daemon, tests and the simulation run. */
#include "services/notification/notification.h"

#include "services/notification/effects.h"
#include "services/notification/settings.h"
#include "services/notification/tables.h"

/* A letter names dates and persons: the runtime opens zones and keyring; nothing else is needed. */
const struct service notification_service = {
	.name = "notification",
	.schema = 1,
	.tables_layout = 1,
	.tables = notification_tables,
	.n_tables = N_TABLES,
	.command = &notification__command__descriptor,
	.event = &notification__event__descriptor,
	.query = &notification__query__descriptor,
	.answer = &notification__answer__descriptor,
	.reason = &notification__reason__descriptor,
	.command_roles = notification_command_roles,
	.query_roles = notification_query_roles,
	.decide = notification_decide,
	.decide_timer = notification_decide_timer,
	.apply = notification_apply,
	.answer_query = notification_answer_query,
	.prepare = notification_prepare,
	.prepare_sync = notification_prepare_sync,
	.upstreams = notification_upstreams,
	.n_upstreams = N_UPSTREAMS,
	.learned = notification_learned,
	.n_learned = ARRAY_LEN(notification_learned),
	.settings = notification_settings,
	.n_settings = N_NOTIFICATION_SETTINGS,
	.config_size = sizeof(struct notification_config),
	.outside = &notification_outside,
};
