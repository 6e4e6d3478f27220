# The door of a workbench: listens on its ports and passes every connection on to the container that door.json names at
# that moment. A connection stays where it began; a change of door.json moves new ones alone, all ports at once.
# Runs in a container of its own, with python3 alone, and is told nothing but by files in its directory.
import asyncio
import json
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ASKED = os.path.join(HERE, "door.json")
# Seconds between two looks at door.json.
PACE = 0.1
CHUNK = 1 << 16


class Door:
    def __init__(self):
        self.seen = None
        self.generation = None
        self.targets = {}  # (bind, port) -> (host, port)
        self.servers = {}  # (bind, port) -> server
        self.refused = {}  # (bind, port) -> why
        self.told = None

    async def run(self):
        while True:
            self.read()
            await self.listen()
            self.tell()
            await asyncio.sleep(PACE)

    # A file that cannot be read changes nothing: what was asked before holds.
    def read(self):
        try:
            at = os.stat(ASKED)
            seen = (at.st_mtime_ns, at.st_ino, at.st_size)
            if seen == self.seen:
                return
            with open(ASKED, encoding="utf-8") as file:
                asked = json.load(file)
            targets = {
                (one["bind"], one["port"]): (one["to"]["host"], one["to"]["port"]) for one in asked["listen"]
            }
        except (OSError, ValueError, KeyError, TypeError) as error:
            print("door: cannot read door.json: %s" % error, file=sys.stderr, flush=True)
            return
        self.seen, self.generation, self.targets = seen, asked.get("generation"), targets

    # Ports that are somebody else's are tried again at every look: they are taken up when they come free.
    async def listen(self):
        for place in [place for place in self.servers if place not in self.targets]:
            self.servers.pop(place).close()  # connections that it let in go on
        self.refused = {place: why for place, why in self.refused.items() if place in self.targets}
        for place in self.targets:
            if place in self.servers:
                continue
            bind, port = place
            try:
                self.servers[place] = await asyncio.start_server(
                    lambda reader, writer, place=place: self.carry(place, reader, writer), bind, port, backlog=512
                )
                self.refused.pop(place, None)
            except OSError as error:
                self.refused[place] = os.strerror(error.errno) if error.errno else str(error)

    def tell(self):
        told = {
            "generation": self.generation,
            "serving": [{"bind": bind, "port": port} for bind, port in sorted(self.servers)],
            "refused": [{"bind": bind, "port": port, "why": why} for (bind, port), why in sorted(self.refused.items())],
        }
        if told == self.told and os.path.exists(os.path.join(HERE, "serving.json")):
            return
        try:
            with open(os.path.join(HERE, "serving.json.tmp"), "w", encoding="utf-8") as file:
                json.dump(told, file)
            os.replace(file.name, os.path.join(HERE, "serving.json"))
            self.told = told
        except OSError as error:
            print("door: cannot write serving.json: %s" % error, file=sys.stderr, flush=True)

    async def carry(self, place, reader, writer):
        host, port = self.targets.get(place, (None, None))
        try:
            if host is None:
                return
            inner_reader, inner_writer = await asyncio.open_connection(host, port)
        except OSError:
            return  # nobody there: the caller sees the connection end, as at a closed port
        else:
            try:
                await asyncio.gather(pass_on(reader, inner_writer), pass_on(inner_reader, writer))
            finally:
                inner_writer.close()
        finally:
            writer.close()


async def pass_on(reader, writer):
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.transport.abort()  # one end is gone: the other is to know


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    asyncio.run(Door().run())
