/* A strict parser of N-Quads. */
#include "tests/support/nquads_parse.h"

#include "libshared/buffer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAMES 1000

struct parser {
	const char *at;
	struct quads *quads;
	struct nquads_names *names;
};

static void skip_blanks(struct parser *p)
{
	while (*p->at == ' ' || *p->at == '\t')
		p->at++;
}

static void put_code_point(struct buffer *b, unsigned long c)
{
	if (c < 0x80) {
		buffer_char(b, (char)c);
	} else if (c < 0x800) {
		buffer_char(b, (char)(0xc0 | c >> 6));
		buffer_char(b, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		buffer_char(b, (char)(0xe0 | c >> 12));
		buffer_char(b, (char)(0x80 | (c >> 6 & 63)));
		buffer_char(b, (char)(0x80 | (c & 63)));
	} else {
		buffer_char(b, (char)(0xf0 | c >> 18));
		buffer_char(b, (char)(0x80 | (c >> 12 & 63)));
		buffer_char(b, (char)(0x80 | (c >> 6 & 63)));
		buffer_char(b, (char)(0x80 | (c & 63)));
	}
}

/* \uXXXX or \UXXXXXXXX, p->at behind the letter. */
static bool take_code_point(struct parser *p, size_t n_digits, struct buffer *b)
{
	char digits[9] = "";

	for (size_t i = 0; i < n_digits; i++) {
		if (!isxdigit((unsigned char)p->at[i]))
			return false;
		digits[i] = p->at[i];
	}
	p->at += n_digits;
	put_code_point(b, strtoul(digits, NULL, 16));
	return true;
}

static bool take_escape(struct parser *p, bool in_iri, struct buffer *b)
{
	static const char letters[] = "tbnrf\"'\\", bytes[] = "\t\b\n\r\f\"'\\";
	char letter = *p->at++;
	const char *found;

	if (letter == 'u' || letter == 'U')
		return take_code_point(p, letter == 'u' ? 4 : 8, b);
	found = letter == '\0' ? NULL : strchr(letters, letter);
	if (in_iri || found == NULL)
		return false;
	buffer_char(b, bytes[found - letters]);
	return true;
}

static bool take_until(struct parser *p, char end, struct buffer *b)
{
	buffer_init(b, p->quads->arena, 64);
	while (*p->at != end) {
		char c = *p->at++;

		if (c == '\0' || c == '\n' || c == '\r' || (end == '>' && (c == ' ' || c == '<')))
			return false;
		if (c != '\\')
			buffer_char(b, c);
		else if (!take_escape(p, end == '>', b))
			return false;
	}
	p->at++;
	return true;
}

static bool take_iri(struct parser *p, struct node *node_r)
{
	struct buffer b;

	if (*p->at++ != '<' || !take_until(p, '>', &b))
		return false;
	*node_r = iri_node(p->quads, buffer_bytes(&b));
	return true;
}

static bool take_blank(struct parser *p, struct node *node_r)
{
	char name[BLANK_NAME_LEN] = "";
	size_t len = 0, b = 1;

	if (p->at[0] != '_' || p->at[1] != ':')
		return false;
	for (p->at += 2; isalnum((unsigned char)*p->at) || *p->at == '_' || *p->at == '-';) {
		if (len == sizeof name - 1)
			return false;
		name[len++] = *p->at++;
	}
	while (b <= p->names->n && strcmp(p->names->names[b], name) != 0)
		b++;
	if (b > p->names->n) {
		if (b == MAX_NAMES || len == 0)
			return false;
		memcpy(p->names->names[b], name, sizeof name);
		p->names->n = b;
		(void)blank_node(p->quads);
	}
	*node_r = (struct node){.blank = (uint32_t)b};
	return true;
}

static bool take_language(struct parser *p, struct node *node)
{
	const char *start = p->at++;
	struct buffer b;

	if (!isalpha((unsigned char)*p->at))
		return false;
	while (isalnum((unsigned char)*p->at) || *p->at == '-')
		p->at++;
	buffer_init(&b, p->quads->arena, 64);
	buffer_put(&b, node->text, node->len);
	buffer_put(&b, start, (size_t)(p->at - start));
	*node = (struct node){b.at, (uint32_t)b.len, 0};
	return true;
}

static bool take_literal(struct parser *p, struct node *node_r)
{
	struct node datatype = {0};
	struct buffer b;

	if (*p->at++ != '"' || !take_until(p, '"', &b))
		return false;
	if (p->at[0] == '^' && p->at[1] == '^') {
		p->at += 2;
		if (!take_iri(p, &datatype))
			return false;
	}
	*node_r = literal_node(p->quads, buffer_bytes(&b), datatype);
	return *p->at != '@' || take_language(p, node_r);
}

static bool take_node(struct parser *p, bool literal_too, struct node *node_r)
{
	skip_blanks(p);
	if (*p->at == '<')
		return take_iri(p, node_r);
	if (*p->at == '_')
		return take_blank(p, node_r);
	return literal_too && take_literal(p, node_r);
}

static bool take_quad(struct parser *p)
{
	struct quad quad = {0};

	if (!take_node(p, false, &quad.subject))
		return false;
	skip_blanks(p);
	if (!take_iri(p, &quad.predicate) || !take_node(p, true, &quad.object))
		return false;
	skip_blanks(p);
	if (*p->at != '.' && !take_node(p, false, &quad.graph))
		return false;
	skip_blanks(p);
	if (*p->at++ != '.')
		return false;
	quads_add(p->quads, quad);
	return true;
}

bool nquads_parse(const char *text, struct quads *q, struct nquads_names *names_r)
{
	struct parser p = {text, q, names_r};

	*names_r = (struct nquads_names){
		0, arena_zalloc(q->arena, (size_t)MAX_NAMES * BLANK_NAME_LEN)};
	while (*p.at != '\0') {
		skip_blanks(&p);
		if (*p.at != '#' && *p.at != '\n' && *p.at != '\r' && *p.at != '\0') {
			if (!take_quad(&p))
				return false;
			skip_blanks(&p);
		}
		if (*p.at == '#')
			p.at += strcspn(p.at, "\n");
		if (*p.at == '\r')
			p.at++;
		if (*p.at != '\n' && *p.at != '\0')
			return false;
		p.at += *p.at == '\n';
	}
	return true;
}
