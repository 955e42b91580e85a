/* Sorting lines: a merge sort over pointers. */
#include "services/issuance/documents/lines.h"

#include <string.h>

#define SHORT_RUN 8 /* below this, inserting beats merging */

static int line_compare(const struct line *a, const struct line *b)
{
	int order = memcmp(a->at, b->at, MIN(a->len, b->len));

	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

bool line_equal(const struct line *a, const struct line *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

static void insert_sort(struct line *lines, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct line line = lines[i];
		size_t at = i;

		for (; at > 0 && line_compare(&lines[at - 1], &line) > 0; at--)
			lines[at] = lines[at - 1];
		lines[at] = line;
	}
}

void lines_merge(const struct line *one, size_t n, const struct line *other, size_t m,
		 struct line *all_r)
{
	while (n > 0 && m > 0) {
		if (line_compare(one, other) <= 0) {
			*all_r++ = *one++;
			n--;
		} else {
			*all_r++ = *other++;
			m--;
		}
	}
	if (n + m > 0)
		memcpy(all_r, n > 0 ? one : other, (n + m) * sizeof *all_r);
}

/* room holds n / 2 lines. */
static void merge_sort(struct line *lines, size_t n, struct line *room)
{
	size_t half = n / 2;

	if (n <= SHORT_RUN) {
		insert_sort(lines, n);
		return;
	}
	merge_sort(lines, half, room);
	merge_sort(lines + half, n - half, room);
	memcpy(room, lines, half * sizeof *room);
	/* Never overtakes what it reads: at most half lines are in room, the rest is ahead. */
	for (size_t i = 0, j = half, to = 0; i < half; to++) {
		if (j == n || line_compare(&room[i], &lines[j]) <= 0)
			lines[to] = room[i++];
		else
			lines[to] = lines[j++];
	}
}

void lines_sort(struct line *lines, size_t n, struct arena *a)
{
	struct line *room = n > SHORT_RUN ? arena_alloc(a, n / 2 * sizeof *room) : NULL;

	merge_sort(lines, n, room);
}

size_t lines_distinct(struct line *lines, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !line_equal(&lines[kept - 1], &lines[i]))
			lines[kept++] = lines[i];
	}
	return kept;
}

/* a stands before b in code points. Characters beyond U+FFFF begin with a byte from 0xf0, those
 * from U+E000 to U+FFFF with 0xee or 0xef; at the first byte that differs the two orders part
 * where one of each meets. */
static bool same_in_utf16(const struct line *a, const struct line *b)
{
	size_t i = 0, len = MIN(a->len, b->len);

	while (i < len && a->at[i] == b->at[i])
		i++;
	return i == len || b->at[i] < 0xf0 || a->at[i] < 0xee || a->at[i] > 0xef;
}

bool lines_same_in_utf16(const struct line *lines, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (!same_in_utf16(&lines[i - 1], &lines[i]))
			return false;
	}
	return true;
}
