/*
 * Files to the evidence service and back, in parts.
 *
 * An upload that was interrupted leaves an artifact that is still waiting for parts: the same file
 * for the same requirement, by its hash, goes on where that one stopped.
 */
#ifndef CAIRN_CTL_UPLOAD_H
#define CAIRN_CTL_UPLOAD_H

#include "services/ctl/ctl.h"

int add_evidence(struct ctl *c);
int fetch_artifact(struct ctl *c); /* the educator's own */
int fetch_item(struct ctl *c);     /* an assessor's, of a reading */

/* By the end of its name; NULL: not known here. */
const char *media_type_of(const char *path);

#endif
