/*
 * Pages: every template of pages/, and what the layout adds to each page's own object.
 *
 *	w            the words of the language: {{w.SUBJECT.KEY}}
 *	lang         "en" or "es"; other_lang, other_lang_url: the other one, and this page in it
 *	person       who is signed in, or false: {name, is_teacher, is_assessor, is_lead, is_issuer,
 *	             is_district, is_agency, is_coach, is_auditor, is_operator, is_office}
 *	csrf         what forms send back; intention: a fresh id for them ({{>hidden}} writes both)
 *	text_lang    for elements whose text is the catalogue's, as <h1{{{text_lang}}}>: an
 *attribute lang on a page in another language, else nothing path         of this page; at: what the
 *navigation marks, {catalogue: true} assets       "/assets/HASH" public_url   without a last slash
 *	flash        what was just done, said once: words/done.LANGUAGE.json by ?done=KEY; or false
 *
 * A page's own members hide these. None of them is in a page's JSON form.
 */
#ifndef CAIRN_GATEWAY_LAYOUT_H
#define CAIRN_GATEWAY_LAYOUT_H

#include "services/gateway/web/request.h"

struct mustache;
struct pages;
/* All templates of dir (NAME.html), parsed; assets.hash beside dir names what they are dressed
 * with. NULL: logged, with file and line. */
struct pages *pages_load(const char *dir);
void pages_destroy(struct pages **p);
const struct mustache *pages_find(const struct pages *p, const char *name); /* NULL: none */

/* The page as HTML, in the arena of the request. A template that does not exist is a bug. */
struct bytes page_render(struct request *r, const char *template, json_t *page);
/* Where the assets of these pages are: "/assets/HASH". */
const char *pages_assets(const struct pages *pages);

#endif
