/*
 * A relying party without pages, for openid.mjs: orders come as lines of JSON, answers go as lines.
 *
 *	openid_kit ISSUER SECRET_FILE KEY_FILE       one of the files is ""
 *	{"do":"begin","redirect":U,"again":false}    -> {"url","state","nonce","verifier"}
 *	{"do":"return","code","verifier","nonce","redirect","iss","again"} -> {"fault","claims"}
 *	{"do":"check","token","nonce"}               -> {"fault"}
 *	{"do":"logout","token"}                      -> {"fault","claims"}
 *	{"do":"end","after":U}                       -> {"url"}
 */
#include "libshared/clock.h"
#include "services/gateway/openid/claims.h"
#include "services/gateway/openid/id_token.h"
#include "services/gateway/openid/oidc.h"
#include "services/gateway/openid/pkce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_US (10 * US_PER_S)

static struct openid_config config = {.client = "cairn",
				      .secret_file = "",
				      .key_file = "",
				      .scope = "email profile",
				      .hosts = "",
				      .email_claim = "email",
				      .staff_claim = "staff_id",
				      .name_claim = "name",
				      .role_claim = "realm_access.roles",
				      .district_claim = "district",
				      .school_claim = "school",
				      .roles = "Faculty=teacher,Tech=coach",
				      .orgs = ""};
static struct oidc *oidc;
static struct arena *arena;

/* One turn of a loop: waits for what the provider does. */
static void turn(void)
{
	zmq_pollitem_t items[64];
	unsigned n = oidc_items(oidc, items, ARRAY_LEN(items));

	zmq_poll(items, (int)n, 20);
	oidc_turn(oidc, clock_mono_us());
}

static enum oidc_state prepare(void)
{
	int64_t until_us = clock_mono_us() + WAIT_US;
	enum oidc_state state;

	while ((state = oidc_prepare(oidc, clock_mono_us())) == OIDC_WAITING &&
	       clock_mono_us() < until_us)
		turn();
	return state;
}

static const char *text(const json_t *order, const char *member)
{
	const char *value = json_string_value(json_object_get(order, member));

	return value != NULL ? value : "";
}

static json_t *begin(const json_t *order)
{
	struct oidc_going going = {.redirect_uri = text(order, "redirect"),
				   .again = json_is_true(json_object_get(order, "again"))};
	const char *verifier;

	if (prepare() != OIDC_READY)
		return json_pack("{s:s}", "fault", "not_ready");
	going.state = random_word(arena);
	going.nonce = random_word(arena);
	verifier = random_word(arena);
	going.challenge = pkce_challenge(verifier, arena);
	return json_pack("{s:s, s:s, s:s, s:s}", "url", oidc_authorization_url(oidc, &going, arena),
			 "state", going.state, "nonce", going.nonce, "verifier", verifier);
}

typedef enum token_fault token_check_fn(const char *token, const json_t *keys,
					const struct token_expected *expected, struct arena *arena,
					json_t **claims_r);

/* As the gateway does: a key that is not known is asked for once. */
static json_t *checked(token_check_fn *check, const char *token, const char *nonce, bool again)
{
	struct token_expected expected = {.issuer = config.issuer,
					  .client = config.client,
					  .nonce = nonce,
					  .now_us = clock_wall_us(),
					  .auth_most_us = again ? 60 * US_PER_S : 0};
	json_t *claims = NULL;
	int64_t since_us = clock_mono_us();
	enum token_fault fault = check(token, oidc_keys(oidc), &expected, arena, &claims);
	enum oidc_state state;

	if (fault == TOKEN_UNKNOWN_KEY) {
		while ((state = oidc_renew_keys(oidc, since_us, clock_mono_us())) == OIDC_WAITING)
			turn();
		if (state == OIDC_READY)
			fault = check(token, oidc_keys(oidc), &expected, arena, &claims);
	}
	return json_pack("{s:s, s:o*}", "fault", token_fault_name(fault), "claims", claims);
}

static json_t *come_back(const json_t *order)
{
	const char *iss = json_string_value(json_object_get(order, "iss")), *token = NULL;
	enum oidc_state state;
	uint64_t ticket;
	json_t *answer;
	struct vouched who;

	if (!oidc_is_from(oidc, iss))
		return json_pack("{s:s}", "fault", "other_provider");
	ticket = oidc_redeem(oidc, text(order, "code"), text(order, "verifier"),
			     text(order, "redirect"), clock_mono_us());
	while ((state = oidc_redeemed(oidc, ticket, arena, &token)) == OIDC_WAITING)
		turn();
	if (state != OIDC_READY)
		return json_pack("{s:s}", "fault", "code_refused");
	answer = checked(id_token_check, token, text(order, "nonce"),
			 json_is_true(json_object_get(order, "again")));
	who = claims_read(&config, json_object_get(answer, "claims"));
	json_object_set_new(answer, "roles", json_integer(who.roles));
	json_object_set_new(answer, "email", json_string(who.email));
	json_object_set_new(answer, "staff", json_string(who.staff));
	json_object_set_new(answer, "token", json_string(token));
	return answer;
}

static json_t *check_token(const json_t *order)
{
	return checked(id_token_check, text(order, "token"), text(order, "nonce"), false);
}

static json_t *log_out(const json_t *order)
{
	return checked(logout_token_check, text(order, "token"), "", false);
}

static json_t *end(const json_t *order)
{
	return json_pack("{s:s*}", "url", oidc_end_url(oidc, text(order, "after"), arena));
}

static const struct {
	const char *name;
	json_t *(*run)(const json_t *order);
} orders[] = {{"begin", begin},
	      {"return", come_back},
	      {"check", check_token},
	      {"logout", log_out},
	      {"end", end}};

static json_t *run(const json_t *order)
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++)
		if (strcmp(orders[i].name, text(order, "do")) == 0)
			return orders[i].run(order);
	return json_pack("{s:s}", "fault", "unknown_order");
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t room = 0;

	ENSURE(argc == 4);
	config.issuer = argv[1];
	config.secret_file = argv[2];
	config.key_file = argv[3];
	oidc = oidc_new(&config);
	if (oidc == NULL)
		return 2;
	arena = arena_new(4096);
	while (getline(&line, &room, stdin) > 0) {
		json_t *order = json_loads(line, 0, NULL), *answer = run(order);
		char *out = json_dumps(answer, JSON_COMPACT);

		puts(out);
		fflush(stdout);
		free(out);
		json_decref(order);
		json_decref(answer);
		arena_reset(arena);
	}
	free(line);
	arena_destroy(&arena);
	oidc_destroy(&oidc);
	return 0;
}
