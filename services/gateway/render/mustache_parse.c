/* Templates taken apart: tags, delimiters, and the blanks of lines that hold nothing but tags. */
#include "services/gateway/render/mustache_parts.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 48
#define DELIMITER_MAX 16

struct reader {
	struct mustache *m;
	struct arena *arena;
	struct bytes source;
	size_t at;
	unsigned room;
	unsigned open[DEPTH_MAX], depth; /* sections that are open: places in pieces */
	char opening[DELIMITER_MAX + 1], closing[DELIMITER_MAX + 1];
	/* of the line that is being read */
	size_t line_start;
	unsigned line_piece;      /* its first piece */
	bool line_tag, line_used; /* a tag was there; something that shows was there */
	bool line_text;           /* text other than blanks was there */
	unsigned line_tags;
	char *fault_r;
};

/* ---- blanks ---- */

static bool blank_rune(uint32_t rune)
{
	return rune == 0xa0 || rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) ||
	       rune == 0x2028 || rune == 0x2029 || rune == 0x202f || rune == 0x205f ||
	       rune == 0x3000 || rune == 0xfeff;
}

size_t blank_at(struct bytes text)
{
	const uint8_t *t = text.data;

	if (text.len == 0)
		return 0;
	if (t[0] == ' ' || (t[0] >= '\t' && t[0] <= '\r'))
		return 1;
	if (text.len >= 2 && t[0] == 0xc2 && t[1] == 0xa0)
		return 2;
	if (text.len < 3 || (t[0] & 0xf0) != 0xe0)
		return 0;
	return blank_rune((t[0] & 0xfu) << 12 | (t[1] & 0x3fu) << 6 | (t[2] & 0x3fu)) ? 3 : 0;
}

static struct bytes rest(const struct reader *r, size_t at)
{
	return (struct bytes){r->source.data + at, r->source.len - at};
}

static size_t skip_blanks(const struct reader *r, size_t at)
{
	size_t n;

	while ((n = blank_at(rest(r, at))) > 0)
		at += n;
	return at;
}

/* Where the blanks begin that end at end, not before least. */
static size_t blanks_before(const struct reader *r, size_t end, size_t least)
{
	for (;;) {
		size_t n = 0;

		for (size_t width = 1; width <= 3 && n == 0 && end >= least + width; width++)
			if (blank_at((struct bytes){r->source.data + end - width, width}) == width)
				n = width;
		if (n == 0)
			return end;
		end -= n;
	}
}

/* ---- looking ahead ---- */

/* The next place of text at or after at; the length of the source: none. */
static size_t find(const struct reader *r, size_t at, const char *text)
{
	const uint8_t *found = memmem(r->source.data + at, r->source.len - at, text, strlen(text));

	return found == NULL ? r->source.len : (size_t)(found - r->source.data);
}

static bool stands_at(const struct reader *r, size_t at, const char *text)
{
	size_t len = strlen(text);

	return r->source.len - at >= len && memcmp(r->source.data + at, text, len) == 0;
}

static bool fault(struct reader *r, const char *what, struct bytes name)
{
	unsigned line = 1;

	for (size_t i = 0; i < r->at && i < r->source.len; i++)
		line += r->source.data[i] == '\n';
	snprintf(r->fault_r, 200, "line %u: %s%s%.*s", line, what, name.len > 0 ? " " : "",
		 (int)MIN(name.len, 60), name.data == NULL ? "" : (const char *)name.data);
	return false;
}

/* ---- pieces ---- */

static struct piece *add_piece(struct reader *r, enum piece_kind kind)
{
	struct mustache *m = r->m;

	if (m->n_pieces == r->room) {
		unsigned room = r->room == 0 ? 16 : 2 * r->room;
		struct piece *more = arena_alloc(r->arena, room * sizeof *more);

		if (m->n_pieces > 0)
			memcpy(more, m->pieces, m->n_pieces * sizeof *more);
		m->pieces = more;
		r->room = room;
	}
	m->pieces[m->n_pieces] = (struct piece){.kind = kind, .name = ""};
	return &m->pieces[m->n_pieces++];
}

