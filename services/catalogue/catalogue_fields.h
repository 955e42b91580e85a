/*
 * Fields of commands out of checked JSON, for catalogue_make*.c only. What is made is in the arena.
 */
#ifndef CAIRN_CATALOGUE_FIELDS_H
#define CAIRN_CATALOGUE_FIELDS_H

#include "services/catalogue/catalogue_parts.h"

#define NEW_MESSAGE(l, name, Type)                                                                 \
	Enrollment__##Type *name = arena_alloc((l)->c->arena, sizeof *name);                       \
	*name = (Enrollment__##Type)

static inline char *copy(struct loading *l, const char *text)
{
	return arena_text(l->c->arena, bytes_of_text(text == NULL ? "" : text));
}

static inline char *text(struct loading *l, const json_t *object, const char *member)
{
	return copy(l, member_text(object, member));
}

/* Absent: 0. */
static inline uint32_t whole(const json_t *object, const char *member)
{
	return (uint32_t)json_integer_value(json_object_get(object, member));
}

static inline protobuf_c_boolean flag(const json_t *object, const char *member)
{
	return json_is_true(json_object_get(object, member));
}

static inline char **texts(struct loading *l, const json_t *object, const char *member, size_t *n_r)
{
	const json_t *list = json_member(object, member);
	size_t n = json_array_size(list);
	char **made = arena_alloc(l->c->arena, n * sizeof *made);

	for (size_t i = 0; i < n; i++)
		made[i] = copy(l, json_string_value(json_array_get(list, i)));
	*n_r = n;
	return made;
}

static inline uint32_t *wholes(struct loading *l, const json_t *object, const char *member,
			       size_t *n_r)
{
	const json_t *list = json_member(object, member);
	size_t n = json_array_size(list);
	uint32_t *made = arena_alloc(l->c->arena, n * sizeof *made);

	for (size_t i = 0; i < n; i++)
		made[i] = (uint32_t)json_integer_value(json_array_get(list, i));
	*n_r = n;
	return made;
}

static inline ProtobufCBinaryData name_id(struct loading *l, const char *kind, const char *name)
{
	char *lower = copy(l, name);
	struct id id;

	for (char *at = lower; *at != '\0'; at++)
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at + ('a' - 'A')) : *at;
	id = id_of_name(kind, lower);
	return pb_of_bytes(arena_copy(l->c->arena, bytes_of_id(&id)));
}

/* Null: no id. */
static inline ProtobufCBinaryData other_id(struct loading *l, const json_t *object,
					   const char *member)
{
	const char *name = member_text(object, member);

	if (name == NULL)
		return (ProtobufCBinaryData){0};
	return name_id(l, "entry", name);
}

static inline Enrollment__Command *command(struct loading *l, Enrollment__Command__BodyCase kind)
{
	Enrollment__Command *cmd = arena_alloc(l->c->arena, sizeof *cmd);

	enrollment__command__init(cmd);
	cmd->body_case = kind;
	return cmd;
}

#endif
