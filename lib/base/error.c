/* Errors with a source position. */
#include "base/error.h"

#include "base/public-names.h"

/* What an error of ours carries besides its text. */
typedef struct {
	struct position at;
} SutlerErrorPrivate;

static void sutler_error_private_init(SutlerErrorPrivate *private)
{
	private->at = POSITION_NONE;
}

static void sutler_error_private_copy(const SutlerErrorPrivate *from, SutlerErrorPrivate *to)
{
	*to = *from;
}

static void sutler_error_private_clear(SutlerErrorPrivate *private)
{
	(void)private; /* names of files are interned */
}

G_DEFINE_EXTENDED_ERROR(SutlerError, sutler_error)

struct position error_position(const GError *error)
{
	return error->domain == SUTLER_ERROR ? sutler_error_get_private(error)->at : POSITION_NONE;
}

char *position_prefix(struct position at)
{
	if (at.file == NULL) {
		return g_strdup("");
	}
	if (at.line == 0) {
		return g_strdup_printf("%s: ", at.file);
	}
	if (at.column == 0) {
		return g_strdup_printf("%s:%u: ", at.file, at.line);
	}
	return g_strdup_printf("%s:%u:%u: ", at.file, at.line, at.column);
}

static void G_GNUC_PRINTF(4, 0) set(GError **error, enum sutler_error code, struct position at,
	const char *format, va_list arguments)
{
	if (error == NULL) {
		return;
	}
	g_autofree char *prefix = position_prefix(at);
	if (at.file != NULL) {
		public_file(at.file);
	}
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	g_set_error(error, SUTLER_ERROR, (int)code, "%s%s", prefix, message);
	sutler_error_get_private(*error)->at = at;
}

void error_set_at(
	GError **error, enum sutler_error code, struct position at, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	set(error, code, at, format, arguments);
	va_end(arguments);
}

void error_set(GError **error, enum sutler_error code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	set(error, code, POSITION_NONE, format, arguments);
	va_end(arguments);
}

int error_exit_status(const GError *error)
{
	if (error == NULL) {
		return 0;
	}
	if (error->domain != SUTLER_ERROR) {
		return 2;
	}
	switch ((enum sutler_error)error->code) {
	case SUTLER_ERROR_FAILED:
	case SUTLER_ERROR_LOST:
	case SUTLER_ERROR_TIMEOUT:
		return 1;
	case SUTLER_ERROR_UNREACHABLE:
		return 3;
	case SUTLER_ERROR_ROLLBACK:
		return 5;
	case SUTLER_ERROR_INTERRUPTED:
		return 130;
	case SUTLER_ERROR_USAGE:
	case SUTLER_ERROR_UNKNOWN:
	case SUTLER_ERROR_UNDEFINED:
	case SUTLER_ERROR_LIMIT:
	case SUTLER_ERROR_PENDING:
	case SUTLER_ERROR_UNPREDICTED:
		break;
	}
	return 2;
}
