/** A string of a JSON text: where it lies between its quotes, in bytes, and the way to it. */
export interface StringValue {
  readonly path: readonly (string | number)[];
  readonly from: number;
  readonly to: number;
  /** It is not written as it is. */
  readonly escaped: boolean;
}

const CODE = { quote: 0x22, comma: 0x2c, backslash: 0x5c, array: 0x5b, endArray: 0x5d, object: 0x7b, endObject: 0x7d };

/** An object or list that is open, and where in it the reader is: at a member, or an item. */
interface Open {
  /** Names that were there already; undefined for a list. */
  readonly names: Set<string> | undefined;
  step: string | number;
  /** The next string is a name. */
  atName: boolean;
}

/**
 * The strings of a JSON text that are values, in their order. Undefined where a name is there twice in one object, or is not
 * written as it is: which value counts would be a question. O(text).
 *
 * @param bytes JSON that `JSON.parse` takes: what is wrong with it is not looked for.
 */
export function stringValues(bytes: Buffer): readonly StringValue[] | undefined {
  const values: StringValue[] = [];
  const open: Open[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at];
    const inner = open.at(-1);
    if (code === CODE.object) open.push({ names: new Set(), step: '', atName: true });
    else if (code === CODE.array) open.push({ names: undefined, step: 0, atName: false });
    else if (code === CODE.endObject || code === CODE.endArray) open.pop();
    else if (code === CODE.comma && inner !== undefined) next(inner);
    else if (code === CODE.quote) {
      const from = at + 1;
      at = endOfString(bytes, from);
      const escaped = bytes.subarray(from, at).includes(CODE.backslash);
      if (inner?.atName !== true) values.push({ path: open.map(({ step }) => step), from, to: at, escaped });
      else if (escaped || !named(inner, bytes.toString('latin1', from, at))) return undefined;
    }
  }
  return values;
}

function next(open: Open): void {
  if (typeof open.step === 'number') open.step += 1;
  else open.atName = true;
}

/** Goes on to a member. False if it was there before. */
function named(open: Open, name: string): boolean {
  if (open.names?.has(name) === true) return false;
  open.names?.add(name);
  open.step = name;
  open.atName = false;
  return true;
}

function endOfString(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === CODE.backslash) at += 1;
    else if (bytes[at] === CODE.quote) return at;
  }
  return bytes.length;
}
