/* From a credential's JSON to the few texts that forms are made of. */
#include "services/issuance/forms/facts.h"

#include "libshared/zone.h"
#include "services/issuance/documents/datetime.h"
#include "services/issuance/documents/jws.h"
#include "services/issuance/documents/verify.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define RESULTS_MAX 64

static const char *const months[] = {"January",   "February", "March",    "April",
				     "May",       "June",     "July",     "August",
				     "September", "October",  "November", "December"};

void form_date(int64_t at_us, char text_r[FORM_DATE_LEN])
{
	struct civil c = civil_of_day(at_us / US_PER_DAY);

	snprintf(text_r, FORM_DATE_LEN, "%s %d, %d", months[c.month - 1], c.day, c.year);
}

/* ---- members ---- */

static const char *text_in(const json_t *object, const char *member, struct arena *a)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text != NULL ? arena_text(a, bytes_of_text(text)) : "";
}

/* The one, or the first of several. */
static const json_t *first_of(const json_t *value)
{
	return json_is_array(value) ? json_array_get(value, 0) : value;
}

/* The object of a list that has this id, or NULL. */
static const json_t *with_id(const json_t *list, const char *id)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *its = json_string_value(json_object_get(item, "id"));

		if (its != NULL && strcmp(its, id) == 0)
			return item;
	}
	return NULL;
}

static void read_results(const json_t *subject, const json_t *achievement, struct arena *a,
			 struct form_facts *f)
{
	const json_t *results = json_object_get(subject, "result");
	const json_t *rows = json_object_get(achievement, "resultDescription");
	size_t n = MIN(json_array_size(results), (size_t)RESULTS_MAX);
	struct form_result *list = arena_zalloc(a, MAX(n, (size_t)1) * sizeof *list);

	for (size_t i = 0; i < n; i++) {
		const json_t *result = json_array_get(results, i);
		const json_t *row = with_id(rows, text_in(result, "resultDescription", a));
		const json_t *level = with_id(json_object_get(row, "rubricCriterionLevel"),
					      text_in(result, "achievedLevel", a));

		list[i].row = text_in(row, "name", a);
		list[i].level = text_in(level != NULL ? level : result,
					level != NULL ? "name" : "value", a);
	}
	f->results = list;
	f->n_results = n;
}

static void read_achievement(const json_t *subject, struct arena *a, struct form_facts *f)
{
	const json_t *achievement = json_object_get(subject, "achievement");
	const json_t *credits = json_object_get(subject, "creditsEarned");

	f->title = text_in(achievement, "name", a);
	f->description = text_in(achievement, "description", a);
	f->code = text_in(achievement, "humanCode", a);
	f->version = text_in(achievement, "version", a);
	f->field = text_in(achievement, "fieldOfStudy", a);
	f->language = text_in(achievement, "inLanguage", a);
	f->is_stack = strcmp(text_in(achievement, "achievementType", a), "MicroCredential") != 0;
	f->credits =
		json_is_number(credits) ? arena_printf(a, "%.15g", json_number_value(credits)) : "";
	read_results(subject, achievement, a, f);
}

static void read_issuer(const json_t *issuer, struct arena *a, struct form_facts *f)
{
	f->issuer_id = json_is_string(issuer)
			       ? arena_text(a, bytes_of_text(json_string_value(issuer)))
			       : text_in(issuer, "id", a);
	f->issuer_name = text_in(issuer, "name", a);
	f->issuer_url = text_in(issuer, "url", a);
}

static bool read_times(const json_t *credential, struct arena *a, struct form_facts *f)
{
	const char *until = text_in(credential, "validUntil", a);

	f->signed_at = text_in(first_of(json_object_get(credential, "proof")), "created", a);
	return datetime_parse(text_in(credential, "validFrom", a), &f->valid_from_us) &&
	       (until[0] == '\0' || datetime_parse(until, &f->valid_until_us));
}

static bool read_credential(const json_t *credential, struct arena *a, struct form_facts *f,
			    struct form_problem *problem)
{
	static const char urn[] = "urn:uuid:";

	f->id = text_in(credential, "id", a);
	f->uuid = strncmp(f->id, urn, sizeof urn - 1) == 0 ? f->id + sizeof urn - 1 : f->id;
	read_issuer(json_object_get(credential, "issuer"), a, f);
	read_achievement(first_of(json_object_get(credential, "credentialSubject")), a, f);
	if (f->id[0] == '\0' || f->title[0] == '\0' || f->issuer_id[0] == '\0')
		return form_refuse(problem, "the credential lacks an id, an achievement's name or "
					    "an issuer");
	if (f->issuer_name[0] == '\0')
		f->issuer_name = f->issuer_id;
	if (!read_times(credential, a, f))
		return form_refuse(problem, "the credential's validFrom or validUntil is no time");
	return true;
}

/* The credential itself, or what a JWS has signed of it. */
static json_t *object_of(struct bytes credential, struct arena *a)
{
	struct jws jws;
	json_t *json;

	if (!is_compact_jws(credential))
		return json_loadb((const char *)credential.data, credential.len,
				  JSON_REJECT_DUPLICATES, NULL);
	if (!jws_read(credential, a, &jws))
		return NULL;
	json = json_incref(jws.payload);
	jws_finish(&jws);
	return json;
}

bool form_facts_read(struct bytes credential, struct arena *a, struct form_facts *facts_r,
		     struct form_problem *problem)
{
	struct form_facts facts = {0};
	json_t *json;
	bool sound;

	if (credential.len > VERIFY_MAX_BYTES)
		return form_refuse(problem, "the credential is larger than 1 MiB");
	json = object_of(credential, a);
	if (!json_is_object(json)) {
		json_decref(json);
		return form_refuse(problem, "the credential is not a JSON object");
	}
	sound = read_credential(json, a, &facts, problem);
	json_decref(json);
	if (sound)
		*facts_r = facts;
	return sound;
}
