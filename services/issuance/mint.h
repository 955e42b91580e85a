/*
 * Minting: from a released passing decision to a signed badge, or to the reason why it may not be
 * signed yet; and the document made again from the facts that are kept of a credential.
 *
 *	Issuance__CredentialIssued c = *credential_get(view, credential, d->arena);
 *	mint_with_newest_key(view, &c, d);        another key
 *	mint_with_fresh_status(view, &c, d);      another place in the status lists
 *	why = mint_document(view, &c, d);         the document, sealed, with its proof
 *	signing = mint_signing(&c, d);            for an event of the same credential
 *
 * The same facts, key, place, time and wording are the same bytes.
 */
#ifndef CAIRN_ISSUANCE_MINT_H
#define CAIRN_ISSUANCE_MINT_H

#include "libshared/decision.h"
#include "proto/issuance.pb-c.h"

/* Emits CredentialIssued, or CredentialHeld with a reason, under the id credential. All that
 * released names is known here. One that the educator holds and that has an end is superseded.
 * NULL: it was issued; else the reason, in the arena. */
const char *mint(const struct view *view, const Assessment__DecisionReleased *released,
		 struct bytes credential, struct decision *d);

/* Makes and signs the document of the facts in c, with c->key and c->status, now, in the newest
 * wording of the issuer and that of c->version. Fills in signed_us, issuer_version, document,
 * sha256, proof_value, and recipient where it is absent (then of the educator's newest address).
 * NULL: it is signed; else the reason why it cannot be. The entry's version is known here. */
const char *mint_document(const struct view *view, Issuance__CredentialIssued *c,
			  struct decision *d);
/* The issuer's key that signs now, or NULL. */
void mint_with_newest_key(const struct view *view, Issuance__CredentialIssued *c,
			  struct decision *d);
/* A place never given before, or none where nothing would serve the list. */
void mint_with_fresh_status(const struct view *view, Issuance__CredentialIssued *c,
			    struct decision *d);
/* What was signed, for events that replace it under the same id. Borrows from c. */
Issuance__Signing *mint_signing(const Issuance__CredentialIssued *c, struct decision *d);
/* Emits c, signed, as CredentialIssued. */
void mint_emit_alone(Issuance__CredentialIssued *c, struct decision *d);
/* The same, posts its credit, and awards what it completes; replaces as in ledger.h and stack.h. */
void mint_emit(const struct view *view, Issuance__CredentialIssued *c, struct bytes replaces,
	       struct decision *d);

/* Old is no longer what counts: c is in its place, for the reason c->because. */
void mint_superseded(const Issuance__CredentialIssued *old, const Issuance__CredentialIssued *c,
		     struct decision *d);
/* The period of c is over. */
void mint_expired(const Issuance__CredentialIssued *c, struct decision *d);

/* True: the educator holds a credential of this entry that the decision adds nothing to: one
 * without an end, of a decision that is not older, or of the same enrollment. A later pass in
 * another one renews one that has an end. */
bool is_covered(const struct view *view, const Assessment__DecisionReleased *released,
		struct decision *d);

/* moment plus whole calendar months in UTC, the day cut to the month's last one. */
int64_t months_later_us(int64_t at_us, uint32_t months);

#endif
