import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks", // tests change no global state of each other, and a crash in lmdb takes one file with it
    // Tests with real git wait for processes; on two busy cores a slow one is no defect.
    testTimeout: process.env["MORELLO_LONG"] === "1" ? 1_800_000 : 60_000,
    hookTimeout: 60_000,
  },
});
