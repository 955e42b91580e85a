/* The tables of what members and types mean, and looking them up. */
#include "services/issuance/documents/terms.h"

#include <string.h>

#define OB "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
#define CLR "https://purl.imsglobal.org/spec/vc/clr/vocab.html#"
#define SDO "https://schema.org/"
#define CRED "https://www.w3.org/2018/credentials#"
#define ST "https://www.w3.org/ns/credentials/status#"
#define SEC "https://w3id.org/security#"
#define DCT "http://purl.org/dc/terms/"
#define XSD "http://www.w3.org/2001/XMLSchema#"
#define ED(spec) "https://purl.imsglobal.org/spec/" spec "/v1p0/context.json#"
/* The Open Badges context writes this namespace with https: another one, and so signed. */
#define XSDS "https://www.w3.org/2001/XMLSchema#"

/* One line each, sorted by name as strcmp() sorts. */
/* clang-format off */
#define PLAIN(name, iri) {name, IRI_NODE(iri), TERM_PLAIN, {NULL, 0, 0}}
#define TYPED(name, iri, type) {name, IRI_NODE(iri), TERM_TYPED, IRI_NODE(type)}
#define LINK(name, iri) {name, IRI_NODE(iri), TERM_IRI, {NULL, 0, 0}}
#define VOCAB(name, iri) {name, IRI_NODE(iri), TERM_VOCAB, {NULL, 0, 0}}
#define LIST(name, iri) {name, IRI_NODE(iri), TERM_LIST, {NULL, 0, 0}}
#define GRAPH(name, iri) {name, IRI_NODE(iri), TERM_GRAPH, {NULL, 0, 0}}
#define CLASS(name, in, iri, terms) {name, CONTEXT_##in, IRI_NODE(iri), terms, ARRAY_LEN(terms)}
#define BARE_CLASS(name, in, iri) {name, CONTEXT_##in, IRI_NODE(iri), NULL, 0}

/* Common to all objects under the Open Badges context. "xsd:dateTime" is no slip: the context
 * does not define that prefix, so the name itself is what is signed. */
static const struct term ob_terms[] = {
	PLAIN("alignment", OB "alignment"),
	TYPED("awardedDate", OB "awardedDate", "xsd:dateTime"),
	PLAIN("description", SDO "description"),
	PLAIN("endorsement", OB "endorsement"),
	LINK("image", OB "image"),
	PLAIN("inLanguage", SDO "inLanguage"),
	PLAIN("name", SDO "name"),
	PLAIN("narrative", OB "narrative"),
	TYPED("url", SDO "url", XSDS "anyURI"),
};

static const struct term vc_terms[] = {
	PLAIN("description", SDO "description"),
	TYPED("digestMultibase", SEC "digestMultibase", SEC "multibase"),
	TYPED("digestSRI", CRED "digestSRI", CRED "sriString"),
	PLAIN("mediaType", SDO "encodingFormat"),
	PLAIN("name", SDO "name"),
};

static const struct term achievement_terms[] = {
	PLAIN("achievementType", OB "achievementType"),
	PLAIN("alignment", OB "alignment"),
	PLAIN("creator", OB "creator"),
	TYPED("creditsAvailable", OB "creditsAvailable", XSDS "float"),
	LINK("criteria", OB "Criteria"),
	PLAIN("fieldOfStudy", OB "fieldOfStudy"),
	PLAIN("humanCode", OB "humanCode"),
	LINK("image", OB "image"),
	PLAIN("inLanguage", SDO "inLanguage"),
	PLAIN("otherIdentifier", OB "otherIdentifier"),
	PLAIN("related", OB "related"),
	PLAIN("resultDescription", OB "resultDescription"),
	PLAIN("specialization", OB "specialization"),
	PLAIN("tag", SDO "keywords"),
	PLAIN("version", OB "version"),
};

static const struct term achievement_subject_terms[] = {
	PLAIN("achievement", OB "achievement"),
	TYPED("activityEndDate", OB "activityEndDate", XSDS "date"),
	TYPED("activityStartDate", OB "activityStartDate", XSDS "date"),
	TYPED("creditsEarned", OB "creditsEarned", XSDS "float"),
	PLAIN("identifier", OB "identifier"),
	LINK("image", OB "image"),
	PLAIN("licenseNumber", OB "licenseNumber"),
	PLAIN("result", OB "result"),
	PLAIN("role", OB "role"),
	LINK("source", OB "source"),
	PLAIN("term", OB "term"),
};

