/*
 * A compiled template: a tree of nodes with variables resolved to numbered slots.
 *
 * The tree belongs to the struct jinja_template and is immutable once compiled.
 */
#ifndef SUTLER_JINJA_AST_H
#define SUTLER_JINJA_AST_H

#include "jinja/jinja.h"

enum node_type {
	/* expressions */
	NODE_CONST,
	NODE_NAME,
	NODE_ONCE, /* a, which stays the same: kept in its place when evaluated (invariant.h) */
	NODE_LIST,
	NODE_TUPLE,
	NODE_DICT, /* items: key, value, key, value ... */
	NODE_CONDITIONAL,
	NODE_AND,
	NODE_OR,
	NODE_NOT,
	NODE_NEGATIVE,
	NODE_POSITIVE,
	NODE_BINARY,
	NODE_CONCAT,
	NODE_CONCAT_MARKUP, /* within {% autoescape true %} */
	NODE_COMPARE,       /* a, then items with ops */
	NODE_GETATTR,
	NODE_GETITEM,
	NODE_SLICE,
	NODE_CALL,
	NODE_FILTER,
	NODE_TEST,
	NODE_NAMESPACE, /* target ns.attr */
	/* statements */
	NODE_OUTPUT, /* an expression printed, or template text */
	NODE_DATA,
	NODE_IF,
	NODE_FOR,
	NODE_SET,
	NODE_SET_BLOCK,
	NODE_MACRO,
	NODE_CALL_BLOCK,
	NODE_FILTER_BLOCK,
	NODE_WITH,
	NODE_INCLUDE,
	NODE_IMPORT,
	NODE_FROM,
	NODE_EXTENDS,
	NODE_BLOCK,
	NODE_DO,
	NODE_BREAK,
	NODE_CONTINUE,
	NODE_AUTOESCAPE,
	NODE_PRINT,
};

enum operator{
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_FLOORDIV,
	OP_MOD,
	OP_POW,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_IN,
	OP_NOT_IN,
};

struct nodes {
	struct node **items;
	guint n;
};

struct arguments {
	struct nodes positional;
	struct nodes named;
	value **names; /* of named, as strings */
	struct node *star, *double_star;
	/* Of a filter or test: which parameter of its signature each positional and then each named
	 * argument is. NULL: that shows when it is called. */
	const guint8 *parameters;
	guint8 n_parameters;
	gboolean constant; /* all of them are */
	value **values;    /* then: of every parameter, NULL where none is given */
};

/* A variable's place: slot of the frame `hops` functions out. */
struct place {
	guint16 hops;
	guint16 slot;
};

enum load_kind {
	LOAD_RESOLVE,  /* look it up in the context at first use */
	LOAD_ALIAS,    /* starts as the variable outside */
	LOAD_UNDEFINED /* not there until it is set */
};

/* What entering a scope does to one slot. */
struct load {
	guint16 slot;
	guint16 kind;
	struct place from; /* of LOAD_ALIAS */
};

struct loads {
	struct load *items;
	guint n;
};

/* Variables of the scopes around a node that an include, import or scoped block sees. */
struct visible {
	struct dumped {
		const char *name;
		struct place place;
	} * items;
	guint n;
};

enum node_flags {
	FLAG_RECURSIVE = 1 << 0,
	FLAG_ELIF = 1 << 0, /* of an if: alone in the otherwise of the one before */
	FLAG_WITH_CONTEXT = 1 << 1,
	FLAG_IGNORE_MISSING = 1 << 2,
	FLAG_SCOPED = 1 << 3,
	FLAG_REQUIRED = 1 << 4,
	FLAG_TOPLEVEL = 1 << 5, /* a set here is exported */
	FLAG_LOOP = 1 << 6,     /* the body uses `loop` */
	FLAG_CALLER = 1 << 7,
	FLAG_VARARGS = 1 << 8,
	FLAG_KWARGS = 1 << 9,
	FLAG_RAW = 1 << 10,          /* data of a raw block */
	FLAG_MUTATES = 1 << 11,      /* a call of a method that changes its object */
	FLAG_EXTENDED = 1 << 12,     /* behind a certain {% extends %}: not output */
	FLAG_CHECK_PARENT = 1 << 13, /* output only while no parent template is set */
	FLAG_EXPLICIT_CALLER = 1 << 14,
	FLAG_ROOT = 1 << 15,
};

