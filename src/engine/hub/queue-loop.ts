import { receiveEvents } from '../../integrations/events/queue-source.js';
import type { Send } from '../../reference/api-call.js';
import type { Intake } from './hub.js';

/** After a failure, and where the queue does not wait by itself. */
const PAUSE_MS = 2_000;

/**
 * Takes events from a queue for as long as it is let. A message that is no event stays for the dead-letter queue.
 *
 * @returns what ends it, once what is under way is safe.
 */
export function readQueue(
  queueArn: string,
  send: Send,
  intake: Intake,
  onError: (error: unknown) => void,
): () => Promise<void> {
  const state = { ended: false };
  let wake: () => void = () => undefined;
  const take = async (body: string): Promise<{ kind: 'taken' } | { kind: 'refused'; why: string }> => {
    let event: unknown;
    try {
      event = JSON.parse(body);
    } catch {
      return { kind: 'refused', why: 'it is not JSON' };
    }
    const outcome = await intake.accept(event as never, queueArn);
    return outcome.kind === 'accepted' ? { kind: 'taken' } : { kind: 'refused', why: outcome.message };
  };
  const refused = (messageId: string, why: string) => onError(new Error(`message ${messageId} of ${queueArn}: ${why}`));
  const loop = async (): Promise<void> => {
    while (!state.ended) {
      let taken = 0;
      try {
        ({ taken } = await receiveEvents({ queueArn, send, intake: take, refused }));
      } catch (error) {
        onError(error);
      }
      if (taken > 0 || state.ended) continue;
      await new Promise<void>((done) => {
        const timer = setTimeout(done, PAUSE_MS);
        wake = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
  };
  const working = loop();
  return async () => {
    state.ended = true;
    wake();
    await working;
  };
}
