/*
 * What the members and types of a credential mean: the contexts of Verifiable Credentials 2.0,
 * Open Badges 3.0.3, its extensions and CLR 2.0.1 as constant tables.
 *
 * An issuer fixes the shape of its documents and their contexts, so that JSON-LD expansion is
 * looking names up. A member means something only inside an object whose type defines it, or
 * where it is common to all types; classes of an object are asked in the reverse order of their
 * names, then the common terms, as JSON-LD does.
 *
 * Left out on purpose: what differs between deployed copies of context 3.0.3 (endorsementJwt,
 * jti), JSON literals (jsonSchema), and what changes the meaning of terms below it (statusMessage,
 * a presentation's verifiableCredential). A document with one of these is refused, never signed.
 */
#ifndef CAIRN_ISSUANCE_TERMS_H
#define CAIRN_ISSUANCE_TERMS_H

#include "services/issuance/documents/quads.h"

enum context {
	CONTEXT_VC = 1,  /* https://www.w3.org/ns/credentials/v2 */
	CONTEXT_OB = 2,  /* https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json */
	CONTEXT_EXT = 4, /* https://purl.imsglobal.org/spec/ob/v3p0/extensions.json */
	CONTEXT_CLR = 8, /* https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json */
};

#define CONTEXT_VC_URL "https://www.w3.org/ns/credentials/v2"
#define CONTEXT_OB_URL "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
#define CONTEXT_EXT_URL "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
#define CONTEXT_CLR_URL "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

enum term_kind {
	TERM_PLAIN, /* a string is a literal */
	TERM_TYPED, /* a string is a literal of the term's datatype */
	TERM_IRI,   /* a string is an IRI */
	TERM_VOCAB, /* a string is the name of a purpose */
	TERM_LIST,  /* plain values in an order that counts: an RDF list */
	TERM_GRAPH, /* objects, each in a graph of its own */
};

struct term {
	const char *name;
	struct node predicate;
	enum term_kind kind;
	struct node datatype; /* of TERM_TYPED */
};

struct class
{
	const char *name;
	unsigned context; /* the one that defines it */
	struct node iri;
	const struct term *terms; /* by name */
	size_t n_terms;
};

/* The context of that address, 0 if it is not known here. */
unsigned context_of_url(const char *url);

/* The class that a value of "type" names under the contexts (a mask), or NULL. */
const struct class *class_find(const char *name, unsigned contexts);

/* A member of objects of that class, or of all objects, or NULL. */
const struct term *class_term(const struct class *class, const char *name);
const struct term *common_term(const char *name, unsigned contexts);

/* The IRI of a proof purpose; none if there is no such purpose. */
struct node purpose_iri(const char *name);

#endif
