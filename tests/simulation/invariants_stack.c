/* Stacks, told anew: credentials, persons' acts and rules out of the logs go in, and the pure rule
 * says what each award must be by then. */
#include "tests/simulation/invariants_stack.h"
#include "tests/simulation/published_stacks.h"

#include "libshared/calendar.h"
#include "libshared/check.h"
#include "proto/issuance.pb-c.h"

#include <string.h>

#define EDUCATORS_MAX 8
#define FACTS_MAX 256

/* A micro-credential that counts, until it is gone. */
struct fact {
	struct id credential, entry;
	int64_t day;
	unsigned educator;
	bool gone;
};

enum state { NONE, HELD, STANDING, ON_HOLD, SUSPENDED, BARRED };

/* What one educator has of one stack. */
struct award {
	enum state state; /* BARRED: persons revoked it */
	struct id credential;
	uint32_t version;
	int64_t day, until_us;
	Issuance__StackMember **members;
	size_t n_members;
};

struct board {
	struct award awards[EDUCATORS_MAX][STACKS_MAX];
};

/* Who must be looked at because of the decision at hand. */
struct look {
	bool stacks[EDUCATORS_MAX][STACKS_MAX];
};

struct oracle {
	struct published_stacks published;
	struct id educators[EDUCATORS_MAX], issuers[EDUCATORS_MAX]; /* issuers: with a key */
	size_t n_educators, n_issuers;
	struct fact facts[FACTS_MAX];
	size_t n_facts;
	struct board told, due; /* as the log has it, as it must be */
	struct look look;
	int64_t now_us;
	struct tally *tally;
};

/* ---- who is who ---- */

static unsigned number_of(struct id *list, size_t *n, ProtobufCBinaryData id)
{
	for (unsigned i = 0; i < *n; i++)
		if (bytes_equal(bytes_of_id(&list[i]), bytes_of_pb(id)))
			return i;
	ENSURE(*n < EDUCATORS_MAX);
	list[*n] = id_of_bytes(bytes_of_pb(id));
	return (unsigned)(*n)++;
}

static unsigned educator_of(struct oracle *o, ProtobufCBinaryData educator)
{
	return number_of(o->educators, &o->n_educators, educator);
}

/* published.n: it is none. */
static unsigned stack_of(const struct oracle *o, ProtobufCBinaryData entry)
{
	return published_find(&o->published, bytes_of_pb(entry));
}

static bool has_key(const struct oracle *o, const struct id *issuer)
{
	for (size_t i = 0; i < o->n_issuers; i++)
		if (id_equal(&o->issuers[i], issuer))
			return true;
	return false;
}

/* The award of that credential; NULL: it is none, or not the newest. */
static struct award *award_of(struct oracle *o, struct board *board, ProtobufCBinaryData credential,
			      unsigned *educator_r, unsigned *stack_r)
{
	for (unsigned e = 0; e < o->n_educators; e++)
		for (unsigned s = 0; s < o->published.n; s++) {
			struct award *a = &board->awards[e][s];

			if (!bytes_equal(bytes_of_id(&a->credential), bytes_of_pb(credential)))
				continue;
			*educator_r = e;
			*stack_r = s;
			return a;
		}
	return NULL;
}

/* ---- rules ---- */

static void add_earned(const struct stack *stack, const struct id *entry, int64_t day,
		       struct stack_record *record, struct stack_earned *earned)
{
	const struct stack_rule *leaf = stack_leaf_of(&stack->rule, entry);

	if (leaf == NULL)
		return;
	earned[record->n++] =
		(struct stack_earned){leaf->id, leaf->op == STACK_OF_STACK, day, STACK_NEVER};
}

static bool counts(const struct award *a)
{
	return a->state == STANDING || a->state == ON_HOLD || a->state == SUSPENDED;
}

/* The first day on which the rule held with what the educator has now. */
static int64_t day_of(const struct oracle *o, unsigned e, const struct stack *stack)
{
	struct stack_earned earned[FACTS_MAX + STACKS_MAX];
	struct stack_record record = {earned, 0, o->now_us / US_PER_DAY};

	for (size_t i = 0; i < o->n_facts; i++)
		if (o->facts[i].educator == e && !o->facts[i].gone)
			add_earned(stack, &o->facts[i].entry, o->facts[i].day, &record, earned);
	for (size_t s = 0; s < o->published.n; s++)
		if (counts(&o->due.awards[e][s]))
			add_earned(stack, &o->published.list[s].id, o->due.awards[e][s].day,
				   &record, earned);
	return stack_first_day(stack, &record);
}

