/* Time zones from TZif files (RFC 8536), and civil time in them. */
#include "libshared/zone.h"

#include "libshared/bytes.h"
#include "libshared/log.h"
#include "libshared/zone_rule.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_S INT64_C(86400)
#define NAME_MAX_LEN 63
#define FILE_MAX_LEN ((size_t)1 << 20)
#define HEADER_LEN 44
#define YEAR_MOST 300000 /* microseconds end in the year 294,247 */

struct zone {
	struct zone *next;
	char name[NAME_MAX_LEN + 1];
	int first_offset_s; /* before the first change */
	size_t n_changes;
	struct change {
		int64_t at_s; /* ascending */
		int offset_s; /* from then on */
	} * changes;
	bool has_rule; /* after the last change */
	struct zone_rule rule;
};

struct zones {
	char *dir;
	char version[32];
	struct zone *first;
};

/* ---- the file ---- */

/* Counts of a header, and the sizes that follow from them. */
struct tzif_block {
	size_t n_utc, n_std, n_leaps, n_times, n_types, n_chars;
	size_t len; /* of the data after the header */
};

static bool read_header(struct bytes file, size_t time_len, struct tzif_block *b)
{
	const uint8_t *count = file.data + 20;

	if (file.len < HEADER_LEN || memcmp(file.data, "TZif", 4) != 0)
		return false;
	if (file.data[4] < '2') /* times of 32 bits and no rule: older than 2006 */
		return false;
	b->n_utc = get_u32_be(count);
	b->n_std = get_u32_be(count + 4);
	b->n_leaps = get_u32_be(count + 8);
	b->n_times = get_u32_be(count + 12);
	b->n_types = get_u32_be(count + 16);
	b->n_chars = get_u32_be(count + 20);
	b->len = b->n_times * (time_len + 1) + b->n_types * 6 + b->n_chars +
		 b->n_leaps * (time_len + 4) + b->n_std + b->n_utc;
	return b->len <= file.len - HEADER_LEN;
}

static bool read_offset(const uint8_t *type, int *offset_s_r)
{
	int32_t offset_s = (int32_t)get_u32_be(type);

	if (offset_s < -25 * 3600 || offset_s > 26 * 3600)
		return false;
	*offset_s_r = offset_s;
	return true;
}

static bool read_changes(struct zone *z, const uint8_t *data, const struct tzif_block *b)
{
	const uint8_t *type_of = data + b->n_times * 8;
	const uint8_t *types = type_of + b->n_times;

	/* Leap seconds ("right/" zones) are not ours: a day has 86,400 seconds here. */
	if (b->n_types == 0 || b->n_leaps > 0 || !read_offset(types, &z->first_offset_s))
		return false;
	z->changes = calloc(b->n_times + 1, sizeof *z->changes);
	ENSURE(z->changes != NULL);
	z->n_changes = b->n_times;
	for (size_t i = 0; i < b->n_times; i++) {
		struct change *c = &z->changes[i];

		c->at_s = (int64_t)get_u64_be(data + i * 8);
		if (type_of[i] >= b->n_types || !read_offset(types + 6 * type_of[i], &c->offset_s))
			return false;
		if (i > 0 && c->at_s <= z->changes[i - 1].at_s)
			return false;
	}
	return true;
}

/* A line feed, the rule (or nothing), a line feed. */
static bool read_footer(struct zone *z, struct bytes footer)
{
	const uint8_t *end;
	char text[128];
	size_t len;

	if (footer.len < 2 || footer.data[0] != '\n')
		return false;
	end = memchr(footer.data + 1, '\n', footer.len - 1);
	if (end == NULL)
		return false;
	len = (size_t)(end - footer.data) - 1;
	if (len >= sizeof text)
		return false;
	memcpy(text, footer.data + 1, len);
	text[len] = '\0';
	z->has_rule = len > 0;
	return len == 0 || zone_rule_of_text(text, &z->rule);
}

