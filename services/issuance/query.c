/* Questions to issuance: credentials, issuers with their key lists, what is held and why. */
#include "libshared/seal.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/jwt.h"
#include "services/issuance/keys.h"
#include "services/issuance/life.h"
#include "services/issuance/query_parts.h"

#include <string.h>

#define PAGE 50
#define PAGE_MAX 200

/* ---- credentials ---- */

/* What is over is expired, whether the timer has said so yet or not. */
const char *credential_state(const struct query *q, const Issuance__CredentialIssued *c)
{
	enum life_state state =
		(enum life_state)life_get(q->view, bytes_of_pb(c->credential)).state;

	if (state == LIFE_ISSUED && c->valid_until_us != 0 && c->valid_until_us <= q->now_us)
		state = LIFE_EXPIRED;
	return life_state_name(state);
}

static ProtobufCBinaryData copy_of_id(const struct query *q, const uint8_t id[ID_LEN])
{
	struct bytes bytes = {id, ID_LEN};

	return is_id(bytes) ? pb_of_bytes(arena_copy(q->arena, bytes)) : (ProtobufCBinaryData){0};
}

/* HOST/PATH/status/N, as the web serves it; "" where nothing does. */
char *place_of_list(const struct query *q, ProtobufCBinaryData issuer, uint32_t number)
{
	const Issuance__IssuerNoted *noted = issuer_get(q->view, bytes_of_pb(issuer), q->arena);
	char url[DIDWEB_URL_LEN];

	if (noted == NULL || !didweb_status_url(noted->issuer->did, number, url))
		return arena_text(q->arena, bytes_of_text(""));
	return arena_text(q->arena, bytes_of_text(url + strlen("https://")));
}

static void describe_life(const struct query *q, const Issuance__CredentialIssued *c,
			  Issuance__CredentialAnswer *a)
{
	struct life life = life_get(q->view, bytes_of_pb(c->credential));

	a->state = arena_text(q->arena, bytes_of_text(credential_state(q, c)));
	a->reason = (Issuance__LifeReason)life.reason;
	a->reason_text = arena_text(q->arena, bytes_of_text(reason_text(life.reason)));
	a->since_us = life.since_us;
	a->supersedes = c->supersedes;
	a->superseded_by = copy_of_id(q, life.superseded_by);
	a->proposed = (Issuance__LifeReason)life.proposed;
	a->proposed_by = copy_of_id(q, life.proposed_by);
	a->status = c->status;
	if (c->status != NULL)
		a->status_place = place_of_list(q, c->issuer, c->status->list);
}

static void add_document(const struct query *q, const Issuance__CredentialIssued *c,
			 Issuance__CredentialAnswer *a)
{
	struct bytes text;

	if (c->document != NULL && unseal(q->caps, c->document, q->arena, &text))
		a->document = arena_text(q->arena, text);
	else
		a->erased = true;
}

static Issuance__CredentialAnswer *describe(const struct query *q,
					    const Issuance__CredentialIssued *c)
{
	Issuance__CredentialAnswer *a = arena_alloc(q->arena, sizeof *a);
	const Issuance__AchievementNoted *achievement =
		achievement_get(q->view, bytes_of_pb(c->entry), c->version, q->arena);

	issuance__credential_answer__init(a);
	a->credential = c->credential;
	a->educator = c->educator;
	a->entry = c->entry;
	a->version = c->version;
	a->issuer = c->issuer;
	a->code = achievement->code;
	a->title = achievement->title;
	describe_life(q, c, a);
	a->valid_from_us = c->valid_from_us;
	a->valid_until_us = c->valid_until_us;
	a->decided_us = c->decided_us;
	a->sha256 = c->sha256;
	a->proof_value = c->proof_value;
	a->decision = c->decision;
	a->attempt = c->attempt;
	a->reads = c->reads;
	a->key = c->key;
	return a;
}

Issuance__CredentialAnswer *credential_answer(const struct query *q,
					      const Issuance__CredentialIssued *c, bool document)
{
	Issuance__CredentialAnswer *a = describe(q, c);

	if (document)
		add_document(q, c, a);
	return a;
}

