/*
 * QR codes: an address as a square of dark and light modules, error correction level M.
 */
#ifndef CAIRN_FORMS_QR_H
#define CAIRN_FORMS_QR_H

#include "services/issuance/forms/problem.h"

#include <cairo.h>

/* Black on white, side units wide with the quiet zone of four modules. */
bool qr_draw(cairo_t *cr, const char *text, double x, double y, double side,
	     struct form_problem *problem) MUST_CHECK;

#endif
