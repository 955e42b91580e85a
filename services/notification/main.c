/* The daemon of notification. */
#include "services/notification/notification.h"

#include "libshared/daemon.h"

int main(int argc, char **argv)
{
	return service_main(argc, argv, &notification_service);
}
