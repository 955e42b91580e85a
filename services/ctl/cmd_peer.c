/* Peers: who may connect, and a follower that an operator puts back on its feet. */
#include "services/ctl/commands.h"
#include "services/ctl/runtime.h"
#include "services/ctl/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the peers file ---- */

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-_"

static bool peer_key(struct ctl *c, const char *name, struct key_text *key_r)
{
	uint8_t key[KEY_LEN];

	if (!is_given(c, "public-key")) {
		if (keys_make(ctl_path(c, "keys"), name, key_r) != 0)
			ctl_fault(c, CTL_LOCAL, "%s/keys/%s.key cannot be made", c->dir, name);
		return !ctl_failed(c);
	}
	if (!key_of_text(given(c, "public-key"), key))
		ctl_fault(c, CTL_USAGE, "--public-key: 40 characters of Z85 are expected");
	else
		*key_r = text_of_key(key);
	return !ctl_failed(c);
}

static void check_peer(struct ctl *c, const char *name, const char *roles)
{
	size_t len = strlen(name);
	struct peers *peers = peers_load(ctl_path(c, "peers"));
	uint32_t bits;

	if (peers == NULL)
		ctl_fault(c, CTL_LOCAL, "%s/peers cannot be read; cairnctl keys init makes it",
			  c->dir);
	else if (len == 0 || len > PEER_NAME_MAX || strspn(name, NAME_CHARS) != len)
		ctl_fault(c, CTL_USAGE, "NAME: 1 to 31 of a-z, 0-9, - and _ are expected");
	else if (!roles_of_text(roles, &bits) || bits == 0)
		ctl_fault(c, CTL_USAGE,
			  "--roles: of portal, operator, asserts, names, follow, licensure "
			  "and delivers, with commas, are expected");
	else if (peer_by_name(peers, name) != NULL && !is_given(c, "public-key"))
		ctl_fault(c, CTL_REFUSED,
			  "%s has a key already; a second one, while one replaces the other, is "
			  "added with --public-key",
			  name);
	if (peers != NULL)
		peers_destroy(&peers);
}

static int add_peer(struct ctl *c)
{
	const char *name = given(c, "name"), *roles = given(c, "roles");
	const char *scope = is_given(c, "scope") ? given(c, "scope") : "";
	struct key_text key;

	check_peer(c, name, roles);
	if (ctl_failed(c) || !peer_key(c, name, &key))
		return ctl_exit_code(c);
	if (peers_add(ctl_path(c, "peers"), name, &key, roles, scope) != 0)
		return (int)ctl_fault(c, CTL_LOCAL, "%s/peers cannot be written", c->dir);
	tell_text(c, "name", name);
	tell_text(c, "public_key", key.s);
	say(c, "%s %s\nrunning daemons read it at SIGHUP; their pids are in %s/run/*.pid\n", name,
	    key.s, c->dir);
	return ctl_exit_code(c);
}

/* The file's own lines, in its order. */
static int list_peers(struct ctl *c)
{
	FILE *f = fopen(ctl_path(c, "peers"), "re");
	json_t *list = json_array();
	char line[600], name[64], key[64], rest[400];

	tell(c, "peers", list);
	if (f == NULL)
		return (int)ctl_fault(c, CTL_LOCAL, "%s/peers: %s", c->dir, strerror(errno));
	while (fgets(line, sizeof line, f) != NULL) {
		rest[0] = '\0';
		if (line[0] == '#' || sscanf(line, "%63s %63s %399[^\n]", name, key, rest) < 2)
			continue;
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", name, "public_key",
						      key, "may", rest));
		say(c, "%-16s%s  %s\n", name, key, rest);
	}
	fclose(f);
	return ctl_exit_code(c);
}

/* ---- rejoin ---- */

/* The stream that was named, or the only one that is stopped. NULL: a fault. */
static const Cairn__UpstreamStatus *find_upstream(struct ctl *c, const Cairn__RuntimeStatus *status,
						  const char *name)
{
	const Cairn__UpstreamStatus *found = NULL;
	unsigned n = 0;

	for (size_t i = 0; i < status->n_upstreams; i++) {
		const Cairn__UpstreamStatus *u = status->upstreams[i];

		if (name != NULL ? strcmp(name, u->stream) == 0 : u->stopped[0] != '\0') {
			found = u;
			n++;
		}
	}
	if (n == 1)
		return found;
	ctl_fault(c, CTL_USAGE,
		  name != NULL ? "--stream: it does not follow that one; status lists them"
			       : "--stream: name it, as enrollment.0.log: %u are stopped",
		  n);
	return NULL;
}

