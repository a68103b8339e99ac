/* Whether this thread is reading a secret text. */
#include "base/secret-reading.h"

static _Thread_local unsigned int depth;

void secret_reading_begin(void)
{
	depth++;
}

void secret_reading_end(void)
{
	depth--;
}

int secret_reading(void)
{
	return depth > 0;
}

const char *secret_reading_shown(const char *text)
{
	return depth > 0 ? "..." : text;
}
