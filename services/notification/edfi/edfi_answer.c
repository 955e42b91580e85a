/* What the answers of an Ed-Fi API mean. */
#include "services/notification/edfi/edfi_answer.h"

#include "libshared/check.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 3 /* in a row, that name nobody */
#define WORD_MAX 120

/* ---- words ---- */

struct cleaning {
	const char *hidden;
	char *text; /* of SINK_WHY_LEN bytes */
	size_t len;
};

/* Whole characters, as many as there is room for. */
static void put(struct cleaning *c, const char *text, size_t len)
{
	size_t room = SINK_WHY_LEN - 1 - c->len, n = MIN(len, room);

	while (n < len && n > 0 && ((uint8_t)text[n] & 0xc0) == 0x80)
		n--;
	memcpy(c->text + c->len, text, n);
	c->len += n;
	c->text[c->len] = '\0';
}

static bool is_number(const char *word)
{
	size_t digits = 0;

	for (; *word != '\0'; word++) {
		digits = isdigit((unsigned char)*word) ? digits + 1 : 0;
		if (digits > DIGITS_MAX)
			return true;
	}
	return false;
}

static bool may_name(const struct cleaning *c, const char *word)
{
	if (c->hidden != NULL && c->hidden[0] != '\0' && strcasestr(word, c->hidden) != NULL)
		return true;
	return strncmp(word, "uri://", 6) != 0 && (strchr(word, '@') != NULL || is_number(word));
}

/* What is written between blanks, brackets and commas. */
static void put_word(struct cleaning *c, const char *at, size_t len)
{
	char word[WORD_MAX + 1];

	snprintf(word, sizeof word, "%.*s", (int)MIN(len, WORD_MAX), at);
	if (len > WORD_MAX || may_name(c, word))
		put(c, "...", 3);
	else
		put(c, at, len);
}

static const char *const names[] = {"Person",    "Certification", "Credential", "CredentialEvent",
				    "Namespace", "Descriptor",    "Reference"};

/* A name of the standard's: one of these, or one that ends so. */
static bool is_name(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalpha((unsigned char)at[i]))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t n = strlen(names[i]);

		if (len >= n && strncmp(at + len - n, names[i], n) == 0)
			return true;
	}
	return false;
}

/* 'Person' and 'uri://...' say what is wrong; any other text is a value. */
static void put_quoted(struct cleaning *c, const char *at, size_t len)
{
	put(c, "'", 1);
	if (is_name(at, len) || (len > 6 && strncmp(at, "uri://", 6) == 0))
		put_word(c, at, len);
	else
		put(c, "...", 3);
	put(c, "'", 1);
}

static size_t quoted_len(const char *at, char quote)
{
	size_t n = 0;

	while (at[n] != '\0' && !(at[n] == quote && !isalnum((unsigned char)at[n + 1])))
		n++;
	return n;
}

static bool is_gap(char c)
{
	return strchr(" ,;()[]{}=:", c) != NULL || (unsigned char)c < 0x20 || c == 0x7f;
}

static void clean(struct cleaning *c, const char *text)
{
	for (char before = ' '; *text != '\0';) {
		size_t n = 0;

		if ((*text == '\'' || *text == '"') && !isalnum((unsigned char)before)) {
			n = quoted_len(text + 1, *text);
			put_quoted(c, text + 1, n);
			text += n + 1 + (text[n + 1] != '\0');
			before = '\'';
			continue;
		}
		if (is_gap(*text)) {
			put(c, (unsigned char)*text < 0x20 || *text == 0x7f ? " " : text, 1);
			before = *text++;
			continue;
		}
		if (strncmp(text, "uri://", 6) == 0)
			n = strcspn(text, " ,;()[]{}'\"");
		while (text[n] != '\0' && !is_gap(text[n]) && text[n] != '"')
			n++;
		n += n == 0;
		put_word(c, text, n);
		before = text[n - 1];
		text += n;
	}
}

/* "$.a.b" is said as "a.b". */
static void put_member(struct cleaning *c, const char *path)
{
	path += strncmp(path, "$.", 2) == 0 ? 2 : 0;
	for (size_t i = 0; path[i] != '\0' && i < 60; i++)
		put(c, isalnum((unsigned char)path[i]) || strchr("._[]", path[i]) ? &path[i] : "?",
		    1);
	put(c, ": ", 2);
}

static const char *first_text(const json_t *list)
{
	return json_is_array(list) ? json_string_value(json_array_get(list, 0))
				   : json_string_value(list);
}

static void put_problem(struct cleaning *c, json_t *problem)
{
	json_t *members = json_object_get(problem, "validationErrors");
	const char *detail = json_string_value(json_object_get(problem, "detail"));
	const char *error = first_text(json_object_get(problem, "errors"));
	const char *message = json_string_value(json_object_get(problem, "message"));
	void *first = json_object_iter(members);

	if (first != NULL && first_text(json_object_iter_value(first)) != NULL) {
		put_member(c, json_object_iter_key(first));
		clean(c, first_text(json_object_iter_value(first)));
	} else if (error != NULL) {
		clean(c, error);
	} else if (detail != NULL || message != NULL) {
		clean(c, detail != NULL ? detail : message);
	}
}

