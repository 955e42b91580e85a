/* HTTP through libcurl, one descriptor for the loop. */
#include "services/notification/sinks/http.h"

#include "libshared/clock.h"
#include "libshared/log.h"
#include "services/notification/sinks/guard.h"

#include <curl/curl.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 64
#define IDLE_MOST_S 30 /* of a connection that may be used again */

/* One request, from http_send() to its answer. */
struct transfer {
	struct http_answer answer; /* first: header() is given its address */
	struct transfer *next;     /* waiting, or on its way */
	struct http *http;
	CURL *easy;
	struct curl_slist *headers;
	http_answer_fn *fn;
	void *ctx;
	uint8_t *body; /* HTTP_BODY_MAX, once something came */
	size_t len;
	bool cut, refused, connected; /* of its addresses one was refused, one was not */
};

struct http {
	CURLM *multi;
	int epoll;
	struct guard guard;
	char *ca_file;
	bool plain;
	uint64_t timeout_ms;
	unsigned parallel, n_running, n_waiting;
	struct transfer *running;
	struct transfer *waiting, **waiting_end; /* the oldest first */
	int64_t now_us, mono_us;                 /* of the last turn */
	int64_t wake_us; /* monotonic: when libcurl wants to be called; INT64_MAX: not */
};

/* ---- what libcurl calls ---- */

static int on_timer(CURLM *multi, long timeout_ms, void *ctx)
{
	struct http *h = ctx;

	(void)multi;
	h->wake_us = timeout_ms < 0 ? INT64_MAX : clock_mono_us() + timeout_ms * US_PER_MS;
	return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
	struct http *h = ctx;
	struct epoll_event event = {.data.fd = fd};

	(void)easy;
	(void)socket_ctx;
	if (what == CURL_POLL_REMOVE) {
		/* A closed one has left by itself. */
		ENSURE(epoll_ctl(h->epoll, EPOLL_CTL_DEL, fd, NULL) == 0 || errno == ENOENT ||
		       errno == EBADF);
		return 0;
	}
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		event.events |= EPOLLIN;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		event.events |= EPOLLOUT;
	if (epoll_ctl(h->epoll, EPOLL_CTL_MOD, fd, &event) == 0)
		return 0;
	return errno == ENOENT && epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -1;
}

/* Asked when the name has been looked up, so a name that changes its address changes nothing. */
static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *t = ctx;

	(void)purpose;
	if (!guard_allows(&t->http->guard, &address->addr, address->addrlen)) {
		t->refused = true;
		return CURL_SOCKET_BAD;
	}
	t->connected = true;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* What is more than is kept is not waited for: libcurl ends the transfer. */
static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = MIN(n, HTTP_BODY_MAX - t->len);

	(void)size; /* 1 */
	if (t->body == NULL)
		t->body = malloc(HTTP_BODY_MAX);
	ENSURE(t->body != NULL);
	memcpy(t->body + t->len, data, len);
	t->len += len;
	t->cut = len < n;
	return len;
}

/* ---- a transfer ---- */

/* An option of libcurl that it knows, with memory at hand, is taken. */
#define SET(easy, option, value) ENSURE(curl_easy_setopt(easy, option, value) == CURLE_OK)

static void set_bounds(const struct http *h, CURL *easy)
{
	SET(easy, CURLOPT_PROTOCOLS_STR, h->plain ? "http,https" : "https");
	SET(easy, CURLOPT_PROXY, ""); /* none from the environment either */
	SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	/* One request a connection at a time: one that hangs holds up no other. */
	SET(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (h->ca_file[0] != '\0')
		SET(easy, CURLOPT_CAINFO, h->ca_file);
	SET(easy, CURLOPT_TIMEOUT_MS, (long)h->timeout_ms);
	SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)MAX(h->timeout_ms / 2, 1));
	SET(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_MOST_S);
	SET(easy, CURLOPT_NOSIGNAL, 1L);
	SET(easy, CURLOPT_QUICK_EXIT, 1L); /* a look-up that hangs is left, not waited for */
}

