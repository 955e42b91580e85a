/* An educator's archive looked at without any installation: hashes, and every signature. */
#include "services/ctl/port.h"

#include "libshared/clock.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/documents/verify.h"

#include <stdlib.h>
#include <string.h>

const struct bundle *bundle_given(struct ctl *c)
{
	struct bundle *b = arena_alloc(c->arena, sizeof *b);

	if (bundle_read(b, given(c, "archive"), c->arena))
		return b;
	ctl_fault(c, CTL_DIFFERS, "%s: %s", given(c, "archive"), b->fault);
	return NULL;
}

/* The did of the key that signed, else the issuer's; "" : neither. */
static const char *did_of(struct ctl *c, struct bytes text)
{
	json_t *json = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
	const json_t *proof = json_object_get(json, "proof"), *issuer;
	const char *method, *did = "";

	if (json_is_array(proof))
		proof = json_array_get(proof, 0);
	method = json_string_value(json_object_get(proof, "verificationMethod"));
	issuer = json_object_get(json, "issuer");
	if (json_is_object(issuer))
		issuer = json_object_get(issuer, "id");
	if (method != NULL)
		did = arena_text(c->arena,
				 (struct bytes){(const uint8_t *)method, strcspn(method, "#")});
	else if (json_is_string(issuer))
		did = arena_text(c->arena, bytes_of_text(json_string_value(issuer)));
	json_decref(json);
	return did;
}

const struct bundle_file *bundle_key_list(struct ctl *c, const struct bundle *b,
					  struct bytes credential)
{
	struct didweb_place place;

	if (!didweb_place(did_of(c, credential), &place))
		return NULL;
	return bundle_find(b, arena_printf(c->arena, "docs/%s%s", place.host, place.path));
}

const struct bundle_file *bundle_status_list(struct ctl *c, const struct bundle *b,
					     struct bytes credential)
{
	static const char https[] = "https://";
	json_t *json = json_loadb((const char *)credential.data, credential.len,
				  JSON_REJECT_DUPLICATES, NULL);
	const char *url = json_string_value(
		json_object_get(json_object_get(json, "credentialStatus"), "statusListCredential"));
	const struct bundle_file *f = NULL;

	if (url != NULL && strncmp(url, https, sizeof https - 1) == 0)
		f = bundle_find(b, arena_printf(c->arena, "docs/%s", url + sizeof https - 1));
	json_decref(json);
	return f;
}

enum bundle_verdict bundle_verify(struct ctl *c, const struct bundle *b,
				  const struct bundle_file *f, const char **what_r)
{
	AUTO(free_ptr) struct verification *v = calloc(1, sizeof *v);
	const struct bundle_file *keys = bundle_key_list(c, b, f->content);
	const struct bundle_file *status = bundle_status_list(c, b, f->content);
	struct verify_input input = {.credential = f->content, .now_us = clock_wall_us()};
	enum bundle_verdict verdict = BUNDLE_GOOD;

	ENSURE(v != NULL);
	*what_r = "the archive has no key list of its issuer";
	if (keys == NULL)
		return BUNDLE_BAD;
	input.did_document = keys->content;
	input.status_list = status != NULL ? status->content : BYTES_NONE;
	credential_verify(&input, v);
	*what_r = status != NULL ? "by its key list and status list"
				 : "by its key list; no status list is at hand";
	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		if (v->checks[i].outcome != VERIFY_FAILED)
			continue;
		*what_r = arena_printf(c->arena, "%s: %s", v->checks[i].name, v->checks[i].text);
		if (v->revoked)
			verdict = BUNDLE_REVOKED;
		else if (strcmp(v->checks[i].name, "validity") != 0)
			return BUNDLE_BAD;
	}
	return verdict;
}

static bool is_signed(const struct bundle_file *f)
{
	return strcmp(f->kind, "credential") == 0 || strcmp(f->kind, "external") == 0 ||
	       strcmp(f->kind, "record") == 0;
}

/* An archive that tells of a revocation is as sound as any other. */
int check_archive(struct ctl *c)
{
	static const char *const verdicts[] = {
		[BUNDLE_GOOD] = "verified", [BUNDLE_REVOKED] = "revoked", [BUNDLE_BAD] = "FAILED"};
	const struct bundle *b = bundle_given(c);
	json_t *list = json_array();
	uint64_t n_signed = 0;

	for (size_t i = 0; b != NULL && i < b->n_files; i++) {
		const struct bundle_file *f = &b->files[i];
		enum bundle_verdict verdict;
		const char *what;

		if (!is_signed(f))
			continue;
		verdict = bundle_verify(c, b, f, &what);
		n_signed++;
		say(c, "%-8s %s  %s\n", verdicts[verdict], f->path, what);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "path", f->path, "outcome",
						      verdicts[verdict], "text", what));
		if (verdict == BUNDLE_BAD)
			ctl_fault(c, CTL_DIFFERS, "%s: %s", f->path, what);
	}
	if (b != NULL) {
		tell_text(c, "educator", b->educator);
		tell_text(c, "manifest_sha256", b->sha256);
		tell_count(c, "files", b->n_files);
		tell_count(c, "signed", n_signed);
		say(c,
		    "educator: %s\n%zu files are as the manifest lists them\nmanifest: SHA-256 "
		    "%s\n",
		    b->educator, b->n_files, b->sha256);
	}
	tell(c, "credentials", list);
	return ctl_exit_code(c);
}
