/* The questions of issuance stand in one file per subject, query_SUBJECT.c; query.c has their
 * table. */
#ifndef CAIRN_ISSUANCE_QUERY_PARTS_H
#define CAIRN_ISSUANCE_QUERY_PARTS_H

#include "services/issuance/issuance.h"

typedef Cairn__Status query_fn(const Issuance__Query *query, struct query *q);

/* query_transparency.c */
query_fn get_checkpoint, get_inclusion, get_consistency, list_leaves;
/* query_ledger.c */
query_fn get_ledger, evaluate, list_evaluations;

query_fn get_record; /* query_record.c */

query_fn list_externals, get_external; /* query_external.c */

query_fn list_endorsements, get_endorsement; /* query_endorse.c */

/* query_stack.c */
query_fn list_stacks, list_educator_stacks;

query_fn list_shares, open_share;  /* query_share.c */
query_fn read_public, find_public; /* query_public.c */
query_fn get_achievement;          /* query_achievement.c */

/* query.c: of a credential, with its document or without. */
Issuance__CredentialAnswer *credential_answer(const struct query *q,
					      const Issuance__CredentialIssued *c, bool document);

/* query_statefile.c */
query_fn list_state_files, get_state_file, preview_state_file;
query_fn list_disputes; /* query_disputes.c */

query_fn list_unfit;  /* query_unfit.c */
query_fn get_erasure; /* query_erasure.c */

/* "issued", "expired", ... */
const char *credential_state(const struct query *q, const Issuance__CredentialIssued *c);

/* A whole document only to who may open it: its holder, or a peer with role names. */
bool may_open(const struct query *q, struct bytes educator);
/* query_life.c */
query_fn get_history, get_status_list, list_status_lists;

/* query.c: HOST/PATH/status/N of an issuer's list, as the web serves it; "" where nothing does. */
char *place_of_list(const struct query *q, ProtobufCBinaryData issuer, uint32_t number);

#endif
