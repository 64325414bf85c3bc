import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Problem } from '../../base/problem.js';
import { algorithmFor, messageOfFile } from '../../engine/keys/sign-file.js';
import { decodePublicPem } from '../../keys/decode-public.js';
import type { PublicPart } from '../../keys/key-material.js';
import { verify } from '../../keys/sign.js';
import { exitWith } from '../exit.js';
import { keyName, withKeys, withOpenKeys, type KeyOptions } from '../keys.js';
import { terminalOf } from '../options.js';

interface SignOptions extends KeyOptions {
  readonly key?: string;
  readonly algorithm?: string;
  readonly out?: string;
}

interface VerifyOptions extends KeyOptions {
  readonly signature: string;
  readonly key?: string;
  readonly publicKey?: string;
  readonly algorithm?: string;
}

/** `hikeshi sign` and `hikeshi verify`: detached signatures of files, as OpenSSL and KMS make them. */
export function signCommands(program: Command): void {
  withKeys(program.command('sign'))
    .argument('<file>', 'what to sign')
    .description('sign a file; the signature is what KMS and OpenSSL make: DER for ECDSA, plain bytes for the others')
    .option('--key <key>', 'its id or alias (with --kms ARN it is that key)')
    .option('--algorithm <name>', "KMS's name of it (default: the usual one of the key)")
    .option('--out <file>', 'where to (default: the file with `.sig`)')
    .action(async (file: string, _given: unknown, command: Command) =>
      runSign(file, command.optsWithGlobals<SignOptions>()),
    );
  withKeys(program.command('verify'))
    .argument('<file>', 'what was signed')
    .requiredOption('--signature <file>', 'the signature')
    .description('verify the signature of a file')
    .option('--key <key>', 'the key, by id or alias')
    .option('--public-key <file>', 'the public key, in PEM: nothing else is needed')
    .option('--algorithm <name>', "KMS's name of it (default: the usual one of the key)")
    .action(async (file: string, _given: unknown, command: Command) =>
      runVerify(file, command.optsWithGlobals<VerifyOptions>()),
    );
}

async function runSign(file: string, options: SignOptions): Promise<void> {
  const name = keyName(options.key, options);
  const out = options.out ?? `${file}.sig`;
  const made = await withOpenKeys(options, async (keys) => {
    const part = await keys.publicPart(name);
    const algorithm = algorithmFor(part.spec, options.algorithm);
    const message = await messageOfFile(file, algorithm, part, keys.rawMax);
    return { algorithm, signature: await keys.sign(name, algorithm, message) };
  });
  try {
    await writeFile(out, made.signature);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Problem('file', `the signature cannot be written to \`${out}\` (\`${code}\`)`, { cause });
  }
  const terminal = terminalOf(options);
  const signature = Buffer.from(made.signature).toString('base64');
  terminal.out(
    options.json === true
      ? `${JSON.stringify({ file, key: name, algorithm: made.algorithm, out, signature })}\n`
      : `${terminal.paint.green('✓')} ${out}: ${made.algorithm} by ${name}\n`,
  );
}

async function runVerify(file: string, options: VerifyOptions): Promise<void> {
  const signature = await readInput(options.signature);
  const isGood =
    options.publicKey === undefined
      ? await withOpenKeys(options, async (keys) => {
          const name = keyName(options.key, options);
          const part = await keys.publicPart(name);
          const algorithm = algorithmFor(part.spec, options.algorithm);
          return keys.verify(name, algorithm, await messageOfFile(file, algorithm, part, keys.rawMax), signature);
        })
      : await verifyWith(await publicKeyIn(options.publicKey), file, options.algorithm, signature);
  const terminal = terminalOf(options);
  const { green, red } = terminal.paint;
  const text = isGood
    ? `${green('✓')} ${file}: the signature is good\n`
    : `${red('✗')} ${file}: the signature is bad: another file, another key, or another signature\n`;
  terminal.out(options.json === true ? `${JSON.stringify({ file, good: isGood })}\n` : text);
  if (!isGood) exitWith('findings');
}

async function verifyWith(
  part: PublicPart,
  file: string,
  asked: string | undefined,
  signature: Buffer,
): Promise<boolean> {
  const algorithm = algorithmFor(part.spec, asked);
  const { type, bytes } = await messageOfFile(file, algorithm, part, undefined);
  return verify(part, algorithm, type, bytes, signature);
}

async function publicKeyIn(path: string): Promise<PublicPart> {
  const part = decodePublicPem((await readInput(path)).toString('latin1'));
  if (part !== undefined) return part;
  throw new Problem('key-format', `\`${path}\` holds no public key that Hikeshi knows`, {
    next: 'it has to be PEM (`-----BEGIN PUBLIC KEY-----`) of a key spec of KMS',
    exit: 'badUsage',
  });
}

async function readInput(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Problem('file', `the file \`${path}\` cannot be read (\`${code}\`)`, { exit: 'badUsage', cause });
  }
}
