/* HTTP to an identity provider, by libcurl in the one loop. */
#include "services/gateway/openid/fetch.h"

#include "libshared/log.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define WATCHED_MOST (4 * FETCHES_MAX)

struct transfer {
	CURL *easy; /* NULL: free */
	struct fetcher *fetcher;
	struct fetch fetch;
	uint8_t *body; /* FETCH_BODY_MAX once something came */
	size_t len;
};

struct fetcher {
	CURLM *multi;
	fetched_fn *fetched;
	void *ctx;
	bool this_machine;
	int64_t wake_us, now_us; /* monotonic */
	struct watched {
		curl_socket_t fd;
		short events;
	} watched[WATCHED_MOST];
	unsigned n_watched;
	struct transfer transfers[FETCHES_MAX];
};

/* ---- what libcurl asks for ---- */

static int on_timer(CURLM *multi, long timeout_ms, void *ctx)
{
	struct fetcher *f = ctx;

	(void)multi;
	f->wake_us = timeout_ms < 0 ? INT64_MAX : f->now_us + timeout_ms * US_PER_MS;
	return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
	short in = what == CURL_POLL_IN || what == CURL_POLL_INOUT ? POLLIN : 0;
	short out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT ? POLLOUT : 0;
	struct fetcher *f = ctx;
	unsigned i = 0;

	(void)easy;
	(void)socket_ctx;
	while (i < f->n_watched && f->watched[i].fd != fd)
		i++;
	if ((in | out) == 0) {
		if (i < f->n_watched)
			f->watched[i] = f->watched[--f->n_watched];
		return 0;
	}
	if (i == WATCHED_MOST)
		return -1;
	f->watched[i] = (struct watched){fd, (short)(in | out)};
	if (i == f->n_watched)
		f->n_watched++;
	return 0;
}

static bool is_this_machine(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, address, sizeof in);
		return ntohl(in.sin_addr.s_addr) >> 24 == 127;
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, address, sizeof in6);
		return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
	}
	return false;
}

/* Asked when the name has been looked up, so a name that changes its address changes nothing. */
static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	const struct fetcher *f = ctx;

	(void)purpose;
	if (f->this_machine && !is_this_machine(&address->addr))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;

	(void)size; /* 1 */
	if (n > FETCH_BODY_MAX - t->len)
		return 0; /* libcurl ends the transfer */
	if (t->body == NULL)
		t->body = malloc(FETCH_BODY_MAX);
	ENSURE(t->body != NULL);
	memcpy(t->body + t->len, data, n);
	t->len += n;
	return n;
}

/* ---- beginning ---- */

#define SET(easy, option, value) ENSURE(curl_easy_setopt(easy, option, value) == CURLE_OK)

