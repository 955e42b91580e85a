/* The quality of micro-credentials: checked before they are published, reviewed by a person. */
#include "services/ctl/catalogue_quality.h"
#include "services/enrollment/entry.h"
#include "services/enrollment/quality.h"

#include <string.h>
#include <strings.h>

/* ---- check ---- */

static const Enrollment__QualityStandard *standard_in(const struct catalogue *files)
{
	for (size_t i = files->n; i-- > 0;)
		if (files->commands[i]->body_case ==
		    ENROLLMENT__COMMAND__BODY_PUBLISH_QUALITY_STANDARD)
			return files->commands[i]->publish_quality_standard->standard;
	return NULL;
}

/* The review of this very content by this version of the standard. */
static const Enrollment__Review *review_in(const struct catalogue *files,
					   const Enrollment__Entry *entry, const char *hash,
					   uint32_t standard_version)
{
	for (size_t i = 0; i < files->n; i++) {
		const Enrollment__Review *review;

		if (files->commands[i]->body_case != ENROLLMENT__COMMAND__BODY_RECORD_REVIEW)
			continue;
		review = files->commands[i]->record_review->review;
		if (bytes_equal(bytes_of_pb(review->entry), bytes_of_pb(entry->entry)) &&
		    review->version == entry->version && strcmp(review->hash, hash) == 0 &&
		    review->standard_version == standard_version)
			return review;
	}
	return NULL;
}

static json_t *unmet_of(const struct quality_result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->n; i++) {
		const struct component_result *r = &result->components[i];

		if (r->met == ENROLLMENT__MET__UNMET)
			json_array_append_new(
				list, json_pack("{s:s, s:s, s:b, s:b, s:s}", "component",
						r->component->code, "text", r->component->text,
						"mandatory", r->component->mandatory, "attested",
						*r->component->check == '\0', "note", r->note));
	}
	return list;
}

static void say_unmet(struct ctl *c, const struct quality_result *result)
{
	for (size_t i = 0; i < result->n; i++) {
		const struct component_result *r = &result->components[i];

		if (r->met == ENROLLMENT__MET__UNMET)
			say(c, "  %s %s: %s%s%s\n", r->component->code,
			    r->component->mandatory ? "mandatory" : "advisory", r->component->text,
			    *r->note == '\0' ? "" : ": ", r->note);
	}
}

/* True: it may be published. */
static bool check_entry(struct ctl *c, const struct catalogue *files,
			const Enrollment__QualityStandard *standard, const Enrollment__Entry *entry,
			json_t *told)
{
	const Enrollment__Review *review;
	struct quality_result result;
	char hash[ENTRY_HASH_TEXT];
	bool sound;

	entry_hash(entry, c->arena, hash);
	review = review_in(files, entry, hash, standard->version);
	result = quality_evaluate(standard, entry, review, c->arena);
	sound = review != NULL && result.mandatory_unmet == 0;
	say(c, "%s version %u: %s, %u of %zu components met%s\n", entry->code, entry->version,
	    sound ? "sound" : "not sound", result.n_met, result.n,
	    review == NULL ? ", no review of this content" : "");
	say_unmet(c, &result);
	json_array_append_new(
		told,
		json_pack("{s:s, s:I, s:s, s:b, s:b, s:I, s:I, s:I, s:o}", "code", entry->code,
			  "version", (json_int_t)entry->version, "hash", hash, "sound", sound,
			  "reviewed", review != NULL, "components_met", (json_int_t)result.n_met,
			  "components", (json_int_t)result.n, "mandatory_unmet",
			  (json_int_t)result.mandatory_unmet, "unmet", unmet_of(&result)));
	return sound;
}

static void check_entries(struct ctl *c, const struct catalogue *files,
			  const Enrollment__QualityStandard *standard)
{
	json_t *told = json_array();
	size_t n = 0, n_sound = 0;

	for (size_t i = 0; i < files->n; i++)
		if (files->commands[i]->body_case == ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY) {
			n++;
			n_sound += check_entry(c, files, standard,
					       files->commands[i]->publish_entry->entry, told);
		}
	tell(c, "entries", told);
	tell_count(c, "checked", n);
	tell_count(c, "sound", n_sound);
	say(c, "%zu micro-credentials, %zu of them sound\n", n, n_sound);
	if (n_sound < n)
		ctl_fault(c, CTL_DIFFERS, "%zu would not be published", n - n_sound);
}

int run_catalogue_check(struct ctl *c)
{
	struct catalogue files = {.arena = c->arena};
	const Enrollment__QualityStandard *standard;

	if (!read_catalogue_files(c, &files))
		return ctl_exit_code(c);
	standard = standard_in(&files);
	if (standard == NULL)
		return (int)ctl_fault(c, CTL_USAGE,
				      "a quality standard (cairn.quality/1) is needed among the "
				      "files");
	tell_count(c, "standard_version", standard->version);
	tell_text(c, "standard", standard->title);
	check_entries(c, &files, standard);
	return ctl_exit_code(c);
}

/* ---- review ---- */

static const Enrollment__QualityStandard *ask_standard(struct ctl *c)
{
	const Enrollment__DocumentsAnswer *documents =
		(const Enrollment__DocumentsAnswer *)ctl_ask_fields(c, TO_ENROLLMENT,
								    "get_documents", json_object());

	if (documents != NULL && documents->quality_standard == NULL)
		ctl_fault(c, CTL_REFUSED, "no quality standard is published");
	return documents == NULL ? NULL : documents->quality_standard;
}

