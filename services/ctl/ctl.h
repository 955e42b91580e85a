/*
 * cairnctl: the operator's and the script's hand on an installation.
 *
 * A command is a row of a table (struct command): its place, what it takes, and either the message
 * it sends or the function that runs it. One file per subject holds its rows; table.c lists the
 * files. What was given is read and checked by the row before a function sees it.
 *
 * Faults stick: the first one is told and sets the exit code; later calls on the same context do
 * nothing, so a command is a straight list of steps and ends with ctl_exit_code().
 *
 * A command is one intention and has one id (--id, or a fresh one). What it makes, and the ids of
 * its further steps, are derived from that id, so the same words with the same --id are the same
 * requests.
 */
#ifndef CAIRN_CTL_H
#define CAIRN_CTL_H

#include "libshared/client.h"
#include "libshared/json.h"
#include "libshared/peers.h"

/* Exit codes; the manual page has the same table. */
enum ctl_exit {
	CTL_DONE = 0,
	CTL_REFUSED = 1,     /* a rule said no, or what was asked for does not exist */
	CTL_USAGE = 2,       /* the command line */
	CTL_UNREACHABLE = 3, /* no answer in time; what became of the request is not known */
	CTL_DIFFERS = 4,     /* a check of data or of a signature failed */
	CTL_LOCAL = 5,       /* a file, a key or a disk of this machine */
	CTL_FORBIDDEN = 6,   /* our key's roles do not allow it */
	CTL_STOPPED = 7 /* a log cannot be followed from there: truncated, ahead, diverged ... */
};

enum ctl_service {
	TO_ENROLLMENT,
	TO_EVIDENCE,
	TO_ASSESSMENT,
	TO_ISSUANCE,
	TO_NOTIFICATION,
	TO_GATEWAY,
	N_SERVICES
};

/* ---- the table ---- */

enum param_kind {
	P_TEXT,
	P_ID,     /* a UUID */
	P_ENTRY,  /* a UUID, or a code: LIT-101 */
	P_ISSUER, /* the same */
	P_COUNT,  /* 0 to 2^63-1 */
	P_TIME,   /* 2027-06-30, or an ISO 8601 time */
	P_NAME,   /* of an enum's value, in either case */
	P_FILE,   /* a path; the field gets what the file holds. "-": standard input */
	P_FLAG
};

enum param_need { MAY, MUST, ANY_NUMBER, AT_LEAST_ONE };

/* A word of the command line when word is set, else an option --name. */
struct param {
	const char *name;
	const char *arg; /* as help shows its value; NULL for a flag */
	const char *help;
	enum param_kind kind;
	enum param_need need;
	const char *field; /* of the message; NULL: the name with _ for -; "": none, for run() */
	bool is_word;
};

#define WORD(name, arg, help, kind, need)                                                          \
	{                                                                                          \
		name, arg, help, kind, need, NULL, true                                            \
	}
#define OPTION(name, arg, help, kind, need)                                                        \
	{                                                                                          \
		name, arg, help, kind, need, NULL, false                                           \
	}
#define OPTION_OF(name, field, arg, help, kind, need)                                              \
	{                                                                                          \
		name, arg, help, kind, need, field, false                                          \
	}
#define FLAG(name, help)                                                                           \
	{                                                                                          \
		name, NULL, help, P_FLAG, MAY, NULL, false                                         \
	}
/* For run() itself, no field of a message. */
#define OWN_WORD(name, arg, help, kind, need)                                                      \
	{                                                                                          \
		name, arg, help, kind, need, "", true                                              \
	}
#define OWN_OPTION(name, arg, help, kind, need)                                                    \
	{                                                                                          \
		name, arg, help, kind, need, "", false                                             \
	}
#define OWN_FLAG(name, help)                                                                       \
	{                                                                                          \
		name, NULL, help, P_FLAG, MAY, "", false                                           \
	}
#define PARAMS(...)                                                                                \
	.params = (const struct param[])                                                           \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			.name = NULL                                                               \
		}                                                                                  \
	}

struct ctl;

struct command {
	const char *group, *verb; /* verb NULL: the group is the command */
	const char *help;         /* one line */
	const struct param *params;
	int (*run)(struct ctl *c); /* NULL: the row says it all */

	/* The message that the params fill; a run of several rows may find it here too. */
	enum ctl_service to;
	const char *sends; /* member of Command.body, or NULL */
	const char *asks;  /* member of Query.body, or NULL */
	const char *makes; /* field that gets a new id, which is told; or NULL */
	const char *actor; /* param whose id is the person behind it, unless --as says another */
};

struct command_list {
	const struct command *commands;
	size_t n;
};

extern const struct command_list *const command_lists[];
extern const size_t n_command_lists;

/* ---- a run ---- */

struct given {
	const struct param *param;
	const char *text;
};

#define GIVEN_MAX 256

struct endpoint {
	char service[PEER_NAME_MAX + 1]; /* "" ends the list */
	char commands[256], log[256];
	struct key_text key;
};

/* What the last command came to. */
struct done {
	uint64_t seq;
	bool repeated;
	const ProtobufCMessage *answer; /* the member of Answer that came, or NULL */
};

struct ctl {
	const struct command *command;
	struct given given[GIVEN_MAX];
	size_t n_given;

	const char *dir; /* of the installation */
	const char *key; /* whose key we hold: "ctl" */
	bool json, progress_json;
	struct id actor, intention;
	bool intention_given;
	unsigned n_steps; /* ids of steps given out */
	int64_t timeout_us;
	struct endpoint endpoints[N_SERVICES + 1];

