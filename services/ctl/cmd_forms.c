/* Forms a teacher can hold: written, read back, shared. */
#include "services/ctl/forms.h"

#include "libshared/clock.h"
#include "proto/enrollment.pb-c.h"
#include "services/ctl/commands.h"
#include "services/ctl/files.h"
#include "services/ctl/form_license.h"
#include "services/issuance/forms/artwork.h"
#include "services/issuance/forms/bake.h"
#include "services/issuance/forms/certificate.h"
#include "services/issuance/forms/share.h"

#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

struct forming {
	struct ctl *ctl;
	const Issuance__CredentialAnswer *credential;
	const Issuance__IssuerAnswer *issuer;
	struct form_facts facts;
	struct form_problem problem;
	struct bytes document;
};

/* ---- one function a form: false, and the problem or a fault says why ---- */

static bool form_json(struct forming *f, struct bytes *out_r)
{
	*out_r = f->document;
	return true;
}

static bool form_png(struct forming *f, struct bytes *out_r)
{
	struct arena *a = f->ctl->arena;
	struct bytes png;

	return artwork_png(&f->facts, a, &png, &f->problem) &&
	       png_bake(png, f->document, a, out_r, &f->problem);
}

static bool form_svg(struct forming *f, struct bytes *out_r)
{
	struct arena *a = f->ctl->arena;
	struct bytes svg;

	return artwork_svg(&f->facts, a, &svg, &f->problem) &&
	       svg_bake(svg, f->document, a, out_r, &f->problem);
}

/* Only when asked for, since the look is recorded. False: told. */
static bool open_names(struct forming *f, const Enrollment__NamesAnswer **names_r)
{
	struct ctl *c = f->ctl;

	*names_r = NULL;
	if (!is_given(c, "names"))
		return true;
	*names_r = (const Enrollment__NamesAnswer *)ctl_ask_fields(
		c, TO_ENROLLMENT, "open_names",
		json_pack("{s:s, s:s}", "educator", ID_STR(bytes_of_pb(f->credential->educator)),
			  "purpose", given(c, "names")));
	return *names_r != NULL;
}

static bool take_holder(struct forming *f, struct certificate *certificate)
{
	const Enrollment__NamesAnswer *names;

	if (!open_names(f, &names))
		return false;
	if (names != NULL && names->person != NULL)
		certificate->holder = names->person->name;
	certificate->licenses =
		form_licenses(f->ctl, f->credential, names, &certificate->n_licenses);
	return true;
}

static void take_sponsors(struct forming *f, struct certificate *certificate)
{
	const Enrollment__Issuer *issuer = f->issuer->issuer;
	struct certificate_sponsor *sponsors =
		arena_zalloc(f->ctl->arena, MAX(issuer->n_sponsors, (size_t)1) * sizeof *sponsors);

	for (size_t i = 0; i < issuer->n_sponsors; i++)
		sponsors[i] = (struct certificate_sponsor){issuer->sponsors[i]->state,
							   issuer->sponsors[i]->number};
	certificate->sponsors = sponsors;
	certificate->n_sponsors = issuer->n_sponsors;
}

static bool form_pdf(struct forming *f, struct bytes *out_r)
{
	struct certificate certificate = {.facts = &f->facts};
	struct arena *a = f->ctl->arena;

	take_sponsors(f, &certificate);
	return share_verify_url(&f->facts, given(f->ctl, "verify-url"), a, &certificate.verify_url,
				&f->problem) &&
	       take_holder(f, &certificate) && certificate_pdf(&certificate, a, out_r, &f->problem);
}

static const struct form {
	const char *name, *file, *member;
	bool (*make)(struct forming *f, struct bytes *out_r);
} forms[] = {
	{"json", "credential.json", "credential", form_json},
	{"png", "badge.png", "png", form_png},
	{"svg", "badge.svg", "svg", form_svg},
	{"pdf", "certificate.pdf", "pdf", form_pdf},
};

/* ---- writing ---- */

static bool is_wanted(const struct ctl *c, const char *form)
{
	const char *name;

	for (size_t i = 0; (name = given_nth(c, "form", i)) != NULL; i++)
		if (strcmp(name, form) == 0 || strcmp(name, "all") == 0)
			return true;
	return !is_given(c, "form") && strcmp(form, "json") == 0;
}

