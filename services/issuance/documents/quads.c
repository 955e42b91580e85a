/* Quads as N-Quads prints them: escaping, and one line from its parts. */
#include "services/issuance/documents/quads.h"

#include <string.h>

#define FIRST_ROOM 256
#define XSD_STRING "<http://www.w3.org/2001/XMLSchema#string>"

/* What a byte of a literal becomes: 0 itself, 'u' a \u00XX, another letter that escape. Bytes
 * beyond 0x7f are UTF-8 and stay. */
static const char escapes[256] = {
	['\b'] = 'b',  ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"',
	['\\'] = '\\', [0x00] = 'u', [0x01] = 'u', [0x02] = 'u', [0x03] = 'u', [0x04] = 'u',
	[0x05] = 'u',  [0x06] = 'u', [0x07] = 'u', [0x0b] = 'u', [0x0e] = 'u', [0x0f] = 'u',
	[0x10] = 'u',  [0x11] = 'u', [0x12] = 'u', [0x13] = 'u', [0x14] = 'u', [0x15] = 'u',
	[0x16] = 'u',  [0x17] = 'u', [0x18] = 'u', [0x19] = 'u', [0x1a] = 'u', [0x1b] = 'u',
	[0x1c] = 'u',  [0x1d] = 'u', [0x1e] = 'u', [0x1f] = 'u', [0x7f] = 'u',
};

void quads_init(struct quads *q, struct arena *a, uint32_t first_blank)
{
	*q = (struct quads){.arena = a, .room = FIRST_ROOM, .n_blanks = first_blank - 1};
	q->list = arena_alloc(a, FIRST_ROOM * sizeof *q->list);
}

void quads_add(struct quads *q, struct quad quad)
{
	if (q->n == q->room) {
		struct quad *list = arena_alloc(q->arena, 2 * q->room * sizeof *list);

		memcpy(list, q->list, q->n * sizeof *list);
		q->list = list;
		q->room *= 2;
	}
	q->list[q->n++] = quad;
}

struct node blank_node(struct quads *q)
{
	return (struct node){.blank = ++q->n_blanks};
}

static struct node node_of(const char *text, size_t len)
{
	ENSURE(len <= UINT32_MAX);
	return (struct node){text, (uint32_t)len, 0};
}

struct node iri_node(struct quads *q, struct bytes iri)
{
	char *text = arena_alloc(q->arena, iri.len + 2);

	text[0] = '<';
	if (iri.len > 0)
		memcpy(text + 1, iri.data, iri.len);
	text[iri.len + 1] = '>';
	return node_of(text, iri.len + 2);
}

/* How many bytes the escapes add to text. Marks texts beyond the basic plane by the way. */
static size_t escape_bytes(struct quads *q, struct bytes text)
{
	size_t more = 0;
	uint8_t highest = 0;

	for (size_t i = 0; i < text.len; i++) {
		char escape = escapes[text.data[i]];

		highest = MAX(highest, text.data[i]);
		if (escape != 0)
			more += escape == 'u' ? 5 : 1;
	}
	q->beyond_bmp |= highest >= 0xf0;
	return more;
}

static char *put_escaped(char *to, struct bytes text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = text.data[i];
		char escape = escapes[byte];

		if (escape == 0) {
			*to++ = (char)byte;
			continue;
		}
		*to++ = '\\';
		*to++ = escape;
		if (escape == 'u') {
			to[0] = to[1] = '0';
			to[2] = digits[byte >> 4];
			to[3] = digits[byte & 15];
			to += 4;
		}
	}
	return to;
}

static bool is_xsd_string(struct node datatype)
{
	return datatype.len == sizeof XSD_STRING - 1 &&
	       memcmp(datatype.text, XSD_STRING, datatype.len) == 0;
}

struct node literal_node(struct quads *q, struct bytes text, struct node datatype)
{
	size_t more = escape_bytes(q, text);
	char *start = arena_alloc(q->arena, text.len + more + datatype.len + 4);
	char *to = start;

	*to++ = '"';
	if (more > 0) {
		to = put_escaped(to, text);
	} else if (text.len > 0) {
		memcpy(to, text.data, text.len);
		to += text.len;
	}
	*to++ = '"';
	if (datatype.len > 0 && !is_xsd_string(datatype)) {
		*to++ = '^';
		*to++ = '^';
		memcpy(to, datatype.text, datatype.len);
		to += datatype.len;
	}
	return node_of(start, (size_t)(to - start));
}

bool node_is_none(struct node node)
{
	return node.blank == 0 && node.len == 0;
}

bool node_equal(struct node a, struct node b)
{
	return a.blank == b.blank && a.len == b.len &&
	       (a.text == b.text || memcmp(a.text, b.text, a.len) == 0);
}

bool quad_has_blank(const struct quad *quad)
{
	return (quad->subject.blank | quad->object.blank | quad->graph.blank) != 0;
}

static char *put_node(char *to, struct node node, const struct label *labels)
{
	const char *text = node.text;
	size_t len = node.len;

	if (node.blank != 0) {
		text = labels[node.blank].text;
		len = labels[node.blank].len;
	}
	memcpy(to, text, len);
	to[len] = ' ';
	return to + len + 1;
}

struct bytes quad_line(const struct quad *quad, const struct label *labels, struct arena *a)
{
	size_t most = quad->subject.len + quad->predicate.len + quad->object.len + quad->graph.len +
		      3 * LABEL_LEN + 6;
	char *start = arena_alloc(a, most);
	char *to = put_node(start, quad->subject, labels);

	to = put_node(to, quad->predicate, labels);
	to = put_node(to, quad->object, labels);
	if (!node_is_none(quad->graph))
		to = put_node(to, quad->graph, labels);
	*to++ = '.';
	*to++ = '\n';
	return (struct bytes){(const uint8_t *)start, (size_t)(to - start)};
}
