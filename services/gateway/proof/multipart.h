/*
 * One small form sent as multipart/form-data: the parts by their names. Bounded by what the route
 * lets in; nothing is decoded.
 */
#ifndef CAIRN_GATEWAY_MULTIPART_H
#define CAIRN_GATEWAY_MULTIPART_H

#include "libshared/bytes.h"

/* The content of the first part of that name that is not empty, borrowed from body. content_type:
 * the whole header. False: there is none, or it is no multipart form. */
bool multipart_find(struct bytes body, const char *content_type, const char *name,
		    struct bytes *content_r);

#endif