bool may_open(const struct query *q, struct bytes educator)
{
	return q->roles & ROLE_NAMES || bytes_equal(bytes_of_id(&q->actor), educator);
}

static Cairn__Status get_credential(const Issuance__Query *query, struct query *q)
{
	const Issuance__GetCredential *ask = query->get_credential;
	const Issuance__CredentialIssued *c;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;

	c = is_id(bytes_of_pb(ask->credential))
		    ? credential_get(q->view, bytes_of_pb(ask->credential), q->arena)
		    : NULL;
	if (c == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "credential: no such credential was issued here");
	if (ask->document && !may_open(q, bytes_of_pb(c->educator)))
		return query_refuse(
			q, CAIRN__STATUS__FORBIDDEN,
			"document: only its holder or a peer with role names may open it");
	answer_message.body_case = ISSUANCE__ANSWER__BODY_CREDENTIAL;
	answer_message.credential = credential_answer(q, c, ask->document);
	return query_answer(q, &answer_message.base);
}

/* What GetJwt needs; NULL: refused. */
static const Issuance__CredentialIssued *token_asked(const Issuance__GetJwt *ask, struct query *q,
						     Cairn__Status *refused_r)
{
	const Issuance__CredentialIssued *c =
		is_id(bytes_of_pb(ask->credential))
			? credential_get(q->view, bytes_of_pb(ask->credential), q->arena)
			: NULL;

	if (c == NULL)
		*refused_r = query_refuse(q, CAIRN__STATUS__INVALID,
					  "credential: no such credential was issued here");
	else if (!may_open(q, bytes_of_pb(c->educator)))
		*refused_r = query_refuse(
			q, CAIRN__STATUS__FORBIDDEN,
			"document: only its holder or a peer with role names may open it");
	else
		return c;
	return NULL;
}

static Cairn__Status get_jwt(const Issuance__Query *query, struct query *q)
{
	const Issuance__GetJwt *ask = query->get_jwt;
	const Issuance__KeyAdded *key = NULL;
	const Issuance__CredentialIssued *c;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__JwtAnswer token = ISSUANCE__JWT_ANSWER__INIT;
	Cairn__Status refused;
	struct bytes text;
	const char *jwt;

	c = token_asked(ask, q, &refused);
	if (c == NULL)
		return refused;
	if (ask->kind != ISSUANCE__KEY_KIND__ED25519)
		key = issuer_key_of(q->view, bytes_of_pb(c->issuer), ask->kind, q->arena);
	if (key == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "kind: the issuer has no key of that kind that signs tokens; "
				    "cairnctl keys add --kind makes one");
	if (c->document == NULL || !unseal(q->caps, c->document, q->arena, &text))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "credential: its document is no more, its holder was erased");
	jwt = jwt_of_credential(q->caps->signer, key, c, text, q->arena);
	if (jwt == NULL)
		return query_refuse(q, CAIRN__STATUS__UNAVAILABLE,
				    "the key is not in the keys directory");
	token.credential = c->credential;
	token.jwt = arena_text(q->arena, bytes_of_text(jwt));
	token.key = key->key;
	answer_message.body_case = ISSUANCE__ANSWER__BODY_JWT;
	answer_message.jwt = &token;
	return query_answer(q, &answer_message.base);
}

static Cairn__Status list_credentials(const Issuance__Query *query, struct query *q)
{
	const Issuance__ListCredentials *ask = query->list_credentials;
	uint32_t limit = ask->limit == 0 ? PAGE : MIN(ask->limit, (uint32_t)PAGE_MAX);
	struct bytes educator = bytes_of_pb(ask->educator), key, val;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__CredentialList list = ISSUANCE__CREDENTIAL_LIST__INIT;
	struct key from = {0};
	struct scan scan;

	if (!is_id(educator))
		return query_refuse(q, CAIRN__STATUS__INVALID, "educator: 16 bytes are expected");
	key_add(&from, educator);
	if (ask->after.len == ID_LEN) {
		key_add(&from, bytes_of_pb(ask->after));
		key_add(&from, (struct bytes){(const uint8_t *)"", 1});
	}
	list.credentials = arena_alloc(q->arena, limit * sizeof *list.credentials);
	scan = scan_first(q->view, OF_EDUCATOR, educator, key_bytes(&from));
	while (scan_next(&scan, &key, &val)) {
		struct bytes credential = {key.data + ID_LEN, ID_LEN};

		if (list.n_credentials == limit) {
			list.next = list.credentials[limit - 1]->credential;
			scan_end(&scan);
			break;
		}
		list.credentials[list.n_credentials++] =
			describe(q, credential_get(q->view, credential, q->arena));
	}
	answer_message.body_case = ISSUANCE__ANSWER__BODY_CREDENTIALS;
	answer_message.credentials = &list;
	return query_answer(q, &answer_message.base);
}

