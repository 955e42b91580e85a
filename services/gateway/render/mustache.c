/* Templates filled in: values looked up from the innermost object outwards, sections, partials. */
#include "services/gateway/render/mustache_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A partial in a partial in ... */
#define PARTIALS_MAX 12
/* Pieces and members that a rendering visits, after which the rest is empty: a page visits some
 * thousands. */
#define STEPS_MAX 2000000

/* Objects that names are looked up in, the innermost first. */
struct scope {
	json_t *value;
	const struct scope *outer;
};

struct rendering {
	struct arena *arena;
	char *out;
	size_t len, room;
	partial_fn *partial;
	void *ctx;
	unsigned depth, steps;
};

/* ---- output ---- */

static void put(struct rendering *r, const char *text, size_t len)
{
	if (len == 0)
		return;
	if (r->room - r->len < len) {
		size_t room = MAX(2 * r->room, r->len + len);
		char *more = arena_alloc(r->arena, room);

		if (r->len > 0)
			memcpy(more, r->out, r->len);
		r->out = more;
		r->room = room;
	}
	memcpy(r->out + r->len, text, len);
	r->len += len;
}

static const char *const escapes[256] = {
	['&'] = "&amp;",  ['<'] = "&lt;",   ['>'] = "&gt;",   ['"'] = "&quot;",
	['\''] = "&#39;", ['/'] = "&#x2F;", ['`'] = "&#x60;", ['='] = "&#x3D;",
};

static void put_escaped(struct rendering *r, const char *text, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		const char *escape = escapes[(uint8_t)text[i]];

		if (escape == NULL)
			continue;
		put(r, text + from, i - from);
		put(r, escape, strlen(escape));
		from = i + 1;
	}
	put(r, text + from, len - from);
}

typedef void put_fn(struct rendering *r, const char *text, size_t len);

/* ---- values as texts, as JavaScript has them ---- */

/* The shortest digits that give the number again, and where its point stands: 0.DIGITS * 10^point.
 */
static size_t shortest(double value, char digits_r[32], int *point_r)
{
	char text[40];
	size_t n = 0;

	for (int precision = 0; precision <= 17; precision++) {
		snprintf(text, sizeof text, "%.*e", precision, value);
		if (strtod(text, NULL) == value)
			break;
	}
	const char *e = strchr(text, 'e');

	for (const char *at = text; at < e; at++)
		if (*at != '.')
			digits_r[n++] = *at;
	while (n > 1 && digits_r[n - 1] == '0')
		n--;
	digits_r[n] = '\0';
	*point_r = (int)strtol(e + 1, NULL, 10) + 1;
	return n;
}

static size_t real_text(double value, char text_r[64])
{
	char digits[32];
	const char *sign = value < 0 ? "-" : "";
	int point, n;

	if (value == 0)
		return (size_t)snprintf(text_r, 64, "0");
	n = (int)shortest(fabs(value), digits, &point);
	if (point > 0 && point <= 21 && n <= point)
		return (size_t)snprintf(text_r, 64, "%s%s%.*s", sign, digits, point - n,
					"000000000000000000000");
	if (point > 0 && point <= 21)
		return (size_t)snprintf(text_r, 64, "%s%.*s.%s", sign, point, digits,
					digits + point);
	if (point > -6 && point <= 0)
		return (size_t)snprintf(text_r, 64, "%s0.%.*s%s", sign, -point, "000000", digits);
	return (size_t)snprintf(text_r, 64, "%s%c%s%se%c%d", sign, digits[0], n > 1 ? "." : "",
				digits + 1, point > 0 ? '+' : '-', abs(point - 1));
}

static void put_value(struct rendering *r, const json_t *value, put_fn *put_text, unsigned depth);

/* As Array.prototype.join(): nothing for null. */
static void put_joined(struct rendering *r, const json_t *array, put_fn *put_text, unsigned depth)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			put_text(r, ",", 1);
		put_value(r, json_array_get(array, i), put_text, depth + 1);
	}
}

static void put_value(struct rendering *r, const json_t *value, put_fn *put_text, unsigned depth)
{
	char text[64];

	if (value == NULL || json_is_null(value) || depth > PARTIALS_MAX)
		return;
	if (json_is_string(value))
		put_text(r, json_string_value(value), json_string_length(value));
	else if (json_is_integer(value))
		put_text(r, text,
			 (size_t)snprintf(text, sizeof text, "%" PRId64,
					  (int64_t)json_integer_value(value)));
	else if (json_is_real(value))
		put_text(r, text, real_text(json_real_value(value), text));
	else if (json_is_boolean(value))
		put_text(r, json_is_true(value) ? "true" : "false", json_is_true(value) ? 4 : 5);
	else if (json_is_array(value))
		put_joined(r, value, put_text, depth);
	else
		put_text(r, "[object Object]", 15);
}

