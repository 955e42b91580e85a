/* What a command asks of its words and options, and what the files they name hold. */
#include "services/ctl/ctl.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)1 << 20) /* of a P_FILE that is a field */

const char *given_nth(const struct ctl *c, const char *name, size_t i)
{
	for (size_t n = 0; n < c->n_given; n++)
		if (strcmp(c->given[n].param->name, name) == 0 && i-- == 0)
			return c->given[n].text;
	return NULL;
}

const char *given(const struct ctl *c, const char *name)
{
	return given_nth(c, name, 0);
}

bool is_given(const struct ctl *c, const char *name)
{
	return given(c, name) != NULL;
}

static const struct given *find_given(const struct ctl *c, const char *name)
{
	for (size_t n = 0; n < c->n_given; n++)
		if (strcmp(c->given[n].param->name, name) == 0)
			return &c->given[n];
	return NULL;
}

struct id given_id(struct ctl *c, const char *name)
{
	const struct given *g = find_given(c, name);
	struct id id = ID_NONE;

	if (g != NULL)
		ENSURE(id_of_words(g->param->kind, g->text, &id)); /* checked when it was read */
	return id;
}

uint64_t given_count(struct ctl *c, const char *name, uint64_t otherwise)
{
	const char *text = given(c, name);

	return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

/* ---- files ---- */

bool file_read(struct ctl *c, const char *path, size_t most, struct bytes *content_r)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *content = NULL;
	size_t room = 0, len;
	bool ok;

	if (f == NULL) {
		ctl_fault(c, CTL_LOCAL, "%s: %s", path, strerror(errno));
		return false;
	}
	content = arena_alloc(c->arena, room = most + 1);
	len = fread(content, 1, room, f);
	ok = !ferror(f);
	if (f != stdin)
		ok = fclose(f) == 0 && ok;
	if (!ok)
		ctl_fault(c, CTL_LOCAL, "%s: cannot be read: %s", path, strerror(errno));
	else if (len > most)
		ctl_fault(c, CTL_LOCAL, "%s: longer than %zu bytes", path, most);
	*content_r = (struct bytes){(const uint8_t *)content, len};
	return ok && len <= most;
}

struct bytes given_file(struct ctl *c, const char *name, size_t most)
{
	struct bytes content = BYTES_NONE;

	if (!ctl_failed(c) && is_given(c, name) && !file_read(c, given(c, name), most, &content))
		return BYTES_NONE;
	return content;
}

/* ---- as fields ---- */

static json_t *text_value(struct ctl *c, const struct param *p, struct bytes text)
{
	json_t *value = json_stringn((const char *)text.data, text.len);

	if (value == NULL)
		ctl_fault(c, CTL_USAGE, "%s: is not text in UTF-8", p->name);
	return value;
}

static json_t *time_value(const char *text)
{
	char whole[64];

	if (strlen(text) != strlen("2027-06-30"))
		return json_string(text);
	snprintf(whole, sizeof whole, "%sT00:00:00Z", text);
	return json_string(whole);
}

static json_t *name_value(struct ctl *c, const char *text)
{
	char *upper = arena_text(c->arena, bytes_of_text(text));

	for (char *at = upper; *at != '\0'; at++)
		*at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
	return json_string(upper);
}

static json_t *field_value(struct ctl *c, const struct given *g)
{
	struct bytes content;
	struct id id;

	switch (g->param->kind) {
	case P_ID:
	case P_ENTRY:
	case P_ISSUER:
		ENSURE(id_of_words(g->param->kind, g->text, &id));
		return json_string(ID_STR(bytes_of_id(&id)));
	case P_COUNT:
		return json_integer((json_int_t)strtoull(g->text, NULL, 10));
	case P_FLAG:
		return json_true();
	case P_TIME:
		return time_value(g->text);
	case P_NAME:
		return name_value(c, g->text);
	case P_FILE:
		return file_read(c, g->text, FILE_MAX, &content) ? text_value(c, g->param, content)
								 : NULL;
	default:
		return text_value(c, g->param, bytes_of_text(g->text));
	}
}

static const char *field_name(struct ctl *c, const struct param *p)
{
	char *name;

	if (p->field != NULL)
		return p->field;
	name = arena_text(c->arena, bytes_of_text(p->name));
	for (char *at = name; *at != '\0'; at++)
		if (*at == '-')
			*at = '_';
	return name;
}

json_t *given_fields(struct ctl *c)
{
	json_t *fields = json_object();

	for (size_t i = 0; i < c->n_given; i++) {
		const struct param *p = c->given[i].param;
		const char *name = field_name(c, p);
		json_t *value;

		if (name[0] == '\0' || (value = field_value(c, &c->given[i])) == NULL)
			continue;
		if (p->need != ANY_NUMBER && p->need != AT_LEAST_ONE) {
			json_object_set_new(fields, name, value);
			continue;
		}
		if (json_object_get(fields, name) == NULL)
			json_object_set_new(fields, name, json_array());
		json_array_append_new(json_object_get(fields, name), value);
	}
	return fields;
}
