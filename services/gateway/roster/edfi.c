/* Ed-Fi staff as JSON: staffs, where they are assigned, and the schools' names.
 *
 * Either one object with the members staffs, staffEducationOrganizationAssignmentAssociations and
 * schools, or a list of one kind, as the Ed-Fi API answers it. */
#include "services/gateway/roster/roster.h"

#include "libshared/check.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <strings.h>

#define TEXT_MAX 1024

/* A member's text in the arena; "" where there is none. A number is taken as it prints. */
static const char *member(struct roster *r, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	if (json_is_integer(value))
		return arena_printf(r->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	if (!json_is_string(value) || json_string_length(value) > TEXT_MAX ||
	    !text_is_clean(json_string_value(value), json_string_length(value)))
		return "";
	return arena_text(r->arena, bytes_of_text(json_string_value(value)));
}

/* "uri://ed-fi.org/StaffClassificationDescriptor#Teacher" -> Teacher */
static const char *code_of(const char *descriptor)
{
	const char *hash = strrchr(descriptor, '#');

	return hash == NULL ? descriptor : hash + 1;
}

/* Ed-Fi's classifications under OneRoster's names. */
static uint32_t role_of(const char *descriptor)
{
	static const struct {
		const char *code;
		uint32_t role;
	} codes[] = {
		{"Teacher", ROLE_OF_TEACHER},
		{"Substitute Teacher", ROLE_OF_TEACHER},
		{"Special Education Teacher", ROLE_OF_TEACHER},
		{"Instructional Coordinator", ROLE_OF_TEACHER},
		{"Instructional Aide", ROLE_OF_AIDE},
		{"Teacher Aide", ROLE_OF_AIDE},
		{"School Counselor", ROLE_OF_COUNSELOR},
		{"Counselor", ROLE_OF_COUNSELOR},
		{"Principal", ROLE_OF_PRINCIPAL},
		{"Assistant Principal", ROLE_OF_SITE_ADMINISTRATOR},
		{"School Administrator", ROLE_OF_SITE_ADMINISTRATOR},
		{"LEA Administrator", ROLE_OF_DISTRICT_ADMINISTRATOR},
		{"Superintendent", ROLE_OF_DISTRICT_ADMINISTRATOR},
	};

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (strcasecmp(codes[i].code, code_of(descriptor)) == 0)
			return codes[i].role;
	return roster_role_of(code_of(descriptor));
}

/* The one marked Work, else the first. */
static const char *email_of(struct roster *r, const json_t *staff)
{
	const json_t *mails = json_object_get(staff, "electronicMails");
	const char *first = "";

	for (size_t i = 0; i < json_array_size(mails); i++) {
		const json_t *mail = json_array_get(mails, i);
		const char *address = member(r, mail, "electronicMailAddress");

		if (strcasecmp(code_of(member(r, mail, "electronicMailTypeDescriptor")), "Work") ==
		    0)
			return address;
		if (*first == '\0')
			first = address;
	}
	return first;
}

static bool add_staff(struct roster *r, const json_t *staff)
{
	struct roster_person *p = roster_add_person(r);

	if (p == NULL)
		return false;
	p->identifier = member(r, staff, "staffUniqueId");
	p->source_id = p->identifier;
	p->given = member(r, staff, "preferredFirstName");
	if (*p->given == '\0')
		p->given = member(r, staff, "firstName");
	p->family = member(r, staff, "lastSurname");
	p->email = email_of(r, staff);
	if (*p->identifier == '\0') /* no two of these are one */
		p->source_id = arena_printf(r->arena, " %zu", r->n_people);
	return true;
}

/* An assignment that has an end is over: the API keeps those of former years. */
static bool add_association(struct roster *r, const json_t *row)
{
	const json_t *org = json_object_get(row, "educationOrganizationReference");
	struct roster_assignment *a;

	if (*member(r, row, "endDate") != '\0')
		return true;
	a = roster_add_assignment(r);
	if (a == NULL)
		return false;
	*a = (struct roster_assignment){
		.source_id = member(r, json_object_get(row, "staffReference"), "staffUniqueId"),
		.org = member(r, org, "educationOrganizationId"),
		.role = role_of(member(r, row, "staffClassificationDescriptor")),
		.primary = strcmp(member(r, row, "orderOfAssignment"), "1") == 0,
	};
	return true;
}

static bool add_school(struct roster *r, const json_t *row)
{
	struct roster_org *org = roster_add_org(r);

	if (org == NULL)
		return false;
	org->id = member(r, row, "schoolId");
	org->identifier = org->id;
	org->name = member(r, row, "nameOfInstitution");
	org->is_school = true;
	return true;
}

static const struct kind {
	const char *list, *mark; /* a row of such a list has this member */
	bool (*add)(struct roster *r, const json_t *row);
} kinds[] = {
	{"schools", "schoolId", add_school},
	{"staffEducationOrganizationAssignmentAssociations", "staffReference", add_association},
	{"staffs", "lastSurname", add_staff},
};

static bool add_list(struct roster *r, const json_t *list, const struct kind *kind)
{
	if (json_array_size(list) > ROSTER_ROWS_MAX)
		return roster_fault(r, "%s: more than %d", kind->list, ROSTER_ROWS_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);

		if (!json_is_object(row))
			return roster_fault(r, "%s[%zu]: not an object", kind->list, i);
		if (!kind->add(r, row))
			return false;
	}
	return true;
}

static bool add_root(struct roster *r, const json_t *root)
{
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const json_t *list = json_object_get(root, kinds[i].list);

		if (json_is_array(root) &&
		    json_object_get(json_array_get(root, 0), kinds[i].mark) != NULL)
			return add_list(r, root, &kinds[i]);
		if (list == NULL)
			continue;
		known = true;
		if (!json_is_array(list))
			return roster_fault(r, "%s: not a list", kinds[i].list);
		if (!add_list(r, list, &kinds[i]))
			return false;
	}
	return known || roster_fault(r, "the JSON has no staffs, schools or "
					"staffEducationOrganizationAssignmentAssociations");
}

bool roster_add_edfi(struct roster *r, struct bytes file)
{
	json_error_t error;
	json_t *root =
		json_loadb((const char *)file.data, file.len, JSON_REJECT_DUPLICATES, &error);
	bool sound;

	if (root == NULL)
		return roster_fault(r, "not sound JSON, line %d: %.100s", error.line,
				    json_error_code(&error) == json_error_duplicate_key
					    ? "a member stands twice"
					    : "it cannot be read");
	sound = add_root(r, root);
	json_decref(root);
	return sound;
}
