/* The publisher of a simulation: publishes stacks and new versions of them, tries again what is
 * held, gives one issuer its key late, and lets weeks pass. Plays the daemon's part in sweeps. */
#include "tests/simulation/actors_parts.h"

#include "proto/issuance.pb-c.h"
#include "tests/support/kit.h"

#define VERSIONS 3
#define FIRST "{\"op\":\"micro_credential\",\"id\":\"lit-101\"}"
#define SECOND "{\"op\":\"micro_credential\",\"id\":\"lit-102\"}"
#define NESTED "{\"op\":\"stack\",\"id\":\"st-one\"}"
#define LATE_ISSUER "open-classroom"

/* What a stack takes, and how that changes; the later ones are nested in nothing. */
static const struct plan {
	const char *id, *issuer;
	struct {
		const char *rule;
		unsigned within_months;
		bool retroactive;
	} versions[VERSIONS];
} plans[] = {
	{"st-one",
	 "larkspur-rsa",
	 {{FIRST, 12, true},
	  {SECOND, 12, true},
	  {"{\"op\":\"any\",\"of\":[" FIRST "," SECOND "]}", 12, false}}},
	{"st-both",
	 "larkspur-rsa",
	 {{"{\"op\":\"all\",\"of\":[" FIRST "," SECOND "]}", 1, true},
	  {"{\"op\":\"all\",\"of\":[" FIRST "," SECOND "]}", 12, false},
	  {"{\"op\":\"all\",\"of\":[" FIRST "," SECOND "]}", 12, true}}},
	{"st-whole",
	 LATE_ISSUER,
	 {{"{\"op\":\"all\",\"of\":[" NESTED "," SECOND "]}", 12, true},
	  {"{\"op\":\"at_least\",\"n\":2,\"of\":[" NESTED "," FIRST "," SECOND "]}", 12, true},
	  {NESTED, 12, true}}},
};

static void publisher_says(struct world *w, struct cast *c, unsigned to,
			   const ProtobufCMessage *command)
{
	actor_say(w, &c->publisher, to, NULL, command, NULL);
}

/* ---- stacks ---- */

static char *stack_json(struct world *w, const struct plan *plan, unsigned version)
{
	return arena_printf(
		w->arena,
		"{\"id\":\"%s\",\"version\":%u,\"title\":\"A stack\",\"issuer\":\"%s\","
		"\"topic\":\"literacy\",\"competency\":\"C\",\"description\":\"D\",\"rule\":%s,"
		"\"within_months\":%u,\"retroactive\":%s,\"achievement_type\":\"Certificate\"}",
		plan->id, version, plan->issuer, plan->versions[version - 1].rule,
		plan->versions[version - 1].within_months,
		plan->versions[version - 1].retroactive ? "true" : "false");
}

static const Issuance__StackList *ask_stacks(struct world *w)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListStacks ask = ISSUANCE__LIST_STACKS__INIT;
	const Issuance__Answer *answer;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_STACKS;
	query.list_stacks = &ask;
	answer = (const Issuance__Answer *)world_ask(w, ISSUANCE, BYTES_NONE, &query.base);
	ENSURE(answer != NULL);
	return answer->stacks;
}

/* The version that issuance does not know yet. */
static void publish_stack(struct world *w, struct cast *c)
{
	const struct plan *plan = &plans[chance_below(&w->chance, ARRAY_LEN(plans))];
	const Issuance__StackList *list = ask_stacks(w);
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__PublishStack publish = ENROLLMENT__PUBLISH_STACK__INIT;
	Enrollment__Document document = ENROLLMENT__DOCUMENT__INIT;
	struct id id = id_of_name("stack", plan->id);

	document.version = 1;
	for (size_t i = 0; i < list->n_stacks; i++) {
		const Issuance__AchievementNoted *a = list->stacks[i]->stack->achievement;

		if (bytes_equal(bytes_of_pb(a->entry), bytes_of_id(&id)))
			document.version = a->version + 1;
	}
	if (document.version > VERSIONS)
		return;
	document.id = pb_of_id(&id);
	document.code = actor_text(w, plan->id);
	document.title = actor_text(w, "A stack");
	document.json = stack_json(w, plan, document.version);
	publish.stack = &document;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_STACK;
	cmd.publish_stack = &publish;
	publisher_says(w, c, ENROLLMENT, &cmd.base);
}

