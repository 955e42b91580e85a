/* Signing again what a key signed: begun, paused, gone on with, looked at. */
#include "services/ctl/commands.h"
#include "services/ctl/reissue.h"

#include <inttypes.h>
#include <string.h>

void say_reissue(struct ctl *c, const Issuance__ReissueAnswer *r)
{
	say(c, "reissue of %s: %s, %" PRIu64 " of %" PRIu64 " signed again", r->key, r->state,
	    r->done, r->total);
	if (r->skipped > 0)
		say(c, ", %" PRIu64 " skipped", r->skipped);
	say_rate(c, r->done + r->skipped, r->started_us, r->changed_us);
}

const Issuance__ReissueList *ask_reissues(struct ctl *c)
{
	return (const Issuance__ReissueList *)ctl_ask_fields(c, TO_ISSUANCE, "list_reissues",
							     json_object());
}

static int show_reissues(struct ctl *c)
{
	const Issuance__ReissueList *list = ask_reissues(c);
	json_t *told = json_array();

	for (size_t i = 0; list != NULL && i < list->n_reissues; i++) {
		say_reissue(c, list->reissues[i]);
		json_array_append_new(told, json_of_message(&list->reissues[i]->base));
	}
	if (list != NULL && list->n_reissues == 0)
		say(c, "no reissue was ever started\n");
	tell(c, "reissues", told);
	return ctl_exit_code(c);
}

/* The issuer that has the key; NULL: none, told. */
static const Issuance__IssuerAnswer *issuer_of(struct ctl *c, const char *key)
{
	const Issuance__IssuerList *list = (const Issuance__IssuerList *)ctl_ask_fields(
		c, TO_ISSUANCE, "list_issuers", json_object());

	for (size_t i = 0; list != NULL && i < list->n_issuers; i++)
		for (size_t j = 0; j < list->issuers[i]->n_all_keys; j++)
			if (strcmp(list->issuers[i]->all_keys[j]->key, key) == 0)
				return list->issuers[i];
	if (list != NULL)
		ctl_fault(c, CTL_REFUSED, "no issuer has a key of that name; see keys list");
	return NULL;
}

int run_reissue(struct ctl *c)
{
	const char *member = is_given(c, "pause")    ? "pause_reissue"
			     : is_given(c, "resume") ? "resume_reissue"
						     : "start_reissue";
	const Issuance__IssuerAnswer *issuer;
	struct id id;

	if (is_given(c, "status"))
		return show_reissues(c);
	if (!is_given(c, "key"))
		return (int)ctl_fault(c, CTL_USAGE, "KEY is expected, or --status");
	if (is_given(c, "pause") && is_given(c, "resume"))
		return (int)ctl_fault(c, CTL_USAGE, "--pause or --resume, not both");
	issuer = issuer_of(c, given(c, "key"));
	if (issuer == NULL)
		return ctl_exit_code(c);
	id = id_of_bytes(bytes_of_pb(issuer->issuer->issuer));
	if (ctl_send_fields(c, TO_ISSUANCE, &id, member,
			    json_pack("{s:s, s:s}", "issuer", ID_STR(bytes_of_id(&id)), "key",
				      given(c, "key"))))
		say(c, "cairnctl keys reissue --status shows how far it has come\n");
	return ctl_exit_code(c);
}
