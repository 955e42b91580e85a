/* What is drawn: preview cards for everybody, badge and certificate for the holder and for whoever
 * has the holder's link. */
#include "services/gateway/proof/drawing.h"
#include "services/gateway/proof/lookup.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/verify.h"
#include "services/gateway/web/drawings.h"
#include "services/gateway/web/route.h"
#include "services/gateway/web/web.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_US (US_PER_S / 50) /* between two looks at a drawing that is being made */
#define LOOKS_MAX 1000

/* ---- drawing ---- */

struct drawing_wanted {
	const json_t *job;
	const char *name; /* it is downloaded as this; NULL: it is shown */
	const char *cache;
	unsigned looks;
};

/* Made when the first one is asked for. */
static struct drawings *drawings_of(struct request *r)
{
	if (r->web->drawings == NULL)
		r->web->drawings = drawings_new(r->web->workers);
	return r->web->drawings;
}

static void reply_drawing(struct request *r, struct bytes file)
{
	const struct drawing_wanted *w = r->own;

	reply_cache(r, w->cache);
	if (w->name != NULL)
		reply_header(r, "Content-Disposition", "attachment; filename=\"%s\"", w->name);
	reply_bytes(r, 200, drawing_type(json_text(w->job, "draw")), file);
}

static void look(struct request *r)
{
	struct drawing_wanted *w = r->own;
	struct bytes file;
	enum drawn drawn = drawings_get(drawings_of(r), w->job, &file);

	if (drawn == DRAWN) {
		reply_drawing(r, file);
	} else if (drawn == DRAWN_LATER && w->looks++ < LOOKS_MAX) {
		then_at(r, r->web->mono_us + LOOK_US, look);
	} else if (drawn == DRAWN_NOT) {
		reply_problem(r, 500, "not_drawn",
			      "It cannot be drawn: a font for its letters may be missing. Tell the "
			      "operator.");
	} else {
		reply_header(r, "Retry-After", "2");
		reply_problem(r, 503, "busy", "Too much is being drawn. Try again in a moment.");
	}
}

/* Takes the job. */
static void draw(struct request *r, json_t *job, const char *name, const char *cache)
{
	struct drawing_wanted *w = arena_zalloc(r->arena, sizeof *w);

	*w = (struct drawing_wanted){.job = keep(r, job), .name = name, .cache = cache};
	r->own = w;
	look(r);
}

/* ---- cards ---- */

static void card_came(struct request *r)
{
	const json_t *noted, *issuer;

	if (status_of(r, 0) == CAIRN__STATUS__INVALID) {
		reply_problem(r, 404, "not_found", "Nothing is at this address.");
		return;
	}
	if (refused(r, 0))
		return;
	noted = json_object_get(answer(r, 0), "noted");
	issuer = json_object_get(answer(r, 0), "issuer");
	draw(r,
	     json_pack("{s:s, s:s, s:s, s:s, s:s}", "draw", "card", "kicker",
		       arena_printf(r->arena, "%s · %s",
				    word(r, json_text(noted, "type")[0] == '\0'
						    ? "verify.micro_credential"
						    : "verify.stack"),
				    json_text(noted, "code")),
		       "title", json_text(noted, "title"), "issuer", json_text(issuer, "name"),
		       "field", json_text(noted, "topic")),
	     NULL, "public, max-age=86400");
}

static void ask_card(struct request *r, const char *entry, int version)
{
	ask(r, TO_ISSUANCE, "get_achievement",
	    json_pack("{s:s, s:i}", "entry", entry, "version", version));
	then(r, card_came);
}

static void card_credential_came(struct request *r)
{
	if (credential_came(r))
		ask_card(r, json_text(shown_of(r)->record, "entry"),
			 (int)json_number(shown_of(r)->record, "version"));
}

static void card_of_credential(struct request *r)
{
	struct id id;

	if (!param_id(r, "credential", &id))
		return;
	ask(r, TO_ISSUANCE, "get_credential",
	    json_pack("{s:s}", "credential", ID_STR(bytes_of_id(&id))));
	then(r, card_credential_came);
}

static void card_of_achievement(struct request *r)
{
	struct id entry;

	if (param_id(r, "entry", &entry))
		ask_card(r, ID_STR(bytes_of_id(&entry)),
			 (int)strtol(param(r, "version"), NULL, 10));
}

static void card_of_code(struct request *r)
{
	char *code = arena_text(r->arena, bytes_of_text(param(r, "code")));
	struct id entry;

	for (char *c = code; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	entry = id_of_name("entry", code); /* as the catalogue names it */
	ask_card(r, ID_STR(bytes_of_id(&entry)), 0);
}

/* ---- files of a credential ---- */

static const struct file {
	const char *name, *draw, *type;
} files[] = {
	{"credential.json", NULL, "application/json"},
	{"badge.png", "png", NULL},
	{"badge.svg", "svg", NULL},
	{"certificate.pdf", "pdf", NULL},
};

static const struct file *file_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (strcmp(files[i].name, name) == 0)
			return &files[i];
	return NULL;
}

