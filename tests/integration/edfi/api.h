/*
 * The Ed-Fi API that ods.mjs plays: started, steered, and looked into.
 *
 *	api_start(&api, "{\"standard\":\"5.2\"}");   api.url is its root document
 *	api_steer(&api, "{\"forget_tokens\":true}");
 *	api_count(&api, "credentials");
 *	api_stop(&api);
 *
 * It listens on 127.0.0.1, and writes into the place. What goes wrong with it stops the test.
 */
#ifndef CAIRN_INTEGRATION_EDFI_API_H
#define CAIRN_INTEGRATION_EDFI_API_H

#include "services/notification/sinks/http.h"
#include "tests/support/place.h"
#include "tests/support/process.h"

#include <jansson.h>

struct api {
	struct place *place;
	struct http *http; /* borrowed: to look into it */
	struct process server;
	char url[64];
};

/* Anew, should it run. */
void api_start(struct api *api, const char *settings);
void api_stop(struct api *api);
/* One turn of it, 100 ms at most. */
void turn_http(struct http *http);

void api_steer(struct api *api, const char *order);
/* The n-th row of a resource, the caller's own; NULL: there are fewer. */
json_t *api_row(struct api *api, const char *resource, size_t n);
unsigned api_count(struct api *api, const char *resource);
/* How many requests to a path, by its end, were answered so; 0: in any way. */
unsigned api_asked(struct api *api, const char *end, int status);

#endif