/* Attributes of `loop` that are numbers or truths. */
enum loop_attribute {
	LOOP_NONE,
	LOOP_DEPTH,
	LOOP_DEPTH0,
	LOOP_FIRST,
	LOOP_INDEX,
	LOOP_INDEX0,
	LOOP_LAST,
	LOOP_LENGTH,
	LOOP_REVINDEX,
	LOOP_REVINDEX0,
};

/* The one of this name, or LOOP_NONE. */
enum loop_attribute loop_attribute_find(const char *name);

struct jinja_filter;
struct jinja_test;

/* Most nodes of a template are small ones. What a type does not need lies at the end and is not
 * there: DATA ends before place, OUTPUT and ONCE end before value, CONST, NAME and GETATTR before
 * b. */
struct node {
	guint8 type;
	guint8 op; /* of GETATTR: 1 when dicts have a method of that name */
	guint16 flags;
	guint32 line;
	guint32 column;
	union {
		guint32 length; /* of DATA */
		guint32 hint;   /* GETATTR, GETITEM: where in the dict the key was found last */
	};
	union {
		struct place place;     /* NAME, ONCE, and the special variable of FOR (loop) */
		guint32 loop_attribute; /* GETATTR: enum loop_attribute of the name */
	};
	struct node *a;
	value *value;     /* CONST; the name of NAME, GETATTR ... as a string */
	const char *name; /* the same, or of a filter, test, macro, block */
	struct node *b, *c;
	struct nodes items;
	union {
		const guint8 *ops;           /* COMPARE */
		struct arguments *arguments; /* CALL, FILTER, TEST */
		struct nodes *otherwise;     /* IF, FOR: else */
		struct macro_shape *macro;   /* MACRO, CALL_BLOCK */
		const char **aliases;        /* FROM */
	};
	union {
		const struct jinja_filter *filter;
		const struct jinja_test *test;
		struct loads *loads;     /* scopes */
		struct visible *visible; /* INCLUDE, IMPORT, FROM, BLOCK */
	};
	struct loads *loads2; /* FOR: of the else branch */
	struct loads *loads3; /* FOR: of the filter */
	guint slots;          /* of what is a function of its own (macro, block, recursive loop) */
};

/* The bytes of a node of this type, but for DATA. */
static inline gsize node_size(enum node_type type)
{
	switch (type) {
	case NODE_OUTPUT:
	case NODE_ONCE:
		return G_STRUCT_OFFSET(struct node, value);
	case NODE_CONST:
	case NODE_NAME:
	case NODE_GETATTR:
		return G_STRUCT_OFFSET(struct node, b);
	default:
		return sizeof(struct node);
	}
}

/* Nothing stands below it. */
static inline gboolean node_is_leaf(const struct node *n)
{
	return n->type == NODE_CONST || n->type == NODE_NAME || n->type == NODE_DATA;
}

/* Only a stands below it. */
static inline gboolean node_is_single(const struct node *n)
{
	return n->type == NODE_OUTPUT || n->type == NODE_ONCE || n->type == NODE_GETATTR;
}

/* The text of a DATA node, NUL-terminated, where others have their place. */
#define NODE_DATA_SIZE G_STRUCT_OFFSET(struct node, place)

static inline char *node_text(const struct node *n)
{
	return (char *)n + NODE_DATA_SIZE;
}

struct macro_shape {
	struct nodes parameters; /* NAMEs */
	struct nodes defaults;   /* of the last parameters */
	struct place caller, varargs, kwargs;
};

struct jinja_template {
	gint references;
	gint expected; /* bytes it gave last time: what to make room for */
	const char *name;
	const struct jinja_environment *environment;
	struct jinja_syntax syntax;
	struct nodes body;
	struct loads loads;
	guint slots;
	GHashTable *blocks; /* name -> NODE_BLOCK; NULL: none */
	gboolean mutates;
	gboolean has_self;
	struct place self;
	gboolean single;   /* the body is one printed expression */
	gboolean bare;     /* an expression without marks */
	GPtrArray *chunks; /* memory */
	GPtrArray *values;
	gsize used;
	gsize chunk_size;
};

/* Memory that lives as long as the template. */
gpointer template_allocate(struct jinja_template *t, gsize size);
const char *template_intern(struct jinja_template *t, const char *text);
value *template_keep(struct jinja_template *t, value *v); /* takes v */

#endif
