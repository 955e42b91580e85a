/* Problems: RFC 9457 for clients, a page for people. */
#include "services/gateway/openid/urls.h"
#include "services/gateway/render/words.h"
#include "services/gateway/web/exchange.h"
#include "services/gateway/web/web.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void problem_at(struct request *r, const char *pointer, const char *message)
{
	struct exchange *x = exchange_of(r);

	if (x->problems == NULL)
		x->problems = json_array();
	if (json_array_size(x->problems) < PROBLEMS_MAX)
		json_array_append_new(x->problems, json_pack("{s:s, s:s}", "pointer", pointer,
							     "message", message));
}

static json_t *problem(struct request *r, unsigned status, const char *code, const char *detail)
{
	struct exchange *x = exchange_of(r);
	char trace[17];
	json_t *p;

	snprintf(trace, sizeof trace, "%016llx", (unsigned long long)x->serial);
	p = json_pack("{s:s*, s:s, s:i, s:s, s:s, s:s, s:s}", "type",
		      public_path(r, "/problems/%s", code), "title", problem_title(r, status),
		      "status", (int)status, "detail", problem_text(r, code, detail), "instance",
		      r->path, "code", code, "trace", trace);
	if (p == NULL) /* the path is not UTF-8 */
		p = json_pack("{s:i, s:s}", "status", (int)status, "code", code);
	if (x->problems != NULL)
		json_object_set(p, "errors", x->problems);
	return p;
}

/* Whoever sent a form or asked for a page reads a page. */
static bool is_read_by_a_person(const struct request *r)
{
	return !r->wants_json && (r->method == GET || strstr(r->type, "form") != NULL);
}

/* Where a form of ours was sent from, as an own path; "/" when that is not told. */
static const char *sent_from(const struct request *r)
{
	const char *referer = header(r, "Referer"), *ours = public_url(r);
	size_t len = strlen(ours);

	return referer != NULL && strncmp(referer, ours, len) == 0 && referer[len] == '/'
		       ? referer + len
		       : "/";
}

/* What a page says beside: whether it is the sender's to mend, and how. */
static void put_advice(struct request *r, json_t *p, unsigned status, const char *code)
{
	if (strcmp(code, "step_up") == 0)
		json_object_set_new(p, "sign_in_again",
				    json_string(arena_printf(r->arena, "/sign-in/again?to=%s",
							     url_encoded(sent_from(r), r->arena))));
	json_object_set_new(p, "is_refusal", json_boolean(status < 500));
	json_object_set_new(p, "can_mend",
			    json_boolean(r->method != GET && status < 500 && status != 401));
	json_object_set_new(p, "sign_in", json_boolean(status == 401));
}

/* ---- as the Open Badges API says it ---- */

bool speaks_imsx(const struct request *r)
{
	return strncmp(r->path, "/ims/", 5) == 0;
}

static const char *imsx_minor(unsigned status)
{
	static const struct {
		unsigned status;
		const char *minor;
	} minors[] = {{400, "invalid_data"}, {401, "unauthorizedrequest"}, {403, "forbidden"},
		      {404, "not_found"},    {405, "not_allowed"},         {406, "not_acceptable"},
		      {409, "invalid_data"}, {413, "invalid_data"},        {415, "invalid_data"},
		      {422, "invalid_data"}, {429, "server_busy"},         {503, "server_busy"}};

	for (size_t i = 0; i < ARRAY_LEN(minors); i++)
		if (minors[i].status == status)
			return minors[i].minor;
	return status >= 500 ? "internal_server_error" : "unknown";
}

/* It knows neither 409 nor 422. */
static void reply_imsx(struct request *r, unsigned status, const char *text)
{
	reply_json(r, status == 422 || status == 409 ? 400 : status,
		   json_pack("{s:s, s:s, s:s, s:{s:[{s:s, s:s}]}}", "imsx_codeMajor", "failure",
			     "imsx_severity", "error", "imsx_description", text, "imsx_codeMinor",
			     "imsx_codeMinorField", "imsx_codeMinorFieldName", "TargetEndSystem",
			     "imsx_codeMinorFieldValue", imsx_minor(status)));
}

void reply_problem(struct request *r, unsigned status, const char *code, const char *format, ...)
{
	char detail[1000], *text;
	va_list args;
	json_t *p;

	va_start(args, format);
	vsnprintf(detail, sizeof detail, format, args);
	va_end(args);
	if (speaks_imsx(r)) {
		reply_imsx(r, status, detail); /* programs read it, in English */
		return;
	}
	p = problem(r, status, code, detail);
	if (is_read_by_a_person(r)) {
		put_advice(r, p, status, code);
		reply_page(r, status, "problem", p);
		return;
	}
	text = json_dumps(p, JSON_COMPACT);
	ENSURE(text != NULL);
	reply_bytes(r, status, "application/problem+json", bytes_of_text(text));
	free(text);
	json_decref(p);
}
