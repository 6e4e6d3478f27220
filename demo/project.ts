// The project of the demo: a small PyTorch training code whose data loader leaks, with its release branches.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const LOADER = `"""Feeds batches to the training loop."""
import queue
import threading


class DataLoader:
    """Loads batches in worker threads and hands them out in order."""

    def __init__(self, dataset, batch_size=64, workers=2, prefetch_factor=None):
        self.dataset = dataset
        self.batch_size = batch_size
        self.workers = workers
        self.prefetch_factor = prefetch_factor
        self._threads = []

    def _queue(self):
        # Every worker may run ahead of the training loop.
        return queue.Queue()

    def _work(self, batches, out):
        for indices in batches:
            out.put([self.dataset[i] for i in indices])
        out.put(None)

    def batches(self):
        size = self.batch_size
        order = list(range(len(self.dataset)))
        return [order[i : i + size] for i in range(0, len(order), size)]

    def __iter__(self):
        out = self._queue()
        worker = threading.Thread(target=self._work, args=(self.batches(), out), daemon=True)
        self._threads.append(worker)
        worker.start()
        while True:
            batch = out.get()
            if batch is None:
                return
            yield batch
`;

const TRAIN = `"""Trains the image classifier: python -m trainer.train --epochs 50"""
import argparse

from trainer.data import DataLoader


def train(dataset, epochs, batch_size):
    loader = DataLoader(dataset, batch_size=batch_size)
    for epoch in range(epochs):
        for batch in loader:
            step(batch)
        print(f"epoch {epoch}: done")


def step(batch):
    return sum(len(str(item)) for item in batch)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--batch-size", type=int, default=64)
    options = parser.parse_args()
    train(list(range(1000)), options.epochs, options.batch_size)
`;

/** A repository that scenarios build, commit by commit, with dates an hour apart. */
export class Project {
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  #clock: number;

  constructor(path: string, now: number) {
    this.path = path;
    this.#clock = now - 20 * 86_400;
    this.env = {
      ...process.env,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Demo Author",
      GIT_AUTHOR_EMAIL: "author@example.com",
      GIT_COMMITTER_NAME: "Demo Maintainer",
      GIT_COMMITTER_EMAIL: "maintainer@example.com",
    };
    this.git("init", "--quiet", "--initial-branch=main", path);
  }

  git(...args: string[]): string {
    const date = `${this.#clock} +0000`;
    const env = { ...this.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    return execFileSync("git", args, {
      cwd: args[0] === "init" ? dirname(this.path) : this.path,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  write(file: string, text: string): this {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
    return this;
  }

  /** Replaces one passage of a file; it must be there, once. */
  edit(file: string, from: string, to: string): this {
    const text = this.git("cat-file", "blob", `:${file}`);
    if (text.split(from).length !== 2) throw new Error(`demo: the passage to edit is not once in ${file}: ${from}`);
    return this.write(
      file,
      text.replace(from, () => to),
    );
  }

  commit(message: string): string {
    this.#clock += 3_600;
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD").trim();
  }

  switch(branch: string, from?: string): this {
    this.git("switch", "--quiet", ...(from === undefined ? [branch] : ["--create", branch, from]));
    return this;
  }

  tag(name: string): this {
    this.git("tag", "--annotate", "--message", name, name);
    return this;
  }
}

/** `main`, and `release/v2.7` with its tag `v2.7.0`; main has moved on since. */
export function trainingProject(project: Project): Project {
  project
    .write("trainer/__init__.py", "")
    .write("trainer/data.py", LOADER)
    .write("trainer/train.py", TRAIN)
    .write("README.md", "# trainer\n\nTrains an image classifier inside the pytorch-cuda image.\n")
    .write("requirements.txt", "torch==2.7.1\nnumpy==2.2.6\n")
    .commit("feat: training loop and data loader");
  project
    .edit(
      "trainer/train.py",
      "def step(batch):\n",
      'def step(batch):\n    """One optimiser step; returns the loss."""\n',
    )
    .commit("docs: say what a step returns");
  project.switch("release/v2.7", "main").tag("v2.7.0");
  project
    .switch("main")
    .edit("README.md", "# trainer\n", "# trainer (2.8, in development)\n")
    .commit("chore: begin 2.8");
  project
    .edit("trainer/train.py", 'print(f"epoch {epoch}: done")', 'print(f"epoch {epoch}: done", flush=True)')
    .commit("feat: flush progress at once");
  return project;
}

/** `fix/dataloader-leak`: the fix at its tip, on top of two commits that nobody has reviewed. */
export function leakBranch(project: Project): { docstring: string; debug: string; fix: string } {
  project.switch("fix/dataloader-leak", "main");
  const docstring = project
    .edit(
      "trainer/data.py",
      '"""Loads batches in worker threads and hands them out in order."""',
      '"""Loads batches in worker threads.\n\n    Batches come in the order of the dataset.\n    """',
    )
    .commit("docs: update docstring for DataLoader init");
  const debug = project
    .edit(
      "trainer/data.py",
      "import queue\nimport threading\n",
      "import logging\nimport queue\nimport threading\n\nlog = logging.getLogger(__name__)\n",
    )
    .edit(
      "trainer/train.py",
      "    for epoch in range(epochs):\n",
      '    print("workers:", loader.workers)\n    for epoch in range(epochs):\n',
    )
    .commit("chore: add debug logs for worker lifecycle");
  const fix = project
    .edit(
      "trainer/data.py",
      "        # Every worker may run ahead of the training loop.\n        return queue.Queue()\n",
      "        # Unbounded, the queue held whole epochs in memory.\n        limit = self.prefetch_factor or 2\n        return queue.Queue(maxsize=limit * self.workers)\n",
    )
    .commit(
      "fix: memory leak in DataLoader by limiting prefetch factor\n\nWorkers ran ahead of the training loop without limit, so that memory\ngrew until the job was killed, at epoch 12 of 50.",
    );
  return { docstring, debug, fix };
}
