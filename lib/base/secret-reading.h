/*
 * Whether this thread is reading a secret text.
 *
 *	secret_reading_begin();
 *	v = yaml_parse(plain, ...);
 *	secret_reading_end();
 *
 * Readers then mark every string as secret, also when what follows turns out to be broken, and
 * errors quote nothing of the text.
 */
#ifndef SUTLER_BASE_SECRET_READING_H
#define SUTLER_BASE_SECRET_READING_H

/* From here to the end, this thread reads secrets; may be nested. */
void secret_reading_begin(void);
void secret_reading_end(void);
int secret_reading(void);

/* What an error may quote of a text that is being read: text, or "..." of a secret one. */
const char *secret_reading_shown(const char *text);

#endif
