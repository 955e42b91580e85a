/* Which counts a report hides. */
#include "services/enrollment/cells.h"

/* The smallest count that is shown; n: none is. */
static size_t smallest_shown(const uint64_t *counts, const bool *hidden, size_t n)
{
	size_t found = n;

	for (size_t i = 0; i < n; i++)
		if (!hidden[i] && (found == n || counts[i] < counts[found]))
			found = i;
	return found;
}

void cells_hide(const uint64_t *counts, bool *hidden_r, size_t n)
{
	uint64_t sum = 0;
	size_t n_hidden = 0;

	for (size_t i = 0; i < n; i++) {
		hidden_r[i] = counts[i] < CELL_MIN;
		if (hidden_r[i]) {
			n_hidden++;
			sum += counts[i];
		}
	}
	while (n_hidden > 0 && n_hidden < n && (n_hidden < 2 || sum < CELL_MIN)) {
		size_t i = smallest_shown(counts, hidden_r, n);

		hidden_r[i] = true;
		n_hidden++;
		sum += counts[i];
	}
}