static const struct term address_terms[] = {
	PLAIN("addressCountry", SDO "addressCountry"),
	PLAIN("addressCountryCode", OB "CountryCode"),
	PLAIN("addressLocality", SDO "addressLocality"),
	PLAIN("addressRegion", SDO "addressRegion"),
	PLAIN("geo", OB "GeoCoordinates"),
	PLAIN("postOfficeBoxNumber", SDO "postOfficeBoxNumber"),
	PLAIN("postalCode", SDO "postalCode"),
	PLAIN("streetAddress", SDO "streetAddress"),
};

static const struct term alignment_terms[] = {
	PLAIN("targetCode", OB "targetCode"),
	PLAIN("targetDescription", SDO "targetDescription"),
	PLAIN("targetFramework", SDO "targetFramework"),
	PLAIN("targetName", SDO "targetName"),
	PLAIN("targetType", OB "targetType"),
	TYPED("targetUrl", SDO "targetUrl", XSDS "anyURI"),
};

/* As with awardedDate, the prefix of this datatype is undefined in its context. */
static const struct term association_terms[] = {
	PLAIN("associationType", CLR "AssociationType"),
	TYPED("sourceId", CLR "sourceId", "xsd:anyURI"),
	TYPED("targetId", CLR "targetId", "xsd:anyURI"),
};

static const struct term bitstring_status_list_terms[] = {
	TYPED("encodedList", ST "encodedList", SEC "multibase"),
	PLAIN("statusPurpose", ST "statusPurpose"),
	PLAIN("ttl", ST "ttl"),
};

static const struct term bitstring_status_list_entry_terms[] = {
	LINK("statusListCredential", ST "statusListCredential"),
	PLAIN("statusListIndex", ST "statusListIndex"),
	PLAIN("statusPurpose", ST "statusPurpose"),
	LINK("statusReference", ST "statusReference"),
	TYPED("statusSize", ST "statusSize", XSDS "integer"),
};

static const struct term clr_credential_terms[] = {
	TYPED("partial", CLR "partial", "xsd:boolean"),
};

static const struct term clr_subject_terms[] = {
	TYPED("achievement", CLR "achievement", "obi:Achievement"),
	TYPED("association", CLR "association", CLR "Association"),
	TYPED("identifier", CLR "identifier-1", "obi:Identifier"),
	TYPED("verifiableCredential", CLR "verifiableCredential", "cred:verifiableCredential"),
};

static const struct term data_integrity_proof_terms[] = {
	PLAIN("challenge", SEC "challenge"),
	TYPED("created", DCT "created", XSD "dateTime"),
	TYPED("cryptosuite", SEC "cryptosuite", SEC "cryptosuiteString"),
	PLAIN("domain", SEC "domain"),
	TYPED("expires", SEC "expiration", XSD "dateTime"),
	PLAIN("nonce", SEC "nonce"),
	LINK("previousProof", SEC "previousProof"),
	VOCAB("proofPurpose", SEC "proofPurpose"),
	TYPED("proofValue", SEC "proofValue", SEC "multibase"),
	LINK("verificationMethod", SEC "verificationMethod"),
};

static const struct term endorsement_subject_terms[] = {
	PLAIN("endorsementComment", OB "endorsementComment"),
};

static const struct term evidence_terms[] = {
	PLAIN("audience", SDO "audience"),
	PLAIN("genre", SDO "genre"),
};

static const struct term geo_coordinates_terms[] = {
	PLAIN("latitude", SDO "latitude"),
	PLAIN("longitude", SDO "longitude"),
};

static const struct term identifier_entry_terms[] = {
	PLAIN("identifier", OB "identifier"),
	PLAIN("identifierType", OB "identifierType"),
};

static const struct term identity_object_terms[] = {
	TYPED("hashed", OB "hashed", XSDS "boolean"),
	PLAIN("identityHash", OB "identityHash"),
	PLAIN("identityType", OB "identityType"),
	PLAIN("salt", OB "salt"),
};

static const struct term image_terms[] = {
	PLAIN("caption", SDO "caption"),
};

