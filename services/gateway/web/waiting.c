/* Requests that wait for a worker, and where requests come from. */
#include "services/gateway/signin/waiting.h"

#include "services/gateway/web/exchange.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static void on_done(const struct work_owner *owner, bool ok, struct bytes out)
{
	struct exchange *x = server_exchange(owner->ctx, owner->token);
	struct worked *worked = owner->into;

	if (x == NULL)
		return;
	worked->ok = ok;
	worked->out = arena_copy(x->request.arena, out);
	exchange_answered(x);
}

void work_for(struct request *r, enum work kind, struct bytes in, struct worked *worked)
{
	struct exchange *x = exchange_of(r);
	struct work_owner owner = {
		.done = on_done, .ctx = x->server, .into = worked, .token = x->serial};

	*worked = (struct worked){.ok = false};
	if (r->web->workers != NULL && work_submit(r->web->workers, kind, in, &owner))
		exchange_awaits(x);
}

static const char *address_text(struct request *r, const struct sockaddr *at)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (at->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)at)->sin_addr, text,
			  sizeof text);
	else if (at->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)at)->sin6_addr,
			  text, sizeof text);
	return arena_printf(r->arena, "%s", text);
}

/* The last address of X-Forwarded-For is the one that our own proxy saw. */
static const char *forwarded(struct request *r)
{
	const char *list = header(r, "X-Forwarded-For");
	const char *last = list != NULL ? strrchr(list, ',') : NULL;
	uint8_t at[16];

	if (list == NULL)
		return NULL;
	last = last != NULL ? last + 1 : list;
	while (*last == ' ')
		last++;
	return inet_pton(AF_INET, last, at) == 1 || inet_pton(AF_INET6, last, at) == 1 ? last
										       : NULL;
}

const char *address_of(struct request *r)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		exchange_of(r)->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *address = info != NULL ? address_text(r, info->client_addr) : "";
	const char *before = NULL;

	if (strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0)
		before = forwarded(r);
	return before != NULL ? before : address;
}