static void set_bounds(struct fetcher *f, CURL *easy)
{
	SET(easy, CURLOPT_PROTOCOLS_STR, f->this_machine ? "http,https" : "https");
	SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(easy, CURLOPT_NOSIGNAL, 1L);
	SET(easy, CURLOPT_TIMEOUT_MS, FETCH_MS);
	SET(easy, CURLOPT_CONNECTTIMEOUT_MS, FETCH_MS / 4);
	SET(easy, CURLOPT_MAXFILESIZE, (long)FETCH_BODY_MAX);
	SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(easy, CURLOPT_PROXY, "");
	SET(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	SET(easy, CURLOPT_OPENSOCKETDATA, f);
}

static void set_message(CURL *easy, const struct fetch *fetch)
{
	SET(easy, CURLOPT_URL, fetch->url);
	SET(easy, CURLOPT_USERAGENT, "cairn");
	if (fetch->form != NULL)
		SET(easy, CURLOPT_COPYPOSTFIELDS, fetch->form);
	if (fetch->user == NULL)
		return;
	SET(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	SET(easy, CURLOPT_USERNAME, fetch->user);
	SET(easy, CURLOPT_PASSWORD, fetch->password);
}

bool fetch_begin(struct fetcher *f, const struct fetch *fetch, int64_t mono_us)
{
	struct transfer *t = f->transfers;

	while (t < f->transfers + FETCHES_MAX && t->easy != NULL)
		t++;
	if (t == f->transfers + FETCHES_MAX)
		return false;
	*t = (struct transfer){.easy = curl_easy_init(), .fetcher = f};
	ENSURE(t->easy != NULL);
	t->fetch = (struct fetch){.kind = fetch->kind, .token = fetch->token};
	set_bounds(f, t->easy);
	set_message(t->easy, fetch);
	SET(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	SET(t->easy, CURLOPT_WRITEDATA, t);
	SET(t->easy, CURLOPT_PRIVATE, t);
	f->now_us = mono_us;
	ENSURE(curl_multi_add_handle(f->multi, t->easy) == CURLM_OK);
	return true;
}

/* ---- going on ---- */

/* Bodies hold tokens: not left in memory. */
static void transfer_end(struct transfer *t)
{
	if (t->easy == NULL)
		return;
	curl_multi_remove_handle(t->fetcher->multi, t->easy);
	curl_easy_cleanup(t->easy);
	if (t->body != NULL)
		sodium_memzero(t->body, t->len);
	free(t->body);
	*t = (struct transfer){0};
}

static void transfer_done(struct fetcher *f, struct transfer *t, CURLcode rc)
{
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (rc != CURLE_OK) {
		log_warn("openid_no_answer", "kind=%u because=\"%s\"", t->fetch.kind,
			 curl_easy_strerror(rc));
		status = 0;
	}
	f->fetched(f->ctx, &t->fetch, status, (struct bytes){t->body, t->len});
	transfer_end(t);
}

static void collect(struct fetcher *f)
{
	int left;

	for (CURLMsg *m; (m = curl_multi_info_read(f->multi, &left)) != NULL;) {
		struct transfer *t;
		char *private = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		ENSURE(curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private) == CURLE_OK);
		t = (struct transfer *)(void *)private;
		transfer_done(f, t, m->data.result);
	}
}

void fetcher_turn(struct fetcher *f, int64_t mono_us)
{
	struct pollfd ready[WATCHED_MOST];
	unsigned n = f->n_watched;
	int running;

	f->now_us = mono_us;
	for (unsigned i = 0; i < n; i++)
		ready[i] = (struct pollfd){f->watched[i].fd, f->watched[i].events, 0};
	if (n > 0 && poll(ready, n, 0) < 0)
		n = 0; /* interrupted: the next turn comes */
	for (unsigned i = 0; i < n; i++) {
		int events =
			(ready[i].revents & POLLIN ? CURL_CSELECT_IN : 0) |
			(ready[i].revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
			(ready[i].revents & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);

		if (events != 0)
			curl_multi_socket_action(f->multi, ready[i].fd, events, &running);
	}
	if (f->wake_us <= mono_us) {
		f->wake_us = INT64_MAX;
		curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	collect(f);
}

unsigned fetcher_items(const struct fetcher *f, zmq_pollitem_t *items, unsigned room)
{
	unsigned n = MIN(f->n_watched, room);

	for (unsigned i = 0; i < n; i++) {
		items[i] = (zmq_pollitem_t){.fd = f->watched[i].fd};
		items[i].events = (short)((f->watched[i].events & POLLIN ? ZMQ_POLLIN : 0) |
					  (f->watched[i].events & POLLOUT ? ZMQ_POLLOUT : 0));
	}
	return n;
}

int64_t fetcher_next_us(const struct fetcher *f)
{
	return f->wake_us;
}

/* ---- opening ---- */

struct fetcher *fetcher_new(bool this_machine, fetched_fn *fetched, void *ctx)
{
	struct fetcher *f = calloc(1, sizeof *f);

	ENSURE(f != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	*f = (struct fetcher){.multi = curl_multi_init(),
			      .fetched = fetched,
			      .ctx = ctx,
			      .this_machine = this_machine,
			      .wake_us = INT64_MAX};
	ENSURE(f->multi != NULL);
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
	curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, 4L);
	return f;
}

void fetcher_destroy(struct fetcher **f)
{
	if (*f == NULL)
		return;
	for (unsigned i = 0; i < FETCHES_MAX; i++)
		transfer_end(&(*f)->transfers[i]);
	curl_multi_cleanup((*f)->multi);
	free(*f);
	curl_global_cleanup();
	*f = NULL;
}
