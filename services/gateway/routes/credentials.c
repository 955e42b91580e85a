/* Credentials: what was earned, how it is shown to others, and how that is taken back. */
#include "libshared/check.h"
#include "libshared/clock.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"
#include "services/gateway/web/web.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SHARE_DAYS 365
#define SHARE_DAYS_MAX 1825
#define DAY_US (24 * 3600 * (int64_t)US_PER_S)

/* ---- telling ---- */

/* Never who decided: the holder needs what a verifier needs. */
static json_t *credential_row(struct request *r, const json_t *c)
{
	json_t *row =
		json_pack("{s:s, s:s, s:s, s:s, s:I}", "credential", text_in(c, "credential"),
			  "code", text_in(c, "code"), "name", text_in(c, "title"), "state",
			  text_in(c, "state"), "version", (json_int_t)number_in(c, "version"));

	ENSURE(row != NULL);
	put_text(row, "state_text", coded(r, "credential", text_in(c, "state")));
	put_text(row, "issuer", text_in(c, "issuer"));
	put_number(row, "decided_us", number_in(c, "decided_us"));
	put_date_of(r, row, "decided_us", "decided_text");
	put_number(row, "valid_from_us", number_in(c, "valid_from_us"));
	put_date_of(r, row, "valid_from_us", "valid_from_text");
	put_number(row, "valid_until_us", number_in(c, "valid_until_us"));
	put_date_of(r, row, "valid_until_us", "valid_until_text");
	if (strcmp(text_in(c, "state"), "issued") == 0)
		put_true(row, "is_active");
	if (*text_in(c, "superseded_by") != '\0')
		put_text(row, "superseded_by", text_in(c, "superseded_by"));
	if (*text_in(c, "reason_text") != '\0')
		put_text(row, "reason_text", text_in(c, "reason_text"));
	return row;
}

static json_t *credential_rows(struct request *r, const json_t *list)
{
	json_t *rows = json_array(), *c;
	size_t i;

	json_array_foreach(json_object_get(list, "credentials"), i, c)
	{
		json_array_append_new(rows, credential_row(r, c));
	}
	return rows;
}

/* ---- the list ---- */

static void list_came(struct request *r)
{
	json_t *page, *rows;

	if (refused(r, 0))
		return;
	rows = credential_rows(r, answer(r, 0));
	page = json_pack("{s:s}", "title", word(r, "teacher.credentials"));
	if (json_array_size(rows) > 0)
		put_true(page, "has_credentials");
	json_object_set_new(page, "credentials", rows);
	json_object_set_new(page, "stacks", copy_of_list(answer(r, 1), "stacks"));
	if (*text_in(answer(r, 0), "next") != '\0') {
		put_text(page, "next_after", text_in(answer(r, 0), "next"));
		reply_header(r, "Link", "</credentials?after=%s>; rel=\"next\"",
			     text_in(answer(r, 0), "next"));
	}
	reply_page(r, 200, "credentials", page);
}

static void show_list(struct request *r)
{
	json_t *fields = json_pack("{s:s, s:i}", "educator", own_id(r), "limit",
				   (int)query_number(r, "limit", 1, 100, 50));

	if (query_text(r, "after") != NULL)
		put_text(fields, "after", query_text(r, "after"));
	ask(r, TO_ISSUANCE, "list_credentials", fields);
	ask(r, TO_ISSUANCE, "list_educator_stacks", json_pack("{s:s}", "educator", own_id(r)));
	then(r, list_came);
}

/* ---- one ---- */

/* What LinkedIn's "add to profile" form takes, with the address that everybody may open. */
static const char *linkedin(struct request *r, const json_t *c, const char *issuer,
			    const char *address)
{
	time_t at = (time_t)(number_in(c, "valid_from_us") / US_PER_S);
	struct tm day;

	gmtime_r(&at, &day);
	return arena_printf(r->arena,
			    "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME"
			    "&name=%s&organizationName=%s&issueYear=%d&issueMonth=%d&certUrl=%s"
			    "&certId=%s",
			    escaped(r, text_in(c, "title")), escaped(r, issuer), day.tm_year + 1900,
			    day.tm_mon + 1, escaped(r, address),
			    escaped(r, text_in(c, "credential")));
}

