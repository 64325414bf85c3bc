import { readFileSync } from 'node:fs';

/** The version in package.json, which lies two folders above both the source and the compiled file. */
export const version: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
