import { describe, expect, test } from "vitest";
import { refreshed } from "../../src/environment/compat/refresh.ts";
import { WHEELS } from "../../src/environment/compat/wheels.ts";
import { parseIndexPage, parseWheelName, type WheelName } from "../../src/environment/wheel-index.ts";

const KNOWN = WHEELS.trim().split("\n");

/** As PyTorch's index names them. */
function filesOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [torch, variant, ...pythons] = line.split(" ");
    return pythons.map((python) => {
      const tag = `cp${python.replace(".", "")}`;
      return `torch-${torch}+${variant}-${tag}-${tag}-manylinux_2_28_x86_64.whl`;
    });
  });
}

function wheels(files: readonly string[]): WheelName[] {
  return files.flatMap((file) => parseWheelName(file) ?? []);
}

describe("a refresh", () => {
  test("from an index of just these wheels changes nothing, whatever order they come in", () => {
    const same = refreshed(wheels(filesOf(KNOWN).toReversed()), KNOWN);
    expect(same).toEqual({ lines: KNOWN, added: [], removed: [], suspicion: null });
  });

  test("shows a new release and a new Python", () => {
    const next = [...filesOf([...KNOWN, "2.13.0 cu132 3.11"]), "torch-2.9.1+cpu-cp315-cp315-linux_x86_64.whl"];
    const { added, removed, suspicion } = refreshed(wheels(next), KNOWN);
    expect(added).toEqual(["2.9.1 cpu 3.10 3.11 3.12 3.13 3.14 3.15", "2.13.0 cu132 3.11"]);
    expect(removed).toEqual(["2.9.1 cpu 3.10 3.11 3.12 3.13 3.14"]);
    expect(suspicion).toBeNull();
  });

  test.each([
    "torch-2.13.0+cu132-cp311-cp311-win_amd64.whl",
    "torch-2.13.0+cu132-cp313-cp313t-manylinux_2_28_x86_64.whl",
    "torch-2.13.0+rocm6.3-cp311-cp311-manylinux_2_28_x86_64.whl",
    "torch-2.13.0.dev20260101+cu132-cp311-cp311-manylinux_2_28_x86_64.whl",
    "torch-1.13.1+cu117-cp310-cp310-linux_x86_64.whl",
    "torchvision-0.27.0+cu132-cp311-cp311-manylinux_2_28_x86_64.whl",
    "torch-2.13.0+cu132-cp311-cp311-manylinux_2_28_aarch64.whl",
  ])("leaves %s out", (file) => {
    expect(refreshed(wheels([...filesOf(KNOWN), file]), KNOWN).added).toEqual([]);
  });

  test("from a page that was cut off is refused", () => {
    const part = filesOf(KNOWN).slice(0, 100);
    expect(refreshed(wheels(part), KNOWN).suspicion).toMatch(/too few to be all of it/);
    expect(refreshed([], KNOWN).suspicion).toMatch(/has 0 of the/);
  });
});

describe("a page of an index", () => {
  const file = "torch-2.7.1+cu126-cp311-cp311-manylinux_2_28_x86_64.whl";
  const hash = "a".repeat(64);

  test("is read as PEP 503 has it, with encoded names and hashes", () => {
    const html = `<a href="/whl/cu126/torch-2.7.1%2Bcu126-cp311-cp311-manylinux_2_28_x86_64.whl#sha256=${hash}" data-dist-info-metadata="x">${file}</a>
      <a href='/whl/torch-2.0.0.tar.gz'>sdist</a><A HREF="torch-2.7.0%2Bcpu-cp39-cp39-linux_x86_64.whl" data-yanked="bad">`;
    expect(parseIndexPage(html)).toEqual([
      {
        file,
        name: "torch",
        version: "2.7.1+cu126",
        pythons: ["cp311"],
        abi: "cp311",
        platforms: ["manylinux_2_28_x86_64"],
        sha256: hash,
      },
    ]);
  });

  test("is read as PEP 691 has it", () => {
    const json = JSON.stringify({
      files: [
        { filename: file, hashes: { sha256: hash } },
        { filename: file, yanked: "no" },
      ],
    });
    expect(parseIndexPage(json)).toHaveLength(1);
  });
});
