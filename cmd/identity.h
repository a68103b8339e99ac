/* What a project is called in places that outlive a run and are read from other machines. */
#ifndef SUTLER_CMD_IDENTITY_H
#define SUTLER_CMD_IDENTITY_H

/* The project of a playbook, a newline, and the playbook's path in it. A git work tree with a
 * remote "origin" is called by its address, so that all its clones are one project; else the folder
 * is. Caller frees. */
char *identity_of_playbook(const char *path);
/* An address of git without what may differ between clones: scheme, user, ".git". Caller frees. */
char *identity_of_address(const char *address);

#endif
