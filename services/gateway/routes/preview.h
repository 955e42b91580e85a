/*
 * What a link to a page shows where it is pasted: the member og of its object (pages/top.html).
 */
#ifndef CAIRN_GATEWAY_PREVIEW_H
#define CAIRN_GATEWAY_PREVIEW_H

#include "services/gateway/web/request.h"

/* path: of the page; PATH/card.png is its picture (files.c). */
json_t *preview_of(struct request *r, const char *title, const char *description, const char *path);

#endif
