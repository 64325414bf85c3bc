/** A statement as its document has it. */
export type RawStatement = Readonly<Record<string, unknown>>;

/** A policy document as JSON: its statements, and the whole to put others into. */
export interface RawPolicy {
  readonly statements: readonly RawStatement[];
  /** The document with other statements, and all else as it was. */
  readonly withStatements: (statements: readonly RawStatement[]) => string;
}

/** A policy document taken apart; `undefined` when it is no JSON object with statements. */
export function rawPolicy(text: string): RawPolicy | undefined {
  try {
    const whole = JSON.parse(text) as unknown;
    if (!isObject(whole)) return undefined;
    const statements = [whole['Statement']].flat();
    if (!statements.every(isObject)) return undefined;
    return { statements, withStatements: (Statement) => JSON.stringify({ ...whole, Statement }) };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A statement id that no statement has: the wanted one, or that with a number. */
export function freeSid(statements: readonly RawStatement[], wanted: string): string {
  const taken = new Set(statements.map(({ Sid }) => Sid));
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? wanted : `${wanted}${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