static void reply_document(struct request *r, const struct file *file)
{
	reply_cache(r, "private, no-cache");
	reply_header(r, "Content-Disposition", "attachment; filename=\"%s\"", file->name);
	reply_bytes(r, 200, file->type, shown_of(r)->credential);
}

static void draw_file(struct request *r, const struct file *file, const json_t *issuer)
{
	const struct shown *s = shown_of(r);
	json_t *job = json_pack("{s:s, s:s}", "draw", file->draw, "credential",
				(const char *)s->credential.data);

	if (strcmp(file->draw, "pdf") == 0) {
		json_object_set_new(
			job, "verify_url",
			json_string(public_path(r, "/v/%s", json_text(s->record, "credential"))));
		json_object_set_new(job, "holder", json_string(s->holder));
		json_object_set(job, "sponsors",
				json_object_get(json_object_get(issuer, "issuer"), "sponsors"));
	}
	draw(r, job, file->name, "private, no-cache");
}

static void file_issuer_came(struct request *r)
{
	const struct file *file = file_of(shown_of(r)->file);

	ENSURE(file != NULL); /* file_wanted() */
	if (!refused(r, 0))
		draw_file(r, file, answer(r, 0));
}

/* The credential is there, and theirs to have. */
static void give_file(struct request *r)
{
	const struct shown *s = shown_of(r);
	const struct file *file = file_of(s->file);

	ENSURE(file != NULL); /* file_wanted() */
	if (s->credential.len == 0)
		reply_problem(r, 410, "erased", "Its holder's data were erased, and it with them.");
	else if (file->draw == NULL)
		reply_document(r, file);
	else {
		ask(r, TO_ISSUANCE, "get_issuer",
		    json_pack("{s:s}", "issuer", json_text(s->record, "issuer")));
		then(r, file_issuer_came);
	}
}

/* False: replied. */
static bool file_wanted(struct request *r)
{
	shown_of(r)->file = param(r, "file");
	if (file_of(shown_of(r)->file) != NULL)
		return true;
	reply_problem(r, 404, "not_found",
		      "There are credential.json, badge.png, badge.svg and "
		      "certificate.pdf.");
	return false;
}

static void shared_file_came(struct request *r)
{
	reply_header(r, "X-Robots-Tag", "noindex");
	if (share_came(r))
		give_file(r);
}

static void give_shared_file(struct request *r)
{
	if (!file_wanted(r))
		return;
	ask(r, TO_ISSUANCE, "open_share", json_pack("{s:s}", "token", param(r, "token")));
	then(r, shared_file_came);
}

/* Another's is as one that does not exist. */
static void own_file_came(struct request *r)
{
	struct shown *s = shown_of(r);

	if (!credential_came(r))
		return;
	if (strcmp(json_text(s->record, "educator"), ID_STR(bytes_of_id(&r->person->educator))) !=
	    0) {
		reply_problem(r, 404, "no_credential", "No such credential of yours.");
		return;
	}
	s->holder = r->person->name;
	give_file(r);
}

static void give_own_file(struct request *r)
{
	struct id id;

	if (!file_wanted(r) || !param_id(r, "credential", &id))
		return;
	ask(r, TO_ISSUANCE, "get_credential",
	    json_pack("{s:s, s:b}", "credential", ID_STR(bytes_of_id(&id)), "document", 1));
	then(r, own_file_came);
}

/* ---- routes ---- */

static const struct route routes[] = {
	{GET, "/v/{credential}/card.png", card_of_credential, .may = MAY_ANYONE,
	 .about = "What a link to a credential shows where it is pasted"},
	{GET, "/achievements/{entry}/{version}/card.png", card_of_achievement, .may = MAY_ANYONE,
	 .about = "What a link to an achievement shows"},
	{GET, "/catalogue/{code}/card.png", card_of_code, .may = MAY_ANYONE,
	 .about = "What a link to a micro-credential shows"},
	{GET, "/s/{token}/{file}", give_shared_file, .may = MAY_ANYONE,
	 .about = "Credential, badge or certificate, by its holder's link"},
	{GET, "/credentials/{credential}/{file}", give_own_file, .may = MAY_TEACHER,
	 .as = AS_EDUCATOR, .scope = "credential:read", .hides = true,
	 .about = "Credential, badge or certificate of one's own"},
};

const struct route_list files_routes = {routes, ARRAY_LEN(routes)};
