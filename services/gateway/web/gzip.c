/* gzip by zlib. */
#include "services/gateway/web/gzip.h"

#include <zlib.h>

#define LEVEL                                                                                      \
	4 /* pages are made anew for each request: most of the gain at a third of the time         \
	   */
#define WINDOW_GZIP (15 + 16)

bool gzip_pack(struct bytes bytes, struct arena *arena, struct bytes *packed_r)
{
	z_stream z = {0};
	uint8_t *out = arena_alloc(arena, bytes.len);
	bool shorter;

	if (deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW_GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.next_in = (Bytef *)(uintptr_t)bytes.data;
	z.avail_in = (uInt)bytes.len;
	z.next_out = out;
	z.avail_out = (uInt)bytes.len;
	shorter = deflate(&z, Z_FINISH) == Z_STREAM_END;
	*packed_r = (struct bytes){out, z.total_out};
	deflateEnd(&z);
	return shorter;
}