static json_t *show_position(struct ctl *c, const char *whose, const struct position *at)
{
	char chain[2 * CHAIN_LEN + 1];

	hex_of_bytes(BYTES_OF(at->chain), chain);
	say(c, "%-24s log %s  epoch %" PRIu64 "  seq %" PRIu64 "  chain %.16s\n", whose,
	    ID_STR(bytes_of_id(&at->log_id)), at->epoch, at->seq, chain);
	return json_pack("{s:s, s:I, s:I, s:s}", "log_id", ID_STR(bytes_of_id(&at->log_id)),
			 "epoch", (json_int_t)at->epoch, "seq", (json_int_t)at->seq, "chain",
			 chain);
}

/* What the follower holds, what stands there in that log now, and where that log ends. */
static void show_both(struct ctl *c, const struct stream *stream, const Cairn__UpstreamStatus *u)
{
	struct position ours = {0}, theirs, head;

	if (u->at != NULL && position_of_wire(u->at, &ours))
		tell(c, "holds", show_position(c, "it holds", &ours));
	if (stream_position(c, stream, ours.seq, &theirs)) {
		tell(c, "there", show_position(c, "there stands", &theirs));
		say(c, "%s\n",
		    theirs.seq == ours.seq && memcmp(theirs.chain, ours.chain, CHAIN_LEN) == 0
			    ? "the same history up to there"
			    : "another history: records up to there differ, or do not exist");
	}
	if (stream_position(c, stream, INT64_MAX, &head))
		tell(c, "head", show_position(c, "that log ends at", &head));
}

static int send_rejoin(struct ctl *c, enum ctl_service service, const struct stream *stream)
{
	Cairn__Rejoin rejoin = CAIRN__REJOIN__INIT;
	Cairn__Position wire = CAIRN__POSITION__INIT;
	Cairn__RuntimeCommand command = CAIRN__RUNTIME_COMMAND__INIT;
	uint64_t from = given_count(c, "from", 0);
	struct position at;

	if (!stream_position(c, stream, from, &at))
		return (int)ctl_fault(c, CTL_REFUSED,
				      "%s has no position at %" PRIu64
				      ": forgotten there, or the service is not up",
				      stream->name, from);
	if (at.seq != from)
		return (int)ctl_fault(c, CTL_REFUSED,
				      "%" PRIu64
				      " is no commit's end in %s; the one before it is %" PRIu64,
				      from, stream->name, at.seq);
	tell(c, "goes_on", show_position(c, "it goes on after", &at));
	wire_of_position(&at, &wire);
	rejoin.stream = arena_text(c->arena, bytes_of_text(stream->name));
	rejoin.at = &wire;
	rejoin.because = arena_text(c->arena, bytes_of_text(given(c, "because")));
	command.body_case = CAIRN__RUNTIME_COMMAND__BODY_REJOIN;
	command.rejoin = &rejoin;
	return send_runtime(c, service, &command);
}

static int rejoin_peer(struct ctl *c)
{
	enum ctl_service service = given_service(c, "service");
	const Cairn__RuntimeStatus *status = ask_runtime_status(c, service);
	const Cairn__UpstreamStatus *u =
		status != NULL ? find_upstream(c, status, given(c, "stream")) : NULL;
	struct stream stream;

	if (u == NULL || !stream_of_name(c, u->stream, &stream))
		return ctl_exit_code(c);
	tell_text(c, "stream", u->stream);
	tell_text(c, "stopped", u->stopped);
	say(c, "%s follows %s: %s\n", service_name(service), u->stream,
	    u->stopped[0] != '\0' ? u->stopped : "going");
	show_both(c, &stream, u);
	if (!is_given(c, "from"))
		return ctl_exit_code(c);
	if (!is_given(c, "because"))
		return (int)ctl_fault(c, CTL_USAGE, "--because: say why; it is kept in the log");
	return send_rejoin(c, service, &stream);
}

static const struct command rows[] = {
	{"peer", "add", "let someone connect, with these roles",
	 PARAMS(OWN_WORD("name", "NAME", "of the peer", P_TEXT, MUST),
		OWN_OPTION("roles", "ROLES",
			   "of portal, operator, asserts, names, follow, licensure, delivers",
			   P_TEXT, MUST),
		OWN_OPTION("scope", "SCOPE", "of licensure: a state's two letters", P_TEXT, MAY),
		OWN_OPTION("public-key", "KEY",
			   "the peer's own (default: a pair is made in DIR/keys)", P_TEXT, MAY)),
	 .run = add_peer},
	{"peer", "list", "list who may connect", .run = list_peers},
	{"peer", "rejoin", "let a stopped follower go on, or show what both hold",
	 PARAMS(OWN_WORD("service", "SERVICE", "who follows", P_TEXT, MUST),
		OWN_OPTION("stream", "STREAM", "what it follows (default: the one that is stopped)",
			   P_TEXT, MAY),
		OWN_OPTION("from", "N", "go on after this sequence of that log", P_COUNT, MAY),
		OWN_OPTION("because", "TEXT", "why; kept in the log", P_TEXT, MAY)),
	 .run = rejoin_peer},
};

const struct command_list peer_commands = {rows, ARRAY_LEN(rows)};
