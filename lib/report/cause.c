/* What pip, apt, Python, git, docker, systemd and compilers write when they fail: which line is the
 * cause. */
#include "report/cause.h"

#include <string.h>

enum { LINES = 1000 }; /* the last of them are looked at */

enum kind {
	PLAIN, /* the last of these, where no line is a cause */
	SKIP,  /* advice, warnings, retries, rulers */
	WEAK,  /* follows from what stands before it; better than nothing */
	CAUSE,
};

/* The first row that fits a line decides. */
static const struct pattern {
	enum kind kind;
	const char *regex;
} patterns[] = {
	/* anybody's */
	{ SKIP, "^[^\\w]*$" },
	{ SKIP, "^(WARNING|Warning|warning|DEPRECATION|W|N|WARN|npm WARN|npm warn)\\b:?( |$)" },
	{ SKIP, "^(hint|HINT|note|Note|notice|info|INFO|DEBUG): " },
	{ SKIP, "\\bRetrying\\b|\\bretrying in\\b" },
	{ SKIP, "^\\[(notice|warning|info)\\]" },
	/* pip */
	{ SKIP, "^You should consider upgrading|^You are using pip version" },
	{ SKIP, "^[^\\w]*(exit code: \\d+|\\[\\d+ lines of output\\]|\\[end of output\\])$" },
	{ SKIP, "See above for (output|details)" },
	{ WEAK, "^error: "
		"(subprocess-exited-with-error|metadata-generation-failed|legacy-install-"
		"failure)" },
	{ WEAK, "did not run successfully\\.?$|^[^\\w]*Encountered error while " },
	{ WEAK, "^ERROR: (Command errored out|Failed building wheel|Could not build wheels)" },
	/* apt and dpkg */
	{ WEAK, "^E: (Sub-process |Some index files failed|Unable to fetch some archives)" },
	{ WEAK, "^E: (Failed to fetch .* )?(Unable to correct problems|Aborting)" },
	{ WEAK, "^Errors were encountered while processing:|^ ?/\\S+\\.deb$" },
	{ WEAK, "dependency problems - leaving unconfigured" },
	{ CAUSE, "^dpkg: error" },
	/* Python: a traceback ends with its exception; what a warning is about is indented below it
	 */
	{ SKIP, "^Traceback \\(most recent call last\\)|^  File \"" },
	{ SKIP, "^(During handling of the above|The above exception was)" },
	{ SKIP, "^\\S+:\\d+: \\w*Warning: " },
	{ WEAK, "^SystemCheckError: |^System check identified \\d+ issue" },
	{ CAUSE, "^\\S+: \\([\\w.]*E\\d+\\) " },
	{ CAUSE, "^([A-Za-z_]\\w*\\.)*[A-Z]\\w*(Error|Exception|Exit|Interrupt|DoesNotExist|"
		 "ImproperlyConfigured|NotFound|Denied|Timeout|NotRegistered|NotReady)(: |$)" },
	{ CAUSE, "^([a-z_]\\w*\\.)+[A-Z]\\w+: " },
	/* git */
	{ SKIP, "^(Please make sure you have the correct access|and the repository exists)" },
	{ SKIP, "^Please (commit|move or remove) |^Cloning into " },
	{ WEAK, "^fatal: (Could not read from remote repository|clone of .* failed|early EOF|"
		"the remote end hung up|index-pack failed)" },
	{ WEAK, "^error: failed to push some refs|^Aborting\\.?$|^To \\S+$" },
	{ CAUSE, "! \\[(remote )?rejected\\]" },
	/* docker */
	{ SKIP, "^(See|Run) '?docker|^For more help|^Learn more" },
	{ SKIP, "^Unable to find image .* locally$" },
	{ CAUSE, "^(docker: )?(Error response from daemon|Cannot connect to the Docker daemon)" },
	/* systemd, and its journal */
	{ SKIP, "^See \"systemctl |^See \"journalctl |for details\\.$" },
	{ CAUSE, "Failed at step \\w+ spawning|Failed to locate executable" },
	{ WEAK, "(^|: )Job for \\S+ (failed|canceled)|^A dependency job for " },
	{ WEAK, "^\\S+\\.(service|socket|timer|mount|path): " },
	{ WEAK, "^(Failed to "
		"start|Starting|Started|Stopping|Stopped|Reloading|Reloaded|Finished) " },
	/* compilers, make, linkers */
	{ SKIP, "^\\s*(\\d+ )?\\|" },
	{ WEAK, "^(g?make|ninja)(\\[\\d+\\])?: |^ninja: build stopped|^FAILED: " },
	{ WEAK, "^compilation terminated|^\\d+ (errors?|warnings?)( and \\d+ \\w+)? generated" },
	{ WEAK, "^collect2: |^clang(\\+\\+)?: error: linker|^error: could not compile|^error: "
		"aborting due to" },
	{ SKIP, "^\\S+:\\d+(:\\d+)?: (warning|note): |: In function .*:$|^In file included from " },
	{ CAUSE, "^\\S+:\\d+(:\\d+)?: (fatal )?error: |undefined reference to " },
	{ SKIP, "^npm (ERR!|error) (A complete log|    /)" },
	/* the rest */
	{ WEAK, "^(command )?(terminated|exited) with|^(exit|exit status|exit code):? "
		"?\\d+$|returned non-zero exit status" },
	{ CAUSE, "^(\\S+: )?(fatal|FATAL|panic|E|ERROR|Error|error)(:|\\[\\w+\\]:) ?\\S" },
};

