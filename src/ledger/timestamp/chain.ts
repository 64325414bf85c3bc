import { isIssuedBy, isValidAt, mayIssue, type Certificate } from './certificate.js';

/** A chain longer than this is not followed. */
const CHAIN_MAX = 6;

/**
 * Whether a certificate leads to one of those that are trusted, by certificates that came with it. All must be valid at
 * the time of the stamp: one that ended since does not undo what was stamped before. Revocation is not asked for, since
 * that needs the network.
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
  between = 0,
): boolean {
  if (!isValidAt(certificate, time) || between > CHAIN_MAX) return false;
  if (trusted.some(({ x509 }) => x509.raw.equals(certificate.x509.raw))) return true;
  const issuers = [...trusted, ...others].filter(
    (issuer) =>
      !issuer.x509.raw.equals(certificate.x509.raw) && mayIssue(issuer, between) && isIssuedBy(certificate, issuer),
  );
  return issuers.some((issuer) => leadsTo(issuer, trusted, without(others, issuer), time, between + 1));
}

/** No certificate is used twice, so that the search ends. */
const without = (certificates: readonly Certificate[], used: Certificate) =>
  certificates.filter((certificate) => certificate !== used);
