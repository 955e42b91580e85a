/* Stacks of the sample catalogue under a kit. */
#include "tests/support/stack_kit.h"

#include "libshared/calendar.h"
#include "libshared/check.h"
#include "proto/assessment.pb-c.h"
#include "tests/support/life_kit.h"
#include "tests/support/tree.h"

#include <stdlib.h>
#include <string.h>

#define ENROLLMENT_LOG "enrollment.0.log"
#define ASSESSMENT_LOG "assessment.0.log"

int64_t stack_kit_day(const char *text)
{
	int64_t day;

	ENSURE(day_of_text(text, &day));
	return day;
}

const json_t *stack_kit_catalogue(void)
{
	static json_t *catalogue;
	struct arena *arena;
	struct bytes text;

	if (catalogue != NULL)
		return catalogue;
	arena = arena_new((size_t)1 << 20);
	text = tree_read("deploy/sample/catalogue.json", arena);
	catalogue = json_loadb((const char *)text.data, text.len, 0, NULL);
	arena_destroy(&arena);
	ENSURE(catalogue != NULL);
	return catalogue;
}

static char *text_of(struct kit *k, const json_t *object, const char *member)
{
	return arena_text(k->arena,
			  bytes_of_text(json_string_value(json_object_get(object, member))));
}

static uint32_t version_of(const json_t *object)
{
	return (uint32_t)json_integer_value(json_object_get(object, "version"));
}

/* ---- what neighbours say ---- */

static void give_issuer(struct kit *k, const json_t *from)
{
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__IssuerPublished published = ENROLLMENT__ISSUER_PUBLISHED__INIT;
	Enrollment__Issuer issuer = *kit_issuer();
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey add = ISSUANCE__ADD_KEY__INIT;

	issuer.code = text_of(k, from, "id");
	issuer.issuer = pb_of_bytes(kit_name("issuer", issuer.code));
	issuer.name = text_of(k, from, "name");
	issuer.did = text_of(k, from, "did");
	published.issuer = &issuer;
	event.body_case = ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED;
	event.issuer_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, bytes_of_pb(issuer.issuer), &event.base);
	add.issuer = issuer.issuer;
	command.body_case = ISSUANCE__COMMAND__BODY_ADD_KEY;
	command.add_key = &add;
	ENSURE(kit_send(k, BYTES_NONE, &command.base) == CAIRN__STATUS__OK);
}

void stack_kit_open(struct kit *k)
{
	const json_t *issuers = json_object_get(stack_kit_catalogue(), "issuers");

	for (size_t i = 0; i < json_array_size(issuers); i++)
		give_issuer(k, json_array_get(issuers, i));
}

void stack_kit_publish(struct kit *k, const json_t *stack)
{
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__StackPublished published = ENROLLMENT__STACK_PUBLISHED__INIT;
	Enrollment__Document document = ENROLLMENT__DOCUMENT__INIT;

	document.code = text_of(k, stack, "id");
	document.id = pb_of_bytes(kit_name("stack", document.code));
	document.version = version_of(stack);
	document.title = text_of(k, stack, "title");
	document.json = json_dumps(stack, JSON_COMPACT);
	published.stack = &document;
	event.body_case = ENROLLMENT__EVENT__BODY_STACK_PUBLISHED;
	event.stack_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, bytes_of_pb(document.id), &event.base);
	free(document.json);
}

void stack_kit_publish_small(struct kit *k)
{
	json_t *stack = json_pack(
		"{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:i, s:s}", "id",
		STACK_KIT_SMALL, "version", 1, "title", "First Steps in Literacy", "issuer",
		kit_issuer()->code, "topic", "literacy", "competency", "The educator begins.",
		"description", "One micro-credential.", "rule", "op", "micro_credential", "id",
		"lit-101", "within_months", 36, "achievement_type", "Certificate");

	ENSURE(stack != NULL);
	stack_kit_publish(k, stack);
	json_decref(stack);
}

void stack_kit_publish_all(struct kit *k)
{
	const json_t *stacks = json_object_get(stack_kit_catalogue(), "stacks");

	for (size_t i = 0; i < json_array_size(stacks); i++)
		stack_kit_publish(k, json_array_get(stacks, i));
}

void stack_kit_educator(struct kit *k, struct bytes educator)
{
	issuance_given_educator(k, educator);
}

static void give_entry(struct kit *k, const char *code)
{
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__EntryPublished published = ENROLLMENT__ENTRY_PUBLISHED__INIT;
	Enrollment__Entry entry = *kit_entry();

	entry.code = arena_text(k->arena, bytes_of_text(code));
	entry.entry = pb_of_bytes(kit_name("entry", entry.code));
	published.entry = &entry;
	event.body_case = ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED;
	event.entry_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, bytes_of_pb(entry.entry), &event.base);
}

static const Issuance__CredentialIssued *issued_for(struct kit *k, struct bytes decision)
{
	const Issuance__CredentialIssued *c;

	while ((c = issuance_next_issued(k)) != NULL)
		if (bytes_equal(bytes_of_pb(c->decision), decision))
			return c;
	return NULL;
}

struct bytes stack_kit_earn(struct kit *k, struct bytes educator, const char *code, int64_t day)
{
	const Enrollment__Rubric *rubric = kit_entry()->rubric;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	Assessment__DecisionReleased released = ASSESSMENT__DECISION_RELEASED__INIT;
	Assessment__RowResult rows[8], *list[8];
	const Issuance__CredentialIssued *c;
	static char profile[] = "standard";

