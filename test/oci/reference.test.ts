// Image names: what docker and skopeo read, read the same.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAppError } from "../../src/error.ts";
import { formatReference, parseReference } from "../../src/oci/reference.ts";

const D = `sha256:${"0123456789abcdef".repeat(4)}`;

function registry(host: string, repository: string, tag: string | null = null, digest: string | null = null) {
  return { kind: "registry", host, repository, tag, digest };
}

function layout(directory: string, tag: string | null = null, digest: string | null = null) {
  return { kind: "layout", directory, tag, digest };
}

describe("names of registries", () => {
  test.each([
    ["debian", registry("docker.io", "library/debian")],
    ["debian:12", registry("docker.io", "library/debian", "12")],
    ["docker.io/debian", registry("docker.io", "library/debian")],
    ["index.docker.io/debian", registry("docker.io", "library/debian")],
    ["team/app", registry("docker.io", "team/app")],
    [`debian@${D}`, registry("docker.io", "library/debian", null, D)],
    [`debian:12@${D}`, registry("docker.io", "library/debian", "12", D)],
    ["localhost/app", registry("localhost", "app")],
    ["localhost:5000/app:v1", registry("localhost:5000", "app", "v1")],
    ["127.0.0.1:5000/a/b/c:v2.7.1-cu118", registry("127.0.0.1:5000", "a/b/c", "v2.7.1-cu118")],
    ["[::1]:5000/app", registry("[::1]:5000", "app")],
    ["registry.example.com/team/app__x.y-z", registry("registry.example.com", "team/app__x.y-z")],
    ["Registry/app", registry("Registry", "app")],
    ["nvcr.io/nvidia/cuda:12.6.3-base-ubuntu22.04", registry("nvcr.io", "nvidia/cuda", "12.6.3-base-ubuntu22.04")],
    ["app:5000", registry("docker.io", "library/app", "5000")],
  ])("%s", (text, wanted) => {
    expect(parseReference(text)).toEqual(wanted);
  });
});

describe("layouts on disk", () => {
  test.each([
    ["oci:out", layout("out")],
    ["oci:./out/image:v2.7.1", layout("./out/image", "v2.7.1")],
    ["oci:../out", layout("../out")],
    ["oci:/var/images/App", layout("/var/images/App")],
    [`oci:out@${D}`, layout("out", null, D)],
    [`oci:out:v1@${D}`, layout("out", "v1", D)],
    ["oci:a@b", layout("a@b")],
    ["oci:out:registry.example.com/team/app:v1", layout("out", "registry.example.com/team/app:v1")],
    ["oci:.", layout(".")],
  ])("%s", (text, wanted) => {
    expect(parseReference(text)).toEqual(wanted);
  });
});

test.each([
  ["", "empty"],
  [" app", "white space"],
  ["https://registry.example.com/app", "https://"],
  ["docker://app", "docker://"],
  ["Team/App:v1", "capital letters: App"],
  ["team/App:v1", "capital letters: App"],
  ["app:", "tag is empty"],
  ["app:-x", "tag is -x"],
  [`app:${"x".repeat(129)}`, "at most 128"],
  ["app@sha256:12", "digest is sha256:12"],
  [`app@sha512:${"0".repeat(128)}`, "digest is sha512:"],
  ["app@", "digest is empty"],
  ["registry.example.com/", "no repository"],
  ["registry.example.com//app", "part of its name is empty"],
  ["a..b/c", "no host"],
  ["localhost:99999/app", "no host"],
  ["app_", "part of its name is app_"],
  ["a b", "part of its name is a b"],
  [`x/${"y".repeat(256)}`, "258 characters"],
  ["oci:", "no directory"],
  ["oci::v1", "no directory"],
  ["oci:out:", "tag is empty"],
  ["oci:out@sha256:12", "digest is sha256:12"],
])("refused with the reason and a hint: %s", (text, reason) => {
  let thrown: unknown;
  try {
    parseReference(text);
  } catch (cause) {
    thrown = cause;
  }
  if (!isAppError(thrown, "image-reference")) throw new Error(`not refused: ${text}`);
  expect(thrown.message).toContain(reason);
  expect(thrown.hint).not.toBe("");
});

test.each([
  ["registry.example.com/Team/app:V1", "registry.example.com/team/app:V1"],
  ["Team/App:V1", "team/app:V1"],
])("a capital letter's hint is the name to write: %s", (text, wanted) => {
  expect(() => parseReference(text)).toThrow(expect.objectContaining({ hint: `write it in small letters: ${wanted}` }));
});

test("whatever is written out is read back as it was", () => {
  const component = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,5})?$/);
  const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/));
  const digest = fc.option(fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`));
  const host = fc.constantFrom("docker.io", "localhost", "localhost:5000", "registry.example.com", "[::1]:80");
  fc.assert(
    fc.property(host, fc.array(component, { minLength: 2, maxLength: 4 }), tag, digest, (host, parts, tag, digest) => {
      const reference = { kind: "registry", host, repository: parts.join("/"), tag, digest } as const;
      expect(parseReference(formatReference(reference))).toEqual(reference);
    }),
  );
});

test("no text makes the parser fail in another way than with its own error", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseReference(text);
      } catch (cause) {
        expect(isAppError(cause, "image-reference")).toBe(true);
      }
    }),
  );
});
