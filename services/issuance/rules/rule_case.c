/* A catalogue's rules applied to one history. */
#include "services/issuance/rules/rule_case.h"

#include "libshared/calendar.h"
#include "libshared/json_text.h"
#include "libshared/zone.h"
#include "services/issuance/rules/renewal_read.h"
#include "services/issuance/rules/stack_read.h"
#include "services/issuance/rules/state_layout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MANY 100000
#define HOURS_MAX 10000

struct rule_book {
	const json_t *catalogue;
	struct zones *zones;
	json_t *entries, *issuers; /* by id */
};

/* ---- the catalogue ---- */

static json_t *index_of(struct part catalogue, const char *name)
{
	struct part list = part_list(catalogue, name, MANY);
	json_t *by_id = json_object();

	if (list.json == NULL)
		part_fault(list, "is missing");
	for (size_t i = 0; i < part_count(list); i++) {
		struct part at = part_element(list, i);

		json_object_set(by_id, part_text(at, "id"), (json_t *)(uintptr_t)at.json);
	}
	return by_id;
}

struct rule_book *rule_book_open(const json_t *catalogue, struct zones *zones, struct reading *r)
{
	struct rule_book *book = calloc(1, sizeof *book);
	struct part root = part_of(r, catalogue, "");

	ENSURE(book != NULL);
	book->catalogue = catalogue;
	book->zones = zones;
	book->entries = index_of(root, "microcredentials");
	book->issuers = index_of(root, "issuers");
	if (r->fault[0] != '\0')
		rule_book_close(&book);
	return book;
}

void rule_book_close(struct rule_book **book)
{
	if (*book == NULL)
		return;
	json_decref((*book)->entries);
	json_decref((*book)->issuers);
	free(*book);
	*book = NULL;
}

/* ---- all of its rules ---- */

/* Two policies of one state that no license could tell apart: its credits would count by none. */
static void check_apart(struct part at, const struct renewal_policy *all, size_t n)
{
	const struct renewal_policy *p = &all[n];

	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].id, p->id) != 0 && strcmp(all[i].state, p->state) == 0 &&
		    strcmp(all[i].title, p->title) == 0 &&
		    strcmp(all[i].applies_when, p->applies_when) == 0)
			part_fault(part_member(at, "license"),
				   "\"%.64s\" is for the same licenses: tell them apart by "
				   "license or applies_when",
				   all[i].id);
}

bool rules_check(const json_t *catalogue, struct zones *zones, struct reading *r)
{
	struct part root = part_of(r, catalogue, ""),
		    list = part_list(root, "renewal_policies", MANY);
	size_t n = part_count(list);
	struct renewal_policy *all = arena_alloc(r->arena, (n + 1) * sizeof *all);
	struct state_layout layout;
	struct stack *stacks;

	for (size_t i = 0; i < n && r->fault[0] == '\0'; i++) {
		struct part at = part_element(list, i);

		renewal_policy_read(at, &all[i]);
		state_layout_read(part_member(at, "reporting"), &layout);
		if (renewal_policy_zone(at, zones, &all[i]) != NULL)
			check_apart(at, all, i);
	}
	stacks_read(part_list(root, "stacks", MANY), &stacks);
	return r->fault[0] == '\0';
}

/* ---- a renewal ---- */

static const struct zone *zone_of(const struct rule_book *book, struct part policy)
{
	const char *name = part_text(policy, "time_zone");
	const struct zone *zone = name[0] != '\0' ? zone_find(book->zones, name) : NULL;

	if (zone == NULL)
		part_fault(part_member(policy, "time_zone"), "there is no such time zone");
	return zone;
}

/* The day of the evaluation as the policy's state counts days. */
static int64_t evaluated_on(struct part c, const struct zone *zone, int64_t now_us)
{
	if (part_member(c, "evaluated").json != NULL)
		return part_day(c, "evaluated");
	return zone != NULL ? renewal_day(zone, now_us) : 0;
}

