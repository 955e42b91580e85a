/* The rules for records of badges: what is required, which words, nothing twice. */
#include "services/issuance/documents/badge_check.h"

#include "services/issuance/documents/datetime.h"

#include <stdio.h>
#include <string.h>

#define MAX_CREDITS_MILLI INT64_C(999999000)
#define MIN_CREDITS_MILLI 10

static const char *const achievement_types[] = {
	"Achievement",
	"ApprenticeshipCertificate",
	"Assessment",
	"Assignment",
	"AssociateDegree",
	"Award",
	"BachelorDegree",
	"Badge",
	"Certificate",
	"CertificateOfCompletion",
	"Certification",
	"CoCurricular",
	"CommunityService",
	"Competency",
	"Course",
	"Degree",
	"Diploma",
	"DoctoralDegree",
	"Fieldwork",
	"GeneralEducationDevelopment",
	"JourneymanCertificate",
	"LearningProgram",
	"License",
	"MasterCertificate",
	"MasterDegree",
	"Membership",
	"MicroCredential",
	"ProfessionalDoctorate",
	"QualityAssuranceCredential",
	"ResearchDoctorate",
	"SecondarySchoolDiploma",
	NULL,
};

static const char *const target_types[] = {
	"CFItem", "CFRubric",         "CFRubricCriterion",  "CFRubricCriterionLevel",
	"CTDL",   "ceasn:Competency", "ceterms:Credential", NULL,
};

static const char *const identity_types[] = {
	"accountId",
	"emailAddress",
	"identifier",
	"isbn",
	"issn",
	"lisSourcedId",
	"ltiContextId",
	"ltiDeploymentId",
	"ltiPlatformId",
	"ltiToolId",
	"ltiUserId",
	"name",
	"nationalIdentityNumber",
	"oneRosterSourcedId",
	"productId",
	"sisSourcedId",
	"sourcedId",
	"systemId",
	"userName",
	NULL,
};

bool text_is_given(const char *text)
{
	return text != NULL && *text != '\0';
}

static bool text_equal(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

/* An item of a list; NULL stands for the record itself. */
struct item {
	const struct item *outer;
	const char *list;
	size_t index;
};

/* "rows[2].levels[0]." */
static size_t item_text(const struct item *item, char *text, size_t room)
{
	size_t len = item == NULL ? 0 : item_text(item->outer, text, room);

	if (item != NULL && len < room)
		len += (size_t)snprintf(text + len, room - len, "%s[%zu].", item->list,
					item->index);
	return len;
}

static bool refuse_member(const struct item *in, const char *member, enum badge_fault fault,
			  struct badge_problem *problem)
{
	char where[BADGE_WHERE_LEN] = "";
	size_t len = item_text(in, where, sizeof where);

	if (len < sizeof where)
		snprintf(where + len, sizeof where - len, "%s", member);
	return badge_refuse(problem, fault, where);
}

static bool require(const char *text, const struct item *in, const char *member,
		    struct badge_problem *problem)
{
	return text_is_given(text) || refuse_member(in, member, BADGE_MISSING, problem);
}

static bool require_iri(const char *text, const struct item *in, const char *member,
			struct badge_problem *problem)
{
	return require(text, in, member, problem) &&
	       (is_badge_iri(text) || refuse_member(in, member, BADGE_IRI, problem));
}

static bool allow_iri(const char *text, const char *member, struct badge_problem *problem)
{
	return !text_is_given(text) || require_iri(text, NULL, member, problem);
}

static bool is_code_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '~' || c == '-';
}

static bool require_code(const char *code, const struct item *in, const char *member,
			 struct badge_problem *problem)
{
	const char *c = code;

	if (!require(code, in, member, problem))
		return false;
	while (is_code_char(*c))
		c++;
	return *c == '\0' || refuse_member(in, member, BADGE_CODE, problem);
}

