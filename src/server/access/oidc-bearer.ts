import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { Problem } from '../../base/problem.js';
import { issuerUrl, type OidcSettings } from './oidc-settings.js';

/**
 * Signatures that a provider can make and we could not: with the public key at hand nobody can forge one. HMAC and `none`
 * are not among them, whatever a token's header says. Source: RFC 8725, sections 3.1 and 3.2.
 */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 30;
const DISCOVERY_MS_MAX = 10_000;
const TOKEN_CHARACTERS_MAX = 16_384;

/** Checks bearer tokens that a provider signed. */
export class OidcBearer {
  private readonly settings: OidcSettings;
  private keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(settings: OidcSettings) {
    this.settings = settings;
  }

  /** The claims of a token that is this provider's, for this hub and not over; undefined for any other. */
  async claims(token: string, now: Date): Promise<JWTPayload | undefined> {
    if (token.length > TOKEN_CHARACTERS_MAX) return undefined;
    const keys = await this.found();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: this.settings.issuer,
        audience: this.settings.audience ?? this.settings.clientId,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp', 'iat'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: now,
      });
      return payload;
    } catch (error) {
      if (isUnreachable(error)) throw unreachable(this.settings.issuer, error);
      return undefined;
    }
  }

  /** Finds the provider on first use; tried again after a failure, so that a hub starts without it. */
  private found(): Promise<JWTVerifyGetKey> {
    const found = (this.keys ??= discover(this.settings.issuer));
    found.catch(() => {
      if (this.keys === found) this.keys = undefined;
    });
    return found;
  }
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const base = issuerUrl(issuer);
  const url = new URL(`${base.pathname.replace(/\/$/, '')}/.well-known/openid-configuration`, base);
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(DISCOVERY_MS_MAX) });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    const said = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
    // OpenID Connect Discovery 1.0, section 4.3: exactly the same, or it speaks for somebody else.
    if (said.issuer !== issuer) throw new Error(`it calls itself \`${String(said.issuer)}\``);
    return createRemoteJWKSet(issuerUrl(String(said.jwks_uri)), { timeoutDuration: DISCOVERY_MS_MAX });
  } catch (error) {
    throw unreachable(issuer, error);
  }
}

function isUnreachable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof TypeError || code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JOSE_GENERIC';
}

function unreachable(issuer: string, cause: unknown): Problem {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Problem('oidc-unreachable', `the provider \`${issuer}\` cannot be asked: ${why}`, {
    next: 'check --oidc-issuer, and that this machine reaches it',
    exit: 'badConfiguration',
    cause,
  });
}