static bool read_tzif(struct zone *z, struct bytes file)
{
	struct tzif_block old, block;
	size_t skip;

	if (!read_header(file, 4, &old))
		return false;
	skip = HEADER_LEN + old.len;
	file.data += skip;
	file.len -= skip;
	if (!read_header(file, 8, &block) || !read_changes(z, file.data + HEADER_LEN, &block))
		return false;
	skip = HEADER_LEN + block.len;
	return read_footer(z, (struct bytes){file.data + skip, file.len - skip});
}

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* 0, or -1: no such file, or not a file of sensible size. content_r is of malloc. */
static int read_file(const char *path, uint8_t **content_r, size_t *len_r)
{
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	AUTO(free_ptr) uint8_t *content = NULL;
	struct stat st;
	size_t len;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < HEADER_LEN ||
	    (size_t)st.st_size > FILE_MAX_LEN)
		return -1;
	len = (size_t)st.st_size;
	content = malloc(len);
	ENSURE(content != NULL);
	if (read(fd, content, len) != (ssize_t)len)
		return -1;
	*content_r = content;
	*len_r = len;
	content = NULL;
	return 0;
}

/* ---- zones ---- */

static void zone_destroy(struct zone **z)
{
	if (*z == NULL)
		return;
	free((*z)->changes);
	free(*z);
	*z = NULL;
}

/* The first line of tzdata.zi is "# version 2024a". */
static void read_version(struct zones *z)
{
	AUTO(free_ptr) char *path = NULL;
	FILE *file;

	snprintf(z->version, sizeof z->version, "unknown");
	ENSURE(asprintf(&path, "%s/tzdata.zi", z->dir) >= 0);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	if (fscanf(file, "# version %31[0-9a-zA-Z.-]", z->version) != 1)
		snprintf(z->version, sizeof z->version, "unknown");
	fclose(file);
}

struct zones *zones_open(const char *dir)
{
	struct zones *z = calloc(1, sizeof *z);
	struct stat st;

	ENSURE(z != NULL);
	z->dir = strdup(dir != NULL ? dir : "/usr/share/zoneinfo");
	ENSURE(z->dir != NULL);
	if (stat(z->dir, &st) != 0 || !S_ISDIR(st.st_mode)) {
		log_error("no_zones", "dir=%s", z->dir);
		zones_close(&z);
		return NULL;
	}
	read_version(z);
	return z;
}

void zones_close(struct zones **z)
{
	if (*z == NULL)
		return;
	for (struct zone *zone = (*z)->first, *next; zone != NULL; zone = next) {
		next = zone->next;
		zone_destroy(&zone);
	}
	free((*z)->dir);
	free(*z);
	*z = NULL;
}

const char *zones_version(const struct zones *z)
{
	return z->version;
}

/* No dot and no leading slash: the name cannot leave the folder. */
static bool is_zone_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789/_+-";
	size_t len = strspn(name, allowed);

	return len > 0 && len <= NAME_MAX_LEN && name[len] == '\0' && name[0] != '/';
}

static struct zone *zone_read(const char *dir, const char *name)
{
	AUTO(zone_destroy) struct zone *zone = NULL;
	AUTO(free_ptr) char *path = NULL;
	AUTO(free_ptr) uint8_t *content = NULL;
	struct zone *done;
	size_t len;

	ENSURE(asprintf(&path, "%s/%s", dir, name) >= 0);
	if (read_file(path, &content, &len) != 0)
		return NULL;
	zone = calloc(1, sizeof *zone);
	ENSURE(zone != NULL);
	snprintf(zone->name, sizeof zone->name, "%s", name);
	if (!read_tzif(zone, (struct bytes){content, len})) {
		log_warn("bad_zone_file", "path=%s", path);
		return NULL;
	}
	done = zone;
	zone = NULL;
	return done;
}

