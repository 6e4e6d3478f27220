// Files that are not checked: what people did not write here, and what is too large to be worth it.

/** Larger files are generated in all but name, and cost more than they tell. */
export const MAX_BYTES = 1_500_000;

const VENDORED =
  /(^|\/)(vendor|vendored|_vendor|node_modules|third[_-]?party|3rdparty|deps|external|extern|bower_components|Godeps)\//i;
const GENERATED =
  /(\.pb\.(go|cc|h)|\.pb\.\w+\.go|_pb2(_grpc)?\.pyi?|_generated\.go|\.min\.(js|css)|\.lock|-lock\.json|go\.sum)$/;

/** Brought in from elsewhere, by its place. */
export function isVendored(path: string): boolean {
  return VENDORED.test(path);
}

/** Written by a program, by its name. */
export function isGenerated(path: string): boolean {
  return GENERATED.test(path);
}

/** Test code, by its place or name: what it defines is no one else's. */
export function isTest(path: string): boolean {
  return /(^|\/)(tests?|testing|testdata|__tests__|spec)\/|(^|\/)(test_[^/]*|conftest)\.py$|_test\.\w+$|\.(test|spec)\.\w+$/.test(
    path,
  );
}
