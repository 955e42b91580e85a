/* Pages, and the parts of the gateway that have descriptors or turns of their own. */
#include "services/gateway/web/start.h"

#include "services/gateway/render/layout.h"
#include "services/gateway/render/words.h"
#include "services/gateway/signin/openid.h"
#include "services/gateway/web/assets.h"
#include "services/gateway/web/drawings.h"
#include "services/gateway/web/own.h"

#include <stdio.h>

int pages_open(struct web *web)
{
	const struct zone *zone;
	char pages[600];

	snprintf(pages, sizeof pages, "%s/pages", web->config->share);
	zone = own_zone(web->caps, web->config->time_zone);
	web->words = words_load(pages);
	web->pages = pages_load(pages);
	web->assets = assets_open(web->config->share);
	if (zone == NULL || web->words == NULL || web->pages == NULL || web->assets == NULL)
		return -1;
	words_use_zone(web->words, zone);
	return 0;
}

void pages_close(struct web *web)
{
	drawings_destroy(&web->drawings);
	assets_close(&web->assets);
	pages_destroy(&web->pages);
	words_destroy(&web->words);
}

const struct web_part *const web_parts[] = {
	&openid_part,
};
const size_t n_web_parts = ARRAY_LEN(web_parts);
