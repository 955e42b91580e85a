/* Settings: what each kind takes, where it comes from, and every refusal. */
#include "libshared/config.h"

#include "tests/support/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct settings {
	const char *listen, *dir;
	uint64_t inflight, map, beat_ms;
	bool sync;
};

#define AT(field) offsetof(struct settings, field)

static const struct setting shared[] = {
	{"listen", SET_TEXT, AT(listen), NULL, NULL, NULL, "endpoint for commands"},
	{"inflight", SET_COUNT, AT(inflight), "1024", "1", "65536", "unanswered commands"},
};
static const struct setting own[] = {
	{"dir", SET_TEXT, AT(dir), "", NULL, NULL, "where the tables are"},
	{"map", SET_BYTES, AT(map), "16G", "64M", "1T", "room for the tables"},
	{"beat", SET_TIME_MS, AT(beat_ms), "1s", NULL, "1h", "between beats"},
	{"sync", SET_FLAG, AT(sync), "yes", NULL, NULL, "whether commits are synced"},
};

/* Static, so that the texts in it are still held when leaks are looked for. */
static struct settings got;
static const struct setting_table tables[] = {{shared, ARRAY_LEN(shared), &got},
					      {own, ARRAY_LEN(own), &got}};
static char path[32];
static char fault[300];

static void make_path(void)
{
	int fd;

	snprintf(path, sizeof path, "/tmp/cairn-config-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	got = (struct settings){0};
}

static void remove_file(void)
{
	unlink(path);
}

static void write_file(const char *content, size_t len)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(content, 1, len, file), len);
	fclose(file);
}

static int load_words(char *const *words, unsigned n_words)
{
	return config_load(tables, ARRAY_LEN(tables), "enrollment", NULL, words, n_words, fault);
}

static int load_file(const char *content, char *const *words, unsigned n_words)
{
	write_file(content, strlen(content));
	return config_load(tables, ARRAY_LEN(tables), "enrollment", path, words, n_words, fault);
}

START_TEST(defaults_hold_where_nothing_is_said)
{
	char *words[] = {"listen=ipc:///run/e.s"};

	ck_assert_msg(load_words(words, 1) == 0, "%s", fault);
	ck_assert_str_eq(got.listen, "ipc:///run/e.s");
	ck_assert_str_eq(got.dir, "");
	ck_assert_uint_eq(got.inflight, 1024);
	ck_assert_uint_eq(got.map, UINT64_C(16) << 30);
	ck_assert_uint_eq(got.beat_ms, 1000);
	ck_assert(got.sync);
}
END_TEST

START_TEST(a_file_overrides_defaults_and_words_override_the_file)
{
	char *words[] = {"map=2G", "dir=/srv/words"};

	ck_assert_msg(load_file("# a comment\n"
				"[evidence]\nmap = 1G\nunheard_of = 3\n"
				"[enrollment]\n"
				"; another\n"
				"listen = tcp://127.0.0.1:1 ; the loopback\n"
				"map=1G\ndir=/srv/file\nbeat: 2s\nsync = no\r\n",
				words, 2) == 0,
		      "%s", fault);
	ck_assert_str_eq(got.listen, "tcp://127.0.0.1:1");
	ck_assert_uint_eq(got.map, UINT64_C(2) << 30);
	ck_assert_str_eq(got.dir, "/srv/words");
	ck_assert_uint_eq(got.beat_ms, 2000);
	ck_assert(!got.sync);
}
END_TEST

START_TEST(an_empty_word_empties_a_text_that_is_not_required)
{
	char *words[] = {"dir="};

	ck_assert_msg(load_file("[enrollment]\nlisten=x\ndir=/srv\n", words, 1) == 0, "%s", fault);
	ck_assert_str_eq(got.dir, "");
}
END_TEST

START_TEST(a_word_may_hold_equals_signs)
{
	char *words[] = {"listen=a=b"};

	ck_assert_int_eq(load_words(words, 1), 0);
	ck_assert_str_eq(got.listen, "a=b");
}
END_TEST

START_TEST(numbers_are_read_with_their_units)
{
	static const struct {
		const char *word;
		uint64_t map, beat_ms, inflight;
	} cases[] = {
		{"map=67108864", UINT64_C(64) << 20, 1000, 1024},
		{"map=65536K", UINT64_C(64) << 20, 1000, 1024},
		{"map=64M", UINT64_C(64) << 20, 1000, 1024},
		{"map=1T", UINT64_C(1) << 40, 1000, 1024},
		{"beat=0", UINT64_C(16) << 30, 0, 1024},
		{"beat=250ms", UINT64_C(16) << 30, 250, 1024},
		{"beat=7s", UINT64_C(16) << 30, 7000, 1024},
		{"beat=60m", UINT64_C(16) << 30, 3600000, 1024},
		{"beat=1h", UINT64_C(16) << 30, 3600000, 1024},
		{"beat=0d", UINT64_C(16) << 30, 0, 1024},
		{"inflight=1", UINT64_C(16) << 30, 1000, 1},
		{"inflight=0065536", UINT64_C(16) << 30, 1000, 65536},
	};
	char word[40], *words[] = {"listen=x", word};

	snprintf(word, sizeof word, "%s", cases[_i].word);
	ck_assert_msg(load_words(words, 2) == 0, "%s", fault);
	ck_assert_uint_eq(got.map, cases[_i].map);
	ck_assert_uint_eq(got.beat_ms, cases[_i].beat_ms);
	ck_assert_uint_eq(got.inflight, cases[_i].inflight);
}
END_TEST

