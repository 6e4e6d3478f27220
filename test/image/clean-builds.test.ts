// Twenty clean builds of one environment: two engines, two isolations, caches that know nothing and caches that know of a
// twin in another compression. MORELLO_LONG=1; with other dates, on Debian: npm run test:image:full.
import { mkdirSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { buildEnvironment } from "../../src/image/build-environment.ts";
import { containers, tinyBase } from "../support/containers.ts";
import { APT_FILES } from "../support/debs.ts";
import { disturbed } from "../support/disturbed.ts";
import { smallRequest } from "../support/environments.ts";
import { finished } from "../support/process.ts";
import { registryServer } from "../support/registry.ts";
import { makeSandbox } from "../support/sandbox.ts";

const COUNT = 20;

test.runIf(process.env["MORELLO_LONG"] === "1")(
  `${COUNT} of ${COUNT} clean builds are one layer, whatever engine, isolation and blob cache`,
  async () => {
    const sandbox = makeSandbox();
    const { host } = await registryServer(sandbox);
    const base = await tinyBase(sandbox, APT_FILES);
    const digests: string[] = [];
    for (let n = 0; n < COUNT; n++) {
      const engines = containers(sandbox, `storage-${n}`);
      const cache = sandbox.path(`cache-${n}`);
      const env = disturbed(sandbox, engines.env, `programs-${n}`, { cache, date: null });
      if (n % 4 > 1) {
        const twin = ["copy", "--quiet", "--dest-tls-verify=false", "--dest-compress-format", "zstd"];
        const push = `mount --bind ${cache} /var/lib/containers/cache && exec skopeo ${twin.join(" ")} oci:${base.directory}:tiny docker://${host}/twin:${n}`;
        const pushed = await finished("unshare", ["--mount", "sh", "-c", push], { cwd: sandbox.root, env });
        expect(pushed.status, pushed.stderr.toString()).toBe(0);
      }
      const conf = sandbox.write(
        `conf-${n}`,
        '[engine]\nruntime = "none"\n[engine.runtimes]\nnone = ["/nonexistent"]\n',
      );
      const isolated = n % 10 === 4 ? { ...env, CONTAINERS_CONF: conf } : env;
      const request = await smallRequest(sandbox, { env: isolated, name: `work-${n}` });
      mkdirSync(request.directory, { recursive: true });
      const built = await buildEnvironment({ ...request, engine: n % 2 === 0 ? "buildah" : "podman" });
      if (n % 10 === 4) expect(built.engine.isolation).toBe("chroot");
      digests.push(built.layer.digest);
      rmSync(sandbox.path(`work-${n}`), { recursive: true });
    }
    expect(new Set(digests).size).toBe(1);
  },
);
