/*
 * The questions of the gateway; query.c has the table of them.
 */
#ifndef CAIRN_GATEWAY_QUERY_PARTS_H
#define CAIRN_GATEWAY_QUERY_PARTS_H

#include "libshared/service.h"
#include "proto/gateway.pb-c.h"

typedef Cairn__Status ask_fn(const Gateway__Query *query, struct query *q);

ask_fn ask_connections, ask_profile; /* query_oauth.c */

#endif
