/*
 * The rules of notification, and what several of them need; decide.c has the table of them.
 */
#ifndef CAIRN_NOTIFICATION_DECIDE_PARTS_H
#define CAIRN_NOTIFICATION_DECIDE_PARTS_H

#include "services/notification/notification.h"
#include "services/notification/tables_sink.h"

typedef enum verdict rule_fn(const struct view *view, const Notification__Command *cmd,
			     struct decision *d);

/* decide_sink.c: what operators ask of sinks */
rule_fn decide_add_sink, decide_change_sink, decide_rotate_sink_secret, decide_pause_sink,
	decide_resume_sink, decide_remove_sink, decide_redeliver_events, decide_skip_event,
	decide_rewind_sink;
/* decide_delivery.c: what the daemon itself reports of them */
rule_fn decide_record_deliveries, decide_record_handshake, decide_note_secret_shown,
	decide_record_owner_told;

/* False: refused. */
bool find_sink(const struct view *view, ProtobufCBinaryData id, struct sink_row *row_r,
	       struct decision *d);
/* A word, since free text never stands in a record. */
bool is_word(const char *text);
#define WORD_MAX 40

/* decide_bounce.c */
rule_fn decide_note_bounce, decide_clear_bounce;
/* decide_times.c */
rule_fn decide_set_mail_times;
/* decide_unsubscribe.c */
rule_fn decide_unsubscribe;

typedef enum verdict outcome_fn(const struct notice *row, const Notification__RecordAttempt *ask,
				struct decision *d);
/* The address was refused, by the server or before. */
outcome_fn attempt_bounced, attempt_bad_address;

/* False: refused. */
bool find_notice(const struct view *view, ProtobufCBinaryData id, struct notice *row_r,
		 struct decision *d);
enum verdict emit_dead(struct decision *d, ProtobufCBinaryData notice, uint32_t attempt,
		       uint32_t code, const char *why);
void emit_redelivered(struct decision *d, struct bytes notice);
/* Whoever asks is that person, or an operator, and the person is known here. */
enum verdict check_person(const struct view *view, struct bytes educator, struct decision *d);
/* A topic is off from now on, and what of it has not left does not. */
void switch_off(const struct view *view, struct bytes educator, Notification__Topic topic,
		struct decision *d);
/* A notice that is due does not go now: for quiet hours, a digest, or a nudge of this week. What it
 * waits for is emitted. */
bool waits(const struct view *view, struct bytes notice, const struct notice *row,
	   struct decision *d);
bool has_members(const struct view *view, struct bytes digest);
/* The address is another one now, or an operator knows better: what died of the old one and may
 * still be of use is sent again. why: a word of AddressCleared. */
void clear_bounce(const struct view *view, struct bytes educator, const char *why,
		  struct decision *d);

#endif