/* One of the words, or an extension "ext:...". */
static bool is_word(const char *word, const char *const *words)
{
	const char *c = word + 4;

	if (strncmp(word, "ext:", 4) == 0) {
		while (is_code_char(*c) && *c != '~')
			c++;
		return *c == '\0' && c > word + 4;
	}
	while (*words != NULL && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

/* n characters from first to last. */
static bool skip_chars(const char **at, size_t n, char first, char last)
{
	for (size_t i = 0; i < n; i++) {
		if ((*at)[i] < first || (*at)[i] > last)
			return false;
	}
	*at += n;
	return true;
}

/* "en", "en-US", "zh-Hant-TW", "es-419". */
static bool is_language(const char *tag)
{
	const char *at = tag;

	while (*at >= 'a' && *at <= 'z')
		at++;
	if (at - tag < 2 || at - tag > 4)
		return false;
	if (at[0] == '-' && at[1] >= 'A' && at[1] <= 'Z' && at[2] >= 'a' && at[2] <= 'z') {
		at += 2;
		if (!skip_chars(&at, 3, 'a', 'z'))
			return false;
	}
	if (*at == '\0')
		return true;
	return *at++ == '-' && (skip_chars(&at, 2, 'A', 'Z') || skip_chars(&at, 3, '0', '9')) &&
	       *at == '\0';
}

static bool credits_check(int64_t milli, struct badge_problem *problem)
{
	return milli == 0 || (milli >= MIN_CREDITS_MILLI && milli <= MAX_CREDITS_MILLI) ||
	       badge_refuse(problem, BADGE_NUMBER, "credits_milli");
}

bool badge_issuer_check(const struct badge_issuer *issuer, struct badge_problem *problem)
{
	return require_iri(issuer->id, NULL, "issuer.id", problem) &&
	       require(issuer->name, NULL, "issuer.name", problem) &&
	       allow_iri(issuer->url, "issuer.url", problem) &&
	       allow_iri(issuer->image, "issuer.image", problem);
}

/* ---- lists ---- */

static bool alignment_equal(const struct badge_alignment *a, const struct badge_alignment *b)
{
	return text_equal(a->target_name, b->target_name) &&
	       text_equal(a->target_url, b->target_url) &&
	       text_equal(a->target_code, b->target_code) &&
	       text_equal(a->target_description, b->target_description) &&
	       text_equal(a->target_framework, b->target_framework) &&
	       text_equal(a->target_type, b->target_type);
}

static bool alignments_check(const struct badge_alignment *list, size_t n, const struct item *outer,
			     struct badge_problem *problem)
{
	for (size_t i = 0; i < n; i++) {
		const struct badge_alignment *a = &list[i];
		struct item here = {outer, "alignments", i};

		if (!require(a->target_name, &here, "target_name", problem) ||
		    !require_iri(a->target_url, &here, "target_url", problem))
			return false;
		if (text_is_given(a->target_type) && !is_word(a->target_type, target_types))
			return refuse_member(&here, "target_type", BADGE_WORD, problem);
		for (size_t j = 0; j < i; j++) {
			if (alignment_equal(&list[j], a))
				return refuse_member(&here, "target_name", BADGE_TWIN, problem);
		}
	}
	return true;
}

static bool levels_check(const struct badge_row *row, const struct item *outer,
			 struct badge_problem *problem)
{
	bool required_found = !text_is_given(row->required_level);

	if (row->n_levels == 0)
		return refuse_member(outer, "levels", BADGE_MISSING, problem);
	for (size_t i = 0; i < row->n_levels; i++) {
		const struct badge_level *level = &row->levels[i];
		struct item here = {outer, "levels", i};

		if (!require_code(level->code, &here, "code", problem) ||
		    !require(level->name, &here, "name", problem))
			return false;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(row->levels[j].code, level->code) == 0)
				return refuse_member(&here, "code", BADGE_TWIN, problem);
		}
		required_found |= text_equal(row->required_level, level->code);
	}
	return required_found || refuse_member(outer, "required_level", BADGE_LEVEL, problem);
}

static bool rows_check(const struct badge_achievement *a, struct badge_problem *problem)
{
	for (size_t i = 0; i < a->n_rows; i++) {
		const struct badge_row *row = &a->rows[i];
		struct item here = {NULL, "rows", i};

		if (!require_code(row->code, &here, "code", problem) ||
		    !require(row->name, &here, "name", problem))
			return false;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(a->rows[j].code, row->code) == 0)
				return refuse_member(&here, "code", BADGE_TWIN, problem);
		}
		if (!levels_check(row, &here, problem) ||
		    !alignments_check(row->alignments, row->n_alignments, &here, problem))
			return false;
	}
	return true;
}

