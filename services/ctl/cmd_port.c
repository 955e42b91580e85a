/* Educators' archives: written, looked at, brought into another installation; and erasure. */
#include "services/ctl/commands.h"
#include "services/ctl/port.h"

#include "proto/issuance.pb-c.h"

#include <string.h>

/* ---- import ---- */

struct import {
	struct ctl *ctl;
	const struct bundle *b;
	struct id educator;
	json_t *list;
	uint64_t added, known, ours;
};

static void note_one(struct import *m, const struct bundle_file *f, const char *outcome,
		     const char *id)
{
	say(m->ctl, "%-11s %s\n", outcome, f->path);
	json_array_append_new(m->list, json_pack("{s:s, s:s, s:s*}", "path", f->path, "outcome",
						 outcome, "id", id));
}

static void add_one(struct import *m, const struct bundle_file *f)
{
	const struct bundle_file *keys = bundle_key_list(m->ctl, m->b, f->content);
	const struct bundle_file *status = bundle_status_list(m->ctl, m->b, f->content);
	Issuance__AddExternal add = ISSUANCE__ADD_EXTERNAL__INIT;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	const Issuance__ExternalReceipt *receipt;

	add.educator = pb_of_bytes(bytes_of_id(&m->educator));
	add.document = pb_of_bytes(f->content);
	add.key_list = pb_of_bytes(keys->content);
	if (status != NULL)
		add.status_list = pb_of_bytes(status->content);
	command.body_case = ISSUANCE__COMMAND__BODY_ADD_EXTERNAL;
	command.add_external = &add;
	if (!ctl_send(m->ctl, TO_ISSUANCE, &m->educator, &command.base))
		return;
	receipt = (const Issuance__ExternalReceipt *)m->ctl->done.answer;
	if (receipt == NULL)
		return;
	(*(receipt->issued_here ? &m->ours : receipt->known ? &m->known : &m->added))++;
	note_one(m, f,
		 receipt->issued_here ? "issued here"
		 : receipt->known     ? "known"
				      : "added",
		 ID_STR(bytes_of_pb(receipt->external)));
}

static bool is_credential(const struct bundle_file *f)
{
	return strcmp(f->kind, "credential") == 0 || strcmp(f->kind, "external") == 0;
}

/* Nothing is sent before all of it was found to verify. */
static bool verify_all(struct import *m)
{
	const char *what;

	for (size_t i = 0; i < m->b->n_files; i++)
		if (is_credential(&m->b->files[i]) &&
		    bundle_verify(m->ctl, m->b, &m->b->files[i], &what) == BUNDLE_BAD) {
			ctl_fault(m->ctl, CTL_DIFFERS, "%s: %s; nothing was imported",
				  m->b->files[i].path, what);
			return false;
		}
	return true;
}

/* One that was revoked is no credential any more, and no fault of the archive. */
static void import_all(struct import *m)
{
	const char *what;

	for (size_t i = 0; i < m->b->n_files && !ctl_failed(m->ctl); i++) {
		const struct bundle_file *f = &m->b->files[i];

		if (!is_credential(f))
			continue;
		if (bundle_verify(m->ctl, m->b, f, &what) == BUNDLE_REVOKED)
			note_one(m, f, "revoked", NULL);
		else
			add_one(m, f);
	}
}

int import_archive(struct ctl *c)
{
	struct import m = {.ctl = c,
			   .b = bundle_given(c),
			   .educator = given_id(c, "educator"),
			   .list = json_array()};

	if (m.b != NULL && verify_all(&m))
		import_all(&m);
	tell(c, "credentials", m.list);
	tell_count(c, "added", m.added);
	tell_count(c, "known", m.known);
	tell_count(c, "issued_here", m.ours);
	if (!ctl_failed(c))
		say(c, "Evidence, decisions and ledgers stay in the archive: they are another "
		       "installation's word. Keep it.\n");
	return ctl_exit_code(c);
}

/* ---- list ---- */

static void list_externals(struct ctl *c)
{
	json_t *ask = json_pack("{s:s}", "educator", given(c, "educator")), *all = json_array();
	const Issuance__ExternalList *a;

	for (;;) {
		a = (const Issuance__ExternalList *)ctl_ask_fields(c, TO_ISSUANCE, "list_externals",
								   json_deep_copy(ask));
		if (a == NULL)
			break;
		if (!c->json)
			message_print(stdout, &a->base, 0);
		for (size_t i = 0; i < a->n_externals; i++)
			json_array_append_new(all, json_of_message(&a->externals[i]->base));
		if (a->next.len == 0)
			break;
		json_object_set_new(ask, "after", json_string(ID_STR(bytes_of_pb(a->next))));
	}
	if (json_array_size(all) > 0)
		tell(c, "externals", json_incref(all));
	json_decref(ask);
	json_decref(all);
}

/* Credentials of other issuers stand on the first page, all of them. */
int list_credentials(struct ctl *c)
{
	const ProtobufCMessage *a =
		ctl_ask_fields(c, TO_ISSUANCE, "list_credentials", given_fields(c));

	if (a != NULL)
		tell_message(c, a);
	if (a != NULL && !is_given(c, "after"))
		list_externals(c);
	return ctl_exit_code(c);
}

#define ARCHIVE                                                                                    \
	OWN_WORD("archive", "ARCHIVE", "the tar or directory that export wrote", P_TEXT, MUST)
#define EDUCATOR OWN_WORD("educator", "EDUCATOR", "the educator's id", P_ID, MUST)

static const struct command rows[] = {
	{"educator", "export", "write all that an educator owns as one archive",
	 PARAMS(EDUCATOR,
		OWN_OPTION("to", "PLACE", "a new FILE.tar, or a new directory", P_TEXT, MUST),
		OWN_OPTION("purpose", "WORD", "why the name is looked at (default: export)", P_TEXT,
			   MAY),
		OWN_FLAG("record", "with a record (CLR 2.0) of all credentials, signed now")),
	 .run = export_educator},
	{"educator", "check", "look at an archive, without any installation", PARAMS(ARCHIVE),
	 .run = check_archive},
	{"educator", "import", "bring an archive's credentials to an educator here",
	 PARAMS(ARCHIVE, OWN_OPTION("educator", "EDUCATOR", "whose they are, in this installation",
				    P_ID, MUST)),
	 .run = import_archive},
	{"educator", "erase", "destroy what names an educator, everywhere, for ever",
	 PARAMS(EDUCATOR,
		OWN_OPTION("because", "WORD", "why, as request:4711; kept in the log", P_TEXT,
			   MUST),
		OWN_OPTION("wait", "SECONDS", "at most, for all to be done (default: 60)", P_COUNT,
			   MAY)),
	 .run = erase_educator},
};

const struct command_list port_commands = {rows, ARRAY_LEN(rows)};
