/* The services' descriptions, and where the log in a database ends. */
#include "services/ctl/daemons.h"

/* Their headers name enumerators alike, so they cannot be read together. */
extern const struct service enrollment_service, evidence_service, assessment_service,
	issuance_service, notification_service, gateway_service;

const struct service *service_of(enum ctl_service s)
{
	static const struct service *const services[N_SERVICES] = {
		[TO_ENROLLMENT] = &enrollment_service,     [TO_EVIDENCE] = &evidence_service,
		[TO_ASSESSMENT] = &assessment_service,     [TO_ISSUANCE] = &issuance_service,
		[TO_NOTIFICATION] = &notification_service, [TO_GATEWAY] = &gateway_service,
	};

	return services[s];
}

bool position_in(struct ctl *c, enum ctl_service s, const char *dir, struct position *at_r)
{
	const struct service *service = service_of(s);
	struct store *store = store_open_reading(dir, service->tables, service->n_tables);
	struct log_head head;
	int rc = store != NULL ? eventlog_open(store, ID_NONE, &head) : -1;

	store_close(&store);
	if (rc != 0)
		ctl_fault(c, CTL_LOCAL, "%s: cannot be read as a database of %s", dir,
			  service_name(s));
	else
		*at_r = head.at;
	return rc == 0;
}
