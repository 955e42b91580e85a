/* What a run says: faults, the document, lines for people, progress. */
#include "services/ctl/ctl.h"

#include "libshared/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_EVERY_US (250 * US_PER_MS)

static const char *command_name(const struct ctl *c, char name_r[80])
{
	const struct command *command = c->command;

	if (command == NULL)
		return "cairnctl";
	snprintf(name_r, 80, "cairnctl %s%s%s", command->group, command->verb != NULL ? " " : "",
		 command->verb != NULL ? command->verb : "");
	return name_r;
}

enum ctl_exit ctl_fault(struct ctl *c, enum ctl_exit code, const char *format, ...)
{
	char text[1200], name[80];
	va_list args;

	if (c->exit != CTL_DONE)
		return c->exit;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fprintf(stderr, "%s: %s\n", command_name(c, name), text);
	c->exit = code;
	tell(c, "error", json_pack("{s:i, s:s*}", "exit", (int)code, "text", text));
	return code;
}

bool ctl_failed(const struct ctl *c)
{
	return c->exit != CTL_DONE;
}

int ctl_exit_code(const struct ctl *c)
{
	return (int)c->exit;
}

/* ---- the document ---- */

void tell(struct ctl *c, const char *name, json_t *value)
{
	json_object_set_new(c->doc, name, value != NULL ? value : json_null());
}

void tell_text(struct ctl *c, const char *name, const char *text)
{
	tell(c, name, json_string(text));
}

void tell_id(struct ctl *c, const char *name, const struct id *id)
{
	tell(c, name, json_string(ID_STR(bytes_of_id(id))));
}

void tell_count(struct ctl *c, const char *name, uint64_t value)
{
	tell(c, name, json_integer((json_int_t)value));
}

void tell_message(struct ctl *c, const ProtobufCMessage *message)
{
	json_t *members = json_of_message(message);

	json_object_update(c->doc, members);
	json_decref(members);
	c->answered = true;
	if (!c->json)
		message_print(stdout, message, 0);
}

void say(const struct ctl *c, const char *format, ...)
{
	va_list args;

	if (c->json)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

void say_done(const struct ctl *c, enum ctl_service service)
{
	if (c->done.seq == 0)
		say(c, "done: nothing had to change\n");
	else
		say(c, "done: %s.0.log %" PRIu64 "%s\n", service_name(service), c->done.seq,
		    c->done.repeated ? " (it had been done before)" : "");
}

void say_rate(const struct ctl *c, uint64_t n, int64_t from_us, int64_t to_us)
{
	int64_t us = MAX(to_us - from_us, INT64_C(1));

	if (n > 0)
		say(c, ", %.0f a second", (double)n * (double)US_PER_S / (double)us);
	say(c, "\n");
}

void say_json_line(struct ctl *c, json_t *value)
{
	if (json_dumpf(value, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER) != 0 ||
	    putchar('\n') == EOF || fflush(stdout) != 0)
		ctl_fault(c, CTL_LOCAL, "standard output cannot be written");
	json_decref(value);
}

void tell_end(struct ctl *c)
{
	bool ok = true;

	if (c->json && (c->answered || json_object_size(c->doc) > 0))
		ok = json_dumpf(c->doc, stdout, JSON_INDENT(2)) == 0 && putchar('\n') != EOF;
	if (!ok || fflush(stdout) != 0)
		ctl_fault(c, CTL_LOCAL, "standard output cannot be written");
}

/* ---- progress ---- */

struct progress progress_begin(const struct ctl *c, const char *what, uint64_t done, uint64_t total)
{
	return (struct progress){.ctl = c,
				 .what = what,
				 .total = total,
				 .at_start = done,
				 .started_us = clock_mono_us()};
}

static void show_line(struct progress *p, uint64_t done, double rate)
{
	uint64_t left_s =
		rate > 0 && p->total > done ? (uint64_t)((double)(p->total - done) / rate) : 0;
	unsigned percent = p->total > 0 ? (unsigned)(done * 100 / p->total) : 100;

	fprintf(stderr, "\r%s %3u %%  %.1f of %.1f MB  %.1f MB/s  %" PRIu64 " s left \033[K",
		p->what, percent, (double)done / 1e6, (double)p->total / 1e6, rate / 1e6, left_s);
	p->shown = true;
}

void progress_turn(struct progress *p, uint64_t done)
{
	int64_t now_us = clock_mono_us(), took_us = now_us - p->started_us;
	double rate = took_us > 0 ? (double)(done - p->at_start) * 1e6 / (double)took_us : 0;

	if (now_us - p->told_us < PROGRESS_EVERY_US && done < p->total)
		return;
	p->told_us = now_us;
	if (p->ctl->progress_json)
		fprintf(stderr,
			"{\"progress\":\"%s\",\"done\":%" PRIu64 ",\"total\":%" PRIu64
			",\"per_second\":%.0f}\n",
			p->what, done, p->total, rate);
	else if (isatty(STDERR_FILENO))
		show_line(p, done, rate);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
}
