/*
 * The rules of enrollment, one per command; decide.c has the table of them. Private to decide*.c
 * and follow.c.
 */
#ifndef CAIRN_ENROLLMENT_RULES_H
#define CAIRN_ENROLLMENT_RULES_H

#include "services/enrollment/enrollment.h"
#include "services/enrollment/tables.h"

typedef enum verdict rule_fn(const struct view *view, const Enrollment__Command *cmd,
			     struct decision *d);

/* decide_catalogue.c */
rule_fn decide_publish_issuer, decide_publish_profile, decide_publish_policy,
	decide_publish_calendar, decide_publish_media, decide_publish_entry, decide_publish_stack,
	decide_publish_renewal_policy;
/* decide_review.c */
rule_fn decide_publish_quality_standard, decide_record_review;
/* decide_retire.c */
rule_fn decide_retire_entry, decide_withdraw_retirement;
/* decide_people.c */
rule_fn decide_register_org, decide_register_educator, decide_move_educator, decide_rename_educator,
	decide_change_email, decide_link_license, decide_correct_license, decide_renew_license,
	decide_declare_relation, decide_erase_educator, decide_note_names_opened,
	decide_note_key_destroyed;
/* decide_roster.c */
rule_fn decide_note_roster_person, decide_close_roster;
/* decide_cohort.c */
rule_fn decide_open_cohort, decide_close_cohort, decide_join_cohort, decide_leave_cohort;
/* decide_goal.c */
rule_fn decide_set_goal, decide_drop_goal;
/* decide_enrollment.c */
rule_fn decide_enroll, decide_pause, decide_resume, decide_withdraw, decide_note_progress;

typedef enum verdict timer_fn(const struct view *view, const struct timer_due *timer,
			      struct decision *d);

/* What is due: of an enrollment (decide_enrollment.c), an entry's review (decide_review.c), a
 * retirement (decide_retire.c). */
timer_fn decide_lapse_timer, decide_review_timer, decide_tell_timer;

/* Emits one event about entity: EMIT(d, id, ENROLLED, enrolled, &enrolled). */
#define EMIT(d, entity, CASE, member, body)                                                        \
	do {                                                                                       \
		Enrollment__Event event_ = ENROLLMENT__EVENT__INIT;                                \
		event_.body_case = ENROLLMENT__EVENT__BODY_##CASE;                                 \
		event_.member = (body);                                                            \
		emit_about((d), (entity), &event_.base);                                           \
	} while (0)

/* True if the person behind the request, if there is one, is this educator, or an operator asks.
 * False: refused. */
bool is_theirs(struct decision *d, struct bytes educator);
/* True if the educator is known and not erased. False: refused. */
bool educator_known(const struct view *view, struct bytes educator, struct decision *d,
		    struct educator_row *row_r);
/* Empty, or an org of this kind; otherwise refused. */
bool org_ok(const struct view *view, const char *field, ProtobufCBinaryData id,
	    Enrollment__OrgKind kind, struct decision *d);
/* A holder has destroyed the educator's key; the last one completes the erasure. */
enum verdict note_holder(const struct view *view, struct bytes educator, enum key_holder holder,
			 struct decision *d);

#endif
