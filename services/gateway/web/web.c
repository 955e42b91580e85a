/* What belongs to no single request. */
#include "services/gateway/web/web.h"

#include "services/gateway/web/request.h"

#include <stdarg.h>
#include <stdio.h>

const char *public_url(const struct request *r)
{
	const char *set = r->web->config->public_url;

	return set[0] != '\0' ? set : r->web->own_url;
}

const char *public_path(struct request *r, const char *format, ...)
{
	char path[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof path, format, args);
	va_end(args);
	return arena_printf(r->arena, "%s%s", public_url(r), path);
}