	struct net *net; /* these four are made by the first request */
	struct curve_keys *keys;
	struct peers *peers;
	struct client *clients[N_SERVICES];
	struct done done;

	struct id_maker ids;
	struct arena *arena; /* lives as long as the run */
	json_t *doc;         /* what --json prints at the end */
	bool answered;       /* it is printed though nothing is in it */
	enum ctl_exit exit;
};

/* All of it: what main() returns. */
int ctl_main(int argc, char **argv);

/* ---- what was given (given.c) ---- */

/* The text of a word or option; NULL: not given. */
const char *given(const struct ctl *c, const char *name);
/* Number i of those given under that name; NULL after the last. */
const char *given_nth(const struct ctl *c, const char *name, size_t i);
bool is_given(const struct ctl *c, const char *name);
/* ID_NONE when not given. Codes become the id of their name. */
struct id given_id(struct ctl *c, const char *name);
uint64_t given_count(struct ctl *c, const char *name, uint64_t otherwise);
/* What the file of a P_FILE holds, in the arena; a fault when it cannot be read or is longer. */
struct bytes given_file(struct ctl *c, const char *name, size_t most);
/* Every param that is a field of a message, as its JSON (json.h). */
json_t *given_fields(struct ctl *c);

/* A UUID, or for P_ENTRY and P_ISSUER a code. False: neither. */
bool id_of_words(enum param_kind kind, const char *text, struct id *id_r) MUST_CHECK;
/* Whole file, at most most bytes, in the arena. False: told. "-": standard input. */
bool file_read(struct ctl *c, const char *path, size_t most, struct bytes *content_r);

/* ---- ids ---- */

/* The id of the next step: the intention's own first, then derived ones. */
struct id ctl_step_id(struct ctl *c);
/* A new id for what is made: of the intention and its use, so that the same --id makes the same. */
struct id ctl_made_id(const struct ctl *c, const char *use, unsigned number);

/* ---- asking (remote.c) ---- */

/* Sends a command and tells its id, seq and whether it was a repetition; c->done has them too.
 * False: a fault. */
bool ctl_send(struct ctl *c, enum ctl_service to, const struct id *entity,
	      const ProtobufCMessage *command);
/* Steals fields: {"pause": fields} as a Command of the service. */
bool ctl_send_fields(struct ctl *c, enum ctl_service to, const struct id *entity,
		     const char *member, json_t *fields);
/* The member of Answer that came; NULL: a fault. */
const ProtobufCMessage *ctl_ask(struct ctl *c, enum ctl_service to, const ProtobufCMessage *query);
const ProtobufCMessage *ctl_ask_fields(struct ctl *c, enum ctl_service to, const char *member,
				       json_t *fields);
/* A question that may go unanswered: NULL, and no fault, when the service is not there. */
const ProtobufCMessage *ctl_try(struct ctl *c, enum ctl_service to, const ProtobufCMessage *query,
				int64_t timeout_us);

const char *service_name(enum ctl_service s);
/* Whether the installation has it: one without pages has no gateway. */
bool service_is_used(struct ctl *c, enum ctl_service s);
/* N_SERVICES: no such service. */
enum ctl_service service_of_name(const char *name);
const ProtobufCMessageDescriptor *service_events(enum ctl_service s);

/* Net, our key and the peers; false: a fault. */
bool ctl_connect(struct ctl *c);
/* Where a service's sockets are and its key; false: a fault. */
bool ctl_endpoint(struct ctl *c, const char *service, struct endpoint *endpoint_r);
/* DIR/... in the arena. */
const char *ctl_path(struct ctl *c, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- telling (tell.c) ---- */

/* Marks the run and says why, to standard error and to the document; only the first is told. */
enum ctl_exit ctl_fault(struct ctl *c, enum ctl_exit code, const char *format, ...)
	PRINTF_LIKE(3, 4);
bool ctl_failed(const struct ctl *c);
int ctl_exit_code(const struct ctl *c);

/* Members of the document. value is stolen. */
void tell(struct ctl *c, const char *name, json_t *value);
void tell_text(struct ctl *c, const char *name, const char *text);
void tell_id(struct ctl *c, const char *name, const struct id *id);
void tell_count(struct ctl *c, const char *name, uint64_t value);
/* All members of a message; for a person its lines. */
void tell_message(struct ctl *c, const ProtobufCMessage *message);
/* A line for a person; nothing under --json. */
void say(const struct ctl *c, const char *format, ...) PRINTF_LIKE(2, 3);
/* That the command is done, and where its last event stands. */
void say_done(const struct ctl *c, enum ctl_service service);
/* Ends a line about what goes on: how many a second, unless there are none yet. */
void say_rate(const struct ctl *c, uint64_t n, int64_t from_us, int64_t to_us);
/* One JSON document on a line, at once, to standard output. Steals. */
void say_json_line(struct ctl *c, json_t *value);
/* Prints the document. */
void tell_end(struct ctl *c);

/* How far something long has come: a line on a terminal, JSON lines to standard error with
 * --progress=json, else nothing. */
struct progress {
	const struct ctl *ctl;
	const char *what;
	uint64_t total, at_start;
	int64_t started_us, told_us;
	bool shown;
};
struct progress progress_begin(const struct ctl *c, const char *what, uint64_t done,
			       uint64_t total);
void progress_turn(struct progress *p, uint64_t done);
void progress_end(struct progress *p);

/* ---- running ---- */

/* Reads argv into c; argp prints help and usage faults itself. Returns the command, or NULL when
 * the run is over (c->exit). */
const struct command *ctl_parse(struct ctl *c, int argc, char **argv);
/* Runs a row without a function: fills the message, sends or asks, tells. */
int run_row(struct ctl *c);

#endif
