/* From a JSON document to quads: objects, their types, their members' values. */
#include "services/issuance/documents/nquads.h"

#include "services/issuance/documents/terms.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CLASSES 8
#define MAX_DEPTH 24
#define MAX_EXACT 9007199254740991.0 /* 2^53 - 1 */

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define XSD "http://www.w3.org/2001/XMLSchema#"

static const struct node rdf_type = IRI_NODE(RDF "type");
static const struct node rdf_first = IRI_NODE(RDF "first");
static const struct node rdf_rest = IRI_NODE(RDF "rest");
static const struct node rdf_nil = IRI_NODE(RDF "nil");
static const struct node xsd_boolean = IRI_NODE(XSD "boolean");
static const struct node xsd_integer = IRI_NODE(XSD "integer");
static const struct node xsd_double = IRI_NODE(XSD "double");
static const struct node any_uri = IRI_NODE("https://www.w3.org/2001/XMLSchema#anyURI");
static const struct node no_node = {NULL, 0, 0};

struct emitter {
	const struct nquads_source *source;
	struct quads *quads;
	struct badge_problem *problem;
};

/* Where a value stands: a chain on the stack, read only to tell of a problem. */
struct place {
	const struct place *above;
	const char *member;
	size_t index; /* 1 + the index in an array; 0: not in one */
};

/* What holds around an object. */
struct scope {
	const struct place *place;
	struct node graph;
	unsigned contexts, depth;
};

/* An object whose members are being emitted. */
struct object {
	const struct scope *around;
	unsigned contexts;
	struct node subject;
	const struct class *classes[MAX_CLASSES]; /* by name */
	size_t n_classes;
};

/* A member whose values are being emitted. */
struct member {
	const struct object *object;
	const struct term *term;
	struct place place; /* of the value in hand */
	struct node graph;  /* of what is inside that value */
};

static bool object_emit(struct emitter *e, json_t *json, const struct scope *around,
			struct node *node_r);

static size_t place_text(const struct place *place, char *text, size_t room)
{
	size_t len = 0;

	if (place == NULL)
		return 0;
	len = place_text(place->above, text, room);
	if (len < room && place->member != NULL)
		len += (size_t)snprintf(text + len, room - len, "%s%s", len > 0 ? "." : "",
					place->member);
	if (len < room && place->index > 0)
		len += (size_t)snprintf(text + len, room - len, "[%zu]", place->index - 1);
	return MIN(len, room);
}

static bool fail(struct emitter *e, enum badge_fault fault, const struct place *place)
{
	char where[BADGE_WHERE_LEN] = "";

	place_text(place, where, sizeof where);
	return badge_refuse(e->problem, fault, where);
}

static bool fail_at(struct emitter *e, enum badge_fault fault, const struct scope *scope,
		    const char *member)
{
	struct place place = {scope->place, member, 0};

	return fail(e, fault, &place);
}

static void add(struct emitter *e, const struct object *o, struct node predicate,
		struct node object)
{
	quads_add(e->quads, (struct quad){o->subject, predicate, object, o->around->graph});
}

/* ---- numbers and single values ---- */

/* "1.500000000000000E+00" becomes "1.5E0". */
static void shorten_exponent(const char *printed, char *text_r)
{
	const char *e = strchr(printed, 'E');
	size_t digits = (size_t)(e - printed);

	while (printed[digits - 1] == '0' && printed[digits - 2] != '.')
		digits--;
	snprintf(text_r, NUMBER_TEXT_LEN, "%.*sE%ld", (int)digits, printed,
		 strtol(e + 1, NULL, 10));
}

bool number_text(const json_t *number, char text_r[NUMBER_TEXT_LEN])
{
	double value = json_number_value(number);
	char printed[NUMBER_TEXT_LEN];

	if (json_is_integer(number)) {
		json_int_t whole = json_integer_value(number);

		if (whole > (json_int_t)MAX_EXACT || whole < -(json_int_t)MAX_EXACT)
			return false;
		snprintf(text_r, NUMBER_TEXT_LEN, "%" JSON_INTEGER_FORMAT, whole);
		return true;
	}
	if (fabs(value) > MAX_EXACT)
		return false;
	if (floor(value) == value) {
		snprintf(text_r, NUMBER_TEXT_LEN, "%" PRId64, (int64_t)value);
		return true;
	}
	snprintf(printed, sizeof printed, "%.15g", value);
	if (fabs(value) < 1e-6 || strtod(printed, NULL) < value || strtod(printed, NULL) > value)
		return false;
	snprintf(printed, sizeof printed, "%.15E", value);
	shorten_exponent(printed, text_r);
	return true;
}

static bool number_node(struct emitter *e, const struct term *term, const json_t *value,
			struct node *node_r)
{
	char text[NUMBER_TEXT_LEN];
	struct node datatype = term->datatype;

