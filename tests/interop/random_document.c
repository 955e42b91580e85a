/* Random objects, from the tables of terms. */
#include "tests/interop/random_document.h"

#include "services/issuance/documents/proof.h"
#include "services/issuance/documents/terms.h"

#include <stdio.h>
#include <string.h>

#define MAX_OBJECTS 40
#define MAX_DEPTH 6
#define CONTEXTS (CONTEXT_VC | CONTEXT_OB | CONTEXT_EXT)

struct maker {
	struct dice *dice;
	int objects_left;
};

static const char *const classes[] = {
	"Achievement",
	"AchievementCredential",
	"AchievementSubject",
	"Address",
	"Alignment",
	"BitstringStatusList",
	"BitstringStatusListEntry",
	"Criteria",
	"DataIntegrityProof",
	"EndorsementCredential",
	"EndorsementSubject",
	"Evidence",
	"GeoCoordinates",
	"IdentifierEntry",
	"IdentityObject",
	"Image",
	"Profile",
	"Related",
	"Result",
	"ResultDescription",
	"RubricCriterionLevel",
	"VerifiableCredential",
	"VerifiablePresentation",
	"1EdTechJsonSchemaValidator2019",
};

static const char *const common[] = {
	"alignment", "awardedDate", "description", "digestMultibase",
	"digestSRI", "endorsement", "image",       "inLanguage",
	"mediaType", "name",        "narrative",   "url",
};

static const char *const purposes[] = {"assertionMethod", "authentication", "keyAgreement"};

static json_t *random_object(struct maker *m, const char *class, int depth);

static json_t *random_number(struct dice *d)
{
	int64_t whole = (int64_t)dice_roll(d, 2000000) - 1000000;
	static const double scales[] = {1e-6, 1e-3, 1e-2, 0.5, 1.0, 1e9};

	if (dice_chance(d, 40))
		return json_integer(whole);
	return json_real((double)whole * scales[dice_roll(d, ARRAY_LEN(scales))]);
}

static bool can_nest(const struct maker *m, int depth)
{
	return depth < MAX_DEPTH && m->objects_left > 0;
}

static json_t *random_plain(struct maker *m, int depth)
{
	char text[NUMBER_TEXT_LEN];
	json_t *number;

	if (can_nest(m, depth) && dice_chance(m->dice, 40))
		return random_object(m, NULL, depth);
	switch (dice_roll(m->dice, 12)) {
	case 0:
		return json_boolean(dice_chance(m->dice, 50));
	case 1:
	case 2:
		number = random_number(m->dice);
		if (number_text(number, text))
			return number;
		json_decref(number);
		break;
	default:
		break;
	}
	return json_string(dice_wild_text(m->dice));
}

static json_t *random_single(struct maker *m, const struct term *term, int depth)
{
	switch (term->kind) {
	case TERM_VOCAB:
		return json_string(purposes[dice_roll(m->dice, ARRAY_LEN(purposes))]);
	case TERM_GRAPH:
		return random_object(m,
				     strcmp(term->name, "proof") == 0 ? "DataIntegrityProof"
								      : "VerifiableCredential",
				     depth);
	case TERM_IRI:
		if (can_nest(m, depth) && dice_chance(m->dice, 70))
			return random_object(m, NULL, depth);
		return json_string(dice_iri(m->dice));
	case TERM_PLAIN:
	case TERM_TYPED:
	case TERM_LIST:
		break;
	}
	return random_plain(m, depth);
}

/* Lists end alike more often than not. None is empty: jsonld.js writes the line of an empty list
 * once for each time that its object is met. */
static json_t *random_list(struct maker *m, const struct term *term, int depth)
{
	json_t *list = json_array();

	for (uint64_t n = dice_roll(m->dice, 4); n > 0; n--)
		json_array_append_new(list, random_single(m, term, depth));
	if (json_array_size(list) == 0 || dice_chance(m->dice, 70))
		json_array_append_new(list, json_string("Completed"));
	return list;
}

static json_t *random_value(struct maker *m, const struct term *term, int depth)
{
	json_t *array;

	if (term->kind == TERM_LIST)
		return random_list(m, term, depth);
	if (dice_chance(m->dice, 50))
		return random_single(m, term, depth);
	array = json_array();
	for (uint64_t n = dice_roll(m->dice, 4); n > 0; n--) {
		json_array_append_new(array, random_single(m, term, depth));
		if (dice_chance(m->dice, 15)) /* the same again */
			json_array_append_new(array, json_deep_copy(json_array_get(array, 0)));
	}
	return array;
}

static json_t *random_types(struct maker *m, const char *class)
{
	json_t *types;

	if (dice_chance(m->dice, 40))
		return json_string(class);
	types = json_pack("[s]", class);
	if (dice_chance(m->dice, 15))
		json_array_append_new(types, json_string("Related"));
	if (dice_chance(m->dice, 10))
		json_array_insert_new(types, 0, json_string("urn:t:Other"));
	return types;
}

static json_t *random_object(struct maker *m, const char *name, int depth)
{
	json_t *object = json_object();
	const struct class *class;
	bool may_be_silent = name == NULL; /* the document and proofs must say something */

	m->objects_left--;
	if (name == NULL)
		name = classes[dice_roll(m->dice, ARRAY_LEN(classes))];
	class = class_find(name, CONTEXTS);
	ENSURE(class != NULL);
	if (dice_chance(m->dice, 35))
		json_object_set_new(object, "id", json_string(dice_iri(m->dice)));
	if (may_be_silent && dice_chance(m->dice, 10))
		return object; /* nothing is said of it here */
	json_object_set_new(object, "type", random_types(m, name));
	for (size_t i = 0; i < class->n_terms; i++) {
		const struct term *term = &class->terms[i];

		if (dice_chance(m->dice, 30))
			json_object_set_new(object, term->name, random_value(m, term, depth + 1));
	}
	for (size_t i = 0; i < ARRAY_LEN(common); i++) {
		if (dice_chance(m->dice, 8))
			json_object_set_new(
				object, common[i],
				random_value(m, common_term(common[i], CONTEXTS), depth + 1));
	}
	return object;
}

json_t *random_document(struct dice *d, struct arena *a, struct random_result *result_r)
{
	struct maker m = {d, MAX_OBJECTS};
	json_t *document = random_object(&m, "VerifiableCredential", 0);
	struct nquads_source source = {.document = document};
	struct badge_problem problem = {0};
	struct rdfc_result canonical;

	json_object_set_new(document, "@context",
			    json_pack("[s,s,s]", CONTEXT_VC_URL, CONTEXT_OB_URL, CONTEXT_EXT_URL));
	if (!proof_canonical(&source, NULL, a, &canonical, &problem)) {
		if (problem.fault != BADGE_AMBIGUOUS)
			fprintf(stderr, "%s at %s\n", badge_fault_sentence(problem.fault),
				problem.where);
		ENSURE(problem.fault == BADGE_AMBIGUOUS);
		result_r->fault = badge_fault_sentence(problem.fault);
		return document;
	}
	result_r->nquads = canonical.text;
	result_r->same_in_utf16 = canonical.same_in_utf16;
	return document;
}
