/* One enrollment of Ana's, as the services tell it. */
#include "tests/support/teacher_work.h"

const char work_enrollment[] = "{'enrollment':'" E "','educator':'" ANA_ID "','entry':'" C
			       "','version':1,'state':'ACTIVE',"
			       "'code':'LIT-101','title':'Routines','lapses_us':1800000000000000,"
			       "'resources_done':['lit-101.s1']}";
const char work_entry[] =
	"{'entry':{'title':'Routines','code':'LIT-101','competency':'Plans routines.',"
	"'topic':'literacy','requirements':[{'code':'lit-101.e1','kind':'lesson_plan','title':"
	"'Plan','items_min':1,'items_max':2,'student_data':true}],'questions':[{'code':'lit-101.o1'"
	","
	"'prompt':'Describe.','words_min':10,'words_max':50}],'reflection':{'code':'lit-101.f1',"
	"'prompt':'Think.','words_min':20,'words_max':90},'resources':[{'code':'lit-101.s1','type':"
	"'reading','title':'Read','minutes':5},{'code':'lit-101.s2','type':'video','title':'See'}],"
	"'rubric':{'levels':[{'code':'yes','label':'Yes'},{'code':'almost','label':'Almost'}]}}}";
const char work_portfolio[] =
	"{'portfolio':'" E "','educator':'" ANA_ID "','state':'open','attempt':1,'requirements':[{"
	"'code':'lit-101.e1','items':0,'items_min':1,'items_max':2,'open':true,'artifacts':[{"
	"'artifact':'" A "','state':'needs_privacy_step','bytes':1500,'media_type':'text/plain',"
	"'findings':[{'kind':'EMAIL','count':2},{'kind':'NAME','count':1}]}]}],'questions':[{'code'"
	":"
	"'lit-101.o1','words':12,'words_min':10,'words_max':50,'open':true,'text':'Text'},{'code':"
	"'lit-101.f1','words_min':20,'open':true}]}";
const char work_submission[] =
	"{'state':'sealed','manifest':'e30=','sealed':{'submission':'" S "','portfolio':'" E
	"','educator':'" ANA_ID "','entry':'" C "','version':1,'attempt':1,'manifest_sha256':'ab',"
	"'sealed_us':1795999000000000,'due_us':1796600000000000,'recall_until_us':1796080000000000,"
	"'ai_use':'none','items':[],'answers':[]}}";

void given_work(void)
{
	given_answer("get_enrollment", work_enrollment);
	given_answer("get_entry", work_entry);
	given_answer("get_portfolio", work_portfolio);
}

void given_work_of(const struct route_list *list)
{
	teacher_kit_open(list);
	given_work();
}
