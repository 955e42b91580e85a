/*
 * A roster between its preview and its being applied: sealed in a file of ours.
 *
 * It names people whom nobody has registered yet. So it is sealed under a key that stands nowhere
 * but in the preview's own form; what lies on the disk is of use to nobody, and goes after a day.
 */
#ifndef CAIRN_GATEWAY_STAGED_H
#define CAIRN_GATEWAY_STAGED_H

#include "services/gateway/web/request.h"

#define STAGED_KEY_TEXT 64 /* hex */

/* Writes it under its id. 0, or -1: logged. */
int staged_put(struct request *r, const struct id *id, const json_t *roster,
	       char key_r[STAGED_KEY_TEXT + 1]);
/* A new reference; NULL: there is none of this id under this key (any more). */
json_t *staged_get(struct request *r, const struct id *id, const char *key);
void staged_drop(struct request *r, const struct id *id);
/* Removes what is older than a day. */
void staged_sweep(struct request *r);

#endif
