/*
 * An HTTP server for tests of clients: a process beside the test, and in it a process a connection.
 *
 * Each request is kept for the test to read, then answered by a function of the test's, which runs
 * in the process of the connection. All of them die with the test.
 */
#ifndef CAIRN_TEST_HTTP_KIT_H
#define CAIRN_TEST_HTTP_KIT_H

#include "libshared/base.h"

#include <sys/types.h>

#define HTTP_REQUEST_MAX ((size_t)16 << 10)

/* request: head and body as they came. connection: 1 for the first that was accepted. */
typedef void http_serve_fn(int fd, const char *request, unsigned connection);

struct http_server {
	pid_t pid;
	unsigned port; /* of 127.0.0.1 */
	int requests;
};

void http_server_start(struct http_server *s, http_serve_fn *answer);
void http_server_stop(struct http_server *s);
/* The oldest request that was not read yet; request_r holds HTTP_REQUEST_MAX bytes. False: none has
 * come. It has come by the time its answer has. */
bool http_server_request(struct http_server *s, char *request_r) MUST_CHECK;

/* "HTTP/1.1 HEAD", the length, the body. head: "200 OK", and more lines behind "\r\n". */
void http_say(int fd, const char *head, const char *body);
void http_say_raw(int fd, const char *text);

#endif
