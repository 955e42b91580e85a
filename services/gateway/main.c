/* The daemon of the gateway: its rules, and the HTTP server beside them. */
#include "services/gateway/gateway.h"

int main(int argc, char **argv)
{
	struct service service = gateway_service;

	service.settings = gateway_settings;
	service.n_settings = N_GATEWAY_SETTINGS;
	service.config_size = sizeof(struct gateway_config);
	service.outside = &gateway_outside;
	return service_main(argc, argv, &service);
}
