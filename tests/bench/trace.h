/*
 * What LMDB was asked to write, recorded while an engine does it, and written again with nothing
 * around it: the bare puts that engines and daemons are measured against.
 *
 *	struct trace *t = trace_new();
 *	trace_record(t);  ... an engine runs in this process ...  trace_record(NULL);
 *	struct bare *b = bare_open(DIR of an environment as it was before);
 *	bare_replay(b, t);                   the same writes in the same transactions
 *
 * Programs that use it are linked with --wrap for the calls of LMDB that write (CMakeLists.txt).
 */
#ifndef CAIRN_BENCH_TRACE_H
#define CAIRN_BENCH_TRACE_H

#include <stddef.h>

struct trace;
struct bare;

struct trace *trace_new(void);
void trace_destroy(struct trace **t);
void trace_clear(struct trace *t);
/* All writes of this process from now on; NULL: no more. */
void trace_record(struct trace *t);
size_t trace_puts(const struct trace *t);

struct bare *bare_open(const char *dir);
void bare_close(struct bare **b);
void bare_replay(struct bare *b, const struct trace *t);

#endif
