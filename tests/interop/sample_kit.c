/* Writes a folder that verify.mjs, forms.mjs and record.mjs take: a badge signed with the test key,
 * the same in pictures and as a certificate, a record of three badges, and the key list. */
#include "services/issuance/documents/clr.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/forms/certificate.h"
#include "services/issuance/forms/share.h"
#include "tests/interop/kit_files.h"
#include "tests/support/badge_kit.h"

#include <stdio.h>
#include <stdlib.h>

static void write_forms(const char *dir, struct bytes credential, struct arena *a)
{
	struct form_problem problem = {0};
	struct form_facts facts;
	static const struct certificate_license license = {
		.state = "TN",
		.type = "practitioner",
		.number = "000417253",
		.digits = 4,
		.issued = "2024-09-01",
		.expires = "2029-08-31",
		.units = "3 PDP",
		.categories = "literacy",
	};
	struct certificate certificate = {
		.facts = &facts, .holder = "Zoë Nuñez", .licenses = &license, .n_licenses = 1};
	struct kit_pictures pictures;
	struct bytes pdf;

	ENSURE(form_facts_read(credential, a, &facts, &problem));
	pictures = kit_pictures(&facts, credential, a);
	kit_pictures_write(dir, &pictures);
	ENSURE(share_verify_url(&facts, NULL, a, &certificate.verify_url, &problem));
	ENSURE(certificate_pdf(&certificate, a, &pdf, &problem));
	kit_file(dir, "certificate.pdf", pdf);
}

static void write_badge(const char *dir, struct badge_kit_key *key, struct arena *a)
{
	struct badge_signer signer = badge_kit_signer(key);
	struct badge_document document;
	struct badge_problem problem;
	struct badge_template *template;
	struct badge badge;

	template = badge_template_new(&badge_kit_issuer, &badge_kit_achievement, &problem);
	ENSURE(template != NULL);
	badge = badge_kit_badge(template);
	ENSURE(badge_sign(&badge, &signer, a, &document, &problem));
	kit_file(dir, "credential.json", document.json);
	write_forms(dir, document.json, a);
	badge_template_destroy(&template);
}

/* The same achievement three times, under ids of their own: blank nodes that only their
 * surroundings tell apart. */
static void write_record(const char *dir, struct badge_kit_key *key, struct arena *a)
{
	struct badge_signer signer = badge_kit_signer(key);
	struct badge_problem problem;
	struct badge_template *template =
		badge_template_new(&badge_kit_issuer, &badge_kit_achievement, &problem);
	struct bytes credentials[3];
	struct clr record = {.name = "Record of micro-credentials",
			     .issuer = badge_kit_issuer,
			     .credentials = credentials,
			     .n_credentials = ARRAY_LEN(credentials),
			     .signed_us = INT64_C(1768000000) * US_PER_S};
	struct badge_document document;

	ENSURE(template != NULL);
	for (uint8_t i = 0; i < ARRAY_LEN(credentials); i++) {
		struct badge badge = badge_kit_badge(template);

		badge.id.b[ID_LEN - 1] = i;
		ENSURE(badge_sign(&badge, &signer, a, &document, &problem));
		credentials[i] = document.json;
		record.id = badge.id;
	}
	record.id.b[0] ^= 1;
	ENSURE(clr_sign(&record, &signer, a, &document, &problem));
	kit_file(dir, "record.json", document.json);
	badge_template_destroy(&template);
}

static void write_keys(const char *dir, const struct badge_kit_key *key, struct arena *a)
{
	const struct didweb_key keys[] = {{key->multikey, NULL}};
	struct didweb_place place;

	ENSURE(didweb_place(BADGE_KIT_DID, &place));
	kit_file(dir, arena_printf(a, "docs/%s%s", place.host, place.path),
		 didweb_document(BADGE_KIT_DID, keys, ARRAY_LEN(keys), a));
}

int main(int argc, char **argv)
{
	struct badge_kit_key key;
	struct arena *arena;

	if (argc != 2) {
		fprintf(stderr, "usage: %s DIR\n", argv[0]);
		return 2;
	}
	arena = arena_new((size_t)1 << 18);
	badge_kit_key(BADGE_KIT_SEED, &key);
	write_badge(argv[1], &key, arena);
	write_record(argv[1], &key, arena);
	write_keys(argv[1], &key, arena);
	arena_destroy(&arena);
	return EXIT_SUCCESS;
}
