/* Reading catalogue files into the commands that publish them. */
#include "services/catalogue/catalogue.h"

#include "libshared/zone.h"
#include "services/catalogue/catalogue_parts.h"
#include "services/catalogue/catalogue_shape.h"
#include "services/issuance/rules/rule_case.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool loading_fault(struct loading *l, const char *format, ...)
{
	char *fault = l->c->fault;
	size_t used;
	va_list args;

	if (*fault != '\0')
		return false;
	used = (size_t)snprintf(fault, CATALOGUE_FAULT_LEN, "%.150s: ", l->file);
	va_start(args, format);
	vsnprintf(fault + used, CATALOGUE_FAULT_LEN - used, format, args);
	va_end(args);
	return false;
}

static void add(struct catalogue *c, Enrollment__Command *cmd)
{
	if (c->n == c->room) {
		size_t room = 2 * c->room + 64;
		Enrollment__Command **more = arena_alloc(c->arena, room * sizeof *more);

		if (c->n > 0)
			memcpy(more, c->commands, c->n * sizeof *more);
		c->commands = more;
		c->room = room;
	}
	c->commands[c->n++] = cmd;
}

/* ---- what the lists hold ---- */

/* The elements of a list by their member "id" (or "code"), each once. NULL: a fault. */
static json_t *index_of(struct loading *l, const char *list)
{
	const json_t *items = json_member(l->root, list);
	json_t *index = json_object();

	ENSURE(index != NULL);
	for (size_t i = 0; i < json_array_size(items); i++) {
		json_t *item = json_array_get(items, i);
		const char *id = member_text(item, "id");

		if (json_object_get(index, id) != NULL) {
			loading_fault(l, "%s[%zu].id: \"%s\" stands in the list twice", list, i,
				      id);
			json_decref(index);
			return NULL;
		}
		ENSURE(json_object_set(index, id, item) == 0);
	}
	return index;
}

static bool index_all(struct loading *l)
{
	return (l->scales = index_of(l, "scales")) != NULL &&
	       (l->profiles = index_of(l, "assessment_profiles")) != NULL &&
	       (l->frameworks = index_of(l, "frameworks")) != NULL &&
	       (l->topics = index_of(l, "topics")) != NULL &&
	       (l->categories = index_of(l, "renewal_categories")) != NULL &&
	       (l->issuers = index_of(l, "issuers")) != NULL &&
	       (l->entries = index_of(l, "microcredentials")) != NULL &&
	       (l->stacks = index_of(l, "stacks")) != NULL;
}

static void index_drop(struct loading *l)
{
	json_decref(l->scales);
	json_decref(l->profiles);
	json_decref(l->frameworks);
	json_decref(l->topics);
	json_decref(l->categories);
	json_decref(l->issuers);
	json_decref(l->entries);
	json_decref(l->stacks);
}

/* ---- a catalogue file ---- */

typedef Enrollment__Command *make_fn(struct loading *l, const json_t *item);

static void make_all(struct loading *l, const char *list, make_fn *make)
{
	const json_t *items = json_member(l->root, list);

	for (size_t i = 0; i < json_array_size(items); i++)
		add(l->c, make(l, json_array_get(items, i)));
}

/* Profiles that lead to another one come after all that do not. */
static void make_profiles(struct loading *l)
{
	const json_t *items = json_member(l->root, "assessment_profiles");

	for (int leads = 0; leads <= 1; leads++)
		for (size_t i = 0; i < json_array_size(items); i++)
			if ((member_text(json_array_get(items, i), "then") != NULL) == leads)
				add(l->c, make_profile(l, json_array_get(items, i)));
}

/* Whether all that the entry is built upon has been made. */
static bool is_ready(const json_t *entry, const json_t *made)
{
	const json_t *prerequisites = json_member(entry, "prerequisites");
	const char *supersedes = member_text(entry, "supersedes");

	for (size_t i = 0; i < json_array_size(prerequisites); i++)
		if (json_object_get(made, json_string_value(json_array_get(prerequisites, i))) ==
		    NULL)
			return false;
	return supersedes == NULL || json_object_get(made, supersedes) != NULL;
}

/* Makes those entries that are ready and not yet made; how many there were. */
static size_t make_ready(struct loading *l, json_t *made)
{
	const json_t *items = json_member(l->root, "microcredentials");
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(items); i++) {
		json_t *entry = json_array_get(items, i);
		const char *id = member_text(entry, "id");

		if (json_object_get(made, id) != NULL || !is_ready(entry, made))
			continue;
		add(l->c, make_entry(l, entry));
		ENSURE(json_object_set(made, id, entry) == 0);
		n++;
	}
	return n;
}

