// NVIDIA_REQUIRE_CUDA and its kind: what an image asks of driver and GPU. Text -> alternatives of conditions -> a verdict.
// The language is NVIDIA's: blanks stand for "or", commas for "and" (libnvidia-container, src/cli/dsl.c).
import { compareVersions } from "./compat.ts";

const OPERATORS = ["=", "!=", "<", "<=", ">", ">="] as const;
type Operator = (typeof OPERATORS)[number];

export interface Condition {
  /** `cuda`, `driver`, `brand`, `arch` */
  readonly property: string;
  readonly operator: Operator;
  readonly value: string;
}

/** One alternative, all of whose conditions must hold. */
export type Alternative = readonly Condition[];

/** What is known of a host; null or nothing: unknown. */
export interface Properties {
  /** The newest CUDA of the driver: `12.4`. */
  readonly cuda: string | null;
  readonly driver: string | null;
  /** Compute capability of the first GPU: `8.9`. */
  readonly arch: string | null;
  /** Names that the first GPU's brand may go by; empty: unknown. */
  readonly brands: readonly string[];
}

/** Null: it is not in this language, so nothing can be told by it. */
export function parseRequirement(text: string): readonly Alternative[] | null {
  const alternatives: Alternative[] = [];
  for (const term of text.split(" ").filter((each) => each !== "")) {
    const conditions: Condition[] = [];
    for (const factor of term.split(",").filter((each) => each !== "")) {
      const [, property = "", operator = "", value = ""] = /^([^<>=!]+)([<>=!]+)([^<>=!].*)$/.exec(factor) ?? [];
      if (!isOperator(operator)) return null;
      conditions.push({ property: property.toLowerCase(), operator, value });
    }
    alternatives.push(conditions);
  }
  return alternatives;
}

function isOperator(text: string): text is Operator {
  return (OPERATORS as readonly string[]).includes(text);
}

/** Null: what is known does not decide it. No alternative at all asks for nothing. */
export function satisfies(alternatives: readonly Alternative[], host: Properties): boolean | null {
  if (alternatives.length === 0) return true;
  const each = alternatives.map((conditions) => all(conditions.map((condition) => holds(condition, host))));
  if (each.includes(true)) return true;
  return each.includes(null) ? null : false;
}

function all(values: readonly (boolean | null)[]): boolean | null {
  if (values.includes(false)) return false;
  return values.includes(null) ? null : true;
}

function holds({ property, operator, value }: Condition, host: Properties): boolean | null {
  if (property === "brand") {
    if (host.brands.length === 0) return null;
    const is = host.brands.includes(value.toLowerCase());
    if (operator === "=") return is;
    return operator === "!=" ? !is : null;
  }
  const known = property === "cuda" ? host.cuda : property === "driver" ? host.driver : host.arch;
  if (known === null || !["cuda", "driver", "arch"].includes(property) || !/^[\d.]+$/.test(value)) return null;
  const difference = compareVersions(known, value);
  switch (operator) {
    case "=":
      return difference === 0;
    case "!=":
      return difference !== 0;
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
  }
}

/**
 * NVML tells a brand that a name does not give away exactly, so all that it may be are given.
 * Source: NVIDIA's images, whose requirements list them; nvml.h, nvmlBrandType_t.
 */
export function brandsOf(name: string): readonly string[] {
  if (/GeForce/i.test(name)) return ["geforce", "geforcertx"];
  if (/TITAN/i.test(name)) return ["titan", "titanrtx"];
  if (/Quadro/i.test(name)) return ["quadro", "quadrortx"];
  if (/\bRTX\b/.test(name)) return ["nvidiartx", "quadrortx"];
  if (/GRID|vGPU/i.test(name)) return ["grid", "vapps", "vpc", "vcs", "vws"];
  return ["tesla", "nvidia", "unknown"];
}
