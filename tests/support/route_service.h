/*
 * A service under a kit, asked by names and JSON as the gateway asks: apart from route_kit.h,
 * because the runtime and the gateway each have a struct request.
 */
#ifndef CAIRN_TEST_ROUTE_SERVICE_H
#define CAIRN_TEST_ROUTE_SERVICE_H

#include "proto/envelope.pb-c.h"

#include <jansson.h>

struct kit;
/* Takes fields. *answer_r: the member of Answer, a new reference, or NULL. */
Cairn__Status service_asked(struct kit *k, const char *query, json_t *fields, json_t **answer_r);

#endif
