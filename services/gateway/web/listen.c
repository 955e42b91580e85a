/* A listening socket, and the files of a certificate. */
#include "services/gateway/web/listen.h"

#include "libshared/log.h"

#include <errno.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define PEM_MAX 65536

/* "[::1]:8080" to its two parts. */
static bool split(const char *http, char host_r[100], char port_r[10])
{
	const char *colon = strrchr(http, ':');
	size_t len = colon != NULL ? (size_t)(colon - http) : 0;
	bool bracketed = len > 2 && http[0] == '[' && http[len - 1] == ']';

	if (len == 0 || len >= 100 || strlen(colon + 1) > 5 || colon[1] == '\0')
		return false;
	snprintf(host_r, 100, "%.*s", (int)(bracketed ? len - 2 : len), http + bracketed);
	snprintf(port_r, 10, "%s", colon + 1);
	return true;
}

static int bound(const struct addrinfo *at)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
	    bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Tells the others on this machine where it is: the port may have been left to the kernel. */
static int write_place(struct web *web, int fd)
{
	struct sockaddr_storage at = {0};
	socklen_t len = sizeof at;
	char host[100], port[10], path[600], place[112];
	FILE *file;

	if (getsockname(fd, (struct sockaddr *)&at, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&at, len, host, sizeof host, port, sizeof port,
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return -1;
	snprintf(path, sizeof path, "%s/../run/gateway.http", web->dir);
	file = fopen(path, "w");
	if (file == NULL)
		return -1;
	snprintf(place, sizeof place, strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host, port);
	snprintf(web->own_url, sizeof web->own_url, "%s://%s",
		 web->config->tls_key_file[0] != '\0' ? "https" : "http", place);
	fprintf(file, "%s\n", place);
	log_info("http_listens", "at=%s:%s", host, port);
	return fclose(file);
}

/* Idle connections are cheap, but each is a descriptor. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)!setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int listen_open(struct web *web)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				 .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
	struct addrinfo *at = NULL;
	char host[100], port[10];
	int fd = -1;

	raise_descriptors();
	if (!split(web->config->http, host, port) || getaddrinfo(host, port, &hints, &at) != 0) {
		log_error("wrong_setting", "setting=http because=\"ADDRESS:PORT is expected\"");
		return -1;
	}
	fd = bound(at);
	freeaddrinfo(at);
	if (fd < 0 || write_place(web, fd) != 0) {
		log_error("http_cannot_listen", "at=%s error=\"%s\"", web->config->http,
			  strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/* NULL: logged. */
static char *read_pem(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, PEM_MAX + 1);
	size_t len = file != NULL && text != NULL ? fread(text, 1, PEM_MAX, file) : 0;

	if (file != NULL)
		fclose(file);
	if (len > 0 && strstr(text, "-----BEGIN") != NULL)
		return text;
	log_error("certificate_unreadable", "file=%s", path);
	free(text);
	return NULL;
}

int tls_read(const struct gateway_config *config, struct tls *tls_r)
{
	*tls_r = (struct tls){NULL, NULL};
	if (config->tls_certificate_file[0] == '\0' && config->tls_key_file[0] == '\0')
		return 0;
	tls_r->certificate = read_pem(config->tls_certificate_file);
	tls_r->key = read_pem(config->tls_key_file);
	return tls_r->certificate != NULL && tls_r->key != NULL ? 0 : -1;
}

void tls_forget(struct tls *tls)
{
	if (tls->key != NULL)
		sodium_memzero(tls->key, strlen(tls->key));
	free(tls->certificate);
	free(tls->key);
	*tls = (struct tls){NULL, NULL};
}