/* Something of the educator's came or went: the stacks that ever named it are looked at. */
static void changed(struct oracle *o, unsigned e, const struct id *entry)
{
	for (size_t s = 0; s < o->published.n; s++)
		if (stack_mentions(&o->published.list[s], entry))
			o->look.stacks[e][s] = true;
}

/* ---- what goes in ---- */

static void hear_issued(struct oracle *o, const Issuance__CredentialIssued *c)
{
	unsigned e = educator_of(o, c->educator), s = stack_of(o, c->entry);
	struct id entry = id_of_bytes(bytes_of_pb(c->entry));
	struct award *told;

	ENSURE((s == o->published.n) == (c->n_members == 0));
	if (s == o->published.n) {
		ENSURE(o->n_facts < FACTS_MAX);
		o->facts[o->n_facts++] = (struct fact){id_of_bytes(bytes_of_pb(c->credential)),
						       entry, c->decided_us / US_PER_DAY, e, false};
		changed(o, e, &entry);
		return;
	}
	told = &o->told.awards[e][s];
	if (told->state == HELD)
		o->look.stacks[e][s] = true; /* it was tried again */
	*told = (struct award){.state = STANDING,
			       .credential = id_of_bytes(bytes_of_pb(c->credential)),
			       .version = c->version,
			       .day = c->valid_from_us / US_PER_DAY,
			       .members = c->members,
			       .n_members = c->n_members};
	o->tally->awards++;
	if (c->supersedes.len == 0)
		return;
	o->due.awards[e][s] = *told; /* persons' wish, if the rule holds */
	ENSURE(day_of(o, e, &o->published.list[s].versions[c->version - 1]) != STACK_NEVER);
	changed(o, e, &entry);
}

static void forget_fact(struct oracle *o, ProtobufCBinaryData credential, bool looked_at)
{
	for (size_t i = 0; i < o->n_facts; i++) {
		struct fact *f = &o->facts[i];

		if (!bytes_equal(bytes_of_id(&f->credential), bytes_of_pb(credential)))
			continue;
		ENSURE(!f->gone);
		f->gone = true;
		if (looked_at)
			changed(o, f->educator, &f->entry);
		return;
	}
}

/* The end of a hold comes not before its day, and only while the rule does not hold. */
static void hear_revoked(struct oracle *o, const Issuance__CredentialRevoked *r)
{
	unsigned e, s;
	struct award *told = award_of(o, &o->told, r->credential, &e, &s), *due;

	if (told == NULL) {
		forget_fact(o, r->credential, true);
		return;
	}
	due = &o->due.awards[e][s];
	if (r->reason != ISSUANCE__LIFE_REASON__STACK_RULE) {
		due->state = told->state = BARRED;
	} else {
		ENSURE(told->state == ON_HOLD && o->now_us >= told->until_us);
		ENSURE(day_of(o, e, &o->published.list[s].versions[told->version - 1]) ==
		       STACK_NEVER);
		due->state = told->state = NONE;
		o->look.stacks[e][s] = true;
		o->tally->ended++;
	}
	changed(o, e, &o->published.list[s].id);
}

static void hear_suspended(struct oracle *o, const Issuance__CredentialSuspended *c)
{
	unsigned e, s;
	struct award *told = award_of(o, &o->told, c->credential, &e, &s);

	if (told == NULL)
		return;
	told->state = SUSPENDED;
	if (c->reason == ISSUANCE__LIFE_REASON__STACK_RULE) {
		told->state = ON_HOLD;
		told->until_us = c->until_us;
		o->tally->holds++;
	} else {
		o->due.awards[e][s].state = SUSPENDED;
	}
}

static void take_members(struct award *a, const Issuance__Signing *signing)
{
	if (signing->n_members == 0)
		return;
	a->members = signing->members;
	a->n_members = signing->n_members;
}

static void hear_reinstated(struct oracle *o, const Issuance__CredentialReinstated *c)
{
	unsigned e, s;
	struct award *told = award_of(o, &o->told, c->credential, &e, &s);

	if (told == NULL)
		return;
	told->state = STANDING;
	take_members(told, c->signing);
	if (c->by.len == 0)
		return; /* by itself */
	o->due.awards[e][s].state = STANDING;
	ENSURE(day_of(o, e, &o->published.list[s].versions[told->version - 1]) != STACK_NEVER);
}

static void hear_reissued(struct oracle *o, const Issuance__CredentialReissued *c)
{
	unsigned e, s;
	struct award *told = award_of(o, &o->told, c->credential, &e, &s);

	if (told != NULL)
		take_members(told, c->signing);
}

