/* What states refused and nobody has corrected yet. */
#include "services/issuance/query_parts.h"
#include "services/issuance/tables_ledger.h"
#include "services/issuance/tables_statefile.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 50
#define PAGE_MAX 200
#define LOOKED_AT_MAX 10000

static Issuance__DisputeAnswer *tell(const struct query *q, const struct dispute *dispute)
{
	Issuance__DisputeAnswer *a = arena_alloc(q->arena, sizeof *a);
	const Issuance__AchievementNoted *achievement;
	const Issuance__LedgerPosted *p;
	const Issuance__LicenseNoted *license;
	struct file_sent sent;
	struct posting row;

	ENSURE(posting_get(q->view, bytes_of_id(&dispute->posting), &row));
	p = posting_event(q->view, &row, q->arena)->ledger_posted;
	achievement = achievement_get(q->view, bytes_of_pb(p->entry), p->version, q->arena);
	license = license_get(q->view, bytes_of_pb(p->license), q->arena);
	ENSURE(achievement != NULL && license != NULL); /* posted to it, for it */
	issuance__dispute_answer__init(a);
	a->posting = p->posting;
	a->license = p->license;
	a->educator = p->educator;
	a->state = p->state;
	a->type = license->type;
	a->because = arena_text(q->arena, bytes_of_text(dispute->because));
	a->since_us = dispute->since_us;
	a->code = achievement->code;
	a->title = achievement->title;
	a->hundredths = p->hundredths;
	a->unit = p->unit;
	a->decided_on = p->decided_on;
	if (file_sent_get(q->view, bytes_of_pb(p->posting), &sent))
		a->run = pb_of_bytes(arena_copy(q->arena, (struct bytes){sent.run, ID_LEN}));
	return a;
}

static int order_of_age(const void *a, const void *b)
{
	const struct dispute *x = a, *y = b;

	if (x->since_us != y->since_us)
		return x->since_us < y->since_us ? -1 : 1;
	return memcmp(x->posting.b, y->posting.b, ID_LEN);
}

/* All of them, the oldest first. */
static size_t collect(const struct query *q, const char *state, struct dispute **list_r)
{
	struct dispute *list = arena_alloc(q->arena, LOOKED_AT_MAX * sizeof *list);
	struct scan scan = dispute_scan(q->view, state);
	size_t n = 0;

	while (n < LOOKED_AT_MAX && dispute_next(&scan, q->arena, &list[n]))
		n++;
	scan_end(&scan);
	qsort(list, n, sizeof *list, order_of_age);
	*list_r = list;
	return n;
}

static void tell_page(const struct query *q, const Issuance__ListDisputes *ask, const char *state,
		      Issuance__DisputeList *a)
{
	uint32_t limit = ask->limit == 0 ? PAGE : MIN(ask->limit, (uint32_t)PAGE_MAX);
	struct dispute *list;
	size_t n = collect(q, state, &list), i = 0;

	if (ask->after.len > 0) {
		while (i < n &&
		       !bytes_equal(bytes_of_id(&list[i].posting), bytes_of_pb(ask->after)))
			i++;
		i = i < n ? i + 1 : 0; /* settled meanwhile: from the beginning */
	}
	a->all = n;
	a->disputes = arena_alloc(q->arena, limit * sizeof *a->disputes);
	for (; i < n && a->n_disputes < limit; i++)
		a->disputes[a->n_disputes++] = tell(q, &list[i]);
	if (i < n)
		a->next = a->disputes[a->n_disputes - 1]->posting;
}

/* A licensure system sees its own state's. */
Cairn__Status list_disputes(const Issuance__Query *query, struct query *q)
{
	const Issuance__ListDisputes *ask = query->list_disputes;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__DisputeList a = ISSUANCE__DISPUTE_LIST__INIT;
	const char *state = ask->state;

	if (!(q->roles & ROLE_OPERATOR)) {
		if (q->scope == NULL || strlen(q->scope) != 2 ||
		    (state[0] != '\0' && strcmp(state, q->scope) != 0))
			return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
					    "state: this peer speaks for another one");
		state = q->scope;
	}
	if (state[0] != '\0' && strlen(state) != 2)
		return query_refuse(q, CAIRN__STATUS__INVALID, "state: two letters are expected");
	tell_page(q, ask, state, &a);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_DISPUTES;
	answer_message.disputes = &a;
	return query_answer(q, &answer_message.base);
}
