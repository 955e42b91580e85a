/*
 * Inside the checks of a credential: what verify.c (a credential with a proof of its own) and
 * verify_token.c (one that a JWS has signed) share. Nobody else includes this.
 */
#ifndef CAIRN_ISSUANCE_VERIFY_PARTS_H
#define CAIRN_ISSUANCE_VERIFY_PARTS_H

#include "libshared/arena.h"
#include "services/issuance/documents/jws.h"
#include "services/issuance/documents/multibase.h"
#include "services/issuance/documents/verify.h"

/* What the checks find on their way. All of it is borrowed from the two documents. */
struct verifier {
	const struct verify_input *input;
	struct arena *arena;
	json_t *credential, *did_document, *proof;
	struct jws token;            /* that has signed it, or none */
	const char *issuer, *method; /* the issuer's id; the id of the key that signed */
	uint8_t key[ED25519_PUBLIC_LEN];
	struct bytes canonical;
	char text[VERIFY_TEXT_LEN];
	bool revoked;
};

typedef enum verify_outcome check_fn(struct verifier *v);

enum verify_outcome verify_say(struct verifier *v, enum verify_outcome outcome, const char *format,
			       ...) PRINTF_LIKE(3, 4);
const char *verify_text(const json_t *object, const char *member);
/* Whether a string, or an array of strings, is or holds text. */
bool verify_holds(const json_t *strings, const char *text);
/* What every credential has; sets issuer. VERIFY_PASSED: nothing is said yet. */
enum verify_outcome verify_shape(struct verifier *v);
/* The method that the key list has under v->method, for making assertions. NULL: said. */
const json_t *verify_method(struct verifier *v);

/* NULL: no JSON, or too large. */
json_t *verify_parse(struct bytes text);

enum {
	VERIFY_STRUCTURE,
	VERIFY_ISSUER,
	VERIFY_KEY,
	VERIFY_HASH,
	VERIFY_SIGNATURE,
	VERIFY_VALIDITY,
	VERIFY_STATUS
};
struct verify_step {
	const char *name;
	check_fn *run;
};
/* All of them, in that order; each only if those that it rests on have passed. */
void verify_run(struct verifier *v, const struct verify_step *run, struct verification *v_r);

/* What is checked alike, whoever signed. */
check_fn check_issuer, check_validity, check_status;

#endif
