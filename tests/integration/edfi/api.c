/* The Ed-Fi API that ods.mjs plays. */
#include "tests/integration/edfi/api.h"

#include "libshared/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define START_MS 30000

static void read_port(struct api *api)
{
	FILE *f = fopen(place_path(api->place, "port"), "re");
	char port[8] = "";

	ENSURE(f != NULL && fgets(port, sizeof port, f) != NULL);
	fclose(f);
	snprintf(api->url, sizeof api->url, "http://127.0.0.1:%s/", port);
}

void api_start(struct api *api, const char *settings)
{
	const char *const argv[] = {NODE, EDFI_DIR "/ods.mjs", api->place->dir, settings, NULL};
	char log[128];

	snprintf(log, sizeof log, "%s", place_path(api->place, "api.err"));
	process_kill(&api->server);
	process_start(&api->server, &(struct process_options){.argv = argv, .log = log});
	ENSURE(process_ready(&api->server, START_MS));
	read_port(api);
}

void api_stop(struct api *api)
{
	process_kill(&api->server);
}

void turn_http(struct http *http)
{
	struct pollfd ready = {.fd = http_fd(http), .events = POLLIN};
	int64_t now_us = clock_mono_us(), next_us = http_next_us(http);
	int64_t wait_us = MIN(next_us - now_us, 100 * US_PER_MS);

	poll(&ready, 1, wait_us > 0 ? (int)(wait_us / US_PER_MS) + 1 : 0);
	http_turn(http, clock_mono_us());
}

static void on_said(void *ctx, const struct http_answer *answer)
{
	json_t **said = ctx;

	ENSURE(answer->code == 200);
	*said = json_loadb((const char *)answer->body.data, answer->body.len, 0, NULL);
	ENSURE(*said != NULL);
}

static json_t *say(struct api *api, const char *method, const char *path, const char *body)
{
	char url[256];
	const struct http_request request = {
		.method = method, .url = url, .body = bytes_of_text(body)};
	json_t *said = NULL;

	snprintf(url, sizeof url, "%s%s", api->url, path);
	http_send(api->http, &request, on_said, &said);
	while (said == NULL)
		turn_http(api->http);
	return said;
}

void api_steer(struct api *api, const char *order)
{
	json_decref(say(api, "POST", "_control", order));
}

json_t *api_row(struct api *api, const char *resource, size_t n)
{
	char path[100];
	json_t *said, *row;

	snprintf(path, sizeof path, "_row/%s/%zu", resource, n);
	said = say(api, "GET", path, "");
	row = json_incref(json_object_get(said, "row"));
	json_decref(said);
	return json_is_null(row) ? NULL : row;
}

static unsigned number(struct api *api, const char *path)
{
	json_t *said = say(api, "GET", path, "");
	json_int_t n = json_integer_value(json_object_get(said, "n"));

	json_decref(said);
	return (unsigned)n;
}

unsigned api_count(struct api *api, const char *resource)
{
	char path[100];

	snprintf(path, sizeof path, "_count/%s", resource);
	return number(api, path);
}

unsigned api_asked(struct api *api, const char *end, int status)
{
	char path[100];

	snprintf(path, sizeof path, "_asked?end=%s&status=%d", end, status);
	return number(api, path);
}
