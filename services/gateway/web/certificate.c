/* The end of a certificate's validity. */
#include "services/gateway/web/certificate.h"

#include "libshared/base.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <time.h>

int64_t certificate_end_us(const char *path)
{
	FILE *f = fopen(path, "re");
	X509 *certificate = f != NULL ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	struct tm end;
	int64_t end_us = 0;

	if (certificate != NULL && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1)
		end_us = (int64_t)timegm(&end) * US_PER_S;
	X509_free(certificate);
	if (f != NULL)
		fclose(f);
	return end_us;
}
