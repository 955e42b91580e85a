/* Which rule decides which command, and who may send it. */
#include "services/enrollment/enrollment.h"
#include "services/enrollment/lapse.h"
#include "services/enrollment/rules.h"

#define TEACHER (ROLE_PORTAL | ROLE_OPERATOR)
#define CASE(name) ENROLLMENT__COMMAND__BODY_##name

static const struct rule {
	rule_fn *decide;
	uint32_t roles;
} rules[] = {
	[CASE(PUBLISH_ISSUER)] = {decide_publish_issuer, ROLE_OPERATOR},
	[CASE(PUBLISH_PROFILE)] = {decide_publish_profile, ROLE_OPERATOR},
	[CASE(PUBLISH_POLICY)] = {decide_publish_policy, ROLE_OPERATOR},
	[CASE(PUBLISH_CALENDAR)] = {decide_publish_calendar, ROLE_OPERATOR},
	[CASE(PUBLISH_MEDIA)] = {decide_publish_media, ROLE_OPERATOR},
	[CASE(PUBLISH_ENTRY)] = {decide_publish_entry, ROLE_OPERATOR},
	[CASE(RETIRE_ENTRY)] = {decide_retire_entry, ROLE_OPERATOR},
	[CASE(PUBLISH_STACK)] = {decide_publish_stack, ROLE_OPERATOR},
	[CASE(PUBLISH_RENEWAL_POLICY)] = {decide_publish_renewal_policy, ROLE_OPERATOR},
	[CASE(REGISTER_ORG)] = {decide_register_org, ROLE_OPERATOR},
	[CASE(REGISTER_EDUCATOR)] = {decide_register_educator, TEACHER},
	[CASE(MOVE_EDUCATOR)] = {decide_move_educator, TEACHER},
	[CASE(RENAME_EDUCATOR)] = {decide_rename_educator, TEACHER},
	[CASE(CHANGE_EMAIL)] = {decide_change_email, ROLE_OPERATOR},
	[CASE(LINK_LICENSE)] = {decide_link_license, TEACHER},
	[CASE(CORRECT_LICENSE)] = {decide_correct_license, TEACHER},
	[CASE(RENEW_LICENSE)] = {decide_renew_license, TEACHER},
	[CASE(DECLARE_RELATION)] = {decide_declare_relation, TEACHER},
	[CASE(ERASE_EDUCATOR)] = {decide_erase_educator, ROLE_OPERATOR},
	[CASE(ENROLL)] = {decide_enroll, TEACHER},
	[CASE(PAUSE)] = {decide_pause, TEACHER},
	[CASE(RESUME)] = {decide_resume, TEACHER},
	[CASE(WITHDRAW)] = {decide_withdraw, TEACHER},
	[CASE(NOTE_PROGRESS)] = {decide_note_progress, TEACHER},
	[CASE(NOTE_NAMES_OPENED)] = {decide_note_names_opened, ROLE_SELF},
	[CASE(NOTE_KEY_DESTROYED)] = {decide_note_key_destroyed, ROLE_SELF},
	[CASE(PUBLISH_QUALITY_STANDARD)] = {decide_publish_quality_standard, ROLE_OPERATOR},
	[CASE(RECORD_REVIEW)] = {decide_record_review, ROLE_OPERATOR},
	[CASE(WITHDRAW_RETIREMENT)] = {decide_withdraw_retirement, ROLE_OPERATOR},
	[CASE(NOTE_ROSTER_PERSON)] = {decide_note_roster_person, ROLE_OPERATOR},
	[CASE(CLOSE_ROSTER)] = {decide_close_roster, ROLE_OPERATOR},
	[CASE(OPEN_COHORT)] = {decide_open_cohort, ROLE_OPERATOR},
	[CASE(CLOSE_COHORT)] = {decide_close_cohort, ROLE_OPERATOR},
	[CASE(JOIN_COHORT)] = {decide_join_cohort, ROLE_OPERATOR},
	[CASE(LEAVE_COHORT)] = {decide_leave_cohort, ROLE_OPERATOR},
	[CASE(SET_GOAL)] = {decide_set_goal, TEACHER},
	[CASE(DROP_GOAL)] = {decide_drop_goal, TEACHER},
};

static timer_fn *const timers[] = {
	[TIMER_LAPSE] = decide_lapse_timer,
	[TIMER_REVIEW] = decide_review_timer,
	[TIMER_TELL] = decide_tell_timer,
};

uint32_t enrollment_command_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(rules) ? rules[kind].roles : 0;
}

/* The runtime has found that there is such a kind, and that the peer may send it. */
enum verdict enrollment_decide(const struct view *view, const ProtobufCMessage *command,
			       struct decision *d)
{
	const Enrollment__Command *cmd = (const Enrollment__Command *)command;

	return rules[cmd->body_case].decide(view, cmd, d);
}

enum verdict enrollment_decide_timer(const struct view *view, const struct timer_due *timer,
				     struct decision *d)
{
	ENSURE(timer->kind < ARRAY_LEN(timers) && timers[timer->kind] != NULL);
	return timers[timer->kind](view, timer, d);
}
