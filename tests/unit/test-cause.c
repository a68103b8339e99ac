/* Which line of a failed program's output is its headline. */
#include "report/cause.h"

#include <string.h>

static const struct row {
	const char *name, *text, *expected;
} rows[] = {
	{ "one line", "boom\n", "boom" },
	{ "nothing", "\n \n", NULL },
	{ "last line", "first\nsecond\n\n", "second" },
	{ "only a warning", "WARNING: it is late\n", "WARNING: it is late" },
	{ "pip without a network",
		"WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by "
		"'NewConnectionError'\n"
		"ERROR: Could not find a version that satisfies the requirement nope (from "
		"versions: none)\n"
		"ERROR: No matching distribution found for nope\n\n"
		"[notice] A new release of pip is available: 23.0 -> 24.0\n"
		"[notice] To update, run: pip install --upgrade pip\n",
		"ERROR: No matching distribution found for nope" },
	{ "pip building",
		"  error: subprocess-exited-with-error\n  \n  \303\227 python setup.py egg_info "
		"did not run successfully.\n"
		"  \342\224\202 exit code: 1\n  \342\225\260\342\224\200> [2 lines of output]\n"
		"      Traceback (most recent call last):\n"
		"      ModuleNotFoundError: No module named 'numpy'\n      [end of output]\n  \n"
		"  note: This error originates from a subprocess, and is likely not a problem with "
		"pip.\n"
		"error: metadata-generation-failed\n\nhint: See above for details.\n",
		"ModuleNotFoundError: No module named 'numpy'" },
	{ "apt", "Reading package lists...\nE: Unable to locate package nope\n",
		"E: Unable to locate package nope" },
	{ "dpkg",
		"dpkg: error processing package web (--configure):\n"
		" installed web package post-installation script subprocess returned error exit "
		"status 1\n"
		"Errors were encountered while processing:\n web\n"
		"E: Sub-process /usr/bin/dpkg returned an error code (1)\n",
		"dpkg: error processing package web (--configure):" },
	{ "apt's notes",
		"E: The repository 'http://x stable Release' does not have a Release file.\n"
		"N: Updating from such a repository can't be done securely.\n",
		"E: The repository 'http://x stable Release' does not have a Release file." },
	{ "Django",
		"Traceback (most recent call last):\n  File \"manage.py\", line 22, in <module>\n  "
		"  main()\n"
		"sqlite3.OperationalError: no such table: x\n\n"
		"The above exception was the direct cause of the following exception:\n\n"
		"Traceback (most recent call last):\n  File \"a.py\", line 1\n"
		"django.db.utils.OperationalError: no such table: lists_item\n",
		"django.db.utils.OperationalError: no such table: lists_item" },
	{ "psycopg",
		"Traceback (most recent call last):\n  File \"a.py\", line 1\n"
		"psycopg2.OperationalError: connection to server at \"db\" failed: Connection "
		"refused\n"
		"\tIs the server running on that host and accepting TCP/IP connections?\n",
		"psycopg2.OperationalError: connection to server at \"db\" failed: Connection "
		"refused" },
	{ "a check of Django",
		"SystemCheckError: System check identified some issues:\n\nERRORS:\n"
		"lists.Item.text: (fields.E120) CharFields must define a 'max_length' "
		"attribute.\n\n"
		"System check identified 1 issue (0 silenced).\n",
		"lists.Item.text: (fields.E120) CharFields must define a 'max_length' attribute." },
	{ "git",
		"Cloning into '/x'...\ngit@h: Permission denied (publickey).\n"
		"fatal: Could not read from remote repository.\n\n"
		"Please make sure you have the correct access rights\nand the repository exists.\n",
		"git@h: Permission denied (publickey)." },
	{ "git push",
		"To /x\n ! [rejected]        main -> main (fetch first)\nerror: failed to push "
		"some refs to '/x'\n"
		"hint: Updates were rejected because the remote contains work that you do not\n",
		"! [rejected]        main -> main (fetch first)" },
	{ "git switch",
		"error: Your local changes to the following files would be overwritten by "
		"checkout:\n\ta.txt\n"
		"Please commit your changes or stash them before you switch branches.\nAborting\n",
		"error: Your local changes to the following files would be overwritten by "
		"checkout:" },
	{ "docker",
		"Unable to find image 'x:latest' locally\n"
		"docker: Error response from daemon: pull access denied for x.\nSee 'docker run "
		"--help'.\n",
		"docker: Error response from daemon: pull access denied for x." },
	{ "systemd",
		"unable to start service web: Job for web.service failed because the control "
		"process exited with error code.\n"
		"See \"systemctl status web.service\" and \"journalctl -xeu web.service\" for "
		"details.\n"
		"Starting web.service - The site...\nno module named wsgi\n"
		"web.service: Main process exited, code=exited, status=3/NOTIMPLEMENTED\n"
		"web.service: Failed with result 'exit-code'.\nFailed to start web.service - The "
		"site.\n",
		"no module named wsgi" },
	{ "systemd without a journal",
		"unable to start service web: Job for web.service failed.\nSee \"systemctl status "
		"web.service\" for details.\n",
		"unable to start service web: Job for web.service failed." },
	{ "compiler",
		"main.c: In function 'main':\nmain.c:3:9: error: 'x' undeclared (first use in this "
		"function)\n"
		"    3 |         x = 1;\n      |         ^\nmain.c:3:9: note: each undeclared "
		"identifier is reported once\n"
		"make: *** [Makefile:2: all] Error 1\n",
		"main.c:3:9: error: 'x' undeclared (first use in this function)" },
	{ "linker",
		"/usr/bin/ld: main.o: in function `main':\nmain.c:(.text+0x5): undefined reference "
		"to `foo'\n"
		"collect2: error: ld returned 1 exit status\nmake: *** [all] Error 1\n",
		"main.c:(.text+0x5): undefined reference to `foo'" },
};

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	gsize length = 0;
	const char *found = cause_find(row->text, strlen(row->text), &length);
	g_autofree char *line = found != NULL ? g_strndup(found, length) : NULL;
	g_assert_cmpstr(line, ==, row->expected);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/cause/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	return g_test_run();
}
