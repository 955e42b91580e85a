/* The peers file: lines of name, key, roles and scope, kept sorted by name and by key. */
#include "libshared/peers.h"

#include "libshared/log.h"
#include "libshared/service.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PEERS_MAX 10000
#define LINE_SIZE 512

struct peers {
	struct peer *by_name, *by_key;
	size_t n;
};

static const struct role_name {
	const char *name;
	uint32_t role;
} role_names[] = {
	{"portal", ROLE_PORTAL},     {"operator", ROLE_OPERATOR}, {"asserts", ROLE_ASSERTS},
	{"names", ROLE_NAMES},       {"follow", ROLE_FOLLOW},     {"licensure", ROLE_LICENSURE},
	{"delivers", ROLE_DELIVERS},
};

static uint32_t role_of_name(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(role_names); i++)
		if (strlen(role_names[i].name) == len && memcmp(role_names[i].name, name, len) == 0)
			return role_names[i].role;
	return 0;
}

bool roles_of_text(const char *text, uint32_t *roles_r)
{
	uint32_t roles = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		uint32_t role = role_of_name(text, len);

		if (role == 0)
			return false;
		roles |= role;
		text += len;
		text += *text == ',';
	}
	*roles_r = roles;
	return true;
}

uint64_t principal_of_name(const char *name)
{
	uint8_t hash[32];

	crypto_generichash(hash, sizeof hash, (const uint8_t *)name, strlen(name), NULL, 0);
	return get_u64_le(hash);
}

