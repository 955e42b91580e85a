/* TLS over loopback with buffers on both sides. */
#include "tests/bench/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void check_tls(bool ok)
{
	if (!ok)
		ERR_print_errors_fp(stderr);
	ENSURE(ok);
}

SSL_CTX *wire_context(const char *dir)
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

/* Byte by byte: what comes behind it belongs to TLS. */
static void await_greeting(int fd, const char *greeting)
{
	size_t n = strlen(greeting), met = 0;
	char c;

	while (met < n) {
		ENSURE(recv(fd, &c, 1, 0) == 1);
		met = c == greeting[met] ? met + 1 : (size_t)(c == greeting[0]);
	}
}

void wire_open(struct wire *w, SSL_CTX *context, uint16_t port, const char *greeting)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int one = 1;

	*w = (struct wire){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ENSURE(w->fd >= 0 && connect(w->fd, (const struct sockaddr *)&at, sizeof at) == 0);
	ENSURE(setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
	if (greeting != NULL)
		await_greeting(w->fd, greeting);
	w->tls = SSL_new(context);
	check_tls(w->tls != NULL && SSL_set_fd(w->tls, w->fd) == 1 && SSL_connect(w->tls) == 1);
	ENSURE(fcntl(w->fd, F_SETFL, O_NONBLOCK) == 0);
}

void wire_close(struct wire *w)
{
	SSL_free(w->tls);
	close(w->fd);
	free(w->out);
	free(w->in);
}

static void make_room(char **buffer, size_t len, size_t *room, size_t more)
{
	if (len + more <= *room)
		return;
	*room = MAX(2 * *room, len + more);
	*buffer = realloc(*buffer, *room);
	ENSURE(*buffer != NULL);
}

void wire_send(struct wire *w, const void *data, size_t len)
{
	make_room(&w->out, w->out_len, &w->out_room, len);
	memcpy(w->out + w->out_len, data, len);
	w->out_len += len;
}

short wire_wants(const struct wire *w)
{
	return (short)(w->out_len > 0 ? POLLIN | POLLOUT : POLLIN);
}

static void flush(struct wire *w)
{
	size_t at = 0;

	while (at < w->out_len) {
		int n = SSL_write(w->tls, w->out + at, (int)(w->out_len - at));

		if (n <= 0) {
			check_tls(SSL_get_error(w->tls, n) == SSL_ERROR_WANT_WRITE);
			break;
		}
		at += (size_t)n;
	}
	memmove(w->out, w->out + at, w->out_len - at);
	w->out_len -= at;
}

static void receive(struct wire *w)
{
	int n;

	if (w->in_at > 0) {
		memmove(w->in, w->in + w->in_at, w->in_len - w->in_at);
		w->in_len -= w->in_at;
		w->in_at = 0;
	}
	do {
		make_room(&w->in, w->in_len, &w->in_room, 65536);
		n = SSL_read(w->tls, w->in + w->in_len, 65536);
		if (n > 0)
			w->in_len += (size_t)n;
	} while (n > 0);
	check_tls(SSL_get_error(w->tls, n) == SSL_ERROR_WANT_READ);
}

void wire_turn(struct wire *w)
{
	flush(w);
	receive(w);
}

char *wire_line(struct wire *w)
{
	char *from = w->in + w->in_at,
	     *end = w->in_len > w->in_at ? memchr(from, '\n', w->in_len - w->in_at) : NULL;

	if (end == NULL)
		return NULL;
	w->in_at += (size_t)(end - from) + 1;
	*end = '\0';
	if (end > from && end[-1] == '\r')
		end[-1] = '\0';
	return from;
}

const char *wire_bytes(struct wire *w, size_t n)
{
	const char *from = w->in + w->in_at;

	if (w->in_len - w->in_at < n)
		return NULL;
	w->in_at += n;
	return from;
}
