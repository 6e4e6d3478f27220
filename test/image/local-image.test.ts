// What engines print of an image, each in its way, as one value.
import { expect, test } from "vitest";
import { readInspected } from "../../src/image/local-image.ts";

const DIGEST = `sha256:${"7".repeat(64)}`;

test("podman's", () => {
  const text = JSON.stringify([
    {
      Id: "a59bd4",
      Digest: DIGEST,
      RepoDigests: [`localhost/app@${DIGEST}`],
      Config: {
        ExposedPorts: { "8888/tcp": {}, "22/tcp": {}, "53/udp": {} },
        Entrypoint: ["tini", "--", "/start"],
        Labels: null,
      },
    },
  ]);
  expect(readInspected(text)).toEqual({
    id: "a59bd4",
    digests: [DIGEST],
    exposed: [22, 8888],
    entrypoint: ["tini", "--", "/start"],
    user: "",
    labels: {},
  });
});

test("docker's, without a digest of its own", () => {
  const text = JSON.stringify([
    {
      Id: "sha256:a",
      RepoDigests: [],
      Config: { ExposedPorts: null, Entrypoint: null, User: "1000", Labels: { a: "b" } },
    },
  ]);
  expect(readInspected(text)).toMatchObject({
    digests: [],
    exposed: [],
    entrypoint: [],
    user: "1000",
    labels: { a: "b" },
  });
});

test("anything else is nothing", () => {
  for (const text of ["", "[]", "{}", "Error: no such image"]) expect(readInspected(text), text).toBeNull();
});
