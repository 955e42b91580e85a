/* The networks that an operator allows, and addresses of any shape: read back as they were read,
 * and never the machine itself unless it was named. */
#include "tests/fuzz/fuzz.h"

#include "services/notification/sinks/guard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define NETWORK_LEN (INET6_ADDRSTRLEN + 5)

static void check_network(const struct guard_network *n)
{
	char address[INET6_ADDRSTRLEN], text[NETWORK_LEN], why[GUARD_WHY_LEN];
	struct guard again;

	ENSURE(n->family == AF_INET || n->family == AF_INET6);
	ENSURE(n->bits <= (n->family == AF_INET ? 32 : 128));
	ENSURE(inet_ntop(n->family, n->address, address, sizeof address) != NULL);
	snprintf(text, sizeof text, "%s/%u", address, n->bits);
	ENSURE(guard_parse(&again, text, why) && again.n_allowed == 1);
	ENSURE(again.allowed[0].family == n->family && again.allowed[0].bits == n->bits);
	ENSURE(memcmp(again.allowed[0].address, n->address, sizeof n->address) == 0);
}

static void check_addresses(const struct guard *g, const uint8_t *data, size_t size)
{
	struct sockaddr_in here = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	union {
		struct sockaddr any;
		struct sockaddr_in6 in6;
		uint8_t bytes[sizeof(struct sockaddr_in6)];
	} address = {0};

	memcpy(address.bytes, data, MIN(size, sizeof address));
	for (socklen_t len = sizeof(sa_family_t); len <= sizeof address; len++)
		(void)guard_allows(g, &address.any, len);
	if (g->n_allowed == 0)
		ENSURE(!guard_allows(g, (const struct sockaddr *)&here, sizeof here));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[2048], why[GUARD_WHY_LEN] = "";
	struct guard g;

	snprintf(text, sizeof text, "%.*s", (int)MIN(size, sizeof text - 1), (const char *)data);
	if (!guard_parse(&g, text, why)) {
		ENSURE(why[0] != '\0' && memchr(why, '\0', sizeof why) != NULL);
		return 0;
	}
	ENSURE(g.n_allowed <= GUARD_NETWORKS);
	for (unsigned i = 0; i < g.n_allowed; i++)
		check_network(&g.allowed[i]);
	check_addresses(&g, data, size);
	return 0;
}
