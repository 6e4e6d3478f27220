import { expect, test } from "vitest";
import { parsePrintUris, withoutUser } from "../../../src/image/lock/apt.ts";
import { defaultSources, systemOf } from "../../../src/image/lock/sources.ts";

const HASH = "6bd1558face5e145d66d72c9557cbc7ff5ad66701e94dcd568e6daf081269018";

test("what apt prints is read with epochs, tildes and pluses as they are", () => {
  const text = [
    "Reading package lists...",
    `'http://deb.debian.org/debian/pool/main/t/tmux/tmux_3.3a-3_amd64.deb' tmux_3.3a-3_amd64.deb 454536 SHA256:${HASH}`,
    `'http://a:b@deb.example/g/git_2.39.5-0%2bdeb12u2_amd64.deb' git_1%3a2.39.5-0+deb12u2_amd64.deb 1 SHA256:${HASH}`,
  ].join("\n");
  expect(parsePrintUris(text)).toEqual([
    {
      name: "git",
      version: "1:2.39.5-0+deb12u2",
      architecture: "amd64",
      url: "http://deb.example/g/git_2.39.5-0%2bdeb12u2_amd64.deb",
      sha256: HASH,
      size: 1,
    },
    expect.objectContaining({ name: "tmux", version: "3.3a-3", size: 454_536 }),
  ]);
});

test("a package without SHA-256 is refused, since nothing would hold it", () => {
  expect(() => parsePrintUris("'http://deb.example/a.deb' a_1_all.deb 1 MD5Sum:00")).toThrow(/no SHA-256/);
});

test("logins are taken out of URLs", () => {
  expect(withoutUser("https://me:p%40ss@wheels.example/simple/a.whl")).toBe("https://wheels.example/simple/a.whl");
  expect(withoutUser("https://wheels.example/a@b.whl")).toBe("https://wheels.example/a@b.whl");
});

test("a base says where its packages come from, at a day if one is asked for", () => {
  const bookworm = systemOf('ID=debian\nVERSION_CODENAME="bookworm"\n');
  expect(defaultSources(bookworm!, "amd64", null)[2]).toBe(
    "deb http://deb.debian.org/debian-security bookworm-security main",
  );
  expect(defaultSources(bookworm!, "amd64", "2026-11-01")[0]).toBe(
    "deb http://snapshot.debian.org/archive/debian/20261101T000000Z bookworm main",
  );
  const noble = systemOf("ID=ubuntu\nVERSION_CODENAME=noble\n");
  expect(defaultSources(noble!, "arm64", null)[0]).toContain("ports.ubuntu.com");
  expect(() => defaultSources(noble!, "amd64", "2026-11-01")).toThrow(/for Debian/);
  expect(systemOf("ID=alpine\n")).toBeNull();
});
