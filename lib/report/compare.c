/* What differs between two sequences: Myers' algorithm in linear space, with a bound on its cost.
 */
#include "report/compare.h"

#include <string.h>

enum { COST_BOUND = 400 }; /* steps in search of a middle before a good point is taken instead */

/* A part of both sequences: a from a1 to a2, b from b1 to b2. */
struct box {
	gint64 a1, a2, b1, b2;
};

struct comparison {
	const guint32 *a, *b;      /* what is left after symbols of one side only are dropped */
	const gint64 *a_at, *b_at; /* where these stood */
	gboolean *a_changed, *b_changed;
	gint64 *forward, *backward; /* furthest a by diagonal, offset so that none is negative */
};

/* A point on the script: what is before it and what is behind are compared apart. */
struct split {
	gint64 a, b;
};

/* One round of the search. Diagonals that do not cross the box are left out: k goes from low to
 * high. */
struct round {
	gint64 cost, delta, low, high;
};

/* Whether the path to diagonal k comes from k + 1 (else from k - 1). */
static gboolean from_above(const gint64 *v, const struct round *r, gint64 k)
{
	if (k == -r->cost || k - 1 < r->low) {
		return TRUE;
	}
	return k != r->cost && k + 1 <= r->high && v[k - 1] < v[k + 1];
}

/* The mirror image: whether the path from the end to diagonal k comes from k - 1. */
static gboolean from_below(const gint64 *v, const struct round *r, gint64 k)
{
	if (k == r->cost || k + 1 > r->high) {
		return TRUE;
	}
	return k != -r->cost && k - 1 >= r->low && v[k - 1] < v[k + 1];
}

/* Advances all forward paths by one edit; TRUE when one met a backward path. */
static gboolean step_forward(const struct comparison *c, const struct box *box,
	const struct round *r, struct split *ret_split)
{
	gint64 *v = c->forward;
	for (gint64 k = -r->cost; k <= r->cost; k += 2) {
		if (k < r->low || k > r->high) {
			continue;
		}
		gint64 a = from_above(v, r, k) ? v[k + 1] : v[k - 1] + 1;
		gint64 b = a - box->a1 - k + box->b1;
		while (a < box->a2 && b < box->b2 && c->a[a] == c->b[b]) {
			a++;
			b++;
		}
		v[k] = a;
		gint64 other = k - r->delta;
		if (r->delta % 2 != 0 && other > -r->cost && other < r->cost &&
			a >= c->backward[other]) {
			*ret_split = (struct split){ a, b };
			return TRUE;
		}
	}
	return FALSE;
}

/* The same from the end; k counts from the diagonal of the end. */
static gboolean step_backward(const struct comparison *c, const struct box *box,
	const struct round *r, struct split *ret_split)
{
	struct round mirrored = { r->cost, -r->delta, r->low - r->delta, r->high - r->delta };
	gint64 *v = c->backward;
	for (gint64 k = -r->cost; k <= r->cost; k += 2) {
		if (k < mirrored.low || k > mirrored.high) {
			continue;
		}
		gint64 a = from_below(v, &mirrored, k) ? v[k - 1] : v[k + 1] - 1;
		gint64 b = a - box->a2 - k + box->b2;
		while (a > box->a1 && b > box->b1 && c->a[a - 1] == c->b[b - 1]) {
			a--;
			b--;
		}
		v[k] = a;
		gint64 other = k + r->delta;
		if (r->delta % 2 == 0 && other >= -r->cost && other <= r->cost &&
			a <= c->forward[other]) {
			*ret_split = (struct split){ a, b };
			return TRUE;
		}
	}
	return FALSE;
}

/* The forward path that came furthest inside the box: taken when the search costs too much. */
static struct split furthest(
	const struct comparison *c, const struct box *box, const struct round *r)
{
	struct split best = { box->a1, box->b1 };
	for (gint64 k = -r->cost; k <= r->cost; k += 2) {
		if (k < r->low || k > r->high) {
			continue;
		}
		gint64 a = MIN(c->forward[k], MIN(box->a2, box->b2 - box->b1 + box->a1 + k));
		gint64 b = a - box->a1 - k + box->b1;
		if (a + b > best.a + best.b) {
			best = (struct split){ a, b };
		}
	}
	return best;
}