/* The version to be reviewed as a file has it; NULL: told. */
static const Enrollment__Entry *entry_in_files(struct ctl *c, const struct id *id)
{
	struct catalogue files = {.arena = c->arena};

	if (!read_catalogue_files(c, &files))
		return NULL;
	for (size_t i = 0; i < files.n; i++)
		if (files.commands[i]->body_case == ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY &&
		    bytes_equal(bytes_of_pb(files.commands[i]->publish_entry->entry->entry),
				bytes_of_id(id)))
			return files.commands[i]->publish_entry->entry;
	ctl_fault(c, CTL_REFUSED, "the files do not have it");
	return NULL;
}

static const Enrollment__Entry *ask_newest(struct ctl *c, const struct id *id)
{
	const Enrollment__EntryAnswer *answer = (const Enrollment__EntryAnswer *)ctl_ask_fields(
		c, TO_ENROLLMENT, "get_entry",
		json_pack("{s:s}", "entry", ID_STR(bytes_of_id(id))));

	return answer == NULL ? NULL : answer->entry;
}

/* "5.3" or "5.3=note"; what was said of a component before is replaced. */
static void add_finding(struct ctl *c, Enrollment__Review *review, const char *words,
			Enrollment__Met met)
{
	size_t len = strcspn(words, "=");
	Enrollment__Finding *finding = arena_alloc(c->arena, sizeof *finding);
	char *code = arena_text(c->arena, (struct bytes){(const uint8_t *)words, len});

	enrollment__finding__init(finding);
	finding->component = code;
	finding->met = met;
	finding->note =
		arena_text(c->arena, bytes_of_text(words[len] == '=' ? words + len + 1 : ""));
	for (size_t i = 0; i < review->n_findings; i++)
		if (strcmp(review->findings[i]->component, code) == 0) {
			review->findings[i] = finding;
			return;
		}
	review->findings[review->n_findings++] = finding;
}

static void add_given(struct ctl *c, Enrollment__Review *review, const char *option,
		      Enrollment__Met met)
{
	const char *words;

	for (size_t i = 0; (words = given_nth(c, option, i)) != NULL; i++)
		if (strcmp(words, "all") != 0)
			add_finding(c, review, words, met);
}

/* --met all: every component that a reviewer attests, unless another option says otherwise. */
static void add_findings(struct ctl *c, const Enrollment__QualityStandard *standard,
			 Enrollment__Review *review)
{
	const char *words = given(c, "met");
	size_t room = GIVEN_MAX;

	for (size_t i = 0; i < standard->n_standards; i++)
		room += standard->standards[i]->n_components;
	review->findings = arena_alloc(c->arena, room * sizeof(*review->findings));
	for (size_t i = 0; i < standard->n_standards; i++)
		for (size_t j = 0; j < standard->standards[i]->n_components; j++) {
			const Enrollment__Component *p = standard->standards[i]->components[j];

			if (words != NULL && strcmp(words, "all") == 0 && *p->check == '\0')
				add_finding(c, review, p->code, ENROLLMENT__MET__MET);
		}
	add_given(c, review, "met", ENROLLMENT__MET__MET);
	add_given(c, review, "unmet", ENROLLMENT__MET__UNMET);
	add_given(c, review, "not-applicable", ENROLLMENT__MET__NOT_APPLICABLE);
}

static ProtobufCBinaryData id_given(struct ctl *c, const char *name)
{
	struct id id = given_id(c, name);

	if (id_is_none(&id))
		return (ProtobufCBinaryData){0};
	return pb_of_bytes(arena_copy(c->arena, bytes_of_id(&id)));
}

static void send_review(struct ctl *c, const struct id *id, Enrollment__Review *review)
{
	Enrollment__RecordReview ask = ENROLLMENT__RECORD_REVIEW__INIT;
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;

	ask.review = review;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_RECORD_REVIEW;
	cmd.record_review = &ask;
	if (!ctl_send(c, TO_ENROLLMENT, id, &cmd.base))
		return;
	tell(c, "review", json_of_message(&review->base));
	say(c, "reviewed: version %u, %s\n", review->version, review->hash);
}

int run_catalogue_review(struct ctl *c)
{
	const Enrollment__QualityStandard *standard;
	Enrollment__Review review = ENROLLMENT__REVIEW__INIT;
	struct id id = given_id(c, "code");
	const Enrollment__Entry *entry;
	char hash[ENTRY_HASH_TEXT];

	if (ctl_failed(c) || (standard = ask_standard(c)) == NULL)
		return ctl_exit_code(c);
	entry = is_given(c, "file") ? entry_in_files(c, &id) : ask_newest(c, &id);
	if (entry == NULL)
		return ctl_exit_code(c);
	entry_hash(entry, c->arena, hash);
	review.entry = entry->entry;
	review.version = entry->version;
	review.hash = hash;
	review.standard_version = standard->version;
	review.reviewer = id_given(c, "reviewer");
	review.author = id_given(c, "author");
	if (is_given(c, "review-by"))
		review.review_by = arena_text(c->arena, bytes_of_text(given(c, "review-by")));
	add_findings(c, standard, &review);
	if (!ctl_failed(c))
		send_review(c, &id, &review);
	return ctl_exit_code(c);
}
