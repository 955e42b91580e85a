/* Credentials in SVG files: a first child put in, or found by a streaming parser. */
#include "libshared/buffer.h"
#include "services/issuance/documents/jws.h"
#include "services/issuance/forms/bake.h"
#include "services/issuance/forms/facts.h"
#include "services/issuance/documents/verify.h"

#include <expat.h>
#include <string.h>

#define NAMESPACE "https://purl.imsglobal.org/ob/v3p0"

/* ---- in ---- */

/* Where the tag <svg ...> of a picture that we drew ends: at its > or />. NULL: there is none. */
static const uint8_t *end_of_root_tag(struct bytes svg)
{
	const uint8_t *tag = memmem(svg.data, svg.len, "<svg ", 5);

	return tag != NULL ? memchr(tag, '>', svg.len - (size_t)(tag - svg.data)) : NULL;
}

bool svg_bake(struct bytes svg, struct bytes credential, struct arena *a, struct bytes *baked_r,
	      struct form_problem *problem)
{
	const uint8_t *end = end_of_root_tag(svg);
	struct bytes text = json_ascii(credential, a);
	bool jws = is_compact_jws(credential);
	struct buffer b;

	if (end == NULL || end[-1] == '/')
		return form_refuse(problem, "not an SVG picture");
	buffer_init(&b, a, svg.len + text.len + 256);
	buffer_put(&b, svg.data, (size_t)(end - svg.data));
	buffer_puts(&b, " xmlns:openbadges=\"" NAMESPACE "\"><openbadges:credential");
	buffer_puts(&b, jws ? " verify=\"" : "><![CDATA[");
	buffer_put(&b, text.data, text.len);
	buffer_puts(&b, jws ? "\"/>" : "]]></openbadges:credential>");
	buffer_put(&b, end + 1, svg.len - (size_t)(end + 1 - svg.data));
	*baked_r = buffer_bytes(&b);
	return true;
}

/* ---- out ---- */

struct reading {
	XML_Parser parser;
	struct form_problem *problem;
	struct buffer text;
	unsigned depth, found;
	bool inside; /* the credential's element */
};

static void stop(struct reading *r, const char *why)
{
	form_refuse(r->problem, "%s", why);
	XML_StopParser(r->parser, XML_FALSE);
}

static void add_text(struct reading *r, const char *text, size_t len)
{
	if (len > VERIFY_MAX_BYTES - r->text.len)
		stop(r, "the credential is larger than 1 MiB");
	else
		buffer_put(&r->text, text, len);
}

static void XMLCALL on_start(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = ctx;

	r->depth++;
	if (r->depth == 1 && strcmp(name, "http://www.w3.org/2000/svg|svg") != 0)
		stop(r, "not an SVG picture");
	if (r->inside)
		stop(r, "the credential in the SVG has elements of its own");
	if (r->depth != 2 || strcmp(name, NAMESPACE "|credential") != 0)
		return;
	if (r->found++ > 0)
		stop(r, "the SVG holds two credentials");
	r->inside = true;
	for (; attributes[0] != NULL; attributes += 2)
		if (strcmp(attributes[0], "verify") == 0)
			add_text(r, attributes[1], strlen(attributes[1]));
}

static void XMLCALL on_end(void *ctx, const XML_Char *name)
{
	struct reading *r = ctx;

	(void)name;
	r->depth--;
	r->inside = false;
}

static void XMLCALL on_text(void *ctx, const XML_Char *text, int len)
{
	struct reading *r = ctx;

	if (r->inside)
		add_text(r, text, (size_t)len);
}

/* Entities can only be declared in one of these. */
static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
			       const XML_Char *public, int has_internal)
{
	(void)name;
	(void)system;
	(void)public;
	if (has_internal)
		stop(ctx, "the SVG declares entities of its own");
}

static void read_svg(struct reading *r, struct bytes svg)
{
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	if (XML_Parse(r->parser, (const char *)svg.data, (int)svg.len, XML_TRUE) != XML_STATUS_OK)
		form_refuse(r->problem, "the SVG is not well-formed: %s, line %lu",
			    XML_ErrorString(XML_GetErrorCode(r->parser)),
			    (unsigned long)XML_GetCurrentLineNumber(r->parser));
}

static struct bytes without_edges(struct bytes text)
{
	while (text.len > 0 && text.data[0] <= ' ') {
		text.data++;
		text.len--;
	}
	while (text.len > 0 && text.data[text.len - 1] <= ' ')
		text.len--;
	return text;
}

bool svg_unbake(struct bytes svg, struct arena *a, struct bytes *credential_r,
		struct form_problem *problem)
{
	struct reading r = {.problem = problem};

	if (svg.len > BAKED_MAX_BYTES)
		return form_refuse(problem, "the SVG is larger than 16 MiB");
	r.parser = XML_ParserCreateNS(NULL, '|');
	ENSURE(r.parser != NULL);
	buffer_init(&r.text, a, 1024);
	read_svg(&r, svg);
	XML_ParserFree(r.parser);
	if (problem->text[0] != '\0')
		return false;
	*credential_r = without_edges(buffer_bytes(&r.text));
	if (credential_r->len == 0)
		return form_refuse(problem, "the SVG holds no credential");
	return true;
}
