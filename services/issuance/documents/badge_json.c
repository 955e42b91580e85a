/* From a badge's record to its JSON document. */
#include "services/issuance/documents/badge_json.h"

#include "services/issuance/documents/badge_check.h"
#include "services/issuance/documents/datetime.h"
#include "services/issuance/documents/terms.h"

#include <stdio.h>
#include <string.h>

#define SCHEMA_URL                                                                                 \
	"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/"                                     \
	"ob_v3p0_achievementcredential_schema.json"

/* An object being filled, and what went wrong. */
struct writer {
	json_t *object;
	struct badge_problem *problem;
};

static void put(struct writer *w, const char *member, json_t *value)
{
	ENSURE(json_object_set_new_nocheck(w->object, member, value) == 0);
}

static json_t *text_json(const char *text, const char *member, struct badge_problem *problem)
{
	json_t *json = json_string(text);

	if (json == NULL) {
		badge_refuse(problem, BADGE_UTF8, member);
		json = json_string_nocheck("");
	}
	ENSURE(json != NULL);
	return json;
}

/* A text that is not given is left out. */
static void put_text(struct writer *w, const char *member, const char *text)
{
	if (text_is_given(text))
		put(w, member, text_json(text, member, w->problem));
}

static void put_type(struct writer *w, const char *type)
{
	put(w, "type", json_pack("[s]", type));
}

static void put_time(struct writer *w, const char *member, int64_t at_us)
{
	char text[DATETIME_LEN];

	ENSURE(datetime_text(at_us, text)); /* badge_check() saw to it */
	put(w, member, json_string_nocheck(text));
}

static void put_credits(struct writer *w, const char *member, int64_t milli)
{
	if (milli == 0)
		return;
	if (milli % 1000 == 0)
		put(w, member, json_integer(milli / 1000));
	else
		put(w, member, json_real((double)milli / 1000.0));
}

static void put_image(struct writer *w, const char *url)
{
	struct writer image = {json_object(), w->problem};

	put_text(&image, "id", url);
	put_text(&image, "type", "Image");
	put(w, "image", image.object);
}

json_t *badge_context_json(void)
{
	return json_pack("[s,s,s]", CONTEXT_VC_URL, CONTEXT_OB_URL, CONTEXT_EXT_URL);
}

json_t *badge_schema_json(void)
{
	return json_pack("[{s:s,s:s}]", "id", SCHEMA_URL, "type", "1EdTechJsonSchemaValidator2019");
}

json_t *badge_issuer_json(const struct badge_issuer *issuer, struct badge_problem *problem)
{
	struct writer w = {json_object(), problem};

	put_text(&w, "id", issuer->id);
	put_type(&w, "Profile");
	put_text(&w, "name", issuer->name);
	put_text(&w, "url", issuer->url);
	put_text(&w, "email", issuer->email);
	if (text_is_given(issuer->image))
		put_image(&w, issuer->image);
	return w.object;
}

/* ---- the achievement ---- */

static json_t *alignment_json(const struct badge_alignment *a, struct badge_problem *problem)
{
	struct writer w = {json_object(), problem};

	put_type(&w, "Alignment");
	put_text(&w, "targetCode", a->target_code);
	put_text(&w, "targetName", a->target_name);
	put_text(&w, "targetDescription", a->target_description);
	put_text(&w, "targetFramework", a->target_framework);
	put_text(&w, "targetType", a->target_type);
	put_text(&w, "targetUrl", a->target_url);
	return w.object;
}

static void put_alignments(struct writer *w, const struct badge_alignment *list, size_t n)
{
	json_t *array = n > 0 ? json_array() : NULL;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, alignment_json(&list[i], w->problem));
	if (array != NULL)
		put(w, "alignment", array);
}

static void put_row_id(struct writer *w, const char *member, const char *achievement,
		       const char *row)
{
	put(w, member, json_sprintf("%s#%s", achievement, row));
}

static void put_level_id(struct writer *w, const char *member, const char *row_id,
			 const char *level)
{
	put(w, member, json_sprintf("%s/%s", row_id, level));
}

/* The level's number is its place, from 1. */
static json_t *level_json(const struct badge_level *level, const char *row_id, size_t number,
			  struct badge_problem *problem)
{
	struct writer w = {json_object(), problem};

