/*
 * The tables of duplicates: where each sealed item's bytes and signature stand, what was found
 * alike, and which artifacts co-authors declared that they share.
 */
#ifndef CAIRN_EVIDENCE_TABLES_DUPLICATES_H
#define CAIRN_EVIDENCE_TABLES_DUPLICATES_H

#include "services/evidence/minhash.h"
#include "services/evidence/tables.h"

/* An item of a submission, from 1 as its manifest lists it, answers after the items. */
struct place {
	struct id submission;
	uint16_t item;
};

/* What was sealed: bytes of every item, and the signature of those that have one. */
void place_put(struct txn *txn, const struct place *at, struct bytes sha256);
void print_put(struct txn *txn, const struct place *at, const struct minhash *m);
bool print_get(const struct view *view, const struct place *at, struct minhash *m_r);
/* At most n places with these bytes, or with that band; the oldest first. */
size_t places_of_bytes(const struct view *view, struct bytes sha256, struct place *places_r,
		       size_t n);
size_t places_of_band(const struct view *view, const struct minhash *m, unsigned band,
		      struct place *places_r, size_t n);

/* event is the packed Event of DuplicateFound; listed under both submissions. */
void duplicate_put(struct txn *txn, const Evidence__DuplicateFound *found, struct bytes event);
const Evidence__DuplicateFound *duplicate_get(const struct view *view, struct bytes submission,
					      struct bytes other, struct arena *arena);

/* ---- shared artifacts ---- */

void declared_put(struct txn *txn, struct bytes declaration, struct bytes event);
const Evidence__SharedDeclared *declared_get(const struct view *view, struct bytes declaration,
					     struct arena *arena);
void confirmed_put(struct txn *txn, struct bytes declaration, struct bytes portfolio);
bool is_confirmed(const struct view *view, struct bytes declaration, struct bytes portfolio);
/* Both portfolios say that they share these bytes. */
void shared_put(struct txn *txn, struct bytes portfolio, struct bytes other, struct bytes sha256);
bool is_shared(const struct view *view, struct bytes portfolio, struct bytes other,
	       struct bytes sha256);

/* The other portfolios that a portfolio shares something with. */
struct coauthors {
	struct id portfolio, at;
};
struct coauthors coauthors_of(struct bytes portfolio);
bool coauthor_next(struct coauthors *scan, const struct view *view, struct id *portfolio_r);

#endif
