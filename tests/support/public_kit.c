/* A credential, as texts. */
#include "tests/support/public_kit.h"

#include "services/issuance/issuance.h"
#include "tests/support/issuance_kit.h"
#include "tests/support/life_kit.h"

#include <stdlib.h>
#include <string.h>

struct kit *public_kit(const struct public_kit *p)
{
	return p->kit;
}

int64_t public_kit_now(const struct public_kit *p)
{
	return p->kit->now_us;
}

static char *copy(const char *text)
{
	char *made = strdup(text);

	ENSURE(made != NULL);
	return made;
}

static void take_credential(struct public_kit *p, struct bytes credential)
{
	const Issuance__CredentialAnswer *c = issuance_credential(p->kit, credential);

	p->credential = copy(ID_STR(bytes_of_pb(c->credential)));
	p->educator = copy(ID_STR(bytes_of_pb(c->educator)));
	p->entry = copy(ID_STR(bytes_of_pb(c->entry)));
	p->document = copy(c->document);
}

static void take_lists(struct public_kit *p)
{
	const Issuance__StatusListAnswer *list = life_list(p->kit, 1);

	ENSURE(list != NULL && list->document[0] != '\0');
	p->status_path = copy(strchr(list->place, '/'));
	p->status_list = copy(list->document);
	p->did_document = copy(issuance_did_document(p->kit));
	p->did_path = copy(p->status_path);
	memcpy(strstr(p->did_path, "status/1"), "did.json", 8);
}

struct public_kit *public_kit_new(void)
{
	struct public_kit *p = calloc(1, sizeof *p);
	struct bytes ana;

	ENSURE(p != NULL);
	p->kit = calloc(1, sizeof *p->kit);
	ENSURE(p->kit != NULL);
	kit_open(p->kit, &issuance_service);
	ana = kit_id(p->kit);
	issuance_given_all(p->kit);
	issuance_given_educator(p->kit, ana);
	issuance_given_license(p->kit, ana);
	issuance_released(p->kit, ana, true);
	take_credential(p, bytes_of_pb(issuance_next_issued(p->kit)->credential));
	kit_advance(p->kit, 10 * 60 * US_PER_S);
	take_lists(p);
	return p;
}

void public_kit_destroy(struct public_kit **p)
{
	kit_close((*p)->kit);
	free((*p)->kit);
	free((*p)->credential);
	free((*p)->educator);
	free((*p)->entry);
	free((*p)->document);
	free((*p)->did_path);
	free((*p)->did_document);
	free((*p)->status_path);
	free((*p)->status_list);
	free((*p)->token);
	free(*p);
	*p = NULL;
}

/* The newest link of the holder. */
static const Issuance__ShareAnswer *last_share(const struct public_kit *p)
{
	Issuance__ListShares ask = ISSUANCE__LIST_SHARES__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__ShareList *list;
	struct id educator;

	ENSURE(id_of_text(p->educator, &educator));
	ask.educator = pb_of_id(&educator);
	query.body_case = ISSUANCE__QUERY__BODY_LIST_SHARES;
	query.list_shares = &ask;
	ENSURE(kit_ask(p->kit, bytes_of_id(&educator), &query.base) == CAIRN__STATUS__OK);
	list = ((const Issuance__Answer *)p->kit->answer)->shares;
	ENSURE(list->n_shares > 0);
	return list->shares[list->n_shares - 1];
}

const char *public_kit_share(struct public_kit *p)
{
	Issuance__ShareCredential ask = ISSUANCE__SHARE_CREDENTIAL__INIT;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	struct id credential, educator;

	ENSURE(id_of_text(p->credential, &credential) && id_of_text(p->educator, &educator));
	ask.share = pb_of_bytes(kit_id(p->kit));
	ask.credential = pb_of_id(&credential);
	ask.until_us = p->kit->now_us + US_PER_DAY;
	ask.with_name = true;
	command.body_case = ISSUANCE__COMMAND__BODY_SHARE_CREDENTIAL;
	command.share_credential = &ask;
	ENSURE(kit_send(p->kit, bytes_of_id(&educator), &command.base) == CAIRN__STATUS__OK);
	free(p->token);
	p->token = copy(last_share(p)->token);
	return p->token;
}

void public_kit_withdraw(struct public_kit *p)
{
	Issuance__WithdrawShare ask = ISSUANCE__WITHDRAW_SHARE__INIT;
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	struct id educator;

	ENSURE(id_of_text(p->educator, &educator));
	ask.share = last_share(p)->share;
	command.body_case = ISSUANCE__COMMAND__BODY_WITHDRAW_SHARE;
	command.withdraw_share = &ask;
	ENSURE(kit_send(p->kit, bytes_of_id(&educator), &command.base) == CAIRN__STATUS__OK);
}
