/** A JSON value that knows where it stands in its text. */
export type Node = Place &
  (
    | { readonly kind: 'object'; readonly members: readonly Member[] }
    | { readonly kind: 'array'; readonly items: readonly Node[] }
    | { readonly kind: 'scalar'; readonly value: string | number | boolean | null; readonly literal: string }
  );

export interface Place {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `detail.state[0]`. */
  readonly path: string;
}

export interface Member {
  readonly name: string;
  readonly value: Node;
}

export interface Mistake {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

const DEPTH_MAX = 200;

/** Reads JSON (RFC 8259) with the place of every value; `length` is that of the text without white space. O(text). */
export function parseJson(
  text: string,
): { readonly root: Node; readonly length: number } | { readonly mistake: Mistake } {
  const reader = new Reader(text);
  try {
    return reader.document();
  } catch (mistake) {
    if (mistake instanceof Failure) return { mistake: { message: mistake.message, ...reader.place(mistake.at) } };
    throw mistake;
  }
}

class Failure extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
// The control characters that RFC 8259 forbids in strings are what is meant.
// oxlint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

class Reader {
  private readonly text: string;
  private at = 0;
  private blanks = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): { root: Node; length: number } {
    const root = this.value('', 0);
    this.skip();
    if (this.at < this.text.length) throw new Failure('there is something after its end', this.at);
    return { root, length: this.text.length - this.blanks };
  }

  place(at: number): { line: number; column: number } {
    const before = this.text.slice(0, at);
    return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
  }

  private value(path: string, depth: number): Node {
    this.skip();
    if (depth > DEPTH_MAX) throw new Failure(`it is more than ${DEPTH_MAX} levels deep`, this.at);
    const start = this.at;
    const place = { ...this.place(start), path };
    const char = this.text[start];
    if (char === '{') return { kind: 'object', ...place, members: this.members(path, depth) };
    if (char === '[') return { kind: 'array', ...place, items: this.items(path, depth) };
    const literal = this.take(char === '"' ? STRING : SCALAR);
    if (literal === undefined) throw new Failure(this.unexpected('a JSON value'), start);
    return { kind: 'scalar', ...place, value: JSON.parse(literal) as string | number | boolean | null, literal };
  }

  private members(path: string, depth: number): Member[] {
    const members: Member[] = [];
    this.at += 1;
    for (;;) {
      this.skip();
      if (members.length === 0 && this.eat('}')) return members;
      const literal = this.take(STRING);
      if (literal === undefined) throw new Failure(this.unexpected('a field name in quotes'), this.at);
      const name = JSON.parse(literal) as string;
      this.skip();
      if (!this.eat(':')) throw new Failure(this.unexpected('`:`'), this.at);
      members.push({ name, value: this.value(path === '' ? name : `${path}.${name}`, depth + 1) });
      this.skip();
      if (this.eat('}')) return members;
      if (!this.eat(',')) throw new Failure(this.unexpected('`,` or `}`'), this.at);
    }
  }

  private items(path: string, depth: number): Node[] {
    const items: Node[] = [];
    this.at += 1;
    for (;;) {
      this.skip();
      if (items.length === 0 && this.eat(']')) return items;
      items.push(this.value(`${path}[${items.length}]`, depth + 1));
      this.skip();
      if (this.eat(']')) return items;
      if (!this.eat(',')) throw new Failure(this.unexpected('`,` or `]`'), this.at);
    }
  }

  private skip(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text[this.at] ?? 'x')) {
      this.at += 1;
      this.blanks += 1;
    }
  }

  private eat(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const literal = pattern.exec(this.text)?.[0];
    if (literal !== undefined) this.at += literal.length;
    return literal;
  }

  private unexpected(wanted: string): string {
    const char = this.text[this.at];
    return char === undefined
      ? `it ends where ${wanted} is expected`
      : `\`${char}\` stands where ${wanted} is expected`;
  }
}
