/*
 * The tables of notification.
 *
 * A notice's row and its index rows move together, in notice_put() alone: BY_STATE always, OPEN
 * while it may still be sent, DUE while it waits for its time.
 */
#ifndef CAIRN_NOTIFICATION_TABLES_H
#define CAIRN_NOTIFICATION_TABLES_H

#include "libshared/arena.h"
#include "libshared/id.h"
#include "libshared/store.h"
#include "proto/notification.pb-c.h"

enum {
	EDUCATOR = SERVICE_TABLES, /* educator -> struct educator */
	PERSON,       /* educator -> subject[16] and box of a sealed Person; none once erased */
	ENTRY,        /* entry, version u32 -> EntryNoted */
	ENROLLMENT,   /* enrollment -> struct enrollment */
	SUBMISSION,   /* submission -> struct submission */
	SWITCHED_OFF, /* educator, topic u16 -> struct switched_off */
	TEMPLATE,     /* topic u16, language[8], version u32 -> Template */
	CALENDAR,     /* u16 0 -> CalendarNoted, the newest */
	NOTICE,       /* notice -> struct notice */
	NOTICE_WHY,   /* notice -> why it is dead or cancelled: a word */
	BY_EVENT,     /* upstream event, educator, topic u16 -> notice */
	BY_EDUCATOR,  /* educator, notice -> empty */
	BY_STATE,     /* state u16, notice -> empty */
	OPEN,         /* educator, notice -> empty */
	DUE,          /* not before, u64, notice -> empty */
	TO_FORGET,    /* educator -> empty: the key is to be destroyed */
	POLICY,       /* u16 0 -> PolicyNoted, the newest */
	BOUNCE,       /* educator -> struct bounce (tables_mail.h) */
	LETTER_SENT,  /* notice -> struct letter_sent */
	/* tables_sink.h */
	SINK,          /* sink -> struct sink_row */
	SINK_SETTINGS, /* sink -> Sink */
	SINK_PRIVATE,  /* sink -> subject[16] and box of a sealed SinkPrivate */
	SINK_NAME,     /* name -> sink */
	SINK_EVENT,    /* sink, seq u64 -> struct sink_event */
	MAIL_TIMES,    /* educator -> struct mail_times */
	NUDGED,        /* educator -> struct nudged */
	MEMBER,        /* digest, notice -> empty */
	GATHERED,      /* notice -> digest */
	GATHERING,     /* educator -> digest that takes more notices */
	LICENSE,       /* license -> struct license */
	NOTIFICATION_TABLES_END
};
#define N_TABLES (NOTIFICATION_TABLES_END - SERVICE_TABLES)
extern const char *const notification_tables[N_TABLES];

#define LANGUAGE_LEN 8 /* "en", "es", "pt-br": filled with zeros, at most 7 characters */
#define WORD_LEN 8     /* of a channel */

struct educator {
	uint64_t version;
	int64_t nudged_us; /* not before of the last notice that counts as a nudge; 0: none yet */
	char language[LANGUAGE_LEN];
	uint64_t erased; /* 0 or 1 */
};
_Static_assert(sizeof(struct educator) == 32, "no padding");

struct enrollment {
	uint64_t version;
	uint8_t educator[ID_LEN], entry[ID_LEN];
	uint64_t entry_version;
};
_Static_assert(sizeof(struct enrollment) == 48, "no padding");

struct submission {
	uint64_t version;
	uint8_t enrollment[ID_LEN];
};
_Static_assert(sizeof(struct submission) == 24, "no padding");

struct license {
	uint64_t version;
	uint8_t educator[ID_LEN];
};
_Static_assert(sizeof(struct license) == 24, "no padding");

struct switched_off {
	uint64_t version;
};
_Static_assert(sizeof(struct switched_off) == 8, "no padding");

enum notice_state {
	NOTICE_NEW, /* no row yet */
	NOTICE_PLANNED,
	NOTICE_SENDING, /* begun, and what came of it is not known */
	NOTICE_RETRY,
	NOTICE_SENT,
	NOTICE_DEAD,
	NOTICE_CANCELLED,
	NOTICE_HELD, /* for a digest */
	NOTICE_STATES
};

