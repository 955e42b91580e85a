/*
 * A licensure system's side of Cairn in C: what a credential is worth today, and the position, in
 * one SQLite transaction for each batch of events.
 *
 *	cc -o subscriber subscriber.c $(pkg-config --cflags --libs cairn-subscriber sqlite3)
 *	./subscriber tcp://HOST:PORT SERVER-KEY KEY-FILE NAME DATABASE [--until-caught-up]
 *
 * Kill it at any moment and start it again: nothing is lost, nothing done twice.
 */
#include <cairn_subscriber.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char tables[] =
	"PRAGMA synchronous = FULL;"
	"CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT);"
	"CREATE TABLE IF NOT EXISTS event (arrived INTEGER PRIMARY KEY, sequence INTEGER UNIQUE,"
	" id TEXT UNIQUE, type TEXT, subject TEXT, data TEXT);"
	"CREATE TABLE IF NOT EXISTS credential (subject TEXT PRIMARY KEY, status TEXT);";

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "subscriber: %s: %s\n", what, why);
	exit(1);
}

/* One statement with texts for its question marks. */
static void run(sqlite3 *db, const char *sql, const char *const *texts, int n)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail(sql, sqlite3_errmsg(db));
	for (int i = 0; i < n; i++)
		sqlite3_bind_text(statement, i + 1, texts[i], -1, SQLITE_STATIC);
	if (sqlite3_step(statement) != SQLITE_DONE)
		fail(sql, sqlite3_errmsg(db));
	sqlite3_finalize(statement);
}

static void store_event(sqlite3 *db, const struct cairn_subscriber_event *e)
{
	char sequence[24];
	const char *const event[] = {sequence, e->id, e->type, e->subject, e->data};
	const char *const status[] = {e->subject, e->data};

	snprintf(sequence, sizeof sequence, "%llu", (unsigned long long)e->sequence);
	run(db, "INSERT INTO event (sequence, id, type, subject, data) VALUES (?, ?, ?, ?, ?)",
	    event, 5);
	if (strncmp(e->type, "org.cairn.credential.", 21) == 0)
		run(db, "INSERT OR REPLACE INTO credential VALUES (?, json_extract(?, '$.status'))",
		    status, 2);
}

/* The effects and the position of the last: both or neither. */
static void store(sqlite3 *db, const struct cairn_subscriber_event *const *events, size_t n)
{
	run(db, "BEGIN IMMEDIATE", NULL, 0);
	for (size_t i = 0; i < n; i++)
		store_event(db, events[i]);
	run(db, "INSERT OR REPLACE INTO place VALUES (1, ?)", &events[n - 1]->position, 1);
	run(db, "COMMIT", NULL, 0);
}

static void read_place(sqlite3 *db, char place_r[CAIRN_SUBSCRIBER_POSITION_MAX])
{
	sqlite3_stmt *statement;

	place_r[0] = '\0';
	if (sqlite3_prepare_v2(db, "SELECT at FROM place", -1, &statement, NULL) != SQLITE_OK)
		fail("place", sqlite3_errmsg(db));
	if (sqlite3_step(statement) == SQLITE_ROW)
		snprintf(place_r, CAIRN_SUBSCRIBER_POSITION_MAX, "%s",
			 (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
}

static void read_key(const char *path, char key_r[41])
{
	FILE *file = fopen(path, "r");

	if (file == NULL || fscanf(file, "%40s", key_r) != 1)
		fail(path, "a key of 40 characters is expected");
	fclose(file);
}

int main(int argc, char **argv)
{
	char key[41], place[CAIRN_SUBSCRIBER_POSITION_MAX], fault[CAIRN_SUBSCRIBER_FAULT_MAX];
	struct cairn_subscriber_options options = CAIRN_SUBSCRIBER_OPTIONS;
	const struct cairn_subscriber_event *const *events;
	struct cairn_subscriber_lag lag;
	enum cairn_subscriber_got got;
	size_t n;
	int ends = argc == 7 && strcmp(argv[6], "--until-caught-up") == 0;
	sqlite3 *db;

	if (argc < 6)
		fail("usage", "ENDPOINT SERVER-KEY KEY-FILE NAME DATABASE [--until-caught-up]");
	if (sqlite3_open(argv[5], &db) != SQLITE_OK ||
	    sqlite3_exec(db, tables, NULL, NULL, NULL) != SQLITE_OK)
		fail(argv[5], sqlite3_errmsg(db));
	read_key(argv[3], key);
	read_place(db, place);
	options.endpoint = argv[1];
	options.server_key = argv[2];
	options.secret_key = key;
	options.name = argv[4];
	options.position = place;
	struct cairn_subscriber *s = cairn_subscriber_open(&options, fault);
	if (s == NULL)
		fail("not opened", fault);
	while ((got = cairn_subscriber_next_batch(s, 200, &events, &n)) !=
	       CAIRN_SUBSCRIBER_STOPPED) {
		if (got == CAIRN_SUBSCRIBER_GOT) {
			store(db, events, n);
			cairn_subscriber_stored(s);
			continue;
		}
		cairn_subscriber_lag(s, &lag);
		if (ends && lag.heard_ms >= 0 && lag.behind == 0)
			break;
	}
	if (got == CAIRN_SUBSCRIBER_STOPPED)
		fail("stopped", cairn_subscriber_text(s));
	cairn_subscriber_close(&s);
	sqlite3_close(db);
	return 0;
}