	put_level_id(&w, "id", row_id, level->code);
	put_type(&w, "RubricCriterionLevel");
	put_text(&w, "name", level->name);
	put_text(&w, "description", level->description);
	put(&w, "level", json_sprintf("%zu", number));
	put_text(&w, "points", level->points);
	return w.object;
}

static json_t *row_json(const struct badge_row *row, const char *achievement,
			struct badge_problem *problem)
{
	struct writer w = {json_object(), problem};
	json_t *levels = json_array();
	const char *id;

	put_row_id(&w, "id", achievement, row->code);
	id = json_string_value(json_object_get(w.object, "id"));
	put_type(&w, "ResultDescription");
	put_text(&w, "name", row->name);
	put_text(&w, "resultType", "RubricCriterionLevel");
	if (text_is_given(row->required_level))
		put_level_id(&w, "requiredLevel", id, row->required_level);
	for (size_t i = 0; i < row->n_levels; i++)
		json_array_append_new(levels, level_json(&row->levels[i], id, i + 1, problem));
	put(&w, "rubricCriterionLevel", levels);
	put_alignments(&w, row->alignments, row->n_alignments);
	return w.object;
}

static void put_criteria(struct writer *w, const struct badge_achievement *a)
{
	struct writer criteria = {json_object(), w->problem};

	put_text(&criteria, "id", a->criteria_id);
	put_text(&criteria, "narrative", a->criteria);
	put(w, "criteria", criteria.object);
}

static void put_tags(struct writer *w, const struct badge_achievement *a)
{
	json_t *tags = json_array();

	for (size_t i = 0; i < a->n_tags; i++)
		json_array_append_new(tags, text_json(a->tags[i], "tag", w->problem));
	put(w, "tag", tags);
}

json_t *badge_achievement_json(const struct badge_achievement *a, json_t *creator,
			       struct badge_problem *problem)
{
	struct writer w = {json_object(), problem};
	json_t *rows = json_array();

	put_text(&w, "id", a->id);
	put_type(&w, "Achievement");
	put_text(&w, "achievementType", a->type);
	put_text(&w, "name", a->name);
	put_text(&w, "description", a->description);
	put_criteria(&w, a);
	if (text_is_given(a->image))
		put_image(&w, a->image);
	put(&w, "creator", json_incref(creator));
	put_credits(&w, "creditsAvailable", a->credits_milli);
	put_text(&w, "fieldOfStudy", a->field_of_study);
	put_text(&w, "humanCode", a->code);
	put_text(&w, "inLanguage", a->language);
	put_text(&w, "version", a->version);
	if (a->n_tags > 0)
		put_tags(&w, a);
	put_alignments(&w, a->alignments, a->n_alignments);
	for (size_t i = 0; i < a->n_rows; i++)
		json_array_append_new(rows, row_json(&a->rows[i], a->id, problem));
	if (a->n_rows > 0)
		put(&w, "resultDescription", json_incref(rows));
	json_decref(rows);
	return w.object;
}

/* ---- a badge ---- */

/* The object of an array whose id ends in separator and code; NULL if there is none. */
static json_t *find_coded(const json_t *array, char separator, const char *code)
{
	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *item = json_array_get(array, i);
		const char *end =
			strrchr(json_string_value(json_object_get(item, "id")), separator);

		if (end != NULL && strcmp(end + 1, code) == 0)
			return item;
	}
	return NULL;
}

static json_t *result_json(const struct badge_result *r, const json_t *achievement,
			   struct badge_problem *problem)
{
	struct writer w = {json_object(), problem};
	const json_t *rows = json_object_get(achievement, "resultDescription");
	json_t *row = r->row != NULL ? find_coded(rows, '#', r->row) : NULL, *level = NULL;

	if (row != NULL && r->level != NULL)
		level = find_coded(json_object_get(row, "rubricCriterionLevel"), '/', r->level);
	if (level == NULL) {
		badge_refuse(problem, BADGE_LEVEL, row == NULL ? "results.row" : "results.level");
		return w.object;
	}
	put_type(&w, "Result");
	put(&w, "resultDescription", json_incref(json_object_get(row, "id")));
	put(&w, "achievedLevel", json_incref(json_object_get(level, "id")));
	put_text(&w, "value", r->value);
	return w.object;
}

