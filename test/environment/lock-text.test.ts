import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Lock, LockedEnvironment } from "../../src/environment/lock.ts";
import { lockText, parseLock } from "../../src/environment/lock-text.ts";
import { isAppError } from "../../src/error.ts";
import { deb, DEBIAN, lockOf, wheel } from "./sections.ts";

const LOCK = lockOf({
  base: { reference: DEBIAN, digest: `sha256:${"b".repeat(64)}` },
  python: "3.11",
  compat: "2.7.1+cu126",
  asks: ["apt tmux", "pip numpy >= 2"],
  debs: [deb("tmux", "3.3a-3"), deb("libevent-core-2.1-7", "1:2.1.12-8")],
  wheels: [wheel("torch", "2.7.1+cu126"), wheel("numpy", "2.1.3")],
});

describe("the text of a lock", () => {
  test("is one fact a line, packages in order of name", () => {
    expect(lockText(LOCK)).toMatchInlineSnapshot(`
      "# morello.lock: what the image's environments are made of. Written by: morello image lock
      version 1
      spec 5555555555555555555555555555555555555555555555555555555555555555
      epoch 1700000000
      recipe 6666666666666666666666666666666666666666666666666666666666666666

      [default linux/amd64]
      base docker.io/library/debian:bookworm-slim@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
      python 3.11
      compat 2.7.1+cu126
      asks apt tmux
      asks pip numpy >= 2
      deb libevent-core-2.1-7 1:2.1.12-8 amd64 sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd 1000 http://deb.example/debian/pool/libevent-core-2.1-7_2.1.12-8_amd64.deb
      deb tmux 3.3a-3 amd64 sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd 1000 http://deb.example/debian/pool/tmux_3.3a-3_amd64.deb
      wheel numpy 2.1.3 sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee https://wheels.example/numpy-2.1.3-py3-none-any.whl
      wheel torch 2.7.1+cu126 sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee https://wheels.example/torch-2.7.1%2Bcu126-py3-none-any.whl
      "
    `);
  });

  test("reads back as what was written", () => {
    const read = parseLock(lockText(LOCK));
    expect(read.environments[0]?.debs.map(({ name }) => name)).toEqual(["libevent-core-2.1-7", "tmux"]);
    expect(lockText(read)).toBe(lockText(LOCK));
  });

  test("has the same bytes whatever order the environments and packages came in", () => {
    const several = lockOf(
      { variant: "cu126", debs: [deb("b"), deb("a")] },
      { variant: "cu118", wheels: [wheel("z"), wheel("y")] },
    );
    const turned = { ...several, environments: several.environments.toReversed().map(reversed) };
    expect(lockText(turned)).toBe(lockText(several));
  });

  test("survives writing and reading for any lock", () => {
    fc.assert(
      fc.property(anyLock, (lock) => {
        const text = lockText(lock);
        expect(lockText(parseLock(text))).toBe(text);
        expect(parseLock(text)).toEqual(parseLock(lockText(parseLock(text))));
      }),
    );
  });
});

describe("a lock that cannot be read", () => {
  test.each([
    ["", /morello\.lock cannot be read: version/],
    [lockText(LOCK).replace("version 1", "version 2"), /version/],
    [lockText(LOCK).replace(/^deb tmux.*$/m, "deb tmux 3.3a-3"), /morello\.lock:\d+: cannot be read: deb tmux 3\.3a-3/],
    [lockText(LOCK).replace(/sha256:d+/, "sha256:dd"), /debs\.0\.sha256/],
    [`${lockText(LOCK)}[default linux/amd64]\n`, /second time/],
    [`${lockText(LOCK)}<<<<<<< HEAD\n`, /conflict of a merge/],
    [lockText(LOCK).replace("epoch 1700000000", "epoch soon"), /epoch/],
    [lockText(LOCK).replace("epoch 1700000000", "epoch 1\nepoch 2"), /cannot be read: epoch 2/],
  ])("is refused with the place and the reason %#", (text, message) => {
    const error = thrown(() => parseLock(text));
    expect(isAppError(error, "lock-invalid")).toBe(true);
    expect(String(error)).toMatch(message);
  });
});

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return null;
}

function reversed(of: LockedEnvironment): LockedEnvironment {
  return { ...of, debs: of.debs.toReversed(), wheels: of.wheels.toReversed() };
}

const word = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{0,12}$/);
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const anyLock: fc.Arbitrary<Lock> = fc.record({
  version: fc.constant(1 as const),
  epoch: fc.nat(),
  spec: hex,
  recipe: hex,
  environments: fc.uniqueArray(
    fc.record({
      variant: word,
      platform: fc.constantFrom("linux/amd64", "linux/arm64"),
      base: fc.option(fc.record({ reference: word, digest: hex.map((digits) => `sha256:${digits}`) })),
      python: fc.option(word),
      compat: fc.option(word),
      asks: fc.array(fc.tuple(word, word).map((words) => words.join(" "))),
      debs: fc.array(
        fc.record({ name: word, version: word, architecture: word, url: word, sha256: hex, size: fc.nat() }),
      ),
      wheels: fc.array(fc.record({ name: word, version: word, url: word, sha256: hex })),
    }),
    { selector: ({ variant, platform }) => `${variant} ${platform}`, maxLength: 3 },
  ),
});
