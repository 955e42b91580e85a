/* The issuance daemon. */
#include "libshared/daemon.h"
#include "services/issuance/issuance.h"

int main(int argc, char **argv)
{
	return service_main(argc, argv, &issuance_service);
}
