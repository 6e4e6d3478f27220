// Logistic regression with a ridge penalty, by Newton's method.

export interface Sample {
  /** The first input is the constant 1, whose weight is not penalised. */
  readonly inputs: readonly number[];
  readonly right: boolean;
  readonly weight: number;
}

const STEPS = 15;

/** The weights that make the samples likeliest, less `ridge` halves of their squares. */
export function fitLogistic(samples: readonly Sample[], ridge: number): number[] {
  const size = samples[0]?.inputs.length ?? 0;
  let weights = Array<number>(size).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((weight, n) => (n === 0 ? 0 : ridge * weight));
    const curvature = weights.map((_, row) => weights.map((__, column) => (row === column && row > 0 ? ridge : 0)));
    for (const { inputs, right, weight } of samples) {
      const sum = inputs.reduce((total, input, n) => total + input * (weights[n] ?? 0), 0);
      const probability = 1 / (1 + Math.exp(-sum));
      const error = weight * (probability - (right ? 1 : 0));
      const spread = weight * probability * (1 - probability);
      for (const [row, input] of inputs.entries()) {
        if (input === 0) continue;
        gradient[row] = (gradient[row] ?? 0) + error * input;
        const line = curvature[row] ?? [];
        for (const [column, other] of inputs.entries()) line[column] = (line[column] ?? 0) + spread * input * other;
      }
    }
    const change = solve(curvature, gradient);
    weights = weights.map((weight, n) => weight - (change[n] ?? 0));
  }
  return weights;
}

/** Gaussian elimination with pivots; `matrix` is square and has an inverse. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, n) => [...row, right[n] ?? 0]);
  const size = rows.length;
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let n = 0; n < size; n++) {
    let pivot = n;
    for (let row = n + 1; row < size; row++) if (Math.abs(at(row, n)) > Math.abs(at(pivot, n))) pivot = row;
    [rows[n], rows[pivot]] = [rows[pivot] ?? [], rows[n] ?? []];
    for (let row = n + 1; row < size; row++) {
      const factor = at(row, n) / at(n, n);
      rows[row] = (rows[row] ?? []).map((value, column) => value - factor * at(n, column));
    }
  }
  const solution = Array<number>(size).fill(0);
  for (let n = size - 1; n >= 0; n--) {
    let rest = at(n, size);
    for (let column = n + 1; column < size; column++) rest -= at(n, column) * (solution[column] ?? 0);
    solution[n] = rest / at(n, n);
  }
  return solution;
}
