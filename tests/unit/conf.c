// SPDX-License-Identifier: GPL-2.0-only
/* conf.c - the language of --config: what is understood, and what is said of the rest. */
#include "pages/conf.h"

#include "base/scope.h"
#include "tests/test.h"

static err_t parse(struct conf *conf, const char *text)
{
	return conf_parse(conf, "c", text, strlen(text));
}

/* A path as its steps tell, NAME[INDEX]:TYPE joined by blanks. */
static const char *steps(const struct conf *conf, const struct conf_path *path)
{
	static char text[256];
	size_t used = 0;

	text[0] = 0;
	for (unsigned i = 0; i < path->steps; i++) {
		const struct conf_step *step = &conf->step[path->first + i];
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
					 step->name);
		if (step->has_index)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "[%u]",
						 (unsigned)step->index);
		if (step->as)
			used += (size_t)snprintf(text + used, sizeof(text) - used, ":%s", step->as);
	}
	return text;
}

TEST(erase_in_all_its_forms)
{
	struct conf conf;

	CHECK_EQ(parse(&conf, "erase secret_table # all of it\n"
		       "[vmlinux] and more\nerase cfg.psk size 32 erase cfg..blob\tsize\n cfg.len\n"
		       "erase cfg.p nullify\n[mod|vmlinux]\nerase b size 4K\n[mod]\n"
		       "erase b size 0x10m\n"
		       "erase a.start to a.end of a.mm\nerase [vmlinux\n"), ERR_USAGE);
	CHECK_EQ(conf.commands, 7);
	CHECK(!strcmp(steps(&conf, &conf.command[0].path), "secret_table"));
	CHECK_EQ(conf.command[0].extent, CONF_WHOLE);
	CHECK(!conf.command[1].module);
	CHECK_EQ(conf.command[1].size, 32);
	CHECK_EQ(conf.command[1].line, 3);
	CHECK_EQ(conf.command[2].column, 23);
	CHECK(!strcmp(steps(&conf, &conf.command[2].path), "cfg blob"));
	CHECK_EQ(conf.command[2].path.length, 9);
	CHECK(!strncmp(conf.command[2].path.text, "cfg..blob", 9));
	CHECK(!strcmp(steps(&conf, &conf.command[2].size_path), "cfg len"));
	CHECK_EQ(conf.command[3].extent, CONF_NULLIFY);
	CHECK(!strcmp(conf.command[4].module, "mod") && conf.command[4].or_kernel);
	CHECK(!strcmp(conf.command[5].module, "mod") && !conf.command[5].or_kernel);
	CHECK_EQ(conf.command[4].size, 4096);
	CHECK_EQ(conf.command[5].size, 16 << 20);
	CHECK_EQ(conf.command[6].extent, CONF_TO);
	CHECK(!strcmp(steps(&conf, &conf.command[6].space), "a mm"));
	conf_free(&conf);
}

TEST(loops_and_conditions)
{
	struct conf conf;

	CHECK_EQ(parse(&conf, "for s in list.next within session:node\n"
		       " erase s.a erase s.b size s.n\n"
		       "endfor for k in first via next erase k endfor\n"
		       "for k in root:rb_root.rb_node tree key:serial_node\n"
		       " if k.type.name is \"big key\"\n"
		       "  erase k.p[0]:payload@mod*.data size 1\n endif\n"
		       " for i in k.array count k.n erase i.x endfor\n"
		       "endfor\nfor x in table erase x.y nullify endfor erase last"), OK);
	CHECK_EQ(conf.commands, 13);
	CHECK_EQ(conf.command[0].body_end, 3);
	CHECK_EQ(conf.command[0].along, CONF_WITHIN);
	CHECK(!strcmp(conf.command[0].type, "session") && !strcmp(conf.command[0].member, "node"));
	CHECK_EQ(conf.command[3].along, CONF_VIA);
	CHECK(!strcmp(conf.command[3].member, "next"));
	CHECK_EQ(conf.command[5].along, CONF_TREE);
	CHECK_EQ(conf.command[5].body_end, 10);
	CHECK(!strcmp(steps(&conf, &conf.command[5].path), "root:rb_root rb_node"));
	CHECK_EQ(conf.command[6].kind, CONF_IF);
	CHECK_EQ(conf.command[6].body_end, 8);
	CHECK(!strcmp(conf.command[6].text, "big key"));
	CHECK(!strcmp(steps(&conf, &conf.command[7].path), "k p[0]:payload@mod* data"));
	CHECK_EQ(conf.command[8].along, CONF_COUNT);
	CHECK_EQ(conf.command[8].body_end, 10);
	CHECK_EQ(conf.command[10].along, CONF_ELEMENTS);
	CHECK_EQ(conf.command[12].kind, CONF_ERASE);
	conf_free(&conf);
}

