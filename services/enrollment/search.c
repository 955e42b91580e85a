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

/* ---- facets ---- */

const char *facet_name(enum facet facet)
{
	static const char *const names[N_FACETS] = {
		[FACET_TOPIC] = "topic",         [FACET_GRADE] = "grade",
		[FACET_LANGUAGE] = "language",   [FACET_CATEGORY] = "category",
		[FACET_ALIGNMENT] = "alignment", [FACET_HOURS] = "hours",
	};

	return names[facet];
}

/* FNV-1a: the numbers stand in rows. */
static uint32_t hash_of(struct bytes text)
{
	uint32_t hash = UINT32_C(2166136261);

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		hash ^= c >= 'A' && c <= 'Z' ? (uint32_t)(c + ('a' - 'A')) : c;
		hash *= UINT32_C(16777619);
	}
	return hash ^ hash >> 15;
}

uint32_t facet_number(struct bytes line)
{
	for (enum facet f = FACET_TOPIC; f < FACET_HOURS; f++) {
		size_t len = strlen(facet_name(f));

		if (line.len > len && line.data[len] == '=' &&
		    memcmp(line.data, facet_name(f), len) == 0)
			return (hash_of(line) << 3) | (uint32_t)f;
	}
	return FACET_HOURS;
}

enum facet facet_of_number(uint32_t number)
{
	return (enum facet)(number & 7);
}

bool search_line(struct bytes text, size_t *at, struct bytes *line_r)
{
	const uint8_t *end;

	if (*at >= text.len || text.data[*at] == ' ')
		return false;
	end = memchr(text.data + *at, '\n', text.len - *at);
	if (end == NULL)
		return false;
	*line_r = (struct bytes){text.data + *at, (size_t)(end - text.data) - *at};
	*at = (size_t)(end - text.data) + 1;
	return true;
}

/* ---- the filter of words ---- */

/* A word is known by its first three letters and by its first six, where it has as many. */
static const size_t beginnings[] = {3, 6};

static void set_bit(uint64_t *words, struct bytes beginning)
{
	uint32_t bit = hash_of(beginning) % (64 * ROW_WORDS);

	words[bit / 64] |= UINT64_C(1) << bit % 64;
}

static void note_beginnings(uint64_t *words, struct bytes word)
{
	for (size_t i = 0; i < ARRAY_LEN(beginnings); i++)
		if (word.len >= beginnings[i])
			set_bit(words, (struct bytes){word.data, beginnings[i]});
}

/* text: words with a space before each. */
static void note_words(uint64_t *words, struct bytes text)
{
	size_t at = 0;

	while (at < text.len) {
		size_t end = at;

		while (end < text.len && text.data[end] != ' ')
			end++;
		note_beginnings(words, (struct bytes){text.data + at, end - at});
		at = end + 1;
	}
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

/* "name=value" and a line feed. */
static void add_facet(struct text *t, enum facet facet, const char *value)
{
	const char *name = facet_name(facet);
	size_t room = strlen(name) + strlen(value) + 3;

	if (*value != '\0' && strchr(value, '\n') == NULL)
		t->len += (size_t)snprintf(text_room(t, room), room, "%s=%s\n", name, value);
}

static void add_facets(struct text *t, enum facet facet, char *const *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_facet(t, facet, values[i]);
}

static void add_words(struct text *t, const char *words)
{
	t->len += search_fold(words, text_room(t, strlen(words) + 2));
}

static void row_text(struct text *t, const Enrollment__Entry *entry)
{
	add_facet(t, FACET_TOPIC, entry->topic);
	add_facet(t, FACET_GRADE, entry->grade_band);
	add_facets(t, FACET_LANGUAGE, entry->languages, entry->n_languages);
	add_facets(t, FACET_CATEGORY, entry->renewal_categories, entry->n_renewal_categories);
	for (size_t i = 0; i < entry->n_alignments; i++)
		add_facet(t, FACET_ALIGNMENT, entry->alignments[i]->code);
	add_words(t, entry->code);
	add_words(t, entry->title);
	add_words(t, entry->topic);
	for (size_t i = 0; i < entry->n_tags; i++)
		add_words(t, entry->tags[i]);
	add_words(t, entry->key_method);
	add_words(t, entry->competency);
	add_words(t, entry->description);
}

/* All rows stand together, and then all texts: a search passes over the rows, and over few pages.
 */
static struct bytes search_key(struct key *k, uint16_t part, struct bytes code)
{
	key_add_u16(k, part);
	return key_add(k, code);
}

static void fill_row(struct summary_row *row, struct bytes text)
{
	struct bytes line;
	size_t at = 0;

	while (search_line(text, &at, &line))
		if (row->n_facets < ROW_FACETS)
			row->facets[row->n_facets++] = facet_number(line);
	note_words(row->words, (struct bytes){text.data + at, text.len - at});
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
	fill_row(&row, (struct bytes){(const uint8_t *)text.data, text.len});
	ROW_PUT(txn, SEARCH, search_key(&at, PART_ROW, code), &row);
	txn_put(txn, SEARCH, search_key(&text_at, PART_TEXT, code),
		(struct bytes){(const uint8_t *)text.data, text.len});
	free(text.data);
}

void search_retire(struct txn *txn, struct bytes code, bool retired)
{
	struct summary_row row;
	struct key k = {0};
	struct bytes at = search_key(&k, PART_ROW, code);

	if (!ROW_GET(txn_view(txn), SEARCH, at, &row)) {
		txn_fault(txn, "an entry retired, or no more, that cannot be found");
		return;
	}
	row.retired = retired;
	ROW_PUT(txn, SEARCH, at, &row);
}

/* ---- reading ---- */

static bool want_facet(struct search *s, enum facet facet, const char *value)
{
	char line[NEEDLE_LEN];
	int len = snprintf(line, sizeof line, "%s=%s", facet_name(facet), value);

	if (len < 0 || (size_t)len >= sizeof line)
		return false;
	if (*value != '\0')
		s->facets[facet] = facet_number((struct bytes){(const uint8_t *)line, (size_t)len});
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
		note_beginnings(s->words,
				(struct bytes){(const uint8_t *)folded + at + 1, end - at - 1});
		s->n++;
		at = end;
	}
	return true;
}

