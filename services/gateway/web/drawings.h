/*
 * Drawings that were made lately, and those being made by a worker: a file for a job (proof/
 * drawing.h), found by the hash of the job. The same job asked for by many is drawn once.
 *
 * A request looks, and looks again a little later while the drawing is being made: nothing here
 * points to a request, which may go away at any time.
 */
#ifndef CAIRN_GATEWAY_DRAWINGS_H
#define CAIRN_GATEWAY_DRAWINGS_H

#include "libshared/arena.h"

#include <jansson.h>

struct drawings;
struct workers;

/* Draws by workers, borrowed. */
struct drawings *drawings_new(struct workers *workers);
void drawings_destroy(struct drawings **d);

enum drawn {
	DRAWN,       /* *file_r is borrowed until the next call */
	DRAWN_LATER, /* it is being made */
	DRAWN_BUSY,  /* too much waits already: not begun */
	DRAWN_NOT    /* it cannot be drawn */
};
enum drawn drawings_get(struct drawings *d, const json_t *job, struct bytes *file_r);

#endif
