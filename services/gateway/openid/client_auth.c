/* The client's secret or key, from a file that is not everybody's. */
#include "services/gateway/openid/client_auth.h"

#include "libshared/clock.h"
#include "libshared/log.h"

#include <fcntl.h>
#include <jansson.h>
#include <jose/b64.h>
#include <jose/jws.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST 8192
#define ASSERTION_S 60

struct client_auth {
	const struct openid_config *config;
	char secret[FILE_MOST + 1];
	json_t *key; /* NULL: the secret */
	char alg[8];
};

static int wrong(const char *setting, const char *because)
{
	log_error("wrong_setting", "setting=%s because=\"%s\"", setting, because);
	return -1;
}

static int read_file(const char *setting, const char *path, char text_r[FILE_MOST + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return wrong(setting, "it cannot be opened");
	if (fstat(fd, &st) != 0 || (st.st_mode & S_IRWXO) != 0) {
		close(fd);
		return wrong(setting, "it may not be open to everybody: chmod o= it");
	}
	n = read(fd, text_r, FILE_MOST);
	close(fd);
	if (n <= 0)
		return wrong(setting, "it is empty, or cannot be read");
	text_r[n] = '\0';
	return 0;
}

static int read_secret(struct client_auth *a)
{
	if (read_file("openid_secret_file", a->config->secret_file, a->secret) != 0)
		return -1;
	a->secret[strcspn(a->secret, "\r\n")] = '\0';
	return a->secret[0] != '\0' ? 0 : wrong("openid_secret_file", "its first line is empty");
}

static int read_key(struct client_auth *a)
{
	char text[FILE_MOST + 1];
	const char *kty, *alg;
	int rc = read_file("openid_key_file", a->config->key_file, text);

	if (rc == 0)
		a->key = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	sodium_memzero(text, sizeof text);
	if (rc != 0)
		return rc;
	kty = json_string_value(json_object_get(a->key, "kty"));
	alg = json_string_value(json_object_get(a->key, "alg"));
	if (kty == NULL || json_object_get(a->key, "d") == NULL ||
	    (strcmp(kty, "RSA") != 0 && strcmp(kty, "EC") != 0))
		return wrong("openid_key_file", "a private JWK, RSA or EC, is expected");
	if (alg == NULL)
		alg = strcmp(kty, "EC") == 0 ? "ES256" : "RS256";
	if (strlen(alg) >= sizeof a->alg)
		return wrong("openid_key_file", "its alg is none of RS256, PS256, ES256");
	memcpy(a->alg, alg, strlen(alg) + 1);
	return 0;
}

struct client_auth *client_auth_open(const struct openid_config *config)
{
	struct client_auth *a = calloc(1, sizeof *a);

	ENSURE(a != NULL);
	a->config = config;
	if ((config->key_file[0] != '\0' ? read_key(a) : read_secret(a)) != 0)
		client_auth_close(&a);
	return a;
}

void client_auth_close(struct client_auth **a)
{
	if (*a == NULL)
		return;
	json_decref((*a)->key);
	sodium_memzero(*a, sizeof **a);
	free(*a);
	*a = NULL;
}

/* Its audience is the issuer: a token endpoint's address could be another server's to choose. */
static json_t *assertion_claims(const struct client_auth *a)
{
	json_int_t now_s = clock_wall_us() / US_PER_S;
	uint8_t noise[16];
	char jti[33];

	randombytes_buf(noise, sizeof noise);
	hex_of_bytes(BYTES_OF(noise), jti);
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "iss", a->config->client, "sub",
			 a->config->client, "aud", a->config->issuer, "jti", jti, "iat", now_s,
			 "exp", now_s + ASSERTION_S);
}

static const char *assertion(const struct client_auth *a, struct arena *arena)
{
	json_t *claims = assertion_claims(a);
	json_t *jws = json_pack("{s:o}", "payload", jose_b64_enc_dump(claims));
	json_t *sig = json_pack("{s:{s:s, s:s, s:O*}}", "protected", "alg", a->alg, "typ", "JWT",
				"kid", json_object_get(a->key, "kid"));
	const char *text = "";

	if (jose_jws_sig(NULL, jws, sig, a->key))
		text = arena_printf(arena, "%s.%s.%s",
				    json_string_value(json_object_get(jws, "protected")),
				    json_string_value(json_object_get(jws, "payload")),
				    json_string_value(json_object_get(jws, "signature")));
	else
		log_error("openid_key_unusable", "setting=openid_key_file");
	json_decref(claims);
	json_decref(jws);
	json_decref(sig);
	return text;
}

void client_auth_add(const struct client_auth *a, struct fetch *fetch, struct url_member members[3],
		     struct arena *arena)
{
	if (a->key == NULL) {
		/* RFC 6749, 2.3.1: encoded before they are joined. */
		fetch->user = url_encoded(a->config->client, arena);
		fetch->password = url_encoded(a->secret, arena);
		return;
	}
	members[0] = (struct url_member){"client_assertion_type",
					 "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"};
	members[1] = (struct url_member){"client_assertion", assertion(a, arena)};
	members[2] = (struct url_member){"client_id", a->config->client};
}
