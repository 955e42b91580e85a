/* Questions about stacks: what there is, how far a new one is, and where an educator stands. */
#include "libshared/calendar.h"
#include "libshared/check.h"
#include "libshared/timers.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/stack_facts.h"
#include "services/issuance/tables_stack.h"

#include <string.h>

#define STACKS_MAX 1000

static char *text_in(const struct query *q, const char *text)
{
	return arena_text(q->arena, bytes_of_text(text));
}

static char *date_text(const struct query *q, int64_t day)
{
	char text[11];

	text_of_day(day, text);
	return text_in(q, text);
}

/* ---- all stacks ---- */

static Issuance__StackSweep *describe_sweep(const struct query *q, const struct stack_row *row)
{
	Issuance__StackSweep *s = arena_alloc(q->arena, sizeof *s);

	issuance__stack_sweep__init(s);
	s->state = text_in(q, row->state == SWEEP_RUNNING ? "running" : "finished");
	s->seen = row->seen;
	s->awarded = row->awarded;
	s->held = row->held;
	s->started_us = row->started_us;
	s->changed_us = row->changed_us;
	if (is_id(BYTES_OF(row->cursor)))
		s->cursor = pb_of_bytes(arena_copy(q->arena, BYTES_OF(row->cursor)));
	return s;
}

static Issuance__StackAnswer *describe_stack(const struct query *q, const struct stack_row *row)
{
	Issuance__StackAnswer *a = arena_alloc(q->arena, sizeof *a);

	issuance__stack_answer__init(a);
	a->stack = (Issuance__StackNoted *)(uintptr_t)stack_get(q->view, BYTES_OF(row->stack), 0,
								q->arena);
	a->awards = row->awards;
	a->sweep = describe_sweep(q, row);
	return a;
}

Cairn__Status list_stacks(const Issuance__Query *query, struct query *q)
{
	struct bytes only = bytes_of_pb(query->list_stacks->stack), key, val;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__StackList list = ISSUANCE__STACK_LIST__INIT;
	struct scan scan;

	if (only.len > 0 && !is_id(only))
		return query_refuse(q, CAIRN__STATUS__INVALID, "stack: 16 bytes are expected");
	scan = scan_first(q->view, STACK, only, only);
	list.stacks = arena_alloc(q->arena, STACKS_MAX * sizeof *list.stacks);
	while (list.n_stacks < STACKS_MAX && scan_next(&scan, &key, &val)) {
		struct stack_row row;

		ENSURE(val.len == sizeof row);
		memcpy(&row, val.data, sizeof row);
		list.stacks[list.n_stacks++] = describe_stack(q, &row);
	}
	scan_end(&scan);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_STACKS;
	answer_message.stacks = &list;
	return query_answer(q, &answer_message.base);
}

/* ---- of one educator ---- */

struct standing {
	const struct query *q;
	struct bytes educator;
	struct holdings has;
	Issuance__EducatorStackList list;
};

static Issuance__EducatorStack *add_stack(struct standing *s, const Issuance__AchievementNoted *a,
					  const char *state)
{
	Issuance__EducatorStack *e = arena_alloc(s->q->arena, sizeof *e);

	issuance__educator_stack__init(e);
	e->stack = a->entry;
	e->version = a->version;
	e->code = a->code;
	e->title = a->title;
	e->state = text_in(s->q, state);
	s->list.stacks[s->list.n_stacks++] = e;
	return e;
}

static void add_award(struct standing *s, struct bytes credential)
{
	const struct query *q = s->q;
	const Issuance__CredentialIssued *c = credential_get(q->view, credential, q->arena);
	Issuance__EducatorStack *e;
	int64_t due_us;

	if (c->n_members == 0)
		return;
	e = add_stack(s, achievement_get(q->view, bytes_of_pb(c->entry), c->version, q->arena),
		      credential_state(q, c));
	e->credential = c->credential;
	e->awarded_on = date_text(q, c->valid_from_us / US_PER_DAY);
	e->n_members = c->n_members;
	e->members = c->members;
	if (timer_due(q->view, credential, TIMER_STACK_HOLD, &due_us))
		e->revokes_on = date_text(q, due_us / US_PER_DAY);
}

