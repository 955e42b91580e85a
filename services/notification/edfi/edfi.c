/* Takes public events to an Ed-Fi API, each as its requests in order. */
#include "services/notification/edfi/edfi_link.h"

#include "libshared/log.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPENINGS_MOST 3 /* for one event */
#define OTHER "uri://ed-fi.org/CredentialTypeDescriptor#Other"

enum phase { TELLING, DESCRIBING };

/* An event on its way. */
struct job {
	struct job *next;
	struct sink_kind *kind;
	struct edfi_link *link;
	struct edfi_plan plan;
	unsigned at; /* the request in hand */
	enum phase phase;
	bool waiting, woken; /* for the session; it is there */
	bool renewed;        /* the API refused a token of this event already */
	bool described;      /* a descriptor was sent for the request in hand */
	bool created;        /* and taken */
	bool defines;        /* tells the definition although it is known to be there */
	unsigned token, opened;
	char *missing; /* the descriptor that is being created */
	int64_t now_us;
	sink_finish_fn *finish;
	void *ctx;
	struct edfi_access access;
	char *texts; /* of access */
	size_t texts_len;
};

struct sink_kind {
	struct http *http;
	struct edfi_link *links;
	struct job *jobs;
};

/* ---- the beginning and the end of a job ---- */

static const char *keep(struct job *job, const char *text)
{
	size_t len = strlen(text) + 1;
	char *at = job->texts + job->texts_len;

	memcpy(at, text, len);
	job->texts_len += len;
	return at;
}

static void keep_access(struct job *job, const struct sink_target *target)
{
	const char *url = target->sink->url, *standard = target->sink->edfi->data_standard;
	const char *id = target->secret->client_id, *secret = target->secret->client_secret;

	job->texts = malloc(strlen(url) + strlen(standard) + strlen(id) + strlen(secret) + 4);
	ENSURE(job->texts != NULL);
	job->access.url = keep(job, url);
	job->access.data_standard = keep(job, standard);
	job->access.client_id = keep(job, id);
	job->access.client_secret = keep(job, secret);
}

static void job_free(struct job *job)
{
	job->link->n_jobs--;
	edfi_plan_finish(&job->plan);
	sodium_memzero(job->texts, job->texts_len);
	free(job->texts);
	free(job->missing);
	free(job);
}

static void job_unlink(struct job *job)
{
	struct job **at = &job->kind->jobs;

	while (*at != job)
		at = &(*at)->next;
	*at = job->next;
}

static void tell_finish(const struct job *job, const struct edfi_verdict *v)
{
	struct sink_finish finish = {.delivery = v->delivery, .code = v->code};

	if (v->delivery == NOTIFICATION__DELIVERY__LATER && v->retry_after_us > 0)
		finish.not_before_us = job->now_us + v->retry_after_us;
	snprintf(finish.why, sizeof finish.why, "%s", v->why);
	job->finish(job->ctx, &finish);
}

/* What it calls may deliver the next event: nothing of this one is touched afterwards. */
static void job_end(struct job *job, const struct edfi_verdict *v)
{
	struct edfi_verdict verdict = *v;

	job_unlink(job);
	tell_finish(job, &verdict);
	job_free(job);
}

/* ---- one request ---- */

static void job_go(struct job *job);

static bool is_definition(const struct edfi_request *request)
{
	return strcmp(request->resource, "certifications") == 0;
}

static struct edfi_request *request_of(struct job *job)
{
	return &job->plan.requests[job->at];
}

/* The URI of a descriptor that the answer says is not there; NULL: it is not about one. */
static const char *missing_in(json_t *body, const struct http_answer *answer)
{
	const char *key;
	json_t *value;

	json_object_foreach(body, key, value)
	{
		const char *uri = json_string_value(value);
		const char *inner = json_is_object(value) ? missing_in(value, answer) : NULL;

		if (inner != NULL)
			return inner;
		if (uri != NULL && strstr(uri, "Descriptor#") != NULL &&
		    edfi_misses_descriptor(answer, uri))
			return uri;
	}
	return NULL;
}

/* "credentialTypeDescriptors" of uri://.../CredentialTypeDescriptor#Micro-credential. */
static void resource_of(const char *uri, char resource_r[80])
{
	const char *code = strchr(uri, '#'), *name = code;

	while (name > uri && name[-1] != '/')
		name--;
	snprintf(resource_r, 80, "%c%.*ss", tolower((unsigned char)name[0]), (int)(code - name - 1),
		 name + 1);
}

