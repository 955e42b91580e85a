/* Addresses that may be connected to. */
#include "services/notification/sinks/guard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_LEN 64 /* of "ADDRESS/BITS", and more than any has */

/* What IANA's registries of special addresses do not call globally reachable. */
static const struct guard_network not_public[] = {
	{AF_INET, 8, {0}},                        /* this network */
	{AF_INET, 8, {10}},                       /* private */
	{AF_INET, 10, {100, 64}},                 /* shared: carriers' NAT */
	{AF_INET, 8, {127}},                      /* loopback */
	{AF_INET, 32, {168, 63, 129, 16}},        /* the host of a virtual machine at Azure */
	{AF_INET, 16, {169, 254}},                /* link-local; clouds tell secrets there */
	{AF_INET, 12, {172, 16}},                 /* private */
	{AF_INET, 24, {192, 0, 0}},               /* protocol assignments */
	{AF_INET, 24, {192, 0, 2}},               /* documentation */
	{AF_INET, 24, {192, 88, 99}},             /* relays of 6to4 */
	{AF_INET, 16, {192, 168}},                /* private */
	{AF_INET, 15, {198, 18}},                 /* benchmarks */
	{AF_INET, 24, {198, 51, 100}},            /* documentation */
	{AF_INET, 24, {203, 0, 113}},             /* documentation */
	{AF_INET, 4, {224}},                      /* multicast */
	{AF_INET, 4, {240}},                      /* reserved, broadcast */
	{AF_INET6, 23, {0x20, 0x01}},             /* protocol assignments, Teredo */
	{AF_INET6, 32, {0x20, 0x01, 0x0d, 0xb8}}, /* documentation */
	{AF_INET6, 16, {0x20, 0x02}},             /* 6to4: wraps IPv4 */
	{AF_INET6, 16, {0x3f, 0xfe}},             /* given back: 6bone */
	{AF_INET6, 20, {0x3f, 0xff}},             /* documentation */
};

/* All other IPv6 that is public lies here; loopback, mapped, NAT64, unique local, link-local and
 * multicast do not. */
static const struct guard_network global_unicast = {AF_INET6, 3, {0x20}};

static bool holds(const struct guard_network *n, sa_family_t family, const uint8_t *address)
{
	unsigned whole = n->bits / 8, rest = n->bits % 8;

	if (n->family != family || memcmp(n->address, address, whole) != 0)
		return false;
	return rest == 0 || ((n->address[whole] ^ address[whole]) & (0xff00 >> rest) & 0xff) == 0;
}

static bool is_public(sa_family_t family, const uint8_t *address)
{
	if (family == AF_INET6 && !holds(&global_unicast, family, address))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(not_public); i++)
		if (holds(&not_public[i], family, address))
			return false;
	return true;
}

bool guard_allows(const struct guard *g, const struct sockaddr *address, socklen_t len)
{
	uint8_t bytes[16] = {0};

	if (address->sa_family == AF_INET && len >= sizeof(struct sockaddr_in))
		memcpy(bytes, (const uint8_t *)address + offsetof(struct sockaddr_in, sin_addr), 4);
	else if (address->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6))
		memcpy(bytes, (const uint8_t *)address + offsetof(struct sockaddr_in6, sin6_addr),
		       16);
	else
		return false;
	for (unsigned i = 0; i < g->n_allowed; i++)
		if (holds(&g->allowed[i], address->sa_family, bytes))
			return true;
	return is_public(address->sa_family, bytes);
}

/* ---- the operator's networks ---- */

static bool wrong(char *why_r, const char *word, const char *because)
{
	snprintf(why_r, GUARD_WHY_LEN, "%s %s", word, because);
	return false;
}

static bool bits_of(const char *text, unsigned most, unsigned *bits_r)
{
	size_t n = strspn(text, "0123456789");

	if (n < 1 || n > 3 || text[n] != '\0')
		return false;
	*bits_r = (unsigned)strtoul(text, NULL, 10);
	return *bits_r <= most;
}

static bool bits_behind(const struct guard_network *n)
{
	for (unsigned i = n->bits; i < 128; i++)
		if ((n->address[i / 8] & (0x80 >> i % 8)) != 0)
			return true;
	return false;
}

static bool parse_word(struct guard_network *n, const char *word, char *why_r)
{
	char address[WORD_LEN + 1];
	const char *slash = strchr(word, '/');
	size_t len = slash != NULL ? (size_t)(slash - word) : 0;

	if (slash == NULL)
		return wrong(why_r, word, "is no network: ADDRESS/BITS is expected");
	memcpy(address, word, len);
	address[len] = '\0';
	*n = (struct guard_network){.family = strchr(address, ':') ? AF_INET6 : AF_INET};
	if (inet_pton(n->family, address, n->address) != 1)
		return wrong(why_r, word, "has no address before its slash");
	if (!bits_of(slash + 1, n->family == AF_INET ? 32 : 128, &n->bits))
		return wrong(why_r, word,
			     n->family == AF_INET ? "needs 0 to 32 bits" : "needs 0 to 128 bits");
	if (bits_behind(n))
		return wrong(why_r, word,
			     "is an address in a network: zeros belong behind its bits");
	return true;
}

bool guard_parse(struct guard *g, const char *networks, char *why_r)
{
	char word[WORD_LEN + 1];

	*g = (struct guard){0};
	for (const char *at = networks + strspn(networks, " "); *at != '\0';
	     at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		snprintf(word, sizeof word, "%.*s", (int)MIN(len, WORD_LEN), at);
		if (len > WORD_LEN)
			return wrong(why_r, word, "is too long for a network");
		if (g->n_allowed == GUARD_NETWORKS)
			return wrong(why_r, word, "is one too many: 32 networks are the most");
		if (!parse_word(&g->allowed[g->n_allowed], word, why_r))
			return false;
		g->n_allowed++;
		at += len;
	}
	return true;
}