	if (!number_text(value, text))
		return false;
	if (term->kind != TERM_TYPED)
		datatype = strchr(text, 'E') != NULL ? xsd_double : xsd_integer;
	*node_r = literal_node(e->quads, bytes_of_text(text), datatype);
	return true;
}

static struct bytes bytes_of_json(const json_t *string)
{
	return (struct bytes){(const uint8_t *)json_string_value(string),
			      json_string_length(string)};
}

/* The prefixes that CLR's context defines make other addresses of these two. */
static bool is_clr_prefixed(const char *iri)
{
	return strncmp(iri, "cred:", 5) == 0 || strncmp(iri, "obi:", 4) == 0;
}

static bool iri_of_json(struct emitter *e, unsigned contexts, const json_t *value,
			struct node *node_r)
{
	const char *iri = json_string_value(value);

	if (!is_badge_iri(iri) || ((contexts & CONTEXT_CLR) != 0 && is_clr_prefixed(iri)))
		return false;
	*node_r = iri_node(e->quads, bytes_of_json(value));
	return true;
}

static enum badge_fault strict_fault(const struct term *term, const char *text)
{
	if (term->kind == TERM_TYPED && node_equal(term->datatype, any_uri) && !is_badge_iri(text))
		return BADGE_IRI;
	return badge_text_fault(text);
}

static enum badge_fault string_node(struct emitter *e, const struct member *m, const json_t *value,
				    struct node *node_r)
{
	const struct term *term = m->term;
	const char *text = json_string_value(value);
	enum badge_fault fault;

	switch (term->kind) {
	case TERM_IRI:
		return iri_of_json(e, m->object->contexts, value, node_r) ? BADGE_SOUND : BADGE_IRI;
	case TERM_VOCAB:
		*node_r = purpose_iri(text);
		return node_is_none(*node_r) ? BADGE_SHAPE : BADGE_SOUND;
	case TERM_GRAPH:
		return BADGE_SHAPE;
	case TERM_PLAIN:
	case TERM_LIST:
	case TERM_TYPED:
		break;
	}
	fault = e->source->strict ? strict_fault(term, text) : BADGE_SOUND;
	*node_r = literal_node(e->quads, bytes_of_json(value), term->datatype);
	return fault;
}

static enum badge_fault scalar_node(struct emitter *e, const struct member *m, const json_t *value,
				    struct node *node_r)
{
	const struct term *term = m->term;

	if (json_is_string(value))
		return string_node(e, m, value, node_r);
	if (term->kind == TERM_IRI || term->kind == TERM_VOCAB || term->kind == TERM_GRAPH)
		return BADGE_SHAPE;
	if (json_is_number(value))
		return number_node(e, term, value, node_r) ? BADGE_SOUND : BADGE_NUMBER;
	if (!json_is_boolean(value))
		return BADGE_SHAPE; /* null, or an array in an array */
	*node_r = literal_node(e->quads, bytes_of_text(json_is_true(value) ? "true" : "false"),
			       term->kind == TERM_TYPED ? term->datatype : xsd_boolean);
	return BADGE_SOUND;
}

/* ---- values of a member ---- */

/* Whether something is said of an object. One of which nothing is said may be a value, but not
 * all of a graph: processors drop it there. */
static bool says_something(const json_t *object)
{
	size_t silent = json_object_get(object, "id") != NULL ? 1 : 0;

	silent += json_object_get(object, "@context") != NULL ? 1 : 0;
	return json_object_size(object) > silent;
}

/* The node that a single value becomes; what is in an object is emitted on the way. */
static bool value_node(struct emitter *e, const struct member *m, json_t *value,
		       struct node *node_r)
{
	struct scope scope = {&m->place, m->graph, m->object->contexts,
			      m->object->around->depth + 1};
	enum badge_fault fault;

	if (m->term->kind == TERM_GRAPH && !says_something(value))
		return fail(e, BADGE_SHAPE, &m->place);
	if (json_is_object(value) && m->term->kind != TERM_VOCAB)
		return object_emit(e, value, &scope, node_r);
	fault = scalar_node(e, m, value, node_r);
	return fault == BADGE_SOUND || fail(e, fault, &m->place);
}

static bool value_emit(struct emitter *e, struct member *m, json_t *value)
{
	struct node node;

	if (m->term->kind == TERM_GRAPH)
		m->graph = blank_node(e->quads);
	if (!value_node(e, m, value, &node))
		return false;
	add(e, m->object, m->term->predicate, m->term->kind == TERM_GRAPH ? m->graph : node);
	return true;
}

/* A blank node per item that points to the value and to the next item's node. */
static bool list_emit(struct emitter *e, struct member *m, json_t *value)
{
	size_t n = json_is_array(value) ? json_array_size(value) : 1;
	struct node cell = n == 0 ? rdf_nil : blank_node(e->quads), node;

	add(e, m->object, m->term->predicate, cell);
	for (size_t i = 0; i < n; i++) {
		struct node next = i + 1 == n ? rdf_nil : blank_node(e->quads);

		m->place.index = i + 1;
		if (!value_node(e, m, json_is_array(value) ? json_array_get(value, i) : value,
				&node))
			return false;
		quads_add(e->quads, (struct quad){cell, rdf_first, node, m->graph});
		quads_add(e->quads, (struct quad){cell, rdf_rest, next, m->graph});
		cell = next;
	}
	return true;
}

