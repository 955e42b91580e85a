/* Endorsements under a kit of issuance. */
#include "tests/support/endorse_kit.h"

#include "libshared/check.h"

static char *text_in(struct kit *k, const char *text)
{
	return arena_text(k->arena, bytes_of_text(text));
}

static Cairn__Status send(struct kit *k, Issuance__Command *cmd, Issuance__Command__BodyCase body)
{
	cmd->body_case = body;
	return kit_send(k, BYTES_NONE, &cmd->base);
}

static const Issuance__Answer *ask(struct kit *k, Issuance__Query *query,
				   Issuance__Query__BodyCase body)
{
	query->body_case = body;
	ENSURE(kit_ask(k, BYTES_NONE, &query->base) == CAIRN__STATUS__OK);
	return (const Issuance__Answer *)k->answer;
}

static void given_endorser(struct kit *k)
{
	Enrollment__IssuerPublished published = ENROLLMENT__ISSUER_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__Issuer issuer = *kit_issuer();

	issuer.issuer = pb_of_bytes(ENDORSER);
	issuer.code = text_in(k, "harbor-state");
	issuer.name = text_in(k, "Harbor State University");
	issuer.did = text_in(k, ENDORSER_DID);
	published.issuer = &issuer;
	event.body_case = ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED;
	event.issuer_published = &published;
	kit_upstream(k, "enrollment.0.log", ENDORSER, &event.base);
}

void endorse_kit_given(struct kit *k)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey add = ISSUANCE__ADD_KEY__INIT;

	issuance_given_all(k);
	given_endorser(k);
	add.issuer = pb_of_bytes(ENDORSER);
	cmd.add_key = &add;
	ENSURE(send(k, &cmd, ISSUANCE__COMMAND__BODY_ADD_KEY) == CAIRN__STATUS__OK);
}

Issuance__SignEndorsement *endorse_kit_ask(struct kit *k)
{
	Issuance__SignEndorsement *made = arena_alloc(k->arena, sizeof *made);

	issuance__sign_endorsement__init(made);
	made->endorsement = pb_of_bytes(kit_id(k));
	made->issuer = pb_of_bytes(ENDORSER);
	made->entry = kit_entry()->entry;
	made->comment = text_in(k, "We grant a credit for it, and our faculty read its rubric.");
	return made;
}

Cairn__Status endorse_kit_sign(struct kit *k, Issuance__SignEndorsement *made)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;

	cmd.sign_endorsement = made;
	return send(k, &cmd, ISSUANCE__COMMAND__BODY_SIGN_ENDORSEMENT);
}

struct bytes endorse_kit_signed(struct kit *k)
{
	Issuance__SignEndorsement *made = endorse_kit_ask(k);

	ENSURE(endorse_kit_sign(k, made) == CAIRN__STATUS__OK);
	return bytes_of_pb(made->endorsement);
}

Cairn__Status endorse_kit_withdraw(struct kit *k, struct bytes endorsement)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__WithdrawEndorsement withdraw = ISSUANCE__WITHDRAW_ENDORSEMENT__INIT;

	withdraw.endorsement = pb_of_bytes(endorsement);
	withdraw.because = text_in(k, "its rubric changed");
	cmd.withdraw_endorsement = &withdraw;
	return send(k, &cmd, ISSUANCE__COMMAND__BODY_WITHDRAW_ENDORSEMENT);
}

Cairn__Status endorse_kit_import(struct kit *k, Issuance__ImportEndorsement *made)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;

	cmd.import_endorsement = made;
	return send(k, &cmd, ISSUANCE__COMMAND__BODY_IMPORT_ENDORSEMENT);
}

const Issuance__EndorsementAnswer *endorse_kit_get(struct kit *k, struct bytes endorsement)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetEndorsement get = ISSUANCE__GET_ENDORSEMENT__INIT;

	get.endorsement = pb_of_bytes(endorsement);
	query.get_endorsement = &get;
	return ask(k, &query, ISSUANCE__QUERY__BODY_GET_ENDORSEMENT)->endorsement;
}

const Issuance__EndorsementList *endorse_kit_all(struct kit *k)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListEndorsements list = ISSUANCE__LIST_ENDORSEMENTS__INIT;

	list.entry = kit_entry()->entry;
	query.list_endorsements = &list;
	return ask(k, &query, ISSUANCE__QUERY__BODY_LIST_ENDORSEMENTS)->endorsements;
}

const Issuance__StatusListAnswer *endorse_kit_list(struct kit *k)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetStatusList get = ISSUANCE__GET_STATUS_LIST__INIT;

	kit_advance(k, 61 * US_PER_S);
	get.issuer = pb_of_bytes(ENDORSER);
	get.number = 1;
	query.get_status_list = &get;
	return ask(k, &query, ISSUANCE__QUERY__BODY_GET_STATUS_LIST)->status_list;
}

const char *endorse_kit_did_document(struct kit *k)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetIssuer get = ISSUANCE__GET_ISSUER__INIT;

	get.issuer = pb_of_bytes(ENDORSER);
	query.get_issuer = &get;
	return ask(k, &query, ISSUANCE__QUERY__BODY_GET_ISSUER)->issuer->did_document;
}
