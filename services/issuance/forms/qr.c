/* QR codes by libqrencode, drawn as one path so that no seams show. */
#include "services/issuance/forms/qr.h"

#include "services/issuance/forms/words.h"

#include <qrencode.h>

#define QUIET 4 /* modules of white around it that readers need */

static void add_modules(cairo_t *cr, const QRcode *code, double x, double y, double module)
{
	for (int row = 0; row < code->width; row++)
		for (int column = 0; column < code->width; column++)
			if ((code->data[row * code->width + column] & 1) != 0)
				cairo_rectangle(cr, x + module * (column + QUIET),
						y + module * (row + QUIET), module, module);
}

bool qr_draw(cairo_t *cr, const char *text, double x, double y, double side,
	     struct form_problem *problem)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

	if (code == NULL)
		return form_refuse(problem, "the address is too long for a QR code");
	colour_set(cr, 0xFFFFFF);
	cairo_rectangle(cr, x, y, side, side);
	cairo_fill(cr);
	colour_set(cr, 0x000000);
	add_modules(cr, code, x, y, side / (code->width + 2 * QUIET));
	cairo_fill(cr);
	QRcode_free(code);
	return true;
}
