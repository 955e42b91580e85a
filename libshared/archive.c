/* Sealed segments of a log: writing one, finding the one that goes on from a position, reading it.
 */
#include "libshared/archive.h"
#include "libshared/folder.h"
#include "libshared/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_LEN (8 + 8 + ID_LEN + 16 + CHAIN_LEN)

static const uint8_t magic[16] = {'C', 'A', 'I', 'R', 'N', 'S', 'E', 'G', 1};

struct segment_name {
	uint64_t first_seq, last_seq;
	char path[600];
};

/* ---- finding ---- */

static bool parse_name(const char *file, const char *stream, struct segment_name *n)
{
	size_t len = strlen(stream);

	return strncmp(file, stream, len) == 0 &&
	       sscanf(file + len, "-%20" SCNu64 "-%20" SCNu64 ".seg", &n->first_seq,
		      &n->last_seq) == 2 &&
	       strcmp(file + strlen(file) - 4, ".seg") == 0;
}

/* The segment that holds seq, or (seq 0) the one that ends last. */
static bool find_segment(const char *dir, const char *stream, uint64_t seq,
			 struct segment_name *found_r)
{
	DIR *d = opendir(dir);
	struct segment_name n;
	bool is_found = false;

	if (d == NULL)
		return false;
	for (const struct dirent *entry; (entry = readdir(d)) != NULL;) {
		if (!parse_name(entry->d_name, stream, &n))
			continue;
		if (seq != 0 ? seq < n.first_seq || seq > n.last_seq
			     : is_found && n.last_seq < found_r->last_seq)
			continue;
		snprintf(n.path, sizeof n.path, "%s/%s", dir, entry->d_name);
		*found_r = n;
		is_found = true;
	}
	closedir(d);
	return is_found;
}

/* ---- reading ---- */