static const struct term profile_terms[] = {
	PLAIN("additionalName", SDO "additionalName"),
	LINK("address", OB "address"),
	TYPED("dateOfBirth", OB "dateOfBirth", XSDS "date"),
	PLAIN("email", SDO "email"),
	PLAIN("familyName", SDO "familyName"),
	PLAIN("familyNamePrefix", OB "familyNamePrefix"),
	PLAIN("givenName", SDO "givenName"),
	PLAIN("honorificPrefix", SDO "honorificPrefix"),
	PLAIN("honorificSuffix", SDO "honorificSuffix"),
	LINK("image", OB "image"),
	PLAIN("official", OB "official"),
	PLAIN("otherIdentifier", OB "otherIdentifier"),
	LINK("parentOrg", OB "parentOrg"),
	PLAIN("patronymicName", OB "patronymicName"),
	PLAIN("phone", OB "phone"),
};

static const struct term related_terms[] = {
	PLAIN("inLanguage", SDO "inLanguage"),
	PLAIN("version", OB "version"),
};

static const struct term result_terms[] = {
	TYPED("achievedLevel", OB "achievedLevel", XSDS "anyURI"),
	TYPED("resultDescription", OB "resultDescription", XSDS "anyURI"),
	PLAIN("status", OB "status"),
	PLAIN("value", SDO "value"),
};

static const struct term result_description_terms[] = {
	LIST("allowedValue", OB "allowedValue"),
	TYPED("requiredLevel", OB "requiredLevel", XSDS "anyURI"),
	PLAIN("requiredValue", OB "requiredValue"),
	PLAIN("resultType", OB "resultType"),
	PLAIN("rubricCriterionLevel", OB "rubricCriterionLevel"),
	PLAIN("valueMax", OB "valueMax"),
	PLAIN("valueMin", OB "valueMin"),
};

static const struct term rubric_criterion_level_terms[] = {
	PLAIN("level", OB "level"),
	PLAIN("points", OB "points"),
};

static const struct term verifiable_credential_terms[] = {
	LINK("confidenceMethod", CRED "confidenceMethod"),
	LINK("credentialSchema", CRED "credentialSchema"),
	LINK("credentialStatus", CRED "credentialStatus"),
	LINK("credentialSubject", CRED "credentialSubject"),
	PLAIN("description", SDO "description"),
	LINK("evidence", CRED "evidence"),
	LINK("issuer", CRED "issuer"),
	PLAIN("name", SDO "name"),
	GRAPH("proof", SEC "proof"),
	LINK("refreshService", CRED "refreshService"),
	LINK("relatedResource", CRED "relatedResource"),
	LINK("renderMethod", CRED "renderMethod"),
	LINK("termsOfUse", CRED "termsOfUse"),
	TYPED("validFrom", CRED "validFrom", XSD "dateTime"),
	TYPED("validUntil", CRED "validUntil", XSD "dateTime"),
};

static const struct term verifiable_presentation_terms[] = {
	LINK("holder", CRED "holder"),
	GRAPH("proof", SEC "proof"),
	LINK("termsOfUse", CRED "termsOfUse"),
};

