import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CUDA_ROWS, driverFor } from "../../src/environment/compat/cuda.ts";
import { judge, variantOf, type Judgement } from "../../src/environment/compat/judge.ts";
import { SOURCES } from "../../src/environment/compat/sources.ts";
import { rowId, rowOf, TORCH_ROWS } from "../../src/environment/compat/torch.ts";

describe("the table", () => {
  test("has every combination once, each with a source", () => {
    expect(new Set(TORCH_ROWS.map(rowId)).size).toBe(TORCH_ROWS.length);
    for (const row of [...TORCH_ROWS, ...CUDA_ROWS]) {
      expect(row.sources.length).toBeGreaterThan(0);
      for (const source of row.sources) expect(SOURCES[source].url).toMatch(/^https:/);
    }
  });

  test("knows a driver for every CUDA that a wheel is made for", () => {
    for (const { cuda } of TORCH_ROWS) if (cuda !== null) expect(driverFor(cuda)?.cuda).toBe(cuda);
  });

  test("is found by version and variant, and by what torch says of itself", () => {
    expect(rowOf("2.7.1", "cu126")).toMatchObject({ cudnn: "9.5.1.17", nccl: "2.26.2" });
    expect(rowOf("2.7.1+cu128", null)).toMatchObject({ cudnn: "9.7.1.26", ptx: ["compute_120"] });
    expect(rowOf("2.7.1+cu128", null)?.archs).toContain("sm_120");
    expect(rowOf("2.7.0a0+nv25.4", null)).toBeNull();
    expect(driverFor("cu126")).toEqual(driverFor("12.6"));
  });

  test("says what it has not seen", () => {
    expect(rowOf("2.6.0", "cu118")?.nccl).toBeNull();
    expect(rowOf("2.7.1", "cu118")?.unconfirmed).toEqual(["nccl"]);
    expect(rowOf("2.11.0", "cu126")?.cudnn).toBeNull();
  });
});

