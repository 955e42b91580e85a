/* Marking an installation as one where everybody is made up. */
#include "services/issuance/decide_parts.h"
#include "services/issuance/tables.h"

/* Before anything is signed or told: what was told as a teacher's stays a teacher's. There is no
 * way back. */
enum verdict decide_mark_sandbox(const struct view *view, const Issuance__Command *cmd,
				 struct decision *d)
{
	Issuance__SandboxMarked marked = ISSUANCE__SANDBOX_MARKED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;

	(void)cmd;
	if (is_sandbox(view))
		return ACCEPTED; /* said before */
	if (view_count(view, CREDENTIAL) > 0 || view_count(view, HELD) > 0 ||
	    view_count(view, PUBLIC) > 0)
		return refuse_text(d, ISSUANCE__REASON__NOT_EMPTY,
				   "credentials were signed here already; a sandbox begins empty");
	event.body_case = ISSUANCE__EVENT__BODY_SANDBOX_MARKED;
	event.sandbox_marked = &marked;
	emit(d, &event.base);
	return ACCEPTED;
}