static json_t *identity_json(const struct badge_identity *i, struct badge_problem *problem)
{
	struct writer w = {json_object(), problem};

	put_text(&w, "type", "IdentityObject");
	put(&w, "hashed", json_true());
	put_text(&w, "identityHash", i->hash);
	put_text(&w, "identityType", i->type);
	put_text(&w, "salt", i->salt);
	return w.object;
}

static json_t *subject_json(const struct badge *b, json_t *achievement,
			    struct badge_problem *problem)
{
	struct writer w = {json_object(), problem};
	json_t *results = b->n_results > 0 ? json_array() : NULL;

	put_text(&w, "id", b->subject_id);
	put_type(&w, "AchievementSubject");
	if (text_is_given(b->identity.hash))
		put(&w, "identifier", json_pack("[o]", identity_json(&b->identity, problem)));
	put_credits(&w, "creditsEarned", b->credits_milli);
	put(&w, "achievement", json_incref(achievement));
	for (size_t i = 0; i < b->n_results; i++)
		json_array_append_new(results, result_json(&b->results[i], achievement, problem));
	if (results != NULL)
		put(&w, "result", results);
	return w.object;
}

static void put_evidence(struct writer *w, const struct badge *b)
{
	json_t *list = json_array();

	for (size_t i = 0; i < b->n_evidence; i++) {
		struct writer item = {json_object(), w->problem};

		put_text(&item, "id", b->evidence[i].id);
		put_type(&item, "Evidence");
		put_text(&item, "name", b->evidence[i].name);
		put_text(&item, "genre", b->evidence[i].genre);
		json_array_append_new(list, item.object);
	}
	put(w, "evidence", list);
}

json_t *badge_status_json(const struct badge_status *s, struct badge_problem *problem)
{
	struct writer status = {json_object(), problem};

	put_text(&status, "id", s->id);
	put_text(&status, "type", "BitstringStatusListEntry");
	put_text(&status, "statusPurpose", "revocation");
	put_text(&status, "statusListIndex", s->index);
	put_text(&status, "statusListCredential", s->list);
	return status.object;
}

static void put_urn(struct writer *w, const struct id *id)
{
	char urn[64];

	snprintf(urn, sizeof urn, "urn:uuid:%s", ID_STR(bytes_of_id(id)));
	put_text(w, "id", urn);
}

json_t *badge_document_json(const struct badge *b, const struct badge_parts *parts,
			    struct badge_problem *problem)
{
	struct writer w = {json_object(), problem};

	put(&w, "@context", json_incref(parts->context));
	put_urn(&w, &b->id);
	put(&w, "type", json_pack("[s,s]", "VerifiableCredential", "OpenBadgeCredential"));
	if (text_is_given(b->name))
		put_text(&w, "name", b->name);
	else
		put(&w, "name", json_incref(json_object_get(parts->achievement, "name")));
	put(&w, "issuer", json_incref(parts->issuer));
	put_time(&w, "validFrom", b->valid_from_us);
	if (b->valid_until_us != 0)
		put_time(&w, "validUntil", b->valid_until_us);
	put(&w, "credentialSubject", subject_json(b, parts->achievement, problem));
	if (b->n_evidence > 0)
		put_evidence(&w, b);
	put(&w, "credentialSchema", json_incref(parts->schema));
	if (b->status != NULL)
		put(&w, "credentialStatus", badge_status_json(b->status, problem));
	return w.object;
}

json_t *badge_proof_json(int64_t signed_us, const char *issuer_id, const char *key)
{
	struct badge_problem none = {0};
	struct writer w = {json_object(), &none};

	put_text(&w, "type", "DataIntegrityProof");
	put_time(&w, "created", signed_us);
	put(&w, "verificationMethod", json_sprintf("%s#%s", issuer_id, key));
	put_text(&w, "cryptosuite", "eddsa-rdfc-2022");
	put_text(&w, "proofPurpose", "assertionMethod");
	return w.object;
}

void badge_proof_add(json_t *document, json_t *proof, const char *proof_value)
{
	struct badge_problem none = {0};
	struct writer w = {proof, &none}, outer = {document, &none};

	put_text(&w, "proofValue", proof_value);
	put(&outer, "proof", json_pack("[O]", proof));
}