/* The version in force: the latest effective_from not after the evaluation, then the highest. */
static struct part find_policy(const struct rule_book *book, struct part c, int64_t now_us)
{
	struct reading *r = c.reading;
	struct part list = part_list(part_of(r, book->catalogue, ""), "renewal_policies", MANY);
	const char *id = part_text(c, "policy");
	struct part best = {.reading = r, .name = "policy"};
	int64_t best_from = INT64_MIN;
	bool is_known = false;

	for (size_t i = 0; i < part_count(list) && r->fault[0] == '\0'; i++) {
		struct part at = part_element(list, i);
		int64_t from;

		if (strcmp(part_text(at, "id"), id) != 0)
			continue;
		is_known = true;
		from = part_day(at, "effective_from");
		if (from > evaluated_on(c, zone_of(book, at), now_us) || from < best_from)
			continue;
		if (from == best_from &&
		    part_whole(at, "version", UINT32_MAX) < part_whole(best, "version", UINT32_MAX))
			continue;
		best = at;
		best_from = from;
	}
	if (best.json == NULL)
		part_fault(part_member(c, "policy"), "%s \"%.64s\"",
			   is_known ? "no version is in force yet of" : "the catalogue has no", id);
	return best;
}

static struct part policy_of(const struct rule_book *book, struct part c, int64_t now_us)
{
	struct part policy = part_member(c, "policy");

	if (json_is_object(policy.json))
		return policy;
	if (json_is_string(policy.json))
		return find_policy(book, c, now_us);
	part_fault(policy, "the id of a policy of the catalogue, or a policy, is expected");
	return (struct part){.reading = c.reading, .name = "policy"};
}

/* What belongs to the micro-credential, out of the catalogue. */
static void fill_credit(const struct rule_book *book, struct part at, const char *state,
			struct renewal_credit *credit)
{
	const char *id = credit->micro_credential;
	struct part entry = part_of(at.reading, json_object_get(book->entries, id),
				    arena_printf(at.reading->arena, "%.64s", id));
	struct part renewal, issuer;

	if (entry.json == NULL) {
		part_fault(part_member(at, "micro_credential"),
			   "the catalogue has no micro-credential \"%.64s\"", id);
		return;
	}
	credit->topic = part_text(entry, "topic");
	renewal = part_object(entry, "renewal");
	credit->hours = part_decimal(renewal, "clock_hours", 2, HOURS_MAX);
	credit->categories.names =
		part_texts(renewal, "categories", RENEWAL_NAMES_MAX, &credit->categories.n);
	issuer = part_of(at.reading, json_object_get(book->issuers, part_text(entry, "issuer")),
			 "issuer");
	credit->has_sponsor_id =
		part_member(part_member(issuer, "approved_sponsor_ids"), state).json != NULL;
}

const char *renewal_case(const struct rule_book *book, const json_t *json, int64_t now_us,
			 struct reading *r)
{
	static const char *const names[] = {"policy", "license", "credits", "evaluated",
					    "title",  "expect",  "note",    NULL};
	struct part c = part_of(r, json, ""), policy_part, list;
	struct renewal_credit *credits;
	struct renewal_policy policy;
	struct renewal_answer answer;
	struct renewal_case renewal = {.policy = &policy};
	const struct zone *zone;

	part_only(c, names);
	policy_part = policy_of(book, c, now_us);
	renewal_policy_read(policy_part, &policy);
	zone = zone_of(book, policy_part);
	renewal_license_read(part_object(c, "license"), &renewal.license);
	list = part_list(c, "credits", RENEWAL_CREDITS_MAX);
	if (list.json == NULL)
		part_fault(list, "is missing");
	renewal.n_credits = part_count(list);
	credits = arena_alloc(r->arena, (renewal.n_credits + 1) * sizeof *credits);
	for (size_t i = 0; i < renewal.n_credits && r->fault[0] == '\0'; i++) {
		renewal_credit_read(part_element(list, i), &policy, zone, &credits[i]);
		fill_credit(book, part_element(list, i), policy.state, &credits[i]);
	}
	if (r->fault[0] != '\0')
		return NULL;
	renewal.credits = credits;
	renewal_evaluate(&renewal, r->arena, &answer);
	return renewal_text(&answer, r->arena);
}

