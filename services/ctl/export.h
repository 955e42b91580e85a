/*
 * Writing an educator's archive (bundle.h): each part asks one service for what the educator owns.
 *
 * Faults stick as in ctl.h. What is written is listed at once; the manifest comes last, sorted.
 * Requests for what only the educator may see are made in their name.
 */
#ifndef CAIRN_CTL_EXPORT_H
#define CAIRN_CTL_EXPORT_H

#include "services/ctl/ctl.h"

struct export
{
	struct ctl *ctl;
	const char *root; /* the directory that is being filled */
	struct id educator;
	const char *educator_text;
	json_t *files; /* of the manifest */
	json_t *counts;
};

/* One file; path is relative. */
void export_bytes(struct export *x, const char *path, const char *kind, struct bytes content);
/* Sorted and indented, so that equal facts are equal bytes. Steals json. */
void export_json(struct export *x, const char *path, const char *kind, json_t *json);
void export_message(struct export *x, const char *path, const char *kind,
		    const ProtobufCMessage *message);
/* What evidence has, part by part: ask is a member of Query, fields what it takes beside offset.
 * The whole must hash to sha256. Steals fields. */
void export_fetched(struct export *x, const char *path, const char *kind, const char *ask,
		    json_t *fields, struct bytes sha256);
bool export_has(const struct export *x, const char *path);
/* Its text, in the arena. */
const char *export_id(struct export *x, ProtobufCBinaryData id);
/* A path in the arena; ids as ID_STR, codes as they are. */
const char *export_path(struct export *x, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- the parts ---- */
void export_enrollments(struct export *x); /* export_work.c */
void export_credentials(struct export *x); /* export_earned.c */
void export_ledgers(struct export *x, size_t n, const ProtobufCBinaryData *licenses);
void export_record(struct export *x);

#endif
