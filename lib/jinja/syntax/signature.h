/* Signatures: the parameters of what templates call (environment.h). */
#ifndef SUTLER_JINJA_SIGNATURE_H
#define SUTLER_JINJA_SIGNATURE_H

#include "jinja/syntax/ast.h"

/* One word of a signature. */
struct parameter {
	const char *name;
	gsize length;
	gboolean required;
};

/* The first word of signature; what is behind it, or NULL at the end. */
static inline const char *parameter_next(const char *signature, struct parameter *p)
{
	while (*signature == ' ') {
		signature++;
	}
	const char *end = signature;
	while (*end != '\0' && *end != ' ') {
		end++;
	}
	p->name = signature;
	p->length = (gsize)(end - signature);
	p->required = p->length > 0 && end[-1] == '!';
	p->length -= p->required;
	return end > signature ? end : NULL;
}

static inline gboolean parameter_is_star(const struct parameter *p)
{
	return p->length == 1 && *p->name == '*';
}

static inline gboolean parameter_is_double_star(const struct parameter *p)
{
	return p->length == 2 && p->name[0] == '*' && p->name[1] == '*';
}

static inline gboolean parameter_is_slash(const struct parameter *p)
{
	return p->length == 1 && *p->name == '/';
}

/* Says of arguments in a template which parameter each of them is, where that can be told before
 * it runs. */
void signature_prepare(struct jinja_template *t, struct arguments *a, const char *signature);

#endif
