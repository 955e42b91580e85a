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
 *	DIR/suspended, DIR/reinstated, DIR/withdrawn    the same, as its status list has it
 *	DIR/stack     a stack that it completes; DIR/stack_on_hold: after the member was withdrawn
 *
 * Each is a credential.json with its docs, as cairnctl credential export writes them; fresh has
 * rs256.jwt and es256.jwt too.
 */
#include "libshared/check.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/issuance.h"
#include "tests/support/stack_kit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct kit kit;
static struct bytes credential;
static const char *dir;

/* ---- files ---- */

static void write_file(const char *path, const char *text)
{
	char folder[600];
	FILE *f;

	for (const char *slash = path; (slash = strchr(slash + 1, '/')) != NULL;) {
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
		ENSURE(mkdir(folder, 0755) == 0 || errno == EEXIST);
	}
	f = fopen(path, "we");
	ENSURE(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* As it is a minute later: then it is signed. */
static const Issuance__StatusListAnswer *status_list(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetStatusList get = ISSUANCE__GET_STATUS_LIST__INIT;

	kit_advance(&kit, 61 * US_PER_S);
	get.issuer = kit_issuer()->issuer;
	get.number = 1;
	query.body_case = ISSUANCE__QUERY__BODY_GET_STATUS_LIST;
	query.get_status_list = &get;
	ENSURE(kit_ask(&kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)kit.answer)->status_list;
}

static void write_kit(const char *name)
{
	const Issuance__StatusListAnswer *list = status_list();
	const char *did = kit_issuer()->did;
	struct didweb_place place;

	ENSURE(didweb_place(did, &place));
	write_file(arena_printf(kit.arena, "%s/%s/credential.json", dir, name),
		   issuance_credential(&kit, credential)->document);
	write_file(arena_printf(kit.arena, "%s/%s/docs/%s%s", dir, name, place.host, place.path),
		   issuance_did_document(&kit));
	write_file(arena_printf(kit.arena, "%s/%s/docs/%s", dir, name, list->place),
		   list->document);
}

/* ---- commands ---- */

static void send(const Issuance__Command *command, uint32_t roles)
{
	ENSURE(kit_send_as(&kit, kit_id(&kit), roles, BYTES_NONE, &command->base) ==
	       CAIRN__STATUS__OK);
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
	send(&command, ROLE_OPERATOR);
}

static void rotate(void)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RotateKey ask = ISSUANCE__ROTATE_KEY__INIT;

	ask.issuer = kit_issuer()->issuer;
	ask.because = because;
	command.body_case = ISSUANCE__COMMAND__BODY_ROTATE_KEY;
	command.rotate_key = &ask;
	send(&command, ROLE_OPERATOR);
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
	send(&command, ROLE_OPERATOR);
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
	send(&command, ROLE_OPERATOR);
	batch.after = pb_of_bytes((struct bytes){ID_NONE.b, ID_LEN});
	command.body_case = ISSUANCE__COMMAND__BODY_REISSUE_BATCH;
	command.reissue_batch = &batch;
	send(&command, ROLE_SELF);
}

static void suspend(void)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__Suspend ask = ISSUANCE__SUSPEND__INIT;

	ask.credential = pb_of_bytes(credential);
	ask.reason = ISSUANCE__LIFE_REASON__UNDER_REVIEW;
	command.body_case = ISSUANCE__COMMAND__BODY_SUSPEND;
	command.suspend = &ask;
	send(&command, ROLE_OPERATOR);
}

static void reinstate(void)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__Reinstate ask = ISSUANCE__REINSTATE__INIT;

	ask.credential = pb_of_bytes(credential);
	command.body_case = ISSUANCE__COMMAND__BODY_REINSTATE;
	command.reinstate = &ask;
	send(&command, ROLE_OPERATOR);
}

static void withdraw(void)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__Revoke ask = ISSUANCE__REVOKE__INIT;

	ask.credential = pb_of_bytes(credential);
	ask.reason = ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR;
	ask.by = pb_of_bytes(kit_id(&kit));
	ask.second = pb_of_bytes(kit_id(&kit));
	command.body_case = ISSUANCE__COMMAND__BODY_REVOKE;
	command.revoke = &ask;
	send(&command, ROLE_OPERATOR);
}

static void write_token(Issuance__KeyKind kind, const char *name)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetJwt get = ISSUANCE__GET_JWT__INIT;

	get.credential = pb_of_bytes(credential);
	get.kind = kind;
	query.body_case = ISSUANCE__QUERY__BODY_GET_JWT;
	query.get_jwt = &get;
	ENSURE(kit_ask(&kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	write_file(arena_printf(kit.arena, "%s/fresh/%s.jwt", dir, name),
		   ((const Issuance__Answer *)kit.answer)->jwt->jwt);
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
	write_token(ISSUANCE__KEY_KIND__RS256, "rs256");
	write_token(ISSUANCE__KEY_KIND__ES256, "es256");
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
	member = credential;
	award();
	write_kit("stack");
	whole = credential;
	credential = member;
	withdraw();
	write_kit("withdrawn");
	credential = whole;
	write_kit("stack_on_hold");
	kit_close(&kit);
	return EXIT_SUCCESS;
}
