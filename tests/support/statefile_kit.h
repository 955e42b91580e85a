/*
 * Files for licensure systems under a kit: a policy with a layout, files cut, read and answered.
 *
 *	statefile_given_policy(&kit, "TN", STATEFILE_CSV, 1);
 *	...
 *	ck_assert_int_eq(statefile_cut(&kit, "TN", "2026-01", &run), CAIRN__STATUS__OK);
 *	ck_assert_str_eq(statefile_text(&kit, run), "change,license,...\n");
 *	statefile_answer(&kit, run, 1, "no such person");
 */
#ifndef CAIRN_TEST_STATEFILE_KIT_H
#define CAIRN_TEST_STATEFILE_KIT_H

#include "tests/support/issuance_kit.h"

/* reporting of a policy, as issuance_given_policy() takes further members. A CSV file
 * has change, license, name, code, points, decided, late; a trailer with the totals; and is
 * answered by one with run, record, result, text, reference within 14 days. */
#define STATEFILE_CSV                                                                              \
	",'reporting':{'channel':'csv_file','who':'district','layout':{'name':'a CSV file',"       \
	"'kind':'csv','column_names':true,'fields':["                                              \
	"{'name':'change','source':'change','codes':{'add':'A','change':'C','delete':'D'}},"       \
	"{'name':'license','source':'license_number','key':true},"                                 \
	"{'name':'name','source':'name'},"                                                         \
	"{'name':'code','source':'entry_code','key':true},"                                        \
	"{'name':'points','source':'points','decimals':2},"                                        \
	"{'name':'decided','source':'decided_on'},"                                                \
	"{'name':'late','source':'after_term'}],"                                                  \
	"'trailer':[{'name':'mark','source':'value','value':'TOTAL'},"                             \
	"{'name':'records','source':'records'},"                                                   \
	"{'name':'points','source':'points_total','decimals':2}],"                                 \
	"'acknowledgement':{'kind':'csv','fields':[{'name':'run','source':'run'},"                 \
	"{'name':'record','source':'record'},{'name':'result','source':'result'},"                 \
	"{'name':'text','source':'text'},{'name':'reference','source':'reference'}],"              \
	"'accepted':'OK','refused':'NO','days':14}}}"
/* A fixed width: H, district, run, period; A number component 005 year; T, records, points. */
#define STATEFILE_FIXED                                                                            \
	",'reporting':{'channel':'fixed_width_file','who':'district','layout':{"                   \
	"'name':'a fixed width','kind':'fixed_width','line_end':'crlf','header':["                 \
	"{'name':'mark','from':1,'to':1,'source':'value','value':'H'},"                            \
	"{'name':'district','from':2,'to':3,'source':'given','justify':'right','pad':'zeros'},"    \
	"{'name':'run','from':4,'to':6,'source':'run','justify':'right','pad':'zeros'},"           \
	"{'name':'cut','from':7,'to':14,'source':'cut_on','date':'YYYYMMDD'}],'fields':["          \
	"{'name':'change','from':1,'to':1,'source':'change','codes':{'add':'A','change':'C',"      \
	"'delete':'D'}},"                                                                          \
	"{'name':'staff','from':2,'to':11,'source':'staff_id','key':true},"                        \
	"{'name':'component','from':12,'to':18,'source':'entry_code','key':true,"                  \
	"'codes':{'lit-101':'1008001'}},"                                                          \
	"{'name':'hours','from':19,'to':21,'source':'points','justify':'right','pad':'zeros'},"    \
	"{'name':'year','from':22,'to':25,'source':'school_year','key':true}],'trailer':["         \
	"{'name':'mark','from':1,'to':1,'source':'value','value':'T'},"                            \
	"{'name':'records','from':2,'to':7,'source':'records','justify':'right','pad':'zeros'},"   \
	"{'name':'points','from':8,'to':15,'source':'points_total','justify':'right',"             \
	"'pad':'zeros'}]}}"

void statefile_given_policy(struct kit *k, const char *state, const char *reporting,
			    uint32_t version);
/* run_r: its id, also when it is refused. Of a period that has a file, another one. */
Cairn__Status statefile_cut(struct kit *k, const char *code, const char *period,
			    struct bytes *run_r);
/* The same, only where the period has none; with the district's number. */
Cairn__Status statefile_cut_first(struct kit *k, const char *code, const char *period,
				  struct bytes *run_r);
/* The whole text, page by page of so many rows (0: as many as come). */
const char *statefile_text(struct kit *k, struct bytes run, uint32_t page);
/* The hash that the cut event says. */
const Issuance__StateFileAnswerCounts *statefile_counts(struct kit *k, struct bytes run);
/* One record; because NULL: accepted. */
Cairn__Status statefile_answer(struct kit *k, struct bytes run, uint32_t record, char *because);
/* So many accepted from record first on, as a part of an answer file of that hash. */
struct answered_part {
	uint32_t part, first, n;
	uint32_t refused; /* record that is refused; 0: none */
	uint8_t hash;     /* every byte of the file's */
};
Cairn__Status statefile_answer_part(struct kit *k, struct bytes run,
				    const struct answered_part *part);
const Issuance__StateFileReceipt *statefile_receipt(const struct kit *k);
const Issuance__DisputeList *statefile_disputes(struct kit *k, char *state);

#endif