/* ---- issuers ---- */

static const char *const key_states[] = {
	[STATE_ACTIVE] = "active", [STATE_RETIRING] = "retiring", [STATE_REVOKED] = "revoked"};

static ProtobufCBinaryData id_field(const struct query *q, const uint8_t who[ID_LEN])
{
	struct bytes id = {who, ID_LEN};

	return pb_of_bytes(is_id(id) ? arena_copy(q->arena, id) : BYTES_NONE);
}

static Issuance__KeyAnswer *describe_key(const struct query *q, const struct issuer_key *key)
{
	Issuance__KeyAnswer *a = arena_alloc(q->arena, sizeof *a);

	issuance__key_answer__init(a);
	a->key = key->added->key;
	a->kind = key->added->kind;
	a->state = arena_text(q->arena, bytes_of_text(key_states[key->row.state]));
	a->added_us = key->row.added_us;
	a->retired_us = key->row.retired_us;
	a->revoked_us = key->row.revoked_us;
	a->added_by = id_field(q, key->row.added_by);
	a->retired_by = id_field(q, key->row.retired_by);
	a->revoked_by = id_field(q, key->row.revoked_by);
	a->because = arena_text(q->arena, bytes_of_text(key->because));
	a->credentials = signed_count(q->view, key->added->key);
	return a;
}

/* Those of one state as the DID document lists them, newest first. */
static size_t list_keys(const struct issuer_key *keys, unsigned n, enum key_state state,
			struct didweb_key *list_r)
{
	size_t listed = 0;

	for (unsigned i = n; i-- > 0;)
		if (keys[i].row.state == state)
			list_r[listed++] =
				(struct didweb_key){keys[i].added->key, keys[i].added->jwk};
	return listed;
}

static void add_keys(const struct query *q, Issuance__IssuerAnswer *a)
{
	struct issuer_key *keys;
	unsigned n = issuer_keys(q->view, bytes_of_pb(a->issuer->issuer), q->arena, &keys);
	struct didweb_key *listed = arena_alloc(q->arena, MAX(n, 1U) * sizeof *listed);
	size_t n_listed = list_keys(keys, n, STATE_ACTIVE, listed);

	n_listed += list_keys(keys, n, STATE_RETIRING, listed + n_listed);
	a->keys = arena_alloc(q->arena, MAX(n, 1U) * sizeof *a->keys);
	for (size_t i = 0; i < n_listed; i++)
		a->keys[a->n_keys++] = arena_text(q->arena, bytes_of_text(listed[i].name));
	a->all_keys = arena_alloc(q->arena, MAX(n, 1U) * sizeof *a->all_keys);
	while (a->n_all_keys < n) {
		a->all_keys[a->n_all_keys] = describe_key(q, &keys[n - 1 - a->n_all_keys]);
		a->n_all_keys++;
	}
	if (n > 0 && a->did_path[0] != '\0')
		a->did_document = arena_text(
			q->arena, didweb_document(a->issuer->did, listed, n_listed, q->arena));
}

static Issuance__IssuerAnswer *describe_issuer(const struct query *q,
					       const Issuance__IssuerNoted *noted)
{
	Issuance__IssuerAnswer *a = arena_alloc(q->arena, sizeof *a);
	struct didweb_place place;

	issuance__issuer_answer__init(a);
	a->issuer = noted->issuer;
	if (didweb_place(noted->issuer->did, &place))
		a->did_path = arena_printf(q->arena, "%s%s", place.host, place.path);
	add_keys(q, a);
	return a;
}

