/* Words for ssh(1) as options of ssh_config(5). */
#include "inventory/ssh-arguments.h"

#include "inventory/words.h"

#include <string.h>

enum meaning {
	MEANS_OPTION,   /* keyword, with value or with the letter's argument */
	MEANS_CONFIG,   /* -F */
	MEANS_LINE,     /* -o */
	MEANS_NOTHING,  /* terminals, verbosity: nothing for a run */
	MEANS_NOT_HERE, /* keyword says what to write instead */
};

/* From ssh(1). */
static const struct letter {
	char letter;
	gboolean takes_argument;
	enum meaning meaning;
	const char *keyword;
	const char *value;
} letters[] = {
	{ '4', FALSE, MEANS_OPTION, "AddressFamily", "inet" },
	{ '6', FALSE, MEANS_OPTION, "AddressFamily", "inet6" },
	{ 'A', FALSE, MEANS_OPTION, "ForwardAgent", "yes" },
	{ 'a', FALSE, MEANS_OPTION, "ForwardAgent", "no" },
	{ 'B', TRUE, MEANS_OPTION, "BindInterface", NULL },
	{ 'b', TRUE, MEANS_OPTION, "BindAddress", NULL },
	{ 'C', FALSE, MEANS_OPTION, "Compression", "yes" },
	{ 'c', TRUE, MEANS_OPTION, "Ciphers", NULL },
	{ 'D', TRUE, MEANS_OPTION, "DynamicForward", NULL },
	{ 'E', TRUE, MEANS_NOTHING, NULL, NULL },
	{ 'e', TRUE, MEANS_NOTHING, NULL, NULL },
	{ 'F', TRUE, MEANS_CONFIG, NULL, NULL },
	{ 'f', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'g', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'I', TRUE, MEANS_OPTION, "PKCS11Provider", NULL },
	{ 'i', TRUE, MEANS_OPTION, "IdentityFile", NULL },
	{ 'J', TRUE, MEANS_OPTION, "ProxyJump", NULL },
	{ 'K', FALSE, MEANS_OPTION, "GSSAPIAuthentication", "yes" },
	{ 'k', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'L', TRUE, MEANS_NOT_HERE, "-o LocalForward=", NULL },
	{ 'l', TRUE, MEANS_OPTION, "User", NULL },
	{ 'M', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'm', TRUE, MEANS_OPTION, "MACs", NULL },
	{ 'N', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'n', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'o', TRUE, MEANS_LINE, NULL, NULL },
	{ 'p', TRUE, MEANS_OPTION, "Port", NULL },
	{ 'q', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'R', TRUE, MEANS_NOT_HERE, "-o RemoteForward=", NULL },
	{ 'S', TRUE, MEANS_OPTION, "ControlPath", NULL },
	{ 'T', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 't', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'v', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'w', TRUE, MEANS_NOT_HERE, "-o Tunnel=", NULL },
	{ 'X', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'x', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'Y', FALSE, MEANS_NOTHING, NULL, NULL },
	{ 'y', FALSE, MEANS_NOTHING, NULL, NULL },
};

static const struct letter *find(char letter)
{
	for (gsize i = 0; i < G_N_ELEMENTS(letters); i++) {
		if (letters[i].letter == letter) {
			return &letters[i];
		}
	}
	return NULL;
}

/* A path with blanks stays one word in a line of ssh_config. */
static void add(struct ssh_arguments *to, const char *keyword, const char *text)
{
	gboolean quoted = strpbrk(text, " \t") != NULL && strchr(text, '"') == NULL;
	g_ptr_array_add(to->options, quoted ? g_strdup_printf("%s \"%s\"", keyword, text)
					    : g_strdup_printf("%s %s", keyword, text));
}

static gboolean take(struct ssh_arguments *to, const struct letter *letter, const char *argument,
	const char *name, struct position at, GError **error)
{
	switch (letter->meaning) {
	case MEANS_OPTION:
		/* One of both is there: it takes an argument, or has a value of its own. */
		if (argument != NULL || letter->value != NULL) {
			add(to, letter->keyword, argument != NULL ? argument : letter->value);
		}
		break;
	case MEANS_LINE:
		g_ptr_array_add(to->options, g_strdup(argument));
		break;
	case MEANS_CONFIG:
		if (to->config == NULL) {
			to->config = g_strdup(argument);
		}
		break;
	case MEANS_NOT_HERE:
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"%s: -%c is not supported, write it as '%s...'", name, letter->letter,
			letter->keyword);
		return FALSE;
	case MEANS_NOTHING:
		break;
	}
	return TRUE;
}

/* One word of options, "-4C" or "-oX=y"; *ret_used: the next word belongs to it. */
static gboolean take_word(struct ssh_arguments *to, const char *word, const char *next,
	gboolean *ret_used, const char *name, struct position at, GError **error)
{
	*ret_used = FALSE;
	for (const char *p = word + 1; *p != '\0'; p++) {
		const struct letter *letter = find(*p);
		if (letter == NULL) {
			error_set_at(error, SUTLER_ERROR_USAGE, at,
				"%s: '%s' is not an option of ssh that can be honoured", name,
				word);
			return FALSE;
		}
		const char *argument = NULL;
		if (letter->takes_argument) {
			*ret_used = p[1] == '\0';
			argument = *ret_used ? next : p + 1;
			if (argument == NULL) {
				error_set_at(error, SUTLER_ERROR_USAGE, at, "%s: -%c needs a value",
					name, *p);
				return FALSE;
			}
		}
		if (!take(to, letter, argument, name, at, error)) {
			return FALSE;
		}
		if (argument != NULL) {
			break;
		}
	}
	return TRUE;
}

gboolean ssh_arguments_add(struct ssh_arguments *arguments, const char *text, const char *name,
	struct position at, GError **error)
{
	const char *problem = NULL;
	const char *place = NULL;
	g_autoptr(GArray) words = words_split(text, &problem, &place);

	if (words == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "%s: %s", name, problem);
		return FALSE;
	}
	if (arguments->options == NULL) {
		arguments->options = g_ptr_array_new_with_free_func(g_free);
	}
	for (guint i = 0; i < words->len; i++) {
		const char *word = g_array_index(words, struct word, i).text;
		const char *next =
			i + 1 < words->len ? g_array_index(words, struct word, i + 1).text : NULL;
		gboolean used = FALSE;
		if (word[0] != '-' || word[1] == '\0' || word[1] == '-') {
			error_set_at(error, SUTLER_ERROR_USAGE, at,
				"%s: '%s' is not an option of ssh", name, word);
			return FALSE;
		}
		if (!take_word(arguments, word, next, &used, name, at, error)) {
			return FALSE;
		}
		i += used;
	}
	return TRUE;
}

const char *ssh_arguments_find(const struct ssh_arguments *arguments, const char *keyword)
{
	gsize length = strlen(keyword);

	for (guint i = 0; arguments->options != NULL && i < arguments->options->len; i++) {
		const char *option = g_ptr_array_index(arguments->options, i);
		if (g_ascii_strncasecmp(option, keyword, length) == 0 &&
			strchr(" \t=", option[length]) != NULL) {
			return option + length + strspn(option + length, " \t=");
		}
	}
	return NULL;
}

void ssh_arguments_clear(struct ssh_arguments *arguments)
{
	g_clear_pointer(&arguments->options, g_ptr_array_unref);
	g_clear_pointer(&arguments->config, g_free);
}
