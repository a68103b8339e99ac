/* The bounds of a template; each error names the one it met. */
#ifndef SUTLER_JINJA_LIMITS_H
#define SUTLER_JINJA_LIMITS_H

enum {
	LIMIT_NESTING = 200,            /* of blocks, expressions and values */
	LIMIT_CHAIN = 1000,             /* operators or filters in one row: a + b + c ... */
	LIMIT_RECURSION = 100,          /* of macros, includes and variables */
	LIMIT_ITERATIONS = 10000000,    /* of loops, in one evaluation */
	LIMIT_RANGE = 10000000,         /* numbers in one range() */
	LIMIT_ITEMS = 1 << 20,          /* of one list made by a filter or operator */
	LIMIT_BYTES = 64 * 1024 * 1024, /* of one value, the output, the source */
};

#endif