TEST(what_is_wrong_is_told_with_its_place)
{
	static const struct {
		const char *text, *said;
		unsigned commands; /* that are left */
	} bad[] = {
		{ "erase a\nerase", "c: Config error at 2:6: a path was expected, not 'the "
		  "end'", 1 },
		{ "eras a", "c: Config error at 1:1: a command was expected (erase, for, if), not "
			    "'eras'", 0 },
		{ "erase a size -1", "c: Config error at 1:14: a size must be a positive number, "
				     "with K or M, not '-1'", 0 },
		{ "erase a size 9q", "c: Config error at 1:14: a size must be a positive number, "
				     "with K or M, not '9q'", 0 },
		{ "erase a size 99999999999999999999", "c: Config error at 1:14: a size must be a "
		  "positive number, with K or M, not '99999999999999999999'", 0 },
		{ "erase size size 3", "c: Config error at 1:7: a path was expected, not "
		  "'size'", 0 },
		{ "erase a.b-c", "c: Config error at 1:7: a path is names with dots between, not "
				 "'a.b-c'", 0 },
		{ "erase a.9", "c: Config error at 1:7: a name was expected, not 'a.9'", 0 },
		{ "erase a[x]", "c: Config error at 1:7: an index must be a number in brackets, "
		  "not 'a[x]'", 0 },
		{ "erase a[1", "c: Config error at 1:7: an index must be a number in brackets, not "
			       "'a[1'", 0 },
		{ "erase a:", "c: Config error at 1:7: the name of a type was expected behind ':', "
			      "not 'a:'", 0 },
		{ "erase a of b", "c: Config error at 1:9: 'of' needs 'size' or 'to' before it, "
		  "not 'of'", 0 },
		{ "erase z\nfor x in y\n\terase x.z\n", "c: Config error at 2:1: No matching "
							   "'endfor' found.", 1 },
		{ "for x in y\n[mod]\nendfor", "c: Config error at 1:1: No matching 'endfor' "
						"found.", 0 },
		{ "for x in y if x is 1 endfor", "c: Config error at 1:22: a command was expected "
						   "(erase, for, if), not 'endfor'", 0 },
		{ "for x of y", "c: Config error at 1:7: 'in' was expected, not 'of'", 0 },
		{ "for x in y\nerase\tz.x\nendfor", "c: Config error at 2:7: unused iteration "
		  "variable: in a loop, a path begins with its variable", 0 },
		{ "for x in y tree z erase x endfor", "c: Config error at 1:19: 'tree' needs "
		  "STRUCT:MEMBER; a member was expected, not 'erase'", 0 },
		{ "for x in y within a:b:c", "c: Config error at 1:19: a name was expected behind "
					     "':', not 'a:b:c'", 0 },
		{ "endfor", "c: Config error at 1:1: a command was expected (erase, for, if), not "
			    "'endfor'", 0 },
		{ "if a is b", "c: Config error at 1:9: a number or a text in double quotes was "
			       "expected, not 'b'", 0 },
		{ "erase a\n[mod\nerase b", "c: Config error at 2:1: a section begins its line and "
		  "ends with ']', not '[mod'", 1 },
		{ "erase a size\n[mod]", "c: Config error at 2:1: a path was expected, not 'a "
					  "section'", 0 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct conf conf;
		CHECK_EQ(parse(&conf, bad[i].text), ERR_USAGE);
		CHECK(!strcmp(err_text(), bad[i].said));
		if (strcmp(err_text(), bad[i].said) != 0)
			printf("  said: %s\n", err_text());
		CHECK_EQ(conf.commands, bad[i].commands);
		conf_free(&conf);
	}
}

TEST(depth_and_odd_bytes)
{
	char text[64 * CONF_NESTED_MOST] = "";
	struct conf conf;

	for (unsigned i = 0; i <= CONF_NESTED_MOST; i++)
		strcat(text, "for x in y ");
	CHECK_EQ(parse(&conf, text), ERR_USAGE);
	CHECK(strstr(err_text(), "nested too deep"));
	conf_free(&conf);
	CHECK_EQ(conf_parse(&conf, "c", "erase a\0erase b", 15), ERR_USAGE);
	CHECK_EQ(conf.commands, 1);
	conf_free(&conf);
	CHECK_EQ(conf_parse(&conf, "c", "", 0), OK);
	CHECK_EQ(conf.commands, 0);
	conf_free(&conf);
}

/* A file that is not there, and one that is. */
TEST(files)
{
	char name[] = "/tmp/confXXXXXX";
	CLOSE_AT_END int fd = mkstemp(name);
	struct conf conf;

	CHECK(fd >= 0 && write(fd, "erase a\n", 8) == 8);
	CHECK_EQ(conf_read(&conf, name), OK);
	CHECK_EQ(conf.commands, 1);
	conf_free(&conf);
	CHECK(!ftruncate(fd, CONF_BYTES_MOST + 1));
	CHECK_EQ(conf_read(&conf, name), ERR_CORRUPT);
	conf_free(&conf);
	unlink(name);
	CHECK_EQ(conf_read(&conf, name), ERR_USAGE);
	conf_free(&conf);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "erase in all its forms", erase_in_all_its_forms },
		{ "loops and conditions", loops_and_conditions },
		{ "what is wrong is told with its place", what_is_wrong_is_told_with_its_place },
		{ "depth and odd bytes", depth_and_odd_bytes },
		{ "files", files },
		{ 0 } });
}
