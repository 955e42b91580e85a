/* Endorsements: signed, brought from outside, listed, withdrawn, verified. */
#include "services/ctl/commands.h"
#include "services/ctl/files.h"
#include "services/ctl/forms.h"

#include "proto/issuance.pb-c.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/verify.h"

#include <string.h>
#include <sys/stat.h>

#define DOCUMENT_MAX ((size_t)64 << 10)

/* --of-issuer, or --code and --version, as the message has them. */
static json_t *endorsed_fields(struct ctl *c)
{
	json_t *fields = json_object();
	struct id entry = given_id(c, "code"), issuer = given_id(c, "of-issuer");

	if (is_given(c, "code") == is_given(c, "of-issuer")) {
		ctl_fault(c, CTL_USAGE, "--code or --of-issuer: one of them is endorsed");
		return fields;
	}
	if (is_given(c, "code")) {
		json_object_set_new(fields, "entry", json_string(ID_STR(bytes_of_id(&entry))));
		json_object_set_new(fields, "version",
				    json_integer((json_int_t)given_count(c, "version", 0)));
	} else {
		json_object_set_new(fields, "endorsed_issuer",
				    json_string(ID_STR(bytes_of_id(&issuer))));
	}
	return fields;
}

static void set_text(json_t *fields, const char *member, const char *text)
{
	if (text != NULL)
		json_object_set_new(fields, member, json_string(text));
}

static void tell_receipt(struct ctl *c)
{
	const Issuance__EndorsementReceipt *r =
		(const Issuance__EndorsementReceipt *)c->done.answer;
	struct id id;

	if (r == NULL)
		return;
	id = id_of_bytes(bytes_of_pb(r->endorsement));
	tell_id(c, "endorsement", &id);
	tell(c, "known", json_boolean(r->known));
	say(c, "endorsement: %s%s\n", ID_STR(bytes_of_id(&id)),
	    r->known ? " (it was there before)" : "");
}

static int sign_endorsement(struct ctl *c)
{
	struct id id = ctl_made_id(c, "endorsement", 0), issuer = given_id(c, "issuer");
	json_t *fields = endorsed_fields(c);

	set_text(fields, "endorsement", ID_STR(bytes_of_id(&id)));
	set_text(fields, "issuer", ID_STR(bytes_of_id(&issuer)));
	set_text(fields, "comment", given(c, "comment"));
	set_text(fields, "valid_until_us", given(c, "until"));
	if (ctl_send_fields(c, TO_ISSUANCE, &id, "sign_endorsement", fields))
		tell_receipt(c);
	return ctl_exit_code(c);
}

/* ---- import ---- */

