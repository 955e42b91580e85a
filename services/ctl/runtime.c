/* Operators' requests that every service answers. */
#include "services/ctl/runtime.h"

enum ctl_service given_service(struct ctl *c, const char *name)
{
	enum ctl_service service = service_of_name(given(c, name));

	if (service != N_SERVICES)
		return service;
	ctl_fault(c, CTL_USAGE,
		  "no service \"%s\"; there are enrollment, evidence, assessment, issuance, "
		  "notification and gateway",
		  given(c, name));
	return TO_ENROLLMENT;
}

int send_runtime(struct ctl *c, enum ctl_service service, const Cairn__RuntimeCommand *command)
{

	if (ctl_send(c, service, NULL, &command->base))
		say_done(c, service);
	return ctl_exit_code(c);
}

const Cairn__RuntimeStatus *ask_runtime_status(struct ctl *c, enum ctl_service service)
{
	Cairn__GetStatus get = CAIRN__GET_STATUS__INIT;
	Cairn__RuntimeQuery query = CAIRN__RUNTIME_QUERY__INIT;

	query.body_case = CAIRN__RUNTIME_QUERY__BODY_GET_STATUS;
	query.get_status = &get;
	return (const Cairn__RuntimeStatus *)ctl_ask(c, service, &query.base);
}
