/* Accounts under a kit. */
#include "tests/support/access_kit.h"

#include "libshared/json.h"
#include "services/gateway/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kit kit;

/* ---- a command as words: "grant_role grant=@g account=@ana role=TEACHER until_us=+60" ---- */

static json_t *value_of(const char *text)
{
	if (text[0] == '@')
		return json_string(ID_STR(kit_name("test", text + 1)));
	if (text[0] == '+')
		return json_integer((json_int_t)(kit.now_us + atol(text + 1) * US_PER_S));
	if (strspn(text, "0123456789") == strlen(text))
		return json_integer(atoll(text));
	return json_string(text);
}

static void add_word(json_t *fields, char *word)
{
	char *value = strchr(word, '=');

	ENSURE(value != NULL);
	*value++ = '\0';
	if (strcmp(word, "scopes") == 0)
		json_object_set_new(fields, word, json_pack("[s]", value));
	else
		json_object_set_new(fields, word, value_of(value));
}

const ProtobufCMessage *access_message(const ProtobufCMessageDescriptor *type, const char *text)
{
	char *rest = arena_text(kit.arena, bytes_of_text(text)), *member = strsep(&rest, " "),
	     *word;
	json_t *fields = json_object(), *whole;
	const ProtobufCMessage *m;
	char fault[200];

	while ((word = strsep(&rest, " ")) != NULL)
		add_word(fields, word);
	whole = json_pack("{s:o}", member, fields);
	m = message_of_json(type, whole, kit.arena, fault);
	if (m == NULL)
		fprintf(stderr, "%s: %s\n", text, fault);
	ENSURE(m != NULL);
	json_decref(whole);
	return m;
}

Cairn__Status access_send(uint32_t roles, const char *text)
{
	return kit_send_as(&kit, kit_id(&kit), roles, BYTES_NONE,
			   access_message(&gateway__command__descriptor, text));
}

void access_given(const char *text)
{
	Cairn__Status status = access_send(CTL, text);

	if (status != CAIRN__STATUS__OK)
		fprintf(stderr, "%s: %s\n", text, kit.got.text != NULL ? kit.got.text : "");
	ENSURE(status == CAIRN__STATUS__OK);
}

void access_self(const char *text)
{
	Cairn__Status status = access_send(SELF, text);

	if (status != CAIRN__STATUS__OK)
		fprintf(stderr, "%s: %s\n", text, kit.got.text != NULL ? kit.got.text : "");
	ENSURE(status == CAIRN__STATUS__OK);
}

const Gateway__Answer *access_ask(const char *text)
{
	ENSURE(kit_ask(&kit, BYTES_NONE, access_message(&gateway__query__descriptor, text)) ==
	       CAIRN__STATUS__OK);
	return (const Gateway__Answer *)kit.answer;
}

struct bytes access_id(const char *name)
{
	return kit_name("test", name);
}

void access_kit_open(void)
{
	kit_open(&kit, &gateway_service);
	access_given("open_account account=@root login=root");
	access_given("grant_role grant=@root-operator account=@root role=OPERATOR");
	access_given("open_account account=@dean login=dean");
	access_given("grant_role grant=@dean-agency account=@dean role=AGENCY");
	access_given("open_account account=@ana login=ana educator=@ana-educator "
		     "assessor=@ana-assessor");
	access_given("grant_role grant=@ana-teacher account=@ana role=TEACHER");
}

void access_kit_close(void)
{
	kit_close(&kit);
}
