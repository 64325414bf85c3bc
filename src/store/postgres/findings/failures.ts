import { Problem } from '../../../base/problem.js';

/**
 * What PostgreSQL says, as a problem a person can act on. Codes: PostgreSQL manual, appendix A. In every case the
 * transaction was rolled back: nothing is half-written.
 */
export function storeProblem(error: unknown): unknown {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === '53100') {
    return new Problem('database-full', 'the disk of the database is full; nothing of this batch was written', {
      next: 'free space there (`hikeshi` keeps findings as long as its retention says), then send the batch again',
      cause: error,
    });
  }
  if (code === '25006') {
    return new Problem('database-read-only', 'the database only lets itself be read; nothing was written', {
      next: 'name the primary server with --database-url, not a replica',
      exit: 'badConfiguration',
      cause: error,
    });
  }
  if (code === '42501') {
    return new Problem('database-forbidden', 'the database does not let this user write; nothing was written', {
      next: 'connect as the user that owns the schema `hikeshi`',
      exit: 'badConfiguration',
      cause: error,
    });
  }
  return error;
}

/** Two importers brought the same new finding: the later one does its batch again, and finds it there. */
export function isDuplicateKey(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '23505';
}
