/* The channel to a mail server: libcurl's transfers in the daemon's loop, nothing of theirs in its
 * logs. */
#include "services/notification/mail/channel.h"

#include "libshared/clock.h"
#include "libshared/log.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define WATCHED_MOST 64
#define SOCKETS_MOST 64
#define PASSWORD_MAX 1000
#define IDLE_MOST_S 30 /* of a connection that may be used again */
#define QUIT_MOST_US (500 * US_PER_MS)

/* One letter on its way. */
struct transfer {
	CURL *easy; /* NULL: free */
	struct curl_slist *rcpt;
	struct smtp *smtp;
	uint8_t *content;
	size_t len, sent;
	bool named;     /* the recipient was named: what the server says from here on is about the
			   letter */
	bool letter;    /* the recipient was taken: it is about the letter itself */
	bool elsewhere; /* a 5.7.x was said: about us or a rule, not about the mailbox */
	bool quitting; /* all is said, and libcurl waits for the answer to QUIT, in its blocking way
			*/
};

struct watched {
	curl_socket_t fd;
	short events; /* of poll() */
};

struct smtp {
	struct channel channel;
	const struct notification_config *config;
	char password[PASSWORD_MAX + 1];
	CURLM *multi;
	struct transfer transfers[CHANNEL_SLOTS]; /* by the slot of their parcels */
	struct watched watched[WATCHED_MOST];
	unsigned n_watched;
	curl_socket_t sockets[SOCKETS_MOST]; /* open ones */
	unsigned n_sockets;
	int64_t now_us;     /* of the call in hand */
	int64_t wake_us;    /* when libcurl wants to be called; INT64_MAX: not */
	int64_t entered_us; /* monotonic: when libcurl was entered last */
	bool failing;       /* the last attempt failed by the server or the way to it */
};

/* ---- what libcurl calls ---- */

static int on_timer(CURLM *multi, long timeout_ms, void *ctx)
{
	struct smtp *s = ctx;

	(void)multi;
	s->wake_us = timeout_ms < 0 ? INT64_MAX : s->now_us + timeout_ms * US_PER_MS;
	return 0;
}

static void watch(struct smtp *s, curl_socket_t fd, short events)
{
	unsigned i = 0;

	while (i < s->n_watched && s->watched[i].fd != fd)
		i++;
	if (events == 0) {
		if (i < s->n_watched)
			s->watched[i] = s->watched[--s->n_watched];
		return;
	}
	/* A letter needs two at most: both addresses of a server are tried, or its name is looked
	 * up. */
	ENSURE(i < WATCHED_MOST);
	s->watched[i] = (struct watched){fd, events};
	if (i == s->n_watched)
		s->n_watched++;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
	short in = what == CURL_POLL_IN || what == CURL_POLL_INOUT ? POLLIN : 0;
	short out = what == CURL_POLL_OUT || what == CURL_POLL_INOUT ? POLLOUT : 0;

	(void)easy;
	(void)socket_ctx;
	watch(ctx, fd, (short)(in | out));
	return 0;
}

static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct smtp *s = ctx;
	curl_socket_t fd;

	(void)purpose;
	if (s->n_sockets == SOCKETS_MOST)
		return CURL_SOCKET_BAD;
	fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	if (fd >= 0)
		s->sockets[s->n_sockets++] = fd;
	return fd;
}

static int on_close_socket(void *ctx, curl_socket_t fd)
{
	struct smtp *s = ctx;

	for (unsigned i = 0; i < s->n_sockets; i++)
		if (s->sockets[i] == fd) {
			s->sockets[i] = s->sockets[--s->n_sockets];
			break;
		}
	return close(fd);
}