static bool is_plain(const char *text, size_t max, const char *allowed)
{
	size_t len = strlen(text);

	return len > 0 && len <= max && strspn(text, allowed) == len;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* What is wrong with the word after the key, or NULL. */
static const char *read_option(const char *word, struct peer *peer)
{
	if (strncmp(word, "roles=", 6) == 0) {
		if (!roles_of_text(word + 6, &peer->roles))
			return "roles are portal, operator, asserts, names, follow, licensure, "
			       "delivers";
		return NULL;
	}
	if (strncmp(word, "scope=", 6) == 0) {
		if (!is_plain(word + 6, PEER_SCOPE_MAX, UPPER LOWER DIGITS "-_:"))
			return "a scope is 1 to 31 letters, digits, - _ :";
		snprintf(peer->scope, sizeof peer->scope, "%s", word + 6);
		return NULL;
	}
	return "after the key come roles=... and scope=...";
}

/* What is wrong with the line, or NULL; peer->name is empty for a line that says nothing. */
static const char *read_line(char *line, struct peer *peer)
{
	char *rest = NULL;
	const char *word = strtok_r(line, " \t\r\n", &rest);

	*peer = (struct peer){.roles = 0};
	if (word == NULL || word[0] == '#')
		return NULL;
	if (!is_plain(word, PEER_NAME_MAX, LOWER DIGITS "-_"))
		return "a name is 1 to 31 of a-z, 0-9, - and _";
	snprintf(peer->name, sizeof peer->name, "%s", word);
	peer->principal = principal_of_name(peer->name);
	word = strtok_r(NULL, " \t\r\n", &rest);
	if (word == NULL || !key_of_text(word, peer->key))
		return "after the name comes a public key, 40 characters of Z85";
	while ((word = strtok_r(NULL, " \t\r\n", &rest)) != NULL && word[0] != '#') {
		const char *fault = read_option(word, peer);

		if (fault != NULL)
			return fault;
	}
	return NULL;
}

static int order_by_name(const void *a, const void *b)
{
	const struct peer *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int order_by_key(const void *a, const void *b)
{
	const struct peer *x = a, *y = b;

	return memcmp(x->key, y->key, KEY_LEN);
}

/* Sorts both ways and looks for what contradicts itself. */
static const char *settle(struct peers *p)
{
	if (p->n == 0)
		return NULL;
	qsort(p->by_name, p->n, sizeof *p->by_name, order_by_name);
	p->by_key = malloc(p->n * sizeof *p->by_key);
	ENSURE(p->by_key != NULL);
	memcpy(p->by_key, p->by_name, p->n * sizeof *p->by_key);
	qsort(p->by_key, p->n, sizeof *p->by_key, order_by_key);
	for (size_t i = 1; i < p->n; i++) {
		const struct peer *a = &p->by_name[i - 1], *b = &p->by_name[i];

		if (strcmp(a->name, b->name) == 0 &&
		    (a->roles != b->roles || strcmp(a->scope, b->scope) != 0))
			return "the same name has other roles or another scope above";
		if (order_by_key(&p->by_key[i - 1], &p->by_key[i]) == 0)
			return "two lines have the same key";
	}
	return NULL;
}

static void add(struct peers *p, const struct peer *peer)
{
	p->by_name = realloc(p->by_name, (p->n + 1) * sizeof *p->by_name);
	ENSURE(p->by_name != NULL);
	p->by_name[p->n++] = *peer;
}

static const char *read_lines(struct peers *p, FILE *f, unsigned *line_r)
{
	char line[LINE_SIZE];
	struct peer peer;

	while (fgets(line, sizeof line, f) != NULL) {
		const char *fault;

		++*line_r;
		if (strlen(line) == sizeof line - 1)
			return "a line has at most 510 characters";
		fault = read_line(line, &peer);
		if (fault != NULL)
			return fault;
		if (peer.name[0] != '\0')
			add(p, &peer);
		if (p->n > PEERS_MAX)
			return "there are at most 10000 peers";
	}
	return ferror(f) ? "the file cannot be read" : settle(p);
}

struct peers *peers_none(void)
{
	struct peers *p = calloc(1, sizeof *p);

	ENSURE(p != NULL);
	return p;
}

struct peers *peers_load(const char *path)
{
	struct peers *p = peers_none();
	FILE *f = fopen(path, "re");
	const char *fault;
	unsigned line = 0;

	if (f == NULL) {
		log_error("peers_unreadable", "file=%s error=\"%s\"", path, strerror(errno));
		peers_destroy(&p);
		return NULL;
	}
	fault = read_lines(p, f, &line);
	fclose(f);
	if (fault != NULL) {
		log_error("peers_wrong", "file=%s line=%u fault=\"%s\"", path, line, fault);
		peers_destroy(&p);
	}
	return p;
}

void peers_destroy(struct peers **p)
{
	if (*p == NULL)
		return;
	free((*p)->by_name);
	free((*p)->by_key);
	free(*p);
	*p = NULL;
}

size_t peers_count(const struct peers *p)
{
	return p->n;
}

const struct peer *peer_by_name(const struct peers *p, const char *name)
{
	struct peer wanted = {0};

	if (p->n == 0 || strlen(name) > PEER_NAME_MAX)
		return NULL;
	snprintf(wanted.name, sizeof wanted.name, "%s", name);
	return bsearch(&wanted, p->by_name, p->n, sizeof *p->by_name, order_by_name);
}

const struct peer *peer_by_key(const struct peers *p, const uint8_t key[KEY_LEN])
{
	struct peer wanted = {0};

	if (p->n == 0)
		return NULL;
	memcpy(wanted.key, key, KEY_LEN);
	return bsearch(&wanted, p->by_key, p->n, sizeof *p->by_key, order_by_key);
}

int peers_add(const char *path, const char *name, const struct key_text *key, const char *roles,
	      const char *scope)
{
	char line[LINE_SIZE];
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int len = snprintf(line, sizeof line, "%s %s roles=%s%s%s\n", name, key->s, roles,
			   scope[0] != '\0' ? " scope=" : "", scope);
	bool ok = fd >= 0 && len < (int)sizeof line && write(fd, line, (size_t)len) == len &&
		  fsync(fd) == 0;

	if (!ok)
		log_error("peers_not_written", "file=%s error=\"%s\"", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok ? 0 : -1;
}
