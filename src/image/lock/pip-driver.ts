// The Python program that resolves for a machine that is not this one. pip evaluates markers (python_version, machine)
// for the Python that runs it, whatever `--python-version` says; here it is told the target's values.
// Source: pip's documentation of `pip download`, and packaging.markers.default_environment.

/** Reads `{environment, arguments}` from MORELLO_PIP and ends as pip does. Needs pip 22.2 or newer: it has --report. */
export const PIP_DRIVER = `
import json, os, sys
wanted = json.loads(os.environ.pop("MORELLO_PIP"))
from pip._vendor.packaging import markers
markers.default_environment = lambda: dict(wanted["environment"])
from pip._internal.cli.main import main
sys.exit(main(wanted["arguments"]))
`;

export interface PipTarget {
  /** `3.11` */
  readonly python: string;
  /** `linux/amd64` */
  readonly platform: string;
  /** glibc's version, which says which wheels run: `2.36`. */
  readonly glibc: string;
}

/** What PEP 508's markers mean on the target. */
export function markerEnvironment({ python, platform }: PipTarget): Readonly<Record<string, string>> {
  return {
    implementation_name: "cpython",
    implementation_version: `${python}.0`,
    os_name: "posix",
    platform_machine: machineOf(platform),
    platform_python_implementation: "CPython",
    platform_release: "",
    platform_system: "Linux",
    platform_version: "",
    python_full_version: `${python}.0`,
    python_version: python,
    sys_platform: "linux",
  };
}

function machineOf(platform: string): string {
  return platform === "linux/arm64" ? "aarch64" : "x86_64";
}

/** Tags of wheels that run there, the most particular first. PEP 600: whatever an older glibc takes, a newer takes. */
export function platformTags({ platform, glibc }: PipTarget): string[] {
  const machine = machineOf(platform);
  const newest = Number(glibc.split(".")[1] ?? "17");
  const oldest = machine === "x86_64" ? 5 : 17; // manylinux1 is glibc 2.5; aarch64 begins with manylinux2014
  const tags: string[] = [];
  for (let minor = newest; minor >= oldest; minor--) {
    tags.push(`manylinux_2_${minor}_${machine}`);
    const legacy = { 17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1" }[minor];
    if (legacy !== undefined) tags.push(`${legacy}_${machine}`);
  }
  return [...tags, `linux_${machine}`]; // PyTorch's own index has wheels under this name
}
