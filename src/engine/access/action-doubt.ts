import { didYouMean } from '../../base/nearest.js';
import { matchTokens } from '../../policy/pattern/match-tokens.js';
import { glob } from '../../policy/pattern/token-pattern.js';
import { knownActions } from '../../reference/known-actions.js';
import { services } from '../../reference/services.js';

/**
 * Why an answer about an action may mean nothing: no such action is known, or none that its wildcards stand for. Undefined
 * where one is. It is a doubt and no refusal: what is known here is not all that AWS has.
 */
export async function actionDoubt(action: string): Promise<string | undefined> {
  if (action === '*') return undefined;
  const prefix = action.split(':')[0]?.toLowerCase() ?? '';
  const known = action.includes(':') ? await knownActions(prefix) : undefined;
  if (known === undefined) {
    const like = didYouMean(prefix, new Set(Object.values(services).map(({ iamPrefix }) => iamPrefix))) ?? '';
    return `no actions of a service \`${prefix}\` are known here, so nobody can tell whether \`${action}\` is one; ${like}`;
  }
  const pattern = glob([{ kind: 'text', text: action }], { ignoreCase: true });
  if (known.some((name) => matchTokens(pattern, name))) return undefined;
  const like = didYouMean(action.replaceAll(/[*?]/g, ''), known) ?? '';
  return /[*?]/.test(action)
    ? `no action that is known matches \`${action}\`; ${like}`
    : `no action \`${action}\` is known; ${like}`;
}
