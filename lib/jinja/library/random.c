/* Python's random numbers: the same sequence for the same seed. */
#include "jinja/library/random.h"

#include "base/digest.h"

#include <math.h>
#include <string.h>

enum { N = 624, M = 397 };

static void seed_one(struct random *r, guint32 seed)
{
	r->state[0] = seed;
	for (guint32 i = 1; i < N; i++) {
		r->state[i] = 1812433253u * (r->state[i - 1] ^ (r->state[i - 1] >> 30)) + i;
	}
	r->at = N;
}

/* init_by_array() of the reference implementation. */
static void seed_array(struct random *r, const guint32 *key, gsize length)
{
	seed_one(r, 19650218u);
	gsize i = 1;
	gsize j = 0;
	for (gsize k = MAX((gsize)N, length); k > 0; k--) {
		r->state[i] =
			(r->state[i] ^ ((r->state[i - 1] ^ (r->state[i - 1] >> 30)) * 1664525u)) +
			key[j] + (guint32)j;
		if (++i >= N) {
			r->state[0] = r->state[N - 1];
			i = 1;
		}
		j = j + 1 >= length ? 0 : j + 1;
	}
	for (gsize k = N - 1; k > 0; k--) {
		r->state[i] = (r->state[i] ^
				      ((r->state[i - 1] ^ (r->state[i - 1] >> 30)) * 1566083941u)) -
			      (guint32)i;
		if (++i >= N) {
			r->state[0] = r->state[N - 1];
			i = 1;
		}
	}
	r->state[0] = 0x80000000u;
}

static void refill(struct random *r)
{
	for (guint k = 0; k < N; k++) {
		guint32 y = (r->state[k] & 0x80000000u) | (r->state[(k + 1) % N] & 0x7fffffffu);
		r->state[k] = r->state[(k + M) % N] ^ (y >> 1) ^ ((y & 1) ? 0x9908b0dfu : 0);
	}
	r->at = 0;
}

static guint32 next_word(struct random *r)
{
	if (r->at >= N) {
		refill(r);
	}
	guint32 y = r->state[r->at++];
	y ^= y >> 11;
	y ^= (y << 7) & 0x9d2c5680u;
	y ^= (y << 15) & 0xefc60000u;
	return y ^ (y >> 18);
}

/* Strings: the number that text and its SHA-512, taken together, spell in big-endian bytes. */
static void seed_text(struct random *r, const value *seed)
{
	guint8 digest[DIGEST_MAX];
	gsize size = digest_bytes("sha512", value_string(seed), value_string_length(seed), digest);
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_byte_array_append(
		bytes, (const guint8 *)value_string(seed), (guint)value_string_length(seed));
	g_byte_array_append(bytes, digest, (guint)size);
	gsize words = (bytes->len + 3) / 4;
	g_autofree guint32 *key = g_new0(guint32, words);
	for (gsize i = 0; i < bytes->len; i++) {
		key[i / 4] |= (guint32)bytes->data[bytes->len - 1 - i] << (8 * (i % 4));
	}
	while (words > 1 && key[words - 1] == 0) {
		words--;
	}
	seed_array(r, key, words);
}

/* Python's hash of a float, which seeds with its absolute value. */
static guint64 float_hash(double d)
{
	const guint64 modulus = (G_GUINT64_CONSTANT(1) << 61) - 1;
	int exponent = 0;
	double m = frexp(fabs(d), &exponent);
	guint64 x = 0;
	if (!isfinite(d)) {
		return isinf(d) ? 314159 : 0;
	}
	while (m != 0) {
		x = ((x << 28) & modulus) | (x >> (61 - 28));
		m *= 268435456.0;
		exponent -= 28;
		guint64 y = (guint64)m;
		m -= (double)y;
		x += y;
		x = x >= modulus ? x - modulus : x;
	}
	exponent = exponent >= 0 ? exponent % 61 : 61 - 1 - ((-1 - exponent) % 61);
	return ((x << exponent) & modulus) | (x >> (61 - exponent));
}

void random_init(struct random *r, const value *seed)
{
	guint64 number = 0;
	if (seed == NULL || value_is(seed, VALUE_NULL)) {
		number = ((guint64)g_random_int() << 32) | g_random_int();
	} else if (value_is(seed, VALUE_STRING)) {
		seed_text(r, seed);
		return;
	} else if (value_is(seed, VALUE_INT)) {
		gint64 i = value_int(seed);
		number = i < 0 ? 0 - (guint64)i : (guint64)i;
	} else if (value_is(seed, VALUE_BOOL)) {
		number = value_bool(seed);
	} else if (value_is(seed, VALUE_FLOAT)) {
		number = float_hash(value_float(seed));
	}
	guint32 key[2] = { (guint32)number, (guint32)(number >> 32) };
	seed_array(r, key, key[1] != 0 ? 2 : 1);
}

static guint64 bits(struct random *r, guint k)
{
	if (k <= 32) {
		return next_word(r) >> (32 - k);
	}
	guint64 low = next_word(r);
	return low | ((guint64)(next_word(r) >> (64 - k)) << 32);
}

guint64 random_below(struct random *r, guint64 n)
{
	guint k = 64 - (guint)__builtin_clzll(n);
	guint64 x = bits(r, k);
	while (x >= n) {
		x = bits(r, k);
	}
	return x;
}
