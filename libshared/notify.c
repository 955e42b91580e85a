/* Datagrams to systemd, and a line on a descriptor. */
#include "libshared/notify.h"

#include "libshared/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Connected to the supervisor's socket, or -1. A leading @ is the abstract namespace. */
static int connect_to(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t len = strlen(path);
	int fd;

	if (len == 0 || len >= sizeof at.sun_path) {
		log_warn("notify_socket_wrong", "length=%zu", len);
		return -1;
	}
	memcpy(at.sun_path, path, len);
	if (at.sun_path[0] == '@')
		at.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&at,
			       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0)
		return fd;
	log_warn("notify_socket_unreachable", "error=\"%s\"", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

void notify_open(struct notify *n, int ready_fd)
{
	const char *path = getenv("NOTIFY_SOCKET"), *usec = getenv("WATCHDOG_USEC");
	int64_t period_us = usec != NULL ? strtoll(usec, NULL, 10) : 0;

	*n = (struct notify){.fd = -1, .ready_fd = ready_fd};
	if (path == NULL)
		return;
	n->fd = connect_to(path);
	n->watchdog_us = period_us > 0 ? period_us / 3 : 0;
}

void notify_close(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	if (n->ready_fd >= 0)
		close(n->ready_fd);
	n->fd = n->ready_fd = -1;
}

static void tell(const struct notify *n, const char *text)
{
	if (n->fd >= 0 && send(n->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		log_warn("notify_failed", "error=\"%s\"", strerror(errno));
}

void notify_ready(struct notify *n, const char *status)
{
	static const char line[] = "ready\n";
	char text[256];

	snprintf(text, sizeof text, "READY=1\nSTATUS=%s", status);
	tell(n, text);
	if (n->ready_fd < 0)
		return;
	if (write(n->ready_fd, line, strlen(line)) < 0)
		log_warn("ready_fd_not_written", "error=\"%s\"", strerror(errno));
	close(n->ready_fd);
	n->ready_fd = -1;
}

void notify_reloading(struct notify *n, int64_t mono_us)
{
	char text[64];

	snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, mono_us);
	tell(n, text);
}

void notify_stopping(struct notify *n)
{
	tell(n, "STOPPING=1");
}

void notify_watchdog(struct notify *n, int64_t mono_us)
{
	if (n->watchdog_us == 0 || mono_us - n->fed_us < n->watchdog_us)
		return;
	n->fed_us = mono_us;
	tell(n, "WATCHDOG=1");
}
