/* What an educator brings along: credentials of other issuers, taken only when they verify. */
#include "libshared/blobs.h" /* sha256() */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/documents/external.h"
#include "services/issuance/documents/verify.h"

#include <string.h>

#define EXTERNALS_MAX 500 /* of one educator */

enum verdict check_sizes(const struct brought_along *b, size_t document_max, struct decision *d)
{
	if (b->document.len > 0 && b->document.len <= document_max && b->key_list.len > 0 &&
	    b->key_list.len <= EXTERNAL_KEY_LIST_MAX &&
	    b->status_list.len <= EXTERNAL_STATUS_LIST_MAX)
		return ACCEPTED;
	return refuse_text(d, ISSUANCE__REASON__NOT_VERIFIED,
			   "document, key_list, status_list: at most %zu, %zu and %zu KiB, and "
			   "the first two not empty, are expected",
			   document_max >> 10, EXTERNAL_KEY_LIST_MAX >> 10,
			   EXTERNAL_STATUS_LIST_MAX >> 10);
}

static struct brought_along brought_of(const Issuance__AddExternal *ask)
{
	return (struct brought_along){ask->document, ask->key_list, ask->status_list};
}

static enum verdict check_shape(const Issuance__AddExternal *ask, struct decision *d)
{
	struct bytes educator = bytes_of_pb(ask->educator);
	struct brought_along b = brought_of(ask);

	if (!is_id(educator))
		return refuse_text(d, ISSUANCE__REASON__BAD_ID, "educator: 16 bytes are expected");
	if (check_sizes(&b, EXTERNAL_MAX_BYTES, d) != ACCEPTED)
		return REFUSED;
	if ((d->roles & ROLE_OPERATOR) == 0 && !id_is_none(&d->actor) &&
	    !bytes_equal(educator, bytes_of_id(&d->actor)))
		return refuse_text(d, ISSUANCE__REASON__NOT_THEIRS,
				   "educator: only the holder may bring a credential along");
	return ACCEPTED;
}

static enum verdict check_educator(const struct view *view, struct bytes educator,
				   struct decision *d)
{
	const Issuance__EducatorNoted *noted = educator_get(view, educator, d->arena);

	if (noted != NULL && noted->person != NULL)
		return ACCEPTED;
	return refuse_text(d, ISSUANCE__REASON__NO_EDUCATOR,
			   noted == NULL ? "educator: none of that id is known here"
					 : "educator: the person was erased");
}

/* A document that names an issuer of this installation cannot be trusted to bring that issuer's
 * keys along: what is not in our record was not issued. */
enum verdict check_foreign(const struct view *view, const char *did, struct decision *d)
{
	struct scan scan = scan_first(view, ISSUER, BYTES_NONE, BYTES_NONE);
	struct bytes key, raw;
	bool ours = false;

	while (!ours && scan_next(&scan, &key, &raw))
		ours = strcmp(event_of_row(raw, d->arena)->issuer_noted->issuer->did, did) == 0;
	scan_end(&scan);
	return !ours ? ACCEPTED
		     : refuse_text(d, ISSUANCE__REASON__ISSUED_HERE,
				   "document: %.200s issues here, and what it issued is in this "
				   "installation's own record",
				   did);
}

enum verdict check_signature(const struct brought_along *b, struct decision *d, char **verified_r)
{
	struct verify_input input = {.credential = bytes_of_pb(b->document),
				     .did_document = bytes_of_pb(b->key_list),
				     .status_list = bytes_of_pb(b->status_list),
				     .now_us = d->now_us};
	struct verification *v = arena_alloc(d->arena, sizeof *v);
	const struct verify_check *status = &v->checks[VERIFY_CHECKS - 1];

	credential_verify(&input, v);
	for (size_t i = 0; i < VERIFY_CHECKS; i++)
		if (v->checks[i].outcome == VERIFY_FAILED &&
		    strcmp(v->checks[i].name, "validity") != 0)
			return refuse_text(d, ISSUANCE__REASON__NOT_VERIFIED, "document: %s: %s",
					   v->checks[i].name, v->checks[i].text);
	*verified_r = arena_text(
		d->arena, bytes_of_text(status->outcome == VERIFY_PASSED
						? "signature and status, by the lists it came with"
						: "signature, by the key list it came with"));
	return ACCEPTED;
}

static enum verdict check_room(const struct view *view, struct bytes educator, struct decision *d)
{
	struct scan scan = scan_first(view, EXTERNAL, educator, educator);
	struct bytes key, raw;
	unsigned n = 0;

	while (scan_next(&scan, &key, &raw))
		n++;
	if (n < EXTERNALS_MAX)
		return ACCEPTED;
	return refuse_text(
		d, ISSUANCE__REASON__TOO_MANY_EXTERNALS,
		"educator: %d credentials of other issuers are there, and no more may be",
		EXTERNALS_MAX);
}

