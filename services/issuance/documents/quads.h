/*
 * RDF quads, the form between a JSON document and the text that is hashed.
 *
 * Each part of a quad is kept as N-Quads prints it ("<iri>", "\"text\"^^<type>"), so that a line
 * is a matter of copying. A blank node is a number; its label is given when a line is written.
 * Everything lives in the arena that quads_init() was given.
 */
#ifndef CAIRN_ISSUANCE_QUADS_H
#define CAIRN_ISSUANCE_QUADS_H

#include "libshared/arena.h"

/* An IRI or literal as printed, a blank node, or (all zero) nothing: the default graph. */
struct node {
	const char *text; /* NULL for a blank node; no NUL at its end */
	uint32_t len;
	uint32_t blank; /* 1, 2, ...; 0: no blank node */
};

struct quad {
	struct node subject, predicate, object, graph;
};

struct quads {
	struct arena *arena;
	struct quad *list;
	size_t n, room;
	uint32_t n_blanks; /* numbers given so far */
	bool beyond_bmp;   /* some literal has a character beyond U+FFFF */
};

#define LABEL_LEN 15

/* What a blank node is called in a line, "_:c14n0". */
struct label {
	char text[LABEL_LEN];
	uint8_t len;
};

/* For constant tables: the node of an IRI that is known when compiling. */
#define IRI_NODE(iri)                                                                              \
	{                                                                                          \
		"<" iri ">", sizeof("<" iri ">") - 1, 0                                            \
	}

/* Blank nodes are numbered from first_blank, 1 for a document of its own. */
void quads_init(struct quads *q, struct arena *a, uint32_t first_blank);
void quads_add(struct quads *q, struct quad quad);

struct node blank_node(struct quads *q); /* a new one */
struct node iri_node(struct quads *q, struct bytes iri);
/* datatype is an IRI's node; an empty one, or xsd:string, is not printed. */
struct node literal_node(struct quads *q, struct bytes text, struct node datatype);

bool node_is_none(struct node node);
bool node_equal(struct node a, struct node b);
bool quad_has_blank(const struct quad *quad);

/* The line of a quad with its final LF, in the arena. labels[b] names blank node b. */
struct bytes quad_line(const struct quad *quad, const struct label *labels, struct arena *a);

#endif