static struct split find_split(const struct comparison *c, const struct box *box)
{
	struct split split = { 0, 0 };
	struct round r = { 0, (box->a2 - box->a1) - (box->b2 - box->b1), box->b1 - box->b2,
		box->a2 - box->a1 };
	c->forward[1] = box->a1;
	c->backward[-1] = box->a2;
	for (;; r.cost++) {
		if (step_forward(c, box, &r, &split) || step_backward(c, box, &r, &split)) {
			return split;
		}
		if (r.cost == COST_BOUND) {
			return furthest(c, box, &r);
		}
	}
}

static void mark(gboolean *changed, const gint64 *at, gint64 from, gint64 to)
{
	for (gint64 i = from; i < to; i++) {
		changed[at[i]] = TRUE;
	}
}

static void compare_box(const struct comparison *c, struct box box)
{
	for (;;) {
		while (box.a1 < box.a2 && box.b1 < box.b2 && c->a[box.a1] == c->b[box.b1]) {
			box.a1++;
			box.b1++;
		}
		while (box.a1 < box.a2 && box.b1 < box.b2 && c->a[box.a2 - 1] == c->b[box.b2 - 1]) {
			box.a2--;
			box.b2--;
		}
		if (box.a1 == box.a2 || box.b1 == box.b2) {
			mark(c->a_changed, c->a_at, box.a1, box.a2);
			mark(c->b_changed, c->b_at, box.b1, box.b2);
			return;
		}
		struct split split = find_split(c, &box);
		g_assert(
			split.a + split.b > box.a1 + box.b1 && split.a + split.b < box.a2 + box.b2);
		compare_box(c, (struct box){ box.a1, split.a, box.b1, split.b });
		box.a1 = split.a;
		box.b1 = split.b;
	}
}

/* Copies the symbols of side that also stand in the other side; marks the rest as changed. */
static gint64 keep_common(
	struct sequence *side, const gboolean *in_other, guint32 *symbols, gint64 *at)
{
	gint64 kept = 0;
	for (gint64 i = 0; i < side->n; i++) {
		if (in_other[side->symbols[i]]) {
			symbols[kept] = side->symbols[i];
			at[kept++] = i;
		} else {
			side->changed[i] = TRUE;
		}
	}
	return kept;
}

static gboolean *symbols_of(const struct sequence *side, guint32 symbol_bound)
{
	gboolean *present = g_new0(gboolean, symbol_bound + 1);
	for (gint64 i = 0; i < side->n; i++) {
		present[side->symbols[i]] = TRUE;
	}
	return present;
}

/* Where a run of changed lines could as well stand one line further down, it is moved there: a
 * block that was added then ends with its own closing line, not with its neighbour's. */
static void slide(struct sequence *side, const struct sequence *other)
{
	gint64 j = 0;
	for (gint64 start = 0; start < side->n; start++) {
		if (!side->changed[start]) {
			while (j < other->n && other->changed[j]) {
				j++;
			}
			j++;
			continue;
		}
		gint64 end = start;
		while (end < side->n && side->changed[end]) {
			end++;
		}
		while (end < side->n && (j >= other->n || !other->changed[j]) &&
			side->symbols[start] == side->symbols[end]) {
			side->changed[start++] = FALSE;
			side->changed[end++] = TRUE;
			j++;
			while (end < side->n && side->changed[end]) {
				end++;
			}
		}
		start = end - 1;
	}
}

void compare_sequences(struct sequence *a, struct sequence *b, guint32 symbol_bound)
{
	g_autofree gboolean *in_a = symbols_of(a, symbol_bound);
	g_autofree gboolean *in_b = symbols_of(b, symbol_bound);
	g_autofree guint32 *a_symbols = g_new(guint32, (gsize)a->n + 1);
	g_autofree guint32 *b_symbols = g_new(guint32, (gsize)b->n + 1);
	g_autofree gint64 *a_at = g_new(gint64, (gsize)a->n + 1);
	g_autofree gint64 *b_at = g_new(gint64, (gsize)b->n + 1);
	gint64 a_kept = keep_common(a, in_b, a_symbols, a_at);
	gint64 b_kept = keep_common(b, in_a, b_symbols, b_at);

	const gsize room = 2 * (COST_BOUND + 2) + 1;
	g_autofree gint64 *forward = g_new0(gint64, room);
	g_autofree gint64 *backward = g_new0(gint64, room);
	const struct comparison c = {
		.a = a_symbols,
		.b = b_symbols,
		.a_at = a_at,
		.b_at = b_at,
		.a_changed = a->changed,
		.b_changed = b->changed,
		.forward = forward + COST_BOUND + 2,
		.backward = backward + COST_BOUND + 2,
	};
	compare_box(&c, (struct box){ 0, a_kept, 0, b_kept });
	slide(a, b);
	slide(b, a);
}