static GRegex *compiled[G_N_ELEMENTS(patterns)];

static void compile_all(void)
{
	static gsize done;
	if (g_once_init_enter(&done)) {
		for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++) {
			compiled[i] = g_regex_new(
				patterns[i].regex, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
			g_assert(compiled[i] != NULL);
		}
		g_once_init_leave(&done, 1);
	}
}

static enum kind kind_of(const char *line, gsize length)
{
	enum { LONGEST = 4096 };
	for (gsize i = 0; i < G_N_ELEMENTS(patterns); i++) {
		if (g_regex_match_full(
			    compiled[i], line, (gssize)MIN(length, LONGEST), 0, 0, NULL, NULL)) {
			return patterns[i].kind;
		}
	}
	return PLAIN;
}

struct line {
	const char *start;
	gsize length;
};

static struct line trimmed(const char *start, const char *end)
{
	while (start < end && g_ascii_isspace(*start)) {
		start++;
	}
	while (end > start && (g_ascii_isspace(end[-1]) || end[-1] == '\0')) {
		end--;
	}
	return (struct line){ start, (gsize)(end - start) };
}

const char *cause_find(const char *text, gsize length, gsize *ret_length)
{
	struct line plain = { NULL, 0 }, weak = { NULL, 0 }, any = { NULL, 0 };
	const char *end = text + length;
	compile_all();
	for (guint i = 0; i < LINES && end >= text; i++) {
		const char *start = end;
		while (start > text && start[-1] != '\n') {
			start--;
		}
		struct line line = trimmed(start, end);
		enum kind kind = line.length == 0 ? SKIP : kind_of(start, (gsize)(end - start));
		if (kind == SKIP ||
			kind == WEAK) { /* an indented one may be known without its indent */
			;
		} else if (kind_of(line.start, line.length) == CAUSE) {
			kind = CAUSE;
		}
		if (kind == CAUSE) {
			*ret_length = line.length;
			return line.start;
		}
		plain = kind == PLAIN && plain.start == NULL ? line : plain;
		weak = kind == WEAK ? line : weak;
		any = line.length > 0 && any.start == NULL ? line : any;
		end = start - 1;
	}
	struct line best = plain.start != NULL ? plain : weak.start != NULL ? weak : any;
	*ret_length = best.length;
	return best.start;
}
