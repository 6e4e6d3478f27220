// What every kind of benchmark is given.

export interface BenchOptions {
  readonly repo: string;
  readonly cases: string | undefined;
  readonly out: string | undefined;
  readonly limit: number | null;
  readonly seed: number;
  readonly peers: number;
  readonly verify: boolean;
  readonly revision: string | undefined;
  readonly onto: readonly string[];
  readonly runs: number;
  /** Positional arguments after the kind. */
  readonly files: readonly string[];
  readonly main: string | undefined;
  readonly leaveOneOut: boolean;
  readonly trailers: boolean;
  /** Where to write what `fit` learns from. */
  readonly features: string | undefined;
}
