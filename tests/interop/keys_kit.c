/*
 * Writes kits of one issuer through the life of its keys and of a credential, for other people's
 * verifiers:
 *
 *	keys_kit DIR
 *
 *	DIR/fresh     signed by the key that signs
 *	DIR/retiring  the same credential after a rotation
 *	DIR/revoked   the same after its key was revoked
 *	DIR/reissued  the same signed again
 *	DIR/suspended, DIR/reinstated, DIR/withdrawn    the same, as its status list has it; what
 *its holder had made while it was reinstated is in the last two alike: badge.png, badge.svg,
 *record.json and es256.jwt DIR/stack     a stack that it completes; DIR/stack_on_hold: after the
 *member was withdrawn
 *
 * Each is a credential.json with its docs, as cairnctl credential export writes them; fresh has
 * rs256.jwt and es256.jwt too.
 */
#include "libshared/check.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/issuance.h"
#include "tests/interop/kit_files.h"
#include "tests/support/life_kit.h"
#include "tests/support/stack_kit.h"

#include <stdio.h>
#include <stdlib.h>

static struct kit kit;
static struct bytes credential;
static const char *dir;

/* ---- files ---- */

static void write_text(const char *kit_name, const char *file, const char *text)
{
	kit_file(arena_printf(kit.arena, "%s/%s", dir, kit_name), file, bytes_of_text(text));
}

/* As it is a minute later: then it is signed. */
static const Issuance__StatusListAnswer *status_list(void)
{
	kit_advance(&kit, 61 * US_PER_S);
	return life_list(&kit, 1);
}

static void write_kit(const char *name)
{
	const Issuance__StatusListAnswer *list = status_list();
	const char *did = kit_issuer()->did;
	struct didweb_place place;

	ENSURE(didweb_place(did, &place));
	write_text(name, "credential.json", issuance_credential(&kit, credential)->document);
	write_text(name, arena_printf(kit.arena, "docs/%s%s", place.host, place.path),
		   issuance_did_document(&kit));
	write_text(name, arena_printf(kit.arena, "docs/%s", list->place), list->document);
}

/* ---- commands ---- */

static void send_as(uint32_t roles, const ProtobufCMessage *command)
{
	ENSURE(kit_send_as(&kit, kit_id(&kit), roles, BYTES_NONE, command) == CAIRN__STATUS__OK);
}

static void send(const ProtobufCMessage *command)
{
	send_as(ROLE_OPERATOR, command);
}

static char because[] = "a test";

static void add(Issuance__KeyKind kind)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey ask = ISSUANCE__ADD_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.kind = kind;
	command.body_case = ISSUANCE__COMMAND__BODY_ADD_KEY;
	command.add_key = &ask;
	send(&command.base);
}

static void rotate(void)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RotateKey ask = ISSUANCE__ROTATE_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.because = because;
	command.body_case = ISSUANCE__COMMAND__BODY_ROTATE_KEY;
	command.rotate_key = &ask;
	send(&command.base);
}

static void revoke(char *key)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RevokeKey ask = ISSUANCE__REVOKE_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.key = key;
	ask.because = because;
	command.body_case = ISSUANCE__COMMAND__BODY_REVOKE_KEY;
	command.revoke_key = &ask;
	send(&command.base);
}

/* One credential: one batch. */
static void reissue(char *key)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__StartReissue start = ISSUANCE__START_REISSUE__INIT;
	Issuance__ReissueBatch batch = ISSUANCE__REISSUE_BATCH__INIT;

	start.issuer = batch.issuer = kit_issuer()->issuer;
	start.key = batch.key = key;
	command.body_case = ISSUANCE__COMMAND__BODY_START_REISSUE;
	command.start_reissue = &start;
	send(&command.base);
	batch.after = pb_of_bytes((struct bytes){ID_NONE.b, ID_LEN});
	command.body_case = ISSUANCE__COMMAND__BODY_REISSUE_BATCH;
	command.reissue_batch = &batch;
	send_as(ROLE_SELF, &command.base);
}

static void suspend(void)
{
	send(life_suspend(kit.arena, credential));
}

