/*
 * subscribed N PEER ...
 *
 * A real cairn-issuance in which N credentials are issued, for subscribers that a script starts:
 *each PEER is a licensure system of Tennessee. Prints the directory, the endpoint and the server's
 *key, one a line; then reads from standard input, one a line, and answers "done":
 *
 *	revoke      the next credential
 *	shake       the next one is suspended and reinstated
 *	kill        the daemon at once, and starts it again
 *
 * At the end of its input it stops the daemon, which must drain, and rebuilds its tables.
 */
#include "tests/integration/populated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct populated p;
static size_t next_credential;

static void send(Issuance__Command *cmd)
{
	static struct id by;
	struct client_answer got;

	by = id_of_name("person", "olga");
	ENSURE(daemon_kit_ask(p.client,
			      &(struct ask){.message = &cmd->base, .actor = bytes_of_id(&by)},
			      &got) == CAIRN__STATUS__OK);
}

static void revoke(void)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__Revoke revoke = ISSUANCE__REVOKE__INIT;
	struct id by = id_of_name("person", "olga"), second = id_of_name("person", "pavel");

	revoke.credential = pb_of_bytes(bytes_of_id(&p.credentials[next_credential++]));
	revoke.reason = ISSUANCE__LIFE_REASON__DUPLICATE;
	revoke.by = pb_of_bytes(bytes_of_id(&by));
	revoke.second = pb_of_bytes(bytes_of_id(&second));
	cmd.body_case = ISSUANCE__COMMAND__BODY_REVOKE;
	cmd.revoke = &revoke;
	send(&cmd);
}

static void shake(void)
{
	Issuance__Command cmd = ISSUANCE__COMMAND__INIT;
	Issuance__Suspend suspend = ISSUANCE__SUSPEND__INIT;
	Issuance__Reinstate reinstate = ISSUANCE__REINSTATE__INIT;

	suspend.credential = pb_of_bytes(bytes_of_id(&p.credentials[next_credential]));
	suspend.reason = ISSUANCE__LIFE_REASON__UNDER_REVIEW;
	cmd.body_case = ISSUANCE__COMMAND__BODY_SUSPEND;
	cmd.suspend = &suspend;
	send(&cmd);
	reinstate.credential = pb_of_bytes(bytes_of_id(&p.credentials[next_credential++]));
	cmd.body_case = ISSUANCE__COMMAND__BODY_REINSTATE;
	cmd.reinstate = &reinstate;
	send(&cmd);
}

static void kill_it(void)
{
	daemon_kit_kill(&p.daemons, "issuance");
	populated_start(&p);
}

static const struct order {
	const char *name;
	void (*run)(void);
} orders[] = {{"revoke\n", revoke}, {"shake\n", shake}, {"kill\n", kill_it}};

static void take_orders(void)
{
	char line[64];

	while (fgets(line, sizeof line, stdin) != NULL) {
		for (size_t i = 0; i < ARRAY_LEN(orders); i++)
			if (strcmp(line, orders[i].name) == 0)
				orders[i].run();
		puts("done");
	}
}

int main(int argc, char **argv)
{
	ENSURE(argc > 1);
	setvbuf(stdout, NULL, _IOLBF, 0);
	populated_open(&p, strtoul(argv[1], NULL, 10), NULL);
	for (int i = 2; i < argc; i++)
		daemon_kit_peer(&p.daemons, argv[i], "licensure", "TN");
	populated_start(&p);
	printf("%s\n%s\n%s\n", p.daemons.place.dir,
	       daemon_kit_endpoint(&p.daemons, "issuance", 'l'),
	       daemon_kit_public(&p.daemons, "issuance").s);
	take_orders();
	populated_end(&p);
	populated_close(&p);
	return EXIT_SUCCESS;
}