static Cairn__Status get_issuer(const Issuance__Query *query, struct query *q)
{
	struct bytes issuer = bytes_of_pb(query->get_issuer->issuer);
	const Issuance__IssuerNoted *noted =
		is_id(issuer) ? issuer_get(q->view, issuer, q->arena) : NULL;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;

	if (noted == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID, "issuer: not known here");
	answer_message.body_case = ISSUANCE__ANSWER__BODY_ISSUER;
	answer_message.issuer = describe_issuer(q, noted);
	return query_answer(q, &answer_message.base);
}

static Cairn__Status list_issuers(const Issuance__Query *query, struct query *q)
{
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__IssuerList list = ISSUANCE__ISSUER_LIST__INIT;
	struct scan scan = scan_first(q->view, ISSUER, BYTES_NONE, BYTES_NONE);
	struct bytes key, raw;

	(void)query;
	list.issuers = arena_alloc(q->arena, PAGE_MAX * sizeof *list.issuers);
	while (list.n_issuers < PAGE_MAX && scan_next(&scan, &key, &raw))
		list.issuers[list.n_issuers++] =
			describe_issuer(q, event_of_row(raw, q->arena)->issuer_noted);
	scan_end(&scan);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_ISSUERS;
	answer_message.issuers = &list;
	return query_answer(q, &answer_message.base);
}

static Issuance__ReissueAnswer *describe_reissue(const struct query *q, const struct reissue *row)
{
	static const char *const states[] = {[REISSUE_RUNNING] = "running",
					     [REISSUE_PAUSED] = "paused",
					     [REISSUE_FINISHED] = "finished"};
	Issuance__ReissueAnswer *a = arena_alloc(q->arena, sizeof *a);

	issuance__reissue_answer__init(a);
	a->issuer = id_field(q, row->issuer);
	a->key = arena_text(q->arena, bytes_of_text(reissue_key(q->view, row, q->arena)));
	a->state = arena_text(q->arena, bytes_of_text(states[row->state]));
	a->total = row->total;
	a->done = row->done;
	a->skipped = row->skipped;
	a->started_us = row->started_us;
	a->changed_us = row->changed_us;
	a->cursor = id_field(q, row->cursor);
	a->started_by = id_field(q, row->started_by);
	return a;
}

static Cairn__Status list_reissues(const Issuance__Query *query, struct query *q)
{
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__ReissueList list = ISSUANCE__REISSUE_LIST__INIT;
	struct scan scan = scan_first(q->view, REISSUE, BYTES_NONE, BYTES_NONE);
	struct bytes key, raw;
	struct reissue row;

	(void)query;
	list.reissues = arena_alloc(q->arena, PAGE_MAX * sizeof *list.reissues);
	while (list.n_reissues < PAGE_MAX && scan_next(&scan, &key, &raw)) {
		ENSURE(raw.len == sizeof row);
		memcpy(&row, raw.data, sizeof row);
		list.reissues[list.n_reissues++] = describe_reissue(q, &row);
	}
	scan_end(&scan);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_REISSUES;
	answer_message.reissues = &list;
	return query_answer(q, &answer_message.base);
}

/* ---- held ---- */