static void hear_held(struct oracle *o, const Issuance__CredentialHeld *c)
{
	unsigned s = stack_of(o, c->entry), e = educator_of(o, c->educator);

	if (s < o->published.n)
		o->told.awards[e][s] = (struct award){
			.state = HELD, .credential = id_of_bytes(bytes_of_pb(c->credential))};
}

/* A version that is not retroactive begins on the day issuance hears of it. */
static void hear_stack(struct oracle *o, const Issuance__StackNoted *noted)
{
	struct published *p = &o->published.list[stack_of(o, noted->achievement->entry)];

	ENSURE(noted->achievement->version == p->newest + 1);
	if (p->versions[p->newest].not_before != 0)
		p->versions[p->newest].not_before = o->now_us / US_PER_DAY;
	p->newest++;
}

/* So few are looked at in one batch. */
static void hear_swept(struct oracle *o, const Issuance__StackSwept *swept)
{
	unsigned s = stack_of(o, swept->stack);

	ENSURE(swept->finished && swept->version == o->published.list[s].newest);
	for (size_t e = 0; e < o->n_educators; e++)
		if (o->due.awards[e][s].state == NONE || o->due.awards[e][s].state == HELD)
			o->look.stacks[e][s] = true;
}

static void hear(struct oracle *o, const Issuance__Event *e)
{
	if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED)
		hear_issued(o, e->credential_issued);
	else if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED)
		hear_revoked(o, e->credential_revoked);
	else if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_SUPERSEDED &&
		 e->credential_superseded->reason == ISSUANCE__LIFE_REASON__CORRECTION)
		forget_fact(o, e->credential_superseded->credential, false);
	else if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_SUSPENDED)
		hear_suspended(o, e->credential_suspended);
	else if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED)
		hear_reinstated(o, e->credential_reinstated);
	else if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REISSUED)
		hear_reissued(o, e->credential_reissued);
	else if (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_HELD)
		hear_held(o, e->credential_held);
	else if (e->body_case == ISSUANCE__EVENT__BODY_STACK_NOTED)
		hear_stack(o, e->stack_noted);
	else if (e->body_case == ISSUANCE__EVENT__BODY_STACK_SWEPT)
		hear_swept(o, e->stack_swept);
	else if (e->body_case == ISSUANCE__EVENT__BODY_KEY_ADDED)
		(void)number_of(o->issuers, &o->n_issuers, e->key_added->issuer);
}

/* ---- what must come of it ---- */

/* An award that counts follows its own version. */
static void judge_award(struct oracle *o, unsigned e, unsigned s)
{
	struct award *due = &o->due.awards[e][s];
	bool holds = day_of(o, e, &o->published.list[s].versions[due->version - 1]) != STACK_NEVER;

	if (due->state == STANDING && !holds) {
		due->state = ON_HOLD;
		due->until_us = (o->now_us / US_PER_DAY + STACK_HOLD_DAYS) * US_PER_DAY;
	} else if (due->state == ON_HOLD && holds) {
		due->state = STANDING;
	}
}

/* Who has none gets one when they are looked at; who is not, may have got one. */
static void judge_none(struct oracle *o, unsigned e, unsigned s)
{
	const struct published *p = &o->published.list[s];
	const struct award *told = &o->told.awards[e][s];
	struct award *due = &o->due.awards[e][s];
	int64_t day = p->newest > 0 ? day_of(o, e, &p->versions[p->newest - 1]) : STACK_NEVER;

	if (day == STACK_NEVER || (!o->look.stacks[e][s] && told->state == due->state))
		return;
	*due = (struct award){.state = has_key(o, &p->issuer) ? STANDING : HELD,
			      .version = p->newest,
			      .day = day};
	if (due->state == STANDING)
		changed(o, e, &p->id);
}

static void judge(struct oracle *o, unsigned e)
{
	for (unsigned s = 0; s < o->published.n; s++) {
		if (counts(&o->due.awards[e][s]))
			judge_award(o, e, s);
		else if (o->due.awards[e][s].state != BARRED)
			judge_none(o, e, s);
	}
}

static bool has(const struct oracle *o, unsigned e, ProtobufCBinaryData credential)
{
	struct bytes id = bytes_of_pb(credential);

	for (size_t i = 0; i < o->n_facts; i++)
		if (o->facts[i].educator == e && !o->facts[i].gone &&
		    bytes_equal(bytes_of_id(&o->facts[i].credential), id))
			return true;
	for (size_t s = 0; s < o->published.n; s++)
		if (counts(&o->told.awards[e][s]) &&
		    bytes_equal(bytes_of_id(&o->told.awards[e][s].credential), id))
			return true;
	return false;
}