START_TEST(a_wrong_word_is_refused_with_what_is_allowed)
{
	static const struct {
		const char *word, *fault;
	} cases[] = {
		{"inflight=0", "command line: inflight=0: 1 to 65536 is allowed"},
		{"inflight=65537", "command line: inflight=65537: 1 to 65536 is allowed"},
		{"inflight=", "command line: inflight=: a whole number is expected"},
		{"inflight=-1", "command line: inflight=-1: a whole number is expected"},
		{"inflight=+1", "command line: inflight=+1: a whole number is expected"},
		{"inflight= 1", "command line: inflight= 1: a whole number is expected"},
		{"inflight=1x", "command line: inflight=1x: a whole number is expected"},
		{"inflight=1K", "command line: inflight=1K: a whole number is expected"},
		{"inflight=0x10", "command line: inflight=0x10: a whole number is expected"},
		{"inflight=18446744073709551616",
		 "command line: inflight=18446744073709551616: a whole number is expected"},
		{"map=63M", "command line: map=63M: 64M to 1T is allowed"},
		{"map=1025G", "command line: map=1025G: 64M to 1T is allowed"},
		{"map=1g", "command line: map=1g: a number of bytes, with K, M, G or T if you like "
			   "is expected"},
		{"map=99999999T", "command line: map=99999999T: a number of bytes, with K, M, G or "
				  "T if you like is expected"},
		{"beat=10", "command line: beat=10: a number with ms, s, m, h or d is expected"},
		{"beat=10 s",
		 "command line: beat=10 s: a number with ms, s, m, h or d is expected"},
		{"beat=61m", "command line: beat=61m: 0 to 1h is allowed"},
		{"sync=true", "command line: sync=true: yes or no is expected"},
		{"sync=", "command line: sync=: yes or no is expected"},
		{"speed=3", "command line: no setting speed; --help lists them"},
		{"ma=1G", "command line: no setting ma; --help lists them"},
		{"mapp=1G", "command line: no setting mapp; --help lists them"},
		{"=3", "command line: no setting ; --help lists them"},
		{"sync", "command line: sync is no name=value"},
		{"", "command line:  is no name=value"},
		{"listen=y", "command line: listen is said twice"},
	};
	char word[40], *words[] = {"listen=x", word};

	snprintf(word, sizeof word, "%s", cases[_i].word);
	ck_assert_int_eq(load_words(words, 2), -1);
	ck_assert_str_eq(fault, cases[_i].fault);
}
END_TEST

START_TEST(a_required_setting_is_missed_by_name)
{
	char *words[] = {"listen="};

	ck_assert_int_eq(load_words(NULL, 0), -1);
	ck_assert_str_eq(fault, "command line: listen is required (endpoint for commands): say "
				"listen=...");
	ck_assert_int_eq(load_words(words, 1), -1);
	ck_assert_int_eq(load_file("[enrollment]\nmap=1G\n", NULL, 0), -1);
	ck_assert_ptr_eq(strstr(fault, path), fault);
	ck_assert_ptr_nonnull(strstr(fault, ": listen is required"));
}
END_TEST

/* %s stands for the path of the file. */
START_TEST(a_wrong_file_is_refused_with_its_name)
{
	static const struct {
		const char *content, *fault;
	} cases[] = {
		{"", ": no settings under [enrollment]"},
		{"[evidence]\nlisten=x\n", ": no settings under [enrollment]"},
		{"listen=x\n", ": listen stands before any section: put it under [enrollment]"},
		{"[enrollment]\nlisten=x\nspeed=3\n",
		 ": [enrollment] has no setting speed; --help lists them"},
		{"[enrollment]\nmap=1G\nlisten=x\nmap=1G\n",
		 ": map stands twice under [enrollment]"},
		{"[enrollment]\nlisten=x\nmap=63M\n", ": map=63M: 64M to 1T is allowed"},
		{"[enrollment]\nlisten=x\nsync\n", ": line 3 is no name=value and no [section]"},
		{"[enrollment]\nlisten=x\n[evidence\nmap=1G\n",
		 ": line 3 is no name=value and no [section]"},
		{"[enrollment]\nlisten=x\n  map=1G\n", ": line 3 starts with white space"},
	};

	ck_assert_int_eq(load_file(cases[_i].content, NULL, 0), -1);
	ck_assert_ptr_eq(strstr(fault, path), fault);
	ck_assert_str_eq(fault + strlen(path), cases[_i].fault);
}
END_TEST

