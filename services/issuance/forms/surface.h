/*
 * Cairo's files into a buffer instead of onto the disk.
 */
#ifndef CAIRN_FORMS_SURFACE_H
#define CAIRN_FORMS_SURFACE_H

#include "libshared/buffer.h"
#include "services/issuance/forms/problem.h"

#include <cairo.h>

/* Of type cairo_write_func_t; ctx is a struct buffer. */
cairo_status_t surface_write(void *ctx, const unsigned char *data, unsigned len);

/* Writes what is still to be written. */
bool surface_finish(cairo_surface_t *surface, struct form_problem *problem) MUST_CHECK;

#endif
