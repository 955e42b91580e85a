/*
 * Style sheets, scripts, fonts and pictures: share/assets/, read at start and kept in memory,
 * packed where that makes them shorter.
 *
 *	GET /assets/HASH/uswds/css/uswds.min.css
 *
 * HASH is of all of them ({{assets}} in templates), so an address never changes its content and may
 *be kept for a year.
 */
#ifndef CAIRN_GATEWAY_ASSETS_H
#define CAIRN_GATEWAY_ASSETS_H

#include "services/gateway/web/route.h"

struct assets;
/* NULL: logged. */
struct assets *assets_open(const char *share);
void assets_close(struct assets **a);

extern const struct route_list assets_routes;

#endif
