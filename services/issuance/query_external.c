/* Questions about what educators brought from elsewhere. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/external.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/tables.h"

#include <string.h>

#define PAGE 50
#define PAGE_MAX 200

static bool is_theirs(const struct query *q, struct bytes educator)
{
	return (q->roles & ROLE_OPERATOR) || id_is_none(&q->actor) ||
	       bytes_equal(bytes_of_id(&q->actor), educator);
}

static Issuance__ExternalAnswer *describe(const struct query *q,
					  const Issuance__ExternalCredentialAdded *e)
{
	Issuance__ExternalAnswer *a = arena_alloc(q->arena, sizeof *a);

	issuance__external_answer__init(a);
	a->external = e->external;
	a->educator = e->educator;
	a->credential = e->credential;
	a->issuer = e->issuer;
	a->issuer_name = e->issuer_name;
	a->achievement = e->achievement;
	a->achievement_name = e->achievement_name;
	a->valid_from_us = e->valid_from_us;
	a->valid_until_us = e->valid_until_us;
	a->sha256 = e->sha256;
	a->verified = e->verified;
	a->verified_us = e->verified_us;
	return a;
}

Cairn__Status list_externals(const Issuance__Query *query, struct query *q)
{
	const Issuance__ListExternals *ask = query->list_externals;
	uint32_t limit = ask->limit == 0 ? PAGE : MIN(ask->limit, (uint32_t)PAGE_MAX);
	struct bytes educator = bytes_of_pb(ask->educator), after = bytes_of_pb(ask->after);
	const Issuance__ExternalCredentialAdded *e;
	Issuance__ExternalList list = ISSUANCE__EXTERNAL_LIST__INIT;
	Issuance__Answer body = ISSUANCE__ANSWER__INIT;

	if (!is_id(educator) || (after.len > 0 && !is_id(after)))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "educator, after: 16 bytes each are expected");
	if (!is_theirs(q, educator))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "educator: these are another person's");
	list.externals = arena_alloc(q->arena, limit * sizeof(Issuance__ExternalAnswer *));
	while ((e = external_next(q->view, educator, after, q->arena)) != NULL) {
		if (list.n_externals == limit) {
			list.next = list.externals[limit - 1]->external;
			break;
		}
		list.externals[list.n_externals++] = describe(q, e);
		after = bytes_of_pb(e->external);
	}
	body.body_case = ISSUANCE__ANSWER__BODY_EXTERNALS;
	body.externals = &list;
	return query_answer(q, &body.base);
}

/* Where the issuer's key list stands below docs, as a verifier looks for it; "": no did:web. */
static char *key_list_path(const struct query *q, const char *did)
{
	struct didweb_place place;

	if (!didweb_place(did, &place))
		return arena_text(q->arena, BYTES_NONE);
	return arena_printf(q->arena, "%s%s", place.host, place.path);
}

/* The same of its status list; "": none came with it. */
static void add_status_list(const struct query *q, const Issuance__ExternalCredentialAdded *e,
			    struct bytes document, Issuance__ExternalAnswer *a)
{
	static const char https[] = "https://";
	struct external_facts facts;

	if (e->status_list.len == 0 || !external_read(document, q->arena, &facts) ||
	    strncmp(facts.status_list, https, sizeof https - 1) != 0)
		return;
	a->status_list = e->status_list;
	a->status_place = arena_text(q->arena, bytes_of_text(facts.status_list + sizeof https - 1));
}

Cairn__Status get_external(const Issuance__Query *query, struct query *q)
{
	const Issuance__GetExternal *ask = query->get_external;
	const Issuance__ExternalCredentialAdded *e = NULL;
	Issuance__Answer body = ISSUANCE__ANSWER__INIT;
	struct bytes text;

	if (is_id(bytes_of_pb(ask->educator)) && is_id(bytes_of_pb(ask->external)))
		e = external_get(q->view, bytes_of_pb(ask->educator), bytes_of_pb(ask->external),
				 q->arena);
	if (e == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "external: the educator brought no such credential along");
	if (!may_open(q, bytes_of_pb(e->educator)))
		return query_refuse(
			q, CAIRN__STATUS__FORBIDDEN,
			"document: only its holder or a peer with role names may open it");
	body.body_case = ISSUANCE__ANSWER__BODY_EXTERNAL;
	body.external = describe(q, e);
	body.external->key_list = e->key_list;
	body.external->key_list_path = key_list_path(q, e->issuer);
	body.external->erased =
		e->document == NULL || !unseal(q->caps, e->document, q->arena, &text);
	if (!body.external->erased) {
		body.external->document = pb_of_bytes(text);
		add_status_list(q, e, text, body.external);
	}
	return query_answer(q, &body.base);
}
