/* The rules of endorsements: signed here, brought from outside, withdrawn. */
#include "libshared/blobs.h" /* sha256() */
#include "libshared/check.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/endorsement.h"
#include "services/issuance/documents/external.h"
#include "services/issuance/signer.h"
#include "services/issuance/status.h"
#include "services/issuance/tables_endorsement.h"

#include <inttypes.h>
#include <string.h>

#define COMMENT_MAX ((size_t)2000)
#define DOCUMENT_MAX ((size_t)32 << 10)
#define BECAUSE_MAX ((size_t)200)

/* What is endorsed. */
struct endorsed {
	const Issuance__AchievementNoted *achievement; /* NULL: an issuer is */
	const Enrollment__Issuer *issuer; /* whose achievement it is, or the endorsed */
	const char *subject, *title;
};

static enum verdict find_version(const struct view *view, Issuance__Endorsement *e,
				 struct decision *d, struct endorsed *of_r)
{
	struct bytes entry = bytes_of_pb(e->entry);
	const Issuance__AchievementNoted *a =
		e->version == 0 ? achievement_newest(view, entry, d->arena)
				: achievement_get(view, entry, e->version, d->arena);
	const Issuance__IssuerNoted *by =
		a == NULL ? NULL : issuer_get(view, bytes_of_pb(a->issuer), d->arena);
	struct id id;

	if (by == NULL)
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_VERSION,
				   "entry, version: no such version of a micro-credential is "
				   "known here");
	e->version = a->version;
	id = id_of_version(entry, a->version);
	*of_r = (struct endorsed){a, by->issuer,
				  arena_printf(d->arena, "urn:uuid:%s", ID_STR(bytes_of_id(&id))),
				  a->title};
	return ACCEPTED;
}

static enum verdict find_issuer(const struct view *view, const Issuance__Endorsement *e,
				struct decision *d, struct endorsed *of_r)
{
	const Issuance__IssuerNoted *noted =
		issuer_get(view, bytes_of_pb(e->endorsed_issuer), d->arena);

	if (noted == NULL)
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_ISSUER,
				   "endorsed_issuer: none of that id is known here");
	*of_r = (struct endorsed){NULL, noted->issuer, noted->issuer->did, noted->issuer->name};
	return ACCEPTED;
}

/* Fills in the version, and the subject. */
static enum verdict find_endorsed(const struct view *view, Issuance__Endorsement *e,
				  struct decision *d, struct endorsed *of_r)
{
	bool entry = is_id(bytes_of_pb(e->entry)), issuer = is_id(bytes_of_pb(e->endorsed_issuer));
	enum verdict found;

	if (entry == issuer)
		return refuse_text(d, ISSUANCE__REASON__NOTHING_ENDORSED,
				   "entry or endorsed_issuer: one of them is endorsed");
	found = entry ? find_version(view, e, d, of_r) : find_issuer(view, e, d, of_r);
	if (found == ACCEPTED)
		e->subject = arena_text(d->arena, bytes_of_text(of_r->subject));
	return found;
}

static void answer_receipt(struct decision *d, ProtobufCBinaryData id, bool known)
{
	Issuance__EndorsementReceipt receipt = ISSUANCE__ENDORSEMENT_RECEIPT__INIT;
	Issuance__Answer body = ISSUANCE__ANSWER__INIT;

	receipt.endorsement = id;
	receipt.known = known;
	body.body_case = ISSUANCE__ANSWER__BODY_ENDORSEMENT_RECEIPT;
	body.endorsement_receipt = &receipt;
	answer(d, &body.base);
}

/* ---- signed here ---- */

static enum verdict check_sign(const struct view *view, const Issuance__SignEndorsement *ask,
			       struct decision *d)
{
	size_t len = strlen(ask->comment);

	if (!is_id(bytes_of_pb(ask->endorsement)))
		return refuse_text(d, ISSUANCE__REASON__BAD_ID,
				   "endorsement: 16 bytes are expected");
	if (endorsement_get(view, bytes_of_pb(ask->endorsement), d->arena) != NULL)
		return refuse_text(d, ISSUANCE__REASON__ID_TAKEN,
				   "endorsement: one of this id is there");
	if (len == 0 || len > COMMENT_MAX)
		return refuse_text(d, ISSUANCE__REASON__NOT_SIGNABLE,
				   "comment: 1 to %zu bytes that say why it is endorsed",
				   COMMENT_MAX);
	if (ask->valid_until_us != 0 && ask->valid_until_us <= d->now_us)
		return refuse_text(d, ISSUANCE__REASON__NOT_SIGNABLE,
				   "valid_until_us: a time to come");
	return ACCEPTED;
}

