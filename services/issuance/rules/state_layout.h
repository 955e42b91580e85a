/*
 * The layout of the file that a state's licensure system takes, as a renewal policy has it
 * (reporting.layout), and of the file in which it answers.
 *
 * A file has a record for each change, in the order of the ledger; before them, where the layout
 * says so, the names of the columns and a header, and behind them a trailer with totals. A field
 * says where its value comes from, how it is written, and in a fixed width which positions it has.
 *
 * A layout that does not name its kind describes a file that nothing writes.
 */
#ifndef CAIRN_ISSUANCE_STATE_LAYOUT_H
#define CAIRN_ISSUANCE_STATE_LAYOUT_H

#include "services/issuance/rules/reading.h"

#define STATE_FIELDS_MAX 100
#define STATE_WIDTH_MAX 10000
#define STATE_CODES_MAX 1000

enum state_source {
	SOURCE_FILLER, /* blank */
	SOURCE_VALUE,  /* as the layout has it */
	SOURCE_GIVEN,  /* as who exports gives it: the district's number */
	SOURCE_CHANGE, /* add, change, delete */
	SOURCE_RECORD, /* its number in the file, from 1 */
	SOURCE_RUN,    /* number of the file among the policy's, from 1 */
	SOURCE_PERIOD,
	SOURCE_POLICY,
	SOURCE_STATE,
	SOURCE_CUT_ON,
	SOURCE_POSTING,
	SOURCE_CREDENTIAL,
	SOURCE_LICENSE_NUMBER,
	SOURCE_STAFF_ID,
	SOURCE_LICENSE_TYPE,
	SOURCE_NAME,
	SOURCE_ENTRY_CODE, /* in lower case, as the catalogue's ids */
	SOURCE_ENTRY_TITLE,
	SOURCE_POINTS,
	SOURCE_UNIT,
	SOURCE_DECIDED_ON,
	SOURCE_SCHOOL_YEAR, /* of it, July to June: 2627 */
	SOURCE_TERM_FROM,
	SOURCE_TERM_TO,
	SOURCE_AFTER_TERM, /* yes: taken back after the term; else no */
	/* of a header or a trailer */
	SOURCE_RECORDS,
	SOURCE_ADDED,
	SOURCE_CHANGED,
	SOURCE_DELETED,
	SOURCE_POINTS_TOTAL, /* of all records, whatever their change */
	N_STATE_SOURCES
};

struct state_code {
	const char *of, *is;
};

struct state_field {
	const char *name;
	enum state_source source;
	const char *value;       /* of SOURCE_VALUE, and the name of SOURCE_GIVEN */
	unsigned from, to;       /* positions, from 1; 0: no fixed width */
	unsigned decimals;       /* of points */
	const char *date;        /* YYYYMMDD, MMDDYYYY, YYYY-MM-DD, MM/DD/YYYY */
	bool is_key;             /* by which the system tells records apart: never empty */
	bool is_right, is_zeros; /* justified right; padded with zeros */
	bool is_cut;             /* one that is too long is cut, and keeps no record back */
	const struct state_code *codes;
	size_t n_codes; /* 0: the value is written as it is */
};
struct state_record {
	const struct state_field *fields;
	size_t n;
};

enum answer_source {
	ANSWER_IGNORED,
	ANSWER_RUN,
	ANSWER_RECORD,
	ANSWER_RESULT,
	ANSWER_CODE,
	ANSWER_TEXT,
	ANSWER_REFERENCE,
	N_ANSWER_SOURCES
};
struct answer_field {
	const char *name; /* in a CSV file that of its column */
	enum answer_source source;
	unsigned from, to;
};
/* The file in which the system answers. n 0: it answers by no file. */
struct answer_layout {
	bool is_fixed;
	const struct answer_field *fields;
	size_t n;
	unsigned skip; /* first lines of a fixed width that are no records */
	const char *accepted, *refused;
	unsigned days; /* within which it answers */
};

struct state_layout {
	bool is_used; /* false: nothing is written by it */
	bool is_fixed;
	bool has_names; /* the first line has the names of the columns */
	const char *line_end;
	unsigned width;                              /* of every line of a fixed width */
	struct state_record header, record, trailer; /* n 0: none */
	struct answer_layout answers;
};

/* reporting of a policy. Faults stick to the reading. */
void state_layout_read(struct part reporting, struct state_layout *layout_r);

#endif
