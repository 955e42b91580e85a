/* The channel of an embedded installation: each letter becomes a file that something else may take
 * away. */
#include "services/notification/mail/channel.h"

#include "libshared/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".eml"
#define ASIDE ".tmp" /* behind SUFFIX, while a file is being written */

struct spool {
	struct channel channel;
	int dir; /* descriptor of the folder */
	struct delivery done[CHANNEL_SLOTS];
	unsigned n_done;
	bool unsynced; /* names were made since the folder was synced */
};

struct file_name {
	char s[ID_TEXT_LEN + sizeof SUFFIX + sizeof ASIDE];
};

static struct file_name name_of(struct bytes notice, const char *ending)
{
	struct file_name name;

	snprintf(name.s, sizeof name.s, "%s%s", ID_STR(notice), ending);
	return name;
}

static int fault(const char *what)
{
	log_error("spool_fault", "at=%s errno=%d", what, errno);
	return -1;
}

static int write_all(int fd, struct bytes content)
{
	while (content.len > 0) {
		ssize_t n = write(fd, content.data, content.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		content.data += n;
		content.len -= (size_t)n;
	}
	return 0;
}

/* Once the name is there the file is whole. The same letter again replaces it. */
static int write_letter(struct spool *s, struct bytes notice, struct bytes content)
{
	struct file_name aside = name_of(notice, SUFFIX ASIDE), name = name_of(notice, SUFFIX);
	int fd = openat(s->dir, aside.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
			0600);
	int failed;

	if (fd < 0)
		return fault("open");
	failed = write_all(fd, content) != 0 || fsync(fd) != 0;
	if (close(fd) != 0 || failed)
		return fault("write");
	if (renameat(s->dir, aside.s, s->dir, name.s) != 0)
		return fault("rename");
	s->unsynced = true;
	return 0;
}

static void spool_send(struct channel *c, const struct parcel *parcel, int64_t now_us)
{
	struct spool *s = (struct spool *)c;
	int written = write_letter(s, bytes_of_id(&parcel->notice), parcel->content);

	(void)now_us;
	ENSURE(s->n_done < CHANNEL_SLOTS);
	s->done[s->n_done++] = (struct delivery){
		.slot = parcel->slot,
		.outcome = written == 0 ? NOTIFICATION__OUTCOME__DELIVERED
					: NOTIFICATION__OUTCOME__TEMPORARY,
	};
}

/* One sync of the folder makes the names of all that were written since the last one durable. */
static bool spool_done(struct channel *c, int64_t now_us, struct delivery *delivery_r)
{
	struct spool *s = (struct spool *)c;

	(void)now_us;
	if (s->n_done == 0)
		return false;
	if (s->unsynced && fsync(s->dir) != 0) {
		fault("sync");
		for (unsigned i = 0; i < s->n_done; i++)
			s->done[i].outcome = NOTIFICATION__OUTCOME__TEMPORARY;
	}
	s->unsynced = false;
	*delivery_r = s->done[--s->n_done];
	return true;
}

static int spool_forget(struct channel *c, struct bytes notice)
{
	struct spool *s = (struct spool *)c;
	struct file_name aside = name_of(notice, SUFFIX ASIDE), name = name_of(notice, SUFFIX);

	if (unlinkat(s->dir, aside.s, 0) != 0 && errno != ENOENT)
		return fault("unlink");
	if (unlinkat(s->dir, name.s, 0) != 0 && errno != ENOENT)
		return fault("unlink");
	return 0;
}

static void spool_close(struct channel **c)
{
	struct spool *s = (struct spool *)*c;

	if (s == NULL)
		return;
	close(s->dir);
	free(s);
	*c = NULL;
}

static const struct channel_ops spool_ops = {
	.word = "spool",
	.send = spool_send,
	.done = spool_done,
	.forget = spool_forget,
	.close = spool_close,
};

/* What a crash left half written. */
static int sweep(int dir)
{
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;

	if (d == NULL)
		return fault("read");
	while ((entry = readdir(d)) != NULL) {
		size_t len = strlen(entry->d_name), ending = strlen(SUFFIX ASIDE);

		if (len > ending && strcmp(entry->d_name + len - ending, SUFFIX ASIDE) == 0 &&
		    unlinkat(dir, entry->d_name, 0) != 0)
			fault("unlink");
	}
	closedir(d);
	return 0;
}

struct channel *spool_open(const char *dir)
{
	struct spool *s;
	int fd;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
		fault("mkdir");
		return NULL;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		fault("open");
		return NULL;
	}
	if (sweep(fd) != 0) {
		close(fd);
		return NULL;
	}
	s = calloc(1, sizeof *s);
	ENSURE(s != NULL);
	s->channel.ops = &spool_ops;
	s->dir = fd;
	return &s->channel;
}