static size_t on_read(char *to, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = MIN(size * n, t->len - t->sent);

	memcpy(to, t->content + t->sent, len);
	t->sent += len;
	return len;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
	struct transfer *t = ctx;

	if (origin != SEEK_SET || offset < 0 || (size_t)offset > t->len)
		return CURL_SEEKFUNC_FAIL;
	t->sent = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* "550-5.7.1 ...": RFC 3463's number behind the code. */
static bool is_about_policy(const char *reply, size_t len)
{
	return len > 8 && reply[0] == '5' && memcmp(reply + 4, "5.7.", 4) == 0;
}

/* Which commands have been sent, and whose fault a refusal is, is all that is read of the
 * conversation; nothing of it is kept. */
static int on_talk(CURL *easy, curl_infotype type, char *data, size_t len, void *ctx)
{
	struct transfer *t = ctx;

	(void)easy;
	if (type == CURLINFO_HEADER_IN && is_about_policy(data, len))
		t->elsewhere = true;
	if (type != CURLINFO_HEADER_OUT || len < 4)
		return 0;
	t->named = t->named || memcmp(data, "RCPT", 4) == 0;
	t->letter = t->letter || memcmp(data, "DATA", 4) == 0;
	t->quitting = t->quitting || memcmp(data, "QUIT", 4) == 0;
	return 0;
}

/* libcurl 7.88 waits for the answer to QUIT in a loop of its own, and asks here once a second
 * whether it should go on: a server that does not answer must not stop the daemon. */
static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct transfer *t = ctx;

	(void)a, (void)b, (void)c, (void)d;
	return t->quitting && clock_mono_us() - t->smtp->entered_us > QUIT_MOST_US;
}

/* ---- a transfer ---- */

/* An option of libcurl that it knows, with memory at hand, is taken. */
#define SET(easy, option, value) ENSURE(curl_easy_setopt(easy, option, value) == CURLE_OK)

static void set_server(const struct smtp *s, CURL *easy)
{
	const struct notification_config *config = s->config;

	SET(easy, CURLOPT_URL, config->smtp_url);
	SET(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	SET(easy, CURLOPT_PROXY, ""); /* none from the environment either */
	SET(easy, CURLOPT_USE_SSL, config->smtp_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
	SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	if (config->smtp_ca_file[0] != '\0')
		SET(easy, CURLOPT_CAINFO, config->smtp_ca_file);
	if (config->smtp_user[0] != '\0') {
		SET(easy, CURLOPT_USERNAME, config->smtp_user);
		SET(easy, CURLOPT_PASSWORD, s->password);
	}
	SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)config->smtp_connect_timeout_ms);
	SET(easy, CURLOPT_TIMEOUT_MS, (long)config->smtp_timeout_ms);
	SET(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_MOST_S);
	SET(easy, CURLOPT_NOSIGNAL, 1L);
}

static void set_letter(struct transfer *t, const struct parcel *parcel)
{
	char from[300], to[300];

	snprintf(from, sizeof from, "<%s>", parcel->from);
	snprintf(to, sizeof to, "<%s>", parcel->to);
	t->rcpt = curl_slist_append(NULL, to);
	ENSURE(t->rcpt != NULL);
	SET(t->easy, CURLOPT_MAIL_FROM, from);
	SET(t->easy, CURLOPT_MAIL_RCPT, t->rcpt);
	SET(t->easy, CURLOPT_UPLOAD, 1L);
	SET(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->len);
	SET(t->easy, CURLOPT_READFUNCTION, on_read);
	SET(t->easy, CURLOPT_READDATA, t);
	SET(t->easy, CURLOPT_SEEKFUNCTION, on_seek);
	SET(t->easy, CURLOPT_SEEKDATA, t);
	sodium_memzero(to, sizeof to);
}

