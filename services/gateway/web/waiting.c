/* Requests that wait for a worker, and where requests come from. */
#include "services/gateway/signin/waiting.h"

#include "services/gateway/web/exchange.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Of all that wait for workers, what one address may take: the rest is left to others. */
#define OF_ADDRESS_MAX (WORK_QUEUE_MAX / 2)

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

/* A socket for both families tells an address of the older one in the newer one's form. */
static const char *mapped_text(struct request *r, const struct in6_addr *at)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (IN6_IS_ADDR_V4MAPPED(at))
		inet_ntop(AF_INET, &at->s6_addr[12], text, sizeof text);
	else
		inet_ntop(AF_INET6, at, text, sizeof text);
	return arena_printf(r->arena, "%s", text);
}

static const char *address_text(struct request *r, const struct sockaddr *at)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (at->sa_family == AF_INET6)
		return mapped_text(r, &((const struct sockaddr_in6 *)(const void *)at)->sin6_addr);

	if (at->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)at)->sin_addr, text,
			  sizeof text);
	return arena_printf(r->arena, "%s", text);
}

static enum MHD_Result note_forwarded(void *list_r, enum MHD_ValueKind kind, const char *key,
				      const char *value)
{
	(void)kind;
	if (strcasecmp(key, "X-Forwarded-For") == 0)
		*(const char **)list_r = value;
	return MHD_YES;
}

/* The last address of the last X-Forwarded-For is the one that our own proxy saw: some proxies
 * append to what the sender wrote, others add a header after it. */
static const char *forwarded(struct request *r)
{
	const char *list = NULL, *last;
	uint8_t at[16];

	MHD_get_connection_values(exchange_of(r)->connection, MHD_HEADER_KIND, note_forwarded,
				  &list);
	last = list != NULL ? strrchr(list, ',') : NULL;

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

bool address_asks_too_much(struct request *r)
{
	const char *address = address_of(r);
	unsigned n = 0;

	for (struct exchange *x = exchange_of(r)->server->exchanges; x != NULL; x = x->next)
		n += x->request.route == r->route && x->phase == PHASE_STEPS &&
		     strcmp(address_of(&x->request), address) == 0;
	return n > OF_ADDRESS_MAX;
}