static json_t *shares_of(struct request *r, const json_t *answer)
{
	json_t *list = copy_of_list(answer, "shares"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		put_text(row, "state_text", coded(r, "share", text_in(row, "state")));
		put_date_of(r, row, "shared_us", "shared_text");
		put_date_of(r, row, "until_us", "until_text");
		if (strcmp(text_in(row, "state"), "open") != 0)
			continue;
		put_true(row, "is_open");
		put_text(row, "address", public_path(r, "/s/%s", text_in(row, "token")));
	}
	return list;
}

static json_t *history_of(struct request *r, const json_t *answer)
{
	json_t *list = copy_of_list(answer, "steps"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		put_moment_of(r, row, "at_us", "at_text");
		put_text(row, "event_text", coded(r, "life", text_in(row, "event")));
		/* There even when empty: a page would find the credential's own. */
		put_text(row, "reason_text", text_in(row, "reason_text"));
		json_object_del(row, "by");
		json_object_del(row, "second");
	}
	return list;
}

struct shown {
	json_t *credential, *shares, *history;
};

static void issuer_came(struct request *r)
{
	const struct shown *shown = r->own;
	const json_t *c = shown->credential;
	const char *issuer = text_in(json_object_get(answer(r, 0), "issuer"), "name");
	const char *address = public_path(r, "/v/%s", param(r, "credential"));
	json_t *page = credential_row(r, c);

	put_text(page, "title", text_in(c, "title"));
	put_text(page, "address", address);
	put_text(page, "sha256", text_in(c, "sha256"));
	put_number(page, "attempt", number_in(c, "attempt"));
	put_number(page, "reads", number_in(c, "reads"));
	put_text(page, "linkedin", linkedin(r, c, issuer, address));
	if (*issuer != '\0')
		put_text(page, "issuer_name", issuer);
	json_object_set_new(page, "shares", shares_of(r, shown->shares));
	if (json_array_size(json_object_get(page, "shares")) > 0)
		put_true(page, "has_shares");
	json_object_set_new(page, "history", history_of(r, shown->history));
	if (json_array_size(json_object_get(page, "history")) > 0)
		put_true(page, "has_history");
	reply_page(r, 200, "credential", page);
}

static void credential_came(struct request *r)
{
	struct shown *shown = arena_alloc(r->arena, sizeof *shown);

	if (not_told(r, 0) || !is_own(r, answer(r, 0)))
		return;
	*shown = (struct shown){.credential = keep(r, json_incref(answer(r, 0))),
				.shares = keep(r, json_incref(answer(r, 1))),
				.history = keep(r, json_incref(answer(r, 2)))};
	r->own = shown;
	ask(r, TO_ISSUANCE, "get_issuer",
	    json_pack("{s:s}", "issuer", text_in(shown->credential, "issuer")));
	then(r, issuer_came);
}

static void show_credential(struct request *r)
{
	struct id id;
	const char *text;

	if (!param_id(r, "credential", &id))
		return;
	text = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&id)));
	ask(r, TO_ISSUANCE, "get_credential", json_pack("{s:s}", "credential", text));
	ask(r, TO_ISSUANCE, "list_shares",
	    json_pack("{s:s, s:s}", "educator", own_id(r), "credential", text));
	ask(r, TO_ISSUANCE, "get_history", json_pack("{s:s}", "credential", text));
	then(r, credential_came);
}

/* ---- sharing ---- */

static void shared(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 201,
			   json_pack("{s:s, s:s}", "credential", param(r, "credential"), "share",
				     (const char *)r->own),
			   "/credentials/%s", param(r, "credential"));
}

