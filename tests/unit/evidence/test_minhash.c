/* Tests of signatures against the exact share of shingles, which is reckoned here again from the
 * texts: on random and edited texts, recall of what is alike, and how seldom unrelated texts of the
 * sample catalogue are taken for it. */
#include "services/evidence/minhash.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t key[32] = {7}, other_key[32] = {8};

static uint64_t state;

static uint64_t next_random(void)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return state >> 33;
}

/* ---- exact, by comparing strings ---- */

#define WORDS_MAX 2000

struct text {
	char words[WORDS_MAX][12];
	size_t n;
};

static void random_text(struct text *t, size_t n)
{
	t->n = n;
	for (size_t i = 0; i < n; i++)
		snprintf(t->words[i], sizeof t->words[i], "w%llu",
			 (unsigned long long)(next_random() % 5000));
}

/* Some words are others. */
static void edited_text(const struct text *from, struct text *t, unsigned percent)
{
	*t = *from;
	for (size_t i = 0; i < t->n; i++)
		if (next_random() % 100 < percent)
			snprintf(t->words[i], sizeof t->words[i], "e%llu",
				 (unsigned long long)(next_random() % 5000));
}

static bool same_shingle(const struct text *a, size_t i, const struct text *b, size_t j)
{
	for (size_t k = 0; k < SHINGLE_WORDS; k++)
		if (strcmp(a->words[i + k], b->words[j + k]) != 0)
			return false;
	return true;
}

static bool stands_before(const struct text *t, size_t end, const struct text *of, size_t at)
{
	for (size_t i = 0; i < end; i++)
		if (same_shingle(t, i, of, at))
			return true;
	return false;
}

static double exact_share(const struct text *a, const struct text *b)
{
	size_t n_a = a->n - SHINGLE_WORDS + 1, n_b = b->n - SHINGLE_WORDS + 1, both = 0, all = 0;

	for (size_t i = 0; i < n_a; i++) {
		if (stands_before(a, i, a, i))
			continue;
		all++;
		both += stands_before(b, n_b, a, i);
	}
	for (size_t j = 0; j < n_b; j++)
		all += !stands_before(b, j, b, j) && !stands_before(a, n_a, b, j);
	return (double)both / (double)all;
}

static void sign(const struct text *t, struct minhash *m_r)
{
	static char text[WORDS_MAX * 12];
	size_t len = 0;

	for (size_t i = 0; i < t->n; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s", t->words[i],
					i % 7 == 0 ? ",\n" : " ");
	minhash_of((struct bytes){(uint8_t *)text, len}, key, m_r);
}

static bool share_a_band(const struct minhash *a, const struct minhash *b)
{
	for (unsigned band = 0; band < MINHASH_BANDS; band++)
		if (minhash_band(a, band) == minhash_band(b, band))
			return true;
	return false;
}

/* The error of 128 places has a deviation of sqrt(s (1 - s) / 128), at most 0.045; four of them,
 * and the rounding to a 1000th, hold for all 400 pairs. */
START_TEST(the_estimate_is_near_the_exact_share_of_shingles)
{
	static struct text a, b;
	double sum = 0;
	unsigned n = 0;

	state = 1;
	for (unsigned percent = 0; percent <= 40; percent++) {
		for (unsigned k = 0; k < 10; k++, n++) {
			struct minhash x, y;
			double exact, estimate;

			random_text(&a, 60 + next_random() % 300);
			edited_text(&a, &b, percent);
			sign(&a, &x);
			sign(&b, &y);
			exact = exact_share(&a, &b);
			estimate = minhash_permille(&x, &y) / 1000.0;
			ck_assert_msg(estimate > exact - 0.19 && estimate < exact + 0.19,
				      "%.3f for %.3f", estimate, exact);
			sum += estimate - exact;
		}
	}
	ck_assert(sum / n < 0.01 && sum / n > -0.01); /* leaning to neither side */
}
END_TEST

START_TEST(what_is_alike_at_four_fifths_is_found)
{
	static struct text a, b;
	unsigned found = 0, n = 0;

	state = 2;
	while (n < 300) {
		struct minhash x, y;

		random_text(&a, 200);
		edited_text(&a, &b, 2);
		if (exact_share(&a, &b) < 0.8)
			continue;
		sign(&a, &x);
		sign(&b, &y);
		found += share_a_band(&x, &y) && minhash_permille(&x, &y) >= 700;
		n++;
	}
	ck_assert_uint_ge(found, 297); /* recall of 0.99 */
}
END_TEST

