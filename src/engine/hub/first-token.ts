import type { HubFile } from '../../store/hub-file.js';
import type { Tokens } from './tokens.js';

const DAYS = 366;
const NAME = 'admin';
/** In whose name the first token acts. */
export const FIRST_TOKEN_NAME = `token:${NAME}`;

/**
 * The admin's first token: taken from this machine only, in a file that only the user may read, told nowhere else. The one
 * of before goes on to be used as long as it works.
 *
 * @returns whether a new one was made.
 */
export async function firstToken(tokens: Tokens, file: HubFile): Promise<boolean> {
  const before = await file.token();
  if (before !== undefined && (await tokens.presented(before)) !== undefined) return false;
  const wish = { name: NAME, kind: 'api', role: 'admin', days: DAYS, loopback: true } as const;
  const { secret } = await tokens.issue(wish, 'hikeshi');
  await file.writeToken(secret);
  return true;
}
