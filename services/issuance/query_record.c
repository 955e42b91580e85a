/* All that a teacher earned, signed as one record when it is asked for. */
#include "libshared/seal.h"
#include "services/issuance/documents/clr.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/signer.h"
#include "services/issuance/tables.h"

#include <string.h>

#define RECORD_MAX 150 /* more would not fit into CLR_MAX_BYTES */

/* What goes into a record: documents in the order of their credentials' ids, so of time. */
struct holdings {
	struct bytes documents[RECORD_MAX];
	size_t n;
	bool is_full;                                /* there is more */
	ProtobufCBinaryData issuers[RECORD_MAX + 1]; /* each once; that of the newest is first */
	size_t n_issuers;
	struct clr_association *associations;
	size_t n_associations, room;
	ProtobufCBinaryData externals[RECORD_MAX]; /* what came from elsewhere, last in documents */
	size_t n_externals;
	bool is_partial; /* something of that cannot stand in a record */
};

/* A record shows what holds, and what held until it ended; not what was taken back. */
static bool is_shown(const char *state)
{
	return strcmp(state, "issued") == 0 || strcmp(state, "active") == 0 ||
	       strcmp(state, "expired") == 0;
}

/* To the front, from wherever it stood. */
static void put_first(struct holdings *r, ProtobufCBinaryData issuer)
{
	size_t at = 0;

	while (at < r->n_issuers && !bytes_equal(bytes_of_pb(r->issuers[at]), bytes_of_pb(issuer)))
		at++;
	if (at == r->n_issuers)
		r->n_issuers++;
	memmove(r->issuers + 1, r->issuers, at * sizeof *r->issuers);
	r->issuers[0] = issuer;
}

/* A revoked member is no more among the members of an award that stands. */
static void add_members(struct holdings *r, const struct query *q,
			const Issuance__CredentialIssued *c)
{
	if (r->n_associations + c->n_members > r->room) {
		size_t room = 2 * (r->room + c->n_members);
		struct clr_association *more =
			arena_alloc(q->arena, room * sizeof *r->associations);

		memcpy(more, r->associations, r->n_associations * sizeof *more);
		r->associations = more;
		r->room = room;
	}
	for (size_t i = 0; i < c->n_members; i++)
		r->associations[r->n_associations++] = (struct clr_association){
			id_of_bytes(bytes_of_pb(c->credential)),
			id_of_bytes(bytes_of_pb(c->members[i]->credential))};
}

static void add_credential(struct holdings *r, const struct query *q, struct bytes id)
{
	const Issuance__CredentialIssued *c = credential_get(q->view, id, q->arena);

	if (!is_shown(credential_state(q, c)) || c->document == NULL)
		return;
	r->is_full = r->n == RECORD_MAX;
	if (!r->is_full && unseal(q->caps, c->document, q->arena, &r->documents[r->n])) {
		r->n++;
		put_first(r, c->issuer);
		if (c->n_members > 0)
			add_members(r, q, c);
	}
}

static void add_external(struct holdings *r, const struct query *q,
			 const Issuance__ExternalCredentialAdded *e)
{
	struct bytes document;

	if (e->document == NULL || !unseal(q->caps, e->document, q->arena, &document))
		return;
	if (!clr_holds(document, q->arena)) {
		r->is_partial = true;
		return;
	}
	r->is_full = r->n == RECORD_MAX;
	if (r->is_full)
		return;
	r->documents[r->n++] = document;
	r->externals[r->n_externals++] = e->external;
}

static void gather_externals(struct holdings *r, const struct query *q, struct bytes educator)
{
	const Issuance__ExternalCredentialAdded *e;
	struct bytes after = BYTES_NONE;

	while (!r->is_full && (e = external_next(q->view, educator, after, q->arena)) != NULL) {
		add_external(r, q, e);
		after = bytes_of_pb(e->external);
	}
}

static struct holdings *gather(const struct query *q, struct bytes educator)
{
	struct scan scan = scan_first(q->view, OF_EDUCATOR, educator, BYTES_NONE);
	struct holdings *r = arena_zalloc(q->arena, sizeof *r);
	struct bytes key, val;

	while (!r->is_full && scan_next(&scan, &key, &val)) {
		struct bytes id = {key.data + ID_LEN, ID_LEN};

		add_credential(r, q, arena_copy(q->arena, id));
	}
	scan_end(&scan);
	gather_externals(r, q, educator);
	return r;
}

/* NULL: it is signed; else why not. */
static const char *sign_record(const struct query *q, const struct holdings *r, struct bytes id,
			       struct badge_document *document_r)
{
	struct bytes issuer = bytes_of_pb(r->issuers[0]);
	const Issuance__IssuerNoted *noted = issuer_get(q->view, issuer, q->arena);
	const Issuance__KeyAdded *key = issuer_key(q->view, issuer, q->arena);
	struct clr clr = {.id = id_of_bytes(id),
			  .name = "Record of micro-credentials",
			  .credentials = r->documents,
			  .n_credentials = r->n,
			  .associations = r->associations,
			  .n_associations = r->n_associations,
			  .is_partial = r->is_partial,
			  .signed_us = q->now_us};
	struct badge_problem problem = {0};

	if (noted == NULL || key == NULL)
		return "issuer: none of that id has a signing key here";
	clr.issuer = (struct badge_issuer){.id = noted->issuer->did,
					   .name = noted->issuer->name,
					   .url = noted->issuer->url,
					   .email = noted->issuer->email};
	if (clr_sign(&clr, &(struct badge_signer){signer_sign, q->caps->signer, key->key}, q->arena,
		     document_r, &problem))
		return NULL;
	return arena_printf(q->arena, "%s: %s", problem.where, badge_fault_sentence(problem.fault));
}

static const char *why_not(const struct holdings *r)
{
	if (r->is_full)
		return "educator: the record has more credentials than one document can hold";
	return r->n == r->n_externals ? "educator: there is no credential of this installation to "
					"put into a record"
				      : NULL;
}

Cairn__Status get_record(const Issuance__Query *query, struct query *q)
{
	const Issuance__GetRecord *ask = query->get_record;
	struct bytes educator = bytes_of_pb(ask->educator), issuer = bytes_of_pb(ask->issuer);
	Issuance__Answer message = ISSUANCE__ANSWER__INIT;
	Issuance__RecordAnswer answer = ISSUANCE__RECORD_ANSWER__INIT;
	struct badge_document document;
	struct holdings *r;
	const char *why;

	if (!is_id(educator) || !is_id(bytes_of_pb(ask->record)) ||
	    (issuer.len > 0 && !is_id(issuer)))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "record, educator, issuer: 16 bytes each are expected");
	if (!may_open(q, educator))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "educator: only the holder or a peer with role names may "
				    "open a record");
	r = gather(q, educator);
	why = why_not(r);
	if (issuer.len > 0)
		put_first(r, ask->issuer);
	if (why == NULL)
		why = sign_record(q, r, bytes_of_pb(ask->record), &document);
	if (why != NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID, why);
	answer.record = ask->record;
	answer.educator = ask->educator;
	answer.issuer = r->issuers[0];
	answer.n_issuers = r->n_issuers;
	answer.issuers = r->issuers;
	answer.credentials = (uint32_t)r->n;
	answer.n_externals = r->n_externals;
	answer.externals = r->externals;
	answer.partial = r->is_partial;
	answer.document = pb_of_bytes(document.json);
	message.body_case = ISSUANCE__ANSWER__BODY_RECORD;
	message.record = &answer;
	return query_answer(q, &message.base);
}
