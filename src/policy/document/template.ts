/**
 * A text of a policy that may hold wildcards and policy variables, cut into its parts.
 *
 * Source: IAM user guide, "IAM policy elements: Variables and tags".
 */
export type Template = readonly TemplatePart[];

export type TemplatePart =
  /** Text in which `*` and `?` are wildcards (where the place allows wildcards at all). */
  | { readonly kind: 'text'; readonly text: string }
  /** Text that stands for itself: `${*}`, `${?}`, `${$}`. */
  | { readonly kind: 'literal'; readonly text: string }
  /** The value of a context key, with the default that stands in when the key is absent. */
  | { readonly kind: 'variable'; readonly key: string; readonly fallback?: string };

/** Cuts a text at its variables; with `variables` false (the 2008 language) `${…}` is plain text. */
export function templateOf(text: string, variables: boolean): Template {
  if (!variables || !text.includes('${')) return [{ kind: 'text', text }];
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(/\$\{([^}]*)\}/g)) {
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push(variablePart(match[1] ?? ''));
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}

/**
 * A resource's ARN cut at its variables. They have a meaning after the fifth colon only; before it `${…}` is plain text,
 * which no ARN has.
 *
 * Source: IAM user guide, "IAM policy elements: Variables and tags", "Where you can use policy variables".
 */
export function resourceTemplate(text: string, variables: boolean): Template {
  const start = variables && text.startsWith('arn:') ? afterFifthColon(text) : 0;
  const head = text.slice(0, start);
  if (!head.includes('${')) return templateOf(text, variables);
  const rest = text.slice(start);
  return [{ kind: 'text', text: head }, ...(rest === '' ? [] : templateOf(rest, variables))];
}

/** Where the resource's own part begins; colons inside `${…}` separate nothing. */
function afterFifthColon(text: string): number {
  let colons = 0;
  for (let at = 0; at < text.length; at++) {
    if (text.startsWith('${', at)) at = Math.max(at, text.indexOf('}', at));
    else if (text[at] === ':' && ++colons === 5) return at + 1;
  }
  return text.length;
}

function variablePart(inside: string): TemplatePart {
  if (inside === '*' || inside === '?' || inside === '$') return { kind: 'literal', text: inside };
  const match = /^\s*([^,]*?)\s*(?:,\s*'([^']*)'\s*)?$/.exec(inside);
  const key = (match?.[1] ?? inside).toLowerCase();
  return match?.[2] === undefined ? { kind: 'variable', key } : { kind: 'variable', key, fallback: match[2] };
}

/** The template as it was written, for explanations. */
export function templateText(template: Template): string {
  return template
    .map((part) =>
      part.kind === 'text'
        ? part.text
        : part.kind === 'literal'
          ? `\${${part.text}}`
          : part.fallback === undefined
            ? `\${${part.key}}`
            : `\${${part.key}, '${part.fallback}'}`,
    )
    .join('');
}

/** The context keys a template takes its value from, in lower case. */
export function templateKeys(template: Template): string[] {
  return template.flatMap((part) => (part.kind === 'variable' ? [part.key] : []));
}

/**
 * The template with its variables replaced: plain text parts only. `undefined` when a variable has no value and no
 * default: such a text matches nothing.
 */
export function substitute(template: Template, valueOf: (key: string) => string | undefined): Template | undefined {
  const parts: TemplatePart[] = [];
  for (const part of template) {
    if (part.kind !== 'variable') parts.push(part);
    else {
      const text = valueOf(part.key) ?? part.fallback;
      if (text === undefined) return undefined;
      parts.push({ kind: 'literal', text });
    }
  }
  return parts;
}
