/* What the server stands on, opened at start: pages and words, and the parts of a table (start.c).
 */
#ifndef CAIRN_GATEWAY_START_H
#define CAIRN_GATEWAY_START_H

#include "services/gateway/web/web.h"

/* Words, templates and assets of the setting share. 0, or -1: logged. */
int pages_open(struct web *web) MUST_CHECK;
void pages_close(struct web *web);

extern const struct web_part *const web_parts[];
extern const size_t n_web_parts;

#endif
