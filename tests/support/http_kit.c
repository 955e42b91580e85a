/* A small HTTP server. */
#include "tests/support/http_kit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void http_say_raw(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n <= 0)
			_exit(0);
		text += n;
		len -= (size_t)n;
	}
}

void http_say(int fd, const char *head, const char *body)
{
	char text[500];

	snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n", head,
		 strlen(body));
	http_say_raw(fd, text);
	http_say_raw(fd, body);
}

/* Of a whole request; SIZE_MAX: its head has not come yet. */
static size_t length_of(const char *request)
{
	const char *end = strstr(request, "\r\n\r\n"), *at = strstr(request, "Content-Length: ");

	if (end == NULL)
		return SIZE_MAX;
	return (size_t)(end - request) + 4 +
	       (at != NULL && at < end ? strtoul(at + strlen("Content-Length: "), NULL, 10) : 0);
}

/* A packet a request, so that connections do not mix. */
static void serve(int fd, int requests, http_serve_fn *answer, unsigned connection)
{
	static char request[HTTP_REQUEST_MAX];

	for (;;) {
		size_t len = 0;

		request[0] = '\0';
		while (len < length_of(request)) {
			ssize_t n = read(fd, request + len, sizeof request - 1 - len);

			if (n <= 0)
				_exit(0);
			len += (size_t)n;
			request[len] = '\0';
		}
		if (send(requests, request, len + 1, 0) < 0)
			_exit(0);
		answer(fd, request, connection);
	}
}

static void accept_all(int listener, int requests, http_serve_fn *answer)
{
	signal(SIGCHLD, SIG_IGN);
	for (unsigned n = 1;; n++) {
		int fd = accept(listener, NULL, NULL);

		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(listener);
			serve(fd, requests, answer, n);
		}
		close(fd);
	}
}

void http_server_start(struct http_server *s, http_serve_fn *answer)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0), ends[2], room = 1 << 20;

	ENSURE(bind(listener, (const struct sockaddr *)&at, sizeof at) == 0);
	ENSURE(listen(listener, 64) == 0);
	ENSURE(getsockname(listener, (struct sockaddr *)&at, &len) == 0);
	ENSURE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
	ENSURE(setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room) == 0);
	ENSURE(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
	*s = (struct http_server){fork(), ntohs(at.sin_port), ends[0]};
	ENSURE(s->pid >= 0);
	if (s->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		accept_all(listener, ends[1], answer);
	}
	close(listener);
	close(ends[1]);
}

void http_server_stop(struct http_server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	close(s->requests);
}

bool http_server_request(struct http_server *s, char *request_r)
{
	return recv(s->requests, request_r, HTTP_REQUEST_MAX, 0) > 0;
}