static void sweep(struct world *w, struct cast *c)
{
	const Issuance__StackList *list = ask_stacks(w);
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__SweepStack ask = ISSUANCE__SWEEP_STACK__INIT;

	for (size_t i = 0; i < list->n_stacks; i++) {
		const Issuance__StackAnswer *a = list->stacks[i];

		if (bytes_equal(bytes_of_text(a->sweep->state), bytes_of_text("finished")))
			continue;
		ask.stack = a->stack->achievement->entry;
		ask.version = a->stack->achievement->version;
		ask.after = a->sweep->cursor.len > 0
				    ? a->sweep->cursor
				    : pb_of_bytes((struct bytes){ID_NONE.b, ID_LEN});
		cmd.body_case = ISSUANCE__COMMAND__BODY_SWEEP_STACK;
		cmd.sweep_stack = &ask;
		publisher_says(w, c, ISSUANCE, &cmd.base);
		return;
	}
}

/* ---- the issuer that comes late ---- */

static void publish_issuer(struct world *w, struct cast *c)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__PublishIssuer publish = ENROLLMENT__PUBLISH_ISSUER__INIT;
	Enrollment__Issuer issuer = *kit_issuer();

	issuer.code = actor_text(w, LATE_ISSUER);
	issuer.issuer = pb_of_bytes(kit_name("issuer", LATE_ISSUER));
	issuer.did = actor_text(w, "did:web:cairn.example:issuers:" LATE_ISSUER);
	publish.issuer = &issuer;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_ISSUER;
	cmd.publish_issuer = &publish;
	publisher_says(w, c, ENROLLMENT, &cmd.base);
}

static void add_key(struct world *w, struct cast *c)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey add = ISSUANCE__ADD_KEY__INIT;

	add.issuer = pb_of_bytes(kit_name("issuer", LATE_ISSUER));
	cmd.body_case = ISSUANCE__COMMAND__BODY_ADD_KEY;
	cmd.add_key = &add;
	publisher_says(w, c, ISSUANCE, &cmd.base);
}

static void try_held(struct world *w, struct cast *c)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListHeld list = ISSUANCE__LIST_HELD__INIT;
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__IssueHeld ask = ISSUANCE__ISSUE_HELD__INIT;
	const Issuance__Answer *answer;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_HELD;
	query.list_held = &list;
	answer = (const Issuance__Answer *)world_ask(w, ISSUANCE, BYTES_NONE, &query.base);
	if (answer == NULL || answer->held->n_held == 0)
		return;
	ask.credential =
		answer->held->held[chance_below(&w->chance, answer->held->n_held)]->credential;
	cmd.body_case = ISSUANCE__COMMAND__BODY_ISSUE_HELD;
	cmd.issue_held = &ask;
	publisher_says(w, c, ISSUANCE, &cmd.base);
}

/* ---- turns ---- */

/* Past the end of some holds, and before that of others. */
static void let_weeks_pass(struct world *w, struct cast *c)
{
	(void)c;
	w->now_us += (int64_t)(5 + chance_below(&w->chance, 35)) * US_PER_DAY;
}

void publisher_step(struct world *w, struct cast *c)
{
	static const struct {
		unsigned permille;
		void (*act)(struct world *w, struct cast *c);
	} acts[] = {{200, sweep},  {20, publish_issuer}, {30, publish_stack},
		    {10, add_key}, {50, try_held},       {6, let_weeks_pass}};
	unsigned roll = (unsigned)chance_below(&w->chance, 1000);

	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		if (roll < acts[i].permille) {
			acts[i].act(w, c);
			return;
		}
		roll -= acts[i].permille;
	}
}
