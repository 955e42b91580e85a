/*
 * Writes two kits of an endorsement, for other people's verifiers:
 *
 *	endorse_kit DIR
 *
 *	DIR/signed     one issuer's word for another's micro-credential, with key list and status
 *list DIR/withdrawn  the same, as its status list has it after it was withdrawn
 */
#include "libshared/check.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/issuance.h"
#include "tests/interop/kit_files.h"
#include "tests/support/endorse_kit.h"

#include <stdio.h>
#include <stdlib.h>

static struct kit kit;
static const char *dir;

static void write_text(const char *kit_name, const char *file, const char *text)
{
	kit_file(arena_printf(kit.arena, "%s/%s", dir, kit_name), file, bytes_of_text(text));
}

static void write_kit(const char *name, struct bytes endorsement)
{
	const Issuance__Endorsement *e = endorse_kit_get(&kit, endorsement)->endorsement;
	const Issuance__StatusListAnswer *list = endorse_kit_list(&kit);
	struct didweb_place place;

	ENSURE(didweb_place(ENDORSER_DID, &place));
	write_text(name, "credential.json", e->document);
	write_text(name, arena_printf(kit.arena, "docs/%s%s", place.host, place.path),
		   endorse_kit_did_document(&kit));
	write_text(name, arena_printf(kit.arena, "docs/%s", list->place), list->document);
}

int main(int argc, char **argv)
{
	struct bytes endorsement;

	if (argc != 2) {
		fprintf(stderr, "usage: endorse_kit DIR\n");
		return 2;
	}
	dir = argv[1];
	kit_open(&kit, &issuance_service);
	endorse_kit_given(&kit);
	endorsement = endorse_kit_signed(&kit);
	write_kit("signed", endorsement);
	ENSURE(endorse_kit_withdraw(&kit, endorsement) == CAIRN__STATUS__OK);
	write_kit("withdrawn", endorsement);
	kit_close(&kit);
	return EXIT_SUCCESS;
}
