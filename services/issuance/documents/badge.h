/*
 * Badges: from what the service knows to a signed Open Badges 3.0 credential, as JSON text.
 *
 * Everything here is a function of its arguments: no clock, no random numbers, no files. The
 * same badge signed with the same key is the same bytes.
 *
 *	template = badge_template_new(&issuer, &achievement, &problem);   once per version
 *	badge.template = template;
 *	if (!badge_sign(&badge, &signer, arena, &document, &problem))
 *		hold it: badge_fault_sentence(problem.fault), problem.where
 *	badge_template_destroy(&template);
 *
 * A template holds what all badges of one version of an achievement share, written and hashed
 * once; making one also checks the catalogue's texts, so that nothing but the few texts of a
 * single badge can be refused later. It owns all it needs: what it was made from may go.
 *
 * The proof is a DataIntegrityProof of suite eddsa-rdfc-2022 over the canonical N-Quads. Name,
 * e-mail and the like of the recipient are in no credential: identity_hash() is what stands for
 * an e-mail address.
 *
 * Texts are UTF-8, borrowed for the call. A NULL or empty text is left out, unless the comment
 * says that it is required.
 */
#ifndef CAIRN_ISSUANCE_BADGE_H
#define CAIRN_ISSUANCE_BADGE_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "services/issuance/documents/fault.h"
#include "services/issuance/documents/multibase.h"

struct rdfc_result;

struct badge_issuer {
	const char *id;   /* required: the DID whose document lists the key */
	const char *name; /* required */
	const char *url;
	const char *email;
	const char *image; /* address of a picture */
};

/* What a competency or a rubric is called in somebody's framework. */
struct badge_alignment {
	const char *target_name; /* required */
	const char *target_url;  /* required */
	const char *target_code;
	const char *target_description;
	const char *target_framework;
	const char *target_type; /* "CFItem", "CFRubricCriterion", ... or "ext:..." */
};

struct badge_level {
	const char *code; /* required: "yes"; letters, digits, . _ ~ - */
	const char *name; /* required */
	const char *description;
	const char *points;
};

/* A row of the rubric: a ResultDescription with RubricCriterionLevels. */
struct badge_row {
	const char *code;                 /* required: "lit-101.r1"; as a level's */
	const char *name;                 /* required */
	const char *required_level;       /* code of the least level that passes */
	const struct badge_level *levels; /* at least one, lowest first */
	size_t n_levels;
	const struct badge_alignment *alignments;
	size_t n_alignments;
};

struct badge_achievement {
	const char *id;          /* required: an IRI without a fragment; rows are id#ROW, levels
				  * id#ROW/LEVEL */
	const char *type;        /* required: "MicroCredential", "Certificate", ... */
	const char *name;        /* required */
	const char *description; /* required */
	const char *criteria_id; /* address of the criteria; this or the next is required */
	const char *criteria;    /* what was asked, in words (Markdown) */
	const char *image;       /* address of a picture */
	const char *field_of_study;
	const char *code;     /* the human code, "LIT-101" */
	const char *language; /* "en", "en-US" */
	const char *version;
	int64_t credits_milli; /* available, in thousandths; 0: left out */
	const char *const *tags;
	size_t n_tags;
	const struct badge_alignment *alignments;
	size_t n_alignments;
	const struct badge_row *rows;
	size_t n_rows;
};

struct badge_result {
	const char *row;   /* required: code of a row of the achievement */
	const char *level; /* required: code of the level reached */
	const char *value; /* as people write it: "4", "Proficient" */
};

/* A recipient known by a hash. */
struct badge_identity {
	const char *type; /* "emailAddress", ... */
	const char *hash; /* identity_hash() of the identifier */
	const char *salt; /* what it was made with */
};

struct badge_evidence {
	const char *id;    /* an IRI: of what is evidence and has a name of its own */
	const char *name;  /* required */
	const char *genre; /* the kind: "Lesson plan" */
};

/* The entry in a status list. Only for lists that are served. */
struct badge_status {
	const char *id;    /* address#index */
	const char *list;  /* address of the list */
	const char *index; /* decimal */
};

struct badge_template;

struct badge {
	const struct badge_template *template;
	struct id id;           /* becomes urn:uuid:... */
	const char *name;       /* of the credential; the achievement's when left out */
	const char *subject_id; /* a DID or URN of the recipient; this or an identity is required */
	struct badge_identity identity; /* none if hash is NULL */
	int64_t valid_from_us;
	int64_t valid_until_us; /* 0: for ever */
	int64_t signed_us;      /* goes into the proof */
	int64_t credits_milli;  /* earned, in thousandths; 0: left out */
	const struct badge_result *results;
	size_t n_results;
	const struct badge_evidence *evidence;
	size_t n_evidence;
	const struct badge_status *status; /* NULL: no status list */
};

/* Signs message with the key; 0, or -1 if it cannot. */
typedef int badge_sign_fn(void *ctx, const char *key, struct bytes message,
			  uint8_t signature_r[ED25519_SIGNATURE_LEN]);

struct badge_signer {
	badge_sign_fn *sign;
	void *ctx;
	const char *key; /* the public key as Multikey, "z6Mk..." */
};

struct badge_document {
	struct bytes json;  /* in the arena, NUL-terminated */
	uint8_t sha256[32]; /* of json */
	char proof_value[MULTIBASE_TEXT_LEN];
};

/* NULL: the problem says why; its place is within the achievement, unless it begins "issuer." */
struct badge_template *badge_template_new(const struct badge_issuer *issuer,
					  const struct badge_achievement *achievement,
					  struct badge_problem *problem) MUST_CHECK;
void badge_template_destroy(struct badge_template **t);
/* The Achievement as its badges have it: JSON text, borrowed. */
struct bytes badge_template_achievement(const struct badge_template *t);

bool badge_sign(const struct badge *badge, const struct badge_signer *signer, struct arena *a,
		struct badge_document *document_r, struct badge_problem *problem) MUST_CHECK;

/* The canonical N-Quads of the badge without its proof, whose hash is signed. */
bool badge_canonical(const struct badge *badge, struct arena *a, struct rdfc_result *result_r,
		     struct badge_problem *problem) MUST_CHECK;

#define IDENTITY_HASH_LEN 72 /* "sha256$", 64 digits, a NUL */

/* What stands for an identifier (an e-mail address: any, in lower case) in a credential:
 * SHA-256 over identifier and salt. The salt is fresh for each credential, 128 random bits or
 * more as text; ASCII letters of the identifier are lowered before hashing. */
void identity_hash(const char *identifier, const char *salt, char hash_r[IDENTITY_HASH_LEN]);

#endif