/* ---- stacks ---- */

static void read_earned(const struct rule_book *book, struct part at, struct stack_earned *e)
{
	static const char *const names[] = {"micro_credential", "decided", "status", "revoked_on",
					    NULL};
	const char *status;

	part_only(at, names);
	*e = (struct stack_earned){.id = part_text(at, "micro_credential"),
				   .day = part_day(at, "decided"),
				   .revoked = STACK_NEVER};
	if (json_object_get(book->entries, e->id) == NULL)
		part_fault(part_member(at, "micro_credential"),
			   "the catalogue has no micro-credential \"%.64s\"", e->id);
	status = part_text_or(at, "status", "active");
	if (part_member(at, "revoked_on").json != NULL)
		e->revoked = part_day(at, "revoked_on");
	else if (strcmp(status, "revoked") == 0)
		e->revoked = e->day; /* it never counted, as far as this case knows */
	if (e->revoked < e->day)
		part_fault(part_member(at, "revoked_on"), "it is before decided");
}

static void put_day(struct buffer *b, const char *name, int64_t day)
{
	char text[11];

	if (day == STACK_NEVER)
		return;
	text_of_day(day, text);
	buffer_puts(b, name);
	json_put_string(b, bytes_of_text(text));
}

static const char *awards_text(const struct stack_award *awards, size_t n, struct arena *arena)
{
	struct buffer b;

	buffer_init(&b, arena, 256);
	buffer_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		buffer_puts(&b, i > 0 ? ",{\"stack\":" : "{\"stack\":");
		json_put_string(&b, bytes_of_text(awards[i].stack));
		put_day(&b, ",\"awarded_on\":", awards[i].awarded);
		put_day(&b, ",\"suspended_on\":", awards[i].suspended);
		put_day(&b, ",\"revoked_on\":", awards[i].revoked);
		buffer_char(&b, '}');
	}
	buffer_char(&b, ']');
	return buffer_text(&b);
}

/* The last day on which anything happens. */
static int64_t last_day(const struct stack_record *record)
{
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < record->n; i++) {
		const struct stack_earned *e = &record->earned[i];

		last = MAX(last, e->revoked != STACK_NEVER ? e->revoked : e->day);
	}
	return last;
}

const char *stack_case(const struct rule_book *book, const json_t *json, struct reading *r)
{
	static const char *const names[] = {"earned", "evaluated", "title", "expect", "note", NULL};
	struct part c = part_of(r, json, ""), list;
	struct part stacks_part = part_list(part_of(r, book->catalogue, ""), "stacks", MANY);
	struct stack_record record = {0};
	struct stack_earned *earned;
	struct stack_award *awards;
	struct stack *stacks;
	size_t n_stacks = stacks_read(stacks_part, &stacks), n;

	part_only(c, names);
	list = part_list(c, "earned", STACK_EARNED_MAX);
	if (list.json == NULL)
		part_fault(list, "is missing");
	record.n = part_count(list);
	earned = arena_alloc(r->arena, (record.n + 1) * sizeof *earned);
	for (size_t i = 0; i < record.n; i++)
		read_earned(book, part_element(list, i), &earned[i]);
	record.earned = earned;
	record.on = part_member(c, "evaluated").json != NULL ? part_day(c, "evaluated")
							     : last_day(&record);
	if (r->fault[0] != '\0')
		return NULL;
	n = stack_awards(stacks, n_stacks, &record, r->arena, &awards);
	return awards_text(awards, n, r->arena);
}
