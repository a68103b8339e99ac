/* Which play a template belongs to: `render` shows it with the variables of that play. */
#ifndef SUTLER_CMD_RENDER_PLAY_H
#define SUTLER_CMD_RENDER_PLAY_H

#include "cmd/project.h"
#include "run/variables.h"

/* The playbooks of provision and deploy, the project's or the built-in ones; one that cannot be
 * loaded is left out: a template can be looked at all the same. playbook *; caller unrefs. */
GPtrArray *render_playbooks(const struct project *p);

/* Lets v enter the first play with a `template` task that uses path, if there is one. */
void render_enter_play(const GPtrArray *playbooks, variables *v, const char *path);

#endif