/* ---- looking up ---- */

/* The member at a place of a list, "0", "12"; NULL: none. */
static json_t *list_member(const json_t *list, const char *name, size_t len)
{
	size_t place = 0;

	if (len == 0 || len > 9 || (len > 1 && name[0] == '0'))
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (name[i] < '0' || name[i] > '9')
			return NULL;
		place = 10 * place + (size_t)(name[i] - '0');
	}
	return json_array_get(list, place);
}

/* Where lengths of lists live that a template asks for: jansson's numbers are counted references,
 * and these are few and small. */
static json_t *length_of(const json_t *list, json_t **made_r)
{
	return *made_r = json_integer((json_int_t)json_array_size(list));
}

static json_t *member(json_t *of, const char *name, size_t len, json_t **made_r)
{
	if (json_is_object(of))
		return json_object_getn(of, name, len);
	if (!json_is_array(of))
		return NULL;
	if (len == 6 && memcmp(name, "length", 6) == 0)
		return length_of(of, made_r);
	return list_member(of, name, len);
}

/* How many characters JavaScript counts: two for each beyond the first plane. */
static json_t *text_length(const json_t *text, json_t **made_r)
{
	json_int_t n = 0;

	for (size_t i = 0; i < json_string_length(text); i++) {
		uint8_t c = (uint8_t)json_string_value(text)[i];

		n += ((c & 0xc0) != 0x80) + (c >= 0xf0);
	}
	return *made_r = json_integer(n);
}

static json_t *dotted(json_t *of, const char *name, json_t **made_r)
{
	while (of != NULL && *made_r == NULL) {
		size_t len = strcspn(name, ".");

		if (json_is_string(of) && strcmp(name, "length") == 0)
			return text_length(of, made_r);
		of = member(of, name, len, made_r);
		if (name[len] == '\0')
			return of;
		name += len + 1;
	}
	return NULL;
}

/* made_r: to be released, where the value was made for this look-up. */
static json_t *look_up(const struct scope *scope, const char *name, json_t **made_r)
{
	bool is_dotted = name[0] != '\0' && strchr(name + 1, '.') != NULL && name[0] != '.';

	*made_r = NULL;
	if (strcmp(name, ".") == 0)
		return scope->value;
	for (; scope != NULL; scope = scope->outer) {
		json_t *found = is_dotted ? dotted(scope->value, name, made_r)
					  : member(scope->value, name, strlen(name), made_r);

		if (found != NULL)
			return found;
		json_decref(*made_r);
		*made_r = NULL;
	}
	return NULL;
}

/* Whether JavaScript takes it for true. */
static bool holds(const json_t *value)
{
	if (json_is_string(value))
		return json_string_length(value) > 0;
	if (json_is_integer(value))
		return json_integer_value(value) != 0;
	if (json_is_real(value))
		return json_real_value(value) != 0;
	return json_is_true(value) || json_is_object(value) || json_is_array(value);
}

/* ---- rendering ---- */

static void render(struct rendering *r, const struct mustache *m, unsigned from, unsigned to,
		   const struct scope *scope);

static void render_section(struct rendering *r, const struct mustache *m, unsigned at,
			   const struct scope *scope)
{
	const struct piece *piece = &m->pieces[at];
	json_t *made, *value = look_up(scope, piece->name, &made);
	struct scope inner = {.value = value, .outer = scope};

	if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value) && r->steps < STEPS_MAX; i++) {
			r->steps++;
			inner.value = json_array_get(value, i);
			render(r, m, at + 1, piece->end, &inner);
		}
	} else if (holds(value)) {
		render(r, m, at + 1, piece->end, json_is_true(value) ? scope : &inner);
	}
	json_decref(made);
}

static void render_inverted(struct rendering *r, const struct mustache *m, unsigned at,
			    const struct scope *scope)
{
	json_t *made, *value = look_up(scope, m->pieces[at].name, &made);

	if (!holds(value) || (json_is_array(value) && json_array_size(value) == 0))
		render(r, m, at + 1, m->pieces[at].end, scope);
	json_decref(made);
}