static void set_request(struct transfer *t, const struct http_request *request)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:"); /* no 100-continue */

	for (size_t i = 0; i < request->n_headers; i++) {
		ENSURE(headers != NULL && strpbrk(request->headers[i], "\r\n") == NULL);
		headers = curl_slist_append(headers, request->headers[i]);
	}
	ENSURE(headers != NULL);
	t->headers = headers;
	SET(t->easy, CURLOPT_HTTPHEADER, headers);
	SET(t->easy, CURLOPT_USERAGENT, "cairn/" CAIRN_VERSION);
	SET(t->easy, CURLOPT_URL, request->url);
	if (request->body.len > 0 || strcmp(request->method, "POST") == 0) {
		SET(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
		SET(t->easy, CURLOPT_COPYPOSTFIELDS,
		    request->body.len > 0 ? (const char *)request->body.data : "");
	}
	SET(t->easy, CURLOPT_CUSTOMREQUEST, request->method);
	if (request->user == NULL)
		return;
	SET(t->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
	SET(t->easy, CURLOPT_USERNAME, request->user);
	SET(t->easy, CURLOPT_PASSWORD, request->password);
}

static void set_hooks(struct transfer *t)
{
	SET(t->easy, CURLOPT_PRIVATE, t);
	SET(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	SET(t->easy, CURLOPT_OPENSOCKETDATA, t);
	SET(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	SET(t->easy, CURLOPT_WRITEDATA, t);
}

/* The oldest that wait, as connections are free. */
static void start_waiting(struct http *h)
{
	while (h->waiting != NULL && h->n_running < h->parallel) {
		struct transfer *t = h->waiting;

		h->waiting = t->next;
		if (h->waiting == NULL)
			h->waiting_end = &h->waiting;
		h->n_waiting--;
		t->next = h->running;
		h->running = t;
		h->n_running++;
		ENSURE(curl_multi_add_handle(h->multi, t->easy) == CURLM_OK);
	}
}

void http_send(struct http *h, const struct http_request *request, http_answer_fn *fn, void *ctx)
{
	struct transfer *t = calloc(1, sizeof *t);

	ENSURE(t != NULL);
	*t = (struct transfer){.http = h, .easy = curl_easy_init(), .fn = fn, .ctx = ctx};
	ENSURE(t->easy != NULL);
	set_bounds(h, t->easy);
	set_request(t, request);
	set_hooks(t);
	*h->waiting_end = t;
	h->waiting_end = &t->next;
	h->n_waiting++;
	start_waiting(h);
}

/* Bodies hold tokens: not left in memory. */
static void transfer_free(struct transfer *t)
{
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	if (t->body != NULL)
		sodium_memzero(t->body, t->len);
	free(t->body);
	free(t);
}

static void transfer_take(struct http *h, struct transfer *t)
{
	struct transfer **at = &h->running;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	h->n_running--;
	curl_multi_remove_handle(h->multi, t->easy);
}

/* ---- what became of it ---- */

static const char *header_of(const struct http_answer *answer, const char *name)
{
	const struct transfer *t = (const struct transfer *)answer;
	struct curl_header *header;

	return curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK
		       ? header->value
		       : NULL;
}

/* In words of ours where the operator can change something, else in libcurl's, which name no
 * address. */
static void note_fault(struct transfer *t, CURLcode rc)
{
	struct http_answer *a = &t->answer;

	a->refused = true;
	if (t->refused && !t->connected) {
		a->fault = "its address is not public: sink_networks can allow its network";
	} else if (rc == CURLE_UNSUPPORTED_PROTOCOL) {
		a->fault = t->http->plain
				   ? "only https:// and http:// are spoken"
				   : "only https:// is spoken: sink_plain=yes allows http://";
	} else if (rc == CURLE_LOGIN_DENIED) {
		a->fault = "a user's name does not belong into the url";
	} else if (rc == CURLE_URL_MALFORMAT) {
		a->fault = "the url cannot be read";
	} else {
		a->refused = false;
		a->fault = curl_easy_strerror(rc);
	}
}

static void note_answer(struct transfer *t, CURLcode rc)
{
	struct http_answer *a = &t->answer;
	curl_off_t after_s = 0;
	long code = 0;

	a->header = header_of;
	if (rc != CURLE_OK && !(rc == CURLE_WRITE_ERROR && t->cut)) {
		note_fault(t, rc);
		return;
	}
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &after_s);
	a->code = code > 0 ? (uint32_t)code : 0;
	a->retry_after_us = MIN(after_s, (curl_off_t)(US_PER_DAY / US_PER_S)) * US_PER_S;
	a->body = (struct bytes){t->body, t->len};
	a->cut = t->cut;
}

static void collect(struct http *h)
{
	int left;

	for (CURLMsg *m; (m = curl_multi_info_read(h->multi, &left)) != NULL;) {
		CURLcode rc = m->data.result;
		char *private = NULL;
		struct transfer *t;

		if (m->msg != CURLMSG_DONE)
			continue;
		ENSURE(curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private) == CURLE_OK);
		t = (struct transfer *)(void *)private;
		transfer_take(h, t);
		note_answer(t, rc);
		t->fn(t->ctx, &t->answer);
		transfer_free(t);
		start_waiting(h);
	}
}

void http_turn(struct http *h, int64_t now_us)
{
	struct epoll_event ready[EVENTS_AT_ONCE];
	int n = epoll_wait(h->epoll, ready, EVENTS_AT_ONCE, 0), running;

	h->now_us = now_us;
	h->mono_us = clock_mono_us();
	for (int i = 0; i < n; i++) {
		int events = (ready[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
			     (ready[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
			     (ready[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

		curl_multi_socket_action(h->multi, ready[i].data.fd, events, &running);
	}
	if (h->wake_us <= h->mono_us) {
		h->wake_us = INT64_MAX;
		curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
	collect(h);
}

int http_fd(const struct http *h)
{
	return h->epoll;
}

int64_t http_next_us(const struct http *h)
{
	return h->wake_us == INT64_MAX ? INT64_MAX : h->now_us + (h->wake_us - h->mono_us);
}

unsigned http_in_air(const struct http *h)
{
	return h->n_running + h->n_waiting;
}

/* ---- opening ---- */

static int check_options(struct http *h, const struct http_options *options)
{
	char why[GUARD_WHY_LEN];

	if (!guard_parse(&h->guard, options->networks, why)) {
		log_error("wrong_setting", "setting=sink_networks because=\"%s\"", why);
		return -1;
	}
	if (options->ca_file[0] != '\0' && access(options->ca_file, R_OK) != 0) {
		log_error("wrong_setting", "setting=sink_ca_file because=\"it cannot be read\"");
		return -1;
	}
	return 0;
}

struct http *http_open(const struct http_options *options)
{
	struct http *h = calloc(1, sizeof *h);

	ENSURE(h != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	*h = (struct http){.multi = curl_multi_init(),
			   .epoll = epoll_create1(EPOLL_CLOEXEC),
			   .ca_file = strdup(options->ca_file),
			   .plain = options->plain,
			   .timeout_ms = options->timeout_ms,
			   .parallel = options->parallel,
			   .waiting_end = &h->waiting,
			   .wake_us = INT64_MAX};
	ENSURE(h->multi != NULL && h->epoll >= 0 && h->ca_file != NULL && h->parallel > 0);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)h->parallel);
	if (check_options(h, options) != 0)
		http_close(&h);
	return h;
}

static void free_all(struct http *h, struct transfer *t)
{
	for (struct transfer *next; t != NULL; t = next) {
		next = t->next;
		curl_multi_remove_handle(h->multi, t->easy); /* a waiting one is not there */
		transfer_free(t);
	}
}

void http_close(struct http **h)
{
	if (*h == NULL)
		return;
	free_all(*h, (*h)->running);
	free_all(*h, (*h)->waiting);
	curl_multi_cleanup((*h)->multi);
	close((*h)->epoll);
	free((*h)->ca_file);
	free(*h);
	curl_global_cleanup();
	*h = NULL;
}
