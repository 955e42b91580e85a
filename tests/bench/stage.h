/*
 * The enrollment service without its process: an engine on the directory that cairn-enrollment
 * would use, loaded as fast as that goes, so that a daemon can be started on it afterwards.
 *
 *	stage_open(&stage, dir);                     DIR/enrollment/db, DIR/enrollment/keyring
 *	stage_load(&stage, &roster);
 *	stage_take(&stage, commands, n, 1000);
 *	stage_close(&stage);
 */
#ifndef CAIRN_BENCH_STAGE_H
#define CAIRN_BENCH_STAGE_H

#include "libshared/engine.h"
#include "tests/bench/roster.h"

struct stage {
	struct caps caps;
	struct engine *engine;
	struct arena *arena;
	size_t ok;
};

/* DIR/enrollment is made if needed. Its keys are those of DIR/keys. */
void stage_open(struct stage *s, const char *dir);
void stage_close(struct stage *s);
/* Publishes and registers. */
void stage_load(struct stage *s, struct roster *r);
/* Commits n commands, so many at a time; all must be accepted. */
void stage_take(struct stage *s, const struct roster_command *commands, size_t n, size_t batch);
/* The first n enrollments of the roster, or those from the first-th on. */
void stage_enroll(struct stage *s, struct roster *r, size_t first, size_t n);
/* DIR/enrollment of one installation, which no stage has open, as that of another. */
void stage_copy(const char *dir, const char *to_dir);

#endif
