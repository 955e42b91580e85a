/*
 * Cases of a catalogue's rules, evaluated in this process.
 *
 *	struct case_kit kit;
 *	case_kit_open(&kit);                  the sample catalogue
 *	ck_assert_str_eq(case_renewal(&kit, "{'policy': 'TN', ...}"), "{...}");
 *
 * Quotes may be single in what is given and in what is answered. A case that is faulty answers
 * with its fault.
 */
#ifndef CAIRN_TEST_CASE_KIT_H
#define CAIRN_TEST_CASE_KIT_H

#include "libshared/arena.h"

#include <jansson.h>

struct rule_book;
struct zones;

struct case_kit {
	struct arena *arena;
	struct zones *zones;
	json_t *catalogue;
	struct rule_book *book;
	int64_t now_us; /* of evaluations */
};

void case_kit_open(struct case_kit *kit);
void case_kit_close(struct case_kit *kit);
const char *case_renewal(struct case_kit *kit, const char *format, ...) PRINTF_LIKE(2, 3);
const char *case_stacks(struct case_kit *kit, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
