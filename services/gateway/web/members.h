/* Members of objects, read and put: what is absent reads as nothing. */
#ifndef CAIRN_GATEWAY_MEMBERS_H
#define CAIRN_GATEWAY_MEMBERS_H

#include <jansson.h>

#include <stdbool.h>
#include <stdint.h>

const char *text_in(const json_t *object, const char *name); /* "": none */
int64_t number_in(const json_t *object, const char *name);   /* 0: none */
bool is_true_in(const json_t *object, const char *name);
void put_text(json_t *object, const char *name, const char *text);
/* Nothing, when the text is empty. */
void put_text_if_any(json_t *object, const char *name, const char *text);
void put_number(json_t *object, const char *name, int64_t number);
void put_true(json_t *object, const char *name);
/* A new reference to a copy; an empty list when there is none. */
json_t *copy_of_list(const json_t *object, const char *name);
/* The element whose member is that text; NULL: none. */
json_t *find_in(const json_t *list, const char *member, const char *text);
bool holds_text(const json_t *list, const char *text);

#endif
