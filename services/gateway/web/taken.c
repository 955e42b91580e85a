/*
 * What comes is what the route takes: nothing that it would leave aside unread, and nothing of
 * another kind, which would read as if it were not there.
 */
#include "services/gateway/render/words.h"
#include "services/gateway/web/exchange.h"
#include "services/gateway/web/takes.h"

#include <string.h>

#define NAME_TOLD_MAX 64

bool takes_only(const struct route *route)
{
	return route->takes != NULL && route->body == BODY_FORM && !route->no_csrf &&
	       strncmp(route->path, "/ims/", 5) != 0;
}

bool body_is_taken(struct request *r)
{
	const char *name, *kind = NULL, *text;

	if (r->body == NULL || !takes_only(r->route))
		return true;
	name = takes_misfit(r->route->takes, r->body, &kind);
	if (name == NULL)
		return true;
	if (strlen(name) > NAME_TOLD_MAX)
		name = "?";
	text = kind == NULL ? say(r, "problems.not_taken", name, NULL)
			    : say(r, arena_printf(r->arena, "problems.not_%s", kind), name, NULL);
	if (strpbrk(name, "~/") == NULL) /* as it is, it is a pointer */
		problem_at(r, arena_printf(r->arena, "/%s", name), text);
	reply_problem(r, 400, kind == NULL ? "member_unknown" : "member_kind", "%s", text);
	return false;
}
