/* A very small HTTP server for whoever watches the daemon. */
#include "libshared/monitor.h"

#include "libshared/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS 16
#define REQUEST_MAX 4096
#define PATIENCE_US (5 * US_PER_S)

struct connection {
	int fd; /* -1: free */
	int64_t until_us;
	size_t n_in;
	char in[REQUEST_MAX];
	char *out; /* NULL: the request is still coming */
	size_t n_out, sent;
};

struct monitor {
	int fd;
	struct monitor_pages pages;
	struct arena *arena;
	struct connection connections[CONNECTIONS];
};

static int listen_on(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
	    bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 16) == 0)
		return fd;
	log_error("monitor_not_opened", "port=%u error=\"%s\"", (unsigned)port, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct monitor *monitor_open(uint16_t port, const struct monitor_pages *pages)
{
	int fd = listen_on(port);
	struct monitor *m;

	if (fd < 0)
		return NULL;
	m = calloc(1, sizeof *m);
	ENSURE(m != NULL);
	m->fd = fd;
	m->pages = *pages;
	m->arena = arena_new((size_t)64 << 10);
	for (unsigned i = 0; i < CONNECTIONS; i++)
		m->connections[i].fd = -1;
	return m;
}

static void drop(struct connection *c)
{
	close(c->fd);
	free(c->out);
	c->fd = -1;
	c->out = NULL;
	c->n_in = c->n_out = c->sent = 0;
}

void monitor_close(struct monitor **m)
{
	if (*m == NULL)
		return;
	for (unsigned i = 0; i < CONNECTIONS; i++)
		if ((*m)->connections[i].fd >= 0)
			drop(&(*m)->connections[i]);
	close((*m)->fd);
	arena_destroy(&(*m)->arena);
	free(*m);
	*m = NULL;
}

uint16_t monitor_port(const struct monitor *m)
{
	struct sockaddr_in at = {0};
	socklen_t size = sizeof at;

	if (getsockname(m->fd, (struct sockaddr *)&at, &size) != 0)
		return 0;
	return ntohs(at.sin_port);
}

unsigned monitor_items(const struct monitor *m, zmq_pollitem_t items[MONITOR_ITEMS])
{
	unsigned n = 0;

	items[n++] = (zmq_pollitem_t){NULL, m->fd, ZMQ_POLLIN, 0};
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		const struct connection *c = &m->connections[i];

		if (c->fd >= 0)
			items[n++] = (zmq_pollitem_t){NULL, c->fd,
						      c->out == NULL ? ZMQ_POLLIN : ZMQ_POLLOUT, 0};
	}
	return n;
}

static void accept_all(struct monitor *m, int64_t mono_us)
{
	int fd;

	while ((fd = accept4(m->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		unsigned i = 0;

		while (i < CONNECTIONS && m->connections[i].fd >= 0)
			i++;
		if (i == CONNECTIONS) {
			close(fd);
			continue;
		}
		m->connections[i].fd = fd;
		m->connections[i].until_us = mono_us + PATIENCE_US;
	}
}

struct page {
	const char *status, *type;
	struct bytes body;
};

static struct page text_page(const char *status, const char *body)
{
	return (struct page){status, "text/plain; charset=utf-8", bytes_of_text(body)};
}

/* The path of a GET, without its query, cut to size; false: another method. */
static bool path_of(const char *in, char path_r[32])
{
	if (strncmp(in, "GET ", 4) != 0)
		return false;
	snprintf(path_r, 32, "%.*s", (int)strcspn(in + 4, " ?\r\n"), in + 4);
	return true;
}

static struct page page_of(struct monitor *m, const char *in)
{
	char path[32];

	if (!path_of(in, path))
		return text_page("405 Method Not Allowed", "GET only\n");
	if (strcmp(path, "/metrics") == 0)
		return (struct page){"200 OK", "text/plain; version=0.0.4; charset=utf-8",
				     m->pages.metrics(m->pages.ctx, m->arena)};
	if (strcmp(path, "/livez") == 0)
		return text_page("200 OK", "ok\n");
	if (strcmp(path, "/readyz") == 0) {
		const char *why = m->pages.not_ready(m->pages.ctx);

		if (why == NULL)
			return text_page("200 OK", "ready\n");
		return text_page("503 Service Unavailable",
				 arena_printf(m->arena, "not ready: %s\n", why));
	}
	return text_page("404 Not Found", "there are /metrics, /livez and /readyz\n");
}

static void make_answer(struct monitor *m, struct connection *c)
{
	struct page page = page_of(m, c->in);
	char head[256];
	int len = snprintf(head, sizeof head,
			   "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
			   "Connection: close\r\n\r\n",
			   page.status, page.type, page.body.len);

	c->n_out = (size_t)len + page.body.len;
	c->out = malloc(c->n_out);
	ENSURE(c->out != NULL);
	memcpy(c->out, head, (size_t)len);
	memcpy(c->out + len, page.body.data, page.body.len);
	arena_reset(m->arena);
}

/* Reads until the empty line after the head; a head that is too long is dropped. */
static void take_request(struct monitor *m, struct connection *c)
{
	ssize_t n = recv(c->fd, c->in + c->n_in, sizeof c->in - 1 - c->n_in, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(c);
		return;
	}
	c->n_in += (size_t)n;
	c->in[c->n_in] = '\0';
	if (strstr(c->in, "\r\n\r\n") != NULL)
		make_answer(m, c);
	else if (c->n_in == sizeof c->in - 1)
		drop(c);
}

static void give_answer(struct connection *c)
{
	ssize_t n = send(c->fd, c->out + c->sent, c->n_out - c->sent, MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->sent += (size_t)n;
	if (n <= 0 || c->sent == c->n_out)
		drop(c);
}

void monitor_turn(struct monitor *m, int64_t mono_us)
{
	accept_all(m, mono_us);
	for (unsigned i = 0; i < CONNECTIONS; i++) {
		struct connection *c = &m->connections[i];

		if (c->fd >= 0 && c->out == NULL)
			take_request(m, c);
		if (c->fd >= 0 && c->out != NULL)
			give_answer(c);
		if (c->fd >= 0 && mono_us > c->until_us)
			drop(c);
	}
}
