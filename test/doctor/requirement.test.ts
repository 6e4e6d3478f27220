import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { brandsOf, parseRequirement, satisfies, type Properties } from "../../src/doctor/requirement.ts";

/** As nvidia/cuda:12.4.1-base has it, shortened in the middle. */
const CUDA_12_4 =
  "cuda>=12.4 brand=tesla,driver>=470,driver<471 brand=unknown,driver>=470,driver<471 brand=geforce,driver>=470,driver<471 brand=tesla,driver>=525,driver<526 brand=geforcertx,driver>=535,driver<536 brand=tesla,driver>=535,driver<536";

const T4: Properties = { cuda: "12.0", driver: "525.147.05", arch: "7.5", brands: brandsOf("Tesla T4") };
const NOTHING: Properties = { cuda: null, driver: null, arch: null, brands: [] };

function verdict(text: string, host: Properties): boolean | null {
  return satisfies(parseRequirement(text) ?? [], host);
}

test("blanks are or, commas are and", () => {
  expect(parseRequirement("cuda>=12.4 brand=tesla,driver>=470,driver<471")).toEqual([
    [{ property: "cuda", operator: ">=", value: "12.4" }],
    [
      { property: "brand", operator: "=", value: "tesla" },
      { property: "driver", operator: ">=", value: "470" },
      { property: "driver", operator: "<", value: "471" },
    ],
  ]);
});

test.each([
  ["an operator that is none", "cuda=>12"],
  ["no operator", "cuda12"],
  ["no value", "cuda>="],
  ["no property", ">=12"],
])("%s is not this language", (_what, text) => {
  expect(parseRequirement(text)).toBeNull();
});

describe("the requirement of NVIDIA's image of CUDA 12.4", () => {
  test.each<[string, Properties, boolean | null]>([
    ["a driver that has CUDA 12.4", { ...T4, cuda: "12.4", driver: "550.54.14" }, true],
    ["a data-centre GPU with driver 525", T4, true],
    ["a GeForce with driver 525", { ...T4, brands: brandsOf("NVIDIA GeForce RTX 3090") }, false],
    [
      "a GeForce RTX with driver 535",
      { ...T4, cuda: "12.2", driver: "535.183.01", brands: brandsOf("NVIDIA GeForce RTX 3090") },
      true,
    ],
    ["driver 510 of any GPU", { ...T4, cuda: "11.6", driver: "510.108.03" }, false],
    ["a GPU that nobody told of", { ...T4, brands: [] }, null],
    ["a host that told nothing", NOTHING, null],
  ])("%s", (_what, host, wanted) => {
    expect(verdict(CUDA_12_4, host)).toBe(wanted);
  });
});

test("an unknown property decides nothing, and another alternative may", () => {
  expect(verdict("moon=full", T4)).toBeNull();
  expect(verdict("moon=full cuda>=11", T4)).toBe(true);
});

test("nothing asked is granted", () => {
  expect(verdict("", NOTHING)).toBe(true);
  expect(verdict("  ", NOTHING)).toBe(true);
});

test("versions are compared number by number", () => {
  expect(verdict("driver>=525.60.13", { ...T4, driver: "525.147.05" })).toBe(true);
  expect(verdict("cuda=12.0", { ...T4, cuda: "12" })).toBe(true);
});

test("for any versions, an order holds or its contrary does", () => {
  const version = fc.array(fc.nat(999), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("."));
  fc.assert(
    fc.property(version, version, (known, value) => {
      const host = { ...NOTHING, driver: known };
      expect(verdict(`driver<${value}`, host)).toBe(!verdict(`driver>=${value}`, host));
      expect(verdict(`driver=${value}`, host)).toBe(!verdict(`driver!=${value}`, host));
      expect(verdict(`driver<=${value} driver>${value}`, host)).toBe(true);
    }),
  );
});

test("no text makes the parser throw", () => {
  fc.assert(fc.property(fc.string(), (text) => void satisfies(parseRequirement(text) ?? [], T4)));
});