static const struct term *term_of(const struct object *o, const char *name)
{
	const struct term *term = NULL;

	for (size_t i = o->n_classes; i > 0 && term == NULL; i--)
		term = class_term(o->classes[i - 1], name);
	return term != NULL ? term : common_term(name, o->contexts);
}

static bool member_emit(struct emitter *e, const struct object *o, const char *name, json_t *value)
{
	struct member m = {o, term_of(o, name), {o->around->place, name, 0}, o->around->graph};

	if (m.term == NULL)
		return fail(e, BADGE_TERM, &m.place);
	if (m.term->kind == TERM_LIST)
		return list_emit(e, &m, value);
	if (!json_is_array(value))
		return value_emit(e, &m, value);
	for (size_t i = 0; i < json_array_size(value); i++) {
		m.place.index = i + 1;
		if (!value_emit(e, &m, json_array_get(value, i)))
			return false;
	}
	return true;
}

/* ---- objects ---- */

static bool context_add(struct emitter *e, struct object *o, const json_t *url)
{
	unsigned context = json_is_string(url) ? context_of_url(json_string_value(url)) : 0;

	o->contexts |= context;
	return context != 0 || fail_at(e, BADGE_CONTEXT, o->around, "@context");
}

static bool type_add(struct emitter *e, struct object *o, const json_t *type)
{
	const char *name = json_is_string(type) ? json_string_value(type) : "";
	const struct class *class = class_find(name, o->contexts);
	struct node iri;
	size_t at = o->n_classes;

	if (class == NULL) {
		if (!json_is_string(type) || !iri_of_json(e, o->contexts, type, &iri))
			return fail_at(e, BADGE_CLASS, o->around, "type");
		add(e, o, rdf_type, iri);
		return true;
	}
	if (at == MAX_CLASSES)
		return fail_at(e, BADGE_SHAPE, o->around, "type");
	for (; at > 0 && strcmp(o->classes[at - 1]->name, name) > 0; at--)
		o->classes[at] = o->classes[at - 1];
	o->classes[at] = class;
	o->n_classes++;
	add(e, o, rdf_type, class->iri);
	return true;
}

/* Each string of a member that holds one string or an array of them. */
static bool strings_each(struct emitter *e, struct object *o, const json_t *value,
			 bool (*take)(struct emitter *, struct object *, const json_t *))
{
	if (value == NULL)
		return true;
	if (!json_is_array(value))
		return take(e, o, value);
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (!take(e, o, json_array_get(value, i)))
			return false;
	}
	return true;
}

static bool subject_of(struct emitter *e, struct object *o, const json_t *json)
{
	const json_t *id = json_object_get(json, "id");

	if (id == NULL) {
		o->subject = blank_node(e->quads);
		return true;
	}
	if (!json_is_string(id))
		return fail_at(e, BADGE_SHAPE, o->around, "id");
	return iri_of_json(e, o->contexts, id, &o->subject) ||
	       fail_at(e, BADGE_IRI, o->around, "id");
}

static bool is_keyword(const char *name)
{
	return strcmp(name, "id") == 0 || strcmp(name, "type") == 0 ||
	       strcmp(name, "@context") == 0;
}

static bool object_emit(struct emitter *e, json_t *json, const struct scope *around,
			struct node *node_r)
{
	struct object o = {.around = around, .contexts = around->contexts};
	const char *name;
	json_t *value;

	if (around->depth > MAX_DEPTH)
		return fail(e, BADGE_DEPTH, around->place);
	if (!strings_each(e, &o, json_object_get(json, "@context"), context_add) ||
	    !subject_of(e, &o, json))
		return false;
	*node_r = o.subject;
	if (json == e->source->known)
		return true;
	if (!strings_each(e, &o, json_object_get(json, "type"), type_add))
		return false;
	json_object_foreach(json, name, value)
	{
		if (is_keyword(name) || (around->depth == 0 && e->source->without != NULL &&
					 strcmp(name, e->source->without) == 0))
			continue;
		if (!member_emit(e, &o, name, value))
			return false;
	}
	return true;
}

bool nquads_emit(const struct nquads_source *source, struct quads *q, struct badge_problem *problem)
{
	struct emitter e = {source, q, problem};
	struct scope scope = {NULL, no_node, source->contexts, 0};
	struct node root;

	*problem = (struct badge_problem){0};
	if (!json_is_object(source->document) || !says_something(source->document))
		return badge_refuse(problem, BADGE_SHAPE, "");
	return object_emit(&e, source->document, &scope, &root);
}
