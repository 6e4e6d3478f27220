// The driver's libraries, CUDA's compat package, and a PyTorch that is installed: by the names of files alone.
import { join } from "node:path";
import type { HostFacts } from "../facts.ts";
import { isThere, linked, names, text, within, type Roots } from "./roots.ts";

/** Below /usr, in the order in which they count: distributions, WSL, Google's nodes. */
const LIBRARY_PLACES = [
  "lib/wsl/lib",
  "lib/x86_64-linux-gnu",
  "lib/aarch64-linux-gnu",
  "lib/x86_64-linux-gnu/nvidia/current",
  "lib64",
  "lib",
  "local/nvidia/lib64",
];

export async function libraryFacts(roots: Roots): Promise<HostFacts["libraries"]> {
  const places = await Promise.all(LIBRARY_PLACES.map((place) => librariesIn(join(roots.usr, place))));
  return {
    cuda: places.find(({ cuda }) => cuda !== null)?.cuda ?? null,
    nvml: places.find(({ nvml }) => nvml !== null)?.nvml ?? null,
    any: places.some(({ any }) => any),
  };
}

async function librariesIn(directory: string): Promise<HostFacts["libraries"]> {
  const files = await names(directory);
  const versionOf = async (library: string): Promise<string | null> => {
    const versioned = (name: string | null): string | null =>
      new RegExp(`^${library}\\.so\\.(\\d{3,}\\.\\d+(?:\\.\\d+)?)$`).exec(name ?? "")?.[1] ?? null;
    // What programs load is the link; without it, the file that ldconfig would link to.
    return versioned(await linked(directory, `${library}.so.1`)) ?? files.map(versioned).findLast(Boolean) ?? null;
  };
  const [cuda, nvml] = await Promise.all([versionOf("libcuda"), versionOf("libnvidia-ml")]);
  return { cuda, nvml, any: cuda !== null || files.includes("libcuda.so.1") };
}

/** A directory of the compat package that LD_LIBRARY_PATH or the loader's configuration names. */
export async function compatFacts(roots: Roots, loadPath: string): Promise<HostFacts["compat"]> {
  const configured = (await names(roots.etc, "ld.so.conf.d")).map((name) => text(roots.etc, "ld.so.conf.d", name));
  const lines = (await Promise.all(configured)).flatMap((each) => (each ?? "").split("\n"));
  const directories = [...loadPath.split(":"), ...lines].filter((line) => /^\/\S*compat\S*$/.test(line));
  for (const directory of directories) {
    const place = within(roots, directory);
    if (place === null || !(await isThere(place))) continue;
    const found = await librariesIn(place);
    if (found.any) return { directory, version: found.cuda };
  }
  return null;
}

export async function torchFacts(roots: Roots, environment: string | undefined): Promise<HostFacts["torch"]> {
  for (const [name, directory] of await packagePlaces(roots, environment)) {
    const source = await text(directory, "torch/version.py");
    const version = /^__version__ = ['"]([^'"]+)['"]/m.exec(source ?? "")?.[1];
    if (version === undefined) continue;
    const cuda = /^cuda(?::[^=]*)? = ['"](\d+(?:\.\d+)*)['"]/m.exec(source ?? "")?.[1] ?? null;
    return { version, cuda, place: name };
  }
  return null;
}

/** The active virtual environment first, then what the system's Python finds, then conda's usual places. */
async function packagePlaces(roots: Roots, environment: string | undefined): Promise<(readonly [string, string])[]> {
  const bases: (readonly [string, string])[] = [];
  for (const name of await names(roots.opt)) bases.push([`/opt/${name}/lib`, join(roots.opt, name, "lib")]);
  const prefixes: (readonly [string, string])[] = [
    ...(environment === undefined
      ? []
      : [[`${environment}/lib`, within(roots, `${environment}/lib`) ?? join(environment, "lib")] as const]),
    ["/usr/local/lib", join(roots.usr, "local/lib")],
    ["/usr/lib", join(roots.usr, "lib")],
    ...bases,
  ];
  const found = await Promise.all(
    prefixes.map(async ([name, directory]) =>
      (await names(directory))
        .filter((each) => /^python3(?:\.\d+)?$/.test(each))
        .flatMap((python) =>
          ["site-packages", "dist-packages"].map(
            (kind) => [`${name}/${python}/${kind}`, join(directory, python, kind)] as const,
          ),
        ),
    ),
  );
  return found.flat();
}
