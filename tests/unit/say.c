// SPDX-License-Identifier: GPL-2.0-only
/* say.c - unit tests of progress, and of what is told as lines or as JSON. */
#include "base/say.h"

#include <unistd.h>

#include "base/sheet.h"
#include "tests/test.h"

enum { TOLD_BYTES = 4096 };

/* What a step of 1000 that began ten seconds ago writes to stderr at 427 and at its end. */
static void tell_progress(enum progress_style style, unsigned level, bool eta,
			  char told[TOLD_BYTES])
{
	struct say say = { .level = level, .progress = style, .text = stdout };
	struct progress progress;
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);

	told[0] = 0;
	if (!file || kept < 0)
		return;
	dup2(fileno(file), STDERR_FILENO);
	progress_begin(&progress, &say, "Copying data", eta);
	progress.begun -= 10;
	progress_step(&progress, 427, 1000);
	progress_step(&progress, 428, 1000); /* too soon */
	progress_end(&progress);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(file);
	told[fread(told, 1, TOLD_BYTES - 1, file)] = 0;
	fclose(file);
}

static const char lines[] =
	"Copying data                                      : [ 42.7 %]    eta: 13s\n"
	"Copying data                                      : [100.0 %]    \n";

TEST(progress_in_lines)
{
	char told[TOLD_BYTES];

	tell_progress(PROGRESS_AUTO, SAY_PROGRESS, true, told); /* a file is no terminal */
	CHECK(!strcmp(told, lines));
	tell_progress(PROGRESS_PLAIN, SAY_PROGRESS, true, told);
	CHECK(!strcmp(told, lines));
	tell_progress(PROGRESS_PLAIN, SAY_PROGRESS, false, told);
	CHECK(!strstr(told, "eta"));
}

TEST(progress_in_json)
{
	char told[TOLD_BYTES];

	tell_progress(PROGRESS_JSON, SAY_PROGRESS, true, told);
	CHECK(!strcmp(told, "{\"step\":\"Copying data\",\"done\":427,\"total\":1000,"
		      "\"percent\":42.7,\"eta_seconds\":13}\n"
		      "{\"step\":\"Copying data\",\"done\":1000,\"total\":1000,"
		      "\"percent\":100.0}\n"));
	tell_progress(PROGRESS_JSON, SAY_PROGRESS, false, told);
	CHECK(strstr(told, "\"percent\":42.7}\n"));
}

TEST(progress_not_at_all)
{
	char told[TOLD_BYTES];

	tell_progress(PROGRESS_NONE, 31 & ~SAY_REPORT, true, told);
	CHECK(!*told);
	for (enum progress_style style = PROGRESS_AUTO; style <= PROGRESS_NONE; style++) {
		tell_progress(style, 30 & ~SAY_REPORT, true, told);
		CHECK(!*told);
	}
}

/* The same calls either way. */
static char *fill_sheet(bool as_json)
{
	struct sheet sheet;
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	sheet_begin(&sheet, to, as_json);
	sheet_word(&sheet, "file_name", "a\x1b[2J\\\xc3\xa4");
	sheet_text(&sheet, "cut", "abcdef", 3);
	sheet_text(&sheet, "empty", "", 5);
	sheet_open(&sheet, "some_pages");
	sheet_number(&sheet, "raw", 12);
	sheet_close(&sheet);
	sheet_open_list(&sheet, "notes");
	sheet_open(&sheet, NULL);
	sheet_word(&sheet, "name", "CORE");
	sheet_number(&sheet, "note_type", 1);
	sheet_close(&sheet);
	sheet_close(&sheet);
	sheet_bool(&sheet, "a_key_that_is_longer_than_the_column", true);
	sheet_end(&sheet);
	fclose(to);
	return text;
}

TEST(sheets_for_people_and_machines)
{
	char *text = fill_sheet(false), *json = fill_sheet(true);

	CHECK(!strcmp(text, "file name:              a\\x1b[2J\\x5c\\xc3\\xa4\n"
		      "cut:                    abc\n"
		      "empty:                  (unknown)\n"
		      "some pages:\n"
		      "  raw:                  12\n"
		      "notes:\n"
		      "  name CORE, note type 1\n"
		      "a key that is longer than the column: yes\n"));
	CHECK(!strcmp(json, "{\"file_name\":\"a\\u001b[2J\\\\\xc3\xa4\",\"cut\":\"abc\","
		      "\"empty\":null,\"some_pages\":{\"raw\":12},"
		      "\"notes\":[{\"name\":\"CORE\",\"note_type\":1}],"
		      "\"a_key_that_is_longer_than_the_column\":true}\n"));
	free(text);
	free(json);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "progress in lines", progress_in_lines },
		{ "progress in JSON", progress_in_json },
		{ "progress not at all", progress_not_at_all },
		{ "sheets for people and machines", sheets_for_people_and_machines },
		{ 0 },
	});
}
