import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../../src/engine/twin/serve-twin.js';

const run = promisify(execFile);
const installed = ['aws --version', 'openssl version'].every((words) => {
  const [command = '', ...rest] = words.split(' ');
  return spawnSync(command, rest).status === 0;
});

describe.skipIf(!installed)(
  'the AWS CLI, openssl and the twin’s KMS (skipped where `aws` or `openssl` is missing)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hikeshi-aws-kms-'));
    let served: ServedTwin;

    beforeAll(async () => {
      served = await serveTwin({ kind: 'empty' }, 0, new Date());
    });
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true });
      await served.door.close();
    });

    async function aws(...words: string[]): Promise<Record<string, string>> {
      const env = {
        ...process.env,
        AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY,
        AWS_SESSION_TOKEN: '',
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_PAGER: '',
      };
      const { stdout } = await run('aws', ['kms', ...words, '--output', 'json', '--endpoint-url', served.door.url], {
        env,
      });
      return JSON.parse(stdout) as Record<string, string>;
    }
    const file = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64');

    it('agree on a signature, a public key and a data key pair', async () => {
      const made = (await aws(
        'create-key',
        '--key-spec',
        'ECC_NIST_P256',
        '--key-usage',
        'SIGN_VERIFY',
      )) as unknown as {
        KeyMetadata: { KeyId: string };
      };
      const key = ['--key-id', made.KeyMetadata.KeyId];
      const message = file('message', Buffer.from('signed by the twin'));
      const asked = [...key, '--message', `fileb://${message}`, '--signing-algorithm', 'ECDSA_SHA_256'];
      const { Signature } = await aws('sign', ...asked);
      const signature = file('signature', bytes(Signature));
      const { PublicKey } = await aws('get-public-key', ...key);
      const spki = ['-keyform', 'DER', '-verify', file('public.der', bytes(PublicKey))];
      const said = execFileSync('openssl', ['dgst', '-sha256', ...spki, '-signature', signature, message]);
      expect(said.toString()).toBe('Verified OK\n');
      expect(await aws('verify', ...asked, '--signature', `fileb://${signature}`)).toMatchObject({
        SignatureValid: true,
      });
      writeFileSync(message, 'signed by nobody');
      await expect(aws('verify', ...asked, '--signature', `fileb://${signature}`)).rejects.toMatchObject({
        stderr: expect.stringContaining('KMSInvalidSignatureException') as string,
      });

      const wrapping = (await aws('create-key')) as unknown as { KeyMetadata: { KeyId: string } };
      const id = ['--key-id', wrapping.KeyMetadata.KeyId];
      const pair = await aws('generate-data-key-pair', ...id, '--key-pair-spec', 'RSA_2048');
      const sealed = file('sealed', bytes(pair['PrivateKeyCiphertextBlob']));
      const opened = await aws('decrypt', '--ciphertext-blob', `fileb://${sealed}`);
      expect(opened['Plaintext']).toBe(pair['PrivateKeyPlaintext']);
      const own = file('private.der', bytes(opened['Plaintext']));
      execFileSync('openssl', [
        'pkey',
        '-inform',
        'DER',
        '-in',
        own,
        '-pubout',
        '-outform',
        'DER',
        '-out',
        join(folder, 'own'),
      ]);
      expect(readFileSync(join(folder, 'own')).toString('base64')).toBe(pair['PublicKey']);
    }, 120_000);
  },
);
