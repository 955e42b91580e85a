/*
 * The manifest: what exactly was sealed, as one line of JSON.
 *
 * Members stand in the order of their names, without spaces (RFC 8785), so the same submission has
 * the same bytes and the same SHA-256 wherever it is written again:
 *
 *	{"ai_use":"editing","answers":[{"bytes":412,"question":"lit-101.o1","sha256":"ab12...",
 *	"words":75}],"attempt":1,"entry":"LIT-101","format":"cairn.manifest/1","items":[{"bytes":...,
 *	"captured_on":"2026-05-01","media_type":"audio/wav","ordinal":1,"privacy":"consent",
 *	"requirement":"lit-101.e2","sha256":"..."}],"own_work":true,"portfolio":"0198...","rows":
 *	["lit-101.r1"],"rubric_version":1,"submission":"0198..."}
 *
 * Hashes of items and answers are the names of their blobs, and the manifest is a blob under its
 * own hash: sha256sum over the files shows that nothing has changed since.
 */
#ifndef CAIRN_EVIDENCE_MANIFEST_H
#define CAIRN_EVIDENCE_MANIFEST_H

#include "libshared/arena.h"
#include "proto/evidence.pb-c.h"

/* A function of what was sealed, but its manifest_sha256, times and places. code: the entry's. */
struct bytes manifest_of(const Evidence__SubmissionSealed *sealed, const char *code,
			 struct arena *arena);

#endif
