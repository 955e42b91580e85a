/* Every change of access, for auditors: as a page, JSON or a table to keep. */
#include "services/gateway/render/words.h"
#include "services/gateway/routes/access_parts.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

#include "libshared/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_PAGE 50
#define LIMIT_MOST 100
#define LIMIT_CSV 200

static const char *const kinds[] = {
	"account_closed",      "account_identified", "account_opened", "client_connected",
	"client_disconnected", "client_registered",  "grant_revoked",  "identity_linked",
	"key_destroyed",       "language_chosen",    "locked_out",     "password_set",
	"profile_set",         "reset_made",         "role_granted",   "sign_in_refused",
	"signed_in",           "signed_in_again",    "signed_out",     "token_made",
	"token_revoked",
};

/* ---- as a page ---- */

static json_t *kinds_page(struct request *r, const char *chosen)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:b}", "kind", kinds[i], "text",
						word_of(r, "audit", kinds[i]), "chosen",
						chosen != NULL && strcmp(chosen, kinds[i]) == 0));
	return list;
}

static json_t *entries_page(struct request *r, const json_t *entries)
{
	json_t *list = json_array();
	const json_t *e;
	size_t i;

	json_array_foreach(entries, i, e)
	{
		json_t *row = json_deep_copy(e);

		put_text_if_any(row, "when", moment_text(r, number_in(e, "at_us")));
		put_text_if_any(row, "what_text", word_of(r, "audit", text_in(e, "what")));
		if (text_in(e, "role")[0] != '\0')
			put_text_if_any(row, "role_text", word_of(r, "roles", text_in(e, "role")));
		json_array_append_new(list, row);
	}
	return list;
}

static const char *given(struct request *r, const char *name)
{
	const char *text = query_text(r, name);

	return text != NULL ? text : "";
}

/* The same question about what is older. Values are taken only where they were understood. */
static const char *older(struct request *r, uint64_t before)
{
	return arena_printf(
		r->arena, "/office/audit?before=%" PRIu64 "&account=%s&what=%s&from=%s&until=%s",
		before, given(r, "account"), given(r, "what"), given(r, "from"), given(r, "until"));
}

static void audit_came(struct request *r)
{
	const json_t *list;
	json_t *page;
	int64_t next;

	if (refused(r, 0))
		return;
	list = answer(r, 0);
	next = number_in(list, "next");
	page = json_pack("{s:s, s:o, s:o, s:s, s:s, s:s, s:s}", "title", word(r, "audit.title"),
			 "entries", entries_page(r, json_object_get(list, "entries")), "kinds",
			 kinds_page(r, query_text(r, "what")), "account", given(r, "account"),
			 "what", given(r, "what"), "from", given(r, "from"), "until",
			 given(r, "until"));
	if (next != 0) {
		put_text_if_any(page, "older", older(r, (uint64_t)next));
		reply_header(r, "Link", "<%s>; rel=\"next\"", older(r, (uint64_t)next));
	}
	reply_page(r, 200, "audit", page);
}

/* ---- as a table to keep ---- */

/* What a spreadsheet would take for a formula begins with a quote. */
static void add_cell(FILE *out, const char *text)
{
	fputc('"', out);
	if (text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
		fputc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void add_line(FILE *out, const json_t *e)
{
	static const char *const columns[] = {"what", "account", "by",     "about",
					      "role", "org",     "detail", "address"};
	char at[32];

	time_text(number_in(e, "at_us"), at);
	fprintf(out, "%" PRId64 ",%s", number_in(e, "seq"), at);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		fputc(',', out);
		add_cell(out, text_in(e, columns[i]));
	}
	fputs("\r\n", out);
}

static void csv_came(struct request *r)
{
	char *text = NULL;
	size_t len = 0, i;
	const json_t *e;
	FILE *out;

	if (refused(r, 0))
		return;
	out = open_memstream(&text, &len);
	ENSURE(out != NULL);
	fputs("seq,at,what,account,by,about,role,org,detail,address\r\n", out);
	json_array_foreach(json_object_get(answer(r, 0), "entries"), i, e) add_line(out, e);
	fclose(out);
	if (number_in(answer(r, 0), "next") != 0)
		reply_header(r, "Link", "<%s&format=csv>; rel=\"next\"",
			     older(r, (uint64_t)number_in(answer(r, 0), "next")));
	reply_header(r, "Content-Disposition", "attachment; filename=\"access.csv\"");
	reply_bytes(r, 200, "text/csv; charset=utf-8", (struct bytes){(const uint8_t *)text, len});
	free(text);
}

/* ---- the question ---- */

/* False: not a date; told. */
static bool take_day(struct request *r, json_t *fields, const char *name, const char *field)
{
	const char *text = given(r, name);
	int64_t at_us;

	if (text[0] == '\0')
		return true;
	if (!time_of_text(text, &at_us) &&
	    !(strlen(text) == 10 &&
	      time_of_text(arena_printf(r->arena, "%sT00:00:00Z", text), &at_us))) {
		problem_at(r, arena_printf(r->arena, "/%s", name), "a date as 2027-06-30");
		reply_problem(r, 400, "invalid", "That is not a date.");
		return false;
	}
	json_object_set_new(fields, field, json_integer((json_int_t)at_us));
	return true;
}

static bool take_account(struct request *r, json_t *fields)
{
	const char *text = given(r, "account");
	struct id id;

	if (text[0] == '\0')
		return true;
	if (!id_of_text(text, &id)) {
		reply_problem(r, 400, "invalid", "The account is an id, as the list shows it.");
		return false;
	}
	put_text_if_any(fields, "account", ID_STR(bytes_of_id(&id)));
	return true;
}

static bool take_kind(struct request *r, json_t *fields)
{
	const char *text = given(r, "what");

	if (text[0] == '\0')
		return true;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i], text) == 0) {
			put_text_if_any(fields, "what", text);
			return true;
		}
	reply_problem(r, 400, "invalid", "There is no such event.");
	return false;
}

static void show_audit(struct request *r)
{
	bool csv = strcmp(given(r, "format"), "csv") == 0;
	int64_t limit = query_number(r, "limit", 1, LIMIT_MOST, LIMIT_PAGE);
	json_t *fields =
		json_pack("{s:I, s:I}", "limit", (json_int_t)(csv ? LIMIT_CSV : limit), "before",
			  (json_int_t)query_number(r, "before", 0, INT64_MAX, 0));

	if (!take_account(r, fields) || !take_kind(r, fields) ||
	    !take_day(r, fields, "from", "from_us") || !take_day(r, fields, "until", "until_us")) {
		json_decref(fields);
		return;
	}
	ask(r, TO_SELF, "list_access", fields);
	then(r, csv ? csv_came : audit_came);
}

static const struct route audit[] = {
	{GET, "/office/audit", show_audit, .may = MAY_AUDITOR | MAY_OPERATOR, .as = AS_OFFICE,
	 .scope = "admin", .about = "Every change of access",
	 .takes = "account?text what?text from?text until?text before?count limit?count "
		  "format?text"},
};
const struct route_list audit_routes = {audit, ARRAY_LEN(audit)};
