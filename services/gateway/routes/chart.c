/* Bars in a box, in whole pixels. */
#include "services/gateway/routes/chart.h"

#include "libshared/base.h"

#define LEFT 48
#define TOP 12
#define BASE (CHART_HEIGHT - 28)
#define LINES 4

static int64_t highest(const struct chart_bar *bars, size_t n)
{
	int64_t most = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < 2; k++)
			most = bars[i].values[k] > most ? bars[i].values[k] : most;
	return most;
}

/* The next of 1, 2, 5 times a power of ten that LINES steps reach. */
static int64_t step_of(int64_t most)
{
	static const int64_t steps[] = {1, 2, 5};

	for (int64_t ten = 1; ten < INT64_MAX / 100; ten *= 10)
		for (size_t i = 0; i < ARRAY_LEN(steps); i++)
			if (steps[i] * ten * LINES >= most)
				return steps[i] * ten;
	return most;
}

static json_t *bar(int64_t value, int64_t top, int x, int width)
{
	int height = (int)(value * (BASE - TOP) / top);

	return json_pack("{s:i, s:i, s:i, s:i}", "x", x, "y", BASE - height, "w", width, "h",
			 height);
}

static json_t *lines_of(int64_t step)
{
	json_t *lines = json_array();

	for (int i = 0; i <= LINES; i++)
		json_array_append_new(lines,
				      json_pack("{s:i, s:I}", "y", BASE - i * (BASE - TOP) / LINES,
						"value", (json_int_t)step * i));
	return lines;
}

json_t *chart_of(const struct chart_bar *bars, size_t n)
{
	int64_t most = highest(bars, n), step = step_of(most), top = step * LINES;
	json_t *list;
	int slot, width;

	if (n == 0 || n > CHART_BARS_MAX || most == 0)
		return NULL;
	list = json_array();
	slot = (CHART_WIDTH - LEFT) / (int)n;
	width = slot * 2 / 5;
	for (size_t i = 0; i < n; i++) {
		int x = LEFT + (int)i * slot + slot / 10;
		json_t *one = json_pack("{s:s, s:i, s:i}", "label", bars[i].label, "x", x, "middle",
					x + width);

		if (bars[i].values[0] >= 0)
			json_object_set_new(one, "one", bar(bars[i].values[0], top, x, width));
		if (bars[i].values[1] >= 0)
			json_object_set_new(one, "two",
					    bar(bars[i].values[1], top, x + width, width));
		json_array_append_new(list, one);
	}
	return json_pack("{s:i, s:i, s:i, s:i, s:o, s:o}", "width", CHART_WIDTH, "height",
			 CHART_HEIGHT, "base", BASE, "left", LEFT, "lines", lines_of(step), "bars",
			 list);
}
