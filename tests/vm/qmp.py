# SPDX-License-Identifier: GPL-2.0-only
"""qmp.py SOCKET [CORE [START BYTES]]: have QEMU write the guest's memory to CORE, as a core or (with START) as it is; without
CORE, have it quit."""
import json
import socket
import sys

def command(stream, name, **arguments):
    stream.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
    stream.flush()
    while True:
        answer = json.loads(stream.readline() or '{"error": "QEMU is gone"}')
        if "return" in answer or "error" in answer:
            return answer

with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[1])
    stream = connection.makefile("rw")
    stream.readline()
    command(stream, "qmp_capabilities")
    if len(sys.argv) > 4:
        command(stream, "stop")
        answer = command(stream, "pmemsave", val=int(sys.argv[3], 0), size=int(sys.argv[4], 0), filename=sys.argv[2])
    elif len(sys.argv) > 2:
        answer = command(stream, "dump-guest-memory", paging=False, protocol="file:" + sys.argv[2])
    else:
        answer = command(stream, "quit")
    sys.exit("error" in answer and str(answer["error"]))
