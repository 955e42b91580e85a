/* The badge that tests sign. */
#include "tests/support/badge_kit.h"

#include "libshared/blobs.h"

#include <sodium.h>
#include <string.h>

#define HOST "https://issuers.example"

const struct badge_issuer badge_kit_issuer = {
	.id = BADGE_KIT_DID,
	.name = "Meadow Education Service",
	.url = HOST,
	.email = "badges@issuers.example",
};

static const char *const tags[] = {"early reading", "phonemic awareness", "évaluation formative"};

static const struct badge_alignment alignments[] = {
	{"How learners grow", HOST "/frameworks/intasc/1", "InTASC-1", NULL,
	 "InTASC Model Core Teaching Standards", "CFItem"},
	{"Teaching methods", HOST "/frameworks/intasc/8", "InTASC-8", NULL,
	 "InTASC Model Core Teaching Standards", "CFItem"},
};

#define LEVELS(low, middle, high)                                                                  \
	(const struct badge_level[])                                                               \
	{                                                                                          \
		{"not_yet", "Not yet", low, NULL}, {"almost", "Almost", middle, NULL},             \
		{                                                                                  \
			"yes", "Yes", high, NULL                                                   \
		}                                                                                  \
	}

static const struct badge_row rows[] = {
	{"r1", "Order of the routines", "yes",
	 LEVELS("The routines repeat one task.", "Most routines go from easier to harder sounds.",
		"Every routine fits its skill, and the order is explained."),
	 3, NULL, 0},
	{"r2", "Clear speech and pace", "yes",
	 LEVELS("Most children stay silent.", "Some children answer only after others.",
		"Every child answers several times, and slips are mended at once."),
	 3, NULL, 0},
	{"r3", "Answer to what children did", "yes",
	 LEVELS("Nothing changes between the recordings.", "One change was made.",
		"Two named changes follow from results that are shown."),
	 3, NULL, 0},
	{"r4", "Looking back", "yes",
	 LEVELS("The report tells what happened.", "The report names a cause.",
		"The report says what comes next, and why."),
	 3, NULL, 0},
};

const struct badge_achievement badge_kit_achievement = {
	.id = HOST "/achievements/lit-101/1",
	.type = "MicroCredential",
	.name = "Phonemic Awareness Routines",
	.description = "The educator leads short daily routines in which young children hear, join "
		       "and change the sounds in spoken words.",
	.criteria_id = HOST "/achievements/lit-101/1/criteria",
	.criteria = "Send in a ten-day plan, two recordings and a table of results.\nEach row of "
		    "the rubric must reach **Yes**.",
	.image = HOST "/images/lit-101.png",
	.field_of_study = "Literacy",
	.code = "LIT-101",
	.language = "en",
	.version = "1",
	.credits_milli = 12000,
	.tags = tags,
	.n_tags = ARRAY_LEN(tags),
	.alignments = alignments,
	.n_alignments = ARRAY_LEN(alignments),
	.rows = rows,
	.n_rows = ARRAY_LEN(rows),
};

static const struct badge_result results[] = {
	{"r1", "yes", "Yes"}, {"r2", "yes", "Yes"}, {"r3", "yes", "Yes"}, {"r4", "yes", "Yes"}};

static const struct badge_evidence evidence[] = {
	{NULL, "Ten-day routine plan", "lesson_plan"},
	{NULL, "Two recorded routines", "audio"},
	{NULL, "Quick-check results", "data_table"},
};

void badge_kit_key(const char *seed_text, struct badge_kit_key *key_r)
{
	uint8_t seed[SHA256_LEN];

	ENSURE(sodium_init() >= 0);
	sha256(bytes_of_text(seed_text), seed);
	ENSURE(crypto_sign_seed_keypair(key_r->public, key_r->secret, seed) == 0);
	multikey_text(key_r->public, key_r->multikey);
}

static int sign(void *ctx, const char *key, struct bytes message,
		uint8_t signature_r[ED25519_SIGNATURE_LEN])
{
	const struct badge_kit_key *pair = ctx;

	if (strcmp(key, pair->multikey) != 0)
		return -1;
	return crypto_sign_detached(signature_r, NULL, message.data, message.len, pair->secret);
}

struct badge_signer badge_kit_signer(struct badge_kit_key *key)
{
	return (struct badge_signer){sign, key, key->multikey};
}

struct badge badge_kit_badge(const struct badge_template *t)
{
	struct badge b = {
		.template = t,
		.identity =
			{
				"emailAddress",
				"sha256$"
				"b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399",
				"Kosher",
			},
		.valid_from_us = INT64_C(1767978300) * US_PER_S, /* 2026-01-09T17:05:00Z */
		.valid_until_us = INT64_C(1925744700) * US_PER_S,
		.signed_us = INT64_C(1767978301) * US_PER_S,
		.credits_milli = 1500,
		.results = results,
		.n_results = ARRAY_LEN(results),
		.evidence = evidence,
		.n_evidence = ARRAY_LEN(evidence),
	};

	ENSURE(id_of_text("019ba3d2-7c00-7a00-8b00-0c0d0e0f1011", &b.id));
	return b;
}
