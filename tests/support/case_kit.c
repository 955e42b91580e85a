/* Cases of a catalogue's rules, evaluated in this process. */
#include "tests/support/case_kit.h"

#include "libshared/zone.h"
#include "services/issuance/rules/rule_case.h"
#include "tests/support/tree.h"

#include <stdarg.h>
#include <stdio.h>

#define CASE_ROOM ((size_t)1 << 16)

void case_kit_open(struct case_kit *kit)
{
	struct reading reading = {0};
	struct bytes text;

	*kit = (struct case_kit){.arena = arena_new(CASE_ROOM), .zones = zones_open(NULL)};
	reading.arena = kit->arena;
	text = tree_read("deploy/sample/catalogue.json", kit->arena);
	kit->catalogue = json_loadb((const char *)text.data, text.len, 0, NULL);
	ENSURE(kit->zones != NULL && kit->catalogue != NULL);
	kit->book = rule_book_open(kit->catalogue, kit->zones, &reading);
	ENSURE(kit->book != NULL);
	kit->now_us = INT64_C(1767225600) * US_PER_S; /* 2026-01-01 */
}

void case_kit_close(struct case_kit *kit)
{
	rule_book_close(&kit->book);
	json_decref(kit->catalogue);
	zones_close(&kit->zones);
	arena_destroy(&kit->arena);
}

static void swap_quotes(char *text, char from, char to)
{
	for (; *text != '\0'; text++)
		if (*text == from)
			*text = to;
}

PRINTF_LIKE(2, 0)
static json_t *case_of(struct case_kit *kit, const char *format, va_list args)
{
	char *text = arena_alloc(kit->arena, CASE_ROOM);
	json_t *json;

	ENSURE((size_t)vsnprintf(text, CASE_ROOM, format, args) < CASE_ROOM);
	swap_quotes(text, '\'', '"');
	json = json_loads(text, 0, NULL);
	ENSURE(json != NULL);
	return json;
}

static const char *told(struct case_kit *kit, const char *answer, const struct reading *reading)
{
	char *text =
		arena_text(kit->arena, bytes_of_text(answer != NULL ? answer : reading->fault));

	swap_quotes(text, '"', '\'');
	return text;
}

const char *case_renewal(struct case_kit *kit, const char *format, ...)
{
	struct reading reading = {.arena = kit->arena};
	const char *answer;
	va_list args;
	json_t *json;

	va_start(args, format);
	json = case_of(kit, format, args);
	va_end(args);
	answer = told(kit, renewal_case(kit->book, json, kit->now_us, &reading), &reading);
	json_decref(json);
	return answer;
}

const char *case_stacks(struct case_kit *kit, const char *format, ...)
{
	struct reading reading = {.arena = kit->arena};
	const char *answer;
	va_list args;
	json_t *json;

	va_start(args, format);
	json = case_of(kit, format, args);
	va_end(args);
	answer = told(kit, stack_case(kit->book, json, &reading), &reading);
	json_decref(json);
	return answer;
}
