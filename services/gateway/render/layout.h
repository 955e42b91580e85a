/*
 * Pages: every template of pages/, and what the layout adds to each page's own object.
 *
 *	w words   lang   person   csrf   intention   path   assets   public_url   flash
 */
#ifndef CAIRN_GATEWAY_LAYOUT_H
#define CAIRN_GATEWAY_LAYOUT_H

#include "services/gateway/web/request.h"

struct pages;
/* All templates of dir (NAME.html), parsed. NULL: logged, with file and line. */
struct pages *pages_load(const char *dir);
void pages_destroy(struct pages **p);

/* The page as HTML, in the arena of the request. A template that does not exist is a bug. */
struct bytes page_render(struct request *r, const char *template, json_t *page);

#endif
