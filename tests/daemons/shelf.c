/* The daemon cairn-shelf, for tests of the runtime. */
#include "libshared/daemon.h"

#include "tests/support/shelf_service.h"

int main(int argc, char **argv)
{
	return service_main(argc, argv, &shelf_service);
}
