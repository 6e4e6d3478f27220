// git's own ways to make the same picks: `git cherry-pick` in a work tree, and a `git merge-tree` process a pick.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export interface PeerAnswer {
  readonly outcome: "clean" | "redundant" | "conflict" | "error";
  readonly tree: string | null;
  readonly ms: number;
}

const IDENTITY = { GIT_AUTHOR_NAME: "b", GIT_AUTHOR_EMAIL: "b@b", GIT_COMMITTER_NAME: "b", GIT_COMMITTER_EMAIL: "b@b" };

/** A repository that borrows another's objects, with empty configuration. */
export class PeerRepository {
  readonly path = mkdtempSync(join(tmpdir(), "morello-bench-"));
  readonly env = { PATH: process.env["PATH"], HOME: this.path, GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C", ...IDENTITY };

  constructor(objects: string, sparse: boolean) {
    this.git(["init", "-q", "--initial-branch=bench"]);
    writeFileSync(join(this.path, ".git", "objects", "info", "alternates"), `${resolve(objects)}\n`);
    writeFileSync(
      join(this.path, ".git", "config"),
      "[core]\n\trepositoryformatversion = 0\n\tbare = false\n[gc]\n\tauto = 0\n[advice]\n\tdetachedHead = false\n",
    );
    if (sparse) {
      // Nothing is checked out: a real cherry-pick, at the cost of its index alone.
      this.git(["config", "core.sparseCheckout", "true"]);
      mkdirSync(join(this.path, ".git", "info"), { recursive: true });
      writeFileSync(join(this.path, ".git", "info", "sparse-checkout"), "/.no-such-file\n");
    }
  }

  git(args: readonly string[]): string {
    return execFileSync("git", args, {
      cwd: this.path,
      env: this.env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 1 << 28,
    }).trim();
  }

  status(args: readonly string[]): number {
    return spawnSync("git", args, { cwd: this.path, env: this.env, stdio: "ignore" }).status ?? 255;
  }

  /** `git cherry-pick` of one commit onto another; only the pick itself is timed, not the checkout. */
  cherryPick(onto: string, source: string, merge: boolean): PeerAnswer {
    this.status(["cherry-pick", "--quit"]);
    if (this.status(["reset", "-q", "--hard", onto]) !== 0 || this.status(["checkout", "-q", "--detach", onto]) !== 0) {
      return { outcome: "error", tree: null, ms: 0 };
    }
    const started = performance.now();
    const status = this.status([
      "cherry-pick",
      ...(merge ? ["-m", "1"] : []),
      "--allow-empty",
      "--keep-redundant-commits",
      source,
    ]);
    const ms = performance.now() - started;
    if (status === 0) {
      const [tree, before] = this.git(["rev-parse", "HEAD^{tree}", `${onto}^{tree}`]).split("\n");
      return { outcome: tree === before ? "redundant" : "clean", tree: tree ?? null, ms };
    }
    return {
      outcome: this.status(["rev-parse", "-q", "--verify", "CHERRY_PICK_HEAD"]) === 0 ? "conflict" : "error",
      tree: null,
      ms,
    };
  }

  /** One `git merge-tree` process; the synthetic commit that 2.39 needs is made before the clock starts. */
  mergeTree(base: string, onto: string, source: string): PeerAnswer {
    const synthetic = this.git(["commit-tree", "-p", base, "-m", "x", `${onto}^{tree}`]);
    const started = performance.now();
    const done = spawnSync("git", ["merge-tree", "--write-tree", synthetic, source], {
      cwd: this.path,
      env: this.env,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    const ms = performance.now() - started;
    const tree = /^[0-9a-f]{40,64}$/m.exec(done.stdout)?.[0] ?? null;
    if (done.status === 0)
      return { outcome: tree === this.git(["rev-parse", `${onto}^{tree}`]) ? "redundant" : "clean", tree, ms };
    return { outcome: done.status === 1 && tree !== null ? "conflict" : "error", tree: null, ms };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
