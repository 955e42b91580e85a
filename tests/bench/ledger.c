/* Renewal evaluations for the educators of a state, 400,000 of them, each with a license and five
 * credentials: out of issuance's tables, against the rules alone, and against reading the policy
 * for each: bench_ledger [--quick]. */
#include "libshared/check.h"
#include "proto/assessment.pb-c.h"
#include "services/issuance/issuance.h"
#include "services/issuance/ledger.h"
#include "services/issuance/rules/renewal_read.h"
#include "services/issuance/tables_ledger.h"
#include "tests/bench/bench.h"
#include "tests/support/issuance_kit.h"

#include <stdlib.h>
#include <unistd.h>

#define EDUCATORS 400000 /* of the state */
#define ENTRIES 5
#define ARENA_BYTES ((size_t)1 << 20)

static struct kit kit;
static struct arena *arena;
static size_t evaluations; /* that are made, to know what EDUCATORS take */

/* As strict as a state's: every category at least so much, no part counted twice, small topics not
 * at all. */
static const struct policy_given policy = {
	"TN",
	"2020-01-01",
	"1",
	1,
	",'double_count':false,'min_units_per_topic':10,'category_rules':["
	"{'category':'content','min_units':15,'applies_when':'always'},"
	"{'category':'pedagogy','min_units':15,'applies_when':'always'},"
	"{'category':'literacy_reading','min_units':20,'applies_when':'not_grades_k5'},"
	"{'category':'english_learners','min_units':15,'applies_when':'always'}],"
	"'caps':[{'name':'digital','categories':['digital_learning'],"
	"'max_percent_of_required':25}]",
	NULL};

/* ---- the state ---- */

static Enrollment__Entry entry_of(unsigned n)
{
	Enrollment__Entry entry = *kit_entry();

	entry.code = arena_printf(kit.arena, "BEN-%u", n);
	entry.entry = pb_of_bytes(kit_name("entry", arena_printf(kit.arena, "ben-%u", n)));
	return entry;
}

static void given_entry(unsigned n)
{
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__EntryPublished published = ENROLLMENT__ENTRY_PUBLISHED__INIT;
	Enrollment__Entry entry = entry_of(n);

	published.entry = &entry;
	event.body_case = ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED;
	event.entry_published = &published;
	kit_upstream(&kit, "enrollment.0.log", bytes_of_pb(entry.entry), &event.base);
}

static void released(struct bytes educator, ProtobufCBinaryData entry)
{
	static char profile[] = "standard";
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	Assessment__DecisionReleased r = ASSESSMENT__DECISION_RELEASED__INIT;

	r.decision = pb_of_bytes(kit_id(&kit));
	r.submission = pb_of_bytes(kit_id(&kit));
	r.enrollment = pb_of_bytes(kit_id(&kit));
	r.educator = pb_of_bytes(educator);
	r.entry = entry;
	r.version = kit_entry()->version;
	r.attempt = 1;
	r.passed = true;
	r.reads = 2;
	r.profile = profile;
	r.sealed_us = kit.now_us - US_PER_DAY;
	r.decided_us = kit.now_us;
	event.body_case = ASSESSMENT__EVENT__BODY_DECISION_RELEASED;
	event.decision_released = &r;
	kit_upstream(&kit, "assessment.0.log", bytes_of_pb(r.submission), &event.base);
}

static void given_state(struct bytes licenses[], size_t n)
{
	ProtobufCBinaryData entries[ENTRIES];

	kit_open(&kit, &issuance_service);
	issuance_given_all(&kit);
	issuance_given_policy(&kit, &policy);
	for (unsigned i = 0; i < ENTRIES; i++) {
		given_entry(i);
		entries[i] = entry_of(i).entry;
	}
	for (size_t i = 0; i < n; i++) {
		struct bytes educator = kit_id(&kit);

		issuance_given_educator(&kit, educator);
		licenses[i] = issuance_given_term(&kit, educator, "TN", "2024-01-01", "2028-12-31");
		for (unsigned j = 0; j < ENTRIES; j++)
			released(educator, entries[j]);
	}
}

