/*
 * rule_cases CATALOGUE: answers cases, one JSON object a line on standard input, each with a line
 * of JSON on standard output: what cairnctl's ledger evaluate and stack evaluate answer, in one
 * process. A case of stacks may bring its own list of them in the member "stacks".
 */
#include "libshared/zone.h"
#include "services/issuance/rules/rule_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
	json_t *catalogue;
	struct zones *zones;
	struct arena *arena;
};

static const char *answer_of(struct session *s, json_t *c, struct reading *reading)
{
	json_t *stacks = json_incref(json_object_get(c, "stacks"));
	AUTO(rule_book_close) struct rule_book *book = NULL;
	const char *answer;

	if (stacks != NULL) {
		json_object_set_new(s->catalogue, "stacks", stacks);
		json_object_del(c, "stacks");
	}
	book = rule_book_open(s->catalogue, s->zones, reading);
	ENSURE(book != NULL);
	if (json_object_get(c, "earned") != NULL)
		answer = stack_case(book, c, reading);
	else
		answer = renewal_case(book, c, 0, reading);
	return answer;
}

static bool answer_line(struct session *s, const char *line)
{
	struct reading reading = {.arena = s->arena};
	json_t *c = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	const char *answer = c != NULL ? answer_of(s, c, &reading) : NULL;

	if (answer != NULL)
		puts(answer);
	else
		fprintf(stderr, "%s: %s", reading.fault, line);
	json_decref(c);
	arena_reset(s->arena);
	return answer != NULL;
}

int main(int argc, char **argv)
{
	struct session s = {.zones = zones_open(NULL), .arena = arena_new(1 << 16)};
	char *line = NULL;
	size_t room = 0;
	bool ok = true;

	s.catalogue = argc == 2 ? json_load_file(argv[1], 0, NULL) : NULL;
	if (s.catalogue == NULL || s.zones == NULL) {
		fprintf(stderr, "usage: rule_cases CATALOGUE < CASES\n");
		return 2;
	}
	while (ok && getline(&line, &room, stdin) > 0)
		ok = answer_line(&s, line);
	free(line);
	json_decref(s.catalogue);
	zones_close(&s.zones);
	arena_destroy(&s.arena);
	return ok ? 0 : 1;
}
