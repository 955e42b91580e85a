/* Previews of links. */
#include "services/gateway/routes/preview.h"

#include "services/gateway/web/web.h"

json_t *preview_of(struct request *r, const char *title, const char *description, const char *path)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "title", title, "description", description, "url",
			 public_path(r, "%s", path), "image", public_path(r, "%s/card.png", path));
}
