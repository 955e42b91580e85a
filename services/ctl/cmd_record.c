/* All that an educator earned, as one signed document. */
#include "services/ctl/commands.h"
#include "services/ctl/files.h"
#include "services/ctl/forms.h"

/* What verifies a credential that came from elsewhere. */
static void export_external(struct ctl *c, ProtobufCBinaryData external, const char *to)
{
	const Issuance__ExternalAnswer *a = (const Issuance__ExternalAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_external",
		json_pack("{s:s, s:s}", "educator", given(c, "educator"), "external",
			  ID_STR(bytes_of_pb(external))));

	if (a == NULL)
		return;
	document_write(c, to, a->key_list_path, arena_text(c->arena, bytes_of_pb(a->key_list)));
	if (a->status_list.len > 0)
		document_write(c, to, a->status_place,
			       arena_text(c->arena, bytes_of_pb(a->status_list)));
}

static int export_record(struct ctl *c)
{
	struct id record = ctl_made_id(c, "record", 0), issuer = given_id(c, "issuer");
	const char *to = given(c, "to"), *path = arena_printf(c->arena, "%s/record.json", to);
	json_t *ask = json_pack("{s:s, s:s}", "record", ID_STR(bytes_of_id(&record)), "educator",
				given(c, "educator"));
	const Issuance__RecordAnswer *a;

	if (is_given(c, "issuer"))
		json_object_set_new(ask, "issuer", json_string(ID_STR(bytes_of_id(&issuer))));
	a = (const Issuance__RecordAnswer *)ctl_ask_fields(c, TO_ISSUANCE, "get_record", ask);
	if (a == NULL || !dirs_make(c, to) || !file_write(c, path, bytes_of_pb(a->document)))
		return ctl_exit_code(c);
	say(c, "%s\n", path);
	for (size_t i = 0; i < a->n_issuers; i++)
		issuer_export(c, a->issuers[i], to);
	for (size_t i = 0; i < a->n_externals && !ctl_failed(c); i++)
		export_external(c, a->externals[i], to);
	if (a->partial)
		say(c, "a credential of another issuer is left out: it says what no record can\n");
	tell_id(c, "id", &record);
	tell_count(c, "credentials", a->credentials);
	tell_text(c, "record", path);
	tell_text(c, "docs", arena_printf(c->arena, "%s/docs", to));
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"educator", "record", "write all that an educator earned as one record",
	 PARAMS(OWN_WORD("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OWN_OPTION("issuer", "ISSUER", "who signs it (default: of the newest credential)",
			   P_ISSUER, MAY),
		OWN_OPTION("to", "DIR", "where to", P_TEXT, MUST)),
	 .run = export_record},
};

const struct command_list record_commands = {rows, ARRAY_LEN(rows)};
