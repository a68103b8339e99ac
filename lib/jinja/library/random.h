/* Python's random numbers: the same sequence for the same seed. */
#ifndef SUTLER_JINJA_RANDOM_H
#define SUTLER_JINJA_RANDOM_H

#include "value/value.h"

struct random {
	guint32 state[624]; /* Mersenne Twister, MT19937 */
	guint at;
};

/* As random.Random(seed): seed may be an int, a float, a string, None or NULL (unpredictable). */
void random_init(struct random *random, const value *seed);
/* random._randbelow(n); n > 0. */
guint64 random_below(struct random *random, guint64 n);

#endif