/* ---- what is measured ---- */

static struct ledger_policy chosen(const struct view *view, const Issuance__LicenseNoted *license)
{
	struct ledger_clock clock = {&kit.caps, kit.now_us};
	struct ledger_choice choice = {.view = view,
				       .clock = &clock,
				       .license = license,
				       .state = license->state,
				       .arena = arena};
	struct ledger_policy p;

	ENSURE(ledger_choose(&choice, &p));
	return p;
}

static double evaluate_all(const struct bytes licenses[], size_t n)
{
	const struct view *view = kit_view(&kit);
	double from = bench_processor();

	for (size_t i = 0; i < evaluations; i++) {
		struct ledger_question q = {.view = view, .own = true, .arena = arena};
		struct renewal_answer answer;
		struct ledger_policy p;

		arena_reset(arena);
		q.license = license_get(view, licenses[i % n], arena);
		p = chosen(view, q.license);
		q.policy = &p;
		ledger_evaluate(&q, &answer);
		ENSURE(answer.total == (int64_t)ENTRIES * kit_entry()->clock_hours * HUNDREDTHS);
	}
	return (bench_processor() - from) * EDUCATORS / (double)evaluations;
}

static double rules_alone(const struct renewal_policy *rules)
{
	static const char *const categories[] = {"content", "english_learners"};
	struct renewal_credit credits[ENTRIES];
	struct renewal_case c = {.policy = rules, .credits = credits, .n_credits = ENTRIES};
	struct renewal_answer answer;
	double from;

	c.license.expires = ENTRIES;
	for (unsigned i = 0; i < ENTRIES; i++)
		credits[i] = (struct renewal_credit){.micro_credential = kit_entry()->code + i,
						     .topic = "literacy",
						     .categories = {categories, i % 3},
						     .hours = 12 * HUNDREDTHS,
						     .day = i};
	from = bench_processor();
	for (size_t i = 0; i < evaluations; i++) {
		arena_reset(arena);
		renewal_evaluate(&c, arena, &answer);
	}
	return (bench_processor() - from) * EDUCATORS / (double)evaluations;
}

static double read_each_time(const char *text)
{
	size_t n = evaluations / 20;
	double from = bench_processor();

	for (size_t i = 0; i < n; i++) {
		struct reading reading = {.arena = arena};
		json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		struct renewal_policy rules;

		arena_reset(arena);
		renewal_policy_read(part_of(&reading, json, "policy"), &rules);
		json_decref(json);
	}
	return (bench_processor() - from) * EDUCATORS / (double)n;
}

int main(int argc, char **argv)
{
	size_t n = bench_is_quick(argc, argv) ? 400 : 2000, held;
	struct bytes *licenses = calloc(n, sizeof *licenses);
	double all, alone, reading;
	struct ledger_policy p;

	ENSURE(licenses != NULL);
	evaluations = bench_is_quick(argc, argv) ? EDUCATORS / 20 : EDUCATORS;
	given_state(licenses, n);
	arena = arena_new(ARENA_BYTES);
	held = bench_anonymous(getpid());
	all = evaluate_all(licenses, n);
	held = bench_anonymous(getpid()) - held;
	arena_reset(arena);
	p = chosen(kit_view(&kit), license_get(kit_view(&kit), licenses[0], arena));
	reading = read_each_time(arena_text(kit.arena, bytes_of_text(p.noted->json)));
	alone = rules_alone(p.rules);
	bench_line(
		"a state's 400,000 educators evaluated", bench_text("%.1f s", all).s,
		bench_text("%.0f /s, the rules alone %.0f /s", EDUCATORS / all, EDUCATORS / alone)
			.s,
		bench_text("tables of %zu educators; held %zu kB more", n, held / 1024).s);
	bench_line("  if each read the policy", bench_text("%.1f s", all + reading).s,
		   bench_text("%.1f times as long", (all + reading) / all).s,
		   "parsing, which is remembered");
	arena_destroy(&arena);
	kit_close(&kit);
	free(licenses);
	return EXIT_SUCCESS;
}