static int64_t share_until(const struct request *r)
{
	long days = strtol(sent(r, "days"), NULL, 10);

	if (json_is_integer(json_object_get(r->body, "days")))
		days = (long)json_integer_value(json_object_get(r->body, "days"));
	if (days < 1 || days > SHARE_DAYS_MAX)
		days = SHARE_DAYS;
	return r->now_us + days * DAY_US;
}

static void share(struct request *r)
{
	struct id credential, made = made_id(r, "share");

	if (!param_id(r, "credential", &credential))
		return;
	r->own = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&made)));
	order(r, TO_ISSUANCE, "share_credential", &credential,
	      json_pack("{s:s, s:s, s:I, s:b}", "share", (const char *)r->own, "credential",
			ID_STR(bytes_of_id(&credential)), "until_us", (json_int_t)share_until(r),
			"with_name", is_sent(r, "with_name")));
	then(r, shared);
}

static void share_withdrawn(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "share", param(r, "share")),
			   "/credentials/%s", param(r, "credential"));
}

static void withdraw_share(struct request *r)
{
	struct id credential, made;

	if (!param_id(r, "credential", &credential) || !param_id(r, "share", &made))
		return;
	order(r, TO_ISSUANCE, "withdraw_share", &credential,
	      json_pack("{s:s}", "share", ID_STR(bytes_of_id(&made))));
	then(r, share_withdrawn);
}

/* ---- the portfolio ---- */

static json_t *externals_of(struct request *r, const json_t *answer)
{
	json_t *list = copy_of_list(answer, "externals"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		put_date_of(r, row, "valid_from_us", "valid_from_text");
		put_date_of(r, row, "verified_us", "verified_text");
	}
	return list;
}

static void portfolio_came(struct request *r)
{
	json_t *page, *rows;

	if (refused(r, 0) || refused(r, 1))
		return;
	rows = credential_rows(r, answer(r, 0));
	page = json_pack("{s:s}", "title", word(r, "teacher.portfolio"));
	if (json_array_size(rows) > 0)
		put_true(page, "has_credentials");
	json_object_set_new(page, "credentials", rows);
	json_object_set_new(page, "externals", externals_of(r, answer(r, 1)));
	if (json_array_size(json_object_get(page, "externals")) > 0)
		put_true(page, "has_externals");
	json_object_set_new(page, "stacks", copy_of_list(answer(r, 2), "stacks"));
	reply_page(r, 200, "portfolio", page);
}

static void show_portfolio(struct request *r)
{
	ask(r, TO_ISSUANCE, "list_credentials",
	    json_pack("{s:s, s:i}", "educator", own_id(r), "limit", 100));
	ask(r, TO_ISSUANCE, "list_externals",
	    json_pack("{s:s, s:i}", "educator", own_id(r), "limit", 100));
	ask(r, TO_ISSUANCE, "list_educator_stacks", json_pack("{s:s}", "educator", own_id(r)));
	then(r, portfolio_came);
}

static const struct route credentials[] = {
	{GET, "/credentials", show_list, READS(RECORD_OF), .takes = "after?text limit?count",
	 .about = "Your credentials and stacks"},
	{GET, "/credentials/{credential}", show_credential, READS(RECORD_OF),
	 .about = "A credential of yours: files, links by which you show it, what happened to it"},
	{POST, "/credentials/{credential}/shares", share, CHANGES(RECORD_OF),
	 .takes = "days?count with_name?yes", .about = "Make a link that shows a credential"},
	{POST, "/credentials/{credential}/shares/{share}/withdraw", withdraw_share,
	 CHANGES(RECORD_OF), .about = "Take a link back: it says that it is not shared any more"},
	{GET, "/portfolio", show_portfolio, READS(RECORD_OF),
	 .about = "All that you have earned, here and elsewhere"},
};

const struct route_list credential_routes = {credentials, ARRAY_LEN(credentials)};
