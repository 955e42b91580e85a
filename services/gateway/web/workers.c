/* Children that do what must not stand in the loop. */
#include "services/gateway/web/workers.h"

#include "libshared/check.h"
#include "libshared/clock.h"
#include "libshared/log.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Before the bytes of a job and of its result. */
struct frame {
	uint32_t kind; /* of a job; of a result: 0 done, 1 not */
	uint32_t len;
};

struct job {
	struct job *next;
	enum work kind;
	struct work_owner owner;
	uint8_t *bytes; /* frame and what goes in */
	size_t len, sent;
	bool again; /* a worker died over it once */
};

struct worker {
	pid_t pid; /* 0: none */
	int fd;
	struct job *job; /* in hand, or NULL */
	int64_t until_us;
	uint8_t *got; /* frame and what came */
	size_t n_got, room;
};

struct workers {
	struct worker each[WORKERS_MAX];
	unsigned n, n_waiting;
	struct job *first, **last;
};

/* ---- in the child ---- */

static bool move_all(int fd, void *data, size_t len, ssize_t (*move)(int, void *, size_t))
{
	for (size_t at = 0; at < len;) {
		ssize_t n = move(fd, (uint8_t *)data + at, len - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static ssize_t move_out(int fd, void *data, size_t len)
{
	return write(fd, data, len);
}

static bool send_result(int fd, uint32_t failed, struct bytes out)
{
	struct frame frame = {failed, (uint32_t)out.len};
	AUTO(free_ptr) uint8_t *copy = malloc(out.len + 1);

	ENSURE(copy != NULL);
	if (out.len > 0)
		memcpy(copy, out.data, out.len);
	return move_all(fd, &frame, sizeof frame, move_out) &&
	       move_all(fd, copy, out.len, move_out);
}

static bool work_once(int fd, struct arena *arena)
{
	struct bytes out = BYTES_NONE;
	struct frame frame;
	uint8_t *in;
	int rc;

	if (!move_all(fd, &frame, sizeof frame, read) || frame.kind >= N_WORKS ||
	    frame.len > WORK_BYTES_MAX)
		return false;
	in = arena_alloc(arena, frame.len + 1);
	if (!move_all(fd, in, frame.len, read))
		return false;
	rc = work_kinds[frame.kind].run((struct bytes){in, frame.len}, arena, &out);
	sodium_memzero(in, frame.len); /* passwords */
	return rc == 0 && out.len <= WORK_BYTES_MAX ? send_result(fd, 0, out)
						    : send_result(fd, 1, BYTES_NONE);
}

/* Nothing of the parent's but this socket and what it writes its log to. */
static NORETURN void be_worker(int fd)
{
	struct arena *arena = arena_new((size_t)64 << 10);
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "cairn-worker");
	if (dup2(fd, 3) != 3)
		_exit(1);
	close_range(4, ~0u, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	while (work_once(3, arena))
		arena_reset(arena);
	_exit(0);
}

/* ---- in the parent ---- */

static int worker_start(struct worker *worker)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		pid = -1;
	else if ((pid = fork()) == 0)
		be_worker(pair[1]);
	if (pid < 0) {
		log_error("worker_not_started", "error=\"%s\"", strerror(errno));
		return -1;
	}
	close(pair[1]);
	worker->pid = pid;
	worker->fd = pair[0];
	return 0;
}

static void job_free(struct job *job)
{
	sodium_memzero(job->bytes, job->len);
	free(job->bytes);
	free(job);
}

/* The owner may submit the next job at once, and this worker take it: it is free before the owner
 * is told. out stands in what it got. */
static void worker_done(struct workers *w, struct worker *worker, bool ok, struct bytes out)
{
	struct job *job = worker->job;
	uint8_t *got = worker->got;
	size_t n_got = worker->n_got;

	worker->job = NULL;
	worker->got = NULL;
	worker->n_got = worker->room = 0;
	w->n_waiting--;
	job->owner.done(&job->owner, ok, out);
	job_free(job);
	if (n_got > 0)
		sodium_memzero(got, n_got);
	free(got);
}

/* It is killed, whatever it does: it holds nothing that could be spoilt. */
static void worker_stop(struct worker *worker)
{
	if (worker->pid == 0)
		return;
	kill(worker->pid, SIGKILL);
	while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(worker->fd);
	worker->pid = 0;
	worker->fd = -1;
}

struct workers *workers_open(unsigned n)
{
	struct workers *w = calloc(1, sizeof *w);

	ENSURE(w != NULL && n > 0 && n <= WORKERS_MAX);
	w->n = n;
	w->last = &w->first;
	for (unsigned i = 0; i < n; i++)
		w->each[i].fd = -1;
	for (unsigned i = 0; i < n && w != NULL; i++)
		if (worker_start(&w->each[i]) != 0)
			workers_close(&w);
	return w;
}

void workers_close(struct workers **w)
{
	struct job *job;

	if (*w == NULL)
		return;
	for (unsigned i = 0; i < (*w)->n; i++) {
		worker_stop(&(*w)->each[i]);
		if ((*w)->each[i].job != NULL)
			job_free((*w)->each[i].job);
		free((*w)->each[i].got);
	}
	while ((job = (*w)->first) != NULL) {
		(*w)->first = job->next;
		job_free(job);
	}
	free(*w);
	*w = NULL;
}

static void take_next(struct workers *w, struct worker *worker, int64_t mono_us)
{
	struct job *job = w->first;

	if (job == NULL || worker->job != NULL || (worker->pid == 0 && worker_start(worker) != 0))
		return;
	w->first = job->next;
	if (w->first == NULL)
		w->last = &w->first;
	worker->job = job;
	worker->until_us = mono_us + work_kinds[job->kind].most_us;
}

/* As much as the socket takes. */
static bool send_job(struct worker *worker)
{
	struct job *job = worker->job;

	while (job->sent < job->len) {
		ssize_t n = send(worker->fd, job->bytes + job->sent, job->len - job->sent,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		job->sent += (size_t)n;
	}
	return true;
}

static size_t awaited(const struct worker *worker)
{
	struct frame frame;

	if (worker->n_got < sizeof frame)
		return sizeof frame;
	memcpy(&frame, worker->got, sizeof frame);
	return sizeof frame + MIN(frame.len, WORK_BYTES_MAX);
}

/* False: it is broken. whole_r: the result is here. */
static bool receive(struct worker *worker, bool *whole_r)
{
	*whole_r = false;
	for (;;) {
		size_t wanted = awaited(worker);
		ssize_t n;

		if (worker->n_got >= sizeof(struct frame) && worker->n_got == wanted) {
			*whole_r = true;
			return true;
		}
		if (worker->room < wanted) {
			worker->got = realloc(worker->got, wanted);
			ENSURE(worker->got != NULL);
			worker->room = wanted;
		}
		n = recv(worker->fd, worker->got + worker->n_got, wanted - worker->n_got,
			 MSG_DONTWAIT);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return false;
		worker->n_got += (size_t)n;
	}
}

/* Dead: perhaps before it had the job, so that one is tried once more. Too long: it would be again.
 */
static void worker_failed(struct workers *w, struct worker *worker, bool retry, const char *why)
{
	struct job *job = worker->job;

	log_warn("worker_ended", "pid=%d job=%s because=%s", (int)worker->pid,
		 work_kinds[job->kind].name, why);
	worker_stop(worker);
	worker->n_got = 0;
	job->sent = 0;
	if (!retry || job->again || worker_start(worker) != 0) {
		worker_done(w, worker, false, BYTES_NONE);
		return;
	}
	job->again = true;
	(void)send_job(worker); /* what is not sent now is at the next turn */
}

static void worker_turn(struct workers *w, struct worker *worker, int64_t mono_us)
{
	struct frame frame;
	bool whole = false;

	take_next(w, worker, mono_us);
	if (worker->job == NULL)
		return;
	if (!send_job(worker) || !receive(worker, &whole)) {
		worker_failed(w, worker, true, "died");
	} else if (whole) {
		ENSURE(worker->got != NULL); /* a frame at least */
		memcpy(&frame, worker->got, sizeof frame);
		worker_done(
			w, worker, frame.kind == 0,
			(struct bytes){worker->got + sizeof frame, worker->n_got - sizeof frame});
		worker_turn(w, worker, mono_us);
	} else if (mono_us >= worker->until_us) {
		worker_failed(w, worker, false, "too_long");
	}
}

void workers_turn(struct workers *w, int64_t mono_us)
{
	for (unsigned i = 0; i < w->n; i++)
		worker_turn(w, &w->each[i], mono_us);
}

bool work_submit(struct workers *w, enum work kind, struct bytes in, const struct work_owner *owner)
{
	struct frame frame = {kind, (uint32_t)in.len};
	struct job *job;

	if (w->n_waiting == WORK_QUEUE_MAX || in.len > WORK_BYTES_MAX)
		return false;
	job = calloc(1, sizeof *job);
	ENSURE(job != NULL);
	*job = (struct job){.kind = kind, .owner = *owner};
	job->len = sizeof frame + in.len;
	job->bytes = malloc(job->len);
	ENSURE(job->bytes != NULL);
	memcpy(job->bytes, &frame, sizeof frame);
	if (in.len > 0)
		memcpy(job->bytes + sizeof frame, in.data, in.len);
	*w->last = job;
	w->last = &job->next;
	w->n_waiting++;
	/* A worker that is free gets it now: nothing else would wake the loop for it. */
	for (unsigned i = 0; i < w->n; i++)
		if (w->each[i].job == NULL) {
			worker_turn(w, &w->each[i], clock_mono_us());
			break;
		}
	return true;
}

unsigned workers_items(const struct workers *w, zmq_pollitem_t *items, unsigned room)
{
	unsigned n = 0;

	for (unsigned i = 0; i < w->n && n < room; i++) {
		const struct worker *worker = &w->each[i];
		short events = ZMQ_POLLIN;

		if (worker->pid == 0 || worker->job == NULL)
			continue;
		if (worker->job->sent < worker->job->len)
			events |= ZMQ_POLLOUT;
		items[n++] = (zmq_pollitem_t){NULL, worker->fd, events, 0};
	}
	return n;
}

int64_t workers_next_us(const struct workers *w)
{
	int64_t next_us = INT64_MAX;

	for (unsigned i = 0; i < w->n; i++)
		if (w->each[i].job != NULL)
			next_us = MIN(next_us, w->each[i].until_us);
	return next_us;
}