static const char *member_text(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

/* The issuer's key list, and the status list where docs has it. False: told. */
static bool read_lists(struct ctl *c, struct bytes document, const char *docs,
		       Issuance__ImportEndorsement *ask)
{
	AUTO(json_decrefp)
	json_t *json = json_loadb((const char *)document.data, document.len, 0, NULL);
	const json_t *issuer = json_object_get(json, "issuer");
	const char *did =
		json_is_object(issuer) ? member_text(issuer, "id") : json_string_value(issuer);
	const char *url =
		member_text(json_object_get(json, "credentialStatus"), "statusListCredential");
	struct didweb_place place;
	struct bytes text;
	struct stat st;

	if (did == NULL || !didweb_place(did, &place)) {
		ctl_fault(c, CTL_DIFFERS, "no credential of a did:web issuer");
		return false;
	}
	if (!file_read(c, arena_printf(c->arena, "%s/%s%s", docs, place.host, place.path),
		       DOCUMENT_MAX, &text))
		return false;
	ask->key_list = pb_of_bytes(text);
	if (url == NULL || strncmp(url, "https://", 8) != 0 || strstr(url, "..") != NULL)
		return true;
	url = arena_printf(c->arena, "%s/%s", docs, url + 8);
	if (stat(url, &st) != 0)
		return true;
	if (!file_read(c, url, DOCUMENT_MAX, &text))
		return false;
	ask->status_list = pb_of_bytes(text);
	return true;
}

static int import_endorsement(struct ctl *c)
{
	Issuance__ImportEndorsement ask = ISSUANCE__IMPORT_ENDORSEMENT__INIT;
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	struct id entry = given_id(c, "code"), issuer = given_id(c, "of-issuer");
	struct bytes document;

	json_decref(endorsed_fields(c));
	if (ctl_failed(c) || !file_read(c, given(c, "file"), DOCUMENT_MAX, &document) ||
	    !read_lists(c, document, given(c, "docs"), &ask))
		return ctl_exit_code(c);
	if (is_given(c, "code"))
		ask.entry = pb_of_bytes(bytes_of_id(&entry));
	else
		ask.endorsed_issuer = pb_of_bytes(bytes_of_id(&issuer));
	ask.version = (uint32_t)given_count(c, "version", 0);
	ask.document = pb_of_bytes(document);
	cmd.body_case = ISSUANCE__COMMAND__BODY_IMPORT_ENDORSEMENT;
	cmd.import_endorsement = &ask;
	if (ctl_send(c, TO_ISSUANCE, is_given(c, "code") ? &entry : &issuer, &cmd.base))
		tell_receipt(c);
	return ctl_exit_code(c);
}

/* ---- list and export ---- */

static int list_endorsements(struct ctl *c)
{
	const ProtobufCMessage *list =
		ctl_ask_fields(c, TO_ISSUANCE, "list_endorsements", endorsed_fields(c));

	if (list != NULL)
		tell_message(c, list);
	return ctl_exit_code(c);
}

/* The lists of one signed here are asked for as they are now; of an imported one, as they came. */
static void write_lists(struct ctl *c, const Issuance__EndorsementAnswer *a, const char *to)
{
	const Issuance__Endorsement *e = a->endorsement;
	const Issuance__StatusListAnswer *list = NULL;

	if (e->issuer.len == 0) {
		document_write(c, to, a->key_list_path,
			       arena_text(c->arena, bytes_of_pb(e->key_list)));
		if (e->status_list.len > 0)
			document_write(c, to, a->status_place,
				       arena_text(c->arena, bytes_of_pb(e->status_list)));
		return;
	}
	issuer_export(c, e->issuer, to);
	if (e->status != NULL)
		list = (const Issuance__StatusListAnswer *)ctl_ask_fields(
			c, TO_ISSUANCE, "get_status_list",
			json_pack("{s:s, s:I}", "issuer", ID_STR(bytes_of_pb(e->issuer)), "number",
				  (json_int_t)e->status->list));
	if (list != NULL && list->document[0] != '\0')
		document_write(c, to, list->place, list->document);
	else if (list != NULL)
		say(c, "its status list is not signed yet: export it again in a minute\n");
}

static const Issuance__EndorsementAnswer *ask_endorsement(struct ctl *c, const char *id)
{
	return (const Issuance__EndorsementAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_endorsement", json_pack("{s:s}", "endorsement", id));
}

/* False: told. */
static bool write_beside(struct ctl *c, ProtobufCBinaryData endorsement, const char *to)
{
	const char *id = arena_printf(c->arena, "%s", ID_STR(bytes_of_pb(endorsement)));
	const char *folder = arena_printf(c->arena, "%s/endorsements", to);
	const char *path = arena_printf(c->arena, "%s/%s.json", folder, id);
	const Issuance__EndorsementAnswer *a = ask_endorsement(c, id);

	if (a == NULL || !dirs_make(c, folder) ||
	    !file_write(c, path, bytes_of_text(a->endorsement->document)))
		return false;
	say(c, "%s\n", path);
	write_lists(c, a, to);
	return true;
}

void endorsements_export(struct ctl *c, ProtobufCBinaryData entry, uint32_t version, const char *to)
{
	const Issuance__EndorsementList *list = (const Issuance__EndorsementList *)ctl_ask_fields(
		c, TO_ISSUANCE, "list_endorsements",
		json_pack("{s:s, s:I}", "entry", ID_STR(bytes_of_pb(entry)), "version",
			  (json_int_t)version));

	for (size_t i = 0; list != NULL && i < list->n_endorsements; i++)
		if (strcmp(list->endorsements[i]->state, "active") == 0 &&
		    !write_beside(c, list->endorsements[i]->endorsement->endorsement, to))
			return;
}

static int export_endorsement(struct ctl *c)
{
	const char *to = given(c, "to"), *path = arena_printf(c->arena, "%s/credential.json", to);
	const Issuance__EndorsementAnswer *a = ask_endorsement(c, given(c, "endorsement"));

	if (a == NULL || !dirs_make(c, to) ||
	    !file_write(c, path, bytes_of_text(a->endorsement->document)))
		return ctl_exit_code(c);
	say(c, "%s\n", path);
	write_lists(c, a, to);
	tell_text(c, "endorsement", path);
	tell_text(c, "state", a->state);
	tell_text(c, "docs", arena_printf(c->arena, "%s/docs", to));
	return ctl_exit_code(c);
}

#define ENDORSED                                                                                   \
	OWN_OPTION("code", "CODE", "the micro-credential that is endorsed", P_ENTRY, MAY),         \
		OWN_OPTION("version", "N", "of it (default: the newest)", P_COUNT, MAY),           \
		OWN_OPTION("of-issuer", "ISSUER", "the issuer that is endorsed", P_ISSUER, MAY)

static const struct command rows[] = {
	{"endorse", "sign", "endorse another issuer, or what it offers",
	 PARAMS(OWN_OPTION("issuer", "ISSUER", "who endorses", P_ISSUER, MUST), ENDORSED,
		OWN_OPTION("comment", "TEXT", "why", P_TEXT, MUST),
		OWN_OPTION("until", "TIME", "its end (default: none)", P_TIME, MAY)),
	 .run = sign_endorsement},
	{"endorse", "import", "keep an outside body's endorsement that verifies",
	 PARAMS(OWN_WORD("file", "FILE", "the signed EndorsementCredential", P_TEXT, MUST),
		OWN_OPTION("docs", "DIR", "its issuer's key list, its status list", P_TEXT, MUST),
		ENDORSED),
	 .run = import_endorsement},
	{"endorse", "list", "list who endorses a micro-credential or an issuer", PARAMS(ENDORSED),
	 .run = list_endorsements},
	{"endorse", "export", "write an endorsement and what verifies it",
	 PARAMS(OWN_WORD("endorsement", "ENDORSEMENT", "its id", P_ID, MUST),
		OWN_OPTION("to", "DIR", "where to", P_TEXT, MUST)),
	 .run = export_endorsement},
	{"endorse", "withdraw", "withdraw an endorsement",
	 PARAMS(WORD("endorsement", "ENDORSEMENT", "its id", P_ID, MUST),
		OPTION("because", "TEXT", "why", P_TEXT, MUST)),
	 .to = TO_ISSUANCE, .sends = "withdraw_endorsement"},
	{"endorse", "verify", "verify an exported endorsement, without the net",
	 PARAMS(OWN_WORD("path", "FILE|DIR", "the endorsement, or what export wrote", P_TEXT, MUST),
		OWN_OPTION("docs", "DIR", "its documents (default: docs beside it)", P_TEXT, MAY),
		OWN_OPTION("sha256", "HEX", "what the document must hash to", P_TEXT, MAY),
		OWN_OPTION("at", "TIME", "as of then (default: now)", P_TEXT, MAY)),
	 .run = verify_credential},
};

const struct command_list endorse_commands = {rows, ARRAY_LEN(rows)};
