import type { Document, ProblemCode } from './document-reader.js';
import type { Element } from './policy.js';
import { awsPrincipal, type PrincipalPattern } from './principal-pattern.js';

/** Reads Principal or NotPrincipal. */
export function readPrincipals(
  document: Document,
  given: Record<string, unknown>,
  path: string,
  rule: 'required' | 'forbidden',
): Element<PrincipalPattern> | undefined {
  const { key, value, negated } = document.either(given, path, 'Principal', 'NotPrincipal');
  if (value === undefined) {
    if (rule === 'required')
      document.problem(path, 'MISSING_PRINCIPAL', 'a statement must have `Principal` or `NotPrincipal`');
    return undefined;
  }
  if (rule === 'forbidden') {
    document.problem(
      `${path}.${key}`,
      'UNSUPPORTED_PRINCIPAL',
      `a policy of this kind names no \`${key}\`: it is attached to one`,
    );
    return undefined;
  }
  const patterns: PrincipalPattern[] = [];
  if (typeof value === 'string') {
    if (value === '*') patterns.push({ kind: 'everyone' });
    else
      document.problem(
        `${path}.${key}`,
        'INVALID_PRINCIPAL_FORMAT',
        `\`${value}\` is no principal: write \`"*"\` or \`{"AWS": …}\``,
      );
    return { negated, patterns };
  }
  const types = document.object(value, `${path}.${key}`);
  for (const [type, members] of Object.entries(types ?? {})) {
    for (const { text, path: place } of document.texts(members, `${path}.${key}.${type}`)) {
      const pattern = read(type, text);
      if (pattern !== undefined) patterns.push(pattern);
      else
        document.problem(
          place,
          codeOf(type, text),
          `\`${text}\` is no principal of type \`${type}\`${hint(type, text)}`,
        );
    }
  }
  return { negated, patterns };
}

function read(type: string, text: string): PrincipalPattern | undefined {
  switch (type) {
    case 'AWS':
      return awsPrincipal(text);
    case 'Service':
      return text === '*' || /^[a-z0-9.-]+\.[a-z.]+$/i.test(text) ? service(text) : undefined;
    case 'Federated':
      return text === '' || /[*?]/.test(text) ? undefined : { kind: 'federated', provider: text };
    case 'CanonicalUser':
      return /^[0-9a-f]{64}$/i.test(text) ? { kind: 'canonicalUser', id: text } : undefined;
    default:
      return undefined;
  }
}

function service(text: string): PrincipalPattern {
  return text === '*' ? { kind: 'everyone' } : { kind: 'service', name: text };
}

const TYPES = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser']);

function codeOf(type: string, text: string): ProblemCode {
  if (!TYPES.has(type)) return 'INVALID_PRINCIPAL_KEY';
  return /[*?]/.test(text) ? 'UNSUPPORTED_WILDCARD_IN_PRINCIPAL' : 'INVALID_PRINCIPAL_FORMAT';
}

function hint(type: string, text: string): string {
  if (!TYPES.has(type)) {
    return '; the types are `AWS`, `Service`, `Federated` and `CanonicalUser`';
  }
  return /[*?]/.test(text) ? '; a principal takes no wildcard inside: use a condition on `aws:PrincipalArn`' : '';
}
