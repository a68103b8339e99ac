/* Tests of lib/run/decide.c: what is known of a result, and what it means. */
#include "run/decide.h"

static const struct row {
	const char *name;
	struct circumstances c;
	enum decision decision;
	enum step_status status;
} rows[] = {
	{ "ok", { .status = STEP_OK, .last_item = TRUE }, DECISION_DONE, STEP_OK },
	{ "changed", { .status = STEP_CHANGED, .last_item = TRUE }, DECISION_DONE, STEP_CHANGED },
	{ "skipped", { .status = STEP_SKIPPED, .last_item = TRUE }, DECISION_DONE, STEP_SKIPPED },
	{ "unpredicted", { .status = STEP_UNPREDICTED, .last_item = TRUE }, DECISION_DONE,
		STEP_UNPREDICTED },
	{ "failed", { .status = STEP_FAILED, .last_item = TRUE }, DECISION_STOP, STEP_FAILED },
	{ "ignored", { .status = STEP_FAILED, .last_item = TRUE, .ignores_errors = TRUE },
		DECISION_DONE, STEP_IGNORED },
	{ "rescued", { .status = STEP_FAILED, .last_item = TRUE, .rescued = TRUE }, DECISION_RESCUE,
		STEP_FAILED },
	{ "ignored in a block with rescue",
		{ .status = STEP_FAILED,
			.last_item = TRUE,
			.ignores_errors = TRUE,
			.rescued = TRUE },
		DECISION_DONE, STEP_IGNORED },
	{ "an item", { .status = STEP_OK }, DECISION_ITEM, STEP_OK },
	{ "a failed item: the others run", { .status = STEP_FAILED }, DECISION_ITEM, STEP_FAILED },
	{ "a failed item that is rescued: the others run",
		{ .status = STEP_FAILED, .rescued = TRUE }, DECISION_ITEM, STEP_FAILED },
	{ "the last item of a loop that failed",
		{ .status = STEP_OK, .last_item = TRUE, .loop_failed = TRUE }, DECISION_STOP,
		STEP_OK },
	{ "the last item of a loop that failed, rescued",
		{ .status = STEP_OK, .last_item = TRUE, .loop_failed = TRUE, .rescued = TRUE },
		DECISION_RESCUE, STEP_OK },
	{ "the last item of a loop that failed, ignored",
		{ .status = STEP_OK,
			.last_item = TRUE,
			.loop_failed = TRUE,
			.ignores_errors = TRUE },
		DECISION_DONE, STEP_OK },
	{ "until holds",
		{ .status = STEP_OK,
			.has_until = TRUE,
			.until_holds = TRUE,
			.attempt = 1,
			.retries = 3,
			.last_item = TRUE },
		DECISION_DONE, STEP_OK },
	{ "until does not hold yet",
		{ .status = STEP_OK,
			.has_until = TRUE,
			.attempt = 3,
			.retries = 3,
			.last_item = TRUE },
		DECISION_AGAIN, STEP_OK },
	{ "a failure with until is tried again",
		{ .status = STEP_FAILED,
			.has_until = TRUE,
			.attempt = 1,
			.retries = 3,
			.rescued = TRUE,
			.last_item = TRUE },
		DECISION_AGAIN, STEP_FAILED },
	{ "an item is tried again, too",
		{ .status = STEP_OK, .has_until = TRUE, .attempt = 1, .retries = 1 },
		DECISION_AGAIN, STEP_OK },
	{ "until never held",
		{ .status = STEP_OK,
			.has_until = TRUE,
			.attempt = 4,
			.retries = 3,
			.last_item = TRUE },
		DECISION_EXHAUSTED, STEP_OK },
	{ "no retries: until is not asked",
		{ .status = STEP_FAILED, .has_until = TRUE, .attempt = 1, .last_item = TRUE },
		DECISION_STOP, STEP_FAILED },
	{ "skipped: until is not asked",
		{ .status = STEP_SKIPPED,
			.has_until = TRUE,
			.attempt = 1,
			.retries = 3,
			.last_item = TRUE },
		DECISION_DONE, STEP_SKIPPED },
	{ "unpredicted: until is not asked",
		{ .status = STEP_UNPREDICTED,
			.has_until = TRUE,
			.attempt = 1,
			.retries = 3,
			.last_item = TRUE },
		DECISION_DONE, STEP_UNPREDICTED },
};

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	g_assert_cmpint(decide(&row->c), ==, row->decision);
	g_assert_cmpint(decide_status(&row->c), ==, row->status);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/decide/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	return g_test_run();
}