struct notice {
	uint64_t version;
	int64_t planned_us;
	int64_t at_us;        /* planned, retry: not before; else 0 */
	int64_t since_us;     /* when this round of tries began: planned, or redelivered */
	int64_t sending_us;   /* when the last attempt began */
	int64_t uncertain_us; /* and until when it may be without an answer */
	int64_t date_us;      /* what {{date}} says; 0: nothing */
	uint8_t educator[ID_LEN], about[ID_LEN], entry[ID_LEN];
	uint32_t entry_version;
	uint32_t days;     /* what {{days}} says */
	uint32_t attempts; /* in all */
	uint32_t tries;    /* failed in this round */
	uint32_t code;     /* the channel's last one */
	uint32_t template; /* version of the text of the last attempt; 0: built in */
	uint16_t topic, state;
	uint32_t zero;
	char language[LANGUAGE_LEN]; /* of the last attempt */
	char channel[WORD_LEN];      /* that took it */
};
_Static_assert(sizeof(struct notice) == 152, "no padding");

bool educator_get(const struct view *v, struct bytes educator, struct educator *row_r);
void educator_put(struct txn *t, struct bytes educator, struct educator *row);
/* The sealed Person: subject and box, borrowed from the page. False: erased, or never told. */
bool person_get(const struct view *v, struct bytes educator, struct bytes *subject_r,
		struct bytes *box_r);
void person_put(struct txn *t, struct bytes educator, const Cairn__Sealed *sealed);

/* Packed as the event had it; the message lives in the arena. NULL: not known. */
const Notification__EntryNoted *entry_get(const struct view *v, struct bytes entry,
					  uint32_t version, struct arena *arena);
bool entry_known(const struct view *v, struct bytes entry, uint32_t version);
void entry_put(struct txn *t, const Notification__EntryNoted *entry);
const Notification__CalendarNoted *calendar_get(const struct view *v, struct arena *arena);
const Notification__PolicyNoted *policy_get(const struct view *v, struct arena *arena);
void policy_put(struct txn *t, const Notification__PolicyNoted *policy);
/* How many days before its end a credential's holder hears of it. */
uint32_t expiry_notice_days(const struct view *v, struct arena *arena);
void calendar_put(struct txn *t, const Notification__CalendarNoted *calendar);

bool enrollment_get(const struct view *v, struct bytes enrollment, struct enrollment *row_r);
void enrollment_put(struct txn *t, struct bytes enrollment, struct enrollment *row);
bool submission_get(const struct view *v, struct bytes submission, struct submission *row_r);
void submission_put(struct txn *t, struct bytes submission, struct submission *row);

bool license_get(const struct view *v, struct bytes license, struct license *row_r);
void license_put(struct txn *t, struct bytes license, struct license *row);

bool switched_off(const struct view *v, struct bytes educator, uint16_t topic);
void switch_topic(struct txn *t, struct bytes educator, uint16_t topic, bool off);

/* NULL: not published. */
const Notification__Template *template_get(const struct view *v, uint16_t topic,
					   const char *language, uint32_t version,
					   struct arena *arena);
const Notification__Template *template_newest(const struct view *v, uint16_t topic,
					      const char *language, struct arena *arena);
void template_put(struct txn *t, const Notification__Template *template);
/* Whether any text is published in the language. */
bool template_language(const struct view *v, const char *language);

bool notice_get(const struct view *v, struct bytes notice, struct notice *row_r);
/* Writes the row and moves its index rows from where before says (NULL: a new notice). */
void notice_put(struct txn *t, struct bytes notice, const struct notice *before,
		struct notice *row);
bool notice_is_open(const struct notice *row);
const char *notice_state_word(uint16_t state); /* "planned" ...; "" for none */
/* NOTICE_NEW: no such word. */
uint16_t notice_state_of_word(const char *word);
/* Lives in the arena; "" when there is none. */
const char *why_get(const struct view *v, struct bytes notice, struct arena *arena);
void why_put(struct txn *t, struct bytes notice, const char *why);

bool by_event_get(const struct view *v, struct bytes event, struct bytes educator, uint16_t topic);
void by_event_put(struct txn *t, struct bytes event, struct bytes educator, uint16_t topic,
		  struct bytes notice);

/* The time and notice of a key of DUE; the id is borrowed from the key. */
int64_t due_of_key(struct bytes key, struct bytes *notice_r);

bool to_forget(const struct view *v, struct bytes educator);

/* Copies the 16 bytes of an id; zeros when it is anything else. */
void id_put(uint8_t to[ID_LEN], ProtobufCBinaryData id);
/* Texts of fixed width, filled with zeros; longer ones are cut. */
void fixed_text(char *to, size_t width, const char *text);

#endif
