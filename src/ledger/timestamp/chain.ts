import { isIssuedBy, isValidAt, mayIssue, type Certificate } from './certificate.js';

/** A chain longer than this is not followed. */
const CHAIN_MAX = 6;

/**
 * Whether a certificate leads to one of those that are trusted, by certificates that came with it. All must be valid at
 * the time of the stamp: one that ended since does not undo what was stamped before. Revocation is not asked for, since
 * that needs the network.
 *
 * Breadth first, so that every certificate is reached once, over the fewest others: at most n² signatures are checked.
 * Following each chain for itself would take n! of them for certificates that all issue each other, and those that come
 * with a token are a stranger's.
 *
 * Source: RFC 5280, section 6.1, without policies and name constraints: a certificate with a critical extension that is
 * not understood, as name constraints are, leads nowhere.
 * @param trusted certification authorities, or the certificate itself.
 * @throws Malformed.
 */
export function leadsTo(
  certificate: Certificate,
  trusted: readonly Certificate[],
  others: readonly Certificate[],
  time: Date,
): boolean {
  const isTrusted = ({ x509 }: Certificate) => trusted.some((each) => each.x509.raw.equals(x509.raw));
  let reached: readonly Certificate[] = [certificate];
  let left = others;
  for (let between = 0; between <= CHAIN_MAX; between++) {
    const valid = reached.filter((each) => isValidAt(each, time));
    const issued = (issuer: Certificate) =>
      isValidAt(issuer, time) && mayIssue(issuer, between) && valid.some((each) => isIssuedBy(each, issuer));
    if (valid.some(isTrusted) || trusted.some(issued)) return true;
    reached = left.filter(issued);
    const found = new Set(reached);
    left = left.filter((each) => !found.has(each));
  }
  return false;
}
