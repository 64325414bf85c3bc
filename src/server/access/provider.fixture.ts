import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { createHash, randomBytes } from 'node:crypto';

/** A provider of OpenID Connect on this machine: discovery, keys, and the code flow with PKCE for whoever asks. */
export interface TestProvider {
  readonly issuer: string;
  readonly publicPem: string;
  /** Who signs in next, as the provider's claims say. */
  claims: JWTPayload;
  /** A token that this provider signed. */
  sign(claims?: JWTPayload, options?: { issuer?: string; audience?: string; seconds?: number }): Promise<string>;
  close(): Promise<void>;
}

export const CLIENT = 'hikeshi-console';

export async function testProvider(now: () => Date): Promise<TestProvider> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, { challenge: string; nonce: string }>();
  const sign: TestProvider['sign'] = (claims = provider.claims, { issuer, audience, seconds = 300 } = {}) => {
    const at = Math.floor(now().getTime() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(issuer ?? provider.issuer)
      .setAudience(audience ?? CLIENT)
      .setIssuedAt(Math.min(at, at + seconds))
      .setExpirationTime(at + seconds)
      .sign(privateKey);
  };
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration') return json(200, discovery(provider.issuer));
    if (url.pathname === '/keys') return json(200, { keys: [jwk] });
    if (url.pathname === '/authorize') {
      const code = randomBytes(16).toString('hex');
      const [challenge = '', nonce = '', back = '', state = ''] = [
        'code_challenge',
        'nonce',
        'redirect_uri',
        'state',
      ].map((name) => url.searchParams.get(name) ?? '');
      codes.set(code, { challenge, nonce });
      return response.writeHead(302, { location: `${back}?code=${code}&state=${state}&iss=${provider.issuer}` }).end();
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const form = new URLSearchParams(body);
      const known = codes.get(form.get('code') ?? '');
      codes.delete(form.get('code') ?? '');
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (known === undefined || known.challenge !== challenge) return json(400, { error: 'invalid_grant' });
      void sign({ ...provider.claims, nonce: known.nonce }).then((id_token) =>
        json(200, { access_token: 'opaque', token_type: 'Bearer', expires_in: 300, id_token }),
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const provider: TestProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publicPem: JSON.stringify(jwk),
    claims: { sub: 'u-1', email: 'mori@example.com', email_verified: true, groups: ['approvers'] },
    sign,
    close: () => new Promise((done) => server.close(() => done())),
  };
  return provider;
}

function discovery(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
}
