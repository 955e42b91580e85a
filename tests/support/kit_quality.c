/* A small quality standard for tests of any service, and a review by it. */
#include "libshared/blobs.h"
#include "libshared/check.h"
#include "tests/support/kit.h"

#define TEXT(literal) ((char[]){literal})
#define MESSAGE(name) .base = PROTOBUF_C_MESSAGE_INIT(&enrollment__##name##__descriptor)

static Enrollment__Component components[] = {
	{MESSAGE(component), .code = TEXT("1.1"), .text = TEXT("More than one source of evidence"),
	 .mandatory = true, .check = TEXT("evidence_sources"), .bound = 2},
	{MESSAGE(component), .code = TEXT("1.2"), .text = TEXT("Evidence comes from practice"),
	 .mandatory = true, .check = TEXT("")},
	{MESSAGE(component), .code = TEXT("2.1"), .text = TEXT("Plain language"), .check = TEXT(""),
	 .conditional = true},
};

static Enrollment__Standard standards[] = {
	{MESSAGE(standard), .code = TEXT("1"), .title = TEXT("Evidence"), .n_components = 2,
	 .components = (Enrollment__Component *[]){&components[0], &components[1]}},
	{MESSAGE(standard), .code = TEXT("2"), .title = TEXT("Language"), .n_components = 1,
	 .components = (Enrollment__Component *[]){&components[2]}},
};

static Enrollment__QualityStandard standard = {
	MESSAGE(quality_standard),
	.version = 1,
	.title = TEXT("A small standard"),
	.review_months_max = 36,
	.n_standards = ARRAY_LEN(standards),
	.standards = (Enrollment__Standard *[]){&standards[0], &standards[1]},
};

const Enrollment__QualityStandard *kit_quality_standard(void)
{
	return &standard;
}

static Enrollment__Finding findings[] = {
	{MESSAGE(finding), .component = TEXT("1.2"), .met = ENROLLMENT__MET__MET, .note = TEXT("")},
};

Enrollment__Review *kit_review_of(const Enrollment__Entry *entry, struct arena *arena)
{
	Enrollment__Review *review = arena_alloc(arena, sizeof *review);
	uint8_t hash[SHA256_LEN];

	enrollment__review__init(review);
	sha256(message_pack(&entry->base, arena), hash);
	review->hash = arena_alloc(arena, 2 * SHA256_LEN + 1);
	hex_of_bytes(BYTES_OF(hash), review->hash);
	review->entry = entry->entry;
	review->version = entry->version;
	review->standard_version = standard.version;
	review->reviewer = pb_of_bytes(kit_name("person", "reviewer"));
	review->author = pb_of_bytes(kit_name("person", "author"));
	review->n_findings = ARRAY_LEN(findings);
	review->findings = arena_alloc(arena, sizeof(*review->findings));
	review->findings[0] = &findings[0];
	return review;
}
