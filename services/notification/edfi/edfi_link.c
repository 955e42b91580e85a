/* An Ed-Fi sink as it is set, with what is known of its API. */
#include "services/notification/edfi/edfi_link.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void sum_text(crypto_generichash_state *h, const char *text)
{
	crypto_generichash_update(h, (const uint8_t *)text, strlen(text) + 1);
}

static void sum_of(const struct sink_target *target, uint8_t sum_r[EDFI_SUM_LEN])
{
	const Notification__EdfiProfile *p = target->sink->edfi;
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, EDFI_SUM_LEN);
	sum_text(&h, target->sink->url);
	sum_text(&h, target->secret->client_id);
	sum_text(&h, target->secret->client_secret);
	sum_text(&h, p->data_standard);
	sum_text(&h, p->namespace_);
	sum_text(&h, p->descriptor_namespace);
	sum_text(&h, p->credential_type);
	crypto_generichash_final(&h, sum_r, EDFI_SUM_LEN);
}

static struct edfi_link *link_new(struct http *http, const struct sink_target *target)
{
	const Notification__EdfiProfile *p = target->sink->edfi;
	struct edfi_link *l = calloc(1, sizeof *l);

	ENSURE(l != NULL);
	l->sink = id_of_bytes(bytes_of_pb(target->sink->sink));
	sum_of(target, l->sum);
	l->session = edfi_session_new(http);
	l->namespace_ = strdup(p->namespace_);
	ENSURE(l->namespace_ != NULL);
	ENSURE(asprintf(&l->descriptors, "%s/", edfi_descriptor_namespace(p)) > 0);
	l->type_is_free = p->credential_type[0] == '\0';
	return l;
}

static void link_free(struct edfi_link *l)
{
	edfi_session_destroy(&l->session);
	free(l->namespace_);
	free(l->descriptors);
	free(l);
}

struct edfi_link *edfi_link_of(struct edfi_link **links, struct http *http,
			       const struct sink_target *target)
{
	struct id sink = id_of_bytes(bytes_of_pb(target->sink->sink));
	struct edfi_link *found = NULL;
	uint8_t sum[EDFI_SUM_LEN];

	sum_of(target, sum);
	for (struct edfi_link **at = links; *at != NULL;) {
		struct edfi_link *l = *at;
		bool same = id_equal(&l->sink, &sink);

		if (same && memcmp(l->sum, sum, EDFI_SUM_LEN) == 0)
			found = l;
		if (same && l != found && l->n_jobs == 0) {
			*at = l->next;
			link_free(l);
		} else {
			at = &l->next;
		}
	}
	if (found != NULL)
		return found;
	found = link_new(http, target);
	found->next = *links;
	*links = found;
	return found;
}

void edfi_links_free(struct edfi_link **links)
{
	while (*links != NULL) {
		struct edfi_link *l = *links;

		*links = l->next;
		link_free(l);
	}
}

static uint64_t mark_of(const struct edfi_request *definition)
{
	const char *text =
		json_string_value(json_object_get(definition->body, "certificationIdentifier"));
	uint8_t mark[crypto_generichash_BYTES_MIN];

	crypto_generichash(mark, sizeof mark, (const uint8_t *)text, strlen(text), NULL, 0);
	return get_u64_le(mark) | 1;
}

bool edfi_link_has(const struct edfi_link *l, const struct edfi_request *definition)
{
	uint64_t mark = mark_of(definition);

	for (unsigned i = 0; i < EDFI_DEFINED_MOST; i++)
		if (l->defined[i] == mark)
			return true;
	return false;
}

void edfi_link_note(struct edfi_link *l, const struct edfi_request *definition)
{
	if (!edfi_link_has(l, definition))
		l->defined[l->n_defined++ % EDFI_DEFINED_MOST] = mark_of(definition);
}
