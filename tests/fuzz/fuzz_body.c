/*
 * Bodies of strangers through the real HTTP library: the first line is the Content-Type, the rest
 * the body. What is read is an object of texts no longer than what came, and a plain form is read
 * as it stands.
 */
#include "services/gateway/web/exchange.h"
#include "tests/fuzz/fuzz.h"

#include "libshared/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MOST ((size_t)32 << 10)
#define TYPE_MOST 200
#define TURNS 100

/* The real ones make pages of it. */
void reply_problem(struct request *r, unsigned status, const char *code, const char *format, ...)
{
	char text[1000];
	va_list args;

	ENSURE((status == 400 || status == 415) && code[0] != '\0');
	va_start(args, format);
	ENSURE(vsnprintf(text, sizeof text, format, args) > 0);
	va_end(args);
	r->own = r;
}

static const struct route route = {POST, "/", NULL, .body = BODY_FORM};

struct came {
	char type[TYPE_MOST + 1]; /* "": none */
	struct bytes body;
	bool is_read;
};

/* ---- what must hold ---- */

/* One part's text is one piece of what came, undecoded. */
static void check_part(const json_t *value, struct bytes came)
{
	struct bytes text = bytes_of_text(json_string_value(value));

	ENSURE(text.len == 0 || memmem(came.data, came.len, text.data, text.len) != NULL);
}

static size_t text_bytes(const json_t *value, const struct came *c)
{
	ENSURE(json_is_string(value));
	ENSURE(strlen(json_string_value(value)) == json_string_length(value));
	if (strncmp(c->type, "multipart", 9) == 0)
		check_part(value, c->body);
	return json_string_length(value);
}

static void check_form(const json_t *body, const struct came *c)
{
	size_t n = 0, i;
	const char *name;
	const json_t *value, *one;

	json_object_foreach((json_t *)(uintptr_t)body, name, value)
	{
		ENSURE(name[0] != '\0' && strlen(name) <= 200);
		if (!json_is_array(value)) {
			n += text_bytes(value, c);
			continue;
		}
		ENSURE(json_array_size(value) > 1);
		json_array_foreach(value, i, one) n += text_bytes(one, c);
	}
	ENSURE(n <= c->body.len);
}

static bool is_plain(struct bytes form)
{
	static const char sound[] = "abcdefghijklmnopqrstuvwxyz0123456789=&";

	for (size_t i = 0; i < form.len; i++)
		if (form.data[i] == '\0' || strchr(sound, form.data[i]) == NULL)
			return false;
	return form.len > 0;
}

/* The text of that place among those of a name. */
static const char *value_at(const json_t *body, const char *name, size_t place)
{
	const json_t *value = json_object_get(body, name);

	if (json_is_array(value))
		value = json_array_get(value, place);
	else if (place > 0)
		return NULL;
	return json_string_value(value);
}

/* How many fields before that one have its name. */
static size_t place_of(const char *form, const char *field, size_t name_len)
{
	size_t n = 0;

	for (const char *at = form; at < field; at += strcspn(at, "&") + 1)
		n += strcspn(at, "=&") == name_len && strncmp(at, field, name_len) == 0;
	return n;
}

/* "a=b&c=d", each with a name and a sign behind it. */
static void check_plain(const char *form, const json_t *body, struct arena *arena)
{
	for (const char *at = form; *at != '\0'; at += strspn(at, "&")) {
		size_t len = strcspn(at, "&"), name_len = strcspn(at, "=&");
		const char *name = arena_printf(arena, "%.*s", (int)name_len, at);
		const char *value;

		if (name_len > 0 && name_len < len) {
			value = value_at(body, name, place_of(form, at, name_len));
			ENSURE(value != NULL && strlen(value) == len - name_len - 1);
			ENSURE(strncmp(value, at + name_len + 1, strlen(value)) == 0);
		}
		at += len;
	}
}

static void check(const struct request *r, const struct came *c)
{
	bool is_text = strcmp(r->type, "application/x-www-form-urlencoded") == 0;

	if (c->body.len == 0) {
		ENSURE(r->body == NULL);
		return;
	}
	ENSURE(json_is_object(r->body));
	if (is_text || strcmp(r->type, "multipart/form-data") == 0)
		check_form(r->body, c);
	if (is_text && is_plain(c->body))
		check_plain(arena_text(r->arena, c->body), r->body, r->arena);
}

/* ---- one request ---- */

static void read_body(struct MHD_Connection *connection, struct came *c)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(4096);
	struct exchange x = {
		.connection = connection,
		.body = (uint8_t *)(uintptr_t)c->body.data,
		.body_len = c->body.len,
	};
	struct request *r = &x.request;

	r->exchange = &x;
	r->route = &route;
	r->arena = arena;
	r->type = arena_printf(arena, "%.*s", (int)strcspn(c->type, "; \t"), c->type);
	if (body_read(&x))
		check(r, c);
	else
		ENSURE(r->own != NULL);
	json_decref(r->body);
	c->is_read = true;
}

static enum MHD_Result on_request(void *came, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data,
				  size_t *len, void **ctx)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	(void)url, (void)method, (void)version, (void)data;
	if (*ctx == NULL || *len > 0) {
		*ctx = came;
		*len = 0;
		return MHD_YES;
	}
	read_body(connection, came);
	response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	result = MHD_queue_response(connection, 204, response);
	MHD_destroy_response(response);
	return result;
}

static void send_all(int fd, const char *head, struct bytes body)
{
	ENSURE(write(fd, head, strlen(head)) == (ssize_t)strlen(head));
	ENSURE(body.len == 0 || write(fd, body.data, body.len) == (ssize_t)body.len);
}

static void request(struct came *c)
{
	struct sockaddr_storage nobody = {.ss_family = AF_UNIX};
	char head[TYPE_MOST + 200];
	struct MHD_Daemon *d;
	int fds[2];

	ENSURE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0);
	d = MHD_start_daemon(MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, on_request, c,
			     MHD_OPTION_END);
	ENSURE(d != NULL);
	snprintf(head, sizeof head,
		 "POST / HTTP/1.1\r\nHost: x\r\n%s%s\r\nContent-Length: %zu\r\n\r\n",
		 c->type[0] != '\0' ? "Content-Type: " : "X: y", c->type, c->body.len);
	send_all(fds[0], head, c->body);
	ENSURE(MHD_add_connection(d, fds[1], (const struct sockaddr *)&nobody,
				  sizeof(sa_family_t)) == MHD_YES);
	for (int i = 0; i < TURNS && !c->is_read; i++)
		ENSURE(MHD_run(d) == MHD_YES);
	ENSURE(c->is_read);
	close(fds[0]);
	MHD_stop_daemon(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct came c = {.type = ""};
	const uint8_t *end = size > 0 ? memchr(data, '\n', MIN(size, (size_t)TYPE_MOST)) : NULL;
	size_t len = end != NULL ? (size_t)(end - data) : 0;

	for (size_t i = 0; i < len; i++)
		c.type[i] = data[i] > ' ' && data[i] < 0x7f ? (char)data[i] : ' ';
	c.body = (struct bytes){data + (end != NULL ? len + 1 : 0),
				size - (end != NULL ? len + 1 : 0)};
	c.body.len = MIN(c.body.len, BODY_MOST);
	request(&c);
	return 0;
}
