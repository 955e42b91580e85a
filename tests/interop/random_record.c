/* Random badges: every optional part there or not, every list of several lengths. */
#include "tests/interop/random_record.h"

#include "services/issuance/documents/rdfc.h"
#include "tests/support/badge_kit.h"

#include <stdio.h>
#include <string.h>

#define MAX_ITEMS 5

static const char *const codes[MAX_ITEMS] = {"a", "b.1", "c-2", "d_3", "E~4"};

/* A record, with room for its lists. */
struct record {
	struct badge_issuer issuer;
	struct badge_achievement achievement;
	struct badge_alignment alignments[MAX_ITEMS];
	struct badge_row rows[MAX_ITEMS];
	struct badge_level levels[MAX_ITEMS][MAX_ITEMS];
	struct badge_alignment row_alignments[MAX_ITEMS][2];
	const char *tags[MAX_ITEMS];
	struct badge badge;
	struct badge_result results[MAX_ITEMS];
	struct badge_evidence evidence[MAX_ITEMS];
	struct badge_status status;
	char hash[IDENTITY_HASH_LEN];
};

static const char *maybe(struct dice *d, const char *text)
{
	return dice_chance(d, 50) ? text : NULL;
}

/* A text that is given: "" would be none. */
static const char *words(struct dice *d)
{
	const char *text = dice_text(d);

	return *text != '\0' ? text : "-";
}

static void fill_alignment(struct dice *d, struct badge_alignment *a, const char *url)
{
	static const char *const types[] = {"CFItem", "CTDL", "ceasn:Competency", "ext:Local",
					    NULL};

	*a = (struct badge_alignment){
		.target_name = words(d),
		.target_url = url,
		.target_code = maybe(d, dice_text(d)),
		.target_description = maybe(d, dice_text(d)),
		.target_framework = maybe(d, dice_text(d)),
		.target_type = types[dice_roll(d, ARRAY_LEN(types))],
	};
}

static void fill_row(struct dice *d, struct record *r, size_t i)
{
	size_t n_levels = 1 + dice_roll(d, MAX_ITEMS);
	struct badge_row *row = &r->rows[i];

	*row = (struct badge_row){
		.code = codes[i],
		.name = words(d),
		.required_level = maybe(d, codes[dice_roll(d, n_levels)]),
		.levels = r->levels[i],
		.n_levels = n_levels,
		.alignments = r->row_alignments[i],
		.n_alignments = dice_roll(d, 3),
	};
	for (size_t j = 0; j < n_levels; j++)
		r->levels[i][j] = (struct badge_level){codes[j], words(d), maybe(d, dice_text(d)),
						       maybe(d, "2")};
	fill_alignment(d, &r->row_alignments[i][0], "https://a.example/rows/1");
	fill_alignment(d, &r->row_alignments[i][1], "https://a.example/rows/2");
}

static void fill_achievement(struct dice *d, struct record *r)
{
	static const char *const urls[MAX_ITEMS] = {"https://a.example/1", "https://a.example/2",
						    "urn:x:3", "urn:x:4", "urn:x:5"};

	r->achievement = (struct badge_achievement){
		.id = dice_chance(d, 50) ? "https://a.example/achievements/1" : "urn:x:1",
		.type = dice_chance(d, 50) ? "MicroCredential" : "Certificate",
		.name = words(d),
		.description = words(d),
		.criteria_id = maybe(d, "https://a.example/criteria"),
		.criteria = words(d),
		.image = maybe(d, "https://a.example/i.png"),
		.field_of_study = maybe(d, dice_text(d)),
		.code = maybe(d, dice_text(d)),
		.language = maybe(d, "en-US"),
		.version = maybe(d, "2026.1"),
		.credits_milli = dice_chance(d, 50) ? (int64_t)dice_roll(d, 99990) + 10 : 0,
		.tags = r->tags,
		.n_tags = dice_roll(d, MAX_ITEMS + 1),
		.alignments = r->alignments,
		.n_alignments = dice_roll(d, MAX_ITEMS + 1),
		.rows = r->rows,
		.n_rows = dice_roll(d, MAX_ITEMS + 1),
	};
	for (size_t i = 0; i < MAX_ITEMS; i++) {
		r->tags[i] = dice_text(d);
		fill_alignment(d, &r->alignments[i], urls[i]);
		fill_row(d, r, i);
	}
	r->issuer = badge_kit_issuer;
	r->issuer.name = words(d);
	r->issuer.url = maybe(d, "https://issuers.example");
	r->issuer.email = maybe(d, "a@issuers.example");
	r->issuer.image = maybe(d, "https://a.example/i.png");
}

