import { X509Certificate, type KeyObject } from 'node:crypto';
import { countsAsSignature } from './algorithms.js';
import { contextTag, Fields, integerOf, itemsOf, Malformed, oidOf, onlyItem, ofTag, readDer, tags } from './der.js';
import { readExtensions, type Extension } from './extensions.js';

/** A certificate: what node:crypto makes of it, and what it does not tell. */
export interface Certificate {
  readonly x509: X509Certificate;
  /** The issuer's name, in DER. */
  readonly issuer: Buffer;
  readonly serial: bigint;
  readonly extensions: readonly Extension[];
}

const oids = {
  keyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  anyUsage: '2.5.29.37.0',
} as const;
const UNDERSTOOD: ReadonlySet<string> = new Set([oids.keyUsage, oids.basicConstraints, oids.extendedKeyUsage]);

/** Reads a certificate. Source: RFC 5280, section 4.1. @throws Malformed. */
export function readCertificate(der: Buffer): Certificate {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(der);
  } catch {
    throw new Malformed('a certificate in it cannot be read');
  }
  const outer = new Fields(readDer(der));
  const fields = new Fields(outer.take(tags.sequence));
  fields.optional(contextTag(0));
  const serial = integerOf(fields.take(tags.integer));
  fields.take(tags.sequence);
  const issuer = fields.take(tags.sequence).whole;
  for (let skipped = 0; skipped < 3; skipped++) fields.take(tags.sequence);
  fields.optional(contextTag(1), contextTag(1, true));
  fields.optional(contextTag(2), contextTag(2, true));
  const list = fields.optional(contextTag(3));
  fields.end();
  return { x509, issuer, serial, extensions: list === undefined ? [] : readExtensions(onlyItem(list)) };
}

/** The key of a certificate. @throws Malformed when it is of a kind that is not known. */
export function publicKeyOf({ x509 }: Certificate): KeyObject {
  try {
    return x509.publicKey;
  } catch {
    throw new Malformed('the key of a certificate in it cannot be read');
  }
}

/** The name of who a certificate is for, on one line. */
export function subjectOf({ x509 }: Certificate): string {
  return x509.subject.split('\n').reverse().join(', ');
}

/** Whether a certificate is valid at a time, by its own dates. */
export function isValidAt({ x509 }: Certificate, time: Date): boolean {
  return Date.parse(x509.validFrom) <= time.getTime() && time.getTime() <= Date.parse(x509.validTo);
}

/** The identifier of its key, by which it can be named instead of by issuer and number (RFC 5280, section 4.2.1.2). */
export function keyIdentifierOf(certificate: Certificate): Buffer | undefined {
  const found = extensionOf(certificate, oids.keyIdentifier);
  return found === undefined ? undefined : ofTag(readDer(found.value), tags.octetString).body;
}

/**
 * Why a certificate may not sign time stamps: its extended key usage must be critical, and time stamping alone.
 *
 * Source: RFC 3161, section 2.3.
 * @returns undefined when it may. @throws Malformed.
 */
export function whyNoAuthority(certificate: Certificate): string | undefined {
  const usage = extensionOf(certificate, oids.extendedKeyUsage);
  if (usage === undefined) return 'its certificate is not for time stamping';
  const purposes = purposesOf(usage);
  if (!purposes.includes(oids.timeStamping)) return 'its certificate is not for time stamping';
  if (!usage.isCritical || purposes.length > 1) return 'its certificate is not for time stamping alone';
  const signing = keyUsage.digitalSignature | keyUsage.nonRepudiation;
  if (!mayUseKey(certificate, signing)) return 'the key of its certificate is not for signatures';
  const unknown = unknownCritical(certificate);
  return unknown === undefined ? undefined : `the critical extension \`${unknown}\` of its certificate is unknown`;
}

/** Whether a certificate may issue those of time stamping authorities, with so many others between. @throws Malformed. */
export function mayIssue(certificate: Certificate, between: number): boolean {
  const constraints = extensionOf(certificate, oids.basicConstraints);
  if (constraints === undefined || !certificate.x509.ca) return false;
  const fields = new Fields(readDer(constraints.value));
  fields.optional(tags.boolean);
  const length = fields.optional(tags.integer);
  const usage = extensionOf(certificate, oids.extendedKeyUsage);
  const purposes = usage === undefined ? [] : purposesOf(usage);
  return (
    (length === undefined || integerOf(length) >= BigInt(between)) &&
    (usage === undefined || purposes.includes(oids.timeStamping) || purposes.includes(oids.anyUsage)) &&
    mayUseKey(certificate, keyUsage.certificateSign) &&
    unknownCritical(certificate) === undefined
  );
}

/** Whether one certificate issued another: by name, by key identifier and by a signature that counts. @throws Malformed. */
export function isIssuedBy({ x509 }: Certificate, issuer: Certificate): boolean {
  if (!x509.checkIssued(issuer.x509)) return false;
  const outer = new Fields(readDer(x509.raw));
  outer.take(tags.sequence);
  return countsAsSignature(outer.take(tags.sequence)) && x509.verify(publicKeyOf(issuer));
}

/** The bits of a key's usage, in the first byte of its bit string (RFC 5280, section 4.2.1.3). */
const keyUsage = { digitalSignature: 0x80, nonRepudiation: 0x40, certificateSign: 0x04 } as const;

/** Without the extension a key may be used for everything. */
function mayUseKey(certificate: Certificate, bits: number): boolean {
  const usage = extensionOf(certificate, oids.keyUsage);
  if (usage === undefined) return true;
  const [, first = 0] = ofTag(readDer(usage.value), tags.bitString).body;
  return (first & bits) !== 0;
}

const extensionOf = ({ extensions }: Certificate, wanted: string) => extensions.find(({ oid }) => oid === wanted);

const purposesOf = ({ value }: Extension) => itemsOf(ofTag(readDer(value), tags.sequence)).map(oidOf);

const unknownCritical = ({ extensions }: Certificate) =>
  extensions.find(({ oid, isCritical }) => isCritical && !UNDERSTOOD.has(oid))?.oid;