static void reinstate(void)
{
	send(life_reinstate(kit.arena, credential));
}

static void withdraw(void)
{
	send(life_revoke(kit.arena, credential, ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR,
			 kit_id(&kit), kit_id(&kit)));
}

static const char *token(Issuance__KeyKind kind)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetJwt get = ISSUANCE__GET_JWT__INIT;

	get.credential = pb_of_bytes(credential);
	get.kind = kind;
	query.body_case = ISSUANCE__QUERY__BODY_GET_JWT;
	query.get_jwt = &get;
	ENSURE(kit_ask(&kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->jwt->jwt;
}

/* ---- what the holder has ---- */

struct forms {
	struct kit_pictures pictures;
	struct bytes record;
	const char *token;
};

static struct bytes record_of(struct bytes educator)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetRecord get = ISSUANCE__GET_RECORD__INIT;

	get.record = pb_of_bytes(kit_id(&kit));
	get.educator = pb_of_bytes(educator);
	query.body_case = ISSUANCE__QUERY__BODY_GET_RECORD;
	query.get_record = &get;
	ENSURE(kit_ask(&kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return bytes_of_pb(((const Issuance__Answer *)kit.answer)->record->document);
}

static struct forms make_forms(void)
{
	const Issuance__CredentialAnswer *c = issuance_credential(&kit, credential);
	struct bytes document = bytes_of_text(c->document);
	struct form_problem problem = {0};
	struct form_facts facts;
	struct forms forms;

	ENSURE(form_facts_read(document, kit.arena, &facts, &problem));
	forms.pictures = kit_pictures(&facts, document, kit.arena);
	forms.record = record_of(bytes_of_pb(c->educator));
	forms.token = token(ISSUANCE__KEY_KIND__ES256);
	return forms;
}

static void write_forms(const char *name, const struct forms *forms)
{
	const char *folder = arena_printf(kit.arena, "%s/%s", dir, name);

	kit_pictures_write(folder, &forms->pictures);
	kit_file(folder, "record.json", forms->record);
	kit_file(folder, "es256.jwt", bytes_of_text(forms->token));
}

static void issue(void)
{
	struct bytes educator = kit_id(&kit);

	issuance_given_educator(&kit, educator);
	issuance_released(&kit, educator, true);
	credential = bytes_of_pb(issuance_next_issued(&kit)->credential);
}

/* The credential's holder completes a stack with it; from now on that award is meant. */
static void award(void)
{
	struct bytes educator = bytes_of_pb(issuance_credential(&kit, credential)->educator);
	const Issuance__EducatorStack *made;

	stack_kit_publish_small(&kit);
	stack_kit_sweep(&kit);
	made = stack_kit_find(&kit, educator, STACK_KIT_SMALL);
	ENSURE(made != NULL);
	credential = bytes_of_pb(made->credential);
}

int main(int argc, char **argv)
{
	struct bytes member, whole;
	struct forms forms;
	char *key;

	if (argc != 2) {
		fprintf(stderr, "usage: keys_kit DIR\n");
		return 2;
	}
	dir = argv[1];
	kit_open(&kit, &issuance_service);
	issuance_given_all(&kit);
	add(ISSUANCE__KEY_KIND__RS256);
	add(ISSUANCE__KEY_KIND__ES256);
	issue();
	write_kit("fresh");
	write_text("fresh", "rs256.jwt", token(ISSUANCE__KEY_KIND__RS256));
	write_text("fresh", "es256.jwt", token(ISSUANCE__KEY_KIND__ES256));
	key = issuance_credential(&kit, credential)->key;
	rotate();
	write_kit("retiring");
	revoke(key);
	write_kit("revoked");
	reissue(key);
	write_kit("reissued");
	suspend();
	write_kit("suspended");
	reinstate();
	write_kit("reinstated");
	forms = make_forms();
	write_forms("reinstated", &forms);
	member = credential;
	award();
	write_kit("stack");
	whole = credential;
	credential = member;
	withdraw();
	write_kit("withdrawn");
	write_forms("withdrawn", &forms);
	credential = whole;
	write_kit("stack_on_hold");
	kit_close(&kit);
	return EXIT_SUCCESS;
}