static void set_hooks(struct smtp *s, struct transfer *t)
{
	SET(t->easy, CURLOPT_PRIVATE, t);
	SET(t->easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	SET(t->easy, CURLOPT_OPENSOCKETDATA, s);
	SET(t->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
	SET(t->easy, CURLOPT_CLOSESOCKETDATA, s);
	SET(t->easy, CURLOPT_VERBOSE, 1L); /* on_talk() is called, and prints nothing */
	SET(t->easy, CURLOPT_DEBUGFUNCTION, on_talk);
	SET(t->easy, CURLOPT_DEBUGDATA, t);
	SET(t->easy, CURLOPT_NOPROGRESS, 0L);
	SET(t->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(t->easy, CURLOPT_XFERINFODATA, t);
}

static void enter(struct smtp *s, int64_t now_us)
{
	s->now_us = now_us;
	s->entered_us = clock_mono_us();
}

static void smtp_send(struct channel *c, const struct parcel *parcel, int64_t now_us)
{
	struct smtp *s = (struct smtp *)c;
	struct transfer *t = &s->transfers[parcel->slot];

	ENSURE(parcel->slot < CHANNEL_SLOTS && t->easy == NULL);
	*t = (struct transfer){.easy = curl_easy_init(), .smtp = s, .len = parcel->content.len};
	t->content = malloc(t->len);
	ENSURE(t->easy != NULL && t->content != NULL);
	memcpy(t->content, parcel->content.data, t->len);
	set_server(s, t->easy);
	set_letter(t, parcel);
	set_hooks(s, t);
	enter(s, now_us);
	ENSURE(curl_multi_add_handle(s->multi, t->easy) == CURLM_OK);
}

static void transfer_end(struct transfer *t)
{
	if (t->easy == NULL)
		return;
	curl_multi_remove_handle(t->smtp->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->rcpt);
	sodium_memzero(t->content, t->len);
	free(t->content);
	*t = (struct transfer){0};
}

/* ---- what became of it ---- */

/* The server and the way to it are told about when they change, not per letter: at a bad hour there
 * are thousands. libcurl's words for its codes name no person. */
static void note_health(struct smtp *s, CURLcode rc, long code, bool servers_fault)
{
	if (servers_fault && !s->failing)
		log_warn("mail_not_taken", "reply=%ld because=\"%s\"", code,
			 curl_easy_strerror(rc));
	if (!servers_fault && s->failing)
		log_info("mail_taken_again", "reply=%ld", code);
	s->failing = servers_fault;
}

/* Final is only what the server says once it knows the recipient. Before that a 5xx is about us (a
 * password, TLS, a sender it does not like): someone will mend it, so the letter waits. */
static struct delivery outcome_of(struct smtp *s, const struct transfer *t, CURLcode rc)
{
	struct delivery d = {.slot = (unsigned)(t - s->transfers)};
	long code = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
	d.code = code > 0 ? (uint32_t)code : 0;
	if (rc == CURLE_OK)
		d.outcome = NOTIFICATION__OUTCOME__DELIVERED;
	else if (t->named && code >= 500 && code <= 599)
		d.outcome = t->letter || t->elsewhere ? NOTIFICATION__OUTCOME__PERMANENT
						      : NOTIFICATION__OUTCOME__BOUNCED;
	else
		d.outcome = NOTIFICATION__OUTCOME__TEMPORARY;
	note_health(s, rc, code, d.outcome == NOTIFICATION__OUTCOME__TEMPORARY && !t->named);
	return d;
}

/* Lets libcurl go on with what is ready. */
static void work(struct smtp *s, int64_t now_us)
{
	struct pollfd ready[WATCHED_MOST];
	unsigned n = s->n_watched;
	int running;

	for (unsigned i = 0; i < n; i++)
		ready[i] = (struct pollfd){s->watched[i].fd, s->watched[i].events, 0};
	if (poll(ready, n, 0) < 0)
		n = 0; /* interrupted: the next turn comes */
	for (unsigned i = 0; i < n; i++) {
		int events =
			(ready[i].revents & POLLIN ? CURL_CSELECT_IN : 0) |
			(ready[i].revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
			(ready[i].revents & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);

		if (events == 0)
			continue;
		enter(s, now_us);
		curl_multi_socket_action(s->multi, ready[i].fd, events, &running);
	}
	if (s->wake_us <= now_us) {
		s->wake_us = INT64_MAX;
		enter(s, now_us);
		curl_multi_socket_action(s->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	}
}

static bool smtp_done(struct channel *c, int64_t now_us, struct delivery *delivery_r)
{
	struct smtp *s = (struct smtp *)c;
	int left;

	work(s, now_us);
	for (CURLMsg *m; (m = curl_multi_info_read(s->multi, &left)) != NULL;) {
		struct transfer *t;

		if (m->msg != CURLMSG_DONE)
			continue;
		ENSURE(curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t) ==
		       CURLE_OK);
		*delivery_r = outcome_of(s, t, m->data.result);
		enter(s, now_us);
		transfer_end(t);
		return true;
	}
	return false;
}

static unsigned smtp_items(struct channel *c, zmq_pollitem_t *items, unsigned most)
{
	struct smtp *s = (struct smtp *)c;
	unsigned n = MIN(s->n_watched, most);

	for (unsigned i = 0; i < n; i++) {
		items[i] = (zmq_pollitem_t){.fd = s->watched[i].fd};
		items[i].events = (short)((s->watched[i].events & POLLIN ? ZMQ_POLLIN : 0) |
					  (s->watched[i].events & POLLOUT ? ZMQ_POLLOUT : 0));
	}
	return n;
}

static int64_t smtp_next_us(const struct channel *c)
{
	return ((const struct smtp *)c)->wake_us;
}

/* The connections are broken first: libcurl would say QUIT on each and wait for the answers. */
static void smtp_close(struct channel **c)
{
	struct smtp *s = (struct smtp *)*c;

	if (s == NULL)
		return;
	for (unsigned i = 0; i < s->n_sockets; i++)
		shutdown(s->sockets[i], SHUT_RDWR);
	for (unsigned i = 0; i < CHANNEL_SLOTS; i++)
		transfer_end(&s->transfers[i]);
	if (s->multi != NULL)
		curl_multi_cleanup(s->multi);
	sodium_memzero(s->password, sizeof s->password);
	free(s);
	curl_global_cleanup();
	*c = NULL;
}

static const struct channel_ops smtp_ops = {
	.word = "smtp",
	.send = smtp_send,
	.done = smtp_done,
	.items = smtp_items,
	.next_us = smtp_next_us,
	.close = smtp_close,
};

/* ---- opening ---- */

static int wrong(const char *setting, const char *because)
{
	log_error("wrong_setting", "setting=%s because=\"%s\"", setting, because);
	return -1;
}

/* The first line of the file. */
static int read_password(struct smtp *s, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return wrong("smtp_password_file", "it cannot be opened");
	if (fstat(fd, &st) != 0 || (st.st_mode & S_IRWXO) != 0) {
		close(fd);
		return wrong("smtp_password_file", "it may not be open to everybody: chmod o= it");
	}
	n = read(fd, s->password, PASSWORD_MAX);
	close(fd);
	if (n < 0)
		return wrong("smtp_password_file", "it cannot be read");
	s->password[n] = '\0';
	s->password[strcspn(s->password, "\r\n")] = '\0';
	return s->password[0] != '\0' ? 0 : wrong("smtp_password_file", "its first line is empty");
}

static int check_settings(struct smtp *s)
{
	const struct notification_config *config = s->config;
	bool tls_from_start = strncmp(config->smtp_url, "smtps://", 8) == 0;

	if (!tls_from_start && strncmp(config->smtp_url, "smtp://", 7) != 0)
		return wrong("smtp_url", "smtp://HOST:PORT or smtps://HOST:PORT is expected");
	if (strchr(config->smtp_url, '@') != NULL)
		return wrong("smtp_url",
			     "name and password stand in smtp_user and smtp_password_file");
	if ((config->smtp_user[0] != '\0') != (config->smtp_password_file[0] != '\0'))
		return wrong("smtp_user", "it goes together with smtp_password_file");
	if (config->smtp_user[0] == '\0')
		return 0;
	if (!config->smtp_tls && !tls_from_start)
		return wrong("smtp_tls", "a password does not travel without TLS");
	return read_password(s, config->smtp_password_file);
}

struct channel *smtp_open(const struct notification_config *config)
{
	struct smtp *s = calloc(1, sizeof *s);
	struct channel *c = (struct channel *)s;

	ENSURE(s != NULL);
	s->channel.ops = &smtp_ops;
	s->config = config;
	s->wake_us = INT64_MAX;
	ENSURE(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	if (check_settings(s) != 0) {
		smtp_close(&c);
		return NULL;
	}
	s->multi = curl_multi_init();
	ENSURE(s->multi != NULL);
	curl_multi_setopt(s->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(s->multi, CURLMOPT_SOCKETDATA, s);
	curl_multi_setopt(s->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(s->multi, CURLMOPT_TIMERDATA, s);
	curl_multi_setopt(s->multi, CURLMOPT_MAXCONNECTS, (long)CHANNEL_SLOTS);
	return c;
}