bool badge_achievement_check(const struct badge_achievement *a, struct badge_problem *problem)
{
	if (!require_iri(a->id, NULL, "id", problem) || !require(a->type, NULL, "type", problem) ||
	    !require(a->name, NULL, "name", problem) ||
	    !require(a->description, NULL, "description", problem))
		return false;
	if (strchr(a->id, '#') != NULL)
		return badge_refuse(problem, BADGE_IRI, "id");
	if (!text_is_given(a->criteria_id) && !require(a->criteria, NULL, "criteria", problem))
		return false;
	if (!is_word(a->type, achievement_types))
		return badge_refuse(problem, BADGE_WORD, "type");
	if (text_is_given(a->language) && !is_language(a->language))
		return badge_refuse(problem, BADGE_WORD, "language");
	return allow_iri(a->criteria_id, "criteria_id", problem) &&
	       allow_iri(a->image, "image", problem) && credits_check(a->credits_milli, problem) &&
	       alignments_check(a->alignments, a->n_alignments, NULL, problem) &&
	       rows_check(a, problem);
}

/* ---- a badge ---- */

static bool times_check(const struct badge *b, struct badge_problem *problem)
{
	char text[DATETIME_LEN];

	if (!datetime_text(b->valid_from_us, text))
		return badge_refuse(problem, BADGE_TIME, "valid_from_us");
	if (!datetime_text(b->signed_us, text))
		return badge_refuse(problem, BADGE_TIME, "signed_us");
	if (b->valid_until_us != 0 &&
	    (!datetime_text(b->valid_until_us, text) || b->valid_until_us <= b->valid_from_us))
		return badge_refuse(problem, BADGE_TIME, "valid_until_us");
	return true;
}

static bool recipient_check(const struct badge *b, struct badge_problem *problem)
{
	const struct badge_identity *identity = &b->identity;

	if (!text_is_given(b->subject_id) && !text_is_given(identity->hash))
		return badge_refuse(problem, BADGE_MISSING, "identity.hash");
	if (text_is_given(identity->hash)) {
		if (!require(identity->type, NULL, "identity.type", problem))
			return false;
		if (!is_word(identity->type, identity_types))
			return badge_refuse(problem, BADGE_WORD, "identity.type");
	}
	return allow_iri(b->subject_id, "subject_id", problem);
}

static bool status_check(const struct badge_status *s, struct badge_problem *problem)
{
	return require_iri(s->id, NULL, "status.id", problem) &&
	       require_iri(s->list, NULL, "status.list", problem) &&
	       require(s->index, NULL, "status.index", problem);
}

static bool evidence_check(const struct badge *b, struct badge_problem *problem)
{
	for (size_t i = 0; i < b->n_evidence; i++) {
		struct item here = {NULL, "evidence", i};

		if (!require(b->evidence[i].name, &here, "name", problem))
			return false;
		if (!text_is_given(b->evidence[i].id))
			continue;
		if (!require_iri(b->evidence[i].id, &here, "id", problem))
			return false;
		for (size_t j = 0; j < i; j++)
			if (text_equal(b->evidence[j].id, b->evidence[i].id))
				return refuse_member(&here, "id", BADGE_TWIN, problem);
	}
	return true;
}

bool badge_check(const struct badge *b, struct badge_problem *problem)
{
	if (id_is_none(&b->id))
		return badge_refuse(problem, BADGE_MISSING, "id");
	for (size_t i = 0; i < b->n_results; i++) {
		struct item here = {NULL, "results", i};

		for (size_t j = 0; j < i; j++) {
			if (text_equal(b->results[j].row, b->results[i].row))
				return refuse_member(&here, "row", BADGE_TWIN, problem);
		}
	}
	return evidence_check(b, problem) && times_check(b, problem) &&
	       recipient_check(b, problem) && credits_check(b->credits_milli, problem) &&
	       (b->status == NULL || status_check(b->status, problem));
}
