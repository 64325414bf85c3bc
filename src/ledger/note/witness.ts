import type { Signer } from '../signer.js';
import { isConsistent } from '../merkle/consistency.js';
import {
  checkSignature,
  cosignedMessage,
  type Checkpoint,
  type SignedCheckpoint,
  writeCosignature,
} from './checkpoint.js';
import type { NoteSignature } from './signed-note.js';
import { verifierKey, type VerifierKey } from './verifier-key.js';

/** What a witness remembers of a log: the last checkpoint it signed. */
export type Witnessed = Pick<Checkpoint, 'size' | 'root'>;

/** What a witness is shown. */
export interface AddCheckpoint {
  readonly checkpoint: SignedCheckpoint;
  /** That the checkpoint only added to what the witness has seen. */
  readonly proof: readonly Uint8Array[];
}

/** Why a witness signs nothing; in the words of c2sp.org/tlog-witness `403`, `409` and `422`. */
export type WitnessRefusal = {
  readonly refused: 'not-signed-by-the-log' | 'smaller-than-seen' | 'other-root-of-same-size' | 'inconsistent';
};

/**
 * What a witness does with a checkpoint: checks the log's signature and that nothing it has seen was changed or removed.
 * It never signs two checkpoints that are not one history; so what it remembers must be stored before the signature is
 * handed out, in one step with reading it.
 *
 * Source: c2sp.org/tlog-witness, "add-checkpoint".
 */
export function mayCosign(
  { checkpoint, proof }: AddCheckpoint,
  logKeys: readonly VerifierKey[],
  seen: Witnessed | undefined,
): WitnessRefusal | 'yes' {
  const checks = logKeys
    .filter(({ name }) => name === checkpoint.origin)
    .map((key) => checkSignature(checkpoint.note, key));
  if (!checks.includes('good') || checks.includes('bad')) return { refused: 'not-signed-by-the-log' };
  if (seen === undefined) return 'yes';
  if (seen.size > checkpoint.size) return { refused: 'smaller-than-seen' };
  if (seen.size === checkpoint.size && !checkpoint.root.equals(seen.root))
    return { refused: 'other-root-of-same-size' };
  return isConsistent(seen, checkpoint, proof) ? 'yes' : { refused: 'inconsistent' };
}

/** A witness's signature on a checkpoint. @param name the witness's own. */
export async function cosign(
  { note }: SignedCheckpoint,
  name: string,
  signer: Signer,
  now: Date,
): Promise<NoteSignature> {
  const { keyId } = verifierKey(name, signer.publicKey, 'witness');
  const seconds = Math.floor(now.getTime() / 1000);
  const signature = await signer.sign(cosignedMessage(note.text, seconds));
  return { name, keyId, signature: writeCosignature(seconds, signature) };
}
