/**
 * Makes work that all who ask for it at once share. Who asks while it is under way is given the next one: nobody gets an
 * answer that was begun before the question.
 */
export function shareWork<Made>(work: () => Promise<Made>): () => Promise<Made> {
  let running: Promise<Made> | undefined;
  let next: Promise<Made> | undefined;
  const start = (): Promise<Made> => {
    const own = work();
    running = own;
    const ended = (): void => {
      if (running === own) running = undefined;
    };
    own.then(ended, ended);
    return own;
  };
  return () => {
    if (running === undefined) return start();
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  };
}
