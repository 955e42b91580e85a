/* Packing a reply for those who accept it. */
#ifndef CAIRN_GATEWAY_GZIP_H
#define CAIRN_GATEWAY_GZIP_H

#include "libshared/arena.h"

/* Into the arena. False: it did not get shorter. */
bool gzip_pack(struct bytes bytes, struct arena *arena, struct bytes *packed_r);

#endif
