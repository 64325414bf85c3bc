import { toBase64 } from '../base64.js';
import type { Envelope } from './dsse.js';

/**
 * An envelope as a Sigstore bundle, which cosign and the Sigstore clients verify with a public key that is given to them.
 *
 * Source: sigstore/protobuf-specs, `Bundle`, media type version 0.3.
 */
export function sigstoreBundle({ payloadType, payload, signatures }: Envelope): object {
  const [first] = signatures;
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: first?.keyid ?? '' }, tlogEntries: [], timestampVerificationData: {} },
    dsseEnvelope: {
      payload: toBase64(payload),
      payloadType,
      signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: toBase64(sig) })),
    },
  };
}
