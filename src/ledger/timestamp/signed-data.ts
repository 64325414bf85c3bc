import { createHash } from 'node:crypto';
import { hashOf, isSigned, signatureAlgorithm } from './algorithms.js';
import { keyIdentifierOf, publicKeyOf, readCertificate, type Certificate } from './certificate.js';
import { contextTag, Fields, integerOf, itemsOf, Malformed, oidOf, ofTag, onlyItem, tags, type Der } from './der.js';

/** A token whose signature is good: what was signed, by whom, and the other certificates that came with it. */
export interface SignedData {
  readonly content: Buffer;
  readonly signer: Certificate;
  readonly others: readonly Certificate[];
}

const oids = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/** So many certificates come with a token at most. */
const CERTIFICATES_MAX = 16;

/**
 * Reads a token and checks its one signature, by the certificate that is in it and that the signed attributes name.
 *
 * Source: RFC 5652, sections 5.1 to 5.6; RFC 3161, section 2.4.2; RFC 5816.
 * @throws Malformed when it has another shape, or the signature is not good.
 */
export function readSignedData(token: Der): SignedData {
  const outer = new Fields(token);
  if (oidOf(outer.take(tags.oid)) !== oids.signedData) throw new Malformed('it is not a signed token');
  const fields = new Fields(onlyItem(outer.take(contextTag(0))));
  outer.end();
  integerOf(fields.take(tags.integer));
  fields.take(tags.set);
  const encapsulated = new Fields(fields.take(tags.sequence));
  const certificateSet = fields.optional(contextTag(0));
  fields.optional(contextTag(1));
  const signers = fields.take(tags.set);
  fields.end();
  const type = oidOf(encapsulated.take(tags.oid));
  if (type !== oids.tstInfo) throw new Malformed(`its content is of the type \`${type}\` and not a time stamp`);
  const content = ofTag(onlyItem(encapsulated.take(contextTag(0))), tags.octetString).body;
  encapsulated.end();
  const certificates = certificatesOf(certificateSet);
  const signer = checkSigner(onlyItem(signers), content, certificates);
  return { content, signer, others: certificates.filter((certificate) => certificate !== signer) };
}

function certificatesOf(set: Der | undefined): Certificate[] {
  // Other kinds of certificates have tags of their own, and nothing to do with time stamps.
  const items = set === undefined ? [] : itemsOf(set).filter(({ tag }) => tag === tags.sequence);
  if (items.length === 0) throw new Malformed('it holds no certificate');
  if (items.length > CERTIFICATES_MAX) throw new Malformed(`it holds more than ${CERTIFICATES_MAX} certificates`);
  return items.map(({ whole }) => readCertificate(whole));
}

/** Source: RFC 5652, section 5.3, `SignerInfo`. */
function checkSigner(info: Der, content: Buffer, certificates: readonly Certificate[]): Certificate {
  const fields = new Fields(info);
  integerOf(fields.take(tags.integer));
  const named = fields.optional(tags.sequence) ?? fields.take(contextTag(0, true));
  const digestName = hashOf(fields.take(tags.sequence));
  const signedAttributes = fields.take(contextTag(0));
  const algorithm = signatureAlgorithm(fields.take(tags.sequence));
  const signature = fields.take(tags.octetString).body;
  fields.optional(contextTag(1));
  fields.end();

  const attributes = attributesOf(signedAttributes);
  if (oidOf(attribute(attributes, oids.contentType)) !== oids.tstInfo) {
    throw new Malformed('the signed type of its content is another');
  }
  const digest = ofTag(attribute(attributes, oids.messageDigest), tags.octetString).body;
  if (!createHash(digestName).update(content).digest().equals(digest)) {
    throw new Malformed('its content is not what was signed');
  }
  const signer = certificates.find((certificate) => isNamed(certificate, named));
  if (signer === undefined) throw new Malformed('the certificate of who signed it is not in it');
  checkNamedBySignature(attributes, signer);
  // What is signed is the set of attributes under its own tag, not the one that it has in the token (section 5.4).
  const message = Buffer.concat([Buffer.of(tags.set), signedAttributes.whole.subarray(1)]);
  if (!isSigned(algorithm, digestName, publicKeyOf(signer), message, signature)) {
    throw new Malformed('its signature is wrong');
  }
  return signer;
}

/** By issuer and serial number, or by the key's identifier. */
function isNamed(certificate: Certificate, named: Der): boolean {
  if (named.tag !== tags.sequence) return keyIdentifierOf(certificate)?.equals(named.body) ?? false;
  const fields = new Fields(named);
  const issuer = fields.take(tags.sequence).whole;
  return issuer.equals(certificate.issuer) && integerOf(fields.take(tags.integer)) === certificate.serial;
}

function attributesOf(set: Der): Map<string, Der> {
  const attributes = new Map<string, Der>();
  for (const item of itemsOf(set)) {
    const fields = new Fields(item);
    const oid = oidOf(fields.take(tags.oid));
    const values = fields.take(tags.set);
    fields.end();
    if (attributes.has(oid)) throw new Malformed(`the signed attribute \`${oid}\` is there twice`);
    attributes.set(oid, values);
  }
  return attributes;
}

function attribute(attributes: ReadonlyMap<string, Der>, oid: string): Der {
  const values = attributes.get(oid);
  if (values === undefined) throw new Malformed(`the signed attribute \`${oid}\` is missing`);
  return onlyItem(values);
}

/**
 * The signature must name the certificate that it is checked by, so that no other one of the same key can be put in its
 * place. SHA-1 is enough there for the older form: whoever finds another certificate of the same hash does not have a
 * signature by its key.
 *
 * Source: RFC 5035, section 3 (`ESSCertID`) and section 4 (`ESSCertIDv2`); RFC 5816, section 2.2.1.
 */
function checkNamedBySignature(attributes: ReadonlyMap<string, Der>, { x509 }: Certificate): void {
  const isNew = attributes.has(oids.signingCertificateV2);
  const isOld = attributes.has(oids.signingCertificate);
  if (!isNew && !isOld) throw new Malformed('its signature does not name a certificate');
  const first = (oid: string) => {
    const [id] = itemsOf(new Fields(attribute(attributes, oid)).take(tags.sequence));
    if (id === undefined) throw new Malformed('its signature does not name a certificate');
    return new Fields(id);
  };
  const isHashOf = (digest: Buffer, name: string) => createHash(name).update(x509.raw).digest().equals(digest);
  let isGood = true;
  if (isNew) {
    const id = first(oids.signingCertificateV2);
    const algorithm = id.optional(tags.sequence);
    const name = algorithm === undefined ? 'sha256' : hashOf(algorithm);
    isGood &&= isHashOf(id.take(tags.octetString).body, name);
  }
  if (isOld) isGood &&= isHashOf(first(oids.signingCertificate).take(tags.octetString).body, 'sha1');
  if (!isGood) throw new Malformed('its signature names another certificate');
}