static const struct class classes[] = {
	BARE_CLASS("1EdTechCredentialRefresh", EXT, ED("vccr") "1EdTechCredentialRefresh"),
	BARE_CLASS("1EdTechJsonSchemaValidator2019", EXT, ED("vccs") "1EdTechJsonSchemaValidator2019"),
	BARE_CLASS("1EdTechRevocationList", EXT, ED("vcrl") "1EdTechRevocationList"),
	CLASS("Achievement", OB, OB "Achievement", achievement_terms),
	BARE_CLASS("AchievementCredential", OB, OB "OpenBadgeCredential"),
	CLASS("AchievementSubject", OB, OB "AchievementSubject", achievement_subject_terms),
	CLASS("Address", OB, OB "Address", address_terms),
	CLASS("Alignment", OB, SDO "AlignmentObject", alignment_terms),
	CLASS("Association", CLR, CLR "Association", association_terms),
	CLASS("BitstringStatusList", VC, ST "BitstringStatusList", bitstring_status_list_terms),
	BARE_CLASS("BitstringStatusListCredential", VC, ST "BitstringStatusListCredential"),
	CLASS("BitstringStatusListEntry", VC, ST "BitstringStatusListEntry", bitstring_status_list_entry_terms),
	CLASS("ClrCredential", CLR, CLR "ClrCredential", clr_credential_terms),
	CLASS("ClrSubject", CLR, CLR "ClrSubject", clr_subject_terms),
	BARE_CLASS("Criteria", OB, OB "Criteria"),
	CLASS("DataIntegrityProof", VC, SEC "DataIntegrityProof", data_integrity_proof_terms),
	BARE_CLASS("EndorsementCredential", OB, OB "EndorsementCredential"),
	CLASS("EndorsementSubject", OB, OB "EndorsementSubject", endorsement_subject_terms),
	BARE_CLASS("EnvelopedVerifiableCredential", VC, CRED "EnvelopedVerifiableCredential"),
	BARE_CLASS("EnvelopedVerifiablePresentation", VC, CRED "EnvelopedVerifiablePresentation"),
	CLASS("Evidence", OB, OB "Evidence", evidence_terms),
	CLASS("GeoCoordinates", OB, OB "GeoCoordinates", geo_coordinates_terms),
	CLASS("IdentifierEntry", OB, OB "IdentifierEntry", identifier_entry_terms),
	CLASS("IdentityObject", OB, OB "IdentityObject", identity_object_terms),
	CLASS("Image", OB, OB "Image", image_terms),
	BARE_CLASS("JsonSchema", VC, CRED "JsonSchema"),
	BARE_CLASS("JsonSchemaCredential", VC, CRED "JsonSchemaCredential"),
	BARE_CLASS("OpenBadgeCredential", OB, OB "OpenBadgeCredential"),
	CLASS("Profile", OB, OB "Profile", profile_terms),
	CLASS("Related", OB, OB "Related", related_terms),
	CLASS("Result", OB, OB "Result", result_terms),
	CLASS("ResultDescription", OB, OB "ResultDescription", result_description_terms),
	CLASS("RubricCriterionLevel", OB, OB "RubricCriterionLevel", rubric_criterion_level_terms),
	CLASS("VerifiableCredential", VC, CRED "VerifiableCredential", verifiable_credential_terms),
	CLASS("VerifiablePresentation", VC, CRED "VerifiablePresentation", verifiable_presentation_terms),
};

static const struct {
	const char *url;
	unsigned context;
} contexts_known[] = {
	{CONTEXT_VC_URL, CONTEXT_VC},
	{CONTEXT_OB_URL, CONTEXT_OB},
	{CONTEXT_EXT_URL, CONTEXT_EXT},
	{CONTEXT_CLR_URL, CONTEXT_CLR},
};

static const struct {
	const char *name;
	struct node iri;
} purposes[] = {
	{"assertionMethod", IRI_NODE(SEC "assertionMethod")},
	{"authentication", IRI_NODE(SEC "authenticationMethod")},
	{"capabilityDelegation", IRI_NODE(SEC "capabilityDelegationMethod")},
	{"capabilityInvocation", IRI_NODE(SEC "capabilityInvocationMethod")},
	{"keyAgreement", IRI_NODE(SEC "keyAgreementMethod")},
};
/* clang-format on */

unsigned context_of_url(const char *url)
{
	for (size_t i = 0; i < ARRAY_LEN(contexts_known); i++) {
		if (strcmp(url, contexts_known[i].url) == 0)
			return contexts_known[i].context;
	}
	return 0;
}

const struct class *class_find(const char *name, unsigned contexts)
{
	size_t from = 0, to = ARRAY_LEN(classes);

	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = strcmp(name, classes[middle].name);

		if (order == 0)
			return (classes[middle].context & contexts) != 0 ? &classes[middle] : NULL;
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

static const struct term *term_find(const struct term *terms, size_t n, const char *name)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = strcmp(name, terms[middle].name);

		if (order == 0)
			return &terms[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

const struct term *class_term(const struct class *class, const char *name)
{
	return term_find(class->terms, class->n_terms, name);
}

const struct term *common_term(const char *name, unsigned contexts)
{
	const struct term *term = NULL;

	if ((contexts & CONTEXT_OB) != 0)
		term = term_find(ob_terms, ARRAY_LEN(ob_terms), name);
	if (term == NULL && (contexts & CONTEXT_VC) != 0)
		term = term_find(vc_terms, ARRAY_LEN(vc_terms), name);
	return term;
}

struct node purpose_iri(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(purposes); i++) {
		if (strcmp(name, purposes[i].name) == 0)
			return purposes[i].iri;
	}
	return (struct node){NULL, 0, 0};
}
