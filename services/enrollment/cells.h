/*
 * Counts of people that a report may show: none that is small, and none that tells of a small one.
 *
 * A count below CELL_MIN is hidden, zero too, since nobody says as much of each as all does. When a
 * total stands beside the counts, what is hidden must not follow from it: so at least two are
 * hidden and they make CELL_MIN together, or the smallest of the others go with them.
 */
#ifndef CAIRN_ENROLLMENT_CELLS_H
#define CAIRN_ENROLLMENT_CELLS_H

#include "libshared/bytes.h"

#define CELL_MIN 10

void cells_hide(const uint64_t *counts, bool *hidden_r, size_t n);

#endif
