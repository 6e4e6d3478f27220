import { expect, test } from "vitest";
import { packageMirrors } from "../../../src/usecase/image/package-mirrors.ts";

test("mirrors are pairs of URLs, parted by white space; none unless set", () => {
  const MORELLO_MIRRORS = " http://a.example/debian=https://b.example/d\n https://c.example=file:/srv/c ";
  expect(packageMirrors({ MORELLO_MIRRORS })).toEqual([
    { from: "http://a.example/debian", to: "https://b.example/d" },
    { from: "https://c.example", to: "file:/srv/c" },
  ]);
  expect(packageMirrors({})).toEqual([]);
});

test("what is no pair of URLs is named", () => {
  expect(() => packageMirrors({ MORELLO_MIRRORS: "mirror.example" })).toThrow(
    'MORELLO_MIRRORS holds "mirror.example", and FROM=TO is wanted, two URLs',
  );
});
