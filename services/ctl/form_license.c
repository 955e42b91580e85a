/* A holder's licenses on a certificate: out of the ledger and its evaluation. */
#include "services/ctl/form_license.h"

#include <inttypes.h>
#include <string.h>

#define ONE_ANSWER_US (5 * US_PER_S)

struct licensing {
	struct ctl *c;
	const Issuance__CredentialAnswer *credential;
};

/* ---- what is asked; NULL: it is not answered ---- */

static const Enrollment__EducatorAnswer *ask_educator(const struct licensing *l)
{
	Enrollment__GetEducator ask = ENROLLMENT__GET_EDUCATOR__INIT;
	Enrollment__Query query = ENROLLMENT__QUERY__INIT;

	ask.educator = l->credential->educator;
	query.body_case = ENROLLMENT__QUERY__BODY_GET_EDUCATOR;
	query.get_educator = &ask;
	return (const Enrollment__EducatorAnswer *)ctl_try(l->c, TO_ENROLLMENT, &query.base,
							   ONE_ANSWER_US);
}

static uint32_t ask_digits(struct ctl *c)
{
	Enrollment__GetDocuments ask = ENROLLMENT__GET_DOCUMENTS__INIT;
	Enrollment__Query query = ENROLLMENT__QUERY__INIT;
	const Enrollment__DocumentsAnswer *a;

	query.body_case = ENROLLMENT__QUERY__BODY_GET_DOCUMENTS;
	query.get_documents = &ask;
	a = (const Enrollment__DocumentsAnswer *)ctl_try(c, TO_ENROLLMENT, &query.base,
							 ONE_ANSWER_US);
	return a != NULL && a->policy != NULL ? a->policy->license_digits : 0;
}

static const Issuance__LedgerAnswer *ask_ledger(const struct licensing *l,
						ProtobufCBinaryData license, uint64_t after)
{
	Issuance__GetLedger ask = ISSUANCE__GET_LEDGER__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;

	ask.license = license;
	ask.after = after;
	query.body_case = ISSUANCE__QUERY__BODY_GET_LEDGER;
	query.get_ledger = &ask;
	return (const Issuance__LedgerAnswer *)ctl_try(l->c, TO_ISSUANCE, &query.base,
						       ONE_ANSWER_US);
}

/* The evaluation as JSON, a new reference. */
static json_t *ask_evaluation(const struct licensing *l, ProtobufCBinaryData license)
{
	Issuance__Evaluate ask = ISSUANCE__EVALUATE__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__EvaluationAnswer *a;

	ask.license = license;
	query.body_case = ISSUANCE__QUERY__BODY_EVALUATE;
	query.evaluate = &ask;
	a = (const Issuance__EvaluationAnswer *)ctl_try(l->c, TO_ISSUANCE, &query.base,
							ONE_ANSWER_US);
	return a != NULL ? json_loads(a->json, 0, NULL) : NULL;
}

/* ---- what it comes to ---- */

/* "6 PDP", "2.5 hour"; of what the evaluation leaves out, why. */
static const char *units_text(struct ctl *c, const Issuance__LedgerLine *line,
			      const json_t *evaluation)
{
	const char *text = arena_printf(c->arena, "%" PRId64 ".%02" PRId64, line->hundredths / 100,
					line->hundredths % 100);
	size_t len = strlen(text), i;
	const json_t *left;

	while (text[len - 1] == '0')
		len--;
	len -= text[len - 1] == '.';
	text = arena_printf(c->arena, "%.*s %s", (int)len, text, line->unit);
	json_array_foreach(json_object_get(evaluation, "not_counted"), i, left)
	{
		const char *code = json_string_value(json_object_get(left, "micro_credential"));
		const char *why = json_string_value(json_object_get(left, "reason"));

		if (code != NULL && why != NULL && strcasecmp(code, line->code) == 0)
			return arena_printf(c->arena, "%s, not counted: %s", text, why);
	}
	return text;
}

/* Those of the micro-credential that the state's policy asks for. */
static const char *categories_text(struct ctl *c, const Issuance__LedgerLine *line,
				   const json_t *evaluation)
{
	const json_t *asked = json_object_get(evaluation, "by_category");
	const char *text = "";

	for (size_t i = 0; i < line->n_categories; i++)
		if (json_object_get(asked, line->categories[i]) != NULL)
			text = arena_printf(c->arena, "%s%s%s", text, text[0] != '\0' ? ", " : "",
					    line->categories[i]);
	return text;
}

/* The credit that counts of the credential. */
static bool is_its_credit(const struct licensing *l, const Issuance__LedgerLine *line)
{
	return strcmp(line->kind, "credit") == 0 && strcmp(line->state, "reversed") != 0 &&
	       line->credential.len == l->credential->credential.len &&
	       memcmp(line->credential.data, l->credential->credential.data,
		      line->credential.len) == 0;
}

static const Issuance__LedgerLine *find_credit(const struct licensing *l,
					       const Issuance__LedgerAnswer *ledger)
{
	while (ledger != NULL) {
		for (size_t i = 0; i < ledger->n_lines; i++)
			if (is_its_credit(l, ledger->lines[i]))
				return ledger->lines[i];
		ledger = ledger->next != 0 ? ask_ledger(l, ledger->license, ledger->next) : NULL;
	}
	return NULL;
}

static void describe(const struct licensing *l, ProtobufCBinaryData license,
		     struct certificate_license *out)
{
	const Issuance__LedgerAnswer *ledger = ask_ledger(l, license, 0);
	const Issuance__LedgerLine *line = find_credit(l, ledger);
	json_t *evaluation;

	if (ledger == NULL)
		return;
	out->state = ledger->state;
	out->type = ledger->type;
	out->issued = ledger->issued;
	out->expires = ledger->expires;
	if (line == NULL)
		return;
	evaluation = ask_evaluation(l, license);
	out->units = units_text(l->c, line, evaluation);
	out->categories = categories_text(l->c, line, evaluation);
	json_decref(evaluation);
}

const struct certificate_license *form_licenses(struct ctl *c,
						const Issuance__CredentialAnswer *credential,
						const Enrollment__NamesAnswer *names, size_t *n_r)
{
	struct licensing l = {.c = c, .credential = credential};
	const Enrollment__EducatorAnswer *educator = ask_educator(&l);
	struct certificate_license *list;
	size_t n = educator != NULL ? educator->n_license_ids : 0;
	uint32_t digits;
	bool is_named;

	*n_r = n;
	list = arena_zalloc(c->arena, MAX(n, (size_t)1) * sizeof *list);
	is_named = names != NULL && names->n_licenses == n;
	digits = is_named ? ask_digits(c) : 0;
	for (size_t i = 0; i < n; i++) {
		list[i].number = is_named ? names->licenses[i]->number : "";
		list[i].digits = digits;
		describe(&l, educator->license_ids[i], &list[i]);
	}
	return list;
}
