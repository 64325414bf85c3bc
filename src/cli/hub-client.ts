import { Problem, type ExitName } from '../base/problem.js';
import type { Home } from '../store/home.js';
import { exchange, jsonOf, type HubAnswer, type HubCall, type StreamOut } from './hub-transport.js';

/** Values of a query; a list is given one by one. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Where a hub is, and what opens it. */
export interface HubReach {
  readonly url: URL;
  readonly token: string;
  /** Of the hub on this machine: the SHA-256 of its certificate, whatever name it is for. */
  readonly certificate: string | undefined;
}

/**
 * The hub that is named, with the token in `HIKESHI_TOKEN`; else the one on this machine, with the token it left in the
 * home.
 *
 * @throws Problem `bad-hub`, `plain-http`, `no-hub`, `no-token`.
 */
export async function hubReach(
  home: Home,
  named: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<HubReach> {
  const here = await home.hub.address();
  const text = named ?? here?.url;
  if (text === undefined) throw noHub('on this machine');
  const url = checkUrl(text);
  const given = environment['HIKESHI_TOKEN'] ?? '';
  const isHere = here !== undefined && url.origin === here.url;
  const token = given !== '' ? given : isHere ? await home.hub.token() : undefined;
  const certificate = isHere ? here.certificate : undefined;
  if (token !== undefined && token !== '') return { url, token, certificate };
  throw new Problem('no-token', `nothing says who you are to the hub at \`${url.origin}\``, {
    next: 'set HIKESHI_TOKEN; an admin makes one with `hikeshi tokens create`',
    exit: 'badConfiguration',
  });
}

function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url;
  if (url?.protocol !== 'http:') {
    const next = 'for example --hub https://hikeshi.example.com';
    throw new Problem('bad-hub', `\`${text}\` is not the URL of a hub`, { next, exit: 'badUsage' });
  }
  if (['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)) return url;
  const next = 'use its https URL';
  throw new Problem('plain-http', `to \`${url.origin}\` your token would go in the clear`, { next, exit: 'badUsage' });
}

function noHub(where: string, cause?: unknown): Problem {
  return new Problem('no-hub', `no hub answers ${where}`, {
    next: '`hikeshi serve` starts one; --hub or HIKESHI_HUB names another',
    exit: 'badConfiguration',
    cause,
  });
}

/** The API of a hub, as commands use it. */
export class HubClient {
  private readonly reach: HubReach;

  constructor(reach: HubReach) {
    this.reach = reach;
  }

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return this.call<Answer>('GET', path, query);
  }

  post<Answer>(path: string, body?: object): Promise<Answer> {
    return this.call<Answer>('POST', path, {}, body);
  }

  put<Answer>(path: string, body: object): Promise<Answer> {
    return this.call<Answer>('PUT', path, {}, body);
  }

  delete<Answer>(path: string): Promise<Answer> {
    return this.call<Answer>('DELETE', path, {});
  }

  /** An answer that is no JSON, piece by piece. */
  async stream(path: string, body: object): Promise<AsyncIterable<Uint8Array>> {
    return (await this.send('POST', path, {}, JSON.stringify(body))).body;
  }

  /** Sends a body as it is read. What is wrong with reading it is told as that. */
  async upload<Answer>(path: string, body: StreamOut): Promise<Answer> {
    return (await jsonOf(await this.send('POST', path, {}, body))) as Answer;
  }

  private async call<Answer>(method: Method, path: string, query: Query, body?: object): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return (await jsonOf(await this.send(method, path, query, text))) as Answer;
  }

  private async send(method: Method, path: string, query: Query, body: HubCall['body']): Promise<HubAnswer> {
    const { url: hub, token, certificate } = this.reach;
    const url = new URL(path, hub);
    for (const [name, value] of Object.entries(query)) {
      for (const each of value === undefined ? [] : [value].flat()) url.searchParams.append(name, each);
    }
    let answer: HubAnswer;
    try {
      answer = await exchange(url, { method, token, body, certificate });
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw noHub(`at \`${hub.origin}\``, error);
    }
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw await refusal(answer, url);
  }
}

async function refusal(answer: HubAnswer, { origin }: URL): Promise<Problem> {
  const said = (await jsonOf(answer).catch(() => undefined)) as
    | { code?: string; message?: string; next?: string }
    | undefined;
  if (said?.code === undefined || said.message === undefined)
    return noHub(`at \`${origin}\`: it says ${answer.status}`);
  const { code, message, next } = said;
  return new Problem(code, asOption(message), { exit: exitOf(answer.status), ...(next === undefined ? {} : { next }) });
}

/** Options whose values the API has under another name. */
const OPTIONS: Readonly<Record<string, string>> = { compliance: 'status', states: 'state' };

/** A member of the API's query, as the option that it was given with. */
function asOption(message: string): string {
  return message.replace(/^`query\.(\w+)(?:\.\d+)?`/, (_, name: string) => `\`--${OPTIONS[name] ?? name}\``);
}

function exitOf(status: number): ExitName {
  if (status >= 500 || status === 429) return 'serviceError';
  return status === 401 || status === 403 ? 'badConfiguration' : 'badUsage';
}
