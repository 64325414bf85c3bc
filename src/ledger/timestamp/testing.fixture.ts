import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDer, tags, writeDer, writeInteger } from './der.js';
import { readResponse } from './response.js';
import { readSignedData } from './signed-data.js';

/** These tests make their authority with openssl; without it they are left out, and say so by their name. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
export const NEEDS_OPENSSL = hasOpenssl ? '' : ' (left out: there is no openssl)';

const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n';
const STAMPS = 'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n';
const purpose = (text: string) => `${STAMPS}extendedKeyUsage=${text}\n`;

/** A certificate with its key, by the name of their files. */
export interface Issued {
  readonly name: string;
  readonly der: Buffer;
}

export interface CertificateOptions {
  readonly issuer?: Issued;
  readonly key?: 'ec' | 'rsa' | 'rsa-1024';
  readonly extensions?: string;
  readonly days?: number;
}

const keyArguments = {
  ec: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-1024': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
} as const;

/** Extensions of certificates, as openssl writes them. */
export const extensions = {
  ca: CA,
  caOfNone: CA.replace('CA:TRUE', 'CA:TRUE,pathlen:0'),
  timeStamping: purpose('critical,timeStamping'),
  uncritical: purpose('timeStamping'),
  several: purpose('critical,timeStamping,codeSigning'),
  webServer: purpose('critical,serverAuth'),
  none: STAMPS,
} as const;

/** A time stamping authority of this machine: certificates and answers made by openssl in a temporary folder. */
export class LocalAuthority {
  readonly folder = mkdtempSync(join(tmpdir(), 'hikeshi-tsa-'));
  readonly root = this.issue('Root', { extensions: extensions.ca });
  readonly signer = this.issue('Authority', { issuer: this.root, extensions: extensions.timeStamping });

  file(name: string): string {
    return join(this.folder, name);
  }

  pem({ name }: Issued): string {
    return this.file(`${name}.pem`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  openssl(...given: readonly string[]): Buffer {
    return execFileSync('openssl', given, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** A new key and its certificate; signed by itself when there is no issuer. */
  issue(name: string, { issuer, key = 'ec', extensions: text = STAMPS, days = 30 }: CertificateOptions = {}): Issued {
    const [own, by] = [name, issuer?.name ?? name];
    writeFileSync(this.file(`${own}.ext`), text);
    this.openssl('genpkey', ...keyArguments[key], '-out', `${own}.key`);
    this.openssl('req', '-new', '-key', `${own}.key`, '-subj', `/O=Example/CN=${name}`, '-out', `${own}.csr`);
    const signing = issuer === undefined ? ['-signkey', `${own}.key`] : ['-CA', `${by}.pem`, '-CAkey', `${by}.key`];
    const serial = ['-set_serial', `0x${randomUUID().replaceAll('-', '')}`];
    const dates = ['-days', String(days), '-extfile', `${own}.ext`];
    this.openssl('x509', '-req', '-in', `${own}.csr`, ...signing, ...serial, ...dates, '-out', `${own}.pem`);
    return { name, der: new X509Certificate(readFileSync(this.file(`${own}.pem`))).raw };
  }

  /** The answer to a request by `openssl ts`. @param settings lines of its configuration. */
  reply(request: Uint8Array, settings: Readonly<Record<string, string>> = {}, signer = this.signer): Buffer {
    const id = randomUUID();
    const lines = {
      serial: this.file('serial'),
      signer_cert: this.pem(signer),
      signer_key: this.file(`${signer.name}.key`),
      signer_digest: 'sha256',
      default_policy: '1.2.3.4.1',
      digests: 'sha256',
      ess_cert_id_alg: 'sha256',
      ...settings,
    };
    const text = Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`);
    writeFileSync(this.file(`${id}.cnf`), `[tsa]\ndefault_tsa = own\n[own]\n${text.join('')}`);
    writeFileSync(this.file(`${id}.tsq`), request);
    this.openssl('ts', '-reply', '-config', `${id}.cnf`, '-queryfile', `${id}.tsq`, '-out', `${id}.tsr`);
    return readFileSync(this.file(`${id}.tsr`));
  }

  /** A good time stamp of now, signed again by `openssl cms`: with what `openssl ts` refuses to sign with. */
  signAgain(request: Uint8Array, signer: Issued, ...given: readonly string[]): Buffer {
    const id = randomUUID();
    writeFileSync(this.file(id), tstInfoOf(this.reply(request)));
    const type = ['-econtent_type', '1.2.840.113549.1.9.16.1.4', '-nodetach', '-binary', '-cades', '-nosmimecap'];
    const by = ['-signer', `${signer.name}.pem`, '-inkey', `${signer.name}.key`];
    const files = ['-in', id, '-outform', 'DER', '-out', `${id}.cms`];
    this.openssl('cms', '-sign', ...type, ...by, ...files, ...given);
    return granted(readFileSync(this.file(`${id}.cms`)));
  }
}

/** What an answer's token has signed. */
export function tstInfoOf(answer: Uint8Array): Buffer {
  const response = readResponse(answer);
  if (response.kind === 'refused') throw new Error(response.text);
  return readSignedData(response.token).content;
}

/** An answer that grants a token. */
export function granted(token: Uint8Array): Buffer {
  return writeDer(tags.sequence, writeDer(tags.sequence, writeInteger(0n)), readDer(token).whole);
}

/** An HTTP server on this machine. */
export async function listen(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`, server };
}
