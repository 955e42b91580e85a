/* The daemon of the gateway. */
#include "services/gateway/gateway.h"

int main(int argc, char **argv)
{
	return service_main(argc, argv, &gateway_service);
}
