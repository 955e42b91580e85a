/* What an educator earned: credentials with what verifies them, those of others, ledgers. */
#include "services/ctl/export.h"

#include "proto/issuance.pb-c.h"

#include <string.h>

/* Below docs, by the address it is served at; once. */
static void export_document(struct export *x, const char *place, const char *kind,
			    struct bytes text)
{
	const char *path = export_path(x, "docs/%s", place);

	if (!ctl_failed(x->ctl) && !export_has(x, path))
		export_bytes(x, path, kind, text);
}

static void export_issuer(struct export *x, ProtobufCBinaryData issuer)
{
	const Issuance__IssuerAnswer *a = (const Issuance__IssuerAnswer *)ctl_ask_fields(
		x->ctl, TO_ISSUANCE, "get_issuer",
		json_pack("{s:s}", "issuer", export_id(x, issuer)));

	if (a != NULL)
		export_document(x, a->did_path, "key-list", bytes_of_text(a->did_document));
}

/* What is not signed yet is left out: the next archive has it, a minute later. */
static void export_status_list(struct export *x, const Issuance__CredentialAnswer *a)
{
	const Issuance__StatusListAnswer *list;

	if (a->status == NULL)
		return;
	list = (const Issuance__StatusListAnswer *)ctl_ask_fields(
		x->ctl, TO_ISSUANCE, "get_status_list",
		json_pack("{s:s, s:i}", "issuer", export_id(x, a->issuer), "number",
			  (int)a->status->list));
	if (list != NULL && list->document[0] != '\0')
		export_document(x, list->place, "status-list", bytes_of_text(list->document));
}

/* The document stands for itself; beside it what only this installation knows. */
static void export_credential(struct export *x, const Issuance__CredentialAnswer *listed)
{
	const char *id = export_id(x, listed->credential);
	const Issuance__CredentialAnswer *a = (const Issuance__CredentialAnswer *)ctl_ask_fields(
		x->ctl, TO_ISSUANCE, "get_credential",
		json_pack("{s:s, s:b}", "credential", id, "document", 1));

	if (a == NULL)
		return;
	export_bytes(x, export_path(x, "credentials/%s/credential.json", id), "credential",
		     bytes_of_text(a->document));
	export_message(x, export_path(x, "credentials/%s/facts.json", id), "credential-facts",
		       &listed->base);
	export_issuer(x, a->issuer);
	export_status_list(x, a);
}

static void export_external(struct export *x, const Issuance__ExternalAnswer *listed)
{
	const char *id = export_id(x, listed->external);
	const Issuance__ExternalAnswer *a = (const Issuance__ExternalAnswer *)ctl_ask_fields(
		x->ctl, TO_ISSUANCE, "get_external",
		json_pack("{s:s, s:s}", "educator", x->educator_text, "external", id));

	if (a == NULL)
		return;
	export_bytes(x, export_path(x, "external/%s/credential.json", id), "external",
		     bytes_of_pb(a->document));
	export_message(x, export_path(x, "external/%s/facts.json", id), "external-facts",
		       &listed->base);
	export_document(x, a->key_list_path, "key-list", bytes_of_pb(a->key_list));
	if (a->status_list.len > 0)
		export_document(x, a->status_place, "status-list", bytes_of_pb(a->status_list));
}

/* ---- pages ---- */

/* NULL: the last page was the one before. */
static const ProtobufCMessage *next_page(struct export *x, const char *ask,
					 ProtobufCBinaryData after)
{
	json_t *fields = json_pack("{s:s}", "educator", x->educator_text);

	if (after.len > 0)
		json_object_set_new(fields, "after", json_string(export_id(x, after)));
	return ctl_ask_fields(x->ctl, TO_ISSUANCE, ask, fields);
}

static void export_own(struct export *x)
{
	ProtobufCBinaryData after = {0, NULL};

	do {
		const Issuance__CredentialList *list =
			(const Issuance__CredentialList *)next_page(x, "list_credentials", after);

		if (list == NULL)
			return;
		for (size_t i = 0; i < list->n_credentials && !ctl_failed(x->ctl); i++)
			export_credential(x, list->credentials[i]);
		after = list->next;
	} while (after.len > 0);
}

void export_credentials(struct export *x)
{
	ProtobufCBinaryData after = {0, NULL};

	export_own(x);
	do {
		const Issuance__ExternalList *list =
			(const Issuance__ExternalList *)next_page(x, "list_externals", after);

		if (list == NULL)
			return;
		for (size_t i = 0; i < list->n_externals && !ctl_failed(x->ctl); i++)
			export_external(x, list->externals[i]);
		after = list->next;
	} while (after.len > 0);
}

/* ---- ledgers ---- */

/* The first page's facts, and the lines of all of them. */
static void export_ledger(struct export *x, const char *license)
{
	json_t *ledger = NULL, *lines = json_array();
	uint64_t after = 0;

	do {
		const Issuance__LedgerAnswer *a = (const Issuance__LedgerAnswer *)ctl_ask_fields(
			x->ctl, TO_ISSUANCE, "get_ledger",
			json_pack("{s:s, s:I}", "license", license, "after", (json_int_t)after));

		if (a == NULL)
			break;
		after = a->next;
		if (ledger == NULL)
			ledger = json_of_message(&a->base);
		for (size_t i = 0; i < a->n_lines; i++)
			json_array_append_new(lines, json_of_message(&a->lines[i]->base));
	} while (after != 0);
	if (ledger != NULL) {
		json_object_del(ledger, "next");
		json_object_set(ledger, "lines", lines);
		export_json(x, export_path(x, "ledger/%s.json", license), "ledger", ledger);
	}
	json_decref(lines);
}

void export_ledgers(struct export *x, size_t n, const ProtobufCBinaryData *licenses)
{
	for (size_t i = 0; i < n && !ctl_failed(x->ctl); i++)
		export_ledger(x, export_id(x, licenses[i]));
}

/* ---- the record ---- */

void export_record(struct export *x)
{
	struct id record = ctl_made_id(x->ctl, "record", 0);
	const Issuance__RecordAnswer *a = (const Issuance__RecordAnswer *)ctl_ask_fields(
		x->ctl, TO_ISSUANCE, "get_record",
		json_pack("{s:s, s:s}", "record", ID_STR(bytes_of_id(&record)), "educator",
			  x->educator_text));

	if (a == NULL)
		return;
	export_bytes(x, "record.json", "record", bytes_of_pb(a->document));
	for (size_t i = 0; i < a->n_issuers; i++)
		export_issuer(x, a->issuers[i]);
}
