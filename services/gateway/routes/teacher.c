/* Members, texts and ownership, as the pages of a teacher need them. */
#include "services/gateway/routes/teacher.h"

#include "libshared/check.h"
#include "services/gateway/render/words.h"

#include <stdio.h>
#include <string.h>

/* ---- texts for people ---- */

const char *coded(const struct request *r, const char *prefix, const char *code)
{
	const char *key = arena_printf(r->arena, "teacher.%s_%s", prefix, code);
	const char *text = word(r, key);

	return strcmp(text, key) == 0 ? code : text;
}

void put_date_of(struct request *r, json_t *object, const char *from_us, const char *to)
{
	if (number_in(object, from_us) != 0)
		put_text(object, to, date_text(r, number_in(object, from_us)));
}

void put_moment_of(struct request *r, json_t *object, const char *from_us, const char *to)
{
	if (number_in(object, from_us) != 0)
		put_text(object, to, moment_text(r, number_in(object, from_us)));
}

void put_day_of(struct request *r, json_t *object, const char *from, const char *to)
{
	if (*text_in(object, from) != '\0')
		put_text(object, to, date_text_of(r, text_in(object, from)));
}

const char *units_text(struct request *r, int64_t hundredths)
{
	int64_t whole = hundredths / 100, rest = hundredths % 100;
	const char *sign = hundredths < 0 ? "-" : "";

	whole = whole < 0 ? -whole : whole;
	rest = rest < 0 ? -rest : rest;
	if (rest == 0)
		return arena_printf(r->arena, "%s%" PRId64, sign, whole);
	if (rest % 10 == 0)
		return arena_printf(r->arena, "%s%" PRId64 ".%" PRId64, sign, whole, rest / 10);
	return arena_printf(r->arena, "%s%" PRId64 ".%02" PRId64, sign, whole, rest);
}

const char *size_text(struct request *r, int64_t bytes)
{
	if (bytes < 1000)
		return arena_printf(r->arena, "%" PRId64 " B", bytes);
	if (bytes < 1000000)
		return arena_printf(r->arena, "%" PRId64 " kB", (bytes + 500) / 1000);
	return arena_printf(r->arena, "%" PRId64 ".%" PRId64 " MB", bytes / 1000000,
			    bytes % 1000000 / 100000);
}

const char *escaped(struct request *r, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";
	char *out = arena_alloc(r->arena, 3 * strlen(text) + 1), *at = out;

	for (; *text != '\0'; text++) {
		if (strchr(plain, *text) != NULL)
			*at++ = *text;
		else
			at += snprintf(at, 4, "%%%02X", (unsigned char)*text);
	}
	*at = '\0';
	return out;
}

/* ---- whose ---- */

const char *own_id(struct request *r)
{
	ENSURE(r->person != NULL);
	return arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&r->person->educator)));
}

void reply_nothing_here(struct request *r)
{
	reply_problem(r, 404, "not_found", "There is nothing at this address.");
}

bool not_told(struct request *r, unsigned slot)
{
	Cairn__Status status = status_of(r, slot);

	if (status != CAIRN__STATUS__INVALID && status != CAIRN__STATUS__FORBIDDEN &&
	    status != CAIRN__STATUS__REJECTED)
		return refused(r, slot);
	reply_nothing_here(r);
	return true;
}

bool is_own(struct request *r, const json_t *answer)
{
	if (strcmp(text_in(answer, "educator"), own_id(r)) == 0)
		return true;
	reply_nothing_here(r);
	return false;
}

const char *sent(const struct request *r, const char *name)
{
	const char *text = body_text(r, name);

	return text != NULL ? text : "";
}

bool is_sent(const struct request *r, const char *name)
{
	const char *text = sent(r, name);

	return json_is_true(json_object_get(r->body, name)) ||
	       (*text != '\0' && strcmp(text, "false") != 0 && strcmp(text, "0") != 0);
}
