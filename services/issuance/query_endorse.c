/* Questions about endorsements: who speaks for a micro-credential, or for an issuer. */
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/external.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/tables_endorsement.h"

#include <string.h>

#define SHOWN_MAX 200

static char *text_in(struct query *q, const char *text)
{
	return arena_text(q->arena, bytes_of_text(text));
}

static Issuance__EndorsementAnswer *describe(struct query *q, const Issuance__Endorsement *e)
{
	const Issuance__EndorsementWithdrawn *gone =
		endorsement_gone(q->view, bytes_of_pb(e->endorsement), q->arena);
	Issuance__EndorsementAnswer *a = arena_alloc(q->arena, sizeof *a);
	bool over = e->valid_until_us != 0 && e->valid_until_us <= q->now_us;

	issuance__endorsement_answer__init(a);
	a->endorsement = arena_alloc(q->arena, sizeof(*a->endorsement));
	*a->endorsement = *e;
	a->state = text_in(q, gone != NULL ? "withdrawn" : over ? "expired" : "active");
	if (gone != NULL)
		a->because = gone->because;
	return a;
}

/* The newest version, where none is named. False: nothing that could be endorsed. */
static bool asked_for(struct query *q, const Issuance__ListEndorsements *ask, struct id *of_r)
{
	const Issuance__AchievementNoted *newest;
	struct bytes entry = bytes_of_pb(ask->entry), issuer = bytes_of_pb(ask->endorsed_issuer);

	if (is_id(entry) == is_id(issuer))
		return false;
	if (is_id(issuer)) {
		*of_r = id_of_bytes(issuer);
		return true;
	}
	newest = achievement_newest(q->view, entry, q->arena);
	if (ask->version == 0 && newest == NULL)
		return false;
	*of_r = id_of_version(entry, ask->version != 0 ? ask->version : newest->version);
	return true;
}

Cairn__Status list_endorsements(const Issuance__Query *query, struct query *q)
{
	Issuance__EndorsementList list = ISSUANCE__ENDORSEMENT_LIST__INIT;
	Issuance__Answer body = ISSUANCE__ANSWER__INIT;
	struct bytes endorsement;
	struct scan scan;
	struct id of;

	if (!asked_for(q, query->list_endorsements, &of))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "entry or endorsed_issuer: one of them, that is known here");
	list.endorsements = arena_alloc(q->arena, SHOWN_MAX * sizeof(*list.endorsements));
	scan = endorsement_scan(q->view, bytes_of_id(&of));
	while (list.n_endorsements < SHOWN_MAX && endorsement_next(&scan, &endorsement)) {
		Issuance__EndorsementAnswer *a =
			describe(q, endorsement_get(q->view, endorsement, q->arena));

		a->endorsement->document = text_in(q, "");
		a->endorsement->key_list = a->endorsement->status_list = (ProtobufCBinaryData){0};
		list.endorsements[list.n_endorsements++] = a;
	}
	scan_end(&scan);
	body.body_case = ISSUANCE__ANSWER__BODY_ENDORSEMENTS;
	body.endorsements = &list;
	return query_answer(q, &body.base);
}

/* Where its lists stand below docs, as a verifier looks for them. */
static void add_places(struct query *q, Issuance__EndorsementAnswer *a)
{
	static const char https[] = "https://";
	struct bytes document = bytes_of_text(a->endorsement->document);
	struct external_facts facts;
	struct didweb_place place;

	if (didweb_place(a->endorsement->issuer_did, &place))
		a->key_list_path = arena_printf(q->arena, "%s%s", place.host, place.path);
	if (external_read(document, q->arena, &facts) &&
	    strncmp(facts.status_list, https, sizeof https - 1) == 0)
		a->status_place = text_in(q, facts.status_list + sizeof https - 1);
}

Cairn__Status get_endorsement(const Issuance__Query *query, struct query *q)
{
	struct bytes id = bytes_of_pb(query->get_endorsement->endorsement);
	const Issuance__Endorsement *e = is_id(id) ? endorsement_get(q->view, id, q->arena) : NULL;
	Issuance__Answer body = ISSUANCE__ANSWER__INIT;

	if (e == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "endorsement: there is none of this id");
	body.body_case = ISSUANCE__ANSWER__BODY_ENDORSEMENT;
	body.endorsement = describe(q, e);
	add_places(q, body.endorsement);
	return query_answer(q, &body.base);
}