START_TEST(blank_lines_and_indented_comments_are_let_through)
{
	ck_assert_msg(load_file("\n  \n\t; a comment\n  # too\n[enrollment]\nlisten=x\n   ", NULL,
				0) == 0,
		      "%s", fault);
}
END_TEST

START_TEST(a_long_line_is_refused_rather_than_cut)
{
	char content[512] = "[enrollment]\nlisten=";

	memset(content + strlen(content), 'x', 190 - strlen("listen="));
	strncat(content, "\n", 2);
	ck_assert_msg(load_file(content, NULL, 0) == 0, "%s", fault);
	ck_assert_uint_eq(strlen(got.listen), 190 - strlen("listen="));
	memmove(content + 14, content + 13, strlen(content + 13) + 1);
	ck_assert_int_eq(load_file(content, NULL, 0), -1);
	ck_assert_str_eq(fault + strlen(path), ": line 2 is longer than 190 bytes");
}
END_TEST

START_TEST(a_file_with_a_nul_is_refused)
{
	static const char content[] = "[enrollment]\nlisten=x\0y\n";

	write_file(content, sizeof content - 1);
	ck_assert_int_eq(config_load(tables, 2, "enrollment", path, NULL, 0, fault), -1);
	ck_assert_str_eq(fault + strlen(path), ": not a text: it holds a NUL");
}
END_TEST

START_TEST(a_file_too_long_is_refused)
{
	static char content[(64 << 10) + 1];

	memset(content, '\n', sizeof content);
	write_file(content, sizeof content);
	ck_assert_int_eq(config_load(tables, 2, "enrollment", path, NULL, 0, fault), -1);
	ck_assert_str_eq(fault + strlen(path), ": longer than 65536 bytes");
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
	ck_assert_int_eq(config_load(tables, 2, "enrollment", "/nowhere/x.ini", NULL, 0, fault),
			 -1);
	ck_assert_str_eq(fault, "/nowhere/x.ini: No such file or directory");
}
END_TEST

START_TEST(a_folder_is_no_file)
{
	ck_assert_int_eq(config_load(tables, 2, "enrollment", "/tmp", NULL, 0, fault), -1);
	ck_assert_str_eq(fault, "/tmp: Is a directory");
}
END_TEST

START_TEST(help_lists_every_setting_with_its_default)
{
	static const char expected[] =
		"  listen=(required)            endpoint for commands\n"
		"  inflight=1024                unanswered commands (1 to 65536)\n"
		"  dir=                         where the tables are\n"
		"  map=16G                      room for the tables (64M to 1T)\n"
		"  beat=1s                      between beats\n"
		"  sync=yes                     whether commits are synced\n";
	char printed[sizeof expected + 100];
	FILE *file;
	size_t len;

	fflush(stdout);
	ck_assert_ptr_nonnull(freopen(path, "w", stdout));
	config_help(tables, ARRAY_LEN(tables));
	fflush(stdout);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	len = fread(printed, 1, sizeof printed - 1, file);
	fclose(file);
	printed[len] = '\0';
	ck_assert_str_eq(printed, expected);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("config");
	TCase *tcase = tcase_create("config");

	tcase_add_checked_fixture(tcase, make_path, remove_file);
	tcase_add_test(tcase, defaults_hold_where_nothing_is_said);
	tcase_add_test(tcase, a_file_overrides_defaults_and_words_override_the_file);
	tcase_add_test(tcase, an_empty_word_empties_a_text_that_is_not_required);
	tcase_add_test(tcase, a_word_may_hold_equals_signs);
	tcase_add_loop_test(tcase, numbers_are_read_with_their_units, 0, 12);
	tcase_add_loop_test(tcase, a_wrong_word_is_refused_with_what_is_allowed, 0, 26);
	tcase_add_test(tcase, a_required_setting_is_missed_by_name);
	tcase_add_loop_test(tcase, a_wrong_file_is_refused_with_its_name, 0, 9);
	tcase_add_test(tcase, blank_lines_and_indented_comments_are_let_through);
	tcase_add_test(tcase, a_long_line_is_refused_rather_than_cut);
	tcase_add_test(tcase, a_file_with_a_nul_is_refused);
	tcase_add_test(tcase, a_file_too_long_is_refused);
	tcase_add_test(tcase, a_file_that_is_not_there_is_named);
	tcase_add_test(tcase, a_folder_is_no_file);
	tcase_add_test(tcase, help_lists_every_setting_with_its_default);
	suite_add_tcase(suite, tcase);
	return suite;
}
