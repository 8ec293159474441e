#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# module-setup.sh - dracut module: makedumpfile and the libraries it is linked with go into the initramfs.
# Goes to /usr/lib/dracut/modules.d/99makedumpfile.

# Only on demand: dracut --add makedumpfile, or another module that depends on this one.
check()
{
	require_binaries makedumpfile || return 1
	return 255
}

depends()
{
	return 0
}

install()
{
	inst_multiple makedumpfile
}
