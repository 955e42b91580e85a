/* The guard: what a URL from outside may lead to. */
#include "tests/support/suite.h"

#include "services/notification/sinks/guard.h"

#include <arpa/inet.h>
#include <string.h>

static bool allowed(const struct guard *g, const char *text)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in = {.sin_family = AF_INET};

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return guard_allows(g, (const struct sockaddr *)&in, sizeof in);
	ck_assert_msg(inet_pton(AF_INET6, text, &in6.sin6_addr) == 1, "%s", text);
	return guard_allows(g, (const struct sockaddr *)&in6, sizeof in6);
}

static struct guard guard_of(const char *networks)
{
	char why[GUARD_WHY_LEN] = "";
	struct guard g;

	ck_assert_msg(guard_parse(&g, networks, why), "%s", why);
	return g;
}

/* First and last of each network, and one inside where something listens. */
static const char *const refused[] = {
	"0.0.0.0",
	"0.255.255.255",
	"10.0.0.0",
	"10.255.255.255",
	"100.64.0.0",
	"100.100.100.200",
	"100.127.255.255",
	"127.0.0.0",
	"127.0.0.1",
	"127.255.255.255",
	"168.63.129.16",
	"169.254.0.0",
	"169.254.169.254",
	"169.254.255.255",
	"172.16.0.0",
	"172.31.255.255",
	"192.0.0.0",
	"192.0.0.255",
	"192.0.2.1",
	"192.88.99.1",
	"192.168.0.0",
	"192.168.255.255",
	"198.18.0.0",
	"198.19.255.255",
	"198.51.100.7",
	"203.0.113.7",
	"224.0.0.0",
	"239.255.255.255",
	"240.0.0.0",
	"255.255.255.255",
	"::",
	"::1",
	"::7f00:1",            /* compatible, long gone */
	"::ffff:127.0.0.1",    /* mapped */
	"::ffff:8.8.8.8",      /* mapped: IPv4 comes as such */
	"64:ff9b::7f00:1",     /* NAT64 */
	"64:ff9b:1::10.0.0.1", /* NAT64 of one's own */
	"100::1",              /* discarded */
	"2001::1",             /* Teredo */
	"2001:10::1",          /* ORCHID */
	"2001:1ff:ffff::1",    /* last of the assignments */
	"2001:db8::1",         /* documentation */
	"2002:7f00:1::1",      /* 6to4 of loopback */
	"2002:808:808::1",     /* 6to4 of a public one */
	"3ffe::1",
	"3fff::1",
	"3fff:fff:ffff::1",
	"4000::1",
	"5f00::1",
	"fc00::1",
	"fd00:ec2::254",
	"fe80::1",
	"febf::1",
	"fec0::1",
	"ff02::1",
	"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

START_TEST(what_is_not_public_is_refused)
{
	struct guard g = guard_of("");

	ck_assert_msg(!allowed(&g, refused[_i]), "%s", refused[_i]);
}
END_TEST

/* The neighbours of the networks above among them. */
static const char *const public[] = {
	"1.0.0.0",         "8.8.8.8",       "9.255.255.255",    "11.0.0.0",
	"100.63.255.255",  "100.128.0.0",   "126.255.255.255",  "128.0.0.0",
	"168.63.129.15",   "168.63.129.17", "169.253.255.255",  "169.255.0.0",
	"172.15.255.255",  "172.32.0.0",    "192.0.1.0",        "192.0.3.0",
	"192.88.98.255",   "192.88.100.0",  "192.167.255.255",  "192.169.0.0",
	"198.17.255.255",  "198.20.0.0",    "198.51.99.255",    "203.0.114.0",
	"223.255.255.255", "2001:200::1",   "2001:db7:ffff::1", "2001:db9::1",
	"2003::1",         "2600::1",       "2a00:1450::1",     "3ffd:ffff::1",
};

START_TEST(what_is_public_is_allowed)
{
	struct guard g = guard_of("");

	ck_assert_msg(allowed(&g, public[_i]), "%s", public[_i]);
}
END_TEST

START_TEST(a_network_of_the_operators_is_allowed_and_nothing_beside_it)
{
	struct guard g = guard_of("  10.1.2.0/23 127.0.0.1/32  fd12:3456::/33 ");

	ck_assert(allowed(&g, "10.1.2.0"));
	ck_assert(allowed(&g, "10.1.3.255"));
	ck_assert(!allowed(&g, "10.1.4.0"));
	ck_assert(!allowed(&g, "10.1.1.255"));
	ck_assert(allowed(&g, "127.0.0.1"));
	ck_assert(!allowed(&g, "127.0.0.2"));
	ck_assert(!allowed(&g, "::1"));
	ck_assert(!allowed(&g, "::ffff:127.0.0.1"));
	ck_assert(allowed(&g, "fd12:3456:7fff::1"));
	ck_assert(!allowed(&g, "fd12:3456:8000::1"));
	g = guard_of("0.0.0.0/0 ::/0");
	ck_assert(allowed(&g, "127.0.0.1"));
	ck_assert(allowed(&g, "fe80::1"));
	g = guard_of("::ffff:10.0.0.0/104");
	ck_assert(allowed(&g, "::ffff:10.0.0.1"));
	ck_assert(!allowed(&g, "10.0.0.1"));
}
END_TEST

static const struct {
	const char *networks, *word;
} wrong[] = {
	{"10.0.0.0", "10.0.0.0 is no network"},
	{"127.0.0.0/8 localhost/8", "localhost/8 has no address"},
	{"10.0.0/8", "10.0.0/8 has no address"},
	{"10.0.0.0/33", "needs 0 to 32 bits"},
	{"10.0.0.0/", "needs 0 to 32 bits"},
	{"10.0.0.0/8x", "needs 0 to 32 bits"},
	{"10.0.0.0/+8", "needs 0 to 32 bits"},
	{"10.0.0.0/0008", "needs 0 to 32 bits"},
	{"::/129", "needs 0 to 128 bits"},
	{"/8", "has no address"},
	{"/", "has no address"},
	{"10.0.0.0/8,127.0.0.0/8", "needs 0 to 32 bits"},
	{"10.0.0.1/8", "zeros belong behind its bits"},
	{"fd00::1/64", "zeros belong behind its bits"},
	{"10.0.0.0/0", "zeros belong behind its bits"},
	{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd/128", "is too long"},
};

START_TEST(a_wrong_network_is_named)
{
	char why[GUARD_WHY_LEN];
	struct guard g;

	ck_assert(!guard_parse(&g, wrong[_i].networks, why));
	ck_assert_msg(strstr(why, wrong[_i].word) != NULL, "%s", why);
}
END_TEST

START_TEST(more_networks_than_there_is_room_for_are_refused)
{
	char why[GUARD_WHY_LEN], networks[(GUARD_NETWORKS + 1) * 12 + 1] = "";
	struct guard g;

	for (unsigned i = 0; i < GUARD_NETWORKS; i++)
		strcat(networks, "10.0.0.0/8 ");
	ck_assert(guard_parse(&g, networks, why));
	strcat(networks, "10.0.0.0/8");
	ck_assert(!guard_parse(&g, networks, why));
	ck_assert_ptr_nonnull(strstr(why, "one too many"));
}
END_TEST

START_TEST(what_is_no_internet_address_is_refused)
{
	struct guard g = guard_of("0.0.0.0/0 ::/0");
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr other = {.sa_family = AF_UNIX};

	ck_assert(!guard_allows(&g, &other, sizeof other));
	ck_assert(!guard_allows(&g, (const struct sockaddr *)&in, sizeof in - 1));
	in.sin_family = AF_INET6; /* shorter than one */
	ck_assert(!guard_allows(&g, (const struct sockaddr *)&in, sizeof in));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("guard");
	TCase *tcase = tcase_create("guard");

	tcase_add_loop_test(tcase, what_is_not_public_is_refused, 0, (int)ARRAY_LEN(refused));
	tcase_add_loop_test(tcase, what_is_public_is_allowed, 0, (int)ARRAY_LEN(public));
	tcase_add_test(tcase, a_network_of_the_operators_is_allowed_and_nothing_beside_it);
	tcase_add_loop_test(tcase, a_wrong_network_is_named, 0, (int)ARRAY_LEN(wrong));
	tcase_add_test(tcase, more_networks_than_there_is_room_for_are_refused);
	tcase_add_test(tcase, what_is_no_internet_address_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
