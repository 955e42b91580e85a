/* The daemon cairn-evidence. */
#include "libshared/daemon.h"
#include "services/evidence/evidence.h"

int main(int argc, char **argv)
{
	return service_main(argc, argv, &evidence_service);
}
