/*
 * GET /openapi.json: what is served, as OpenAPI 3.1, made of the route tables themselves. What a
 * route does not say is not promised.
 */
#include "services/gateway/web/openapi.h"

#include "services/gateway/web/takes.h"
#include "services/gateway/web/web.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const methods[N_METHODS] = {"get",    "post", "put",    "patch",
					       "delete", "head", "options"};

/* ---- what a route takes ---- */

static json_t *schema_of(const char *kind)
{
	if (strcmp(kind, "count") == 0)
		return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
	if (strcmp(kind, "yes") == 0)
		return json_pack("{s:[s,s]}", "type", "boolean", "string");
	if (strcmp(kind, "texts") == 0)
		return json_pack("{s:[s,s], s:{s:s}}", "type", "string", "array", "items", "type",
				 "string");
	return json_pack("{s:s}", "type", "string");
}

static json_t *parameter(const char *name, const char *in, bool must, json_t *schema)
{
	return json_pack("{s:s, s:s, s:b, s:o}", "name", name, "in", in, "required", (int)must,
			 "schema", schema);
}

/* The {names} of the path, and for what has no body its query. */
static json_t *parameters_of(const struct route *route)
{
	json_t *list = json_array();
	const char *takes = route->takes != NULL ? route->takes : "";
	struct taken taken;

	for (const char *at = strchr(route->path, '{'); at != NULL; at = strchr(at + 1, '{')) {
		char name[64];

		snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1, ".}"), at + 1);
		json_array_append_new(
			list, parameter(name, "path", true, json_pack("{s:s}", "type", "string")));
	}
	if (route->changes != NULL)
		json_array_append_new(list, parameter("If-Match", "header", false,
						      json_pack("{s:s}", "type", "string")));
	while (route->body == BODY_NONE && takes_next(&takes, &taken))
		json_array_append_new(
			list, parameter(taken.name, "query", taken.must, schema_of(taken.kind)));
	return list;
}

/* A name that ends with a star stands for all that begin so. */
static void put_member(json_t *properties, json_t *patterns, const struct taken *taken)
{
	size_t len = strlen(taken->name);
	char pattern[sizeof taken->name + 1];

	if (taken->name[len - 1] != '*') {
		json_object_set_new(properties, taken->name, schema_of(taken->kind));
		return;
	}
	snprintf(pattern, sizeof pattern, "^%.*s", (int)len - 1, taken->name);
	json_object_set_new(patterns, pattern, schema_of(taken->kind));
}

static json_t *form_of(const struct route *route)
{
	json_t *properties = json_object(), *patterns = json_object(), *required = json_array();
	const char *takes = route->takes != NULL ? route->takes : "";
	json_t *schema, *content;
	struct taken taken;

	while (takes_next(&takes, &taken)) {
		put_member(properties, patterns, &taken);
		if (taken.must)
			json_array_append_new(required, json_string(taken.name));
	}
	schema = json_pack("{s:s, s:o, s:o, s:o}", "type", "object", "properties", properties,
			   "patternProperties", patterns, "required", required);
	if (takes_only(route))
		json_object_set_new(schema, "additionalProperties", json_false());
	content = json_pack("{s:{s:O}, s:{s:O}}", "application/json", "schema", schema,
			    "application/x-www-form-urlencoded", "schema", schema);
	json_decref(schema);
	return json_pack("{s:o}", "content", content);
}

static json_t *raw_body(void)
{
	return json_pack("{s:{s:{}}}", "content", "*/*");
}

/* ---- a route ---- */

static json_t *security_of(const struct route *route)
{
	json_t *list = json_array();

	if (route->may & MAY_ANYONE)
		return list;
	json_array_append_new(list, json_pack("{s:[]}", "session"));
	if (route->scope != NULL)
		json_array_append_new(list, json_pack("{s:[s]}", "token", route->scope));
	return list;
}

/* "get_catalogue_code" */
static void name_operation(const struct route *route, char name_r[160])
{
	int at = snprintf(name_r, 160, "%s", methods[route->method]);

	for (const char *c = route->path; *c != '\0' && at < 158; c++)
		if (isalnum((unsigned char)*c))
			name_r[at++] = *c;
		else if (name_r[at - 1] != '_')
			name_r[at++] = '_';
	while (name_r[at - 1] == '_')
		at--;
	name_r[at] = '\0';
}

