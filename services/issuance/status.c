/* Status lists: drawing places. */
#include "services/issuance/status.h"

#include "services/issuance/documents/didweb.h"
#include "services/issuance/tables.h"

#define DRAWS_MAX 256 /* a list of which 7/8 are taken refuses so many with a chance of 10^-15 */

/* The places given in one decision: the tables do not have them yet. */
struct drawn {
	struct drawn *next;
	struct id list;
	uint32_t index;
};

static bool is_drawn(const struct decision *d, const struct id *list, uint32_t index)
{
	for (const struct drawn *p = d->own; p != NULL; p = p->next)
		if (p->index == index && id_equal(&p->list, list))
			return true;
	return false;
}

static bool is_free(const struct view *view, const struct decision *d, const struct id *list,
		    uint32_t index)
{
	return !status_taken(view, bytes_of_id(list), index) && !is_drawn(d, list, index);
}

static uint32_t n_drawn(const struct decision *d, const struct id *list)
{
	uint32_t n = 0;

	for (const struct drawn *p = d->own; p != NULL; p = p->next)
		n += id_equal(&p->list, list) ? 1 : 0;
	return n;
}

/* The list that takes the next credential: the newest, or one that is not there yet. */
static uint32_t number_of_list(const struct view *view, struct bytes issuer, struct decision *d)
{
	uint32_t number = MAX(status_last(view, issuer), 1u);
	struct id list = status_list_id(issuer, number);
	struct status_list row = {0};

	(void)status_list_get(view, bytes_of_id(&list), &row); /* not there: none are taken */
	return row.taken + n_drawn(d, &list) < STATUS_FULL ? number : number + 1;
}

Issuance__StatusEntry *status_draw(const struct view *view, const Enrollment__Issuer *issuer,
				   struct decision *d)
{
	struct bytes issuer_id = bytes_of_pb(issuer->issuer);
	Issuance__StatusEntry *entry = NEW(d, Issuance__StatusEntry, ISSUANCE__STATUS_ENTRY__INIT);
	struct drawn *drawn = arena_alloc(d->arena, sizeof *drawn);
	char url[DIDWEB_URL_LEN];

	if (!didweb_status_url(issuer->did, 1, url))
		return NULL;
	entry->list = number_of_list(view, issuer_id, d);
	drawn->list = status_list_id(issuer_id, entry->list);
	entry->index = (uint32_t)draw(d, STATUS_BITS);
	for (unsigned i = 0; i < DRAWS_MAX && !is_free(view, d, &drawn->list, entry->index); i++)
		entry->index = (uint32_t)draw(d, STATUS_BITS);
	while (!is_free(view, d, &drawn->list, entry->index))
		entry->index = (entry->index + 1) % STATUS_BITS;
	drawn->index = entry->index;
	drawn->next = d->own;
	d->own = drawn;
	return entry;
}