void edfi_words(struct bytes body, const char *hidden, char *text_r)
{
	struct cleaning c = {hidden, text_r, 0};
	json_t *problem = json_loadb((const char *)body.data, body.len, 0, NULL);

	text_r[0] = '\0';
	put_problem(&c, problem);
	json_decref(problem);
	if (text_r[0] == '\0' || !text_is_clean(text_r, strlen(text_r)))
		snprintf(text_r, SINK_WHY_LEN, "it gives no reason");
}

/* ---- what is missing ---- */

static bool says(const struct http_answer *answer, const char *text)
{
	const char *at = (const char *)answer->body.data;
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= answer->body.len; i++)
		if (strncasecmp(at + i, text, len) == 0)
			return true;
	return false;
}

static bool is_about_content(const struct http_answer *answer)
{
	return answer->code == 400 || answer->code == 409;
}

bool edfi_misses_descriptor(const struct http_answer *answer, const char *uri)
{
	return is_about_content(answer) && says(answer, uri);
}

bool edfi_misses_reference(const struct http_answer *answer, const char *name)
{
	return answer->code == 409 && says(answer, name);
}

/* ---- judging ---- */

void edfi_verdict_set(struct edfi_verdict *v, Notification__Delivery delivery, const char *format,
		      ...)
{
	va_list args;
	size_t n;

	v->delivery = delivery;
	va_start(args, format);
	vsnprintf(v->why, sizeof v->why, format, args);
	va_end(args);
	/* No half of a character at the end. */
	n = strlen(v->why);
	while (n > 0 && !text_is_clean(v->why, n))
		v->why[--n] = '\0';
}

static void judge_forbidden(const struct edfi_asked *asked, const struct http_answer *answer,
			    struct edfi_verdict *v)
{
	char words[SINK_WHY_LEN];

	if (says(answer, "namespace-mismatch")) {
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__UNSETTLED,
				 "the API key may not write the namespace %s: its vendor needs "
				 "this prefix",
				 asked->namespace_);
		return;
	}
	if (says(answer, "access-denied")) {
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__UNSETTLED,
				 "the claim set of the API key does not allow %s to be created "
				 "and updated",
				 asked->resource);
		return;
	}
	edfi_words(answer->body, asked->hidden, words);
	edfi_verdict_set(v, NOTIFICATION__DELIVERY__UNSETTLED, "%s is forbidden to the API key: %s",
			 asked->resource, words);
}

/* Where a person of ours or of theirs must change a setting, the event is not at fault. */
static void judge_setting(const struct edfi_asked *asked, const struct http_answer *answer,
			  struct edfi_verdict *v)
{
	uint32_t code = answer->code;

	if (code == 401)
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__UNSETTLED,
				 "the API does not take the token that it has just given");
	else if (code == 403)
		judge_forbidden(asked, answer, v);
	else if (code == 404 || code == 405)
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__UNSETTLED,
				 "the API has no %s: is the data standard right?", asked->resource);
	else if (code >= 300 && code < 400)
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__UNSETTLED,
				 "the API sends us elsewhere (%" PRIu32 "), which is not followed",
				 code);
	else
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__UNSETTLED,
				 "the answer %" PRIu32 " does not say that %s were written", code,
				 asked->resource);
}

static bool is_for_later(uint32_t code)
{
	return code == 408 || code == 425 || code >= 500;
}

static void judge_answer(const struct edfi_asked *asked, const struct http_answer *answer,
			 struct edfi_verdict *v)
{
	uint32_t code = answer->code;
	char words[SINK_WHY_LEN];

	if (code == 429) {
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__LATER,
				 "the API asks for fewer requests");
	} else if (is_for_later(code)) {
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__LATER,
				 "the API cannot answer now (%" PRIu32 ")", code);
	} else if (code < 400 || code == 401 || (code >= 403 && code <= 405)) {
		judge_setting(asked, answer, v);
	} else {
		edfi_words(answer->body, asked->hidden, words);
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__DELIVERY_REFUSED, "%s: %s",
				 asked->resource, words);
	}
}

/* An API says where the record is, and nothing else. A page that somebody in between answers with
 * 200 does not. */
static bool is_taken(const struct http_answer *answer)
{
	if (answer->code != 200 && answer->code != 201)
		return false;
	return answer->body.len == 0 || answer->header(answer, "location") != NULL;
}

void edfi_judge(const struct edfi_asked *asked, const struct http_answer *answer,
		struct edfi_verdict *v)
{
	*v = (struct edfi_verdict){.code = answer->code, .retry_after_us = answer->retry_after_us};
	if (answer->refused)
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__UNSETTLED, "%s", answer->fault);
	else if (answer->code == 0)
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__LATER, "%s", answer->fault);
	else if (is_taken(answer))
		edfi_verdict_set(v, NOTIFICATION__DELIVERY__TAKEN, "%s", "");
	else
		judge_answer(asked, answer, v);
}