#define QUERY_TEXT_MAX 400

bool search_init(struct search *s, const struct view *view, const Enrollment__SearchEntries *ask,
		 int64_t today)
{
	char folded[QUERY_TEXT_MAX + 2] = "";

	*s = (struct search){.view = view,
			     .hours_max = ask->hours_max,
			     .retired_too = ask->retired_too,
			     .today = today,
			     .nearly = ask->facets};
	return strlen(ask->text) <= QUERY_TEXT_MAX && want_facet(s, FACET_TOPIC, ask->topic) &&
	       want_facet(s, FACET_GRADE, ask->grade_band) &&
	       want_facet(s, FACET_LANGUAGE, ask->language) &&
	       want_facet(s, FACET_CATEGORY, ask->category) &&
	       want_facet(s, FACET_ALIGNMENT, ask->alignment) &&
	       want_words(s, folded, search_fold(ask->text, folded));
}

struct bytes search_text(const struct view *view, struct bytes code)
{
	struct key k = {0};
	struct bytes text = BYTES_NONE;

	(void)view_get(view, SEARCH, search_key(&k, PART_TEXT, code), &text);
	return text;
}

static bool words_match(const struct search *s, const struct search_hit *hit)
{
	struct bytes text;

	for (unsigned i = 0; i < ROW_WORDS; i++)
		if ((s->words[i] & ~hit->row.words[i]) != 0)
			return false;
	if (s->n == 0)
		return true;
	text = search_text(s->view, hit->code);
	for (unsigned i = 0; i < s->n; i++)
		if (memmem(text.data, text.len, s->needles[i].text, s->needles[i].len) == NULL)
			return false;
	return true;
}

static bool has_facet(const struct search *s, const struct search_hit *hit, uint32_t number)
{
	struct bytes line, text;
	size_t at = 0;

	for (unsigned i = 0; i < hit->row.n_facets; i++)
		if (hit->row.facets[i] == number)
			return true;
	if (hit->row.n_facets < ROW_FACETS)
		return false;
	text = search_text(s->view, hit->code);
	while (search_line(text, &at, &line))
		if (facet_number(line) == number)
			return true;
	return false;
}

static unsigned facets_missed(const struct search *s, const struct search_hit *hit)
{
	unsigned missed = 0;

	for (enum facet f = FACET_TOPIC; f < FACET_HOURS; f++)
		if (s->facets[f] != 0 && !has_facet(s, hit, s->facets[f]))
			missed |= 1u << f;
	if (s->hours_max != 0 && hit->row.hours_typical > s->hours_max)
		missed |= 1u << FACET_HOURS;
	return missed;
}

static bool hit_matches(const struct search *s, struct search_hit *hit)
{
	const struct summary_row *row = &hit->row;

	if ((row->retired != 0 && !s->retired_too) || row->opens_day > s->today)
		return false;
	hit->missed = facets_missed(s, hit);
	if (hit->missed != 0 && (!s->nearly || (hit->missed & (hit->missed - 1)) != 0))
		return false;
	return words_match(s, hit);
}

struct scan search_scan(const struct view *view)
{
	static const uint8_t rows[sizeof(uint16_t)] = {0, PART_ROW};

	return scan_first(view, SEARCH, (struct bytes){rows, sizeof rows}, BYTES_NONE);
}

bool search_next(const struct search *s, struct scan *scan, struct search_hit *hit_r)
{
	struct bytes key, val;

	while (scan_next(scan, &key, &val)) {
		ENSURE(val.len == sizeof hit_r->row);
		memcpy(&hit_r->row, val.data, val.len);
		hit_r->code =
			(struct bytes){key.data + sizeof(uint16_t), key.len - sizeof(uint16_t)};
		if (hit_matches(s, hit_r))
			return true;
	}
	return false;
}