static void fill_lists(struct dice *d, struct record *r)
{
	static const char *const members[] = {"urn:x:m0", "urn:x:m1", "urn:x:m2",
					      "urn:x:m3", "urn:x:m4", "urn:x:m5"};

	_Static_assert(ARRAY_LEN(members) >= MAX_ITEMS, "one each");
	for (size_t i = 0; i < MAX_ITEMS; i++) {
		size_t level = dice_roll(d, r->rows[i].n_levels);

		r->results[i] =
			(struct badge_result){codes[i], codes[level], maybe(d, dice_text(d))};
		r->evidence[i] =
			(struct badge_evidence){maybe(d, members[i]), words(d), maybe(d, "audio")};
	}
	if (dice_chance(d, 30)) {
		r->evidence[1] = r->evidence[0];
		r->evidence[1].id = NULL;
	}
}

static void fill_badge(struct dice *d, struct record *r)
{
	r->badge = badge_kit_badge(NULL);
	identity_hash(words(d), "a salt of many bits", r->hash);
	fill_lists(d, r);
	r->badge.id.b[15] = (uint8_t)dice_roll(d, 256);
	r->badge.name = maybe(d, dice_text(d));
	r->badge.subject_id = maybe(d, "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
	r->badge.identity = (struct badge_identity){"emailAddress", r->hash, "a salt of many bits"};
	if (r->badge.subject_id != NULL && dice_chance(d, 50))
		r->badge.identity.hash = NULL;
	r->badge.valid_from_us = (int64_t)dice_roll(d, 1000000000) * US_PER_S;
	r->badge.valid_until_us =
		dice_chance(d, 50) ? r->badge.valid_from_us + INT64_C(5) * 365 * US_PER_DAY : 0;
	r->badge.credits_milli = dice_chance(d, 50) ? (int64_t)dice_roll(d, 99990) + 10 : 0;
	r->badge.results = r->results;
	r->badge.n_results = dice_roll(d, r->achievement.n_rows + 1);
	r->badge.evidence = r->evidence;
	r->badge.n_evidence = dice_roll(d, MAX_ITEMS + 1);
	r->status = (struct badge_status){"https://a.example/status/1#7",
					  "https://a.example/status/1", "7"};
	r->badge.status = dice_chance(d, 30) ? &r->status : NULL;
}

/* NULL if the texts may not stand in one badge: they sort two ways. */
static json_t *sign(struct record *r, struct arena *a, struct random_result *result_r)
{
	struct badge_problem problem;
	struct badge_template *t = badge_template_new(&r->issuer, &r->achievement, &problem);
	struct rdfc_result canonical;
	struct badge_document document;
	struct badge_kit_key key;
	struct badge_signer signer;
	json_t *json = NULL;

	badge_kit_key(BADGE_KIT_SEED, &key);
	signer = badge_kit_signer(&key);
	r->badge.template = t;
	if (t != NULL && badge_sign(&r->badge, &signer, a, &document, &problem)) {
		ENSURE(badge_canonical(&r->badge, a, &canonical, &problem));
		json = json_loads((const char *)document.json.data, 0, NULL);
		ENSURE(json != NULL && json_object_del(json, "proof") == 0);
		*result_r = (struct random_result){canonical.text, canonical.same_in_utf16, NULL};
	} else if (problem.fault != BADGE_LINE_ORDER) {
		fprintf(stderr, "%s at %s\n", badge_fault_sentence(problem.fault), problem.where);
		ENSURE(problem.fault == BADGE_LINE_ORDER);
	}
	badge_template_destroy(&t);
	return json;
}

json_t *random_record(struct dice *d, struct arena *a, struct random_result *result_r)
{
	json_t *json = NULL;

	while (json == NULL) {
		struct record record;

		fill_achievement(d, &record);
		fill_badge(d, &record);
		json = sign(&record, a, result_r);
	}
	return json;
}