/* What is built upon comes first; a circle has no first. */
static bool make_entries(struct loading *l)
{
	AUTO(json_decrefp) json_t *made = json_object();
	size_t n = json_array_size(json_member(l->root, "microcredentials"));

	ENSURE(made != NULL);
	while (json_object_size(made) < n)
		if (make_ready(l, made) == 0)
			return loading_fault(l, "microcredentials: prerequisites or supersedes go "
						"in a circle");
	return true;
}

static void make_retirements(struct loading *l)
{
	const json_t *items = json_member(l->root, "microcredentials");

	for (size_t i = 0; i < json_array_size(items); i++)
		if (strcmp(member_text(json_array_get(items, i), "status"), "retired") == 0)
			add(l->c, make_retirement(l, json_array_get(items, i)));
}

/* As issuance reads them, so that it refuses nothing that was published. */
static bool rules_ok(struct loading *l)
{
	AUTO(zones_close) struct zones *zones = zones_open(NULL);
	struct reading reading = {.arena = l->c->arena};

	if (zones == NULL)
		return loading_fault(l, "the time zones of this machine cannot be read");
	return rules_check(l->root, zones, &reading) || loading_fault(l, "%s", reading.fault);
}

static bool read_catalogue(struct loading *l)
{
	if (!index_all(l) || !catalogue_refs_ok(l) || !rules_ok(l))
		return false;
	make_all(l, "issuers", make_issuer);
	make_profiles(l);
	if (!make_entries(l))
		return false;
	make_retirements(l);
	make_all(l, "stacks", make_stack);
	make_all(l, "renewal_policies", make_renewal_policy);
	return true;
}

/* ---- any file ---- */

static bool read_policy(struct loading *l)
{
	add(l->c, make_policy(l, l->root));
	return true;
}

static bool read_calendar(struct loading *l)
{
	add(l->c, make_calendar(l, l->root));
	return true;
}

static bool read_media(struct loading *l)
{
	add(l->c, make_media(l, l->root));
	return true;
}

static bool read_quality(struct loading *l)
{
	Enrollment__Command *cmd = make_quality_standard(l, l->root);

	if (cmd != NULL)
		add(l->c, cmd);
	return cmd != NULL;
}

static bool read_reviews(struct loading *l)
{
	const json_t *items = json_member(l->root, "reviews");

	for (size_t i = 0; i < json_array_size(items); i++) {
		Enrollment__Command *cmd = make_review(l, json_array_get(items, i));

		if (cmd == NULL)
			return false;
		add(l->c, cmd);
	}
	return true;
}

static const struct format {
	const char *schema;
	const struct shape *shape;
	bool (*read)(struct loading *l);
} formats[] = {
	{"cairn.catalogue/1", &catalogue_shape, read_catalogue},
	{"cairn.policy/1", &policy_shape, read_policy},
	{"cairn.calendar/1", &calendar_shape, read_calendar},
	{"cairn.media/1", &media_shape, read_media},
	{"cairn.quality/1", &quality_shape, read_quality},
	{"cairn.reviews/1", &reviews_shape, read_reviews},
};

static bool read_root(struct loading *l)
{
	const char *schema = member_text(l->root, "schema");
	char fault[SHAPE_FAULT_LEN];

	for (size_t i = 0; schema != NULL && i < ARRAY_LEN(formats); i++) {
		if (strcmp(schema, formats[i].schema) != 0)
			continue;
		if (!shape_fits(formats[i].shape, l->root, fault))
			return loading_fault(l, "%s", fault);
		return formats[i].read(l);
	}
	return loading_fault(l, "schema: cairn.catalogue/1, cairn.policy/1, cairn.calendar/1, "
				"cairn.media/1, cairn.quality/1 or cairn.reviews/1 is expected");
}

bool catalogue_add(struct catalogue *c, const char *file, struct bytes text)
{
	struct loading l = {.c = c, .file = file};
	AUTO(json_decrefp) json_t *root = NULL;
	size_t n = c->n;
	json_error_t error;

	c->fault[0] = '\0';
	if (text.len > CATALOGUE_FILE_MAX)
		return loading_fault(&l, "%zu bytes; at most %zu are read", text.len,
				     CATALOGUE_FILE_MAX);
	root = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		return loading_fault(&l, "line %d, column %d: %s", error.line, error.column,
				     error.text);
	l.root = root;
	if (!read_root(&l))
		c->n = n;
	index_drop(&l);
	return c->fault[0] == '\0';
}

/* ---- the list ---- */

