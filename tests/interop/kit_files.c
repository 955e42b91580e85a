/* Files of kits: folders above them, pictures. */
#include "tests/interop/kit_files.h"

#include "services/issuance/forms/artwork.h"
#include "services/issuance/forms/bake.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_LEN 1024

static void make_folders(const char *path)
{
	char folder[PATH_LEN];

	for (const char *slash = strchr(path + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
		mkdir(folder, 0755);
	}
}

void kit_file(const char *dir, const char *name, struct bytes data)
{
	char path[PATH_LEN];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	make_folders(path);
	file = fopen(path, "wbe");
	ENSURE(file != NULL);
	ENSURE(fwrite(data.data, 1, data.len, file) == data.len);
	ENSURE(fclose(file) == 0);
}

struct kit_pictures kit_pictures(const struct form_facts *facts, struct bytes credential,
				 struct arena *a)
{
	struct form_problem problem = {0};
	struct kit_pictures pictures;

	ENSURE(artwork_png(facts, a, &pictures.png, &problem));
	ENSURE(png_bake(pictures.png, credential, a, &pictures.png, &problem));
	ENSURE(artwork_svg(facts, a, &pictures.svg, &problem));
	ENSURE(svg_bake(pictures.svg, credential, a, &pictures.svg, &problem));
	return pictures;
}

void kit_pictures_write(const char *dir, const struct kit_pictures *pictures)
{
	kit_file(dir, "badge.png", pictures->png);
	kit_file(dir, "badge.svg", pictures->svg);
}