static bool check_names(struct ctl *c)
{
	const char *name;

	for (size_t i = 0; (name = given_nth(c, "form", i)) != NULL; i++) {
		bool known = strcmp(name, "all") == 0;

		for (size_t j = 0; j < ARRAY_LEN(forms); j++)
			known = known || strcmp(name, forms[j].name) == 0;
		if (!known) {
			ctl_fault(c, CTL_USAGE, "--form: json, png, svg, pdf or all, not %s", name);
			return false;
		}
	}
	return true;
}

static bool write_form(struct forming *f, const struct form *form, const char *to)
{
	struct ctl *c = f->ctl;
	const char *path = arena_printf(c->arena, "%s/%s", to, form->file);
	struct bytes content;

	if (!form->make(f, &content)) {
		if (!ctl_failed(c))
			ctl_fault(c, CTL_REFUSED, "%s: %s", form->name, f->problem.text);
		return false;
	}
	if (!file_write(c, path, content))
		return false;
	say(c, "%s\n", path);
	tell_text(c, form->member, path);
	return true;
}

bool forms_write(struct ctl *c, const Issuance__CredentialAnswer *credential,
		 const Issuance__IssuerAnswer *issuer, const char *to)
{
	struct forming f = {.ctl = c,
			    .credential = credential,
			    .issuer = issuer,
			    .document = bytes_of_text(credential->document)};

	if (!check_names(c))
		return false;
	if (!form_facts_read(f.document, c->arena, &f.facts, &f.problem)) {
		ctl_fault(c, CTL_DIFFERS, "%s", f.problem.text);
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (is_wanted(c, forms[i].name) && !write_form(&f, &forms[i], to))
			return false;
	return true;
}

/* ---- reading ---- */

static void give_out(struct ctl *c, struct bytes credential)
{
	if (is_given(c, "to") && file_write(c, given(c, "to"), credential))
		tell_text(c, "to", given(c, "to"));
	if (!is_given(c, "to"))
		say(c, "%.*s\n", (int)credential.len, (const char *)credential.data);
	tell(c, "credential", json_stringn((const char *)credential.data, credential.len));
}

/* The key list that the installation at hand has for an issuer; NULL: it has none, or there is none
 * at hand. */
static const Issuance__IssuerAnswer *ask_keys(struct ctl *c, const char *did)
{
	const Issuance__IssuerList *list;
	struct stat st;

	if (stat(ctl_path(c, "peers"), &st) != 0)
		return NULL;
	list = (const Issuance__IssuerList *)ctl_ask_fields(c, TO_ISSUANCE, "list_issuers",
							    json_object());
	for (size_t i = 0; list != NULL && i < list->n_issuers; i++) {
		const Issuance__IssuerAnswer *a = list->issuers[i];

		if (strcmp(a->issuer->did, did) == 0)
			return (const Issuance__IssuerAnswer *)ctl_ask_fields(
				c, TO_ISSUANCE, "get_issuer",
				json_pack("{s:s}", "issuer",
					  ID_STR(bytes_of_pb(a->issuer->issuer))));
	}
	return NULL;
}

/* The issuer's keys, from docs or else from the installation; says from which. False: told. */
static bool find_keys(struct ctl *c, struct verify_input *input, const char *docs)
{
	const char *path = credential_did_path(c, input->credential, docs);
	const Issuance__IssuerAnswer *issuer;
	struct stat st;

	if (path == NULL)
		return false;
	if (stat(path, &st) == 0) {
		say(c, "the issuer's keys: %s\n", path);
		tell_text(c, "keys_from", path);
		return true;
	}
	issuer = ask_keys(c, credential_did(c, input->credential));
	if (ctl_failed(c))
		return false;
	if (issuer == NULL) {
		ctl_fault(c, CTL_DIFFERS,
			  "its signature was not checked: the keys of %s are neither at %s nor "
			  "known to an installation at hand (--dir)",
			  credential_did(c, input->credential), path);
		return false;
	}
	input->did_document = bytes_of_text(issuer->did_document);
	say(c, "the issuer's keys: of the installation %s\n", c->dir);
	tell_text(c, "keys_from", "installation");
	return true;
}

static int read_form(struct ctl *c)
{
	const char *path = given(c, "path"), *docs = given(c, "docs");
	struct verify_input input = {.now_us = clock_wall_us()};
	struct form_problem problem = {0};
	struct bytes file;

	if (!file_read(c, path, BAKED_MAX_BYTES, &file))
		return ctl_exit_code(c);
	if (!form_unbake(file, c->arena, &input.credential, &problem))
		return (int)ctl_fault(c, CTL_DIFFERS, "%s: %s", path, problem.text);
	give_out(c, input.credential);
	if (docs == NULL)
		docs = arena_printf(c->arena, "%s/docs",
				    dirname(arena_text(c->arena, bytes_of_text(path))));
	if (find_keys(c, &input, docs))
		credential_check(c, &input, docs);
	return ctl_exit_code(c);
}

/* ---- sharing ---- */

static int share_credential(struct ctl *c)
{
	const Issuance__CredentialAnswer *a = (const Issuance__CredentialAnswer *)ctl_ask_fields(
		c, TO_ISSUANCE, "get_credential",
		json_pack("{s:s, s:b}", "credential", given(c, "credential"), "document", 1));
	struct form_problem problem = {0};
	struct form_facts facts;
	const char *url, *linkedin, *resume;

	if (a == NULL)
		return ctl_exit_code(c);
	if (a->document[0] == '\0')
		return (int)ctl_fault(c, CTL_REFUSED,
				      "the document is no more: its holder was erased");
	if (!form_facts_read(bytes_of_text(a->document), c->arena, &facts, &problem) ||
	    !share_verify_url(&facts, given(c, "verify-url"), c->arena, &url, &problem))
		return (int)ctl_fault(c, CTL_REFUSED, "%s", problem.text);
	linkedin = share_linkedin(&facts, url, c->arena);
	resume = share_resume(&facts, url, c->arena);
	say(c, "%s\n\n%s\n", linkedin, resume);
	tell_text(c, "linkedin", linkedin);
	tell_text(c, "resume", resume);
	tell_text(c, "verify_url", url);
	return ctl_exit_code(c);
}

#define SHARE WORD("share", "SHARE", "the link's id", P_ID, MUST)
#define ISSUANCE .to = TO_ISSUANCE

static const struct command rows[] = {
	{"credential", "link", "make a link by which a credential is shown to others",
	 PARAMS(WORD("credential", "CREDENTIAL", "the credential's id", P_ID, MUST),
		OPTION_OF("until", "until_us", "TIME", "when it ends, within five years", P_TIME,
			  MUST),
		OPTION_OF("with-name", "with_name", NULL, "tell who holds it", P_FLAG, MAY)),
	 ISSUANCE, .sends = "share_credential", .makes = "share"},
	{"credential", "links", "list the links that an educator made",
	 PARAMS(OPTION("educator", "EDUCATOR", "the educator's id", P_ID, MUST),
		OPTION("credential", "CREDENTIAL", "to this one only", P_ID, MAY)),
	 ISSUANCE, .asks = "list_shares"},
	{"credential", "unlink", "withdraw such a link", PARAMS(SHARE), ISSUANCE,
	 .sends = "withdraw_share"},
	{"credential", "read", "take a credential out of a picture, and verify it",
	 PARAMS(OWN_WORD("path", "FILE", "a PNG, an SVG or JSON", P_TEXT, MUST),
		OWN_OPTION("docs", "DIR", "its documents (default: docs beside it)", P_TEXT, MAY),
		OWN_OPTION("to", "FILE", "where the credential goes (default: standard output)",
			   P_TEXT, MAY)),
	 .run = read_form},
	{"credential", "share", "print a LinkedIn link and a line for a resume",
	 PARAMS(OWN_WORD("credential", "CREDENTIAL", "the credential's id", P_ID, MUST),
		OWN_OPTION("verify-url", "URL",
			   "they lead to URL/ID (default: https://HOST/verify of the issuer)",
			   P_TEXT, MAY)),
	 .run = share_credential},
};

const struct command_list form_commands = {rows, ARRAY_LEN(rows)};