/* What is needed first is published first. */
static const Enrollment__Command__BodyCase order[] = {
	ENROLLMENT__COMMAND__BODY_PUBLISH_ISSUER,
	ENROLLMENT__COMMAND__BODY_PUBLISH_PROFILE,
	ENROLLMENT__COMMAND__BODY_PUBLISH_POLICY,
	ENROLLMENT__COMMAND__BODY_PUBLISH_CALENDAR,
	ENROLLMENT__COMMAND__BODY_PUBLISH_MEDIA,
	ENROLLMENT__COMMAND__BODY_PUBLISH_QUALITY_STANDARD,
	ENROLLMENT__COMMAND__BODY_RECORD_REVIEW,
	ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY,
	ENROLLMENT__COMMAND__BODY_RETIRE_ENTRY,
	ENROLLMENT__COMMAND__BODY_PUBLISH_STACK,
	ENROLLMENT__COMMAND__BODY_PUBLISH_RENEWAL_POLICY,
};

/* Stable: what a file has in order stays. */
void catalogue_order(struct catalogue *c)
{
	Enrollment__Command **ordered = arena_alloc(c->arena, c->n * sizeof *ordered);
	size_t n = 0;

	for (size_t k = 0; k < ARRAY_LEN(order); k++)
		for (size_t i = 0; i < c->n; i++)
			if (c->commands[i]->body_case == order[k])
				ordered[n++] = c->commands[i];
	ENSURE(n == c->n);
	c->commands = ordered;
	c->room = n;
}

/* What a command publishes: a word, its code and version, its id. */
struct subject {
	const char *what, *code;
	uint32_t version;
	ProtobufCBinaryData id;
};

static struct subject subject_of(const Enrollment__Command *cmd)
{
	const Enrollment__Issuer *issuer;
	const Enrollment__Profile *profile;
	const Enrollment__Entry *entry;
	const Enrollment__Document *document;

	switch (cmd->body_case) {
	case ENROLLMENT__COMMAND__BODY_PUBLISH_ISSUER:
		issuer = cmd->publish_issuer->issuer;
		return (struct subject){"issuer", issuer->code, issuer->version, issuer->issuer};
	case ENROLLMENT__COMMAND__BODY_PUBLISH_PROFILE:
		profile = cmd->publish_profile->profile;
		return (struct subject){"profile", profile->code, profile->version, {0}};
	case ENROLLMENT__COMMAND__BODY_PUBLISH_POLICY:
		return (struct subject){"policy", "", cmd->publish_policy->policy->version, {0}};
	case ENROLLMENT__COMMAND__BODY_PUBLISH_CALENDAR:
		return (struct subject){
			"calendar", "", cmd->publish_calendar->calendar->version, {0}};
	case ENROLLMENT__COMMAND__BODY_PUBLISH_MEDIA:
		return (struct subject){"media", "", cmd->publish_media->media->version, {0}};
	case ENROLLMENT__COMMAND__BODY_PUBLISH_QUALITY_STANDARD:
		return (struct subject){"quality standard",
					"",
					cmd->publish_quality_standard->standard->version,
					{0}};
	case ENROLLMENT__COMMAND__BODY_RECORD_REVIEW:
		return (struct subject){"review", "", 0, cmd->record_review->review->entry};
	case ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY:
		entry = cmd->publish_entry->entry;
		return (struct subject){"entry", entry->code, entry->version, entry->entry};
	case ENROLLMENT__COMMAND__BODY_RETIRE_ENTRY:
		return (struct subject){"retirement", "", 0, cmd->retire_entry->entry};
	case ENROLLMENT__COMMAND__BODY_PUBLISH_STACK:
		document = cmd->publish_stack->stack;
		return (struct subject){"stack", document->code, document->version, document->id};
	default:
		document = cmd->publish_renewal_policy->policy;
		return (struct subject){"renewal policy", document->code, document->version,
					document->id};
	}
}

const char *catalogue_label(const struct catalogue *c, const Enrollment__Command *cmd)
{
	struct subject s = subject_of(cmd);

	if (s.version == 0)
		return arena_printf(c->arena, "%s of %s", s.what, ID_STR(bytes_of_pb(s.id)));
	return arena_printf(c->arena, "%s%s%s version %u", s.what, *s.code == '\0' ? "" : " ",
			    s.code, s.version);
}

struct id catalogue_entity(const Enrollment__Command *cmd)
{
	struct subject s = subject_of(cmd);

	if (s.id.len > 0)
		return id_of_bytes(bytes_of_pb(s.id));
	return *s.code == '\0' ? id_of_name("document", s.what) : id_of_name(s.what, s.code);
}