static char *description_of(const char *uri)
{
	const char *code = strchr(uri, '#');
	json_t *body =
		json_pack("{s:s#, s:s, s:s, s:s}", "namespace", uri, (int)(code - uri), "codeValue",
			  code + 1, "shortDescription", code + 1, "description", code + 1);
	char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;

	ENSURE(text != NULL);
	json_decref(body);
	return text;
}

static bool is_type(const char *uri)
{
	return strstr(uri, "/CredentialTypeDescriptor#") != NULL;
}

static void fall_back(struct job *job)
{
	struct edfi_link *l = job->link;

	if (!l->type_is_other)
		log_warn("edfi_type_other", "sink=%s because=\"%s\"", ID_STR(bytes_of_id(&l->sink)),
			 "the API does not know the type of credentials and lets us not create it");
	l->type_is_other = true;
}

/* It is not there and does not come from us. */
static void give_up_descriptor(struct job *job, uint32_t code)
{
	struct edfi_verdict v = {.code = code};

	job->phase = TELLING;
	if (is_type(job->missing) && job->link->type_is_free && strcmp(job->missing, OTHER) != 0) {
		fall_back(job);
		job_go(job);
		return;
	}
	if (job->created)
		edfi_verdict_set(&v, NOTIFICATION__DELIVERY__LATER,
				 "the API does not know yet what we have created: %s",
				 job->missing);
	else
		edfi_verdict_set(&v, NOTIFICATION__DELIVERY__UNSETTLED,
				 "the API does not know %s: load it there, or allow us to "
				 "create it",
				 job->missing);
	job_end(job, &v);
}

static void on_missing(struct job *job, const char *uri, const struct http_answer *answer)
{
	struct edfi_link *l = job->link;

	free(job->missing);
	job->missing = strdup(uri);
	ENSURE(job->missing != NULL);
	if (job->described || strncmp(uri, l->descriptors, strlen(l->descriptors)) != 0) {
		give_up_descriptor(job, answer->code);
		return;
	}
	job->described = true;
	job->phase = DESCRIBING;
	job_go(job);
}

static struct edfi_verdict verdict_on(struct job *job, const char *resource,
				      const struct http_answer *answer)
{
	const json_t *body = request_of(job)->body;
	const json_t *person = json_object_get(body, "personReference");
	struct edfi_asked asked = {.resource = resource, .namespace_ = job->link->namespace_};
	struct edfi_verdict v;

	if (person == NULL)
		person = json_object_get(json_object_get(json_object_get(body, "_ext"), "tpdm"),
					 "personReference");
	asked.hidden = json_string_value(json_object_get(person, "personId"));
	edfi_judge(&asked, answer, &v);
	return v;
}

static void on_described(struct job *job, const struct http_answer *answer)
{
	struct edfi_verdict v = verdict_on(job, "descriptors", answer);

	if (v.delivery == NOTIFICATION__DELIVERY__TAKEN) {
		job->created = true;
		job->phase = TELLING;
		job_go(job);
	} else if (v.delivery == NOTIFICATION__DELIVERY__LATER || v.code == 401) {
		job_end(job, &v);
	} else {
		give_up_descriptor(job, v.code);
	}
}

static void on_taken(struct job *job, const struct edfi_verdict *v)
{
	if (is_definition(request_of(job)))
		edfi_link_note(job->link, request_of(job));
	job->at++;
	job->described = job->created = false;
	if (job->at == job->plan.n)
		job_end(job, v);
	else
		job_go(job);
}

static void on_told(struct job *job, const struct http_answer *answer)
{
	struct edfi_verdict v = verdict_on(job, request_of(job)->resource, answer);
	const char *missing = missing_in(request_of(job)->body, answer);

	if (v.delivery == NOTIFICATION__DELIVERY__TAKEN) {
		on_taken(job, &v);
	} else if (missing != NULL) {
		on_missing(job, missing, answer);
	} else if (!job->defines && job->at > 0 && edfi_misses_reference(answer, "Certification")) {
		job->defines = true;
		job->at = 0;
		job_go(job);
	} else {
		job_end(job, &v);
	}
}

static void on_answer(void *ctx, const struct http_answer *answer)
{
	struct job *job = ctx;

	if (answer->code == 401 && !job->renewed) {
		job->renewed = true;
		edfi_session_drop(job->link->session, job->token);
		job_go(job);
	} else if (job->phase == DESCRIBING) {
		on_described(job, answer);
	} else {
		on_told(job, answer);
	}
}

static void post(struct job *job, const char *resource, char *body)
{
	const struct edfi_post p = {resource, body};

	job->token = edfi_session_token(job->link->session);
	edfi_session_post(job->link->session, &p, on_answer, job);
	free(body);
}

