import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { hashOf } from '../../engine/hub/tokens.js';
import type { AccessStore, Grant, Session } from '../../store/access/access-store.js';

/**
 * How long a browser stays signed in, unless told. Groups are read when somebody signs in: whoever lost a role has it no longer
 * than this. Where the provider's own session lasts, signing in again is a redirect and asks nothing.
 */
const SESSION_MINUTES = 60;
const ID_BYTES = 32;

/** Browser sessions: random ids, kept only as their hashes, so that signing out ends them everywhere. */
export class Sessions {
  private readonly store: AccessStore;
  readonly #csrfKey: Uint8Array;
  /** How long each lasts. */
  readonly seconds: number;

  constructor(store: AccessStore, csrfKey: Uint8Array, minutes = SESSION_MINUTES) {
    this.store = store;
    this.seconds = minutes * 60;
    this.#csrfKey = csrfKey;
  }

  /** @returns the id for the cookie. */
  async open(grant: Grant, now: Date): Promise<string> {
    const id = randomBytes(ID_BYTES).toString('base64url');
    const expiresAt = new Date(now.getTime() + this.seconds * 1000).toISOString();
    await this.store.addSession(hashOf(id), { ...grant, expiresAt });
    return id;
  }

  async find(id: string, now: Date): Promise<Session | undefined> {
    const session = await this.store.session(hashOf(id));
    return session === undefined || Date.parse(session.expiresAt) <= now.getTime() ? undefined : session;
  }

  async end(id: string): Promise<void> {
    await this.store.endSession(hashOf(id));
  }

  /** What a page of ours sends along with a change, and another site cannot know. Bound to the session. */
  csrfToken(id: string): string {
    return createHmac('sha256', this.#csrfKey).update(id).digest('base64url');
  }

  csrfFits(id: string, given: string): boolean {
    const [wanted, got] = [hashOf(this.csrfToken(id)), hashOf(given)];
    return timingSafeEqual(wanted, got);
  }
}