static void check_members(const struct oracle *o, unsigned e, unsigned s)
{
	const struct award *a = &o->told.awards[e][s];

	ENSURE(a->n_members > 0);
	for (size_t i = 0; i < a->n_members; i++)
		ENSURE(has(o, e, a->members[i]->credential));
}

static void compare(const struct oracle *o, unsigned e, unsigned s)
{
	const struct award *told = &o->told.awards[e][s], *due = &o->due.awards[e][s];

	ENSURE(told->state == due->state);
	if (!counts(told))
		return;
	ENSURE(told->day == due->day && told->version == due->version);
	ENSURE(told->state != ON_HOLD || told->until_us == due->until_us);
	if (told->state == STANDING)
		check_members(o, e, s);
}

/* All events of one decision. */
static void check_decision(struct oracle *o, const struct history *h, size_t from, size_t to)
{
	o->now_us = h->events[from].record.at_us;
	o->look = (struct look){0};
	for (size_t i = from; i < to; i++)
		if (h->events[i].message != NULL)
			hear(o, (const Issuance__Event *)h->events[i].message);
	for (unsigned e = 0; e < o->n_educators; e++) {
		judge(o, e);
		for (unsigned s = 0; s < o->published.n; s++)
			compare(o, e, s);
	}
	o->due = o->told; /* the same, with ids and members */
}

/* ---- what issuance answers in the end ---- */

static const char *state_word(enum state state)
{
	static const char *const words[] = {[HELD] = "held",
					    [STANDING] = "issued",
					    [ON_HOLD] = "suspended",
					    [SUSPENDED] = "suspended"};

	return words[state];
}

static const Issuance__EducatorStackList *ask_stacks(struct world *w, const struct id *educator)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListEducatorStacks ask = ISSUANCE__LIST_EDUCATOR_STACKS__INIT;
	const Issuance__Answer *answer;

	ask.educator = pb_of_id(educator);
	query.body_case = ISSUANCE__QUERY__BODY_LIST_EDUCATOR_STACKS;
	query.list_educator_stacks = &ask;
	answer = (const Issuance__Answer *)world_ask(w, ISSUANCE, BYTES_NONE, &query.base);
	ENSURE(answer != NULL);
	return answer->educator_stacks;
}

static void check_answer(const Issuance__EducatorStack *said, const struct award *a)
{
	char day[11];

	ENSURE(strcmp(said->state, state_word(a->state)) == 0);
	if (a->state == HELD)
		return;
	text_of_day(a->day, day);
	ENSURE(strcmp(said->awarded_on, day) == 0 && said->version == a->version);
	ENSURE(said->n_members == a->n_members);
	for (size_t i = 0; i < a->n_members; i++)
		ENSURE(bytes_equal(bytes_of_pb(said->members[i]->credential),
				   bytes_of_pb(a->members[i]->credential)));
	if (a->state != ON_HOLD)
		return;
	text_of_day(a->until_us / US_PER_DAY, day);
	ENSURE(strcmp(said->revokes_on, day) == 0);
}

/* Each that stands, is on hold or is held is answered once, and no other is. */
static void check_answers(struct world *w, struct oracle *o, unsigned e)
{
	const Issuance__EducatorStackList *list = ask_stacks(w, &o->educators[e]);
	unsigned said = 0, n = 0, owner, s;

	for (unsigned i = 0; i < o->published.n; i++)
		n += counts(&o->told.awards[e][i]) || o->told.awards[e][i].state == HELD;
	for (size_t i = 0; i < list->n_stacks; i++) {
		const Issuance__EducatorStack *one = list->stacks[i];
		const struct award *a = award_of(o, &o->told, one->credential, &owner, &s);

		if (a == NULL || (!counts(a) && a->state != HELD))
			continue;
		ENSURE(owner == e && strcmp(one->code, o->published.list[s].code) == 0);
		check_answer(one, a);
		said++;
	}
	ENSURE(said == n);
}

void check_stacks(struct world *w, const struct history *enrollment, const struct history *issuance,
		  struct tally *tally)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 18);
	struct oracle *o = arena_zalloc(arena, sizeof *o);

	o->tally = tally;
	published_stacks_read(enrollment, arena, &o->published);
	for (size_t i = 0, end; i < issuance->n; i = end) {
		end = i + 1;
		while (end < issuance->n && id_equal(&issuance->events[end].record.cause,
						     &issuance->events[i].record.cause))
			end++;
		check_decision(o, issuance, i, end);
	}
	for (unsigned e = 0; e < o->n_educators; e++) {
		for (unsigned s = 0; s < o->published.n; s++)
			ENSURE(o->told.awards[e][s].state != ON_HOLD ||
			       o->told.awards[e][s].until_us > w->now_us - US_PER_S);
		check_answers(w, o, e);
	}
}
