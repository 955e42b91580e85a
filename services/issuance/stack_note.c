/* Stacks out of the catalogue's JSON, and their rules out of what is kept of them. */
#include "services/issuance/stack_note.h"

#include "libshared/calendar.h"
#include "libshared/check.h"
#include "libshared/json_text.h"
#include "services/issuance/rules/stack_read.h"
#include "services/issuance/tables_stack.h"

#include <inttypes.h>
#include <string.h>

/* ---- the rule ---- */

struct flattening {
	struct decision *d;
	Issuance__StackNoted *noted;
	size_t room; /* of parts and mentions */
};

static size_t count_parts(const struct stack_rule *rule)
{
	size_t n = 1;

	for (size_t i = 0; i < rule->n_of; i++)
		n += count_parts(&rule->of[i]);
	return n;
}

static bool is_mentioned(const Issuance__StackNoted *noted, struct bytes id)
{
	for (size_t i = 0; i < noted->n_mentions; i++)
		if (bytes_equal(bytes_of_pb(noted->mentions[i]), id))
			return true;
	return false;
}

static void name_part(struct flattening *f, const struct stack_rule *rule, Issuance__StackPart *p)
{
	struct id id = id_of_name(rule->op == STACK_OF_STACK ? "stack" : "entry", rule->id);
	Issuance__StackNoted *noted = f->noted;

	p->code = arena_text(f->d->arena, bytes_of_text(rule->id));
	p->entry = pb_of_bytes(arena_copy(f->d->arena, bytes_of_id(&id)));
	p->stack = rule->op == STACK_OF_STACK;
	p->before = rule->before != STACK_NEVER ? rule->before : 0;
	if (!is_mentioned(noted, bytes_of_pb(p->entry)))
		noted->mentions[noted->n_mentions++] = p->entry;
}

static void flatten(struct flattening *f, const struct stack_rule *rule)
{
	Issuance__StackPart *p = NEW(f->d, Issuance__StackPart, ISSUANCE__STACK_PART__INIT);

	ENSURE(f->noted->n_parts < f->room);
	f->noted->parts[f->noted->n_parts++] = p;
	if (rule->op != STACK_AT_LEAST) {
		name_part(f, rule, p);
		return;
	}
	p->at_least = (uint32_t)rule->n;
	p->of = (uint32_t)rule->n_of;
	for (size_t i = 0; i < rule->n_of; i++)
		flatten(f, &rule->of[i]);
}

/* ---- in words ---- */

/* The newest title of what a part names; its code while that is not known. */
static const char *title_of(const struct view *view, const struct stack_rule *rule,
			    struct arena *arena)
{
	struct id id = id_of_name(rule->op == STACK_OF_STACK ? "stack" : "entry", rule->id);
	const Issuance__AchievementNoted *a = achievement_newest(view, bytes_of_id(&id), arena);

	return a != NULL ? a->title : rule->id;
}

static const char *leaf_text(const struct view *view, const struct stack_rule *rule,
			     struct arena *arena)
{
	char day[11];

	if (rule->before == STACK_NEVER)
		return title_of(view, rule, arena);
	text_of_day(rule->before, day);
	return arena_printf(arena, "%s, earned before %s", title_of(view, rule, arena), day);
}

/* "all of:", "any of:", "at least 2 of:", and the parts below it, further in. */
static const char *rule_text(const struct view *view, const struct stack_rule *rule,
			     const char *margin, struct arena *arena)
{
	const char *deeper = arena_printf(arena, "%s  ", margin);
	const char *text;

	if (rule->op != STACK_AT_LEAST)
		return arena_printf(arena, "%s- %s", margin, leaf_text(view, rule, arena));
	if (rule->n == rule->n_of)
		text = arena_printf(arena, "%s- all of:", margin);
	else if (rule->n == 1)
		text = arena_printf(arena, "%s- any one of:", margin);
	else
		text = arena_printf(arena, "%s- at least %zu of:", margin, rule->n);
	for (size_t i = 0; i < rule->n_of; i++)
		text = arena_printf(arena, "%s\n%s", text,
				    rule_text(view, &rule->of[i], deeper, arena));
	return text;
}

