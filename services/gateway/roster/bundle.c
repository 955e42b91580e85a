/* A OneRoster bundle: a zip whose files are read one after the other, each bounded. */
#include "services/gateway/roster/roster.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

/* Of all files together: what a small zip may unpack to is no measure for what it costs. */
#define UNPACKED_MAX (2 * ROSTER_FILE_MAX)

static bool is_csv(const char *path)
{
	size_t len = path == NULL ? 0 : strlen(path);

	return len > 4 && strcmp(path + len - 4, ".csv") == 0;
}

/* The whole file into memory; false: told. */
static bool unpack(struct roster *r, struct archive *zip, uint8_t *to, size_t room, size_t *len_r)
{
	size_t len = 0;

	for (;;) {
		la_ssize_t n = archive_read_data(zip, to + len, room - len);

		if (n < 0)
			return roster_fault(r, "the zip is damaged");
		if (n == 0)
			break;
		len += (size_t)n;
		if (len == room)
			return roster_fault(r, "the zip unpacks to more than 16 MiB a file or 32 "
					       "MiB in all");
	}
	*len_r = len;
	return true;
}

static bool add_file(struct roster *r, struct archive *zip, size_t *left)
{
	size_t room = MIN(ROSTER_FILE_MAX, *left) + 1, len = 0;
	uint8_t *text = malloc(room);
	bool sound = text != NULL;

	if (!sound)
		return roster_fault(r, "there is no memory to unpack the zip");
	sound = unpack(r, zip, text, room, &len) && roster_add_csv(r, (struct bytes){text, len});
	if (sound)
		*left -= len;
	free(text);
	return sound;
}

static bool add_files(struct roster *r, struct archive *zip)
{
	struct archive_entry *entry;
	size_t left = UNPACKED_MAX;
	unsigned files = 0;
	int rc;

	while ((rc = archive_read_next_header(zip, &entry)) == ARCHIVE_OK) {
		if (++files > ROSTER_FILES_MAX)
			return roster_fault(r, "the zip has more than %d files", ROSTER_FILES_MAX);
		if (archive_entry_filetype(entry) == AE_IFREG &&
		    is_csv(archive_entry_pathname(entry)) && !add_file(r, zip, &left))
			return false;
	}
	return rc == ARCHIVE_EOF || roster_fault(r, "the zip is damaged");
}

bool roster_add_zip(struct roster *r, struct bytes file)
{
	struct archive *zip = archive_read_new();
	bool sound = zip != NULL && archive_read_support_format_zip(zip) == ARCHIVE_OK &&
		     archive_read_open_memory(zip, file.data, file.len) == ARCHIVE_OK;

	if (!sound)
		roster_fault(r, "the zip cannot be opened");
	else
		sound = add_files(r, zip);
	archive_read_free(zip);
	return sound;
}