/* A line that holds tags, and beside them nothing that shows, leaves no blanks behind. */
static void end_line(struct reader *r)
{
	for (unsigned i = r->line_piece; r->line_tag && !r->line_used && i < r->m->n_pieces; i++)
		if (r->m->pieces[i].kind == PIECE_TEXT)
			r->m->pieces[i].kind = PIECE_NOTHING;
	r->line_piece = r->m->n_pieces;
	r->line_tag = r->line_used = false;
}

static void read_text(struct reader *r, size_t end)
{
	while (r->at < end) {
		const uint8_t *newline = memchr(r->source.data + r->at, '\n', end - r->at);
		size_t stop = newline == NULL ? end : (size_t)(newline - r->source.data) + 1;
		struct piece *piece = add_piece(r, PIECE_TEXT);

		piece->text = (struct bytes){r->source.data + r->at, stop - r->at};
		if (skip_blanks(r, r->at) < stop)
			r->line_text = r->line_used = true;
		r->at = stop;
		if (newline == NULL)
			continue;
		end_line(r);
		r->line_start = stop;
		r->line_tags = 0;
		r->line_text = false;
	}
}

/* ---- tags ---- */

struct tag {
	char type; /* one of #^/>&=! or 'n' */
	struct bytes value;
	size_t start;
};

static bool take_closing(struct reader *r)
{
	size_t at = skip_blanks(r, r->at);

	if (!stands_at(r, at, r->closing))
		return fault(r, "unclosed tag", BYTES_NONE);
	r->at = at + strlen(r->closing);
	return true;
}

/* What stands before the next text, without blanks at its end; moves there. */
static struct bytes take_until(struct reader *r, const char *text)
{
	size_t from = r->at, found = find(r, r->at, text);

	r->at = found == r->source.len ? found : blanks_before(r, found, from);
	return (struct bytes){r->source.data + from, r->at - from};
}

static void skip_mark(struct reader *r, uint8_t mark)
{
	size_t at = skip_blanks(r, r->at);

	if (at < r->source.len && r->source.data[at] == mark)
		r->at = at + 1;
}

static bool read_tag(struct reader *r, struct tag *tag)
{
	tag->start = r->at;
	r->at = skip_blanks(r, r->at + strlen(r->opening));
	tag->type = 'n';
	if (r->at < r->source.len && strchr("#^/>{&=!", r->source.data[r->at]) != NULL &&
	    r->source.data[r->at] != '\0')
		tag->type = (char)r->source.data[r->at++];
	r->at = skip_blanks(r, r->at);
	if (tag->type == '=') {
		tag->value = take_until(r, "=");
		skip_mark(r, '=');
		(void)take_until(r, r->closing);
	} else if (tag->type == '{') {
		char mark[DELIMITER_MAX + 2];

		snprintf(mark, sizeof mark, "}%s", r->closing);
		tag->value = take_until(r, mark);
		skip_mark(r, '}');
		(void)take_until(r, r->closing);
		tag->type = '&';
	} else {
		tag->value = take_until(r, r->closing);
	}
	return take_closing(r);
}

/* ---- what a tag does ---- */

static bool open_section(struct reader *r, const struct tag *tag, enum piece_kind kind)
{
	if (r->depth == DEPTH_MAX)
		return fault(r, "sections nest too deeply", tag->value);
	r->open[r->depth++] = r->m->n_pieces;
	add_piece(r, kind)->name = arena_text(r->arena, tag->value);
	return true;
}

static bool close_section(struct reader *r, const struct tag *tag)
{
	struct piece *opened;

	if (r->depth == 0)
		return fault(r, "closes no section:", tag->value);
	opened = &r->m->pieces[r->open[--r->depth]];
	if (!bytes_equal(bytes_of_text(opened->name), tag->value))
		return fault(r, "unclosed section", bytes_of_text(opened->name));
	opened->end = r->m->n_pieces;
	add_piece(r, PIECE_END);
	return true;
}

static bool add_partial(struct reader *r, const struct tag *tag)
{
	struct piece *piece = add_piece(r, PIECE_PARTIAL);

	piece->name = arena_text(r->arena, tag->value);
	piece->after_text = r->line_text;
	if (r->line_tags == 0)
		piece->before =
			(struct bytes){r->source.data + r->line_start, tag->start - r->line_start};
	return true;
}