static json_t *operation_of(const struct route *route)
{
	char name[160];
	json_t *o;

	name_operation(route, name);
	o = json_pack("{s:s, s:s*, s:o, s:o, s:{s:{s:s}, s:{s:s}}}", "operationId", name, "summary",
		      route->about, "parameters", parameters_of(route), "security",
		      security_of(route), "responses", "2XX", "description",
		      "As JSON, or as a page for a browser", "default", "$ref",
		      "#/components/responses/Problem");
	if (route->changes != NULL)
		json_object_set_new(json_object_get(o, "responses"), "412",
				    json_pack("{s:s}", "$ref", "#/components/responses/Changed"));
	if (route->body == BODY_FORM)
		json_object_set_new(o, "requestBody", form_of(route));
	else if (route->body != BODY_NONE)
		json_object_set_new(o, "requestBody", raw_body());
	return o;
}

/* {rest...} is a name as any other there. */
static json_t *place_of(json_t *paths, const char *path)
{
	char plain[200];
	size_t len = 0;
	json_t *place;

	for (; *path != '\0' && len < sizeof plain - 1; path++)
		if (*path != '.' || strncmp(path, "...}", 4) != 0)
			plain[len++] = *path;
		else
			path += 2;
	plain[len] = '\0';
	place = json_object_get(paths, plain);
	if (place == NULL) {
		place = json_object();
		json_object_set_new(paths, plain, place);
	}
	return place;
}

static json_t *paths(void)
{
	json_t *all = json_object();

	for (size_t i = 0; i < n_route_lists; i++)
		for (size_t j = 0; j < route_lists[i]->n; j++) {
			const struct route *route = &route_lists[i]->routes[j];

			json_object_set_new(place_of(all, route->path), methods[route->method],
					    operation_of(route));
		}
	return all;
}

/* ---- the document ---- */

static json_t *components(void)
{
	return json_pack("{s:{s:{s:s, s:s, s:s}, s:{s:s, s:s}}, s:{s:{s:s, s:{s:{s:{s:s}}}}, "
			 "s:{s:s, s:{s:{s:{s:s}}}}}, s:{s:{s:s, "
			 "s:[s,s,s], s:{s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}, s:{s:s}}}}}",
			 "securitySchemes", "session", "type", "apiKey", "in", "cookie", "name",
			 "__Host-cairn", "token", "type", "http", "scheme", "bearer", "responses",
			 "Problem", "description", "What was wrong and how to mend it (RFC 9457)",
			 "content", "application/problem+json", "schema", "$ref",
			 "#/components/schemas/Problem", "Changed", "description",
			 "It was changed since it was read with that ETag", "content",
			 "application/problem+json", "schema", "$ref",
			 "#/components/schemas/Problem", "schemas", "Problem", "type", "object",
			 "required", "title", "status", "code", "properties", "type", "type",
			 "string", "title", "type", "string", "status", "type", "integer", "detail",
			 "type", "string", "code", "type", "string", "trace", "type", "string");
}

static void show_openapi(struct request *r)
{
	json_t *document = json_pack(
		"{s:s, s:{s:s, s:s, s:s}, s:[{s:s}], s:o, s:o}", "openapi", "3.1.0", "info",
		"title", "Cairn", "version", CAIRN_VERSION, "description",
		"Micro-credentials for teachers: every page is also JSON at the same address. "
		"Changes take an Idempotency-Key; the same key again is the same change. What "
		"changes something that was read takes If-Match with the ETag it was read with.",
		"servers", "url", public_url(r), "paths", paths(), "components", components());

	ENSURE(document != NULL);
	reply_cache(r, "public, max-age=300");
	reply_json(r, 200, document);
}

static const struct route openapi[] = {
	{GET, "/openapi.json", show_openapi, .may = MAY_ANYONE, .about = "This document"},
};
const struct route_list openapi_routes = {openapi, ARRAY_LEN(openapi)};
