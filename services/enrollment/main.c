/* The daemon cairn-enrollment. */
#include "services/enrollment/enrollment.h"

#include "libshared/daemon.h"

int main(int argc, char **argv)
{
	return service_main(argc, argv, &enrollment_service);
}
