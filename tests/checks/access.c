/*
 * Who may what: the route table as text, one route a line, so that a change of it is read as a
 * change.
 *
 *	check_access FILE          FILE says what the table says
 *	check_access --write FILE  writes it
 *
 *	METHOD PATH ROLES [scope=SCOPE] [step-up] [no-csrf] [hides]
 *
 * ROLES: "anyone", "signed-in", or the roles with commas. tests/integration/access.sh asks a live
 * gateway for each of them, as everybody.
 */
#include "services/gateway/signin/scopes.h"
#include "services/gateway/web/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_LEN 400
#define LINES_MAX 1000

static const char *const methods[N_METHODS] = {
	[GET] = "GET",       [POST] = "POST", [PUT] = "PUT",         [PATCH] = "PATCH",
	[DELETE] = "DELETE", [HEAD] = "HEAD", [OPTIONS] = "OPTIONS",
};
static const char *const roles[] = {"teacher", "assessor", "lead",    "issuer",  "district",
				    "agency",  "coach",    "auditor", "operator"};

static void say_roles(FILE *out, uint32_t may)
{
	const char *comma = "";

	if (may & MAY_ANYONE) {
		fputs("anyone", out);
	} else if (may == MAY_ANY_ROLE) {
		fputs("signed-in", out);
	} else {
		for (size_t i = 0; i < ARRAY_LEN(roles); i++)
			if (may & (1u << i)) {
				fprintf(out, "%s%s", comma, roles[i]);
				comma = ",";
			}
	}
}

static void say_route(FILE *out, const struct route *r)
{
	fprintf(out, "%s %s ", methods[r->method], r->path);
	say_roles(out, r->may);
	if (r->scope != NULL)
		fprintf(out, " scope=%s", r->scope);
	if (r->step_up)
		fputs(" step-up", out);
	if (r->no_csrf)
		fputs(" no-csrf", out);
	if (r->hides)
		fputs(" hides", out);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* A scope that no token can have would shut every token out. */
static int unknown_scopes(void)
{
	int n = 0;

	for (size_t i = 0; i < n_route_lists; i++)
		for (size_t j = 0; j < route_lists[i]->n; j++) {
			const struct route *r = &route_lists[i]->routes[j];

			if (r->scope == NULL || scope_of_name(r->scope) != 0)
				continue;
			printf("%s: no scope %s\n", r->path, r->scope);
			n++;
		}
	return n;
}

/* All routes, sorted. */
static size_t table(char (*lines)[LINE_LEN])
{
	size_t n = 0;

	for (size_t i = 0; i < n_route_lists; i++)
		for (size_t j = 0; j < route_lists[i]->n && n < LINES_MAX; j++) {
			FILE *out = fmemopen(lines[n++], LINE_LEN, "w");

			ENSURE(out != NULL);
			say_route(out, &route_lists[i]->routes[j]);
			fclose(out);
		}
	qsort(lines, n, LINE_LEN, compare_lines);
	return n;
}

static int write_table(const char *path, char (*lines)[LINE_LEN], size_t n)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		return 2;
	for (size_t i = 0; i < n; i++)
		fprintf(f, "%s\n", lines[i]);
	return fclose(f) == 0 ? 0 : 2;
}

static int compare_table(const char *path, char (*lines)[LINE_LEN], size_t n)
{
	FILE *f = fopen(path, "r");
	char line[LINE_LEN];
	size_t at = 0;
	int faults = 0;

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		for (; at < n && strcmp(lines[at], line) < 0; at++, faults++)
			printf("+ %s\n", lines[at]);
		if (at < n && strcmp(lines[at], line) == 0) {
			at++;
		} else {
			printf("- %s\n", line);
			faults++;
		}
	}
	for (; at < n; at++, faults++)
		printf("+ %s\n", lines[at]);
	if (f != NULL)
		fclose(f);
	printf("%zu routes, %d lines differ; if that is meant: check_access --write %s\n", n,
	       faults, path);
	return f == NULL || faults > 0;
}

int main(int argc, char **argv)
{
	static char lines[LINES_MAX][LINE_LEN];
	size_t n = table(lines);

	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return write_table(argv[2], lines, n);
	if (argc != 2)
		return 2;
	return unknown_scopes() + compare_table(argv[1], lines, n) > 0;
}
