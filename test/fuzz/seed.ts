/** The seed of a run: told, or the same for everybody in CI, or new each time. A failure prints it. */
export function seedOf(variable: string): number {
  const told = process.env[variable];
  if (told !== undefined) return Number(told);
  return process.env['CI'] === undefined ? 1 + Math.floor(Math.random() * 1_000_000) : 1;
}
