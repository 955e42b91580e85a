/* Searching the catalogue: one compact row per entry, scanned whole. */
#include "services/enrollment/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum part { PART_ROW, PART_TEXT };

/* ---- folding ---- */

/* U+00C0 to U+00FF in lower case without the accent; 0: not a letter. Two that are two letters keep
 * the first one only, in queries too. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo\0ouuuuyts"
			    "aaaaaaaceeeeiiiidnooooo\0ouuuuyty";

/* The letter or digit that starts at, folded; 0: something else. Steps over it. A letter beyond
 * Latin-1 stays as its bytes, one by one. */
static char fold_step(const char **at)
{
	const unsigned char *s = (const unsigned char *)*at;
	unsigned char c = *s;

	(*at)++;
	if (c >= 'A' && c <= 'Z')
		return (char)(c + ('a' - 'A'));
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return (char)c;
	if (c == 0xc3 && s[1] >= 0x80 && s[1] <= 0xbf) {
		(*at)++;
		return latin[s[1] - 0x80];
	}
	if (c == 0xc2 ||
	    (c == 0xe2 && s[1] == 0x80)) { /* punctuation: inverted marks, dashes, quotes */
		while (((unsigned char)**at & 0xc0) == 0x80)
			(*at)++;
		return 0;
	}
	return c >= 0x80 ? (char)c : 0;
}

size_t search_fold(const char *text, char *out)
{
	size_t len = 0;

	out[len++] = ' ';
	while (*text != '\0') {
		char c = fold_step(&text);

		if (c != 0)
			out[len++] = c;
		else if (out[len - 1] != ' ')
			out[len++] = ' ';
	}
	if (out[len - 1] != ' ')
		out[len++] = ' ';
	return len;
}

/* ---- writing ---- */

/* The text of a row, growing. */
struct text {
	char *data;
	size_t len, room;
};

static char *text_room(struct text *t, size_t bytes)
{
	if (t->len + bytes > t->room) {
		t->room = 2 * (t->len + bytes);
		t->data = realloc(t->data, t->room);
		ENSURE(t->data != NULL);
	}
	return t->data + t->len;
}

/* "name=value" in lower case and a line feed. */
static size_t fold_facet(const char *name, const char *value, char *out)
{
	size_t len = 0;

	for (; *name != '\0'; name++)
		out[len++] = *name;
	out[len++] = '=';
	for (; *value != '\0'; value++)
		out[len++] = *value >= 'A' && *value <= 'Z' ? (char)(*value + ('a' - 'A')) : *value;
	out[len++] = '\n';
	return len;
}

static void add_facet(struct text *t, const char *name, const char *value)
{
	t->len += fold_facet(name, value, text_room(t, strlen(name) + strlen(value) + 2));
}

static void add_facets(struct text *t, const char *name, char *const *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_facet(t, name, values[i]);
}

static void add_words(struct text *t, const char *words)
{
	t->len += search_fold(words, text_room(t, strlen(words) + 2));
}

static void row_text(struct text *t, const Enrollment__Entry *entry)
{
	*text_room(t, 1) = '\n';
	t->len = 1;
	add_facet(t, "topic", entry->topic);
	add_facet(t, "grade", entry->grade_band);
	add_facets(t, "language", entry->languages, entry->n_languages);
	add_facets(t, "category", entry->renewal_categories, entry->n_renewal_categories);
	for (size_t i = 0; i < entry->n_alignments; i++)
		add_facet(t, "alignment", entry->alignments[i]->code);
	add_words(t, entry->code);
	add_words(t, entry->title);
	add_words(t, entry->topic);
	for (size_t i = 0; i < entry->n_tags; i++)
		add_words(t, entry->tags[i]);
	add_words(t, entry->key_method);
	add_words(t, entry->competency);
	add_words(t, entry->description);
}

static struct bytes search_key(struct key *k, struct bytes code, uint16_t part)
{
	key_add(k, code);
	key_add(k, (struct bytes){(const uint8_t *)"", 1});
	return key_add_u16(k, part);
}