static void add_awards(struct standing *s)
{
	struct scan scan = scan_first(s->q->view, OF_EDUCATOR, s->educator, s->educator);
	struct bytes key, val;

	while (s->list.n_stacks < STACKS_MAX && scan_next(&scan, &key, &val))
		add_award(s, (struct bytes){key.data + ID_LEN, ID_LEN});
	scan_end(&scan);
}

static bool is_listed(char *const *codes, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(codes[i], code) == 0)
			return true;
	return false;
}

/* Whether the rule would hold today with one more micro-credential. */
static bool completes(const struct standing *s, struct stack_rules *rules,
		      const Issuance__StackPart *part)
{
	const struct query *q = s->q;
	int64_t today = q->now_us / US_PER_DAY;
	struct holdings with = {.n = s->has.n + 1, .room = s->has.n + 1};

	with.list = arena_zalloc(q->arena, with.n * sizeof *with.list);
	if (s->has.n > 0)
		memcpy(with.list, s->has.list, s->has.n * sizeof *with.list);
	with.list[s->has.n].entry = id_of_bytes(bytes_of_pb(part->entry));
	with.list[s->has.n].day = today;
	return stack_rules_day(rules, &with, today, q->arena) != STACK_NEVER;
}

static void add_if_near(struct standing *s, const Issuance__StackNoted *noted)
{
	const struct query *q = s->q;
	struct stack_rules *rules = stack_rules_of(noted, q->arena);
	char **missing = arena_alloc(q->arena, noted->n_parts * sizeof *missing);
	Issuance__EducatorStack *e;
	size_t n = 0;

	if (stack_rules_day(rules, &s->has, q->now_us / US_PER_DAY, q->arena) != STACK_NEVER)
		return; /* the sweep or a person's revocation stands between */
	for (size_t i = 0; i < noted->n_parts; i++) {
		const Issuance__StackPart *part = noted->parts[i];

		if (part->at_least == 0 && !part->stack && !is_listed(missing, n, part->code) &&
		    completes(s, rules, part))
			missing[n++] = part->code;
	}
	if (n == 0)
		return;
	e = add_stack(s, noted->achievement, "one_step_away");
	e->n_missing = n;
	e->missing = missing;
}

static void add_waiting(struct standing *s, struct bytes stack)
{
	const struct query *q = s->q;
	const Issuance__StackNoted *noted = stack_get(q->view, stack, 0, q->arena);
	struct active active;
	struct id held;

	if (active_get(q->view, s->educator, stack, &active))
		return;
	if (stack_held(q->view, s->educator, stack, &held))
		add_stack(s, noted->achievement, "held")->credential =
			pb_of_bytes(arena_copy(q->arena, bytes_of_id(&held)));
	else
		add_if_near(s, noted);
}

Cairn__Status list_educator_stacks(const Issuance__Query *query, struct query *q)
{
	struct standing s = {.q = q,
			     .educator = bytes_of_pb(query->list_educator_stacks->educator),
			     .list = ISSUANCE__EDUCATOR_STACK_LIST__INIT};
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	struct scan scan = scan_first(q->view, STACK, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	if (!is_id(s.educator) || educator_get(q->view, s.educator, q->arena) == NULL) {
		scan_end(&scan);
		return query_refuse(q, CAIRN__STATUS__INVALID, "educator: not known here");
	}
	holdings_read(q->view, s.educator, q->arena, &s.has);
	s.list.stacks = arena_alloc(q->arena, 2 * STACKS_MAX * sizeof *s.list.stacks);
	add_awards(&s);
	while (s.list.n_stacks < 2 * STACKS_MAX && scan_next(&scan, &key, &val))
		add_waiting(&s, arena_copy(q->arena, key));
	scan_end(&scan);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_EDUCATOR_STACKS;
	answer_message.educator_stacks = &s.list;
	return query_answer(q, &answer_message.base);
}