	give_entry(k, code);
	for (size_t i = 0; i < rubric->n_criteria; i++) {
		assessment__row_result__init(&rows[i]);
		rows[i].row = rubric->criteria[i]->code;
		rows[i].ordinal = rubric->pass_ordinal;
		rows[i].met = true;
		list[i] = &rows[i];
	}
	released.decision = pb_of_bytes(kit_id(k));
	released.submission = pb_of_bytes(kit_id(k));
	released.enrollment = pb_of_bytes(kit_id(k));
	released.educator = pb_of_bytes(educator);
	released.entry = pb_of_bytes(kit_name("entry", code));
	released.version = kit_entry()->version;
	released.attempt = 1;
	released.passed = true;
	released.n_rows = rubric->n_criteria;
	released.rows = list;
	released.reads = 2;
	released.profile = profile;
	released.decided_us = day * US_PER_DAY + US_PER_DAY / 2;
	released.sealed_us = released.decided_us - US_PER_DAY;
	event.body_case = ASSESSMENT__EVENT__BODY_DECISION_RELEASED;
	event.decision_released = &released;
	kit_upstream(k, ASSESSMENT_LOG, bytes_of_pb(released.submission), &event.base);
	c = issued_for(k, bytes_of_pb(released.decision));
	return c != NULL ? arena_copy(k->arena, bytes_of_pb(c->credential)) : BYTES_NONE;
}

/* ---- what persons do ---- */

Cairn__Status stack_kit_revoke(struct kit *k, struct bytes credential)
{
	return kit_send(k, BYTES_NONE,
			life_revoke(k->arena, credential, ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR,
				    kit_name("person", "olga"), kit_name("person", "pavel")));
}

struct bytes stack_kit_reverse(struct kit *k, struct bytes credential)
{
	struct bytes renewed = kit_id(k);

	return kit_send(k, BYTES_NONE, life_reverse(k->arena, credential, renewed)) ==
			       CAIRN__STATUS__OK
		       ? renewed
		       : BYTES_NONE;
}

struct bytes stack_kit_correct(struct kit *k, struct bytes credential)
{
	struct bytes corrected = kit_id(k);

	return kit_send(k, BYTES_NONE, life_correct(k->arena, credential, corrected)) ==
			       CAIRN__STATUS__OK
		       ? corrected
		       : BYTES_NONE;
}

Cairn__Status stack_kit_suspend(struct kit *k, struct bytes credential)
{
	return kit_send(k, BYTES_NONE, life_suspend(k->arena, credential));
}

Cairn__Status stack_kit_reinstate(struct kit *k, struct bytes credential)
{
	return kit_send(k, BYTES_NONE, life_reinstate(k->arena, credential));
}

/* ---- sweeps ---- */

bool stack_kit_sweep_some(struct kit *k)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListStacks ask = ISSUANCE__LIST_STACKS__INIT;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__SweepStack sweep = ISSUANCE__SWEEP_STACK__INIT;
	const Issuance__StackList *list;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_STACKS;
	query.list_stacks = &ask;
	ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	list = ((const Issuance__Answer *)k->answer)->stacks;
	for (size_t i = 0; i < list->n_stacks; i++) {
		const Issuance__StackAnswer *a = list->stacks[i];

		if (strcmp(a->sweep->state, "running") != 0)
			continue;
		sweep.stack = a->stack->achievement->entry;
		sweep.version = a->stack->achievement->version;
		sweep.after = a->sweep->cursor.len > 0
				      ? a->sweep->cursor
				      : pb_of_bytes((struct bytes){ID_NONE.b, ID_LEN});
		command.body_case = ISSUANCE__COMMAND__BODY_SWEEP_STACK;
		command.sweep_stack = &sweep;
		ENSURE(kit_send_as(k, kit_id(k), ROLE_SELF, BYTES_NONE, &command.base) ==
		       CAIRN__STATUS__OK);
		return true;
	}
	return false;
}

unsigned stack_kit_sweep(struct kit *k)
{
	unsigned n = 0;

	while (stack_kit_sweep_some(k))
		n++;
	return n;
}

/* ---- what came of it ---- */

const Issuance__EducatorStackList *stack_kit_stacks(struct kit *k, struct bytes educator)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListEducatorStacks ask = ISSUANCE__LIST_EDUCATOR_STACKS__INIT;

	ask.educator = pb_of_bytes(educator);
	query.body_case = ISSUANCE__QUERY__BODY_LIST_EDUCATOR_STACKS;
	query.list_educator_stacks = &ask;
	ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)k->answer)->educator_stacks;
}

const Issuance__EducatorStack *stack_kit_find(struct kit *k, struct bytes educator,
					      const char *code)
{
	const Issuance__EducatorStackList *list = stack_kit_stacks(k, educator);
	const Issuance__EducatorStack *found = NULL;

	for (size_t i = 0; i < list->n_stacks; i++)
		if (strcmp(list->stacks[i]->code, code) == 0)
			found = list->stacks[i];
	return found;
}

static int by_day(const void *a, const void *b)
{
	const Issuance__EducatorStack *const *x = a, *const *y = b;
	int order = strcmp((*x)->awarded_on, (*y)->awarded_on);

	if (order == 0)
		order = strcmp((*x)->code, (*y)->code);
	return order != 0 ? order : strcmp((*x)->state, (*y)->state);
}

const char *stack_kit_awards(struct kit *k, struct bytes educator)
{
	const Issuance__EducatorStackList *list = stack_kit_stacks(k, educator);
	const char *text = "";

	if (list->n_stacks > 0)
		qsort(list->stacks, list->n_stacks, sizeof *list->stacks, by_day);
	for (size_t i = 0; i < list->n_stacks; i++)
		if (list->stacks[i]->awarded_on[0] != '\0')
			text = arena_printf(k->arena, "%s%s%s %s %s", text,
					    *text != '\0' ? ", " : "", list->stacks[i]->code,
					    list->stacks[i]->state, list->stacks[i]->awarded_on);
	return text;
}