void search_put(struct txn *txn, const Enrollment__Entry *entry, int64_t opens_day)
{
	struct bytes code = bytes_of_text(entry->code);
	struct summary_row row = {
		.entry = id_of_bytes(bytes_of_pb(entry->entry)),
		.opens_day = opens_day,
		.entry_version = entry->version,
		.hours_typical = entry->hours_typical,
	};
	struct text text = {0};
	struct key at = {0}, text_at = {0};

	row_text(&text, entry);
	ROW_PUT(txn, SEARCH, search_key(&at, code, PART_ROW), &row);
	txn_put(txn, SEARCH, search_key(&text_at, code, PART_TEXT),
		(struct bytes){(const uint8_t *)text.data, text.len});
	free(text.data);
}

void search_retire(struct txn *txn, struct bytes code, bool retired)
{
	struct summary_row row;
	struct key k = {0};
	struct bytes at = search_key(&k, code, PART_ROW);

	if (!ROW_GET(txn_view(txn), SEARCH, at, &row)) {
		txn_fault(txn, "an entry retired, or no more, that cannot be found");
		return;
	}
	row.retired = retired;
	ROW_PUT(txn, SEARCH, at, &row);
}

/* ---- reading ---- */

static bool want_facet(struct search *s, const char *name, const char *value)
{
	struct needle *needle;

	if (*value == '\0')
		return true;
	if (s->n == NEEDLES_MAX || strlen(name) + strlen(value) + 3 > NEEDLE_LEN)
		return false;
	needle = &s->needles[s->n++];
	needle->text[0] = '\n';
	needle->len = 1 + fold_facet(name, value, needle->text + 1);
	return true;
}

/* Each word with the space before it. A word longer than any needle finds what begins like it. */
static bool want_words(struct search *s, const char *folded, size_t len)
{
	size_t at = 0;

	while (at + 1 < len) {
		size_t end = at + 1;

		if (s->n == NEEDLES_MAX)
			return false;
		while (folded[end] != ' ')
			end++;
		s->needles[s->n].len = MIN(end - at, (size_t)NEEDLE_LEN);
		memcpy(s->needles[s->n].text, folded + at, s->needles[s->n].len);
		s->n++;
		at = end;
	}
	return true;
}

#define QUERY_TEXT_MAX 400

bool search_init(struct search *s, const Enrollment__SearchEntries *ask, int64_t today)
{
	char folded[QUERY_TEXT_MAX + 2] = "";

	*s = (struct search){
		.hours_max = ask->hours_max, .retired_too = ask->retired_too, .today = today};
	return strlen(ask->text) <= QUERY_TEXT_MAX && want_facet(s, "topic", ask->topic) &&
	       want_facet(s, "grade", ask->grade_band) &&
	       want_facet(s, "language", ask->language) &&
	       want_facet(s, "category", ask->category) &&
	       want_facet(s, "alignment", ask->alignment) &&
	       want_words(s, folded, search_fold(ask->text, folded));
}

static bool row_matches(const struct search *s, const struct summary_row *row, struct bytes text)
{
	if ((row->retired != 0 && !s->retired_too) || row->opens_day > s->today ||
	    (s->hours_max != 0 && row->hours_typical > s->hours_max))
		return false;
	for (unsigned i = 0; i < s->n; i++)
		if (memmem(text.data, text.len, s->needles[i].text, s->needles[i].len) == NULL)
			return false;
	return true;
}

struct scan search_scan(const struct view *view)
{
	return scan_first(view, SEARCH, BYTES_NONE, BYTES_NONE);
}

bool search_next(const struct search *s, struct scan *scan, struct search_hit *hit_r)
{
	struct bytes key, val, text_key, text;

	while (scan_next(scan, &key, &val) && scan_next(scan, &text_key, &text)) {
		ENSURE(val.len == sizeof hit_r->row);
		memcpy(&hit_r->row, val.data, val.len);
		hit_r->code = (struct bytes){key.data, key.len - 1 - sizeof(uint16_t)};
		if (row_matches(s, &hit_r->row, text))
			return true;
	}
	return false;
}
