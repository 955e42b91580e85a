/* A whole body: a form or JSON as one object, or raw bytes. */
#include "services/gateway/web/exchange.h"

#include <string.h>

#define JSON_FLAGS (JSON_REJECT_DUPLICATES)
#define BODY_DEFAULT ((size_t)64 << 10)
#define FORM_BUFFER 2048
#define FORM_FIELDS_MAX 2000
#define NAME_MAX_BYTES 200

/* ---- forms ---- */

struct form {
	struct exchange *x;
	unsigned n_fields;
	const char *fault;
	/* The field that is coming: the library gives long ones in pieces. */
	char name[NAME_MAX_BYTES + 1];
	char *value;
	size_t len;
};

/* A name that comes again makes a list. */
static void add_field(json_t *body, const char *name, json_t *value)
{
	json_t *there = json_object_get(body, name);

	if (there == NULL) {
		json_object_set_new(body, name, value);
	} else if (json_is_array(there)) {
		json_array_append_new(there, value);
	} else {
		json_t *list = json_array();

		json_array_append(list, there);
		json_array_append_new(list, value);
		json_object_set_new(body, name, list);
	}
}

static void end_field(struct form *f)
{
	json_t *value = NULL;

	if (memchr(f->value, '\0', f->len) == NULL)
		value = json_stringn(f->value, f->len);
	f->len = 0;
	if (value == NULL)
		f->fault = "A field of the form is not UTF-8 text.";
	else if (f->name[0] != '\0')
		add_field(f->x->request.body, f->name, value);
	else
		json_decref(value);
	f->name[0] = '\0';
}

static enum MHD_Result on_piece(void *form, enum MHD_ValueKind kind, const char *name,
				const char *file, const char *type, const char *encoding,
				const char *data, uint64_t offset, size_t len)
{
	struct form *f = form;

	(void)kind, (void)type, (void)encoding;
	if (offset == 0) {
		end_field(f);
		if (name == NULL)
			name = ""; /* a part that has none */
		if (file != NULL || strlen(name) > NAME_MAX_BYTES ||
		    ++f->n_fields > FORM_FIELDS_MAX)
			f->fault = file != NULL ? "No file is taken here."
						: "The form has too many or too long names.";
		snprintf(f->name, sizeof f->name, "%s", name);
	}
	if (f->fault != NULL)
		return MHD_NO;
	memcpy(f->value + f->len, data, len);
	f->len += len;
	return MHD_YES;
}

static const char *read_form(struct exchange *x)
{
	/* No field is longer than the whole. */
	struct form f = {.x = x, .value = arena_alloc(x->request.arena, x->body_len + 1)};
	struct MHD_PostProcessor *reader =
		MHD_create_post_processor(x->connection, FORM_BUFFER, on_piece, &f);
	bool sound = reader != NULL;

	x->request.body = json_object();
	if (sound && x->body_len > 0)
		sound = MHD_post_process(reader, (const char *)x->body, x->body_len) == MHD_YES;
	if (reader != NULL)
		sound &= MHD_destroy_post_processor(reader) == MHD_YES;
	if (f.fault == NULL)
		end_field(&f);
	if (f.fault != NULL)
		return f.fault;
	return sound ? NULL : "The form cannot be read.";
}

/* ---- JSON ---- */

static const char *read_json(struct exchange *x)
{
	json_error_t error;

	x->request.body = json_loadb((const char *)x->body, x->body_len, JSON_FLAGS, &error);
	if (json_is_object(x->request.body))
		return NULL;
	if (x->request.body != NULL)
		return "A JSON object is expected.";
	return arena_printf(x->request.arena, "The JSON cannot be read: line %d, column %d: %s.",
			    error.line, error.column, error.text);
}

static bool is_json(const char *type)
{
	size_t len = strlen(type);

	return strcmp(type, "application/json") == 0 ||
	       (len > 5 && strcmp(type + len - 5, "+json") == 0);
}

static bool is_form(const char *type)
{
	return strcmp(type, "application/x-www-form-urlencoded") == 0 ||
	       strcmp(type, "multipart/form-data") == 0;
}

size_t body_most(const struct route *route)
{
	return route->body_max != 0 ? route->body_max : BODY_DEFAULT;
}

bool body_read(struct exchange *x)
{
	struct request *r = &x->request;
	const char *fault = NULL;

	r->raw = (struct bytes){x->body, x->body_len};
	if (x->body_len == 0 || r->route->body != BODY_FORM)
		return true;
	if (is_json(r->type)) {
		fault = read_json(x);
	} else if (is_form(r->type)) {
		fault = read_form(x);
	} else {
		reply_problem(r, 415, "type_not_taken", "A form or application/json is expected.");
		return false;
	}
	if (fault != NULL)
		reply_problem(r, 400, "body_unreadable", "%s", fault);
	return fault == NULL;
}

/* ---- what was sent ---- */

static const char *text_in(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

const char *query_text(const struct request *r, const char *name)
{
	return text_in(r->query, name);
}

const char *body_text(const struct request *r, const char *name)
{
	return text_in(r->body, name);
}

int64_t query_number(const struct request *r, const char *name, int64_t least, int64_t most,
		     int64_t otherwise)
{
	const char *text = query_text(r, name);
	int64_t value = 0;

	if (text == NULL || text[0] == '\0' || strlen(text) > 15 ||
	    strspn(text, "0123456789") != strlen(text))
		return otherwise;
	for (; *text != '\0'; text++)
		value = 10 * value + (*text - '0');
	return MIN(MAX(value, least), most);
}

const char *header(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->exchange->connection, MHD_HEADER_KIND, name);
}

const char *param(const struct request *r, const char *name)
{
	const char *at = r->route->path;
	size_t len = strlen(name);

	for (unsigned i = 0; i < PARAMS_MAX; i++) {
		at = strchr(at, '{');
		ENSURE(at != NULL); /* the route has no such name */
		at++;
		if (strncmp(at, name, len) == 0 && (at[len] == '}' || at[len] == '.'))
			return r->exchange->params[i];
	}
	return "";
}

bool param_id(struct request *r, const char *name, struct id *id_r)
{
	if (id_of_text(param(r, name), id_r) && !id_is_none(id_r))
		return true;
	reply_problem(r, 404, "not_found", "There is nothing at this address.");
	return false;
}
