/** What can be wrong with a ledger. */
export type FaultCode =
  | 'checkpoint-missing'
  | 'checkpoint-form'
  | 'checkpoint-key'
  | 'checkpoint-signature'
  | 'checkpoint-root'
  | 'entry-bundle'
  | 'entry-changed'
  | 'entry-form'
  | 'entry-signature'
  | 'record-file'
  | 'tile'
  | 'beyond-checkpoint'
  | 'foreign-file'
  | 'key-file'
  | 'truncated'
  | 'forked'
  | 'witness'
  | 'timestamp';

/** One thing that is wrong, and where. */
export interface Fault {
  readonly code: FaultCode;
  /** The file. */
  readonly path: string;
  /** The entry, where it is one. */
  readonly index?: number;
  /** A sentence without a full stop. */
  readonly text: string;
}
