/*
 * The guard: which addresses a URL that came from outside may lead to.
 *
 * Public unicast ones, and those of the networks that the operator allows. Not this machine, not
 * its networks, nor what may lead to them: private, loopback, link-local, shared, multicast,
 * reserved, and IPv6 addresses that wrap an IPv4 address.
 */
#ifndef CAIRN_NOTIFICATION_GUARD_H
#define CAIRN_NOTIFICATION_GUARD_H

#include "libshared/base.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define GUARD_NETWORKS 32
#define GUARD_WHY_LEN 160

struct guard_network {
	sa_family_t family;  /* AF_INET or AF_INET6 */
	unsigned bits;       /* 0 <= bits <= 32 or 128 */
	uint8_t address[16]; /* IPv4: the first four */
};

struct guard {
	struct guard_network allowed[GUARD_NETWORKS];
	unsigned n_allowed;
};

/* From "10.1.0.0/16 fd12::/16", blanks between; "": none. false: why_r, of GUARD_WHY_LEN bytes,
 * says which one cannot be read. */
bool guard_parse(struct guard *g, const char *networks, char *why_r) MUST_CHECK;

/* address has the room of its family. */
bool guard_allows(const struct guard *g, const struct sockaddr *address, socklen_t len);

#endif
