/* Stacks of an installation: which there are, how far a new one was evaluated, who is near one. */
#include "services/ctl/commands.h"
#include "services/ctl/stack.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define CODE_MAX 64

void say_sweep(struct ctl *c, const Issuance__StackAnswer *a)
{
	const Issuance__StackSweep *s = a->sweep;

	say(c,
	    "stack %s version %" PRIu32 ": %s, %" PRIu64 " educators evaluated, %" PRIu64 " awards",
	    a->stack->achievement->code, a->stack->achievement->version, s->state, s->seen,
	    s->awarded);
	if (s->held > 0)
		say(c, ", %" PRIu64 " held", s->held);
	say_rate(c, s->seen, s->started_us, s->changed_us);
}

static const Issuance__StackList *ask_stacks(struct ctl *c, json_t *fields)
{
	return (const Issuance__StackList *)ctl_ask_fields(c, TO_ISSUANCE, "list_stacks", fields);
}

static void tell_stacks(struct ctl *c, const Issuance__StackList *list)
{
	json_t *told = json_array();

	for (size_t i = 0; list != NULL && i < list->n_stacks; i++)
		json_array_append_new(told, json_of_message(&list->stacks[i]->base));
	if (list != NULL && list->n_stacks == 0)
		say(c, "no stack was published\n");
	tell(c, "stacks", told);
}

static int list_stacks(struct ctl *c)
{
	const Issuance__StackList *list = ask_stacks(c, json_object());

	for (size_t i = 0; list != NULL && i < list->n_stacks; i++) {
		const Issuance__StackAnswer *a = list->stacks[i];

		say(c, "%s version %" PRIu32 ": %s, %" PRIu64 " awards\n",
		    a->stack->achievement->code, a->stack->achievement->version,
		    a->stack->achievement->title, a->awards);
	}
	tell_stacks(c, list);
	return ctl_exit_code(c);
}

static int show_progress(struct ctl *c)
{
	const Issuance__StackList *list = ask_stacks(c, json_object());

	for (size_t i = 0; list != NULL && i < list->n_stacks; i++)
		say_sweep(c, list->stacks[i]);
	tell_stacks(c, list);
	return ctl_exit_code(c);
}

/* A UUID, or a code in either case. */
static bool stack_of_text(const char *text, struct id *id_r)
{
	char lower[CODE_MAX];
	size_t len = strlen(text);

	if (id_of_text(text, id_r))
		return true;
	if (len == 0 || len >= sizeof lower)
		return false;
	for (size_t i = 0; i <= len; i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	*id_r = id_of_name("stack", lower);
	return true;
}

static int show_stack(struct ctl *c)
{
	const Issuance__StackList *list;
	struct id id;

	if (!stack_of_text(given(c, "stack"), &id))
		return (int)ctl_fault(c, CTL_USAGE, "STACK: a code or a UUID is expected");
	list = ask_stacks(c, json_pack("{s:s}", "stack", ID_STR(bytes_of_id(&id))));
	if (list != NULL && list->n_stacks == 0)
		return (int)ctl_fault(c, CTL_REFUSED, "stack: no such stack was published");
	if (list != NULL) {
		const Issuance__AchievementNoted *a = list->stacks[0]->stack->achievement;

		say(c, "%s version %" PRIu32 ": %s\n%s\n\n%s\n\n", a->code, a->version, a->title,
		    a->description, a->criteria);
		say_sweep(c, list->stacks[0]);
	}
	tell_stacks(c, list);
	return ctl_exit_code(c);
}

static const struct command rows[] = {
	{"stack", "list", "list the stacks that are published", .run = list_stacks},
	{"stack", "show", "show a stack and its rule",
	 PARAMS(OWN_WORD("stack", "STACK", "its code, or its id", P_TEXT, MUST)),
	 .run = show_stack},
	{"stack", "progress", "tell how far new stacks are evaluated", .run = show_progress},
	{"educator", "stacks", "list an educator's stacks, and those one step away",
	 PARAMS(WORD("educator", "EDUCATOR", "the educator's id", P_ID, MUST)), .to = TO_ISSUANCE,
	 .asks = "list_educator_stacks"},
};

const struct command_list stack_commands = {rows, ARRAY_LEN(rows)};
