/*
 * A thread that lets everyone who asks for it do something small every second, whatever the threads
 * of the hosts do meanwhile: print into a pipe that nobody reads, evaluate, sleep between two
 * tries.
 */
#ifndef SUTLER_TRANSPORT_PULSE_H
#define SUTLER_TRANSPORT_PULSE_H

#include <glib.h>

/* Must not wait. */
typedef void (*pulse_function)(gpointer data);

/* From now on function is called with data about once a second while lock is free, and under it:
 * who holds lock does itself what is to be done. Both must stay until pulse_remove(). */
void pulse_add(gpointer data, pulse_function function, GMutex *lock);

/* No call of data's function is under way when this returns. Does nothing for data that was not
 * added. The caller must not hold its lock. */
void pulse_remove(gpointer data);

#endif
