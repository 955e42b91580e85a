/*
 * A chart of bars as numbers for a template: each month two bars, side by side. The picture is only
 * another look at the table that stands below it; what the table hides has no bar.
 */
#ifndef CAIRN_GATEWAY_CHART_H
#define CAIRN_GATEWAY_CHART_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define CHART_BARS_MAX 12
#define CHART_WIDTH 720
#define CHART_HEIGHT 240

struct chart_bar {
	const char *label;
	int64_t values[2]; /* -1: hidden */
};

/* {"width", "height", "base", "lines": [{"y", "value"}], "bars": [{"label", "x", "middle", "one":
 * {"x", "y", "w", "h"}, "two": ...}]}: one and two are absent where hidden. NULL: nothing to draw.
 */
json_t *chart_of(const struct chart_bar *bars, size_t n);

#endif