/* Awards that stand, but name members that are no more. */
static void add_stale(const struct query *q, Issuance__HeldList *list)
{
	struct scan scan = scan_first(q->view, STACK_STALE, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	while (list->n_held < PAGE_MAX && scan_next(&scan, &key, &val)) {
		const Issuance__StackMembersHeld *stale =
			event_of_row(val, q->arena)->stack_members_held;
		Issuance__HeldCredential *h = arena_alloc(q->arena, sizeof *h);

		issuance__held_credential__init(h);
		h->credential = stale->credential;
		h->educator = stale->educator;
		h->entry = stale->entry;
		h->since_us = stale->since_us;
		h->reason = arena_text(
			q->arena, bytes_of_text(arena_printf(
					  q->arena, "it names what it was awarded for before: %s",
					  stale->reason)));
		list->held[list->n_held++] = h;
	}
	scan_end(&scan);
}

static Cairn__Status list_held(const Issuance__Query *query, struct query *q)
{
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__HeldList list = ISSUANCE__HELD_LIST__INIT;
	struct scan scan = scan_first(q->view, HELD, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;

	(void)query;
	list.held = arena_alloc(q->arena, PAGE_MAX * sizeof *list.held);
	while (list.n_held < PAGE_MAX && scan_next(&scan, &key, &val)) {
		Issuance__HeldCredential *h = arena_alloc(q->arena, sizeof *h);
		const Issuance__CredentialHeld *held;

		issuance__held_credential__init(h);
		held = held_get(q->view, key, q->arena, &h->since_us);
		h->credential = held->credential;
		h->educator = held->educator;
		h->entry = held->entry;
		h->reason = held->reason;
		list.held[list.n_held++] = h;
	}
	scan_end(&scan);
	add_stale(q, &list);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_HELD;
	answer_message.held = &list;
	return query_answer(q, &answer_message.base);
}

static const struct question {
	query_fn *ask;
	uint32_t roles;
} questions[] = {
	[ISSUANCE__QUERY__BODY_GET_CREDENTIAL] = {get_credential, ANY_PEER},
	[ISSUANCE__QUERY__BODY_LIST_CREDENTIALS] = {list_credentials, ANY_PEER},
	[ISSUANCE__QUERY__BODY_GET_ISSUER] = {get_issuer, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_ISSUERS] = {list_issuers, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_HELD] = {list_held, ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_GET_RECORD] = {get_record, ANY_PEER},
	[ISSUANCE__QUERY__BODY_GET_LEDGER] = {get_ledger, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_EVALUATE] = {evaluate, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_EVALUATIONS] = {list_evaluations, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_STACKS] = {list_stacks, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_EDUCATOR_STACKS] = {list_educator_stacks,
							ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_GET_CHECKPOINT] = {get_checkpoint, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_GET_INCLUSION] = {get_inclusion, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_GET_CONSISTENCY] = {get_consistency, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_LEAVES] = {list_leaves, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_EXTERNALS] = {list_externals, ROLE_PORTAL | ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_GET_EXTERNAL] = {get_external, ROLE_PORTAL | ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_LIST_ENDORSEMENTS] = {list_endorsements, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_GET_ENDORSEMENT] = {get_endorsement, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_REISSUES] = {list_reissues, ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_GET_JWT] = {get_jwt, ANY_PEER},
	[ISSUANCE__QUERY__BODY_GET_HISTORY] = {get_history, ROLE_PORTAL | ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_GET_STATUS_LIST] = {get_status_list, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_GET_ERASURE] = {get_erasure, ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_LIST_SHARES] = {list_shares, ROLE_PORTAL | ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_OPEN_SHARE] = {open_share, ROLE_PORTAL | ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_READ_PUBLIC] = {read_public, ROLE_NAMES},
	[ISSUANCE__QUERY__BODY_FIND_PUBLIC] = {find_public, ROLE_NAMES | ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_GET_ACHIEVEMENT] = {get_achievement, ANY_PEER | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_STATE_FILES] = {list_state_files, ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_GET_STATE_FILE] = {get_state_file, ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_PREVIEW_STATE_FILE] = {preview_state_file, ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_LIST_DISPUTES] = {list_disputes, ROLE_OPERATOR | ROLE_LICENSURE},
	[ISSUANCE__QUERY__BODY_LIST_UNFIT] = {list_unfit, ROLE_OPERATOR},
	[ISSUANCE__QUERY__BODY_LIST_STATUS_LISTS] = {list_status_lists, ANY_PEER | ROLE_LICENSURE},
};

Cairn__Status issuance_answer_query(const ProtobufCMessage *message, struct query *q)
{
	const Issuance__Query *query = (const Issuance__Query *)message;

	return questions[query->body_case].ask(query, q);
}

uint32_t issuance_query_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(questions) ? questions[kind].roles : 0;
}
