/** What Java's regular expressions have and JavaScript's do not, or read as something else. */
const JAVA_ONLY = /&&|\\[AzZhHQEGRX]|\[\[/;

/** Spaces repeated inside what is repeated, where both match a space: exponential time on text that does not match. */
const EXPONENTIAL = /\(\[ \\t\]\+\[[^\]]*\]\+\)\*/;

/** Flags that a Java expression may begin with. */
const FLAGS = /^\(\?([is]+)\)/;

/**
 * A constraint's pattern as a JavaScript expression over the whole text, as AWS applies it.
 *
 * @returns `undefined` when JavaScript cannot say the same, or not in bounded time: such a pattern is not checked (a test counts them).
 */
export function constraintPattern(java: string): RegExp | undefined {
  const flags = FLAGS.exec(java)?.[1] ?? '';
  const body = java.replace(FLAGS, '');
  if (JAVA_ONLY.test(body) || EXPONENTIAL.test(body)) return undefined;
  // Only in `u` mode is `\p{L}` a class and a pair of surrogates one character; outside it, escapes that Java allows
  // and `u` forbids stay legal.
  const mode = /\\[pP]\{|\\uD[89A-F]/i.test(body) ? 'u' : '';
  try {
    return new RegExp(`^(?:${body})$`, flags + mode);
  } catch {
    return undefined;
  }
}