static char *criteria_of(const struct view *view, const struct stack *stack, const char *competency,
			 struct arena *arena)
{
	const char *text = arena_printf(
		arena,
		"%s\n\nAwarded for what was earned within %" PRIu32 " months of each other:\n%s",
		competency, stack->within_months, rule_text(view, &stack->rule, "", arena));

	return arena_text(arena, bytes_of_text(text));
}

/* ---- what is kept ---- */

static char *text_of(struct part stack, const char *name, struct arena *arena)
{
	return arena_text(arena, bytes_of_text(part_text(stack, name)));
}

static void describe(struct part json, const Enrollment__Document *document,
		     Issuance__AchievementNoted *a, struct arena *arena)
{
	struct id issuer = id_of_name("issuer", part_text(json, "issuer"));

	a->entry = document->id;
	a->version = document->version;
	a->code = document->code;
	a->title = text_of(json, "title", arena);
	a->competency = text_of(json, "competency", arena);
	a->description = text_of(json, "description", arena);
	a->topic = text_of(json, "topic", arena);
	a->type = text_of(json, "achievement_type", arena);
	a->issuer = pb_of_bytes(arena_copy(arena, bytes_of_id(&issuer)));
}

/* Whether the stack is nested in what it mentions, however deep. */
static bool is_circle(const struct view *view, const Issuance__StackNoted *noted,
		      struct arena *arena)
{
	size_t n = 0, room = (size_t)view_count(view, STACK) + 1;
	struct id *up = arena_alloc(arena, room * sizeof *up);

	up[n++] = id_of_bytes(bytes_of_pb(noted->achievement->entry));
	for (size_t i = 0; i < n; i++) {
		struct id stack = ID_NONE;
		bool more = mention_next(view, bytes_of_id(&up[i]), BYTES_NONE, &stack);

		if (is_mentioned(noted, bytes_of_id(&up[i])))
			return true;
		for (; more;
		     more = mention_next(view, bytes_of_id(&up[i]), bytes_of_id(&stack), &stack)) {
			bool is_new = n < room;

			for (size_t j = 0; j < n && is_new; j++)
				is_new = !id_equal(&up[j], &stack);
			if (is_new)
				up[n++] = stack;
		}
	}
	return false;
}

static const char *read_stack(const struct view *view, struct part json,
			      const Enrollment__Document *document, struct decision *d,
			      Issuance__StackNoted *noted)
{
	struct flattening f = {.d = d, .noted = noted};
	struct stack stack;

	stack_read(json, d->now_us / US_PER_DAY, &stack);
	describe(json, document, noted->achievement, d->arena);
	if (json.reading->fault[0] != '\0')
		return json.reading->fault;
	f.room = count_parts(&stack.rule);
	noted->parts = arena_alloc(d->arena, f.room * sizeof *noted->parts);
	noted->mentions = arena_alloc(d->arena, f.room * sizeof *noted->mentions);
	noted->within_months = stack.within_months;
	noted->not_before = stack.not_before;
	flatten(&f, &stack.rule);
	if (is_circle(view, noted, d->arena))
		return "stack.rule: it is nested in itself";
	noted->achievement->criteria =
		criteria_of(view, &stack, noted->achievement->competency, d->arena);
	return NULL;
}

const Issuance__StackNoted *stack_note(const struct view *view,
				       const Enrollment__Document *document, struct decision *d,
				       const char **fault_r)
{
	AUTO(json_decrefp) json_t *json = json_loads(document->json, JSON_REJECT_DUPLICATES, NULL);
	Issuance__StackNoted *noted = NEW(d, Issuance__StackNoted, ISSUANCE__STACK_NOTED__INIT);
	struct reading reading = {.arena = d->arena};
	const char *fault;

	noted->achievement = NEW(d, Issuance__AchievementNoted, ISSUANCE__ACHIEVEMENT_NOTED__INIT);
	noted->achievement->rubric =
		NEW(d, Enrollment__Rubric, ENROLLMENT__RUBRIC__INIT); /* of no rows */
	fault = read_stack(view, part_of(&reading, json, "stack"), document, d, noted);
	if (fault == NULL)
		return noted;
	*fault_r = arena_text(d->arena, bytes_of_text(fault));
	return NULL;
}
