/* XADD over TLS with a window: as much of RESP as that needs. */
#include "tests/bench/redis.h"

#include "libshared/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COMMAND_MAX (REDIS_PAYLOAD_MAX + 64)
#define OUT_BYTES ((size_t)64 << 10)

struct connection {
	SSL *tls;
	int fd;
	char out[OUT_BYTES]; /* what TLS has not taken yet */
	size_t out_len;
	char line[64]; /* of the reply that is being read */
	size_t line_len;
	bool in_bulk;     /* the line that comes is the id, not its length */
	int64_t *sent_us; /* of what is in flight; answers come in this order */
	size_t sent, done, window;
};

struct redis {
	SSL_CTX *context;
	char command[COMMAND_MAX];
	size_t command_len;
	struct connection *connections;
	unsigned n, next; /* next: whose turn it is to send */
};

static void check_tls(bool ok)
{
	if (!ok)
		ERR_print_errors_fp(stderr);
	ENSURE(ok);
}

static SSL_CTX *make_context(const char *dir)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	char ca[256], certificate[256], key[256];

	snprintf(ca, sizeof ca, "%s/ca.crt", dir);
	snprintf(certificate, sizeof certificate, "%s/client.crt", dir);
	snprintf(key, sizeof key, "%s/client.key", dir);
	check_tls(context != NULL && SSL_CTX_load_verify_locations(context, ca, NULL) == 1 &&
		  SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) == 1 &&
		  SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(context,
			 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return context;
}

static void connect_to(struct connection *c, SSL_CTX *context, uint16_t port, size_t window)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int one = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ENSURE(c->fd >= 0 && connect(c->fd, (const struct sockaddr *)&at, sizeof at) == 0);
	ENSURE(setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
	c->tls = SSL_new(context);
	check_tls(c->tls != NULL && SSL_set_fd(c->tls, c->fd) == 1 && SSL_connect(c->tls) == 1);
	ENSURE(fcntl(c->fd, F_SETFL, O_NONBLOCK) == 0);
	c->window = window;
	c->sent_us = calloc(window, sizeof *c->sent_us);
	ENSURE(c->sent_us != NULL);
}

static void make_command(struct redis *r, size_t payload)
{
	int len;

	ENSURE(payload > 0 && payload <= REDIS_PAYLOAD_MAX);
	len = snprintf(r->command, sizeof r->command,
		       "*5\r\n$4\r\nXADD\r\n$5\r\nbench\r\n$1\r\n*\r\n$1\r\nd\r\n$%zu\r\n",
		       payload);
	memset(r->command + len, 'x', payload);
	memcpy(r->command + len + payload, "\r\n", 2);
	r->command_len = (size_t)len + payload + 2;
}

/* ---- in flight ---- */

static bool has_room(const struct redis *r, const struct connection *c)
{
	return c->sent - c->done < c->window && c->out_len + r->command_len <= OUT_BYTES;
}

/* The connections take turns. */
static void send_due(struct redis *r, struct load_part *part)
{
	int64_t now_us = clock_mono_us();
	size_t n = load_due(part, now_us);

	for (unsigned full = 0; n > 0 && full < r->n; r->next = (r->next + 1) % r->n) {
		struct connection *c = &r->connections[r->next];

		if (!has_room(r, c)) {
			full++;
			continue;
		}
		full = 0;
		memcpy(c->out + c->out_len, r->command, r->command_len);
		c->out_len += r->command_len;
		c->sent_us[c->sent++ % c->window] = now_us;
		part->sent++;
		n--;
	}
}

/* True: TLS took it all. */
static bool flush(struct connection *c)
{
	size_t at = 0;

	while (at < c->out_len) {
		int n = SSL_write(c->tls, c->out + at, (int)(c->out_len - at));

		if (n <= 0) {
			check_tls(SSL_get_error(c->tls, n) == SSL_ERROR_WANT_WRITE);
			break;
		}
		at += (size_t)n;
	}
	memmove(c->out, c->out + at, c->out_len - at);
	c->out_len -= at;
	return c->out_len == 0;
}

/* The answer to XADD is two lines: $LENGTH and the id. */
static void take_line(struct connection *c, struct load_part *part)
{
	if (!c->in_bulk) {
		if (c->line[0] != '$')
			fprintf(stderr, "redis: %.*s\n", (int)c->line_len, c->line);
		ENSURE(c->line[0] == '$');
		c->in_bulk = true;
		return;
	}
	c->in_bulk = false;
	load_answered(part, clock_mono_us() - c->sent_us[c->done++ % c->window]);
}

static void take_bytes(struct connection *c, struct load_part *part, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			take_line(c, part);
			c->line_len = 0;
		} else if (c->line_len < sizeof c->line) {
			c->line[c->line_len++] = bytes[i];
		}
	}
}

static void receive(struct connection *c, struct load_part *part)
{
	char bytes[16384];
	int n;

	while ((n = SSL_read(c->tls, bytes, sizeof bytes)) > 0)
		take_bytes(c, part, bytes, (size_t)n);
	check_tls(SSL_get_error(c->tls, n) == SSL_ERROR_WANT_READ);
}

static void turn(struct redis *r, struct load_part *part)
{
	struct pollfd items[REDIS_CONNECTIONS_MAX];

	send_due(r, part);
	for (unsigned i = 0; i < r->n; i++) {
		struct connection *c = &r->connections[i];

		items[i] = (struct pollfd){c->fd, (short)(flush(c) ? POLLIN : POLLIN | POLLOUT), 0};
	}
	ENSURE(poll(items, r->n, part->rate > 0 ? 1 : 1000) >= 0 || errno == EINTR);
	for (unsigned i = 0; i < r->n; i++)
		if (items[i].revents != 0)
			receive(&r->connections[i], part);
}

void redis_client(const struct load *load, struct load_part *part)
{
	const struct redis_options *o = load->ctx;
	struct redis r = {.context = make_context(o->dir), .n = o->connections};

	ENSURE(r.n > 0 && r.n <= REDIS_CONNECTIONS_MAX && part->window >= r.n);
	r.connections = calloc(r.n, sizeof *r.connections);
	ENSURE(r.connections != NULL);
	make_command(&r, o->payload);
	for (unsigned i = 0; i < r.n; i++)
		connect_to(&r.connections[i], r.context, o->port, part->window / r.n);
	load_ready(part);
	while (part->done < part->n)
		turn(&r, part);
	part->member->ended_us = clock_mono_us();
	for (unsigned i = 0; i < r.n; i++) {
		SSL_free(r.connections[i].tls);
		close(r.connections[i].fd);
		free(r.connections[i].sent_us);
	}
	free(r.connections);
	SSL_CTX_free(r.context);
}