static void render_variable(struct rendering *r, const struct piece *piece,
			    const struct scope *scope)
{
	json_t *made, *value = look_up(scope, piece->name, &made);
	bool plain = piece->kind == PIECE_RAW || json_is_number(value);

	put_value(r, value, plain ? put : put_escaped, 0);
	json_decref(made);
}

/* Each line of the source that is not empty, indented by the blanks before the tag; the first only
 * when nothing else stood there. */
static struct bytes indented(struct rendering *r, const struct mustache *m,
			     const struct piece *piece)
{
	struct rendering text = {.arena = r->arena};
	/* At most two blanks for a byte: what looks like the first of four may stand alone. */
	char *blanks = arena_alloc(r->arena, 2 * piece->before.len + 1);
	size_t n = 0, len;

	for (size_t i = 0; i < piece->before.len; i++) {
		uint8_t c = piece->before.data[i];
		size_t blank =
			blank_at((struct bytes){piece->before.data + i, piece->before.len - i});

		if (c == ' ' || c == '\t' || (blank == 0 && (c & 0xc0) != 0x80))
			blanks[n++] = c == '\t' ? '\t' : ' ';
		if (c >= 0xf0) /* two of JavaScript's characters */
			blanks[n++] = ' ';
		i += blank > 1 ? blank - 1 : 0;
	}
	for (size_t at = 0; at < m->source.len; at += len) {
		const uint8_t *line = m->source.data + at, *newline;

		newline = memchr(line, '\n', m->source.len - at);
		len = newline == NULL ? m->source.len - at : (size_t)(newline - line) + 1;
		if (line[0] != '\n' && (at > 0 || !piece->after_text))
			put(&text, blanks, n);
		put(&text, (const char *)line, len);
	}
	return (struct bytes){(const uint8_t *)text.out, text.len};
}

static void render_partial(struct rendering *r, const struct piece *piece,
			   const struct scope *scope)
{
	const struct mustache *m = r->partial == NULL ? NULL : r->partial(r->ctx, piece->name);
	struct mustache anew = {.arena = NULL};
	char fault[200];

	if (m == NULL || r->depth == PARTIALS_MAX)
		return;
	if (piece->before.len > 0) {
		if (!mustache_read(&anew, indented(r, m, piece), r->arena, fault))
			return;
		m = &anew;
	}
	r->depth++;
	render(r, m, 0, m->n_pieces, scope);
	r->depth--;
}

static void render(struct rendering *r, const struct mustache *m, unsigned from, unsigned to,
		   const struct scope *scope)
{
	for (unsigned i = from; i < to && r->steps < STEPS_MAX; i++) {
		const struct piece *piece = &m->pieces[i];

		r->steps++;
		switch (piece->kind) {
		case PIECE_TEXT:
			put(r, (const char *)piece->text.data, piece->text.len);
			break;
		case PIECE_SECTION:
			render_section(r, m, i, scope);
			i = piece->end;
			break;
		case PIECE_INVERTED:
			render_inverted(r, m, i, scope);
			i = piece->end;
			break;
		case PIECE_PARTIAL:
			render_partial(r, piece, scope);
			break;
		case PIECE_ESCAPED:
		case PIECE_RAW:
			render_variable(r, piece, scope);
			break;
		case PIECE_END:
		case PIECE_NOTHING:
			break;
		}
	}
}

struct bytes mustache_render(const struct mustache *m, json_t *const *objects, unsigned n,
			     partial_fn *partial, void *ctx, struct arena *arena)
{
	struct rendering r = {.arena = arena, .partial = partial, .ctx = ctx};
	struct scope *scopes = arena_zalloc(arena, (n + 1) * sizeof *scopes);

	for (unsigned i = 0; i < n; i++)
		scopes[i] = (struct scope){objects[i], i == 0 ? NULL : &scopes[i - 1]};
	r.room = 2 * m->source.len + 256;
	r.out = arena_alloc(arena, r.room);
	render(&r, m, 0, m->n_pieces, &scopes[n == 0 ? 0 : n - 1]);
	return (struct bytes){(const uint8_t *)r.out, r.len};
}

void mustache_names(const struct mustache *m, mustache_name_fn *visit, void *ctx)
{
	static const char tags[] = {
		[PIECE_ESCAPED] = '&',  [PIECE_RAW] = '&',     [PIECE_SECTION] = '#',
		[PIECE_INVERTED] = '^', [PIECE_PARTIAL] = '>',
	};

	for (unsigned i = 0; i < m->n_pieces; i++)
		if (m->pieces[i].name[0] != '\0')
			visit(ctx, tags[m->pieces[i].kind], m->pieces[i].name);
}
