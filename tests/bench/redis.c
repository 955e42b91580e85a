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

struct redis {
	SSL_CTX *context;
	SSL *tls;
	int fd;
	char command[COMMAND_MAX];
	size_t command_len;
	char out[OUT_BYTES]; /* what TLS has not taken yet */
	size_t out_len;
	char line[64]; /* of the reply that is being read */
	size_t line_len;
	bool in_bulk;     /* the line that comes is the id, not its length */
	int64_t *sent_us; /* of what is in flight; answers come in this order */
};

static void check_tls(bool ok)
{
	if (!ok)
		ERR_print_errors_fp(stderr);
	ENSURE(ok);
}

static void open_tls(struct redis *r, const char *dir)
{
	char ca[256], certificate[256], key[256];

	snprintf(ca, sizeof ca, "%s/ca.crt", dir);
	snprintf(certificate, sizeof certificate, "%s/client.crt", dir);
	snprintf(key, sizeof key, "%s/client.key", dir);
	r->context = SSL_CTX_new(TLS_client_method());
	check_tls(r->context != NULL && SSL_CTX_load_verify_locations(r->context, ca, NULL) == 1 &&
		  SSL_CTX_use_certificate_file(r->context, certificate, SSL_FILETYPE_PEM) == 1 &&
		  SSL_CTX_use_PrivateKey_file(r->context, key, SSL_FILETYPE_PEM) == 1);
	SSL_CTX_set_verify(r->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(r->context,
			 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	r->tls = SSL_new(r->context);
	check_tls(r->tls != NULL && SSL_set_fd(r->tls, r->fd) == 1 && SSL_connect(r->tls) == 1);
}

static void connect_to(struct redis *r, const struct redis_options *o)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(o->port)};
	int one = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ENSURE(r->fd >= 0 && connect(r->fd, (const struct sockaddr *)&at, sizeof at) == 0);
	ENSURE(setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
	open_tls(r, o->dir);
	ENSURE(fcntl(r->fd, F_SETFL, O_NONBLOCK) == 0);
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

static void send_due(struct redis *r, struct load_part *s)
{
	int64_t now_us = clock_mono_us();
	size_t n = load_due(s, now_us);

	for (; n > 0 && r->out_len + r->command_len <= OUT_BYTES; n--) {
		memcpy(r->out + r->out_len, r->command, r->command_len);
		r->out_len += r->command_len;
		r->sent_us[s->sent++ % s->window] = now_us;
	}
}

/* True: TLS took it all. */
static bool flush(struct redis *r)
{
	size_t at = 0;

	while (at < r->out_len) {
		int n = SSL_write(r->tls, r->out + at, (int)(r->out_len - at));

		if (n <= 0) {
			check_tls(SSL_get_error(r->tls, n) == SSL_ERROR_WANT_WRITE);
			break;
		}
		at += (size_t)n;
	}
	memmove(r->out, r->out + at, r->out_len - at);
	r->out_len -= at;
	return r->out_len == 0;
}

/* The answer to XADD is two lines: $LENGTH and the id. */
static void take_line(struct redis *r, struct load_part *s)
{
	if (!r->in_bulk) {
		if (r->line[0] != '$')
			fprintf(stderr, "redis: %.*s\n", (int)r->line_len, r->line);
		ENSURE(r->line[0] == '$');
		r->in_bulk = true;
		return;
	}
	r->in_bulk = false;
	load_answered(s, clock_mono_us() - r->sent_us[s->done % s->window]);
}

static void take_bytes(struct redis *r, struct load_part *s, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n') {
			take_line(r, s);
			r->line_len = 0;
		} else if (r->line_len < sizeof r->line) {
			r->line[r->line_len++] = bytes[i];
		}
	}
}

static void receive(struct redis *r, struct load_part *s)
{
	char bytes[16384];
	int n;

	while ((n = SSL_read(r->tls, bytes, sizeof bytes)) > 0)
		take_bytes(r, s, bytes, (size_t)n);
	check_tls(SSL_get_error(r->tls, n) == SSL_ERROR_WANT_READ);
}

void redis_client(const struct load *load, struct load_part *s)
{
	const struct redis_options *o = load->ctx;
	struct redis *r = calloc(1, sizeof *r);

	ENSURE(r != NULL);
	r->sent_us = calloc(s->window, sizeof *r->sent_us);
	ENSURE(r->sent_us != NULL);
	connect_to(r, o);
	make_command(r, o->payload);
	load_ready(s);
	while (s->done < s->n) {
		send_due(r, s);
		struct pollfd item = {r->fd, (short)(flush(r) ? POLLIN : POLLIN | POLLOUT), 0};

		ENSURE(poll(&item, 1, s->rate > 0 ? 1 : 1000) >= 0 || errno == EINTR);
		receive(r, s);
	}
	s->member->ended_us = clock_mono_us();
	SSL_free(r->tls);
	SSL_CTX_free(r->context);
	close(r->fd);
	free(r->sent_us);
	free(r);
}