START_TEST(folding_and_stops_change_nothing_and_the_key_changes_all)
{
	struct minhash a, b, c;

	minhash_of(bytes_of_text("The teacher, María, read aloud; they echoed. Then again!"), key,
		   &a);
	minhash_of(bytes_of_text("the TEACHER maria\nread aloud they echoed then again"), key, &b);
	minhash_of(bytes_of_text("the TEACHER maria\nread aloud they echoed then again"), other_key,
		   &c);
	ck_assert_uint_eq(minhash_permille(&a, &b), 1000);
	ck_assert_uint_lt(minhash_permille(&a, &c), 50);
}
END_TEST

START_TEST(fewer_than_five_words_have_no_signature)
{
	struct minhash a, b;

	minhash_of(bytes_of_text("one two three four"), key, &a);
	minhash_of(bytes_of_text(""), key, &b);
	ck_assert_uint_eq(a.shingles, 0);
	ck_assert_uint_eq(minhash_permille(&a, &b), 0);
	minhash_of(bytes_of_text("one two three four five"), key, &a);
	ck_assert_uint_eq(a.shingles, 1);
	minhash_of(bytes_of_text("word word word word word word word word"), key, &a);
	ck_assert_uint_eq(a.shingles, 1); /* filler is one shingle, however long */
}
END_TEST

START_TEST(a_signature_comes_back_from_an_event_as_it_was)
{
	struct minhash a, b;
	uint8_t bytes[MINHASH_BYTES];

	minhash_of(bytes_of_text("one two three four five six seven"), key, &a);
	minhash_put(&a, bytes);
	ck_assert(minhash_get((struct bytes){bytes, sizeof bytes}, a.shingles, &b));
	ck_assert_mem_eq(&a, &b, sizeof a);
	ck_assert(!minhash_get((struct bytes){bytes, 10}, a.shingles, &b));
	ck_assert(!minhash_get((struct bytes){bytes, sizeof bytes}, 0, &b));
}
END_TEST

/* ---- the sample's own texts: unrelated, in one domain and one style ---- */

#define SAMPLES_MAX 4000

/* Every string of the catalogue of 20 words and more: descriptions, levels, prompts. */
static size_t sample_texts(struct minhash *signatures)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 20);
	const uint8_t *sample = tree_read("deploy/sample/catalogue.json", arena).data;
	const char *at, *end;
	size_t n = 0;

	for (at = (const char *)sample; n < SAMPLES_MAX && (at = strchr(at, '"')) != NULL;
	     at = end + 1) {
		end = strchr(at + 1, '"');
		ENSURE(end != NULL);
		minhash_of((struct bytes){(const uint8_t *)at + 1, (size_t)(end - at - 1)}, key,
			   &signatures[n]);
		n += signatures[n].shingles >= 16;
	}
	return n;
}

/* Repeated phrases of the catalogue are alike indeed; of all pairs at most one in 1000 is found. */
START_TEST(unrelated_texts_of_the_sample_are_seldom_taken_for_alike)
{
	struct minhash *signatures = calloc(SAMPLES_MAX, sizeof *signatures);
	size_t n = sample_texts(signatures), pairs = 0, found = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++, pairs++)
			found += share_a_band(&signatures[i], &signatures[j]) &&
				 minhash_permille(&signatures[i], &signatures[j]) >= 700;
	ck_assert_uint_gt(pairs, 1000);
	ck_assert_msg(found * 1000 <= pairs, "%zu of %zu pairs", found, pairs);
	free(signatures);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("evidence signatures of texts");
	TCase *tcase = tcase_create("minhash");

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, the_estimate_is_near_the_exact_share_of_shingles);
	tcase_add_test(tcase, what_is_alike_at_four_fifths_is_found);
	tcase_add_test(tcase, folding_and_stops_change_nothing_and_the_key_changes_all);
	tcase_add_test(tcase, fewer_than_five_words_have_no_signature);
	tcase_add_test(tcase, a_signature_comes_back_from_an_event_as_it_was);
	tcase_add_test(tcase, unrelated_texts_of_the_sample_are_seldom_taken_for_alike);
	suite_add_tcase(suite, tcase);
	return suite;
}
