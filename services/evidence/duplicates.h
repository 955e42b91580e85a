/*
 * Duplicate evidence: another educator's submission that shows the same bytes, or a text that is
 * much alike. It raises a flag, and judges nothing.
 *
 * What the same educator sealed before is no duplicate, nor is what co-authors declared that they
 * share. Texts that are short, by their different runs of five words, are not compared: many
 * people answer a question with the same few words.
 */
#ifndef CAIRN_EVIDENCE_DUPLICATES_H
#define CAIRN_EVIDENCE_DUPLICATES_H

#include "services/evidence/rules.h"

/* The signature of a text, for an event, in the arena; none: *shingles_r is 0. */
ProtobufCBinaryData signature_of(struct decision *d, struct bytes text, uint32_t *shingles_r);
/* Emits what is found of a submission that is about to be sealed. */
void emit_duplicates(const struct view *view, struct decision *d,
		     const Evidence__SubmissionSealed *sealed);

/* Emits, for each co-author who has sealed, the rows that cite nothing but what both share. */
void emit_shared_rows(const struct view *view, struct decision *d,
		      const Evidence__SubmissionSealed *sealed);

#endif