/* NULL: refused. */
static const Enrollment__Issuer *endorser(const struct view *view, ProtobufCBinaryData issuer,
					  const struct endorsed *of, struct decision *d)
{
	const Issuance__IssuerNoted *noted = issuer_get(view, bytes_of_pb(issuer), d->arena);

	if (noted == NULL)
		refuse_text(d, ISSUANCE__REASON__UNKNOWN_ISSUER,
			    "issuer: none of that id is known here");
	else if (bytes_equal(bytes_of_pb(issuer), bytes_of_pb(of->issuer->issuer)))
		refuse_text(d, ISSUANCE__REASON__OWN_ENDORSEMENT,
			    "issuer: nobody endorses their own; another body does");
	else
		return noted->issuer;
	return NULL;
}

static const struct badge_status *status_at(const Enrollment__Issuer *by,
					    const Issuance__StatusEntry *entry, struct decision *d)
{
	struct badge_status *status = arena_alloc(d->arena, sizeof *status);
	char url[DIDWEB_URL_LEN];

	if (entry == NULL || !didweb_status_url(by->did, entry->list, url))
		return NULL;
	status->list = arena_text(d->arena, bytes_of_text(url));
	status->index = arena_printf(d->arena, "%" PRIu32, entry->index);
	status->id = arena_printf(d->arena, "%s#%s", status->list, status->index);
	return status;
}

/* Fills in what is signed. */
static enum verdict sign(const Enrollment__Issuer *by, const struct endorsed *of,
			 Issuance__Endorsement *e, struct decision *d)
{
	struct endorsement what = {
		.id = id_of_bytes(bytes_of_pb(e->endorsement)),
		.name = arena_printf(d->arena, "Endorsement of %s", of->title),
		.issuer = {.id = by->did, .name = by->name, .url = by->url, .email = by->email},
		.subject = of->subject,
		.comment = e->comment,
		.signed_us = e->signed_us,
		.valid_until_us = e->valid_until_us,
		.status = status_at(by, e->status, d),
	};
	struct badge_signer signer = {signer_sign, d->caps->signer, e->key};
	struct badge_document document;
	struct badge_problem problem;

	if (!endorsement_sign(&what, &signer, d->arena, &document, &problem))
		return refuse_text(d, ISSUANCE__REASON__NOT_SIGNABLE, "%s: %s", problem.where,
				   badge_fault_sentence(problem.fault));
	e->document = arena_text(d->arena, document.json);
	e->sha256 = pb_of_bytes(arena_copy(d->arena, BYTES_OF(document.sha256)));
	return ACCEPTED;
}

/* An issuer of this installation speaks for what another one offers, or for that issuer. */
enum verdict decide_sign_endorsement(const struct view *view, const Issuance__Command *cmd,
				     struct decision *d)
{
	const Issuance__SignEndorsement *ask = cmd->sign_endorsement;
	Issuance__Endorsement e = ISSUANCE__ENDORSEMENT__INIT;
	Issuance__EndorsementSigned event = ISSUANCE__ENDORSEMENT_SIGNED__INIT;
	const Issuance__KeyAdded *key;
	const Enrollment__Issuer *by;
	struct endorsed of = {0};

	e.endorsement = ask->endorsement;
	e.entry = ask->entry;
	e.version = ask->version;
	e.endorsed_issuer = ask->endorsed_issuer;
	if (check_sign(view, ask, d) != ACCEPTED || find_endorsed(view, &e, d, &of) != ACCEPTED ||
	    (by = endorser(view, ask->issuer, &of, d)) == NULL)
		return REFUSED;
	key = issuer_key(view, bytes_of_pb(ask->issuer), d->arena);
	if (key == NULL)
		return refuse_text(
			d, ISSUANCE__REASON__NO_SIGNING_KEY,
			"the issuer has no signing key; make one with cairnctl keys add");
	e.issuer = ask->issuer;
	e.issuer_did = by->did;
	e.issuer_name = by->name;
	e.comment = ask->comment;
	e.key = key->key;
	e.signed_us = d->now_us;
	e.valid_until_us = ask->valid_until_us;
	e.status = status_draw(view, by, d);
	if (sign(by, &of, &e, d) != ACCEPTED)
		return REFUSED;
	event.endorsement = &e;
	EMIT(d, bytes_of_pb(e.endorsement), ENDORSEMENT_SIGNED, endorsement_signed, &event);
	answer_receipt(d, e.endorsement, false);
	return ACCEPTED;
}

/* ---- from outside ---- */

/* Of what it endorses and the document: brought twice, it is there once. */
static struct id imported_id(const Issuance__Endorsement *e, struct bytes document,
			     struct decision *d, struct bytes *sha256_r)
{
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	sha256(document, hash);
	*sha256_r = arena_copy(d->arena, BYTES_OF(hash));
	hex_of_bytes(*sha256_r, hex);
	return id_of_name("endorsement", arena_printf(d->arena, "%s %s", e->subject, hex));
}

