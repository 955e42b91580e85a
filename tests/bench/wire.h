/*
 * Connections of other people's protocols: TCP to loopback under TLS with a client's certificate,
 * never waited for.
 *
 *	wire_open(&w, context, port, NULL);
 *	wire_send(&w, data, len);      kept until TLS takes it
 *	wire_turn(&w);                 sends and receives what goes
 *	line = wire_line(&w);          what has come
 */
#ifndef CAIRN_BENCH_WIRE_H
#define CAIRN_BENCH_WIRE_H

#include "libshared/bytes.h"

#include <openssl/ssl.h>

struct wire {
	SSL *tls;
	int fd;
	char *out, *in;
	size_t out_len, out_room, in_len, in_room;
	size_t in_at; /* what is before it has been read */
};

/* Of ca.crt, client.crt and client.key in a directory. */
SSL_CTX *wire_context(const char *dir);
/* greeting: what the server says in the clear before TLS begins ends so; NULL: nothing. */
void wire_open(struct wire *w, SSL_CTX *context, uint16_t port, const char *greeting);
void wire_close(struct wire *w);

void wire_send(struct wire *w, const void *data, size_t len);
/* poll(): what to wait for. */
short wire_wants(const struct wire *w);
void wire_turn(struct wire *w);
/* A line without its CRLF, NUL-terminated in place; NULL: it has not come whole. What they return
 * lives until the next wire_turn(). */
char *wire_line(struct wire *w);
/* So many bytes; NULL: they have not come yet. */
const char *wire_bytes(struct wire *w, size_t n);

#endif
