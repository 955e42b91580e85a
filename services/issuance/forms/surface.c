/* Streams of cairo. */
#include "services/issuance/forms/surface.h"

cairo_status_t surface_write(void *ctx, const unsigned char *data, unsigned len)
{
	buffer_put(ctx, data, len);
	return CAIRO_STATUS_SUCCESS;
}

bool surface_finish(cairo_surface_t *surface, struct form_problem *problem)
{
	cairo_surface_finish(surface);
	if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS)
		return true;
	return form_refuse(problem, "it cannot be drawn: %s",
			   cairo_status_to_string(cairo_surface_status(surface)));
}
