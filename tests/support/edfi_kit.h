/*
 * Public events about a credential, as an Ed-Fi sink is given them.
 */
#ifndef CAIRN_TEST_EDFI_KIT_H
#define CAIRN_TEST_EDFI_KIT_H

#include "libshared/arena.h"
#include "proto/notification.pb-c.h"
#include "proto/public.pb-c.h"

/* The day of all these events, and the last second of it. */
#define EDFI_DAY "2026-09-01"
#define EDFI_DAY_END_S INT64_C(1788307199)

struct award {
	unsigned n;         /* which credential */
	const char *code;   /* of the achievement, version 2; NULL: "wait-time" */
	const char *staff;  /* NULL: "1234567"; "": nobody is named */
	const char *status; /* NULL: "active" */
	const char *rest;   /* more members, each with a comma before it; NULL: none */
};

/* type: "credential.issued". */
const Cairn__CloudEvent *edfi_event(struct arena *arena, const char *type, const char *data);
const char *edfi_data(struct arena *arena, const struct award *award);

/* Texas, Data Standard 6.1, persons by the state's number. */
Notification__Sink *edfi_sink(struct arena *arena);

#endif