const struct zone *zone_find(struct zones *z, const char *name)
{
	struct zone *zone;

	if (!is_zone_name(name))
		return NULL;
	for (zone = z->first; zone != NULL; zone = zone->next)
		if (strcmp(zone->name, name) == 0)
			return zone;
	zone = zone_read(z->dir, name);
	if (zone == NULL)
		return NULL;
	zone->next = z->first;
	z->first = zone;
	return zone;
}

/* ---- moments ---- */

static struct zone_span span_at(const struct zone *z, int64_t at_s)
{
	size_t low = 0, high = z->n_changes; /* changes below low are not after at_s */

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (z->changes[middle].at_s <= at_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == z->n_changes && z->has_rule)
		return zone_rule_at(&z->rule, at_s);
	return (struct zone_span){
		low < z->n_changes ? z->changes[low].at_s : INT64_MAX,
		low > 0 ? z->changes[low - 1].offset_s : z->first_offset_s,
	};
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct civil zone_civil(const struct zone *z, int64_t at_us)
{
	int64_t at_s = floor_div(at_us, US_PER_S);
	int64_t local_s = at_s + span_at(z, at_s).offset_s;
	int64_t day = floor_div(local_s, DAY_S);
	int second = (int)(local_s - day * DAY_S);
	struct civil c = civil_of_day(day);

	c.hour = second / 3600;
	c.minute = second / 60 % 60;
	c.second = second % 60;
	return c;
}

static int64_t us_of_s(int64_t at_s)
{
	if (at_s > INT64_MAX / US_PER_S)
		return INT64_MAX;
	if (at_s < INT64_MIN / US_PER_S)
		return INT64_MIN;
	return at_s * US_PER_S;
}

int64_t zone_moment(const struct zone *z, struct civil c)
{
	int64_t local_s = day_of_civil(c.year, c.month, c.day) * DAY_S + (int64_t)c.hour * 3600 +
			  (int64_t)c.minute * 60 + c.second;
	int64_t from_s = local_s - 26 * 3600; /* no offset is greater: before any answer */

	if (c.year > YEAR_MOST || c.year < -YEAR_MOST)
		return c.year > 0 ? INT64_MAX : INT64_MIN;
	/* Spans of one offset, in order: the first that holds the local time has the answer. */
	for (;;) {
		struct zone_span span = span_at(z, from_s);
		int64_t at_s = local_s - span.offset_s;

		if (at_s < from_s) /* skipped by the change at from_s */
			return us_of_s(from_s);
		if (at_s < span.until_s)
			return us_of_s(at_s);
		from_s = span.until_s;
	}
}

/* ---- days ---- */

/* A year of this count starts on 1 March, so that the leap day is its last; 400 years have 146,097
 * days. */
#define ERA_DAYS 146097
#define DAYS_TO_1970 719468

int64_t day_of_civil(int year, int month, int day)
{
	int64_t months = (int64_t)month - 3; /* from March */
	int64_t y = year + floor_div(months, 12);
	int64_t month_of_year = months - floor_div(months, 12) * 12;
	int64_t era = floor_div(y, 400), year_of_era = y - era * 400;
	int64_t day_of_year = (153 * month_of_year + 2) / 5;

	return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year + day - 1 - DAYS_TO_1970;
}

struct civil civil_of_day(int64_t day)
{
	int64_t shifted = day + DAYS_TO_1970;
	int64_t era = floor_div(shifted, ERA_DAYS), day_of_era = shifted - era * ERA_DAYS;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			       day_of_era / (ERA_DAYS - 1)) /
			      365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_of_year = (5 * day_of_year + 2) / 153;
	int month = (int)(month_of_year < 10 ? month_of_year + 3 : month_of_year - 9);

	return (struct civil){
		.year = (int)(era * 400 + year_of_era) + (month <= 2),
		.month = month,
		.day = (int)(day_of_year - (153 * month_of_year + 2) / 5) + 1,
	};
}

int weekday_of_day(int64_t day)
{
	int64_t since_monday = day + 3; /* 1970-01-01 was a Thursday */

	return (int)(since_monday - floor_div(since_monday, 7) * 7);
}
