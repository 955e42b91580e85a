/* A new stack evaluated for all educators, batch by batch; and the end of an award's hold. */
#include "libshared/check.h"
#include "services/issuance/decide_parts.h"
#include "services/issuance/stack.h"
#include "services/issuance/tables_stack.h"

#include <string.h>

/* Some ten milliseconds each, so that nobody waits long behind a batch. */
#define SWEEP_EDUCATORS 8192
#define SWEEP_AWARDS 128

struct sweep {
	struct evaluation_of e;
	struct stack_rules *rules;
	struct id educator; /* whose credentials are being read; none: no one's yet */
	Issuance__StackSwept swept;
};

static void sweep_educator(struct sweep *s)
{
	struct bytes stack = bytes_of_pb(s->swept.stack);
	struct active active;

	s->e.educator = bytes_of_id(&s->educator);
	s->swept.seen++;
	if (stack_rules_day(s->rules, &s->e.has, s->e.d->now_us / US_PER_DAY, s->e.d->arena) ==
		    STACK_NEVER ||
	    active_get(s->e.view, s->e.educator, stack, &active))
		return;
	s->e.educator = arena_copy(s->e.d->arena, s->e.educator);
	stack_evaluate_new(&s->e, s->rules);
}

static bool is_full(const struct sweep *s)
{
	return s->swept.seen == SWEEP_EDUCATORS || s->e.n_awarded + s->e.n_held >= SWEEP_AWARDS;
}

static struct scan scan_behind(const struct view *view, const uint8_t cursor[ID_LEN])
{
	uint8_t last[ID_LEN + 1];
	struct key from = {0};

	memset(last, 0xff, sizeof last);
	if (is_id((struct bytes){cursor, ID_LEN})) {
		key_add(&from, (struct bytes){cursor, ID_LEN});
		key_add(&from, BYTES_OF(last));
	}
	return scan_first(view, EARNED, BYTES_NONE, key_bytes(&from));
}

/* All credentials of one educator stand side by side. */
static void sweep_next(struct sweep *s, const struct stack_row *row)
{
	struct scan scan = scan_behind(s->e.view, row->cursor);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		if (memcmp(key.data, s->educator.b, ID_LEN) != 0) {
			if (!id_is_none(&s->educator))
				sweep_educator(s);
			if (is_full(s)) {
				scan_end(&scan);
				return;
			}
			s->educator = id_of_bytes((struct bytes){key.data, ID_LEN});
			s->e.has.n = 0;
		}
		holdings_add_row(&s->e.has, key, val, s->e.d->arena);
	}
	if (!id_is_none(&s->educator))
		sweep_educator(s);
	s->swept.finished = true;
}

/* A batch that was sent for another cursor or version does nothing. */
enum verdict decide_sweep_stack(const struct view *view, const Issuance__Command *cmd,
				struct decision *d)
{
	const Issuance__SweepStack *ask = cmd->sweep_stack;
	struct bytes stack = bytes_of_pb(ask->stack);
	struct sweep s = {.e = {.view = view, .d = d}, .swept = ISSUANCE__STACK_SWEPT__INIT};
	struct stack_row row;

	if (!is_id(stack) || !stack_row_get(view, stack, &row) || row.state != SWEEP_RUNNING ||
	    row.number != ask->version ||
	    !bytes_equal(BYTES_OF(row.cursor), bytes_of_pb(ask->after)))
		return ACCEPTED;
	s.rules = stack_rules_of(stack_get(view, stack, row.number, d->arena), d->arena);
	s.swept.stack = ask->stack;
	s.swept.version = ask->version;
	sweep_next(&s, &row);
	if (s.swept.seen > 0)
		s.swept.cursor = pb_of_id(&s.educator);
	s.swept.awarded = (uint32_t)s.e.n_awarded;
	s.swept.held = (uint32_t)s.e.n_held;
	EMIT(d, stack, STACK_SWEPT, stack_swept, &s.swept);
	return ACCEPTED;
}

enum verdict decide_stack_members(const struct view *view, const struct timer_due *timer,
				  struct decision *d)
{
	struct bytes award = bytes_of_id(&timer->entity);
	const char *why = stack_try_members(view, award, d);

	if (why != NULL)
		stack_hold_members(view, credential_get(view, award, d->arena), why,
				   d->now_us + US_PER_DAY, d);
	return ACCEPTED;
}

enum verdict decide_stack_hold(const struct view *view, const struct timer_due *timer,
			       struct decision *d)
{
	const Issuance__CredentialIssued *award =
		credential_get(view, bytes_of_id(&timer->entity), d->arena);

	ENSURE(award != NULL); /* set by its event */
	stack_hold_ends(view, award, d);
	return ACCEPTED;
}
