// Headers that ask for a login.
import { expect, test } from "vitest";
import { parseChallenges } from "../../src/registry/challenge.ts";

test.each([
  ["", []],
  ["Basic", [{ scheme: "basic", parameters: {} }]],
  ['Basic realm="the registry"', [{ scheme: "basic", parameters: { realm: "the registry" } }]],
  [
    'Bearer realm="https://auth.example.com/token",service="registry.example.com",scope="repository:a/b:pull,push"',
    [
      {
        scheme: "bearer",
        parameters: {
          realm: "https://auth.example.com/token",
          service: "registry.example.com",
          scope: "repository:a/b:pull,push",
        },
      },
    ],
  ],
  [
    'Bearer realm="x", error="insufficient_scope", Basic realm=y',
    [
      { scheme: "bearer", parameters: { realm: "x", error: "insufficient_scope" } },
      { scheme: "basic", parameters: { realm: "y" } },
    ],
  ],
  ['BEARER Realm="a\\"b"', [{ scheme: "bearer", parameters: { realm: 'a"b' } }]],
  ["Bearer realm = x , service = y", [{ scheme: "bearer", parameters: { realm: "x", service: "y" } }]],
])("%s", (header, wanted) => {
  expect(parseChallenges(header)).toEqual(wanted);
});
