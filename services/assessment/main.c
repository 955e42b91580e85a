/* The assessment daemon. */
#include "libshared/daemon.h"
#include "services/assessment/assessment.h"

int main(int argc, char **argv)
{
	return service_main(argc, argv, &assessment_service);
}
