/*
 * Reading rules and cases out of JSON, each number and name checked where it is read.
 *
 *	struct reading r = {.arena = arena};
 *	struct part policy = part_of(&r, json, "policy");
 *	x->state = part_text(policy, "state");
 *	x->required = part_decimal(policy, "required_units", &units);
 *	if (r.fault[0] != '\0') ... "policy.required_units: at most two decimals are expected"
 *
 * Faults stick: the first one names the member that is wrong; what is read after it is nothing, so
 * reading is a straight list. What is read lives in the arena, not in the JSON.
 */
#ifndef CAIRN_ISSUANCE_READING_H
#define CAIRN_ISSUANCE_READING_H

#include "libshared/arena.h"

#include <jansson.h>

#define READING_FAULT_LEN 400

struct reading {
	struct arena *arena; /* of the caller; what is made lives in it */
	char fault[READING_FAULT_LEN];
};

/* A value and how a fault names it. */
struct part {
	struct reading *reading;
	const json_t *json; /* NULL: it is not there */
	const char *name;
};

struct part part_of(struct reading *r, const json_t *json, const char *name);
/* A member, or nothing; null is nothing. */
struct part part_member(struct part of, const char *name);
/* A member that is an object. */
struct part part_object(struct part of, const char *name);
/* A member that is a list of at most most; one that is not there is empty. */
struct part part_list(struct part of, const char *name, size_t most);
size_t part_count(struct part list);
struct part part_element(struct part list, size_t i);

/* Always false. */
bool part_fault(struct part at, const char *format, ...) PRINTF_LIKE(2, 3);
/* Names end with NULL. A member of another name is a fault. */
void part_only(struct part object, const char *const names[]);

/* "" when it is missing, which is a fault. */
const char *part_text(struct part of, const char *name);
const char *part_text_or(struct part of, const char *name, const char *otherwise);
bool part_flag_or(struct part of, const char *name, bool otherwise);
int64_t part_whole(struct part of, const char *name, int64_t most);
/* Days since 1970-01-01. */
int64_t part_day(struct part of, const char *name);
/* A number of 0 to most with so many decimals at most, as a whole number of the last one: 2.5 with
 * two is 250. No floating point is calculated with. */
int64_t part_decimal(struct part of, const char *name, unsigned decimals, int64_t most);
/* A list of texts, and how many. */
const char *const *part_texts(struct part of, const char *name, size_t most, size_t *n_r);

#endif