static enum verdict check_says(struct bytes document, Issuance__Endorsement *e,
			       struct external_facts *facts_r, struct decision *d)
{
	struct endorsement_facts says;

	if (!text_is_clean((const char *)document.data, document.len) ||
	    !external_read(document, d->arena, facts_r) ||
	    !endorsement_read(document, d->arena, &says))
		return refuse_text(d, ISSUANCE__REASON__NOT_VERIFIED,
				   "document: no EndorsementCredential that names its issuer and "
				   "what it endorses");
	if (strcmp(says.subject, e->subject) != 0)
		return refuse_text(d, ISSUANCE__REASON__NOT_VERIFIED,
				   "document: it endorses %.200s, not %s", says.subject,
				   e->subject);
	if (facts_r->valid_until_us != 0 && facts_r->valid_until_us <= d->now_us)
		return refuse_text(d, ISSUANCE__REASON__NOT_VERIFIED,
				   "document: its period is over");
	e->comment = arena_text(d->arena, bytes_of_text(says.comment));
	return ACCEPTED;
}

static void fill_imported(Issuance__Endorsement *e, const Issuance__ImportEndorsement *ask,
			  const struct external_facts *facts, struct decision *d)
{
	e->issuer_did = arena_text(d->arena, bytes_of_text(facts->issuer));
	e->issuer_name = arena_text(d->arena, bytes_of_text(facts->issuer_name));
	e->signed_us = facts->valid_from_us;
	e->valid_until_us = facts->valid_until_us;
	e->document = arena_text(d->arena, bytes_of_pb(ask->document));
	e->key_list = ask->key_list;
	e->status_list = ask->status_list;
}

/* Only when it verifies, by the lists it came with. */
enum verdict decide_import_endorsement(const struct view *view, const Issuance__Command *cmd,
				       struct decision *d)
{
	const Issuance__ImportEndorsement *ask = cmd->import_endorsement;
	struct brought_along brought = {ask->document, ask->key_list, ask->status_list};
	Issuance__Endorsement e = ISSUANCE__ENDORSEMENT__INIT;
	Issuance__EndorsementImported event = ISSUANCE__ENDORSEMENT_IMPORTED__INIT;
	struct external_facts facts = {0};
	struct endorsed of = {0};
	struct bytes hash;
	struct id id;

	e.entry = ask->entry;
	e.version = ask->version;
	e.endorsed_issuer = ask->endorsed_issuer;
	if (check_sizes(&brought, DOCUMENT_MAX, d) != ACCEPTED ||
	    find_endorsed(view, &e, d, &of) != ACCEPTED)
		return REFUSED;
	id = imported_id(&e, bytes_of_pb(ask->document), d, &hash);
	e.endorsement = pb_of_id(&id);
	if (endorsement_get(view, bytes_of_id(&id), d->arena) != NULL) {
		answer_receipt(d, e.endorsement, true);
		return ACCEPTED;
	}
	if (check_says(bytes_of_pb(ask->document), &e, &facts, d) != ACCEPTED ||
	    check_foreign(view, facts.issuer, d) != ACCEPTED ||
	    check_signature(&brought, d, &e.verified) != ACCEPTED)
		return REFUSED;
	fill_imported(&e, ask, &facts, d);
	e.sha256 = pb_of_bytes(hash);
	event.endorsement = &e;
	EMIT(d, bytes_of_id(&id), ENDORSEMENT_IMPORTED, endorsement_imported, &event);
	answer_receipt(d, e.endorsement, false);
	return ACCEPTED;
}

/* ---- withdrawn ---- */

/* The status list says so to whoever has it; an imported one is shown no more. */
enum verdict decide_withdraw_endorsement(const struct view *view, const Issuance__Command *cmd,
					 struct decision *d)
{
	const Issuance__WithdrawEndorsement *ask = cmd->withdraw_endorsement;
	struct bytes id = bytes_of_pb(ask->endorsement);
	Issuance__EndorsementWithdrawn event = ISSUANCE__ENDORSEMENT_WITHDRAWN__INIT;

	if (!is_id(id) || endorsement_get(view, id, d->arena) == NULL)
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_ENDORSEMENT,
				   "endorsement: there is none of this id");
	if (*ask->because == '\0' || strlen(ask->because) > BECAUSE_MAX)
		return refuse_text(d, ISSUANCE__REASON__NO_REASON_GIVEN,
				   "because: 1 to %zu bytes that say why", BECAUSE_MAX);
	if (endorsement_gone(view, id, d->arena) != NULL)
		return ACCEPTED; /* said before */
	event.endorsement = ask->endorsement;
	event.because = ask->because;
	EMIT(d, id, ENDORSEMENT_WITHDRAWN, endorsement_withdrawn, &event);
	return ACCEPTED;
}