static int read_file(const char *path, struct arena *arena, struct bytes *content_r)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *data;
	size_t done = 0;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < HEADER_LEN + CHAIN_LEN) {
		log_error("archive_read", "path=%s error=\"not a segment\"", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	data = arena_alloc(arena, (size_t)st.st_size);
	while (done < (size_t)st.st_size) {
		ssize_t n = read(fd, data + done, (size_t)st.st_size - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	close(fd);
	*content_r = (struct bytes){data, done};
	return done == (size_t)st.st_size ? 0 : -1;
}

struct reader {
	struct bytes left;
	bool short_;
};

static struct bytes take(struct reader *r, size_t n)
{
	struct bytes got = {r->left.data, n};

	if (n > r->left.len) {
		r->short_ = true;
		return BYTES_NONE;
	}
	r->left.data += n;
	r->left.len -= n;
	return got;
}

static uint64_t take_u64(struct reader *r)
{
	struct bytes b = take(r, 8);

	return b.len == 8 ? get_u64_le(b.data) : 0;
}

static uint32_t take_u32(struct reader *r)
{
	struct bytes b = take(r, 4);

	return b.len == 4 ? get_u32_le(b.data) : 0;
}

static void take_chain(struct reader *r, uint8_t chain_r[CHAIN_LEN])
{
	struct bytes b = take(r, CHAIN_LEN);

	if (b.len == CHAIN_LEN)
		memcpy(chain_r, b.data, CHAIN_LEN);
}

static void read_commits(struct reader *r, struct log_batch *b, struct arena *arena)
{
	size_t n_records = b->through_seq - b->after_seq;
	uint64_t seq = b->after_seq;

	if (n_records > r->left.len / (RECORD_HEADER + 4)) {
		r->short_ = true;
		return;
	}
	b->records = arena_alloc(arena, MAX(n_records, (size_t)1) * sizeof *b->records);
	b->commit_ends = arena_alloc(arena, MAX(n_records, (size_t)1) * sizeof *b->commit_ends);
	while (seq < b->through_seq && !r->short_) {
		uint64_t last = take_u64(r);
		uint32_t n = take_u32(r);

		if (last != seq + n || last > b->through_seq || n == 0) {
			r->short_ = true;
			return;
		}
		for (; seq < last && !r->short_; seq++) {
			b->records[seq - b->after_seq] = take(r, take_u32(r));
			b->bytes += b->records[seq - b->after_seq].len;
		}
		b->commit_ends[b->n_commits++] = last;
	}
}

static bool records_are_sound(const struct log_batch *b)
{
	struct record record;

	for (uint64_t seq = b->after_seq + 1; seq <= b->through_seq; seq++)
		if (!record_unpack(b->records[seq - b->after_seq - 1], seq, &record))
			return false;
	return true;
}

static int read_segment(const struct segment_name *name, struct arena *arena, struct position *at_r,
			struct log_batch *batch_r)
{
	struct log_batch b = {0};
	struct reader r = {0};

	if (read_file(name->path, arena, &r.left) != 0)
		return -1;
	if (!bytes_equal(take(&r, sizeof magic), BYTES_OF(magic)))
		r.short_ = true;
	*at_r = (struct position){.epoch = 1, .log_id = id_of_bytes(take(&r, ID_LEN))};
	b.after_seq = at_r->seq = take_u64(&r);
	b.through_seq = take_u64(&r);
	take_chain(&r, at_r->chain);
	if (!r.short_ && b.through_seq > b.after_seq)
		read_commits(&r, &b, arena);
	take_chain(&r, b.chain);
	if (r.short_ || r.left.len != 0 || !records_are_sound(&b)) {
		log_error("archive_damaged", "path=%s", name->path);
		return -1;
	}
	if (!log_batch_follows(&b, at_r->chain)) {
		log_error("archive_damaged", "path=%s error=\"the chain does not hold\"",
			  name->path);
		return -1;
	}
	*batch_r = b;
	return 0;
}

/* Leaves the commits after after_seq, which must be the end of one. */
static int drop_before(struct log_batch *b, uint64_t after_seq)
{
	size_t skip = 0;

	while (skip < b->n_commits && b->commit_ends[skip] <= after_seq)
		skip++;
	if (after_seq != b->after_seq && (skip == 0 || b->commit_ends[skip - 1] != after_seq))
		return -1;
	b->records += after_seq - b->after_seq;
	b->commit_ends += skip;
	b->n_commits -= skip;
	b->after_seq = after_seq;
	return 0;
}

int archive_read(const char *dir, const char *stream, uint64_t after_seq, struct arena *arena,
		 struct log_batch *batch_r)
{
	struct segment_name name;
	struct position at;

	*batch_r = (struct log_batch){.after_seq = after_seq, .through_seq = after_seq};
	if (!find_segment(dir, stream, after_seq + 1, &name))
		return 0;
	if (read_segment(&name, arena, &at, batch_r) != 0)
		return -1;
	return drop_before(batch_r, after_seq);
}

int archive_end(const char *dir, const char *stream, struct position *end_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 16);
	struct segment_name name;
	struct log_batch batch;

	*end_r = (struct position){0};
	if (!find_segment(dir, stream, 0, &name))
		return 0;
	if (read_segment(&name, arena, end_r, &batch) != 0)
		return -1;
	end_r->seq = batch.through_seq;
	memcpy(end_r->chain, batch.chain, CHAIN_LEN);
	return 0;
}

bool archive_log_id(const char *dir, const char *stream, struct id *log_id_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 16);
	struct segment_name name;
	struct log_batch batch;
	struct position at;

	if (!find_segment(dir, stream, 1, &name) || read_segment(&name, arena, &at, &batch) != 0)
		return false;
	*log_id_r = at.log_id;
	return true;
}

/* ---- sealing ---- */

static void put_bytes(FILE *f, struct bytes b)
{
	fwrite(b.data, 1, b.len, f);
}

static void put_u64(FILE *f, uint64_t value)
{
	uint8_t at[8];

	put_u64_le(at, value);
	put_bytes(f, BYTES_OF(at));
}

static void put_u32(FILE *f, size_t value)
{
	uint8_t at[4];

	put_u32_le(at, (uint32_t)value);
	put_bytes(f, BYTES_OF(at));
}

static void put_segment(FILE *f, const struct position *at, const struct log_batch *b)
{
	uint64_t seq = b->after_seq;

	put_bytes(f, BYTES_OF(magic));
	put_bytes(f, bytes_of_id(&at->log_id));
	put_u64(f, b->after_seq);
	put_u64(f, b->through_seq);
	put_bytes(f, BYTES_OF(at->chain));
	for (size_t i = 0; i < b->n_commits; i++) {
		put_u64(f, b->commit_ends[i]);
		put_u32(f, b->commit_ends[i] - seq);
		for (; seq < b->commit_ends[i]; seq++) {
			put_u32(f, b->records[seq - b->after_seq].len);
			put_bytes(f, b->records[seq - b->after_seq]);
		}
	}
	put_bytes(f, BYTES_OF(b->chain));
}

int archive_seal(const char *dir, const char *stream, const struct position *at,
		 const struct log_batch *batch)
{
	char temp[600], path[600];
	FILE *f;
	bool written;

	if (batch->n_commits == 0)
		return 0;
	if (batch->after_seq != at->seq || !log_batch_follows(batch, at->chain)) {
		log_error("archive_seal",
			  "stream=%s after_seq=%" PRIu64 " error=\"does not follow\"", stream,
			  at->seq);
		return -1;
	}
	snprintf(temp, sizeof temp, "%s/.%s.tmp", dir, stream);
	snprintf(path, sizeof path, "%s/%s-%020" PRIu64 "-%020" PRIu64 ".seg", dir, stream,
		 batch->after_seq + 1, batch->through_seq);
	f = fopen(temp, "we");
	if (f != NULL)
		put_segment(f, at, batch);
	written = f != NULL && !ferror(f) && fflush(f) == 0 && fsync(fileno(f)) == 0;
	if (f != NULL && fclose(f) != 0)
		written = false;
	if (!written || rename(temp, path) != 0 || folder_sync(dir) != 0) {
		log_error("archive_seal", "path=%s error=\"%s\"", path, strerror(errno));
		return -1;
	}
	return 0;
}