static bool add_variable(struct reader *r, const struct tag *tag)
{
	r->line_used = true;
	add_piece(r, tag->type == '&' ? PIECE_RAW : PIECE_ESCAPED)->name =
		arena_text(r->arena, tag->value);
	return true;
}

/* {{=<% %>=}} */
static bool set_delimiters(struct reader *r, const struct tag *tag)
{
	size_t at = (size_t)(tag->value.data - r->source.data), end = at + tag->value.len, mid,
	       stop;

	for (mid = at; mid < end && blank_at(rest(r, mid)) == 0;)
		mid++;
	for (stop = at = skip_blanks(r, mid); stop < end && blank_at(rest(r, stop)) == 0;)
		stop++;
	if (mid == end || stop == at || stop - at > DELIMITER_MAX ||
	    (size_t)(mid - (size_t)(tag->value.data - r->source.data)) > DELIMITER_MAX)
		return fault(r, "delimiters that are none:", tag->value);
	snprintf(r->opening, sizeof r->opening, "%.*s",
		 (int)(mid - (size_t)(tag->value.data - r->source.data)),
		 (const char *)tag->value.data);
	snprintf(r->closing, sizeof r->closing, "%.*s", (int)(stop - at),
		 (const char *)r->source.data + at);
	return true;
}

static bool do_tag(struct reader *r, const struct tag *tag)
{
	r->line_tag = true;
	switch (tag->type) {
	case '#':
		return open_section(r, tag, PIECE_SECTION);
	case '^':
		return open_section(r, tag, PIECE_INVERTED);
	case '/':
		return close_section(r, tag);
	case '>':
		return add_partial(r, tag);
	case '=':
		return set_delimiters(r, tag);
	case '!':
		return true;
	default:
		return add_variable(r, tag);
	}
}

/* Text that follows text becomes one piece; what was dropped goes. */
static void close_up(struct mustache *m)
{
	unsigned n = 0, open[DEPTH_MAX] = {0}, depth = 0;

	for (unsigned i = 0; i < m->n_pieces; i++) {
		struct piece *piece = &m->pieces[i], *last = n == 0 ? NULL : &m->pieces[n - 1];

		if (piece->kind == PIECE_NOTHING)
			continue;
		if (piece->kind == PIECE_TEXT && last != NULL && last->kind == PIECE_TEXT &&
		    last->text.data + last->text.len == piece->text.data) {
			last->text.len += piece->text.len;
			continue;
		}
		if (piece->kind == PIECE_SECTION || piece->kind == PIECE_INVERTED)
			open[depth++] = n;
		else if (piece->kind == PIECE_END && depth > 0)
			m->pieces[open[--depth]].end = n;
		m->pieces[n++] = *piece;
	}
	m->n_pieces = n;
}

bool mustache_read(struct mustache *m, struct bytes source, struct arena *arena, char fault_r[200])
{
	struct reader r = {.m = m, .arena = arena, .source = source, .fault_r = fault_r};

	memcpy(r.opening, "{{", 3);
	memcpy(r.closing, "}}", 3);
	m->source = source;
	while (r.at < source.len) {
		struct tag tag;

		read_text(&r, find(&r, r.at, r.opening));
		if (r.at == source.len)
			break;
		if (!read_tag(&r, &tag) || !do_tag(&r, &tag))
			return false;
		r.line_tags++;
	}
	end_line(&r);
	if (r.depth > 0)
		return fault(&r, "unclosed section",
			     bytes_of_text(m->pieces[r.open[r.depth - 1]].name));
	close_up(m);
	return true;
}

struct mustache *mustache_parse(const char *template, char fault_r[200])
{
	struct arena *arena = arena_new(4096);
	struct mustache *m = arena_zalloc(arena, sizeof *m);

	m->arena = arena;
	if (!mustache_read(m, arena_copy(arena, bytes_of_text(template)), arena, fault_r))
		mustache_destroy(&m);
	return m;
}

void mustache_destroy(struct mustache **m)
{
	struct arena *arena = *m == NULL ? NULL : (*m)->arena;

	arena_destroy(&arena);
	*m = NULL;
}