describe("a wish", () => {
  test("for PyTorch 2.7 with CUDA 12.1 and cuDNN 8.9 is refused with what there is", () => {
    const judged = judge({ torch: "2.7", cuda: "12.1", cudnn: "8.9", python: "3.10" });
    expect(judged).toMatchInlineSnapshot(`
      {
        "kind": "impossible",
        "offers": [
          {
            "lines": [
              "torch: 2.7.1",
              "cuda: cu118",
              "cudnn: "9.1.0.70"",
              "python: "3.10"",
            ],
            "row": "2.7.1+cu118",
          },
          {
            "lines": [
              "torch: 2.7.1",
              "cuda: cu126",
              "cudnn: "9.5.1.17"",
              "python: "3.10"",
            ],
            "row": "2.7.1+cu126",
          },
          {
            "lines": [
              "torch: 2.5.1",
              "cuda: cu121",
              "cudnn: "9.1.0.70"",
              "python: "3.10"",
            ],
            "row": "2.5.1+cu121",
          },
        ],
        "reason": "torch 2.7.1 was published for cu118, cu126, cu128 with cuDNN 9 (9.1.0.70, 9.5.1.17, 9.7.1.26), and for cpu, on Python 3.9 to 3.13; there is no cu121 of it (CUDA 12.1 is in torch 2.5.0 and 2.5.1); cuDNN comes in the wheels, and 8.9 is in none of them.",
        "rows": [
          "2.7.1+cpu",
          "2.7.1+cu118",
          "2.7.1+cu126",
          "2.7.1+cu128",
        ],
        "sources": [
          "replicate/cog, pkg/config/torch_compatibility.json at 173033b43b41, made from PyTorch's wheel index",
          "pytorch/pytorch, RELEASE.md, release compatibility matrix (three copies agree)",
          "moi90/pytorch_compute_capabilities, table.md (binaries under conda's names)",
          "pytorch/pytorch, generate_binary_build_matrix.py at 00018c948722, on main between 2.6 and 2.7",
          "published lists of pinned packages that hold torch and nvidia-nccl together",
        ],
      }
    `);
  });

  test.each(["12.1", "cu121", "CUDA 12.1", "12.1.1"])("may spell its CUDA %s", (cuda) => {
    expect(variantOf(cuda)).toBe("cu121");
  });

  test("for what there is fits, whatever the spelling", () => {
    for (const cuda of ["12.6", "cu126", "12.6.3"])
      expect(rowsOf(judge({ torch: "2.7.1", cuda }))).toEqual(["2.7.1+cu126"]);
    expect(rowsOf(judge({ torch: "2.7.1+cu118", python: "3.9", cudnn: "9" }))).toEqual(["2.7.1+cu118"]);
    expect(rowsOf(judge({ torch: "2.7.1", cuda: "cpu" }))).toEqual(["2.7.1+cpu"]);
  });

  test("for any row of the table fits with its Pythons and cuDNN", () => {
    for (const row of TORCH_ROWS)
      for (const python of row.pythons) {
        const judged = judge({ torch: row.torch, cuda: row.variant, python, cudnn: row.cudnn ?? undefined });
        expect(judged).toMatchObject({ kind: "fits", row: { torch: row.torch, variant: row.variant } });
      }
  });

  test.each([
    [{ torch: "2.7.1", cuda: "cu126", python: "3.14" }, "no wheel for Python 3.14", ["2.7.1+cu126", "2.8.0+cu126"]],
    [{ torch: "2.7.1", cuda: "cu126", cudnn: "9.7" }, "holds 9.5.1.17, not 9.7", null],
    [{ torch: "2.7.1" }, "cuda has to say which", null],
    [{ torch: "2.7.1+cu118", cuda: "cu126" }, "one of them has to go", null],
    [{ torch: "2.7.1", cuda: "latest" }, "'latest' names none of them", null],
    [{ torch: "2.9.1", cuda: "11.8" }, "CUDA 11.8 is in torch 2.5.0 to 2.7.1", null],
    [{ torch: "2.7.1", cuda: "cpu", cudnn: "9.1" }, "hold no cuDNN", null],
    [{ torch: "2.7.1", cuda: "10.2" }, "in no release that the table knows", null],
  ])("that nobody can grant says why: %j", (wanted, reason, offers) => {
    const judged = judge(wanted);
    expect(judged.kind).toBe("impossible");
    expect("reason" in judged ? judged.reason : "").toContain(reason);
    if (offers !== null)
      expect(judged.kind === "impossible" ? judged.offers.map(({ row }) => row) : []).not.toEqual([]);
  });

  test("beyond the table is neither granted nor refused", () => {
    expect(judge({ torch: "2.99.0", cuda: "cu140" })).toMatchObject({ kind: "unknown" });
    expect(judge({ torch: "2.7.9", cuda: "cu126" })).toMatchObject({
      kind: "unknown",
      reason: expect.stringContaining("2.7.0 and 2.7.1") as string,
    });
    expect(judge({ torch: "2.7.1", cuda: "cu126", platform: "linux/arm64" })).toMatchObject({ kind: "unknown" });
  });

  test("is offered only what would be granted", () => {
    const versions = fc.constantFrom(...new Set(TORCH_ROWS.map(({ torch }) => torch)));
    const cuda = fc.option(fc.constantFrom("11.8", "12.1", "12.4", "12.6", "12.8", "12.9", "13.0", "cpu", "11.0", "x"));
    const python = fc.option(fc.constantFrom("3.6", "3.9", "3.10", "3.12", "3.14", "3.20"));
    const cudnn = fc.option(fc.constantFrom("8.9", "9", "9.1", "9.13.0.50"));
    fc.assert(
      fc.property(versions, cuda, python, cudnn, (torch, ...[c, p, d]) => {
        const judged = judge({ torch, cuda: c ?? undefined, python: p ?? undefined, cudnn: d ?? undefined });
        if (judged.kind !== "impossible") return;
        expect(judged.offers.length).toBeGreaterThan(0);
        for (const { lines } of judged.offers) {
          const value = (key: string): string | undefined =>
            lines
              .find((line) => line.startsWith(`${key}: `))
              ?.slice(key.length + 2)
              .replaceAll('"', "");
          const [cuda, cudnn, python] = ["cuda", "cudnn", "python"].map(value);
          expect(judge({ torch: value("torch") ?? "", cuda, cudnn, python }).kind).toBe("fits");
        }
      }),
    );
  });
});

function rowsOf(judged: Judgement): string[] {
  return judged.kind === "fits" ? [rowId(judged.row)] : [];
}
