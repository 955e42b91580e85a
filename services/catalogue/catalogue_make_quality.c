/* The quality standard and reviews, made of checked JSON. */
#include "services/catalogue/catalogue_fields.h"

#include <string.h>

/* What code checks names the check; what a reviewer attests may say when it applies. */
static Enrollment__Component *component(struct loading *l, const json_t *from)
{
	NEW_MESSAGE(l, made, Component) ENROLLMENT__COMPONENT__INIT;
	bool automatic = strcmp(member_text(from, "met_by"), "automatic") == 0;

	made->code = text(l, from, "id");
	made->text = text(l, from, "text");
	made->mandatory = flag(from, "mandatory");
	made->check = text(l, from, "check");
	made->bound = whole(from, "bound");
	made->conditional = flag(from, "conditional");
	if (automatic == (*made->check == '\0') ||
	    (!automatic && strcmp(member_text(from, "met_by"), "attested") != 0))
		loading_fault(l,
			      "component %s: met_by is automatic, with a check, or attested, "
			      "without one",
			      made->code);
	return made;
}

static Enrollment__Standard *standard(struct loading *l, const json_t *from)
{
	const json_t *list = json_member(from, "components");
	size_t n = json_array_size(list);
	NEW_MESSAGE(l, made, Standard) ENROLLMENT__STANDARD__INIT;

	made->code = text(l, from, "id");
	made->title = text(l, from, "title");
	made->components = arena_alloc(l->c->arena, n * sizeof *made->components);
	for (size_t i = 0; i < n; i++)
		made->components[made->n_components++] = component(l, json_array_get(list, i));
	return made;
}

Enrollment__Command *make_quality_standard(struct loading *l, const json_t *from)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_PUBLISH_QUALITY_STANDARD);
	NEW_MESSAGE(l, ask, PublishQualityStandard) ENROLLMENT__PUBLISH_QUALITY_STANDARD__INIT;
	NEW_MESSAGE(l, made, QualityStandard) ENROLLMENT__QUALITY_STANDARD__INIT;
	const json_t *list = json_member(from, "standards");
	size_t n = json_array_size(list);

	made->version = whole(from, "version");
	made->title = text(l, from, "title");
	made->review_months_max = whole(from, "review_months_max");
	made->standards = arena_alloc(l->c->arena, n * sizeof *made->standards);
	for (size_t i = 0; i < n; i++)
		made->standards[made->n_standards++] = standard(l, json_array_get(list, i));
	ask->standard = made;
	cmd->publish_quality_standard = ask;
	return *l->c->fault == '\0' ? cmd : NULL;
}

static ProtobufCBinaryData person_id(struct loading *l, const json_t *from, const char *member)
{
	const char *words = member_text(from, member);
	struct id id;

	if (words == NULL)
		return (ProtobufCBinaryData){0};
	if (!id_of_text(words, &id)) {
		loading_fault(l, "%s: \"%s\" is no UUID", member, words);
		return (ProtobufCBinaryData){0};
	}
	return pb_of_bytes(arena_copy(l->c->arena, bytes_of_id(&id)));
}

static Enrollment__Finding *finding(struct loading *l, const char *code, const char *word,
				    const char *note)
{
	static const char *const words[] = {
		[ENROLLMENT__MET__MET] = "met",
		[ENROLLMENT__MET__UNMET] = "unmet",
		[ENROLLMENT__MET__NOT_APPLICABLE] = "not_applicable",
	};
	NEW_MESSAGE(l, made, Finding) ENROLLMENT__FINDING__INIT;

	made->component = copy(l, code);
	made->note = copy(l, note);
	for (int i = ENROLLMENT__MET__MET; i <= ENROLLMENT__MET__NOT_APPLICABLE; i++)
		if (strcmp(words[i], word) == 0)
			made->met = (Enrollment__Met)i;
	if (made->met == ENROLLMENT__MET__MET_UNSPECIFIED)
		loading_fault(l, "findings.%s: met, unmet or not_applicable", code);
	return made;
}

static void add_findings(struct loading *l, const json_t *from, Enrollment__Review *made)
{
	const json_t *findings = json_member(from, "findings");
	json_t *map;

	memcpy(&map, &findings, sizeof map); /* as add_sponsors() */
	made->findings = arena_alloc(l->c->arena, json_object_size(map) * sizeof *made->findings);
	for (void *i = json_object_iter(map); i != NULL; i = json_object_iter_next(map, i)) {
		const char *code = json_object_iter_key(i);

		made->findings[made->n_findings++] =
			finding(l, code, json_string_value(json_object_iter_value(i)),
				member_text(json_member(from, "notes"), code));
	}
}

Enrollment__Command *make_review(struct loading *l, const json_t *from)
{
	Enrollment__Command *cmd = command(l, ENROLLMENT__COMMAND__BODY_RECORD_REVIEW);
	NEW_MESSAGE(l, ask, RecordReview) ENROLLMENT__RECORD_REVIEW__INIT;
	NEW_MESSAGE(l, made, Review) ENROLLMENT__REVIEW__INIT;

	made->entry = name_id(l, "entry", member_text(from, "entry"));
	made->version = whole(from, "version");
	made->hash = text(l, from, "hash");
	made->standard_version = whole(from, "standard_version");
	made->reviewer = person_id(l, from, "reviewer");
	made->author = person_id(l, from, "author");
	add_findings(l, from, made);
	made->review_by = text(l, from, "review_by");
	ask->review = made;
	cmd->record_review = ask;
	return *l->c->fault == '\0' ? cmd : NULL;
}
