/* GET /openapi.json: the routes as OpenAPI 3.1. */
#ifndef CAIRN_GATEWAY_OPENAPI_H
#define CAIRN_GATEWAY_OPENAPI_H

#include "services/gateway/web/route.h"

extern const struct route_list openapi_routes;

#endif
