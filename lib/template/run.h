/* One evaluation of a playbook's template: what the language shares, and what is Ansible's. */
#ifndef SUTLER_TEMPLATE_RUN_H
#define SUTLER_TEMPLATE_RUN_H

#include "jinja/engine/evaluate.h"
#include "template/template.h"

/* A variable that is being evaluated. */
struct active {
	const char *name;
	const struct active *before;
};

struct run {
	struct shared shared; /* first, so that run_of() finds the rest */
	struct jinja_scope language;
	const struct template_scope *scope;
	const struct active *active;       /* the variables being evaluated, the last first */
	struct placeholders *placeholders; /* of template files; NULL: none */
};

void run_init(struct run *run, const struct template_scope *scope);
void run_finish(struct run *run);

/* That of an evaluation; all of lib/template's are of a run. */
static inline struct run *run_of(const struct jinja_evaluation *e)
{
	return (struct run *)(gpointer)e->shared;
}

/* Templates inside raw evaluated (task argument semantics). New reference. */
value *evaluate_raw(struct run *run, const value *raw, GError **error);

#endif