static void post_request(struct job *job)
{
	struct edfi_request *request = request_of(job);
	char *body;

	if (job->link->type_is_other && strcmp(request->resource, "credentials") == 0)
		json_object_set_new(request->body, "credentialTypeDescriptor", json_string(OTHER));
	body = json_dumps(request->body, JSON_COMPACT);
	ENSURE(body != NULL);
	post(job, request->resource, body);
}

/* ---- the session ---- */

/* All that waited go on, or end as it did; those that come meanwhile wait for the next. */
static void on_open(void *ctx, const struct edfi_verdict *failed)
{
	struct edfi_link *l = ctx;
	struct sink_kind *k = l->kind;
	struct job *job;

	for (job = k->jobs; job != NULL; job = job->next)
		if (job->link == l && job->waiting) {
			job->waiting = false;
			job->woken = true;
		}
	for (job = k->jobs; job != NULL;) {
		if (job->link != l || !job->woken) {
			job = job->next;
			continue;
		}
		job->woken = false;
		if (failed != NULL)
			job_end(job, failed);
		else
			job_go(job);
		job = k->jobs;
	}
}

static void wait_for_session(struct job *job)
{
	struct edfi_verdict v = {0};

	if (job->opened++ == OPENINGS_MOST) {
		edfi_verdict_set(&v, NOTIFICATION__DELIVERY__LATER,
				 "the API's tokens end before they can be used");
		job_end(job, &v);
		return;
	}
	job->waiting = true;
	if (!edfi_session_is_opening(job->link->session))
		edfi_session_open(job->link->session, &job->access, on_open, job->link);
}

/* What is known to be there is not told again. */
static void skip_definition(struct job *job)
{
	while (job->at < job->plan.n && !job->defines && is_definition(request_of(job)) &&
	       edfi_link_has(job->link, request_of(job)))
		job->at++;
}

/* The next thing to do for an event. */
static void job_go(struct job *job)
{
	struct edfi_verdict taken = {.delivery = NOTIFICATION__DELIVERY__TAKEN};
	char resource[80];

	skip_definition(job);
	if (!edfi_session_is_open(job->link->session)) {
		wait_for_session(job);
	} else if (job->at == job->plan.n) {
		job_end(job, &taken);
	} else if (job->phase == DESCRIBING) {
		resource_of(job->missing, resource);
		post(job, resource, description_of(job->missing));
	} else {
		post_request(job);
	}
}

/* ---- what sinks call ---- */

static void end_at_once(const struct sink_dispatch *d, const char *wrong)
{
	struct sink_finish finish = {.delivery = NOTIFICATION__DELIVERY__TAKEN};

	if (wrong != NULL) {
		finish.delivery = NOTIFICATION__DELIVERY__DELIVERY_REFUSED;
		snprintf(finish.why, sizeof finish.why, "%s", wrong);
	}
	d->finish(d->ctx, &finish);
}

static void begin(struct sink_kind *k, const struct sink_dispatch *d, const struct edfi_plan *plan)
{
	struct job *job = calloc(1, sizeof *job);

	ENSURE(job != NULL);
	job->kind = k;
	job->link = edfi_link_of(&k->links, k->http, d->target);
	job->link->kind = k;
	job->link->n_jobs++;
	job->plan = *plan;
	job->now_us = d->now_us;
	job->finish = d->finish;
	job->ctx = d->ctx;
	keep_access(job, d->target);
	job->next = k->jobs;
	k->jobs = job;
	job_go(job);
}

static void edfi_deliver(struct sink_kind *k, const struct sink_dispatch *d)
{
	struct edfi_plan plan;
	const char *wrong = edfi_plan(d->target->sink, d->event, &plan);

	if (plan.n == 0)
		end_at_once(d, wrong);
	else
		begin(k, d, &plan);
}

/* It agrees when its root document can be read and it gives us a token. */
static void edfi_introduce(struct sink_kind *k, const struct sink_dispatch *d)
{
	begin(k, d, &(struct edfi_plan){0});
}

static struct sink_kind *edfi_open(struct http *http)
{
	struct sink_kind *k = calloc(1, sizeof *k);

	ENSURE(k != NULL);
	k->http = http;
	return k;
}

/* What is on its way is answered to nobody: http is not turned again. */
static void edfi_close(struct sink_kind **k)
{
	if (*k == NULL)
		return;
	for (struct job *job = (*k)->jobs, *next; job != NULL; job = next) {
		next = job->next;
		job_free(job);
	}
	edfi_links_free(&(*k)->links);
	free(*k);
	*k = NULL;
}

const struct sink_ops edfi_ops = {
	.word = "edfi",
	.open = edfi_open,
	.close = edfi_close,
	.deliver = edfi_deliver,
	.introduce = edfi_introduce,
};