/* Of the educator and the document: brought along twice, it is there once. */
static struct id external_id(struct bytes educator, struct bytes document, struct decision *d,
			     struct bytes *sha256_r)
{
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	sha256(document, hash);
	*sha256_r = arena_copy(d->arena, BYTES_OF(hash));
	hex_of_bytes(*sha256_r, hex);
	return id_of_name("external", arena_printf(d->arena, "%s %s", ID_STR(educator), hex));
}

/* The very document that was issued here comes home: there is nothing to add. */
static bool is_our_own(const struct view *view, const char *name, struct bytes hash,
		       struct decision *d, struct id *credential_r)
{
	static const char urn[] = "urn:uuid:";
	const Issuance__CredentialIssued *issued;

	if (strncmp(name, urn, sizeof urn - 1) != 0 ||
	    !id_of_text(name + sizeof urn - 1, credential_r))
		return false;
	issued = credential_get(view, bytes_of_id(credential_r), d->arena);
	return issued != NULL && bytes_equal(bytes_of_pb(issued->sha256), hash);
}

enum origin { ORIGIN_NEW, ORIGIN_KNOWN, ORIGIN_HERE };

static void answer_receipt(struct decision *d, const struct id *id, enum origin origin)
{
	Issuance__ExternalReceipt receipt = ISSUANCE__EXTERNAL_RECEIPT__INIT;
	Issuance__Answer body = ISSUANCE__ANSWER__INIT;

	receipt.external = pb_of_id(id);
	receipt.known = origin != ORIGIN_NEW;
	receipt.issued_here = origin == ORIGIN_HERE;
	body.body_case = ISSUANCE__ANSWER__BODY_EXTERNAL_RECEIPT;
	body.external_receipt = &receipt;
	answer(d, &body.base);
}

static void add_facts(Issuance__ExternalCredentialAdded *added, const struct external_facts *facts)
{
	added->credential = (char *)(uintptr_t)facts->credential;
	added->issuer = (char *)(uintptr_t)facts->issuer;
	added->issuer_name = (char *)(uintptr_t)facts->issuer_name;
	added->achievement = (char *)(uintptr_t)facts->achievement;
	added->achievement_name = (char *)(uintptr_t)facts->achievement_name;
	added->valid_from_us = facts->valid_from_us;
	added->valid_until_us = facts->valid_until_us;
}

/* One that has run out is taken all the same: it was earned. */
enum verdict decide_add_external(const struct view *view, const Issuance__Command *cmd,
				 struct decision *d)
{
	const Issuance__AddExternal *ask = cmd->add_external;
	struct bytes educator = bytes_of_pb(ask->educator), document = bytes_of_pb(ask->document);
	Issuance__ExternalCredentialAdded added = ISSUANCE__EXTERNAL_CREDENTIAL_ADDED__INIT;
	struct brought_along brought = brought_of(ask);
	struct external_facts facts;
	struct bytes hash;
	struct id id, issued;

	if (check_shape(ask, d) != ACCEPTED || check_educator(view, educator, d) != ACCEPTED)
		return REFUSED;
	id = external_id(educator, document, d, &hash);
	if (external_get(view, educator, bytes_of_id(&id), d->arena) != NULL) {
		answer_receipt(d, &id, ORIGIN_KNOWN);
		return ACCEPTED;
	}
	if (!external_read(document, d->arena, &facts))
		return refuse_text(d, ISSUANCE__REASON__NOT_VERIFIED,
				   "document: no JSON that names an issuer");
	if (is_our_own(view, facts.credential, hash, d, &issued)) {
		answer_receipt(d, &issued, ORIGIN_HERE);
		return ACCEPTED;
	}
	if (check_foreign(view, facts.issuer, d) != ACCEPTED ||
	    check_signature(&brought, d, &added.verified) != ACCEPTED ||
	    check_room(view, educator, d) != ACCEPTED)
		return REFUSED;
	add_facts(&added, &facts);
	added.external = pb_of_id(&id);
	added.educator = ask->educator;
	added.document = seal(d, educator, document);
	if (added.document == NULL)
		return refuse_text(d, ISSUANCE__REASON__NO_EDUCATOR,
				   "educator: the person was erased");
	added.sha256 = pb_of_bytes(hash);
	added.key_list = ask->key_list;
	added.status_list = ask->status_list;
	added.verified_us = d->now_us;
	EMIT(d, educator, EXTERNAL_CREDENTIAL_ADDED, external_credential_added, &added);
	answer_receipt(d, &id, ORIGIN_NEW);
	return ACCEPTED;
}
